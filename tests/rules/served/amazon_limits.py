"""Pairs on AWS: boundaries and certificates that get narrower, and still hold all that is used.

At first sight all 3 dangers were held, and all of their harmless twins.
"""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, replace, tweak, update
from tests.rules.served.worlds import pair, stay, trap

# Boundaries

_LIMIT: Final = "arn:aws:iam::111122223333:policy/limit"


def _policy(actions: list[str], **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _limit(*after: str) -> Json:
    before = ["dynamodb:*", "kinesis:*", "logs:*", "sqs:*"]
    values = {"id": _LIMIT, "arn": _LIMIT, "name": "limit", "policy": _policy(before)}
    return tweak("aws_iam_policy.limit", values, policy=_policy(list(after)))


def _role(*actions: str) -> list[Json]:
    return [
        stay(
            "aws_iam_role.orders",
            id="orders",
            name="orders",
            arn="arn:aws:iam::111122223333:role/orders",
            permissions_boundary=_LIMIT,
        ),
        stay(
            "aws_iam_role_policy.orders", id="orders:x", role="orders", policy=_policy([*actions])
        ),
        stay(
            "aws_lambda_function.orders",
            id="orders",
            function_name="orders",
            role="arn:aws:iam::111122223333:role/orders",
        ),
    ]


_LIMITED: Final = {
    "aws_iam_role.orders": {"permissions_boundary": ["aws_iam_policy.limit.arn"]},
    "aws_iam_role_policy.orders": {"role": ["aws_iam_role.orders.id"]},
    "aws_lambda_function.orders": {"role": ["aws_iam_role.orders.arn"]},
}

# Certificates

_NAMES: Final = ["api.example.com", "old.example.com"]


def _certificate(*names: str) -> Json:
    values = {
        "id": "arn:aws:acm:1",
        "arn": "arn:aws:acm:1",
        "domain_name": "example.com",
        "status": "ISSUED",
        "subject_alternative_names": _NAMES,
    }
    gone = {name: value for name, value in values.items() if name not in {"id", "arn", "status"}}
    return replace(
        "aws_acm_certificate.edge",
        values,
        {**gone, "subject_alternative_names": list(names)},
        "subject_alternative_names",
        create_first=True,
    )


def _host(name: str, **more: Any) -> Json:
    return stay(
        f"aws_route53_record.{name}",
        id=f"Z1_{name}",
        zone_id="Z1",
        name=f"{name}.example.com",
        fqdn=f"{name}.example.com",
        type="CNAME",
        records=["edge.elb.amazonaws.com"],
        **more,
    )


_ZONE: Final = stay("aws_route53_zone.main", id="Z1", zone_id="Z1", name="example.com")
_LISTENER: Final = update(
    "aws_lb_listener.https",
    {"id": "l1", "arn": "l1", "port": 443, "certificate_arn": "arn:aws:acm:1"},
    {"id": "l1", "arn": "l1", "port": 443},
    after_unknown={"certificate_arn": True},
)
_CERTIFIED: Final = {"aws_lb_listener.https": {"certificate_arn": ["aws_acm_certificate.edge.arn"]}}
_LESS: Final = _certificate("api.example.com")

LIMITS: Final = [
    pair(
        "a boundary loses what its role uses / what none of them may do",
        _limit("kinesis:*", "logs:*"),
        _limit("dynamodb:*", "logs:*", "sqs:*"),
        *_role("dynamodb:GetItem", "sqs:ReceiveMessage"),
        uses=_LIMITED,
    ),
    pair(
        "a boundary keeps reading alone / reading and writing, which is all that is used",
        _limit("dynamodb:GetItem"),
        _limit("dynamodb:GetItem", "dynamodb:PutItem"),
        *_role("dynamodb:GetItem", "dynamodb:PutItem"),
        uses=_LIMITED,
    ),
    pair(
        "a certificate lacks a name with a record / a name that nothing of its zone leads from",
        [_LESS, _host("old")],
        [_LESS],
        _ZONE,
        _LISTENER,
        _host("api"),
        uses=_CERTIFIED,
    ),
]

LIMIT_TRAPS: Final = [
    trap(
        "a role holds all of a service of which the boundary keeps a part",
        _limit("dynamodb:GetItem", "logs:*"),
        *_role("dynamodb:*"),
        uses=_LIMITED,
    ),
    trap(
        "a policy of AWS is attached to the role",
        _limit("dynamodb:*"),
        *_role("dynamodb:GetItem"),
        stay(
            "aws_iam_role_policy_attachment.more",
            id="m",
            role="orders",
            policy_arn="arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
        ),
        uses=_LIMITED,
    ),
    trap(
        "the certificate lacks a name that a wildcard record leads from",
        _LESS,
        _ZONE,
        _LISTENER,
        _host("api"),
        stay(
            "aws_route53_record.any",
            id="any",
            zone_id="Z1",
            name="*.example.com",
            fqdn="*.example.com",
            type="CNAME",
            records=["edge.elb.amazonaws.com"],
        ),
        uses=_CERTIFIED,
    ),
    trap(
        "the certificate lacks a name that a program calls",
        _LESS,
        _ZONE,
        _LISTENER,
        _host("api"),
        stay(
            "aws_lambda_function.shop",
            id="shop",
            function_name="shop",
            environment=[{"variables": {"PARTNER": "https://old.example.com/v1"}}],
        ),
        uses=_CERTIFIED,
    ),
    trap(
        "the certificate lacks a name of a zone that is not in the plan",
        _LESS,
        _LISTENER,
        _host("api"),
        uses=_CERTIFIED,
    ),
]
