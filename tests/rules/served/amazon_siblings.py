"""Pairs on AWS: siblings of earlier mechanisms, written before the tool saw them.

At first sight all 5 dangers were held, and 4 of their harmless twins.
"""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, create, tweak
from tests.rules.served.worlds import pair, stay, trap

_ACCOUNT: Final = "111122223333"
_REGION: Final = f"eu-west-1:{_ACCOUNT}"


def _document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


# Weights

_AT: Final = f"arn:aws:elasticloadbalancing:{_REGION}"


def _record(name: str, weight: int, host: str) -> Json:
    return {
        "id": f"Z1_www.example.com_A_{name}",
        "zone_id": "Z1",
        "name": "www.example.com",
        "fqdn": "www.example.com",
        "type": "CNAME",
        "ttl": 60,
        "set_identifier": name,
        "weighted_routing_policy": [{"weight": weight}],
        "records": [host],
    }


def _weighs_nothing(host: str) -> Json:
    return tweak(
        "aws_route53_record.old",
        _record("old", 50, host),
        weighted_routing_policy=[{"weight": 0}],
    )


_LB: Final = stay(
    "aws_lb.old",
    id=f"{_AT}:loadbalancer/app/old/1",
    arn=f"{_AT}:loadbalancer/app/old/1",
    dns_name="old-1.eu-west-1.elb.amazonaws.com",
)
_NEW_LB: Final = stay(
    "aws_lb.new",
    id=f"{_AT}:loadbalancer/app/new/2",
    arn=f"{_AT}:loadbalancer/app/new/2",
    dns_name="new-2.eu-west-1.elb.amazonaws.com",
)
_NEW: Final = stay(
    "aws_route53_record.new", **_record("new", 50, "new-2.eu-west-1.elb.amazonaws.com")
)


def _listens(name: str, number: int) -> tuple[Json, ...]:
    return (
        stay(
            f"aws_lb_listener.{name}",
            id=f"{_AT}:listener/{name}",
            load_balancer_arn=f"{_AT}:loadbalancer/app/{name}/{number}",
            default_action=[{"type": "forward", "target_group_arn": f"{_AT}:targetgroup/{name}"}],
        ),
        stay(
            f"aws_lb_target_group.{name}",
            id=f"{_AT}:targetgroup/{name}",
            arn=f"{_AT}:targetgroup/{name}",
            name=name,
        ),
    )


def _serves(name: str) -> Json:
    return stay(f"aws_ecs_service.{name}", id=name, name=name, desired_count=2)


_LISTEN_USES: Final = {
    **{
        f"aws_lb_listener.{name}": {
            "load_balancer_arn": [f"aws_lb.{name}.arn"],
            "default_action": [f"aws_lb_target_group.{name}.arn"],
        }
        for name in ("old", "new")
    },
    **{
        f"aws_ecs_service.{name}": {"load_balancer": [f"aws_lb_target_group.{name}.arn"]}
        for name in ("old", "new")
    },
    "aws_route53_record.old": {"records": ["aws_lb.old.dns_name"]},
    "aws_route53_record.new": {"records": ["aws_lb.new.dns_name"]},
}


def _split(old: int, new: int) -> Json:
    groups = [
        {"arn": f"{_AT}:targetgroup/old", "weight": old},
        {"arn": f"{_AT}:targetgroup/new", "weight": new},
    ]
    return {
        "id": f"{_AT}:listener/main",
        "load_balancer_arn": f"{_AT}:loadbalancer/app/old/1",
        "default_action": [{"type": "forward", "forward": [{"target_group": groups}]}],
    }


_ALL_NEW: Final = tweak(
    "aws_lb_listener.main", _split(50, 50), default_action=_split(0, 100)["default_action"]
)

# Organisations


def _regions(*names: str) -> str:
    return _document(
        {
            "Effect": "Deny",
            "NotAction": ["iam:*", "sts:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": list(names)}},
        }
    )


