"""Objects that guard, watch or let somebody in, and what follows when one of them goes.

Rows of `removals.csv`: the rule that tells of it, the arguments by which another object of the
type is known to do the same, how grave it is, and in what words.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import msgspec


class Removal(msgspec.Struct, frozen=True, kw_only=True):
    """A row. `same`: another object that agrees in these arguments takes its place.

    `replaced`: a replacement hurts as well, because others hold what the old one was known by.
    """

    rule: str
    same: tuple[str, ...]
    severity: str
    confidence: str
    replaced: bool
    says: str


def removal_of(rule: str, type_name: str) -> Removal | None:
    """What the rule tells of the removal of an object of the type, None where nothing."""
    return _table().get((rule, type_name))


def types_with_removals(rule: str) -> frozenset[str]:
    """The types whose removal the rule tells of."""
    return frozenset(type_name for of, type_name in _table() if of == rule)


def all_removals() -> tuple[tuple[str, ...], ...]:
    """The rows as they stand in the file, without its head."""
    with Path(__file__).with_name("removals.csv").open(encoding="utf-8", newline="") as file:
        return tuple(map(tuple, csv.reader(file)))[1:]


@cache
def _table() -> dict[tuple[str, str], Removal]:
    return {
        (rule, name): Removal(
            rule=rule,
            same=tuple(same.split()),
            severity=severity,
            confidence=confidence,
            replaced=replaced == "1",
            says=says,
        )
        for rule, types, same, severity, confidence, replaced, says in all_removals()
        for name in types.split(" ")
    }
