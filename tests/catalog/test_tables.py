"""The data files agree with themselves and with each other."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from iacrisk import catalog
from iacrisk.catalog import (
    Basis,
    ResourceClass,
    attachment,
    attachment_types,
    known_types,
    resource_type,
)

KNOWN = (*known_types(Basis.CURATED), *known_types(Basis.PATTERN))
HEADER = ["type", "class", "stateful", "recoverability", "authoritative", "carrier"]
SOURCE = Path(__file__).parents[3] / "shared" / "types.csv"


def rows(table: str) -> list[list[str]]:
    path = Path(catalog.__file__).with_name(f"{table}.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def test_a_type_stands_in_one_file_and_once() -> None:
    assert [name for name, count in Counter(KNOWN).items() if count > 1] == []


@pytest.mark.parametrize("table", ["curated", "patterns", "attachments"])
def test_rows_are_sorted_by_type(table: str) -> None:
    names = [row[0] for row in rows(table)[1:]]

    assert names == sorted(names)


@pytest.mark.parametrize(
    ("table", "header"), [("curated", [*HEADER, "note"]), ("patterns", HEADER)]
)
def test_every_row_has_the_cells_of_the_header(table: str, header: list[str]) -> None:
    assert rows(table)[0] == header
    assert [row for row in rows(table) if len(row) != len(header)] == []


@pytest.mark.parametrize("table", ["curated", "patterns"])
def test_flags_are_zero_or_one(table: str) -> None:
    assert {(row[2], row[4], row[5]) for row in rows(table)[1:]} <= {
        (stateful, authoritative, carrier)
        for stateful in "01"
        for authoritative in "01"
        for carrier in "01"
    }


@pytest.mark.parametrize("table", ["curated", "patterns"])
def test_the_quick_lookup_agrees_with_a_csv_parser(table: str) -> None:
    def parsed(name: str) -> list[str]:
        found = resource_type(name)
        cells = [
            found.name,
            found.resource_class.value,
            f"{found.stateful:d}",
            f"{found.recoverability:g}",
            f"{found.authoritative:d}",
            f"{found.carrier:d}",
        ]
        return [*cells, found.note] if table == "curated" else cells

    assert [parsed(row[0]) for row in rows(table)[1:]] == rows(table)[1:]


def test_every_class_is_used() -> None:
    assert {resource_type(name).resource_class for name in KNOWN} == set(ResourceClass)


def test_recoverability_is_a_share() -> None:
    assert [name for name in KNOWN if not 0 <= resource_type(name).recoverability <= 1] == []


def test_the_stateful_class_means_that_a_delete_loses_data() -> None:
    stateful = ResourceClass.STATEFUL

    assert [
        name
        for name in KNOWN
        if resource_type(name).resource_class is stateful and not resource_type(name).stateful
    ] == []


def test_the_stateless_class_never_loses_data() -> None:
    stateless = ResourceClass.STATELESS

    assert [
        name
        for name in KNOWN
        if resource_type(name).resource_class is stateless and resource_type(name).stateful
    ] == []


def test_every_curated_type_says_why() -> None:
    assert [name for name in known_types(Basis.CURATED) if not resource_type(name).note] == []


def test_nothing_is_listed_as_unknown() -> None:
    assert known_types(Basis.UNKNOWN) == ()


def test_every_attachment_is_a_known_type_and_names_an_argument() -> None:
    assert [name for name in attachment_types() if name not in KNOWN] == []
    assert [name for name in attachment_types() if not all(attachment(name))] == []
    assert [name for name in attachment_types() if not attachment(name)] == []


def test_every_type_of_the_shared_list_is_known() -> None:
    if not SOURCE.exists():
        pytest.skip(f"{SOURCE} is not part of the repository")
    with SOURCE.open(encoding="utf-8", newline="") as lines:
        missing = {row["type"] for row in csv.DictReader(lines)} - set(KNOWN)

    assert missing == set()
