"""How often a schedule runs: `rate(5 minutes)`, `cron(0 3 * * ? *)`, `0 3 * * *`."""

from __future__ import annotations

import re
from typing import Any, Final

from iacrisk.patterns import regex

_RATE: Final = regex(r"rate\((\d+) (minute|hour|day|week)s?\)", re.IGNORECASE)
_CRON: Final = regex(r"cron\(([^()]*)\)", re.IGNORECASE)
_PER_DAY: Final = {"minute": 1440.0, "hour": 24.0, "day": 1.0, "week": 1 / 7}
_NAMES: Final = {
    name: number
    for names in (
        "sun mon tue wed thu fri sat",
        "_ jan feb mar apr may jun jul aug sep oct nov dec",
    )
    for number, name in enumerate(names.split())
}
_ANY: Final = frozenset({"*", "?"})
_LONGEST: Final = 200
_MUCH_RARER: Final = 0.5
_FAR_OFTENER: Final = 6


def is_rarer(before: Any, after: Any) -> bool:
    """Whether a schedule runs half as often, or less often still; False where that is not known."""
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    often, seldom = runs_a_day(before), runs_a_day(after)
    return often is not None and seldom is not None and seldom <= often * _MUCH_RARER


def is_oftener(before: Any, after: Any) -> bool:
    """Whether a schedule runs six times as often, or more; False where that is not known."""
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    seldom, often = runs_a_day(before), runs_a_day(after)
    return seldom is not None and often is not None and often >= seldom * _FAR_OFTENER > 0


def runs_a_day(text: str) -> float | None:
    """How often a schedule runs on an average day; None where the text is none that we read."""
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    rate = _RATE.fullmatch(text)
    if rate:
        return _PER_DAY[rate[2].lower()] / int(rate[1]) if int(rate[1]) else None
    cron = _CRON.fullmatch(text)
    fields = (cron[1] if cron else text).split()
    if len(fields) not in {5, 6}:
        return None
    shares = [
        _share(field, size) for field, size in zip(fields[:5], (60, 24, 31, 12, 7), strict=True)
    ]
    if None in shares:
        return None
    minutes, hours, days, months, weekdays = (share or 0.0 for share in shares)
    return minutes * 60 * hours * 24 * days * months * weekdays


def longest_pause(text: str) -> float | None:
    """How many hours pass at most between two runs; None where it does not run every day."""
    often = runs_a_day(text)
    if not often:
        return None
    if _RATE.fullmatch(text.strip()):
        return 24 / often
    cron = _CRON.fullmatch(text.strip())
    fields = (cron[1] if cron else text).split()
    if not all(field in _ANY for field in fields[2:5]):
        return None
    hours = _EVERY.fullmatch(fields[1])
    return float(min(24, int(hours[1] or hours[2] or 1))) if hours else 24.0


_EVERY: Final = regex(r"\*(?:/0*([1-9]\d?))?|0/0*([1-9]\d?)")


def _share(field: str, size: int) -> float | None:
    """Which part of all minutes, hours, days, months or weekdays a field of cron stands for."""
    if field in _ANY:
        return 1.0
    found = [_count(part, size) for part in field.split(",")]
    if None in found:
        return None
    return min(1.0, sum(count or 0 for count in found) / size)


def _count(part: str, size: int) -> float | None:
    whole, _, step = part.partition("/")
    if step and not (step.isdigit() and int(step)):
        return None
    first, dash, last = whole.partition("-")
    if whole in _ANY:
        span: float = size
    elif dash:
        one, other = _number(first), _number(last)
        if one is None or other is None:
            return None
        span = (other - one) % size + 1
    elif _number(whole.rstrip("LW") or "1") is None and "#" not in whole:
        return None
    else:
        span = size - (_number(whole) or 0) if step else 1
    return max(1.0, span / int(step)) if step else span


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else _NAMES.get(text.lower())
