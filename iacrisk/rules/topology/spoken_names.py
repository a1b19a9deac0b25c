"""G30: a host goes that programs call by its name, as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.running import programs
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_HOSTS: Final = (
    "address",
    "dns_name",
    "domain_name",
    "endpoint",
    "fqdn",
    "hostname",
    "invoke_url",
    "reader_endpoint",
)
_HOST: Final = regex(r"^(?:\w+://)?([a-z0-9-]+(?:\.[a-z0-9-]+){2,})", re.IGNORECASE)
_KINDS: Final = frozenset(
    {
        "aws_db_proxy",
        "aws_db_proxy_endpoint",
        "aws_elasticache_serverless_cache",
        "aws_lambda_function_url",
        "aws_mq_broker",
        "aws_rds_cluster_endpoint",
        "aws_redshiftserverless_endpoint_access",
        "aws_s3_access_point",
        "aws_service_discovery_service",
        "aws_vpc_endpoint",
    }
)
"""Ways to something that stays, which others call by their own names."""


@rule(
    id="G30",
    name="spoken-name-gone",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.DELETE, ActionKind.REPLACE},
    types=_KINDS,
    since="0.2",
)
def spoken_name_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An endpoint goes whose host name stands in the settings of a program that stays.

    What it flags
        The delete or replacement of a proxy, a custom endpoint, a function's address and their
        like, where a program of the plan keeps the host name in its values as text.

    Why it matters
        No reference leads from one to the other, so Terraform removes the one and leaves the
        other. Its next connection fails.

    When it is fine
        The program gets another name from somewhere else first.

    What to do instead
        Move the program to the other name, then remove this one.

    References
        https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Endpoints.Custom.html
    """
    hosts = [host for name in _HOSTS for host in _host(change.before.get(name))]
    calling = [
        one.label
        for one in programs(context)
        if stays(one) and any(host.encode() in bytes(one.raw.change.after) for host in hosts)
    ]
    if calling:
        yield Flag(
            what=f"{some_of(calling)} still calls it by its name.",
            hurts=tuple(calling),
        )


def _host(value: Any) -> list[str]:
    matched = _HOST.match(value) if isinstance(value, str) else None
    return [matched[1]] if matched else []