_SCP: Final = {
    "id": "p-1",
    "name": "regions",
    "type": "SERVICE_CONTROL_POLICY",
    "content": _regions("eu-west-1", "eu-north-1", "us-east-1"),
}
_NARROWER: Final = tweak(
    "aws_organizations_policy.regions", _SCP, content=_regions("eu-west-1", "eu-north-1")
)
_ATTACHED: Final = stay(
    "aws_organizations_policy_attachment.live", id="ou-1:p-1", policy_id="p-1", target_id="ou-1"
)


def _account(region: str) -> Json:
    return stay(
        "aws_organizations_account.live",
        id="222233334444",
        name="live",
        parent_id="ou-1",
        tags={"home-region": region},
    )


# Logs

_LOGS: Final = {
    "id": "/ecs/orders",
    "name": "/ecs/orders",
    "arn": f"arn:aws:logs:{_REGION}:log-group:/ecs/orders",
    "retention_in_days": 365,
}
_KEPT_A_WEEK: Final = tweak("aws_cloudwatch_log_group.orders", _LOGS, retention_in_days=7)
_FIREHOSE: Final = f"arn:aws:firehose:{_REGION}:deliverystream/logs"


def _sends_on(pattern: str) -> Json:
    return stay(
        "aws_cloudwatch_log_subscription_filter.orders",
        id="f",
        name="f",
        log_group_name="/ecs/orders",
        filter_pattern=pattern,
        destination_arn=_FIREHOSE,
    )


_WRITES_DOWN: Final = stay(
    "aws_kinesis_firehose_delivery_stream.logs",
    id=_FIREHOSE,
    arn=_FIREHOSE,
    name="logs",
    destination="extended_s3",
    extended_s3_configuration=[{"bucket_arn": "arn:aws:s3:::archive"}],
)

# Boundaries of endpoints

_ROLE: Final = stay(
    "aws_iam_role.mail", id="mail", name="mail", arn=f"arn:aws:iam::{_ACCOUNT}:role/mail"
)
_MAY: Final = stay(
    "aws_iam_role_policy.mail",
    id="mail:p",
    role="mail",
    policy=_document(
        {
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": f"arn:aws:secretsmanager:{_REGION}:secret:mail-AbCdEf",
        }
    ),
)
_SECRET: Final = stay(
    "aws_secretsmanager_secret.mail",
    id=f"arn:aws:secretsmanager:{_REGION}:secret:mail-AbCdEf",
    arn=f"arn:aws:secretsmanager:{_REGION}:secret:mail-AbCdEf",
    name="mail",
)


def _secret_policy(condition: Json) -> Json:
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
        "Condition": condition,
    }
    arn = f"arn:aws:secretsmanager:{_REGION}:secret:mail-AbCdEf"
    made = {"secret_arn": arn, "policy": _document(deny)}
    return create("aws_secretsmanager_secret_policy.mail", made)


def _mailer(**more: Any) -> Json:
    return stay(
        "aws_lambda_function.mail",
        id="mail",
        function_name="mail",
        arn=f"arn:aws:lambda:{_REGION}:function:mail",
        role=f"arn:aws:iam::{_ACCOUNT}:role/mail",
        vpc_config=more.get("networks", []),
    )


_RUNS: Final = {"aws_lambda_function.mail": {"role": ["aws_iam_role.mail.arn"]}}

