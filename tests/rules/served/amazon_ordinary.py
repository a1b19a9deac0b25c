"""Pairs on AWS of ordinary changes in place and small deletes, written before the tool saw them.

At first sight 9 of the first 11 dangers were held, and 8 of their harmless twins; one pair, on a
key that nothing in the plan is encrypted with, proved nothing and was taken out.
"""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, delete, tweak
from tests.rules.served.worlds import pair, stay, trap

_ACCOUNT: Final = "111122223333"
_REGION: Final = f"eu-west-1:{_ACCOUNT}"


def _document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _function(name: str, **variables: str) -> Json:
    return stay(
        f"aws_lambda_function.{name}",
        id=name,
        function_name=name,
        arn=f"arn:aws:lambda:{_REGION}:function:{name}",
        role=f"arn:aws:iam::{_ACCOUNT}:role/{name}",
        environment=[{"variables": variables}],
    )


def _role(name: str, action: str, resource: str = "*") -> tuple[Json, Json]:
    return (
        stay(
            f"aws_iam_role.{name}",
            id=name,
            name=name,
            arn=f"arn:aws:iam::{_ACCOUNT}:role/{name}",
        ),
        stay(
            f"aws_iam_role_policy.{name}",
            id=f"{name}:p",
            role=name,
            policy=_document({"Effect": "Allow", "Action": action, "Resource": resource}),
        ),
    )


# Databases

_DB: Final = {
    "id": "db-ABC",
    "identifier": "ledger",
    "arn": f"arn:aws:rds:{_REGION}:db:ledger",
    "resource_id": "db-ABC",
    "endpoint": "ledger.c1.eu-west-1.rds.amazonaws.com:5432",
    "iam_database_authentication_enabled": True,
    "backup_retention_period": 7,
    "replicate_source_db": "",
}
_NO_IAM: Final = tweak("aws_db_instance.ledger", _DB, iam_database_authentication_enabled=False)


def _no_backups(source: str) -> Json:
    before = {**_DB, "replicate_source_db": source, "instance_class": "db.r6g.large"}
    return tweak("aws_db_instance.ledger", before, backup_retention_period=0)


# Access keys

_USER: Final = stay("aws_iam_user.export", id="export", name="export")
_OLD_KEY: Final = {"id": "AKIAOLD0000000000000", "user": "export", "status": "Active"}
_KEY_OUT: Final = tweak("aws_iam_access_key.old", _OLD_KEY, status="Inactive")


def _signs_with(key: str) -> Json:
    return _function("export", AWS_KEY=key)


_NEW_KEY: Final = stay(
    "aws_iam_access_key.new", id="AKIANEW0000000000000", user="export", status="Active"
)

# Gateways

_NAT: Final = {"id": "nat-0b", "subnet_id": "subnet-0p", "allocation_id": "eipalloc-0b"}
_NAT_GOES: Final = delete("aws_nat_gateway.b", _NAT)
_OTHER_NAT: Final = stay("aws_nat_gateway.a", id="nat-0a", subnet_id="subnet-0q")


def _leads_to(nat: str) -> Json:
    return stay(
        "aws_route_table.private",
        id="rtb-1",
        vpc_id="vpc-1",
        route=[{"cidr_block": "0.0.0.0/0", "nat_gateway_id": nat}],
    )


_LIVES: Final = (
    stay("aws_subnet.private", id="subnet-0r", vpc_id="vpc-1", cidr_block="10.0.3.0/24"),
    stay(
        "aws_route_table_association.private",
        id="as",
        subnet_id="subnet-0r",
        route_table_id="rtb-1",
    ),
    stay(
        "aws_lambda_function.inner",
        id="inner",
        function_name="inner",
        vpc_config=[{"subnet_ids": ["subnet-0r"], "security_group_ids": ["sg-1"]}],
    ),
)
_NAT_USES: Final = {
    "aws_route_table_association.private": {
        "subnet_id": ["aws_subnet.private.id"],
        "route_table_id": ["aws_route_table.private.id"],
    },
    "aws_lambda_function.inner": {"vpc_config": ["aws_subnet.private.id"]},
}

# Caches and tables


_FAST: Final = "fast.ab12.ng.0001.euw1.cache.amazonaws.com"


def _no_snapshots() -> Json:
    before = {
        "id": "fast",
        "replication_group_id": "fast",
        "primary_endpoint_address": _FAST,
        "snapshot_retention_limit": 7,
    }
    return tweak("aws_elasticache_replication_group.fast", before, snapshot_retention_limit=0)


