"""Which arguments force a replacement, and what a provider takes where one is absent.

Rows of `replacing.csv`, harvested from the provider by `iacrisk.training.replacing`: one for each
type that was asked about, so a type without a row is unknown and an argument that is not listed in
a type's row is changed in place. The table is read by those who ask, and by nobody on the way to
the score of a plan.
"""

from __future__ import annotations

from enum import Enum, auto
from functools import cache
from typing import Final

import msgspec

from iacrisk.catalog.table import row

_TABLE: Final = "replacing"


class Turn(Enum):
    """How an argument differs."""

    CHANGED = auto()
    GIVEN = auto()
    REMOVED = auto()


class Effect(Enum):
    """What a difference leads to."""

    REPLACED = auto()
    IN_PLACE = auto()
    NONE = auto()
    """Nothing: the object keeps what it has."""
    UNDECIDED = auto()


class Arguments(msgspec.Struct, frozen=True, kw_only=True):
    """A type's row: paths without keys; `block{}` is the block itself, `block.*` all of it."""

    facts: dict[str, int]
    """By path the index of the column that lists it."""
    defaults: dict[str, str]

    def effect(self, path: str, turn: Turn, *, is_block: bool = False) -> Effect:
        """What the difference of an argument, or of the number of a block's items, leads to."""
        column = self._column(path, is_block=is_block)
        return _EFFECTS[column][turn] if column is not None else Effect.IN_PLACE

    def _column(self, path: str, *, is_block: bool) -> int | None:
        for exact in (f"{path}{{}}", path) if is_block else (path,):
            if exact in self.facts:
                return self.facts[exact]
        steps = path.split(".")
        for end in range(len(steps), 0, -1):
            outer = ".".join(steps[:end])
            for found in (f"{outer}.*", *([outer] if end < len(steps) else [])):
                if found in self.facts:
                    return self.facts[found]
        return None


@cache
def arguments_of(type_name: str) -> Arguments | None:
    """What is known of a type's arguments; None for a type whose provider was not asked."""
    cells = row(_TABLE, type_name)
    if cells is None:
        return None
    *columns, defaults = cells.split(",")
    return Arguments(
        facts={path: index for index, cell in enumerate(columns) for path in cell.split()},
        defaults=dict(_pair(text) for text in defaults.split()),
    )


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


_ALL_UNDECIDED: Final = dict.fromkeys(Turn, Effect.UNDECIDED)
_EFFECTS: Final = (
    dict.fromkeys(Turn, Effect.REPLACED),
    {
        Turn.CHANGED: Effect.REPLACED,
        Turn.GIVEN: Effect.UNDECIDED,
        Turn.REMOVED: Effect.NONE,
    },
    {
        Turn.CHANGED: Effect.IN_PLACE,
        Turn.GIVEN: Effect.REPLACED,
        Turn.REMOVED: Effect.REPLACED,
    },
    _ALL_UNDECIDED,
    _ALL_UNDECIDED,
    {
        Turn.CHANGED: Effect.IN_PLACE,
        Turn.GIVEN: Effect.IN_PLACE,
        Turn.REMOVED: Effect.NONE,
    },
)
"""In the order of the table's columns: always, kept, switched, sometimes, untold, held."""
