"""BL-alarmabove: an alarm no longer calls anybody itself, and one made of it calls the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.shapes import texts

_ACTIONS: Final = "alarm_actions"
_COMPOSITE: Final = "aws_cloudwatch_composite_alarm"
_MONITOR: Final = "datadog_monitor"
ALARMS: Final = frozenset({"aws_cloudwatch_metric_alarm", _COMPOSITE, _MONITOR})
_TERM: Final = regex(r"ALARM\s*\(\s*\"?([^()\"]+?)\"?\s*\)", re.IGNORECASE)
_LEFT: Final = regex(r"[\s()]*(?:\bOR\b[\s()]*)*", re.IGNORECASE)
_EITHER: Final = regex(r"[\s()]*\d+[\s()]*(?:\|\|[\s()]*\d+[\s()]*)+")
_RECIPIENT: Final = regex(r"@[\w.{}+-]*\w")


def why_called_above(change: ResourceChange, context: Context) -> str | None:
    """Why those who were called still are: an alarm that goes off with this one calls them."""
    name = "message" if change.type == _MONITOR else _ACTIONS
    rest = change.changed - {name, "ok_actions", "insufficient_data_actions"}
    if name not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    above = _monitors_above if change.type == _MONITOR else _alarms_above
    called: set[str] = set()
    by: list[str] = []
    lost = _called(change, name) - _called(change, name, after=True)
    for one in above(change, context):
        told = _called(one, name) & _called(one, name, after=True)
        by += [one.label] if told & lost else []
        called |= told
    if lost and lost <= called:
        return f"{by[0]} goes off whenever this one does, and calls the same"
    return None


def _called(one: ResourceChange, name: str, *, after: bool = False) -> set[str]:
    value = (one.after if after else one.before).get(name)
    if name == "message":
        return set(_RECIPIENT.findall(value)) if isinstance(value, str) else set()
    return set(texts(value))


def _alarms_above(change: ResourceChange, context: Context) -> Iterator[ResourceChange]:
    """Composite alarms, on and untouched, that go off as soon as this one does."""
    names = {change.before.get("alarm_name"), change.before.get("arn")} - {None, ""}
    for one in context.changes_of(_COMPOSITE):
        rule = one.before.get("alarm_rule")
        on = one.before.get("actions_enabled") is not False
        held_back = one.before.get("actions_suppressor")
        untouched = one.kind is ActionKind.NO_OP and on and not held_back
        if untouched and isinstance(rule, str) and names & _any_of(rule):
            yield one


def _any_of(rule: str) -> set[str]:
    """The alarms of which any one is enough; none where the rule asks for more than that."""
    left = _TERM.sub(" ", rule)
    return set(_TERM.findall(rule)) if _LEFT.fullmatch(left) else set()


def _monitors_above(change: ResourceChange, context: Context) -> Iterator[ResourceChange]:
    """Composite monitors, untouched, that go off as soon as this one does."""
    identity = str(change.before.get("id") or "")
    for one in context.changes_of(_MONITOR):
        query = str(one.before.get("query"))
        composite = one.before.get("type") == "composite" and one.kind is ActionKind.NO_OP
        if composite and _EITHER.fullmatch(query) and identity in re.findall(r"\d+", query):
            yield one
