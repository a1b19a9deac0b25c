"""Instances of one block, and what becomes of an object: does it exist, stay, go first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, Address, ResourceChange, parse_address
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once

Group = list[ResourceChange]

_INSTANCE_KEY = regex(r"\[(?:-?\d+|\"(?:[^\"\\]|\\.)*\")\]", re.DOTALL)
_NOT_THERE_YET = frozenset({ActionKind.CREATE, ActionKind.READ, ActionKind.UNKNOWN})


def exists_today(change: ResourceChange) -> bool:
    """Whether this is a managed object that is there before the apply."""
    return change.mode == "managed" and not change.deposed and change.kind not in _NOT_THERE_YET


def goes_first(change: ResourceChange) -> bool:
    """Whether the object is destroyed before anything takes its place."""
    return change.destroys and not change.creates_first


def stays(change: ResourceChange) -> bool:
    """Whether the object is there throughout the apply."""
    return exists_today(change) and not change.destroys


def is_one_of_many(change: ResourceChange, context: Context) -> bool:
    """Whether `change` is one of a count, and at least three times as many of it stay as go."""

    def build() -> dict[tuple[str, str, str], tuple[int, int]]:
        found: dict[tuple[str, str, str], tuple[int, int]] = {}
        for one in context.plan.changes:
            staying, going = found.get(_block(one), (0, 0))
            found[_block(one)] = (staying + stays(one), going + one.destroys)
        return found

    staying, going = once(context.plan, "staying and going", build)[_block(change)]
    return isinstance(change.key, int) and staying >= 3 * going


def _block(change: ResourceChange) -> tuple[str, str, str]:
    return change.module_address, change.type, change.name


def blocks(changes: Iterable[ResourceChange]) -> list[Group]:
    """The managed instances grouped by block, in one module instance."""
    grouped: dict[tuple[str, str, str], Group] = {}
    for change in changes:
        if change.mode == "managed" and not change.deposed:
            block = (change.module_address, change.type, change.name)
            grouped.setdefault(block, []).append(change)
    return list(grouped.values())


def families(changes: Iterable[ResourceChange]) -> list[Group]:
    """The managed instances grouped by block, over all instances of its module."""
    grouped: dict[str, Group] = {}
    for change in changes:
        if change.mode == "managed" and not change.deposed:
            grouped.setdefault(skeleton(change.address), []).append(change)
    return list(grouped.values())


@lru_cache(maxsize=65536)
def skeleton(address: str) -> str:
    """The address without any instance key."""
    return _INSTANCE_KEY.sub("", address) if "[" in address else address


def keys_of(address: str) -> tuple[str | int | None, ...]:
    """All instance keys of an address, those of its modules first."""
    where = address_of(address)
    return () if where is None else (*(step.key for step in where.module), where.key)


@lru_cache(maxsize=65536)
def address_of(address: str) -> Address | None:
    """The parsed address, or None where it cannot be read."""
    try:
        return parse_address(address)
    except ValueError:
        return None


def pending_of_kind(context: Context, *kinds: ActionKind) -> list[ResourceChange]:
    """The managed changes of these kinds, deposed objects left out."""
    return once(
        context.plan,
        ("pending of kind", kinds),
        lambda: [
            change
            for change in context.plan.changes
            if change.kind in kinds and change.mode == "managed" and not change.deposed
        ],
    )
