"""What was checked by hand names rows that exist, and the draw is fair."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlparse

import pytest

from docs.hand_check import exact_interval
from fixtures.lab.hand_check import LAB, OF_EACH, OF_ONE_STACK, draw, read_checked
from iacrisk.training.rows import Row, read_rows


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    return {row.case.name: row for row in read_rows(LAB / "rows")}


def test_sixty_rows_were_checked_and_each_is_a_row_of_the_lab(rows: dict[str, Row]) -> None:
    names = [item.case for item in read_checked()]
    assert len(set(names)) == len(names) == 60
    assert [name for name in names if name not in rows] == []


def test_the_recorded_outcome_is_the_one_that_was_read(rows: dict[str, Row]) -> None:
    read = {
        item.case: (item.harmful == "yes", item.worst)
        for item in read_checked()
        if rows[item.case].versions.get("stack") == item.stack_version
    }
    recorded = {name: (rows[name].outcome.harmful, rows[name].outcome.worst) for name in read}
    assert read == recorded


def test_a_fault_has_a_kind_and_every_verdict_a_page() -> None:
    for item in read_checked():
        assert bool(item.kind) is (item.verdict != "right"), item.case
        assert item.aws, item.case
        assert item.reason, item.case
        address = urlparse(item.source)
        assert (address.scheme, bool(address.netloc)) == ("https", True), item.case


def test_half_of_the_checked_rows_are_harmful_and_few_are_of_one_stack() -> None:
    checked = read_checked()
    assert Counter(item.harmful for item in checked) == {"yes": OF_EACH, "no": OF_EACH}
    stacks = Counter(item.case.partition(":")[0] for item in checked)
    assert max(stacks.values()) <= OF_ONE_STACK


def test_the_same_seed_draws_the_same_rows(rows: dict[str, Row]) -> None:
    everything = list(rows.values())
    drawn = [row.case.name for row in draw(everything)]
    assert drawn == [row.case.name for row in draw(everything)]
    assert drawn != [row.case.name for row in draw(everything, seed=1)]


@pytest.mark.parametrize(
    ("hits", "number", "low", "high"),
    [(0, 30, 0.0, 0.1157), (3, 60, 0.0104, 0.1392), (30, 30, 0.8843, 1.0)],
)
def test_intervals_are_those_of_clopper_and_pearson(
    hits: int, number: int, low: float, high: float
) -> None:
    found = exact_interval(hits, number)
    assert [round(bound, 4) for bound in found] == [low, high]
