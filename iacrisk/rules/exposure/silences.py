"""Downtimes, maintenance windows and suppressions: whom they mute, and until when."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any, Final

import msgspec

from iacrisk.catalog.environments import environment_named
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.messages.downtimes import (
    DOWNTIMES,
    EVERYTHING,
    muted,
    names_environment,
    scopes_of,
    wakes_for_production,
)
from iacrisk.rules.readers.shapes import first_block, texts
from iacrisk.rules.rule import Confidence

Tree = dict[str, Any]


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """Why a silence goes too far, and the argument that shows it."""

    what: str
    argument: str
    confidence: Confidence = Confidence.HIGH


_LONG: Final = datetime.timedelta(days=14)
_TERMS: Final = regex(r"[\w.-]+:[^\s()]+")
_DENIED: Final = regex(r"(?:\bnot\s+|[!-](?<![\w-]-))[\w.-]+:[^\s()]+", re.IGNORECASE)
"""What a scope leaves out: `NOT env:dev`, `!env:dev`."""

_MACHINES: Final = frozenset({"container_id", "host", "hostname", "instance", "pod_name"})
"""What a silence may be for without an end: one machine is replaced before long."""

_ENDLESS: Final = "It has no end: nobody hears of these alarms until somebody takes it away."


def why_too_quiet(type_name: str, values: Tree) -> Quiet | None:
    """Why the silence is for too much or too long; None where it is not, or nothing tells."""
    return _READERS[type_name](values)


# Datadog


def _datadog(values: Tree) -> Quiet | None:
    scopes = texts(values.get("scope"))
    if any(scope in EVERYTHING for scope in scopes) and not _names_monitors(values):
        return Quiet(what="Every alarm is silenced.", argument="scope")
    if _is_below_production(scopes):
        return None
    terms = [term for scope in scopes for term in _TERMS.findall(scope)]
    whole = terms and all(term.partition(":")[0] in {"env", "environment"} for term in terms)
    if whole and not _names_monitors(values):
        return Quiet(what="Every alarm of the environment is silenced.", argument="scope")
    if any(term.partition(":")[0] in _MACHINES for term in terms):
        return None
    schedule = "one_time_schedule" if "one_time_schedule" in values else "end"
    return None if _ends(values) else Quiet(what=_ENDLESS, argument=schedule)


def _ends(values: Tree) -> bool:
    """Whether it ends by itself, comes again and ends each time, or the plan cannot tell."""
    if values.get("recurring_schedule") or values.get("recurrence"):
        return True
    once = first_block(values.get("one_time_schedule"))
    ends = (once.get("end"), values.get("end"), values.get("end_date"))
    return values.get("one_time_schedule") is UNKNOWN or any(end not in (None, "") for end in ends)


def _names_monitors(values: Tree) -> bool:
    """Whether the silence is for some monitors only."""
    block = first_block(values.get("monitor_identifier"))
    if values.get("monitor_id") or block.get("monitor_id"):
        return True
    tags = [*texts(values.get("monitor_tags")), *texts(block.get("monitor_tags"))]
    return bool(tags) and not EVERYTHING.intersection(tags)


def _is_below_production(names: list[str]) -> bool:
    """Whether every name that tells an environment tells another one than production."""
    plain = (_DENIED.sub(" ", name).replace(":", "/") for name in names)
    found = {environment_named(name) for name in plain} - {None}
    return bool(found) and "production" not in found


# Others


def _azure(values: Tree) -> Quiet | None:
    if values.get("enabled") is False or _is_below_production(texts(values.get("scopes"))):
        return None
    schedule = values.get("schedule")
    block = first_block(schedule)
    if schedule is UNKNOWN or block.get("effective_until") or block.get("recurrence"):
        return None
    return Quiet(what=_ENDLESS, argument="schedule")


def _azure_classic(values: Tree) -> Quiet | None:
    block = first_block(values.get("suppression"))
    if values.get("enabled") is False or block.get("recurrence_type") != "Always":
        return None
    return Quiet(what=_ENDLESS, argument="suppression")


def _pagerduty(values: Tree) -> Quiet | None:
    return _too_long(values.get("start_time"), values.get("end_time"), "end_time")


def _opsgenie(values: Tree) -> Quiet | None:
    block = first_block(values.get("time"))
    if block.get("type") == "indefinitely":
        return Quiet(what=_ENDLESS, argument="time")
    return _too_long(block.get("start_date"), block.get("end_date"), "time")


def _newrelic(values: Tree) -> Quiet | None:
    schedule = values.get("schedule")
    block = first_block(schedule)
    if values.get("enabled") is False or schedule is UNKNOWN or block.get("repeat"):
        return None
    if not block.get("end_time"):
        return Quiet(what=_ENDLESS, argument="schedule", confidence=Confidence.MEDIUM)
    return _too_long(block.get("start_time"), block.get("end_time"), "schedule")


def _too_long(first: Any, last: Any, argument: str) -> Quiet | None:
    start, end = _time(first), _time(last)
    if start is None or end is None or end - start <= _LONG:
        return None
    return Quiet(what=f"Nobody is called for {(end - start).days} days.", argument=argument)


def _grafana(values: Tree) -> Quiet | None:
    intervals = values.get("intervals")
    if not isinstance(intervals, list) or not intervals:
        return None
    always = any(not any(item.values()) for item in intervals if isinstance(item, dict))
    return Quiet(what=_ENDLESS, argument="intervals") if always else None


def _time(value: Any) -> datetime.datetime | None:
    try:
        found = datetime.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if found is None or found.tzinfo is not None:
        return found
    return found.replace(tzinfo=datetime.UTC)


_READERS: Final[dict[str, Callable[[Tree], Quiet | None]]] = {
    "azurerm_monitor_action_rule_suppression": _azure_classic,
    "azurerm_monitor_alert_processing_rule_suppression": _azure,
    "datadog_downtime": _datadog,
    "datadog_downtime_schedule": _datadog,
    "grafana_mute_timing": _grafana,
    "newrelic_alert_muting_rule": _newrelic,
    "opsgenie_maintenance": _opsgenie,
    "pagerduty_maintenance_window": _pagerduty,
}
SILENCES: Final = frozenset(_READERS)


# Whom it mutes


def muted_monitors(change: ResourceChange, context: Context) -> tuple[str, ...]:
    """Monitors of the plan that have all tags that a downtime asks for, and see its scope."""
    if change.type not in DOWNTIMES:
        return ()
    return tuple(one.label for one in muted(change.after, context))


def why_nobody_wakes(change: ResourceChange, context: Context) -> tuple[Quiet, list[str]] | None:
    """Why a downtime that comes again and names no environment keeps those from waking who must.

    Monitors that the same downtime muted before are left out.
    """
    if change.type not in DOWNTIMES or not _comes_again(change.after):
        return None
    if names_environment(change.after) or _names_one_machine(change.after):
        return None
    before: set[str] = set()
    if change.before and _comes_again(change.before):
        before = {one.label for one in muted(change.before, context)}
    found = [one for one in muted(change.after, context) if wakes_for_production(one)]
    called = [one.label for one in found if one.label not in before]
    if not called:
        return None
    what = "It comes again and again, and mutes alarms of production that wake people."
    return Quiet(what=what, argument="scope"), called


def _comes_again(values: Tree) -> bool:
    return bool(values.get("recurring_schedule") or values.get("recurrence"))


def _names_one_machine(values: Tree) -> bool:
    return all(
        any(term.partition(":")[0].strip() in _MACHINES for term in terms)
        for terms in scopes_of(values)
    )
