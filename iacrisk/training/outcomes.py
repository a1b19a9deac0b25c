"""Recorded outcomes, read back: what is usable, and which plans are of one root module."""

from __future__ import annotations

import lzma
from collections.abc import Sequence
from pathlib import Path

import msgspec

from iacrisk.errors import InputError, UnusableRows
from iacrisk.plan import decode_plan
from iacrisk.training.examples import Example, to_example
from iacrisk.training.rows import Row, rows_hash

_ALIKE = 0.5


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a folder of recorded outcomes tells."""

    clear: tuple[Example, ...]
    """Plans that did harm or none."""
    groups_of_clear: tuple[str, ...]
    """The root module of each."""
    between: int
    """How many are neither: reverted, a guard gone."""
    hash: str

    @property
    def groups(self) -> frozenset[str]:
        """The root modules."""
        return frozenset(self.groups_of_clear)


def read_outcomes(folder: Path) -> Outcomes:
    """The usable rows in `folder`; raises UnusableRows where a file is damaged or there is none."""
    paths = sorted(folder.glob("*.jsonl.xz"))
    if not paths:
        raise UnusableRows(
            f"There are no outcomes in {folder}. Record some: iacrisk feedback PLAN --outcome ok"
        )
    rows = [row for path in paths for row in _read(path) if _is_usable(row)]
    groups = group_plans([row.case.stack for row in rows], list(map(_blocks, rows)))
    examples = list(map(to_example, rows))
    clear = [number for number, example in enumerate(examples) if not example.is_between]
    return Outcomes(
        clear=tuple(examples[number] for number in clear),
        groups_of_clear=tuple(groups[number] for number in clear),
        between=len(examples) - len(clear),
        hash=rows_hash(folder),
    )


def _read(path: Path) -> list[Row]:
    try:
        with lzma.open(path) as lines:
            rows = [msgspec.json.decode(line, type=Row) for line in lines]
        for row in rows:
            decode_plan(row.plan_json)
    except (OSError, EOFError, ValueError, lzma.LZMAError, msgspec.DecodeError, InputError):
        raise UnusableRows(
            f"{path} is damaged. Record that plan again, or remove the file."
        ) from None
    return rows


def _is_usable(row: Row) -> bool:
    return row.stable and not row.outcome.artefact


def _blocks(row: Row) -> frozenset[str]:
    return frozenset(change.block_address for change in decode_plan(row.plan_json).changes)


def group_plans(names: Sequence[str], blocks: Sequence[frozenset[str]]) -> list[str]:
    """The root module of each plan: as it was named, else told from the resources.

    Plans share a root module when they share half of all their blocks, directly or through others
    in between. Rather too few groups than one root module in two: its plans would judge each other.
    """
    leaders = list(range(len(names)))

    def leader(number: int) -> int:
        while leaders[number] != number:
            leaders[number] = number = leaders[leaders[number]]
        return number

    firsts: dict[tuple[str, frozenset[str]], int] = {}
    for number, key in enumerate(zip(names, blocks, strict=True)):
        leaders[number] = firsts.setdefault(key, number)
    distinct = list(firsts.values())
    for place, one in enumerate(distinct):
        for two in distinct[:place]:
            if _same_root(names[one], names[two], blocks[one], blocks[two]):
                leaders[leader(one)] = leader(two)
    return [names[leader(number)] or f"root {leader(number) + 1}" for number in range(len(names))]


def _same_root(one: str, two: str, blocks: frozenset[str], others: frozenset[str]) -> bool:
    if one and two:
        return one == two
    return len(blocks & others) >= _ALIKE * len(blocks | others) > 0