SIBLINGS: Final = [
    pair(
        "a record with a service behind it gets no share any more / one without",
        [_weighs_nothing("old-1.eu-west-1.elb.amazonaws.com"), _serves("old")],
        [_weighs_nothing("old-1.eu-west-1.elb.amazonaws.com")],
        _LB,
        _NEW_LB,
        _NEW,
        *_listens("old", 1),
        *_listens("new", 2),
        _serves("new"),
        uses=_LISTEN_USES,
    ),
    pair(
        "a group with a service in it gets no share any more / an empty one",
        [_ALL_NEW, _serves("old")],
        [_ALL_NEW],
        _LB,
        *_listens("old", 1),
        *_listens("new", 2),
        _serves("new"),
        uses=_LISTEN_USES,
    ),
    pair(
        "a region is closed in which an account lives / in which none does",
        [_NARROWER, _account("us-east-1")],
        [_NARROWER, _account("eu-north-1")],
        _ATTACHED,
        stay("aws_organizations_organizational_unit.live", id="ou-1", name="live", parent_id="r-1"),
    ),
    pair(
        "logs are kept for a week and errors alone are archived / all of them are",
        [_KEPT_A_WEEK, _sends_on("ERROR")],
        [_KEPT_A_WEEK, _sends_on("")],
        _WRITES_DOWN,
        uses={
            "aws_cloudwatch_log_subscription_filter.orders": {
                "log_group_name": ["aws_cloudwatch_log_group.orders.name"],
                "destination_arn": ["aws_kinesis_firehose_delivery_stream.logs.arn"],
            }
        },
    ),
    pair(
        "a secret is read in one network only and its reader is in none / is in one",
        [_secret_policy({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}), _mailer()],
        [
            _secret_policy({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}),
            _mailer(networks=[{"subnet_ids": ["subnet-1"], "vpc_id": "vpc-1"}]),
        ],
        _ROLE,
        _MAY,
        _SECRET,
        uses=_RUNS,
    ),
]

_FOLLOWS: Final = {
    "aws_cloudwatch_log_subscription_filter.orders": {
        "log_group_name": ["aws_cloudwatch_log_group.orders.name"],
        "destination_arn": ["aws_kinesis_firehose_delivery_stream.logs.arn"],
    }
}
SIBLING_TRAPS: Final = [
    trap(
        "a machine is attached to the group",
        _ALL_NEW,
        _LB,
        *_listens("old", 1),
        *_listens("new", 2),
        _serves("new"),
        stay(
            "aws_lb_target_group_attachment.old",
            id="a",
            target_group_arn=f"{_AT}:targetgroup/old",
            target_id="i-1",
        ),
        uses=_LISTEN_USES,
    ),
    trap(
        "both groups are empty",
        _ALL_NEW,
        _LB,
        *_listens("old", 1),
        *_listens("new", 2),
        uses=_LISTEN_USES,
    ),
    trap(
        "the other record's balancer is empty as well",
        _weighs_nothing("old-1.eu-west-1.elb.amazonaws.com"),
        _LB,
        _NEW_LB,
        _NEW,
        *_listens("old", 1),
        *_listens("new", 2),
        uses=_LISTEN_USES,
    ),
    trap(
        "the record leads to a balancer elsewhere",
        _weighs_nothing("legacy-9.eu-west-1.elb.amazonaws.com"),
        _NEW_LB,
        _NEW,
        *_listens("new", 2),
        _serves("new"),
        uses=_LISTEN_USES,
    ),
    trap(
        "one of the accounts says nothing of its region",
        _NARROWER,
        _account("eu-north-1"),
        _ATTACHED,
        stay("aws_organizations_account.old", id="333344445555", name="old", parent_id="ou-1"),
    ),
    trap(
        "the policy stands above units whose accounts the plan does not show",
        _NARROWER,
        _account("eu-north-1"),
        _ATTACHED,
        stay(
            "aws_organizations_policy_attachment.other",
            id="ou-2:p-1",
            policy_id="p-1",
            target_id="ou-2",
        ),
    ),
    trap(
        "the archive changes as well",
        _KEPT_A_WEEK,
        _sends_on(""),
        tweak(
            "aws_kinesis_firehose_delivery_stream.logs",
            {
                "id": _FIREHOSE,
                "arn": _FIREHOSE,
                "name": "logs",
                "extended_s3_configuration": [{"bucket_arn": "arn:aws:s3:::archive"}],
            },
            extended_s3_configuration=[{"bucket_arn": "arn:aws:s3:::other"}],
        ),
        uses=_FOLLOWS,
    ),
]
