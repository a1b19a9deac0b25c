"""E30, E31: a new record or behaviour comes before what leads clients today."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.dns import plain_name
from iacrisk.rules.readers.shapes import blocks, texts
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_RULES: Final = ("aws_alb_listener_rule", "aws_lb_listener_rule")
_LEADING: Final = frozenset({"A", "AAAA", "CNAME"})


@rule(
    id="E30",
    name="record-hides-wildcard",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE},
    types={"aws_route53_record"},
    since="0.2",
)
def record_hides_wildcard(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A new record takes a name that is served today through a wildcard.

    What it flags
        A new `A`, `AAAA` or `CNAME` below a wildcard record that stays, with another target, for
        a name that a listener rule, a distribution or a domain name of the plan serves.

    Why it matters
        The exact name wins over the wildcard. Clients go elsewhere though nothing that served
        them has changed.

    When it is fine
        Nobody serves the name yet. Not flagged: the same target as the wildcard's.

    What to do instead
        Lower the time to live of the wildcard first, and move the name when its new home answers.

    References
        https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
    """
    name = plain_name(change.after.get("name"))
    if change.after.get("type") not in _LEADING or not name or "*" in name:
        return
    wild = (one for one in _wildcards(change.type, context) if fnmatchcase(name, _name(one)))
    covering = [one for one in wild if _targets(one.after) != _targets(change.after)]
    served = [one.label for one in _serving(name, context)]
    if covering and served:
        yield Flag(
            what=f"{name} no longer leads where {covering[0].label} led it.",
            paths=(("name",),),
            hurts=tuple(served),
        )


def _wildcards(type_name: str, context: Context) -> list[ResourceChange]:
    return once(
        context.plan,
        ("wildcards that stay", type_name),
        lambda: [
            one
            for one in context.changes_of(type_name)
            if stays(one) and _name(one).startswith("*.")
        ],
    )


def _name(record: ResourceChange) -> str:
    return plain_name(record.before.get("fqdn") or record.before.get("name"))


def _targets(values: dict[str, Any]) -> tuple[str, ...]:
    aliases = [plain_name(block.get("name")) for block in blocks(values.get("alias"))]
    return tuple(sorted((*map(plain_name, texts(values.get("records"))), *aliases)))


def _serving(name: str, context: Context) -> Iterator[ResourceChange]:
    for one in context.changes_of(*_RULES):
        hosts = [
            host.lower()
            for condition in blocks(one.before.get("condition"))
            for header in blocks(condition.get("host_header"))
            for host in texts(header.get("values"))
        ]
        if stays(one) and name in hosts:
            yield one
    for one in context.changes_of("aws_cloudfront_distribution"):
        if stays(one) and name in texts(one.before.get("aliases")):
            yield one
    for one in context.changes_of("aws_api_gateway_domain_name", "aws_apigatewayv2_domain_name"):
        if stays(one) and one.before.get("domain_name") == name:
            yield one


@rule(
    id="E31",
    name="behaviour-takes-paths",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={"aws_cloudfront_distribution"},
    since="0.2",
)
def behaviour_takes_paths(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """A behaviour that comes first takes paths that another one led to another origin.

    What it flags
        A cache behaviour, new or moved forward, whose pattern lies within the pattern of one
        behind it, or holds it, with another origin.

    Why it matters
        The first pattern that fits decides. The paths go to an origin that does not know them.

    When it is fine
        The paths are meant to move, and the new origin answers them.

    What to do instead
        Put it behind the more specific ones, or try it on a name of its own.

    References
        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
    """
    if "ordered_cache_behavior" not in change.changed:
        return
    if change.after.get("ordered_cache_behavior") is UNKNOWN:
        return
    known = set(_taken(change.before))
    taken = [pair for pair in _taken(change.after) if pair not in known]
    stood = {pattern for pattern, _ in _behaviours(change.before)}
    shown = [f"{later} by {first}" for first, later in taken if later in stood]
    if shown:
        yield Flag(
            what=f"Paths are led to another origin: {some_of(shown)}.",
            paths=(("ordered_cache_behavior",),),
        )


def _behaviours(values: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (str(block.get("path_pattern")).lstrip("/"), str(block.get("target_origin_id")))
        for block in blocks(values.get("ordered_cache_behavior"))
    ]


def _taken(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Pairs of patterns of which the first takes paths of the second to another origin."""
    listed = _behaviours(values)
    for number, (first, origin) in enumerate(listed):
        for later, other in listed[number + 1 :]:
            within = fnmatchcase(first.rstrip("*"), later) or fnmatchcase(later.rstrip("*"), first)
            if origin != other and within:
                yield first, later
