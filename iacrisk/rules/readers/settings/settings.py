"""Flags for settings whose change hurts, by the catalog's table of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, Final

from iacrisk.catalog.settings import Direction, Setting, settings_of
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange, lookup, unset
from iacrisk.rules.context import Context
from iacrisk.rules.readers.messages.queries import finds_less
from iacrisk.rules.readers.settings.schedules import is_rarer
from iacrisk.rules.readers.settings.sizes import is_smaller, names_another_server, seconds_of
from iacrisk.rules.rule import Confidence, Flag, Outcome, Severity, Undecided

_NO_LIMIT = (-1, "-1")
_MANAGED_KEY: Final = "alias/aws/"
_ON_NEW_OBJECTS = frozenset({Direction.APPEARS, Direction.BECOMES})
_OF_COLLECTIONS = frozenset(
    {
        Direction.APPEARS,
        Direction.GAINS,
        Direction.GROWS,
        Direction.MENTIONS,
        Direction.REMOVED,
        Direction.REORDERS,
        Direction.SHRINKS,
    }
)


def flags_of_settings(rule: str, change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """What the catalog says of the settings of `change` that change in a listed direction."""
    for setting in settings_of(rule, change.type):
        if change.kind is ActionKind.CREATE and setting.direction not in _ON_NEW_OBJECTS:
            continue
        steps = steps_of(setting.path)
        if steps[0] in change.changed:
            for outcome in outcomes(setting, change.before, change.after, steps):
                if isinstance(outcome, Undecided) or _matters(setting, change, context):
                    yield outcome


def outcomes(setting: Setting, before: Any, after: Any, steps: Path) -> Iterator[Outcome]:
    """What follows from the setting at `steps` of two attribute trees."""
    if "*" in steps and setting.direction in _OF_COLLECTIONS:
        shown = steps[: steps.index("*")]
        yield from _outcome(setting, shown, _collect(before, steps), _collect(after, steps))
        return
    for path in _places(before, after, steps):
        yield from _outcome(setting, path, lookup(before, path), known(after, path))


def steps_of(text: str) -> Path:
    """The steps of a path in a table, where `!` stands for a dot inside a key."""
    return tuple(
        int(step) if step.isdigit() else step.replace("!", ".") for step in text.split(".")
    )


def known(tree: Any, path: Path) -> Any:
    """The planned value at a path: known, UNKNOWN, or None where it is absent."""
    for step in path:
        if tree is UNKNOWN:
            return UNKNOWN
        tree = lookup(tree, (step,))
    return tree


def _outcome(setting: Setting, path: Path, before: Any, after: Any) -> Iterator[Outcome]:
    if before == after:
        return
    if after is UNKNOWN or (isinstance(after, list) and UNKNOWN in after):
        if not unset(before):
            yield Undecided(why="The new value is not known.", paths=(path,))
    elif _happens(setting, before, after):
        yield Flag(
            what=setting.says,
            paths=(path,),
            severity=Severity[setting.severity.upper()],
            confidence=Confidence(setting.confidence),
        )


def _matters(setting: Setting, change: ResourceChange, context: Context) -> bool:
    if setting.read:
        return any(use.reference.attribute in setting.read for use in context.consumers(change))
    return not setting.needs_users or bool(context.live_users(change))


def _places(before: Any, after: Any, steps: Path) -> Iterator[Path]:
    """The paths that `steps` with `*` stand for, in either tree."""
    if "*" not in steps:
        yield steps
        return
    star = steps.index("*")
    head, tail = steps[:star], steps[star + 1 :]
    sides = (lookup(before, head), known(after, head))
    length = max((len(side) for side in sides if isinstance(side, list)), default=0)
    keys = sorted({key for side in sides if isinstance(side, dict) for key in side})
    for step in (*range(length), *keys):
        yield from _places(before, after, (*head, step, *tail))


def _collect(tree: Any, steps: Path) -> Any:
    """All values at a path with `*`, or UNKNOWN."""
    if "*" not in steps:
        found = known(tree, steps)
        return found if found is UNKNOWN or isinstance(found, list) else [found]
    star = steps.index("*")
    items = known(tree, steps[:star])
    if items is UNKNOWN:
        return UNKNOWN
    collected: list[Any] = []
    for item in items if isinstance(items, list) else ():
        inner = _collect(item, steps[star + 1 :]) if steps[star + 1 :] else [item]
        if inner is UNKNOWN:
            return UNKNOWN
        collected += [value for value in inner if not unset(value)]
    return collected


def _happens(setting: Setting, before: Any, after: Any) -> bool:
    values = setting.values
    compare = _COMPARISONS.get(setting.direction)
    if compare is not None:
        return compare(before, after)
    match setting.direction:
        case Direction.APPEARS | Direction.CHANGES | Direction.SET | Direction.REMOVED:
            return _is_moved(setting.direction, before, after)
        case Direction.FALLS | Direction.HALVES | Direction.TENTH | Direction.ZERO:
            return _is_lowered(setting.direction, before, after)
        case Direction.GAINS:
            gained = {_text(item) for item in _listed(after)} & values
            return bool(gained - {_text(item) for item in _listed(before)})
        case Direction.MENTIONS:
            return _newly_mentions(values, before, after)
        case Direction.BECOMES | Direction.TURNS:
            return _text(after) in values and _text(before) not in values
        case _:
            return _text(before) in values and _text(after) not in values


def _switches_on(before: Any, after: Any) -> bool:
    return _is_true(after) and not _is_true(before)


def _switches_off(before: Any, after: Any) -> bool:
    return _switches_on(after, before)


def _shrinks(before: Any, after: Any) -> bool:
    return bool(_items(before) - _items(after)) and repr("*") not in _items(after)


def _loses(before: Any, after: Any) -> bool:
    if not isinstance(before, list) or not (isinstance(after, list) or after is None):
        return False
    return bool(_items(before) - _items(after)) and not _items(after) - _items(before)


def _grows(before: Any, after: Any) -> bool:
    return bool(_items(after) - _items(before))


def _reorders(before: Any, after: Any) -> bool:
    old, new = ([repr(item) for item in _listed(side)] for side in (before, after))
    both = set(old) & set(new)
    return [item for item in old if item in both] != [item for item in new if item in both]


def _is_rekeyed(_: Any, after: Any) -> bool:
    return isinstance(after, str) and bool(after) and _MANAGED_KEY not in after


def _is_moved(direction: Direction, before: Any, after: Any) -> bool:
    if direction in {Direction.APPEARS, Direction.SET}:
        return unset(before) and not unset(after)
    return not unset(before) and (direction is Direction.CHANGES or unset(after))


def _newly_mentions(words: frozenset[str], before: Any, after: Any) -> bool:
    new = [item for item in _listed(after) if item not in _listed(before)]
    texts = [item.lower() for item in new if isinstance(item, str)]
    return any(word in text for word in words for text in texts)


def _is_lowered(direction: Direction, before: Any, after: Any) -> bool:
    first, second = _numbers(before, after)
    if first is None or second is None or second >= first:
        return False
    if direction is Direction.ZERO:
        return second == 0
    part = _TENTH if direction is Direction.TENTH else _HALF
    return direction is Direction.FALLS or 0 <= second * part <= first


_HALF: Final = 2
_TENTH: Final = 10


def _is_true(value: Any) -> bool:
    return value is True or value == "true"


def _is_less(one: Any, other: Any) -> bool:
    first, second = _numbers(one, other)
    return first is not None and second is not None and first < second


_MANY_TIMES: Final = 4


def _multiplies(before: Any, after: Any) -> bool:
    first, second = _numbers(before, after)
    return first is not None and second is not None and 0 < first * _MANY_TIMES <= second


_COMPARISONS: Final[dict[Direction, Callable[[Any, Any], bool]]] = {
    Direction.ON: _switches_on,
    Direction.OFF: _switches_off,
    Direction.RISES: _is_less,
    Direction.NARROWS: finds_less,
    Direction.RARER: is_rarer,
    Direction.LOSES: _loses,
    Direction.MULTIPLIES: _multiplies,
    Direction.REKEYED: _is_rekeyed,
    Direction.RETARGETS: names_another_server,
    Direction.SMALLER: is_smaller,
    Direction.SHRINKS: _shrinks,
    Direction.GROWS: _grows,
    Direction.REORDERS: _reorders,
}
"""Directions that say all by themselves."""

_Measured = tuple[float, str]
"""A number and its unit."""

_NUMBER_WITH_UNIT: Final = regex(r"(-?\d+(?:\.\d+)?)\s*(%|[a-zA-Z]{0,2})")
_UNITS: Final = {
    "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400,
    "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40,
}  # fmt: skip
_MILLI: Final = 0.001
"""What `m` means beside a number of processors without a unit."""


def _numbers(one: Any, other: Any) -> tuple[float | None, float | None]:
    """Both as numbers of the same unit; durations and sizes may be written in different ones."""
    first, second = _measured(one), _measured(other)
    if first is None or second is None or first[1] == second[1]:
        return (first and first[0], second and second[0])
    scales = [
        _MILLI if unit == "m" and "" in (first[1], second[1]) else _UNITS.get(unit, 1)
        for _, unit in (first, second)
    ]
    return (first[0] * scales[0], second[0] * scales[1])


def _measured(value: Any) -> _Measured | None:
    if isinstance(value, bool):
        return None
    if value in _NO_LIMIT:
        return math.inf, ""
    if isinstance(value, int | float):
        return value, ""
    match = _NUMBER_WITH_UNIT.fullmatch(value) if isinstance(value, str) else None
    if match is not None and match[2] in {"", "%", *_UNITS}:
        return float(match[1]), match[2].removesuffix("%")
    seconds = seconds_of(value) if isinstance(value, str) else None
    return None if seconds is None else (seconds, "s")


def _items(value: Any) -> frozenset[str]:
    return frozenset(map(repr, _listed(value)))


def _listed(value: Any) -> list[Any]:
    """The members of a list or the keys of a map; a scalar stands for itself."""
    if isinstance(value, list | dict):
        return list(value)
    return [] if unset(value) else [value]


def _text(value: Any) -> str:
    """A scalar as the table writes it; "" for null, which `none` in a row stands for."""
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).lower() if isinstance(value, str | int | float) else ""
