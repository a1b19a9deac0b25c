"""X18: an order in which each entry takes what fits it, and leaves the rest to those behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.messages.queries import covers
from iacrisk.rules.readers.shapes import blocks, texts
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_ORDER: Final = "datadog_logs_index_order"
_INDEX: Final = "datadog_logs_index"
_MONITOR: Final = "datadog_monitor"


@rule(
    id="X18",
    name="share-of-logs-taken",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.DETECTION,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types={_ORDER, _INDEX},
    since="0.2",
)
def share_of_logs_taken(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An index of logs comes before others that it leaves nothing, or less.

    What it flags
        An order of Datadog's indexes, or a wider filter, by which an index stands before another
        one whose logs fit its own filter, and it keeps them for less time, or monitors ask the
        other index.

    Why it matters
        A log goes to the first index that it fits and to no other. The one behind stays as it is
        and empty: what had to be kept for a year is gone in days, and its monitors see nothing.

    When it is fine
        The index in front keeps logs as long and nobody asks the other one by name.

    What to do instead
        Put the narrow indexes first and the catch-all last.

    References
        https://docs.datadoghq.com/logs/log_configuration/indexes/
    """
    for path in ("indexes", "filter"):
        if change.kind is ActionKind.UPDATE and change.after.get(path) is UNKNOWN:
            yield Undecided(why="What goes to which index is not known.", paths=((path,),))
            return
    if change.type == _INDEX and (
        change.kind is not ActionKind.UPDATE or "filter" not in change.changed
    ):
        return
    hit: dict[str, str] = {}
    for order in context.changes_of(_ORDER):
        if change.type == _ORDER and order is not change:
            continue
        was = set(_robbed(order.before, context, planned=False))
        for robber, robbed in _robbed(order.after, context, planned=True):
            if (robber, robbed) not in was:
                hit.setdefault(robbed, robber)
    found = {
        name: one
        for one in context.changes_of(_INDEX)
        if (name := _name(one)) in hit and stays(one)
    }
    watching = [label for name in found for label in _watching(name, context)]
    shorter = [name for name, one in found.items() if _is_kept_shorter(one, hit[name], context)]
    if shorter or watching:
        yield Flag(
            what=f"Logs of {some_of(found)} go to an index before it.",
            paths=(("indexes" if change.type == _ORDER else "filter",),),
            hurts=(*(one.label for one in found.values()), *watching),
        )


def _robbed(
    values: dict[str, Any], context: Context, *, planned: bool
) -> Iterator[tuple[str, str]]:
    """Pairs of an index and one behind it whose logs all fit it, or may."""
    filters = {
        _name(one): _query(one.after if planned else one.before)
        for one in context.changes_of(_INDEX)
        if (one.after if planned else one.before)
    }
    names = texts(values.get("indexes"))
    for place, name in enumerate(names):
        for behind in names[place + 1 :]:
            if name in filters and behind in filters and covers(filters[name], filters[behind]):
                yield name, behind


def _name(index: ResourceChange) -> str:
    return str(index.after.get("name") or index.before.get("name"))


def _query(values: dict[str, Any]) -> str:
    return " ".join(str(one.get("query")) for one in blocks(values.get("filter")))


def _watching(name: str, context: Context) -> Iterator[str]:
    asks = re.compile(rf'index\("[^"]*\b{re.escape(name)}\b[^"]*"\)')
    for one in filter(stays, context.changes_of(_MONITOR)):
        if asks.search(str(one.before.get("query"))):
            yield one.label


def _is_kept_shorter(index: ResourceChange, robber: str, context: Context) -> bool:
    days = index.before.get("retention_days")
    for one in context.changes_of(_INDEX):
        if _name(one) == robber:
            other = one.after.get("retention_days")
            return not isinstance(days, int) or not isinstance(other, int) or other < days
    return True
