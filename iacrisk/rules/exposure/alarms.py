"""X04: alarms that no longer reach anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.exposure.silences import (
    SILENCES,
    muted_monitors,
    why_nobody_wakes,
    why_too_quiet,
)
from iacrisk.rules.indexes import others_with
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_MONITORS: Final = frozenset({"datadog_monitor"})
_METRIC_ALARMS: Final = frozenset({"aws_cloudwatch_metric_alarm"})
_INDEXES: Final = frozenset({"datadog_logs_index"})
_RECIPIENT: Final = regex(r"@[\w.{}+-]*\w")
_WAKES: Final = regex(r"@(pagerduty|opsgenie|oncall|victorops|webhook)", re.IGNORECASE)
_LIMIT: Final = regex(r"([<>]=?)\s*(-?\d+(?:\.\d+)?)\s*$")
_FAR: Final = 3


@rule(
    id="X04",
    name="alarm-silenced",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.DETECTION,
    kinds={ActionKind.CREATE, ActionKind.UPDATE, ActionKind.DELETE},
    types=_MONITORS | _METRIC_ALARMS | SILENCES | _INDEXES,
)
def alarm_silenced(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An alarm no longer reaches anybody, or is asked to look away.

    What it flags
        A monitor that wakes people and is deleted or loses all its recipients; one, or an alarm
        of CloudWatch, that goes off only far beyond its old threshold; a monitor whose query is
        limited to fewer hosts or services, or asks of a far longer time; a downtime or suppression
        for everything, for all of production, or without an end; one that comes again, names no
        environment and so mutes monitors of production that wake people; a log index that drops
        all logs.

    Why it matters
        It is quiet, and quiet looks like health.

    When it is fine
        Another monitor of the same query takes its place, or what it watched goes too.

    What to do instead
        Silence one service for an hour instead of all for good; move recipients before they go.

    References
        https://docs.datadoghq.com/monitors/downtimes/
        https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-processing-rules
    """
    if change.type in SILENCES:
        yield from _silence(change, context)
    elif change.type in _INDEXES:
        yield from _dropped(change)
    elif change.type in _METRIC_ALARMS:
        yield from _metric_threshold_moved(change)
    elif change.kind is ActionKind.DELETE:
        yield from _deleted(change, context)
    elif change.kind is ActionKind.UPDATE:
        yield from _unheard(change)
        yield from _threshold_moved(change)
        yield from _scope_narrowed(change)
        yield from _window_widened(change)


