"""Which values of an argument mean that an object is guarded against deletion."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from iacrisk.catalog import destroying, facts
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context


def guards(name: str, value: Any) -> bool:
    """Whether the argument `name` at `value` keeps its object from being deleted."""
    values = _guarding(name)
    if not values:
        return False
    if isinstance(value, bool):
        return value in values
    if isinstance(value, str):
        return value in values or (True in values and value.lower() in destroying.ON_WORDS)
    return False


def guard_of(change: ResourceChange) -> str | None:
    """The name of a guard that is on in the state, at the top level or one block below."""
    for name, value in change.before.items():
        if guards(name, value):
            return str(name)
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            inner = next((key for key, item in value[0].items() if guards(key, item)), None)
            if inner and name not in _NOT_OF_THE_OBJECT:
                return str(inner)
    return None


def lost_prevent_destroy(change: ResourceChange, context: Context) -> bool:
    """Whether the block of `change` had prevent_destroy in the base configuration and lost it."""
    unguarded = context.source.edits.unguarded
    if not unguarded:
        return False
    return change.address in unguarded or change.block_address in unguarded


_NOT_OF_THE_OBJECT = frozenset({"block_device_mappings", "spec"})


@lru_cache(maxsize=4096)
def _guarding(name: str) -> frozenset[facts.Scalar]:
    return facts.GUARD_ATTRIBUTES.get(name, frozenset()) | destroying.MORE_GUARDS.get(
        name, frozenset()
    )
