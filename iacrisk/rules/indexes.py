"""Look-ups over a whole plan, built once and kept as long as the plan."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from iacrisk.plan import Plan, ResourceChange
from iacrisk.rules.context import Context

_Built = TypeVar("_Built")


def once(plan: Plan, key: Hashable, build: Callable[[], _Built]) -> _Built:
    """What `build` returns, computed at most once for `plan` and `key`."""
    if key not in plan.index:
        plan.index[key] = build()
    return cast("_Built", plan.index[key])


def others_with(change: ResourceChange, context: Context, argument: str) -> list[ResourceChange]:
    """Other objects of the type that have the value, which `change` has today, after this plan."""

    def build() -> dict[str, list[ResourceChange]]:
        index: dict[str, list[ResourceChange]] = {}
        for one in context.changes_of(change.type):
            index.setdefault(repr(one.after.get(argument)), []).append(one)
        return index

    value = change.before.get(argument)
    if value in (None, ""):
        return []
    index = once(context.plan, ("others_with", change.type, argument), build)
    return [one for one in index.get(repr(value), ()) if one is not change]
