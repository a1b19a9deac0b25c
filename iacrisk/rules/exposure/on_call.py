"""X19: a schedule with hours in which nobody is on call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import blocks
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

Values = Mapping[str, Any]
Span = tuple[int, int]
_PAGER: Final = "pagerduty_schedule"
_ROTATION: Final = "opsgenie_schedule_rotation"
_DAY: Final = 86_400
_WEEK: Final = 7 * _DAY
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LISTS: Final = {_PAGER: "layer", _ROTATION: "time_restriction"}


@rule(
    id="X19",
    name="nobody-on-call",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.DETECTION,
    kinds={ActionKind.UPDATE, ActionKind.DELETE},
    types=_LISTS,
    since="0.2",
)
def nobody_on_call(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A schedule that had somebody on call has hours without anybody.

    What it flags
        A PagerDuty schedule whose layers with people in them, or an Opsgenie schedule whose
        rotations, leave hours of the week open that were covered, where nobody else is named at
        the first step of an escalation policy that uses it.

    Why it matters
        Whatever happens in these hours pages nobody, or only whoever comes next, later.

    When it is fine
        Another schedule of the same step covers the hours.

    What to do instead
        Add the second layer in the same plan.

    References
        https://support.pagerduty.com/main/docs/schedule-basics
    """
    name = _LISTS[change.type]
    goes = change.kind is ActionKind.DELETE
    if (goes and change.type == _PAGER) or not (goes or name in change.changed):
        return
    if holds_unknown(change.after.get(name)):
        yield Undecided(why="Who is on call when is not known.", paths=((name,),))
        return
    before, after = (_covered(change, context, planned=planned) for planned in (False, True))
    open_hours = (_length(before) - _length(after)) // 3600
    if open_hours < 1:
        return
    steps = [one for one in context.changes_of(*_STEPS) if stays(one) and _uses(one, change)]
    alone = [one for one in steps if not _has_others(one, change)]
    if steps and not alone:
        return
    yield Flag(
        what=f"Nobody is on call for {open_hours} hours of the week that were covered.",
        paths=() if goes else ((name,),),
        hurts=tuple(_leaning(alone, context)),
    )


_STEPS: Final = ("pagerduty_escalation_policy", "opsgenie_escalation")


def _covered(change: ResourceChange, context: Context, *, planned: bool) -> list[Span]:
    """The spans of the week, in seconds, in which somebody is on call."""
    if change.type == _PAGER:
        values = change.after if planned else change.before
        layers = [
            one for one in blocks(values.get("layer")) if one.get("users") and not one.get("end")
        ]
        return [span for layer in layers for span in _spans(layer)]
    found: list[Span] = []
    for one in context.changes_of(_ROTATION):
        values = one.after if planned else one.before
        if values and values.get("schedule_id") == change.before.get("schedule_id"):
            found += _rotation_spans(values)
    return found


def _spans(layer: Values) -> Iterator[Span]:
    restrictions = blocks(layer.get("restriction"))
    if not restrictions:
        yield 0, _WEEK
    for one in restrictions:
        start, length = _seconds(one.get("start_time_of_day")), one.get("duration_seconds")
        seconds = length if isinstance(length, int | float) else 0
        if one.get("type") == "weekly_restriction":
            day = one.get("start_day_of_week")
            yield from _wrapped(((day if isinstance(day, int) else 1) - 1) * _DAY + start, seconds)
        else:
            for day in range(7):
                yield from _wrapped(day * _DAY + start, seconds)


def _rotation_spans(values: Values) -> Iterator[Span]:
    if values.get("end_date") or not blocks(values.get("participant")):
        return
    limits = blocks(values.get("time_restriction"))
    if not limits:
        yield 0, _WEEK
    for limit in limits:
        daily = limit.get("type") == "time-of-day"
        for one in blocks(limit.get("restriction") or limit.get("restrictions")):
            start = _clock(one, "start")
            for day in range(7) if daily else (_day(one, "start"),):
                end = _clock(one, "end") + (day if daily else _day(one, "end")) * _DAY
                begin = day * _DAY + start
                yield from _wrapped(begin, (end - begin) % (_DAY if daily else _WEEK) or _DAY)


def _clock(values: Values, which: str) -> int:
    hour, minute = values.get(f"{which}_hour"), values.get(f"{which}_min")
    return int(hour or 0) * 3600 + int(minute or 0) * 60


def _day(values: Values, which: str) -> int:
    name = str(values.get(f"{which}_day")).lower()
    return _DAYS.index(name) if name in _DAYS else 0


def _wrapped(start: int, length: float) -> Iterator[Span]:
    """The span inside one week, in two parts where it runs over its end."""
    end = start + min(int(length), _WEEK)
    yield start % _WEEK, min(start % _WEEK + end - start, _WEEK)
    if start % _WEEK + end - start > _WEEK:
        yield 0, start % _WEEK + end - start - _WEEK


def _seconds(text: object) -> int:
    """`07:30:00` as seconds of the day."""
    parts = [int(part) for part in str(text).split(":") if part.isdigit()]
    return sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))


def _length(spans: Iterable[Span]) -> int:
    total = reached = 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


def _uses(step: ResourceChange, change: ResourceChange) -> bool:
    return _identity(change) in {name for rule_ in _rules(step) for name in _targets(rule_)}


def _has_others(step: ResourceChange, change: ResourceChange) -> bool:
    """Whether whoever asks the schedule at a step asks somebody else there as well."""
    own = _identity(change)
    asking = [targets for rule_ in _rules(step) if own in (targets := _targets(rule_))]
    return all(len(targets) > 1 for targets in asking)


def _identity(change: ResourceChange) -> object:
    return change.before.get("id" if change.type == _PAGER else "schedule_id")


def _rules(step: ResourceChange) -> list[Values]:
    return blocks(step.after.get("rule")) + blocks(step.after.get("rules"))


def _targets(step: Values) -> list[object]:
    return [one.get("id") for name in ("target", "recipient") for one in blocks(step.get(name))]


def _leaning(steps: list[ResourceChange], context: Context) -> Iterator[str]:
    """The escalation policies and the services that they are for."""
    for step in steps:
        yield step.label
        for service in filter(stays, context.changes_of("pagerduty_service")):
            if service.before.get("escalation_policy") == step.before.get("id"):
                yield service.label
