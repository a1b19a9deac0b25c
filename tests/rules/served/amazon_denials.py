"""Pairs on AWS: denials under conditions, met by those who use the thing today or by nobody."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, create, tweak
from tests.rules.served.worlds import pair, stay, trap

_ACCOUNT: Final = "111122223333"


def _document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _deny(condition: Json, resource: Any = "*", action: Any = "*", **more: Any) -> Json:
    what = {} if "NotAction" in more else {"Action": action}
    return {"Effect": "Deny", "Resource": resource, "Condition": condition, **what, **more}


_TLS: Final = {"Bool": {"aws:SecureTransport": "false"}}
_EVERYBODY: Final = {"Principal": {"AWS": "*"}}

# File systems

_FS: Final = f"arn:aws:elasticfilesystem:eu-west-1:{_ACCOUNT}:file-system/fs-0a1b2c3d"
_SYSTEM: Final = stay(
    "aws_efs_file_system.files",
    id="fs-0a1b2c3d",
    arn=_FS,
    dns_name="fs-0a1b2c3d.efs.eu-west-1.amazonaws.com",
)


def _shared(condition: Json) -> Json:
    policy = _document(_deny(condition, _FS, **_EVERYBODY))
    made = {"file_system_id": "fs-0a1b2c3d", "policy": policy}
    return create("aws_efs_file_system_policy.files", made)


def _task(transit: str | None) -> Json:
    volume = {"file_system_id": "fs-0a1b2c3d", "transit_encryption": transit}
    return stay(
        "aws_ecs_task_definition.files",
        id="files",
        arn=f"arn:aws:ecs:eu-west-1:{_ACCOUNT}:task-definition/files:7",
        container_definitions="[]",
        volume=[{"name": "files", "efs_volume_configuration": [volume]}],
    )


def _job(transit: str) -> Json:
    volume = {"fileSystemId": "fs-0a1b2c3d", "transitEncryption": transit}
    told = {"image": "x:1", "volumes": [{"name": "f", "efsVolumeConfiguration": volume}]}
    return stay(
        "aws_batch_job_definition.files",
        id="j",
        name="files",
        container_properties=json.dumps(told),
    )


def _volume(source: Json) -> Json:
    return stay(
        "kubernetes_persistent_volume_v1.files",
        id="files",
        metadata=[{"name": "files"}],
        spec=[{"persistent_volume_source": [source]}],
    )


_NFS: Final = {"nfs": [{"server": "fs-0a1b2c3d.efs.eu-west-1.amazonaws.com", "path": "/"}]}
_DRIVER: Final = {"csi": [{"driver": "efs.csi.aws.com", "volume_handle": "fs-0a1b2c3d"}]}

# Buckets and queues

_BUCKET_ARN: Final = "arn:aws:s3:::acme-brochures"
_BUCKET: Final = stay(
    "aws_s3_bucket.brochures", id="acme-brochures", bucket="acme-brochures", arn=_BUCKET_ARN
)


def _guarded(*statements: Json) -> Json:
    made = {"bucket": "acme-brochures", "policy": _document(*statements)}
    return create("aws_s3_bucket_policy.brochures", made)


def _all_of_it(condition: Json, action: Any = "s3:*") -> Json:
    return _deny(condition, [_BUCKET_ARN, f"{_BUCKET_ARN}/*"], action, Principal="*")


def _site(host: str, protocol: str) -> Json:
    origin = {
        "domain_name": host,
        "origin_id": "o",
        "custom_origin_config": [{"origin_protocol_policy": protocol}],
    }
    return stay("aws_cloudfront_distribution.site", id="E1", aliases=["b.example"], origin=[origin])


_QUEUE_ARN: Final = f"arn:aws:sqs:eu-west-1:{_ACCOUNT}:mails-out"
_QUEUE_URL: Final = f"https://sqs.eu-west-1.amazonaws.com/{_ACCOUNT}/mails-out"
_QUEUE: Final = stay("aws_sqs_queue.mails", id=_QUEUE_URL, arn=_QUEUE_ARN, name="mails-out")


def _queue_policy(condition: Json, action: Any = "sqs:*") -> Json:
    policy = _document(_deny(condition, _QUEUE_ARN, action, Principal="*"))
    return create("aws_sqs_queue_policy.mails", {"queue_url": _QUEUE_URL, "policy": policy})


def _sender(url: str) -> Json:
    return stay(
        "aws_ecs_task_definition.sender",
        id="sender",
        container_definitions=json.dumps(
            [{"name": "s", "image": "x:1", "environment": [{"name": "URL", "value": url}]}]
        ),
    )


# Functions and their roles

_ROLE_ARN: Final = f"arn:aws:iam::{_ACCOUNT}:role/reader"
_ROLE: Final = stay("aws_iam_role.reader", id="reader", name="reader", arn=_ROLE_ARN)
_MAY_READ: Final = stay(
    "aws_iam_role_policy.reader",
    id="reader:s3",
    role="reader",
    policy=_document(
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{_BUCKET_ARN}/*"},
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": _QUEUE_ARN},
    ),
)


def _function(region: str = "eu-west-1", *, networks: Any = ()) -> Json:
    return stay(
        "aws_lambda_function.reader",
        id="reader",
        function_name="reader",
        arn=f"arn:aws:lambda:{region}:{_ACCOUNT}:function:reader",
        role=_ROLE_ARN,
        vpc_config=list(networks),
    )


_RUNS: Final = {"aws_lambda_function.reader": {"role": ["aws_iam_role.reader.arn"]}}
_INSIDE: Final = ({"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]},)


def _restricts(condition: Json, action: Any = "*") -> Json:
    made = {"role": "reader", "name": "fence", "policy": _document(_deny(condition, "*", action))}
    return create("aws_iam_role_policy.fence", made)


def _only_in(*regions: str) -> Json:
    return {"StringNotEquals": {"aws:RequestedRegion": list(regions)}}


# People and machines

_USER: Final = stay(
    "aws_iam_user.builds", id="builds", name="builds", arn=f"arn:aws:iam::{_ACCOUNT}:user/builds"
)
_USER_MAY: Final = stay(
    "aws_iam_user_policy.builds",
    id="builds:push",
    user="builds",
    policy=_document({"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}),
)
_KEY: Final = stay("aws_iam_access_key.builds", id="AKIA1", user="builds", status="Active")
_DEVICE: Final = stay(
    "aws_iam_virtual_mfa_device.builds",
    id="mfa",
    virtual_mfa_device_name="builds",
    user_name="builds",
)
_WITHOUT_MFA: Final = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
_ASKS_MFA: Final = create(
    "aws_iam_user_policy.mfa",
    {"user": "builds", "name": "mfa", "policy": _document(_deny(_WITHOUT_MFA))},
)

# Organisations

_SCP: Final = stay(
    "aws_organizations_policy.regions",
    id="p-regions",
    name="regions",
    type="SERVICE_CONTROL_POLICY",
    content=_document(
        _deny(
            {
                **_only_in("eu-west-1", "eu-north-1"),
                "ArnNotLike": {"aws:PrincipalARN": "arn:aws:iam::*:role/Landing*"},
            },
            NotAction=["iam:*", "sts:*", "cloudfront:*"],
        )
    ),
)
_UNIT: Final = stay(
    "aws_organizations_organizational_unit.shops", id="ou-shops", name="shops", parent_id="r-1"
)


def _account(parent: str, name: str = "shops-live", **tags: str) -> Json:
    return stay(
        "aws_organizations_account.live",
        id="222233334444",
        name=name,
        parent_id=parent,
        tags=tags,
    )


def _attached(target: str) -> Json:
    made = {"policy_id": "p-regions", "target_id": target}
    return create("aws_organizations_policy_attachment.shops", made)


_ORGANISATION: Final = stay(
    "aws_organizations_organization.all",
    id="o-acme",
    master_account_id="999900001111",
    accounts=[{"id": _ACCOUNT}, {"id": "999900001111"}],
)
_OUTSIDE: Final = {"StringNotEquals": {"aws:PrincipalOrgID": "o-acme"}}
_OUTSIDE_AND_NO_SERVICE: Final = {**_OUTSIDE, "Bool": {"aws:PrincipalIsAWSService": "false"}}
_TRAIL: Final = stay("aws_cloudtrail.all", id="all", name="all", s3_bucket_name="acme-brochures")
_TRAIL_USES: Final = {"aws_cloudtrail.all": {"s3_bucket_name": ["aws_s3_bucket.brochures.id"]}}
_TRAIL_MAY: Final = {
    "Effect": "Allow",
    "Action": "s3:PutObject",
    "Resource": f"{_BUCKET_ARN}/*",
    "Principal": {"Service": "cloudtrail.amazonaws.com"},
}


def _partner_may(account: str) -> Json:
    return {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": f"{_BUCKET_ARN}/*",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
    }


_GROUP: Final = stay("aws_iam_group.makers", id="makers", name="makers")
_IN_GROUP: Final = stay(
    "aws_iam_group_membership.makers", id="makers", group="makers", users=["builds"]
)
_POWER: Final = stay(
    "aws_iam_group_policy_attachment.makers",
    id="makers-power",
    group="makers",
    policy_arn="arn:aws:iam::aws:policy/PowerUserAccess",
)
_SELF_SERVICE: Final = {
    "Effect": "Allow",
    "Action": ["iam:EnableMFADevice", "iam:ResyncMFADevice", "iam:ChangePassword"],
    "Resource": "*",
}
_MFA_POLICY: Final = {
    "id": f"arn:aws:iam::{_ACCOUNT}:policy/mfa",
    "arn": f"arn:aws:iam::{_ACCOUNT}:policy/mfa",
    "name": "mfa",
    "policy": _document(_SELF_SERVICE, _deny(_WITHOUT_MFA, NotAction=["iam:*", "sts:*"])),
}
_MFA: Final = stay("aws_iam_policy.mfa", **_MFA_POLICY)
_GROUP_ASKS: Final = create(
    "aws_iam_group_policy_attachment.mfa", {"group": "makers", "policy_arn": _MFA_POLICY["arn"]}
)
_GROUP_HAS_ASKED: Final = stay(
    "aws_iam_group_policy_attachment.mfa",
    id="makers-mfa",
    group="makers",
    policy_arn=_MFA_POLICY["arn"],
)
_JOINS: Final = create(
    "aws_iam_user_group_membership.builds", {"user": "builds", "groups": ["makers"]}
)

DENIALS: Final = [
    pair(
        "a group with a program in it is asked for a second factor / of people who have one",
        [_GROUP_ASKS, _USER, _KEY],
        [_GROUP_ASKS, _USER, _DEVICE],
        _MFA,
        _GROUP,
        _IN_GROUP,
        _POWER,
    ),
    pair(
        "a program joins a group that is asked for a second factor / a person who has one does",
        [_JOINS, _USER, _USER_MAY, _KEY],
        [_JOINS, _USER, _USER_MAY, _DEVICE],
        _MFA,
        _GROUP,
        _GROUP_HAS_ASKED,
    ),
    pair(
        "a share asks for TLS that a task does without / that its tasks use",
        [_shared(_TLS), _task("DISABLED"), _SYSTEM],
        [_shared(_TLS), _task("ENABLED"), _SYSTEM],
    ),
    pair(
        "a share asks for TLS that a batch job does without / that it uses",
        [_shared(_TLS), _job("DISABLED"), _SYSTEM],
        [_shared(_TLS), _job("ENABLED"), _SYSTEM],
    ),
    pair(
        "a share asks for TLS of which a plain mount knows nothing / that the driver uses",
        [_shared(_TLS), _volume(_NFS), _SYSTEM],
        [_shared(_TLS), _volume(_DRIVER), _SYSTEM],
    ),
    pair(
        "a bucket asks for TLS that its website has none of / its own name has",
        [
            _guarded(_all_of_it(_TLS)),
            _site("acme-brochures.s3-website-eu-west-1.amazonaws.com", "http-only"),
        ],
        [
            _guarded(_all_of_it(_TLS)),
            _site("acme-brochures.s3.eu-west-1.amazonaws.com", "https-only"),
        ],
        _BUCKET,
    ),
    pair(
        "a queue asks for TLS that a task does without / that it uses",
        [_queue_policy(_TLS), _sender(_QUEUE_URL.replace("https", "http"))],
        [_queue_policy(_TLS), _sender(_QUEUE_URL)],
        _QUEUE,
    ),
    pair(
        "only an endpoint may send, and a function has no network / is in one",
        [
            _queue_policy(
                {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, action="sqs:SendMessage"
            ),
            _function(),
        ],
        [
            _queue_policy(
                {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, action="sqs:PurgeQueue"
            ),
            _function(networks=_INSIDE),
        ],
        _ROLE,
        _MAY_READ,
        _QUEUE,
        uses=_RUNS,
    ),
    pair(
        "only the organisation may read, and its trail writes as a service / services are spared",
        [_guarded(_TRAIL_MAY, _all_of_it(_OUTSIDE, "s3:PutObject"))],
        [_guarded(_TRAIL_MAY, _all_of_it(_OUTSIDE_AND_NO_SERVICE, "s3:PutObject"))],
        _BUCKET,
        _TRAIL,
        uses=_TRAIL_USES,
    ),
    pair(
        "only the organisation may read, and the policy lets a stranger in / one of its accounts",
        [_guarded(_partner_may("555566667777"), _all_of_it(_OUTSIDE_AND_NO_SERVICE, "s3:Get*"))],
        [_guarded(_partner_may("999900001111"), _all_of_it(_OUTSIDE_AND_NO_SERVICE, "s3:Get*"))],
        _BUCKET,
        _ORGANISATION,
    ),
    pair(
        "a role may work in regions where its function is not / where it is",
        [_restricts(_only_in("eu-west-1")), _function("us-east-1")],
        [_restricts(_only_in("eu-west-1")), _function("eu-west-1")],
        _ROLE,
        _MAY_READ,
        uses=_RUNS,
    ),
    pair(
        "a user whose key builds use is asked for a second factor / who has one",
        [_ASKS_MFA, _USER, _USER_MAY, _KEY],
        [_ASKS_MFA, _USER, _USER_MAY, _KEY, _DEVICE],
    ),
    pair(
        "regions are closed to a unit whose account lives there / that lives elsewhere",
        [_attached("ou-shops"), _account("ou-shops", home="ap-south-1")],
        [_attached("ou-shops"), _account("ou-shops", home="eu-north-1")],
        _SCP,
        _UNIT,
    ),
]
DENIAL_TRAPS: Final = [
    trap(
        "a unit within the unit, and the region stands in the account's name",
        _attached("r-1"),
        _account("ou-shops", name="shops-us-west-2"),
        _SCP,
        _UNIT,
    ),
    trap(
        "the policy that closes regions is made in the same plan",
        create(
            "aws_organizations_policy.only",
            {
                "name": "only",
                "content": _document(_deny(_only_in("eu-west-1"), NotAction=["iam:*"])),
            },
        ),
        create(
            "aws_organizations_policy_attachment.only",
            {"target_id": "ou-shops"},
            after_unknown={"policy_id": True, "id": True},
        ),
        _account("ou-shops", home="sa-east-1"),
        uses={
            "aws_organizations_policy_attachment.only": {
                "policy_id": ["aws_organizations_policy.only.id"]
            }
        },
    ),
    trap(
        "TLS is not asked for by default, and a task says nothing of it",
        _shared(_TLS),
        _task(None),
        _SYSTEM,
    ),
    trap(
        "the denial comes to a policy that is there",
        tweak(
            "aws_efs_file_system_policy.files",
            {
                "id": "fs-0a1b2c3d",
                "file_system_id": "fs-0a1b2c3d",
                "policy": _document(
                    {
                        "Effect": "Allow",
                        "Action": "elasticfilesystem:ClientMount",
                        "Resource": _FS,
                        **_EVERYBODY,
                    }
                ),
            },
            policy=_document(
                {
                    "Effect": "Allow",
                    "Action": "elasticfilesystem:ClientMount",
                    "Resource": _FS,
                    **_EVERYBODY,
                },
                _deny(_TLS, _FS, **_EVERYBODY),
            ),
        ),
        _task("DISABLED"),
        _SYSTEM,
    ),
    trap(
        "only some addresses may send, and the function has none of its own",
        _queue_policy(
            {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}, action="sqs:SendMessage"
        ),
        _function(),
        _ROLE,
        _MAY_READ,
        _QUEUE,
        uses=_RUNS,
    ),
]