def _deleted(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    text = str(change.before.get("message") or "")
    kept = [
        other
        for other in others_with(change, context, "query")
        if other.kind is not ActionKind.DELETE
    ]
    if kept or not _RECIPIENT.search(text):
        return
    wakes = bool(_WAKES.search(text)) or change.before.get("priority") in {1, 2, "1", "2"}
    yield Flag(
        what="Nobody hears of it any more when this happens.",
        severity=None if wakes else Severity.MEDIUM,
        confidence=Confidence.HIGH,
    )


def _unheard(change: ResourceChange) -> Iterator[Outcome]:
    if "message" not in change.changed:
        return
    before, after = str(change.before.get("message") or ""), change.after.get("message")
    had = set(_RECIPIENT.findall(before))
    if after is UNKNOWN:
        if had:
            yield Undecided(why="Whom it will call is not known.", paths=(("message",),))
        return
    left = set(_RECIPIENT.findall(str(after or "")))
    if had and not left:
        yield Flag(what="It no longer calls anybody.", paths=(("message",),))
    elif _WAKES.search(before) and not _WAKES.search(str(after or "")):
        yield Flag(what="It no longer wakes anybody.", paths=(("message",),))


def _threshold_moved(change: ResourceChange) -> Iterator[Outcome]:
    old = _LIMIT.search(str(change.before.get("query") or ""))
    new = _LIMIT.search(str(change.after.get("query") or ""))
    if old is None or new is None or old[1][0] != new[1][0]:
        return
    before, after = float(old[2]), float(new[2])
    if old[1].startswith("<"):
        before, after = after, before
    elif _is_nearly_full(str(change.before.get("query")), before, after):
        before, after = 1 - after, 1 - before
    if before > 0 and after >= before * _FAR:
        yield Flag(
            what=f"It goes off at {new[2]} instead of {old[2]}.",
            paths=(("query",),),
            severity=Severity.MEDIUM,
        )


_PARTS: Final = regex(r"in_use|pct|percent|ratio|usage|utili[sz]ation", re.IGNORECASE)


def _is_nearly_full(query: str, before: float, after: float) -> bool:
    """Whether the limits are parts of a whole above the half: what is left of it counts then."""
    return _HALF < before < after < 1 and _PARTS.search(query) is not None


_HALF: Final = 0.5
_SCOPE: Final = regex(r"\{([^{}]*)\}")


def _scope_narrowed(change: ResourceChange) -> Iterator[Outcome]:
    """The same query looks at fewer of those that it looked at: `{env:live,service:web}`."""
    before, after = (str(side.get("query") or "") for side in (change.before, change.after))
    if _LIMIT.sub("", _SCOPE.sub("{}", before)) != _LIMIT.sub("", _SCOPE.sub("{}", after)):
        return
    pairs = zip(_SCOPE.findall(before), _SCOPE.findall(after), strict=True)
    terms = [({*old.split(",")} - {"*"}, {*new.split(",")} - {"*"}) for old, new in pairs]
    if any(old < new for old, new in terms):
        yield Flag(
            what="It looks at fewer of those that it looked at.",
            paths=(("query",),),
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
        )


_WINDOW: Final = regex(r"last_(\d+)(m|h|d|w)\b")
_MINUTES: Final = {"m": 1, "h": 60, "d": 1440, "w": 10_080}
_MUCH_LONGER: Final = 12


def _window_widened(change: ResourceChange) -> Iterator[Outcome]:
    """The same question is asked of a far longer time: `last_5m`, `last_1d`."""
    before, after = (str(side.get("query") or "") for side in (change.before, change.after))
    old, new = _WINDOW.search(before), _WINDOW.search(after)
    if old is None or new is None or _WINDOW.sub("", before) != _WINDOW.sub("", after):
        return
    first, second = (int(one[1]) * _MINUTES[one[2]] for one in (old, new))
    if 0 < first * _MUCH_LONGER <= second:
        yield Flag(
            what=f"It looks at {new[0]} instead of {old[0]}, and goes off far later.",
            paths=(("query",),),
            severity=Severity.MEDIUM,
            confidence=Confidence.MEDIUM,
        )


def _metric_threshold_moved(change: ResourceChange) -> Iterator[Outcome]:
    """An alarm of CloudWatch, which keeps its comparison beside the threshold."""
    before, after = change.before.get("threshold"), change.after.get("threshold")
    if change.kind is not ActionKind.UPDATE or before is None:
        return
    if not isinstance(before, int | float) or not isinstance(after, int | float):
        return
    operator = str(change.after.get("comparison_operator") or "")
    low, high = (after, before) if operator.startswith("Less") else (before, after)
    if operator == change.before.get("comparison_operator") and 0 < low * _FAR <= high:
        yield Flag(
            what=f"It goes off at {after:g} instead of {before:g}.",
            paths=(("threshold",),),
            severity=Severity.MEDIUM,
        )


def _silence(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if change.kind is ActionKind.DELETE:
        return
    quiet = why_too_quiet(change.type, change.after)
    if quiet is not None and (
        change.kind is ActionKind.CREATE or why_too_quiet(change.type, change.before) != quiet
    ):
        yield Flag(
            what=quiet.what,
            paths=((quiet.argument,),),
            confidence=quiet.confidence,
            hurts=muted_monitors(change, context),
        )
        return
    unheard = why_nobody_wakes(change, context) if quiet is None else None
    if unheard is not None:
        quiet, called = unheard
        yield Flag(what=quiet.what, paths=((quiet.argument,),), hurts=tuple(called))


def _dropped(change: ResourceChange) -> Iterator[Outcome]:
    if change.kind is not ActionKind.UPDATE or "exclusion_filter" not in change.changed:
        return
    if _drops_all(change.after) and not _drops_all(change.before):
        yield Flag(what="All logs are dropped.", paths=(("exclusion_filter",),))


def _drops_all(values: dict[str, Any]) -> bool:
    filters = values.get("exclusion_filter")
    for item in filters if isinstance(filters, list) else ():
        if not isinstance(item, dict) or item.get("is_enabled") is False:
            continue
        for block in item.get("filter") or ():
            if isinstance(block, dict) and block.get("query") in {"*", ""}:
                rate = block.get("sample_rate")
                return bool(rate == 1)
    return False
