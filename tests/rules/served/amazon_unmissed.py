"""Pairs: streams that are read in time, and senders of mail that a domain no longer lists.

At first sight all 4 dangers were held, and all of their harmless twins.
"""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, tweak
from tests.rules.served.worlds import pair, stay, trap

# Streams

_CLICKS: Final = "arn:aws:kinesis:eu-west-1:111122223333:stream/clicks"
_KEPT_SHORTER: Final = tweak(
    "aws_kinesis_stream.clicks",
    {"id": _CLICKS, "arn": _CLICKS, "name": "clicks", "retention_period": 168},
    retention_period=48,
)


def _archive(source: str = _CLICKS) -> Json:
    return stay(
        "aws_kinesis_firehose_delivery_stream.archive",
        id="arn:archive",
        arn="arn:archive",
        destination="extended_s3",
        kinesis_source_configuration=[{"kinesis_stream_arn": source}],
        extended_s3_configuration=[{"bucket_arn": "arn:aws:s3:::lake", "prefix": "raw/"}],
    )


def _schedule(expression: str, **more: Any) -> list[Json]:
    return [
        stay(
            "aws_cloudwatch_event_rule.load",
            id="load",
            name="load",
            state="ENABLED",
            schedule_expression=expression,
            **more,
        ),
        stay(
            "aws_cloudwatch_event_target.load",
            id="load-1",
            rule="load",
            arn="arn:aws:ecs:eu-west-1:1:cluster/data",
            ecs_target=[{"task_definition_arn": "arn:aws:ecs:eu-west-1:1:task-definition/load"}],
        ),
    ]


_LOADER: Final = stay(
    "aws_ecs_task_definition.load",
    id="load",
    family="load",
    arn="arn:aws:ecs:eu-west-1:1:task-definition/load:3",
    arn_without_revision="arn:aws:ecs:eu-west-1:1:task-definition/load",
    container_definitions=json.dumps(
        [{"name": "load", "environment": [{"name": "STREAM", "value": "clicks"}]}]
    ),
)
_STREAM_USES: Final = {
    "aws_cloudwatch_event_target.load": {
        "rule": ["aws_cloudwatch_event_rule.load.name"],
        "ecs_target": ["aws_ecs_task_definition.load.arn_without_revision"],
    },
    "aws_kinesis_firehose_delivery_stream.archive": {
        "kinesis_source_configuration": ["aws_kinesis_stream.clicks.arn"]
    },
}

# Senders of mail


def _record(name: str, kind: str, *values: str) -> Json:
    full = f"{name}.example.com" if name else "example.com"
    label = name.replace(".", "-").replace("_", "x") or "apex"
    return stay(
        f"aws_route53_record.{label}_{kind.lower()}",
        id=f"Z1_{full}_{kind}",
        zone_id="Z1",
        name=full,
        fqdn=full,
        type=kind,
        ttl=300,
        records=list(values),
    )


def _senders(before: str, after: str) -> Json:
    values = _record("", "TXT", f"v=spf1 {before} -all")["change"]["before"]
    return tweak("aws_route53_record.apex_txt", values, records=[f"v=spf1 {after} -all"])


_DOMAIN: Final = [
    _record("", "MX", "1 aspmx.l.google.com"),
    _record("google._domainkey", "TXT", "v=DKIM1; k=rsa; p=MIGf"),
    _record("_dmarc", "TXT", "v=DMARC1; p=reject"),
]
_BOTH: Final = "include:_spf.google.com include:sendgrid.net"
_DROPS: Final = _senders(_BOTH, "include:_spf.google.com")

UNMISSED: Final = [
    pair(
        "records are kept for two days and read once a week / every hour, all are archived",
        [_KEPT_SHORTER, *_schedule("rate(7 days)")],
        [_KEPT_SHORTER, *_schedule("rate(1 hour)")],
        _LOADER,
        _archive(),
        uses=_STREAM_USES,
    ),
    pair(
        "records are read on weekdays alone / every night",
        [_KEPT_SHORTER, *_schedule("cron(0 3 ? * MON-FRI *)")],
        [_KEPT_SHORTER, *_schedule("cron(0 3 * * ? *)")],
        _LOADER,
        _archive(),
        uses=_STREAM_USES,
    ),
    pair(
        "a domain drops the sender of its staff / one of mass mail without a key",
        _senders(_BOTH, "include:sendgrid.net"),
        _DROPS,
        *_DOMAIN,
    ),
    pair(
        "a sender goes whose return path is below the domain / that has none",
        [_DROPS, _record("em12", "CNAME", "u1.wl1.sendgrid.net")],
        [_DROPS, _record("em12", "CNAME", "bounces.example.net")],
        *_DOMAIN,
    ),
]

UNMISSED_TRAPS: Final = [
    trap(
        "the loader runs every hour, and another stream is archived",
        _KEPT_SHORTER,
        *_schedule("rate(1 hour)"),
        _LOADER,
        _archive("arn:aws:kinesis:eu-west-1:111122223333:stream/other"),
        uses={name: uses for name, uses in _STREAM_USES.items() if not name.endswith(".archive")},
    ),
    trap(
        "the loader's rule is switched off",
        _KEPT_SHORTER,
        stay(
            "aws_cloudwatch_event_rule.load",
            id="load",
            name="load",
            state="DISABLED",
            schedule_expression="rate(1 hour)",
        ),
        *_schedule("rate(1 hour)")[1:],
        _LOADER,
        _archive(),
        uses=_STREAM_USES,
    ),
    trap(
        "a function sends by the sender that goes",
        _DROPS,
        stay(
            "aws_lambda_function.mail",
            id="mail",
            function_name="mail",
            environment=[{"variables": {"SMTP": "smtp.sendgrid.net:587"}}],
        ),
        *_DOMAIN,
    ),
    trap("no key of the domain is in the plan", _DROPS, _DOMAIN[0], _DOMAIN[2]),
    trap(
        "the text at the return path of the sender goes",
        tweak(
            "aws_route53_record.bounce_txt",
            _record("bounce", "TXT", f"v=spf1 {_BOTH} -all")["change"]["before"],
            records=["v=spf1 include:_spf.google.com -all"],
        ),
        *_DOMAIN,
    ),
]
