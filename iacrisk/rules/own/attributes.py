"""Whether the attribute that an own rule watches changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, Path, ResourceChange, lookup
from iacrisk.plan.values import PathStep
from iacrisk.rules.own.logic import Answer, Spend, same

ANY_STEP: Final = "*"

Watched = tuple[Path, Answer]
"""A path, and whether the values there are the same."""


def differing(change: ResourceChange, pattern: Path, spend: Spend) -> list[Watched]:
    """The places of `pattern` whose values differ, or may once they are known."""
    found = _walk(change.before, change.after, pattern, (), spend)
    return [(path, equal) for path, equal in found if equal is not True]


def _walk(before: Any, after: Any, rest: Path, path: Path, spend: Spend) -> Iterator[Watched]:
    spend(1)
    if not rest or after is UNKNOWN:
        yield path, same(before, after, spend)
        return
    steps: Iterable[PathStep] = (rest[0],) if rest[0] != ANY_STEP else _steps(before, after)
    for step in steps:
        yield from _walk(
            lookup(before, (step,)), lookup(after, (step,)), rest[1:], (*path, step), spend
        )


def _steps(before: Any, after: Any) -> list[PathStep]:
    """The keys or indices of both sides."""
    steps: dict[PathStep, None] = {}
    for side in (before, after):
        if isinstance(side, dict):
            steps |= dict.fromkeys(side)
        elif isinstance(side, list):
            steps |= dict.fromkeys(range(len(side)))
    return list(steps)
