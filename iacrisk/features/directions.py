"""Which way a value changes: narrowed or widened, up or down, on or off, set or removed."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

import msgspec

from iacrisk.features.topics import Topic, words_of
from iacrisk.plan import UNKNOWN, unset
from iacrisk.plan.policy_document import Policy, grants_added, grants_removed, parse_policy


class Direction(StrEnum):
    """Which way a value changes."""

    REMOVED = "removed"
    NARROWED = "narrowed"
    DOWN = "down"
    OFF = "off"
    ADDED = "added"
    WIDENED = "widened"
    UP = "up"
    ON = "on"
    SWAPPED = "swapped"
    UNKNOWN = "unknown"


Directions = frozenset[Direction]

MEANING: Final = {
    Direction.REMOVED: "a value goes and none takes its place",
    Direction.NARROWED: "items go out of it and none come in, or a range becomes smaller",
    Direction.DOWN: "a number falls",
    Direction.OFF: "a switch goes off",
    Direction.ADDED: "a value is set where none was",
    Direction.WIDENED: "items come in and none go, or a range becomes larger",
    Direction.UP: "a number rises",
    Direction.ON: "a switch goes on",
    Direction.SWAPPED: "another value takes its place",
    Direction.UNKNOWN: "the new value is known only after apply",
}

TAKES: Final = frozenset({Direction.REMOVED, Direction.NARROWED, Direction.DOWN, Direction.OFF})
GIVES: Final = frozenset({Direction.ADDED, Direction.WIDENED, Direction.UP, Direction.ON})

NOTHING: Final[Directions] = frozenset()
_BOTH: Final = frozenset({Direction.NARROWED, Direction.WIDENED})
_OPPOSITE: Final = {
    Direction.REMOVED: Direction.ADDED,
    Direction.ADDED: Direction.REMOVED,
    Direction.ON: Direction.OFF,
    Direction.OFF: Direction.ON,
    Direction.NARROWED: Direction.WIDENED,
    Direction.WIDENED: Direction.NARROWED,
}
_INVERSE_GUARD: Final = frozenset({"skip", "force", "destroy", "disable", "expiration", "purge"})
_INVERSE_STATE: Final = frozenset({"disable", "disabled", "paused", "suspended"})
_INVERSE_EXPOSURE: Final = frozenset({"block", "restrict", "ignore", "internal", "private"})
_ON: Final = frozenset({"enabled", "enable", "active", "on", "true", "started", "running"})
_OFF: Final = frozenset(
    {"disabled", "disable", "inactive", "off", "false", "suspended", "stopped", "paused"}
)
_PUBLIC: Final = ("public", "internet-facing", "anonymous", "allusers", "authenticated")


def directions_of(names: tuple[str, ...], topic: Topic, before: Any, after: Any) -> Directions:
    """Which way the value of the attribute at `names` changes; nothing where it means the same."""
    if after is UNKNOWN:
        return frozenset({Direction.UNKNOWN})
    if unset(before) and unset(after):
        return NOTHING
    if topic is Topic.EXPOSURE:
        return _exposure(names, before, after)
    found = _compare(before, after)
    if topic is Topic.PATTERN:
        return _pattern(before, after, found)
    inverse = {Topic.GUARD: _INVERSE_GUARD, Topic.STATE: _INVERSE_STATE}.get(topic)
    return _flipped(found) if inverse and _has(names, inverse) else found


def _flipped(found: Directions) -> Directions:
    return frozenset(_OPPOSITE.get(item, item) for item in found)


def _has(names: tuple[str, ...], words: frozenset[str]) -> bool:
    return any(not words.isdisjoint(words_of(name)) for name in names)


def _exposure(names: tuple[str, ...], before: Any, after: Any) -> Directions:
    if isinstance(before, str) or isinstance(after, str):
        was, becomes = _is_public(before), _is_public(after)
        if was != becomes:
            return frozenset({Direction.WIDENED if becomes else Direction.NARROWED})
        return frozenset({Direction.SWAPPED})
    if isinstance(before, bool) or isinstance(after, bool):
        opens = bool(after) != _has(names, _INVERSE_EXPOSURE)
        return frozenset({Direction.WIDENED if opens else Direction.NARROWED})
    return _compare(before, after)


def _is_public(value: Any) -> bool:
    return isinstance(value, str) and any(word in value.lower() for word in _PUBLIC)


def _pattern(before: Any, after: Any, found: Directions) -> Directions:
    """A filter that appears lets less through, one that goes lets more through."""
    if Direction.ADDED in found or Direction.REMOVED in found:
        return _flipped(found)
    old, new = json_of(before), json_of(after)
    if isinstance(old, dict) and isinstance(new, dict):
        keys, new_keys = (set(map(_path, _leaves(tree))) for tree in (old, new))
        if keys != new_keys:
            narrower = {Direction.NARROWED} if new_keys - keys else set()
            return frozenset(narrower | ({Direction.WIDENED} if keys - new_keys else set()))
    return found


def _path(leaf: tuple[tuple[str, ...], Any]) -> tuple[str, ...]:
    return leaf[0]


def _compare(before: Any, after: Any) -> Directions:
    if before == after:
        return NOTHING
    if unset(before):
        return frozenset({Direction.ON if after is True else Direction.ADDED})
    if unset(after):
        return frozenset({Direction.OFF if before is True else Direction.REMOVED})
    if isinstance(before, str) and isinstance(after, str):
        return _compare_text(before, after)
    numbers = _number(before), _number(after)
    if numbers[0] is not None and numbers[1] is not None:
        return frozenset({Direction.UP if numbers[1] > numbers[0] else Direction.DOWN})
    if isinstance(before, bool) or isinstance(after, bool):
        return frozenset({Direction.ON if after is True else Direction.OFF})
    return _compare_sets(before, after)


def _compare_text(before: str, after: str) -> Directions:
    numbers = _number(before), _number(after)
    if numbers[0] is not None and numbers[1] is not None:
        return frozenset({Direction.UP if numbers[1] > numbers[0] else Direction.DOWN})
    words = before.lower(), after.lower()
    if words[0] in _ON | _OFF and words[1] in _ON | _OFF:
        on, off = words[1] in _ON, words[0] in _OFF
        return frozenset({Direction.ON if on else Direction.OFF}) if on == off else NOTHING
    old, new = json_of(before), json_of(after)
    if old is not None and new is not None:
        return _compare_documents(before, after, old, new)
    return _compare_networks(before, after)


def _compare_documents(before: str, after: str, old: Any, new: Any) -> Directions:
    policies = policy_of(before), policy_of(after)
    if policies[0] is not None and policies[1] is not None:
        return compare_policies(*policies)
    return _compare_sets(old, new)


def compare_policies(before: Policy | None, after: Policy | None) -> Directions:
    """What a policy takes and gives by what it grants, not by how it is written."""
    taken = {Direction.NARROWED} if grants_removed(before, after) else set()
    return frozenset(taken | ({Direction.WIDENED} if grants_added(before, after) else set()))


def _compare_networks(before: str, after: str) -> Directions:
    if "/" in before and "/" in after:
        old, new = network_of(before), network_of(after)
        if old is not None and new is not None:
            if covers(old, new):
                return frozenset({Direction.NARROWED})
            if covers(new, old):
                return frozenset({Direction.WIDENED})
    return frozenset({Direction.SWAPPED})


def _compare_sets(before: Any, after: Any) -> Directions:
    """Trees as sets of leaves; a smaller network within a larger one counts as part of it."""
    old, new = set(_leaves(before)), set(_leaves(after))
    gone = {leaf for leaf in old - new if not _within(leaf, new)}
    come = {leaf for leaf in new - old if not _within(leaf, old)}
    if gone and come:
        return frozenset({Direction.SWAPPED})
    if gone:
        return frozenset({Direction.NARROWED})
    return frozenset({Direction.WIDENED}) if come else NOTHING


def _leaves(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from _leaves(value, (*path, name))
    elif isinstance(tree, list):
        for value in tree:
            yield from _leaves(value, path)
    elif not unset(tree):
        yield path, tree


def _within(leaf: tuple[tuple[str, ...], Any], others: set[tuple[tuple[str, ...], Any]]) -> bool:
    path, value = leaf
    if not isinstance(value, str) or "/" not in value:
        return False
    inner = network_of(value)
    if inner is None:
        return False
    outers = (network_of(item) for where, item in others if where == path and type(item) is str)
    return any(outer is not None and covers(outer, inner) for outer in outers)


Network = tuple[int, int, int]
"""Address width in bits, first address, prefix length."""


@lru_cache(maxsize=4096)
def network_of(text: str) -> Network | None:
    """An IPv4 network in CIDR notation; None for anything else."""
    address, slash, length = text.partition("/")
    parts = address.split(".")
    if not slash or len(parts) != 4 or not length.isdigit() or int(length) > 32:
        return None
    if not all(part.isdigit() and int(part) < 256 for part in parts):
        return None
    number = 0
    for part in parts:
        number = number * 256 + int(part)
    return 32, number >> (32 - int(length)) << (32 - int(length)), int(length)


def covers(outer: Network, inner: Network) -> bool:
    """Whether `inner` lies in `outer`."""
    shift = outer[0] - outer[2]
    return outer[2] <= inner[2] and outer[1] >> shift == inner[1] >> shift


def json_of(value: Any) -> Any:
    """What a text holds where it is a JSON object or array; None for anything else."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        return _decoded(value)
    return None


def policy_of(value: Any) -> Policy | None:
    """The policy document in a text; None where it is none."""
    if isinstance(value, str) and value[:1] == "{" and '"Statement"' in value:
        return parse_policy(value)
    return None


@lru_cache(maxsize=512)
def _decoded(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str) and len(value) < 20 and value.lstrip("-").isdigit():
        return float(value)
    return None
