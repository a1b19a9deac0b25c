"""X22: logs that a monitor asks for are no longer kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.messages.queries import Alternative, read_query
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_ASKED: Final = regex(r'logs\("((?:[^"\\]|\\.)*)"\)(?:\.index\("([^"]*)"\))?')
_EVERYWHERE: Final = frozenset({"env"})
"""Facets that tell no program from another."""
_CHECKS: Final = regex(r"health|probe|liveness|readi|livez|readyz|heartbeat|\bping\b")
"""Values of logs that only checks write."""


@rule(
    id="X22",
    name="logs-of-an-alarm-left-out",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.DETECTION,
    kinds={ActionKind.UPDATE},
    types={"datadog_logs_index"},
    since="0.2",
)
def logs_of_an_alarm_left_out(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An index drops logs that a monitor of the plan counts.

    What it flags
        An exclusion filter of a Datadog index, new or with another query, that means logs which
        a log monitor asks for in that index: the two queries share a facet, and none tells their
        logs apart.

    Why it matters
        Excluded logs are in no index. The monitor counts none and stays calm, and nothing says
        so.

    When it is fine
        The monitor turns to a metric made from the logs before they are excluded. Not flagged:
        logs that only health checks write.

    What to do instead
        Exclude by status or path what no monitor asks for; make a metric from the logs first.

    References
        https://docs.datadoghq.com/logs/log_configuration/indexes/#exclusion-filters
    """
    if "exclusion_filter" not in change.changed:
        return
    if change.after.get("exclusion_filter") is UNKNOWN:
        yield Undecided(why="What is excluded is not known.", paths=(("exclusion_filter",),))
        return
    known = set(_excluded(change.before))
    new = [query for query in _excluded(change.after) if query not in known]
    left_out = [one for query in new for one in read_query(query) if not _is_of_checks(one)]
    hit = sorted(
        label
        for label, index, asked in _monitors(context)
        if index in ("", "*", change.after.get("name"))
        and any(_drops(one, other) for one in left_out for other in asked)
    )
    if hit:
        yield Flag(
            what=f"Logs that are asked for are dropped: {some_of(hit)}.",
            paths=(("exclusion_filter",),),
            hurts=tuple(hit),
        )


def _drops(left_out: Alternative, asked: Alternative) -> bool:
    """Whether they speak of the same logs: by a facet of both, or because all are left out."""
    limits = left_out.wanted.keys() - _EVERYWHERE
    return left_out.meets(asked) and (not limits or not limits.isdisjoint(asked.wanted))


def _excluded(values: Mapping[str, Any]) -> Iterator[str]:
    for block in members(values.get("exclusion_filter")):
        for one in members(block.get("filter")):
            if block.get("is_enabled") is not False and isinstance(one.get("query"), str):
                yield one["query"]


def _is_of_checks(alternative: Alternative) -> bool:
    return any(map(_CHECKS.search, (x for values in alternative.wanted.values() for x in values)))


def _monitors(context: Context) -> Iterator[tuple[str, str, list[Alternative]]]:
    """Each log monitor that stays, with the index it looks at and the logs it asks for."""
    for one in context.changes_of("datadog_monitor"):
        if stays(one) and isinstance(query := one.after.get("query"), str):
            for asked, index in _ASKED.findall(query):
                yield one.label, index, list(read_query(asked))