def _table(*, ttl: bool, **more: Any) -> Json:
    before = {
        "id": "items",
        "name": "items",
        "arn": f"arn:aws:dynamodb:{_REGION}:table/items",
        "point_in_time_recovery": [{"enabled": True}],
        "ttl": [{"enabled": ttl, "attribute_name": "expires"}],
        **more,
    }
    return tweak("aws_dynamodb_table.items", before, point_in_time_recovery=[{"enabled": False}])


# Edges

_SITE: Final[Json] = {
    "id": "E1",
    "aliases": ["www.example.com"],
    "enabled": True,
    "restrictions": [{"geo_restriction": [{"restriction_type": "none", "locations": []}]}],
}


def _only_from(kind: str, *places: str) -> Json:
    told = [{"geo_restriction": [{"restriction_type": kind, "locations": list(places)}]}]
    return tweak("aws_cloudfront_distribution.www", _SITE, restrictions=told)


_CLIENT: Final[Json] = {
    "id": "c1",
    "name": "web",
    "user_pool_id": "p1",
    "explicit_auth_flows": [
        "ALLOW_CUSTOM_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
    ],
}


def _without(flow: str) -> Json:
    kept = [one for one in _CLIENT["explicit_auth_flows"] if one != flow]
    return tweak("aws_cognito_user_pool_client.web", _CLIENT, explicit_auth_flows=kept)


_ADDRESSES: Final[Json] = {
    "id": "ip1",
    "name": "partners",
    "scope": "REGIONAL",
    "ip_address_version": "IPV4",
    "addresses": ["198.51.100.4/32", "203.0.113.9/32", "203.0.113.10/32"],
}
_FEWER: Final = tweak(
    "aws_wafv2_ip_set.partners", _ADDRESSES, addresses=["198.51.100.4/32", "203.0.113.9/32"]
)


def _firewall(action: str) -> Json:
    ours = [{"arn": "arn:ip1"}]
    return stay(
        "aws_wafv2_web_acl.api",
        id="acl",
        name="api",
        default_action=[{"block": [{}]}] if action == "allow" else [{"allow": [{}]}],
        rule=[
            {
                "name": "partners",
                "priority": 1,
                "action": [{action: [{}]}],
                "statement": [{"ip_set_reference_statement": ours}],
            }
        ],
    )


_FIREWALL_USES: Final = {"aws_wafv2_web_acl.api": {"rule": ["aws_wafv2_ip_set.partners.arn"]}}

# Versions

_VERSIONED: Final[Json] = {
    "id": "deeds",
    "bucket": "deeds",
    "versioning_configuration": [{"status": "Enabled"}],
}


def _unversioned(bucket: str) -> Json:
    return tweak(
        "aws_s3_bucket_versioning.v",
        {**_VERSIONED, "id": bucket, "bucket": bucket},
        versioning_configuration=[{"status": "Suspended"}],
    )


