"""Who comes in through an entry point, and who answers there: by DNS names and target groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Final

from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.siblings import stays

_GROUPS: Final = ("aws_alb_target_group", "aws_lb_target_group")
_ANSWERING: Final = frozenset({"aws_autoscaling_group", "aws_ecs_service", "aws_instance"})
_RECORDS: Final = ("aws_route53_record", "cloudflare_dns_record", "cloudflare_record")
_MOST: Final = 20
"""A pattern that fits more records than this means none of them in particular."""


def records_named(patterns: Iterable[str], context: Context) -> Iterator[str]:
    """Records that lead clients to a name among the patterns, which may hold wildcards."""
    known = once(context.plan, "records by name", lambda: _records(context))
    for pattern in sorted({text.rstrip(".").lower() for text in patterns}):
        if "*" not in pattern and "?" not in pattern:
            yield from known.get(pattern, ())
            continue
        fitting = [name for name in known if fnmatchcase(name, pattern)]
        if len(fitting) <= _MOST:
            yield from (label for name in fitting for label in known[name])


def bare_groups(targets: Iterable[str], context: Context) -> Iterator[str]:
    """The target groups with these ARNs behind which the plan shows nothing that runs."""
    groups = once(context.plan, "target groups by ARN", lambda: _groups(context))
    for arn in sorted(targets):
        if not any(answering([arn], context)):
            yield from groups.get(arn, ())


def answering(targets: Iterable[str], context: Context) -> Iterator[str]:
    """What runs behind the target groups with these ARNs."""
    groups = once(context.plan, "target groups by ARN", lambda: _groups(context))
    for arn in sorted(targets):
        for label in groups.get(arn, ()):
            for use in context.graph.consumers(label):
                other = use.node.change
                if use.node.type in _ANSWERING and other is not None and stays(other):
                    yield use.node.label


def _records(context: Context) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for record in context.changes_of(*_RECORDS):
        name = next(filter(None, map(record.before.get, ("fqdn", "hostname", "name"))), None)
        leads = record.before.get("type") in {None, "A", "AAAA", "CNAME", "HTTPS"}
        if isinstance(name, str) and name and leads and stays(record):
            found.setdefault(name.rstrip(".").lower(), []).append(record.label)
    return found


def _groups(context: Context) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for group in context.changes_of(*_GROUPS):
        arn = group.before.get("arn")
        if isinstance(arn, str):
            found.setdefault(arn, []).append(group.label)
    return found


def rules_for(names: Iterable[str], kept: Iterable[str], context: Context) -> list[str]:
    """The listener rules that take one of the names, or one below a wildcard, but none of `kept`.

    The names may hold wildcards, and so may those that are kept.
    """
    lost, still = ({name.lower() for name in group} for group in (names, kept))
    return [
        rule.label
        for rule in context.changes_of("aws_alb_listener_rule", "aws_lb_listener_rule")
        if stays(rule)
        and any(_is_among(host, lost) and not _is_among(host, still) for host in _hosts(rule))
    ]


def _is_among(host: str, names: set[str]) -> bool:
    """Whether the name is there, or the wildcard one level above it."""
    return host in names or f"*.{host.partition('.')[2]}" in names


def _hosts(rule: ResourceChange) -> set[str]:
    found: set[str] = set()
    conditions = rule.before.get("condition")
    for block in conditions if isinstance(conditions, list) else ():
        for header in (block.get("host_header") or ()) if isinstance(block, dict) else ():
            if isinstance(header, dict):
                found.update(str(text).lower() for text in header.get("values") or ())
    return found
