"""The generated parts of the page on `iacrisk diff`."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from docs.pages import table
from iacrisk.catalog import table as catalog_table
from iacrisk.catalog.replacing import arguments_of

_ROOT: Final = Path(__file__).resolve().parent.parent
_SETS: Final = {
    "fixtures": "`fixtures/plans`, each an edit that matters",
    "lab": "edits of the outcome lab's stacks, a sample",
}
Row = dict[str, str]


def diff_table() -> str:
    """How often `diff` and a plan of the same edit agree, and where they part."""
    with (_ROOT / "fixtures" / "diffs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sets = {name: [row for row in rows if row["set"] == name] for name in _SETS}
    lines = [
        [what, *(value(found) for found in sets.values())] for what, value in _MEASURES.items()
    ]
    return "\n".join(table(["", *_SETS.values()], lines))


def replacing_counts() -> str:
    """What the table of forced replacements knows."""
    names = catalog_table.names("replacing")
    known = [found for name in names if (found := arguments_of(name))]
    columns = [
        sum(list(found.facts.values()).count(index) for found in known) for index in range(6)
    ]
    always, kept, switched, sometimes, untold, _ = columns
    return (
        f"It knows {len(names):,} types: {always:,} arguments and blocks that always force one, "
        f"{kept:,} that do while they are given, {switched:,} that do when they come or go, "
        f"{sometimes:,} that do sometimes and {untold:,} of which the provider told nothing."
    )


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.0%})" if whole else "0"


def _sum(rows: Sequence[Row], column: str) -> int:
    return sum(int(row[column]) for row in rows)


def _of_changes(column: str) -> Callable[[Sequence[Row]], str]:
    return lambda rows: _share(_sum(rows, column), _sum(rows, "changes"))


def _is_same(row: Row) -> bool:
    return row["same"] == row["changes"] and row["claimed"] == "0"


def _edits(holds: Callable[[Row], bool]) -> Callable[[Sequence[Row]], str]:
    return lambda rows: _share(sum(map(holds, rows)), len(rows))


def _is_held(verdict: str) -> bool:
    return verdict != "allowed"


_MEASURES: Final[dict[str, Callable[[Sequence[Row]], str]]] = {
    "edits with all the plan's actions and no other": _edits(_is_same),
    "of the others, those that name something undecided": lambda rows: _share(
        sum(row["undecided"] != "0" for row in rows if not _is_same(row)),
        sum(not _is_same(row) for row in rows),
    ),
    "edits with the plan's verdict": _edits(lambda row: row["plan_verdict"] == row["diff_verdict"]),
    "edits that the plan holds and `diff` lets pass": _edits(
        lambda row: _is_held(row["plan_verdict"]) and not _is_held(row["diff_verdict"])
    ),
    "edits that `diff` holds and the plan lets pass": _edits(
        lambda row: _is_held(row["diff_verdict"]) and not _is_held(row["plan_verdict"])
    ),
    "the plan's changes with the same action": _of_changes("same"),
    "replacements told as an update": _of_changes("replaced_as_update"),
    "updates told as a replacement": _of_changes("update_as_replaced"),
    "another action": _of_changes("other_action"),
    "changes that `diff` does not claim": _of_changes("silent"),
    "claims that are in no plan": lambda rows: str(_sum(rows, "claimed")),
}