ORDINARY: Final = [
    pair(
        "tokens no longer open a database that a function opens with one / with a password",
        [_NO_IAM, *_role("books", "rds-db:connect", f"arn:aws:rds-db:{_REGION}:dbuser:db-ABC/b")],
        [_NO_IAM, *_role("books", "s3:GetObject", "arn:aws:s3:::books/*")],
        _function("books", DB="ledger.c1.eu-west-1.rds.amazonaws.com"),
        uses={"aws_lambda_function.books": {"role": ["aws_iam_role.books.arn"]}},
    ),
    pair(
        "a database is no longer backed up / a replica of one is not",
        [_no_backups("")],
        [_no_backups(f"arn:aws:rds:{_REGION}:db:ledger-main")],
        stay(
            "aws_db_instance.main",
            id="db-M",
            identifier="ledger-main",
            arn=f"arn:aws:rds:{_REGION}:db:ledger-main",
            backup_retention_period=14,
        ),
    ),
    pair(
        "an access key is switched off that a program has / after it got the new one",
        [_KEY_OUT, _signs_with("AKIAOLD0000000000000")],
        [_KEY_OUT, _signs_with("AKIANEW0000000000000")],
        _USER,
        _NEW_KEY,
    ),
    pair(
        "a NAT gateway goes to which a route leads / to which none does any more",
        [_NAT_GOES, _leads_to("nat-0b")],
        [_NAT_GOES, _leads_to("nat-0a")],
        _OTHER_NAT,
        *_LIVES,
        uses=_NAT_USES,
    ),
    pair(
        "snapshots of sessions end / of what all know as a cache",
        [
            _no_snapshots(),
            _function("web", SESSION_STORE=_FAST),
        ],
        [
            _no_snapshots(),
            _function("web", PAGE_CACHE=_FAST),
        ],
    ),
    pair(
        "a table can no longer be brought back / one whose items expire in minutes",
        [_table(ttl=False), _function("shop", ORDERS_TABLE="items")],
        [_table(ttl=True), _function("shop", IDEMPOTENCY_CACHE_TABLE="items")],
    ),
    pair(
        "a site answers in one country only / in all but one",
        [_only_from("whitelist", "DE")],
        [_only_from("blacklist", "KP")],
    ),
    pair(
        "sessions can no longer be renewed / a flow that nobody uses goes",
        [_without("ALLOW_REFRESH_TOKEN_AUTH")],
        [_without("ALLOW_CUSTOM_AUTH")],
        stay("aws_cognito_user_pool.p", id="p1", name="people", lambda_config=[]),
    ),
    pair(
        "a partner's address leaves the list of those let in / of those kept out",
        [_FEWER, _firewall("allow")],
        [_FEWER, _firewall("block")],
        uses=_FIREWALL_USES,
    ),
    pair(
        "deeds no longer keep their versions / scratch files do not",
        [_unversioned("deeds"), stay("aws_s3_bucket.deeds", id="deeds", bucket="deeds")],
        [
            _unversioned("acme-ci-tmp"),
            stay(
                "aws_s3_bucket.tmp",
                id="acme-ci-tmp",
                bucket="acme-ci-tmp",
                tags={"data-class": "scratch"},
            ),
        ],
    ),
]


def _flows(*gone: str) -> Json:
    kept = [one for one in _CLIENT["explicit_auth_flows"] if one not in gone]
    return tweak("aws_cognito_user_pool_client.web", _CLIENT, explicit_auth_flows=kept)


_MAIN: Final = f"arn:aws:rds:{_REGION}:db:ledger-main"
_CHALLENGES: Final = [{"define_auth_challenge": f"arn:aws:lambda:{_REGION}:function:challenge"}]
ORDINARY_TRAPS: Final = [
    trap(
        "the source of the replica has no backups either",
        _no_backups(_MAIN),
        stay(
            "aws_db_instance.main",
            id="db-M",
            identifier="ledger-main",
            arn=_MAIN,
            backup_retention_period=0,
        ),
    ),
    trap(
        "the replica becomes a database of its own",
        tweak(
            "aws_db_instance.ledger",
            {**_DB, "replicate_source_db": _MAIN},
            replicate_source_db="",
            backup_retention_period=0,
        ),
        stay(
            "aws_db_instance.main",
            id="db-M",
            identifier="ledger-main",
            arn=_MAIN,
            backup_retention_period=14,
        ),
    ),
    trap(
        "a cache for one program and a store of locks for another",
        _no_snapshots(),
        _function("web", PAGE_CACHE=_FAST),
        _function("jobs", LOCKS=_FAST),
    ),
    trap(
        "a table known as a cache whose items stay",
        _table(ttl=False),
        _function("shop", PRICE_CACHE_TABLE="items"),
    ),
    trap("the new key is nobody's yet", _KEY_OUT, _USER, _NEW_KEY, _function("export", X="y")),
    trap(
        "a role whose policies the plan does not show",
        _NO_IAM,
        _function("books", DB="ledger.c1.eu-west-1.rds.amazonaws.com"),
    ),
    trap(
        "the pool carries the custom flow out",
        _flows("ALLOW_CUSTOM_AUTH"),
        stay("aws_cognito_user_pool.p", id="p1", name="people", lambda_config=_CHALLENGES),
    ),
    trap("one country more is kept out", _only_from("blacklist", "KP", "CH")),
    trap(
        "who is not in the set is blocked",
        _FEWER,
        stay(
            "aws_wafv2_web_acl.api",
            id="acl",
            name="api",
            default_action=[{"allow": [{}]}],
            rule=[
                {
                    "name": "others",
                    "priority": 1,
                    "action": [{"block": [{}]}],
                    "statement": [
                        {
                            "not_statement": [
                                {
                                    "statement": [
                                        {"ip_set_reference_statement": [{"arn": "arn:ip1"}]}
                                    ]
                                }
                            ]
                        }
                    ],
                }
            ],
        ),
        uses=_FIREWALL_USES,
    ),
]
