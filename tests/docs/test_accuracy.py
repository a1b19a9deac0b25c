"""The sums on the pages on accuracy and on other tools are those of the rows below them."""

from __future__ import annotations

import csv
import json
import re
from typing import Any

from docs.accuracy_tables import daily_looks, first_look_sums, rival_totals
from tests.conftest import ROOT

LOOKS: list[dict[str, Any]] = list(
    csv.DictReader((ROOT / "fixtures/pairs/first-looks.csv").read_text("utf-8").splitlines())
)
PAIRS = [look for look in LOOKS if look["set"].partition("-")[0] != "daily"]
ASKED: list[dict[str, Any]] = json.loads((ROOT / "fixtures/rivals.json").read_text("utf-8"))


def summed(rows: list[dict[str, Any]]) -> list[int]:
    keys = ("held", "dangers", "held_harmless", "harmless")
    return [sum(int(row[key]) for row in rows) for key in keys]


def numbers_in(said: str) -> list[int]:
    return [int(number) for pair in re.findall(r"(\d+) of (\d+)", said) for number in pair]


def test_the_newest_look_of_each_kind_and_all_but_the_first_are_summed() -> None:
    newest = {look["set"].partition("-")[0]: look for look in PAIRS}
    said = first_look_sums()

    assert {look["set"] for look in newest.values()} == set(re.findall(r"`(\S+)`", said))
    assert numbers_in(said) == [*summed([*newest.values()]), *summed(PAIRS[1:])]


def test_ordinary_days_are_summed_apart_from_the_pairs() -> None:
    held, dangers, held_harmless, harmless = summed([look for look in LOOKS if look not in PAIRS])

    assert numbers_in(daily_looks()) == [held_harmless, harmless, held, dangers]


def test_tools_are_summed_over_the_plans_that_iacrisk_saw_first_as_well() -> None:
    sizes = {look["set"]: (int(look["dangers"]), int(look["harmless"])) for look in LOOKS}
    same = [row for row in ASKED if sizes.get(row["set"]) == (row["dangers"], row["harmless"])]
    sets = {row["set"] for row in same}
    said = rival_totals()

    assert set(re.findall(r"`(\S+)`", said)) == sets
    assert {"aws-last", "lab"} & sets == set(), "its plans differ, or were not seen first"
    for tool, gate in {("iacrisk", "exit code"), *((row["tool"], row["gate"]) for row in same)}:
        rows = [row for row in same if (row["tool"], row["gate"]) == (tool, gate)]
        rows = rows or [look for look in LOOKS if look["set"] in sets]
        held, dangers, held_harmless, harmless = summed(rows)
        line = next(
            each for each in said.splitlines() if f"| {tool} |" in each and f"| {gate} |" in each
        )
        assert f"| {held} of {dangers} | {held_harmless} of {harmless} |" in line
