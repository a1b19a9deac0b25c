"""Pairs: copies of a secret, a bucket or a registry that fall behind.

At first sight none of the 6 dangers was held, and none of their harmless twins.
"""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, create, tweak
from tests.rules.served.worlds import pair, stay, trap

_ACCOUNT: Final = "111122223333"


def _policy(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _allow(action: str | list[str], resource: str | list[str], **more: Any) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


# Copies of secrets

_ARN: Final = f"arn:aws:secretsmanager:eu-west-1:{_ACCOUNT}:secret:shop/db-a1b2c3"
_VALUE: Final = "kB7-tulip-harbour"
_SECRET: Final = [
    stay("aws_secretsmanager_secret.db", id=_ARN, arn=_ARN, name="shop/db"),
    stay(
        "aws_secretsmanager_secret_version.db",
        id=f"{_ARN}|1",
        arn=_ARN,
        secret_id=_ARN,
        secret_string=json.dumps({"username": "shop_user", "password": _VALUE}),
    ),
]
_TEXT: Final = "f00d-cafe-2219"
_ROTATION: Final = create(
    "aws_secretsmanager_secret_rotation.db",
    {
        "secret_id": _ARN,
        "rotation_lambda_arn": f"arn:aws:lambda:eu-west-1:{_ACCOUNT}:function:turn",
        "rotation_rules": [{"automatically_after_days": 30}],
        "rotate_immediately": True,
    },
)


def _function(**variables: str) -> Json:
    return stay(
        "aws_lambda_function.orders",
        id="orders",
        function_name="orders",
        environment=[{"variables": variables}],
    )


def _task(**fields: Any) -> list[Json]:
    return [
        stay(
            "aws_ecs_task_definition.orders",
            id="orders",
            arn="arn:aws:ecs:eu-west-1:1:task-definition/orders:3",
            container_definitions=json.dumps([{"name": "orders", "image": "x:1", **fields}]),
        ),
        stay(
            "aws_ecs_service.orders",
            id="svc",
            name="orders",
            task_definition="arn:aws:ecs:eu-west-1:1:task-definition/orders:3",
        ),
    ]


_TAKES_OVER: Final = {
    "aws_lambda_function.orders": {
        "environment": ["aws_secretsmanager_secret_version.db.secret_string"]
    },
    "aws_secretsmanager_secret_version.db": {"secret_id": ["aws_secretsmanager_secret.db.id"]},
    "aws_secretsmanager_secret_rotation.db": {"secret_id": ["aws_secretsmanager_secret.db.id"]},
}
_READS: Final = {
    **_TAKES_OVER,
    "aws_lambda_function.orders": {"environment": ["aws_secretsmanager_secret.db.arn"]},
}
_VERSION_UNSEEN: Final = stay(
    "aws_secretsmanager_secret_version.db", id=f"{_ARN}|1", arn=_ARN, secret_id=_ARN
)
_RUNS: Final = {
    "aws_ecs_service.orders": {"task_definition": ["aws_ecs_task_definition.orders.arn"]}
}

# Copies of a bucket

_BUCKET: Final = "shop-papers"


def _writer(name: str, prefix: str, verb: str = "s3:PutObject") -> Json:
    return stay(
        f"aws_iam_role_policy.{name}",
        id=f"{name}:papers",
        role=name,
        policy=_policy(_allow([verb], f"arn:aws:s3:::{_BUCKET}/{prefix}")),
    )


def _rule(prefix: str, status: str = "Enabled", **more: Any) -> Json:
    return {
        "id": prefix or "all",
        "status": status,
        "filter": [{"prefix": prefix, "tag": [], "and": []}],
        "destination": [{"bucket": "arn:aws:s3:::shop-papers-far"}],
        **more,
    }


def _replication(*after: Json, before: tuple[Json, ...] = (_rule(""),)) -> Json:
    values = {"id": _BUCKET, "bucket": _BUCKET, "role": "r", "rule": list(before)}
    return tweak("aws_s3_bucket_replication_configuration.papers", values, rule=list(after))


_PAPERS: Final = [
    stay("aws_s3_bucket.papers", id=_BUCKET, bucket=_BUCKET, arn=f"arn:aws:s3:::{_BUCKET}"),
    stay(
        "aws_s3_bucket.far",
        id=f"{_BUCKET}-far",
        bucket=f"{_BUCKET}-far",
        arn=f"arn:aws:s3:::{_BUCKET}-far",
    ),
    _writer("bills", "bills/*"),
    _writer("deeds", "deeds/*"),
]


def _registry(*prefixes: str) -> Json:
    def rules(*names: str) -> Json:
        filters = [{"filter": name, "filter_type": "PREFIX_MATCH"} for name in names]
        place = [{"region": "eu-central-1", "registry_id": _ACCOUNT}]
        return {"rule": [{"destination": place, "repository_filter": filters}]}

    values = {"id": _ACCOUNT, "replication_configuration": [rules()]}
    return tweak(
        "aws_ecr_replication_configuration.all",
        values,
        replication_configuration=[rules(*prefixes)],
    )


_IMAGES: Final = [
    stay("aws_ecr_repository.web", id="shop/web", name="shop/web"),
    stay("aws_ecr_repository.jobs", id="jobs/night", name="jobs/night"),
]

# The same with Vault

_PATH: Final = "database/static-creds/shop"
_STATIC: Final = create(
    "vault_database_secret_backend_static_role.shop",
    {
        "backend": "database",
        "name": "shop",
        "db_name": "orders",
        "username": "shop_user",
        "rotation_period": 86400,
    },
)

COPIES: Final = [
    pair(
        "Vault takes over a user whose password a function holds / whose name it holds",
        [_STATIC, _function(DB_USER="shop_user", DB_PASSWORD=_VALUE)],
        [_STATIC, _function(DB_USER="shop_user", DB_PASSWORD_PATH=_PATH)],
    ),
    pair(
        "a secret rotates of which a function holds the password / whose ARN it holds",
        [_ROTATION, _function(DB_PASSWORD=_VALUE)],
        [_ROTATION, _function(DB_SECRET_ARN=_ARN)],
        *_SECRET,
    ),
    pair(
        "a secret rotates of which a task holds an address / which it reads at its start",
        [
            _ROTATION,
            *_task(environment=[{"name": "DB", "value": f"postgres://shop:{_VALUE}@db:5432/s"}]),
        ],
        [_ROTATION, *_task(secrets=[{"name": "DB", "valueFrom": f"{_ARN}:password::"}])],
        *_SECRET,
        uses=_RUNS,
    ),
    pair(
        "a secret rotates whose version a function takes over / whose ARN it is told",
        [_ROTATION, _function(DB_LOGIN="hidden")],
        [_ROTATION, _function(DB_SECRET_ARN=_ARN)],
        _SECRET[0],
        _VERSION_UNSEEN,
        danger_uses=_TAKES_OVER,
        twin_uses=_READS,
    ),
    pair(
        "copies leave out a prefix that a role writes / both that roles write are copied",
        _replication(_rule("bills/"), _rule("drafts/")),
        _replication(_rule("bills/"), _rule("deeds/")),
        *_PAPERS,
    ),
    pair(
        "images of one repository are copied no more / both prefixes are",
        _registry("shop/"),
        _registry("shop/", "jobs/"),
        *_IMAGES,
    ),
]

COPY_TRAPS: Final = [
    trap(
        "Vault takes over a user whose password stands in an address",
        _STATIC,
        _function(DB="postgres://shop_user:tulip@db:5432/shop"),
    ),
    trap(
        "one program reads the secret, and another holds its password",
        _ROTATION,
        _function(DB_SECRET_ARN=_ARN),
        *_task(environment=[{"name": "DB_PASSWORD", "value": _VALUE}]),
        *_SECRET,
        uses=_RUNS,
    ),
    trap(
        "the secret is a bare text, which a function holds",
        _ROTATION,
        _function(API_TOKEN=_TEXT),
        _SECRET[0],
        stay(
            "aws_secretsmanager_secret_version.db",
            id=f"{_ARN}|1",
            secret_id=_ARN,
            secret_string=_TEXT,
        ),
    ),
    trap(
        "both prefixes are named, and the rule of one is switched off",
        _replication(_rule("bills/"), _rule("deeds/", status="Disabled")),
        *_PAPERS,
    ),
    trap(
        "both prefixes are named, and the rule of one asks for a tag",
        _replication(
            _rule("bills/"),
            _rule("deeds/", filter=[{"and": [{"prefix": "deeds/", "tags": {"far": "1"}}]}]),
        ),
        *_PAPERS,
    ),
]
