"""Flags for settings whose change hurts, by the catalog's table of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iacrisk.catalog.settings import Direction, Setting, settings_of
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange, lookup, parse_path, unset
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Confidence, Flag, Outcome, Severity, Undecided

_ON_NEW_OBJECTS = frozenset({Direction.BECOMES})


def flags_of_settings(rule: str, change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """What the catalog says of the settings of `change` that change in a listed direction."""
    for setting in settings_of(rule, change.type):
        if change.kind is ActionKind.CREATE and setting.direction not in _ON_NEW_OBJECTS:
            continue
        for path in _paths(change, setting.path):
            yield from _outcome(setting, path, change, context)


def _outcome(
    setting: Setting, path: Path, change: ResourceChange, context: Context
) -> Iterator[Outcome]:
    before, after = lookup(change.before, path), change.planned(path)
    if before == after:
        return
    if after is UNKNOWN:
        if not unset(before):
            yield Undecided(why="The new value is not known.", paths=(path,))
    elif _happens(setting, before, after) and _matters(setting, change, context):
        yield Flag(
            what=setting.says,
            paths=(path,),
            severity=Severity[setting.severity.upper()],
            confidence=Confidence(setting.confidence),
        )


def _matters(setting: Setting, change: ResourceChange, context: Context) -> bool:
    return not setting.needs_users or bool(context.live_users(change))


def _paths(change: ResourceChange, text: str) -> Iterator[Path]:
    """The paths that a dotted text with `*` stands for, where the argument changes at all."""
    head, star, tail = text.partition(".*")
    path = parse_path(head)
    if path[0] not in change.changed:
        return
    if not star:
        yield path
        return
    sides = (lookup(change.before, path), change.planned(path))
    length = max((len(side) for side in sides if isinstance(side, list)), default=0)
    rest = parse_path(tail.removeprefix(".")) if tail else ()
    for index in range(length):
        yield (*path, index, *rest)


def _happens(setting: Setting, before: Any, after: Any) -> bool:
    match setting.direction:
        case Direction.CHANGES:
            return not unset(before)
        case Direction.SET:
            return unset(before) and not unset(after)
        case Direction.REMOVED:
            return not unset(before) and unset(after)
        case Direction.ON:
            return _is_true(after) and not _is_true(before)
        case Direction.OFF:
            return _is_true(before) and not _is_true(after)
        case Direction.RISES:
            return _is_less(before, after)
        case Direction.FALLS:
            return _is_less(after, before)
        case Direction.ZERO:
            return _is_less(after, before) and _number(after) == 0
        case Direction.SHRINKS:
            return bool(_items(before) - _items(after))
        case Direction.GROWS:
            return bool(_items(after) - _items(before))
        case Direction.BECOMES | Direction.TURNS:
            return _text(after) in setting.values and _text(before) not in setting.values
        case Direction.LEAVES:
            return _text(before) in setting.values and _text(after) not in setting.values


def _is_true(value: Any) -> bool:
    return value is True or value == "true"


def _is_less(one: Any, other: Any) -> bool:
    first, second = _number(one), _number(other)
    return first is not None and second is not None and first < second


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        try:
            return float(value.removesuffix("%"))
        except ValueError:
            return None
    return None


def _items(value: Any) -> frozenset[str]:
    items = value if isinstance(value, list) else () if unset(value) else (value,)
    return frozenset(map(repr, items))


def _text(value: Any) -> str:
    """A scalar as the table writes it; "" for null, which `none` in a row stands for."""
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).lower() if isinstance(value, str | int | float) else ""
