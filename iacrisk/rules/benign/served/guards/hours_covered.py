"""BL-hourscovered: others are called, and somebody is on call in all hours that were covered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.messages.on_call_hours import (
    PAGER,
    ROTATION,
    WEEK,
    Span,
    covered_hours,
    length_of,
)
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import blocks, first_block
from iacrisk.rules.readers.siblings import stays

Values = Mapping[str, Any]
_STEPS: Final = {"opsgenie_escalation": "rules", "pagerduty_escalation_policy": "rule"}
POLICIES: Final = frozenset(_STEPS)
_DELAYS: Final = ("escalation_delay_in_minutes", "delay")
_PEOPLE: Final = {
    "user": "opsgenie_user",
    "user_reference": "pagerduty_user",
}
_WHOLE: Final = [(0, WEEK)]


def why_hours_covered(change: ResourceChange, context: Context) -> str | None:
    """Why nobody waits longer: every step calls somebody in all hours in which it did."""
    argument = _STEPS[change.type]
    rest = change.changed - {argument}
    if rest and explain(change, context, *rest) is None:
        return None
    if holds_unknown(change.after.get(argument)):
        return None
    before, after = (blocks(side.get(argument)) for side in (change.before, change.after))
    if not before or len(after) < len(before):
        return None
    steps = zip(before, after, strict=False)
    if all(_is_as_good(old, new, context) for old, new in steps):
        return "every step calls somebody in all hours of the week in which it did"
    return None


def _is_as_good(old: Values, new: Values, context: Context) -> bool:
    if any(_number(new.get(name)) > _number(old.get(name)) for name in _DELAYS):
        return False
    if any(old.get(name) != new.get(name) for name in ("condition", "notify_type")):
        return False
    if _targets(old) == _targets(new):
        return True
    held = [_hours(target, context) for target in _targets(new)]
    if not held or any(hours is None for hours in held):
        return False
    in_turn = first_block(new.get("escalation_rule_assignment_strategy")).get("type")
    if in_turn == "round_robin":
        return all(length_of(hours or ()) == WEEK for hours in held)
    after = [span for hours in held for span in hours or ()]
    were = [_hours(target, context, planned=False) for target in _targets(old)]
    before = [span for hours in were for span in (_WHOLE if hours is None else hours)]
    return length_of(after) == length_of([*after, *before])


def _targets(step: Values) -> list[tuple[str, str]]:
    return [
        (str(one.get("type")), str(one.get("id")))
        for name in ("target", "recipient")
        for one in blocks(step.get(name))
    ]


def _hours(target: tuple[str, str], context: Context, *, planned: bool = True) -> list[Span] | None:
    """The hours in which the target calls somebody, None where the plan does not tell."""
    kind, name = target
    if kind in _PEOPLE:
        gone = any(
            one.before.get("id") == name and one.kind is ActionKind.DELETE
            for one in context.changes_of(_PEOPLE[kind])
        )
        return None if gone else _WHOLE
    for schedule in context.changes_of(PAGER):
        if schedule.before.get("id") == name and stays(schedule):
            return _of_schedule(schedule, context, planned)
    for schedule in context.changes_of("opsgenie_schedule"):
        if schedule.before.get("id") == name and schedule.after.get("enabled") is False:
            return None
    for rotation in context.changes_of(ROTATION):
        if rotation.before.get("schedule_id") == name and stays(rotation):
            return covered_hours(rotation, context, planned=planned)
    return None


def _of_schedule(schedule: ResourceChange, context: Context, planned: bool) -> list[Span] | None:
    layers = blocks((schedule.after if planned else schedule.before).get("layer"))
    if any(holds_unknown(layer.get(name)) for layer in layers for name in ("users", "restriction")):
        return None
    if any(map(_is_still_to_start, layers)):
        return None
    return covered_hours(schedule, context, planned=planned)


def _is_still_to_start(layer: Values) -> bool:
    """Whether PagerDuty itself sees hours without anybody in a layer without restrictions."""
    share = layer.get("rendered_coverage_percentage")
    if layer.get("restriction") or not isinstance(share, str):
        return False
    return share.replace(".", "", 1).isdigit() and 0 < float(share) < 100


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0
