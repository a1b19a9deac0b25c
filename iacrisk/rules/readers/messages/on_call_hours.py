"""In which hours of the week a schedule of PagerDuty or Opsgenie has somebody on call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.shapes import blocks

Values = Mapping[str, Any]
Span = tuple[int, int]
PAGER: Final = "pagerduty_schedule"
ROTATION: Final = "opsgenie_schedule_rotation"
_DAY: Final = 86_400
WEEK: Final = 7 * _DAY
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def covered_hours(change: ResourceChange, context: Context, *, planned: bool) -> list[Span]:
    """The spans of the week, in seconds, in which somebody is on call."""
    if change.type == PAGER:
        values = change.after if planned else change.before
        layers = [
            one for one in blocks(values.get("layer")) if one.get("users") and not one.get("end")
        ]
        return [span for layer in layers for span in _spans(layer)]
    found: list[Span] = []
    for one in context.changes_of(ROTATION):
        values = one.after if planned else one.before
        if values and values.get("schedule_id") == change.before.get("schedule_id"):
            found += _rotation_spans(values)
    return found


def _spans(layer: Values) -> Iterator[Span]:
    restrictions = blocks(layer.get("restriction"))
    if not restrictions:
        yield 0, WEEK
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
        yield 0, WEEK
    for limit in limits:
        daily = limit.get("type") == "time-of-day"
        for one in blocks(limit.get("restriction") or limit.get("restrictions")):
            start = _clock(one, "start")
            for day in range(7) if daily else (_day(one, "start"),):
                end = _clock(one, "end") + (day if daily else _day(one, "end")) * _DAY
                begin = day * _DAY + start
                yield from _wrapped(begin, (end - begin) % (_DAY if daily else WEEK) or _DAY)


def _clock(values: Values, which: str) -> int:
    hour, minute = values.get(f"{which}_hour"), values.get(f"{which}_min")
    return int(hour or 0) * 3600 + int(minute or 0) * 60


def _day(values: Values, which: str) -> int:
    name = str(values.get(f"{which}_day")).lower()
    return _DAYS.index(name) if name in _DAYS else 0


def _wrapped(start: int, length: float) -> Iterator[Span]:
    """The span inside one week, in two parts where it runs over its end."""
    end = start + min(int(length), WEEK)
    yield start % WEEK, min(start % WEEK + end - start, WEEK)
    if start % WEEK + end - start > WEEK:
        yield 0, start % WEEK + end - start - WEEK


def _seconds(text: object) -> int:
    """`07:30:00` as seconds of the day."""
    parts = [int(part) for part in str(text).split(":") if part.isdigit()]
    return sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))


def length_of(spans: Iterable[Span]) -> int:
    total = reached = 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total
