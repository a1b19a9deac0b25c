"""The types that people use most are placed by hand."""

from __future__ import annotations

import csv

from iacrisk.catalog import Basis, resource_type
from tests.conftest import ROOT

LEAST = 95
"""Of a hundred."""


def test_the_most_used_types_of_each_provider_are_checked_by_hand() -> None:
    used: dict[str, list[str]] = {}
    with (ROOT / "fixtures" / "usage.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            used.setdefault(row["type"].partition("_")[0], []).append(row["type"])
    assert len(used) == 9
    for types in used.values():
        checked = [name for name in types if resource_type(name).basis is Basis.CURATED]
        assert 100 * len(checked) >= LEAST * len(types)
