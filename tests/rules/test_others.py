"""Small changes of the many other providers: those that hurt somebody wait, their neighbours pass.

`others.jsonl` holds one change a line: `waits` or `passes`, what happens, the type, what stays the
same, the values before (null for a new object), the values after (null for one that goes), and,
where it matters, what else stands in the plan.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iacrisk.plan import Plan
from tests.pairs import is_held
from tests.plans import Json, create, delete, noop, plan, update

ROWS = [
    json.loads(line)
    for line in Path(__file__).with_name("others.jsonl").read_text("utf-8").splitlines()
]


def plan_of(
    type_name: str,
    same: Json,
    before: Json | None,
    after: Json | None,
    around: dict[str, Json] | None = None,
) -> Plan:
    """The plan of one line."""
    address = f"{type_name}.x"
    if before is None:
        known = {name: value for name, value in same.items() if value is not None}
        change = create(address, {**known, **(after or {})})
    elif after is None:
        change = delete(address, {**same, **before})
    else:
        change = update(address, {**same, **before}, {**same, **after})
    return plan(change, *(noop(name, values) for name, values in (around or {}).items()))


def _name(row: list[Any]) -> str:
    return f"{row[0]}-{row[2]}-{row[1]}"[:90]


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_a_change_that_hurts_waits_and_its_neighbour_passes(row: list[Any]) -> None:
    assert is_held(plan_of(*row[2:])) is (row[0] == "waits")


def test_every_line_says_something_of_its_own() -> None:
    told = [(row[1], row[2]) for row in ROWS]
    assert len({json.dumps(row) for row in ROWS}) == len(ROWS)
    assert all(row[0] in {"waits", "passes"} for row in ROWS)
    assert told == sorted(told, key=lambda item: item[1])
