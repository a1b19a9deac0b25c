"""What is held out from what: stacks, operator families, and the stacks of the final test.

A model that has seen a stack knows its habits, and one that has seen an operator knows what that
operator breaks. So a case is judged only by a model that saw neither its stack nor any of the
families of its edits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

FINAL_STACKS: Final = frozenset(
    {"analytics", "landing", "logistics", "partners", "payments", "portal", "search", "ticketing"}
)
"""The second final test. The first, a fifth of the earlier stacks by the hash of their names, was
looked at four times and then joined those that are learnt from."""

_CONTROL: Final = "control"


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a case comes from; a control counts as a family of its own."""

    stack: str
    families: frozenset[str]


class Fold(msgspec.Struct, frozen=True, kw_only=True):
    """Indices of the cases that are judged, and of those their judge may have seen."""

    tested: tuple[int, ...]
    trained: tuple[int, ...]


def is_final(stack: str) -> bool:
    """Whether a stack belongs to the final test, which no choice may look at.

    Its authors had not seen the rules, and it was named here before any case of it was run.
    """
    return stack in FINAL_STACKS


def folds(origins: Sequence[Origin], stack_folds: int = 4, family_folds: int = 4) -> list[Fold]:
    """Every case is tested once, by a judge that saw neither its stack nor its families."""
    stacks = in_groups(Counter(item.stack for item in origins), stack_folds)
    families = in_groups(
        Counter(name for item in origins for name in _families(item)), family_folds
    )
    places: dict[tuple[int, frozenset[int]], list[int]] = {}
    for number, item in enumerate(origins):
        held_out = frozenset(families[name] for name in _families(item))
        places.setdefault((stacks[item.stack], held_out), []).append(number)
    return [
        Fold(
            tested=tuple(tested),
            trained=tuple(
                number
                for number, item in enumerate(origins)
                if stacks[item.stack] != stack
                and held_out.isdisjoint(families[name] for name in _families(item))
            ),
        )
        for (stack, held_out), tested in sorted(places.items(), key=_order)
    ]


def _order(place: tuple[tuple[int, frozenset[int]], list[int]]) -> tuple[int, list[int]]:
    (stack, held_out), _ = place
    return stack, sorted(held_out)


def _families(item: Origin) -> Iterable[str]:
    return item.families or (_CONTROL,)


def in_groups(sizes: Counter[str], number: int) -> dict[str, int]:
    """The names in groups of about equal size, largest first into the smallest group."""
    totals = [0] * number
    groups: dict[str, int] = {}
    for name, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        group = totals.index(min(totals))
        groups[name] = group
        totals[group] += size
    return groups
