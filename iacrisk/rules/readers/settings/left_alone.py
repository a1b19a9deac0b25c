"""Deletes that leave the real object as it is."""

from __future__ import annotations

from iacrisk.catalog import facts
from iacrisk.plan import ResourceChange


def why_left_alone(change: ResourceChange) -> str | None:
    """Why destroying this harms nothing real, or None where it does.

    The value in the state counts: what the configuration says now comes too late for a destroy.
    """
    if change.type in facts.DELETE_ONLY_FORGETS:
        return "a delete of this type only takes it out of the state"
    for name, value in abandon_settings(change).items():
        if change.before.get(name) == value:
            return f"{name} stands in the state, so the real object is left alone"
    return None


def abandon_settings(change: ResourceChange) -> dict[str, facts.Scalar]:
    """The arguments of this type that make a delete leave the real object, and their values."""
    return (
        facts.ABANDON
        | facts.ABANDON_BY_TYPE.get(change.type, {})
        | facts.ABANDON_BY_PROVIDER.get(_family(change), {})
    )


def _family(change: ResourceChange) -> str:
    return change.type.partition("_")[0]
