"""The tables of docs/accuracy.md: first looks, other tools on the same plans, and today."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from docs.pages import table
from tests.labelled import SETS, Judged, judged, tally

_FIXTURES: Final = Path(__file__).resolve().parent.parent / "fixtures"
FIRST_LOOKS: Final = _FIXTURES / "pairs" / "first-looks.csv"
RIVALS: Final = _FIXTURES / "rivals.json"


def first_look_table() -> str:
    """What the tool said of each set before anybody had looked at a plan of it."""
    rows = [[look["set"], look["when"], *_shares(look)] for look in _first_looks()]
    return "\n".join(table(["set", "when", "dangerous, held", "harmless, held"], rows))


def first_look_sums() -> str:
    """What to expect of new plans: the newest look of each kind, and all looks but the first."""
    looks = [look for look in _first_looks() if not _is_daily(look)]
    newest = list({look["set"].partition("-")[0]: look for look in looks}.values())
    new, every = _total(newest), _total(looks[1:])
    names = " and ".join(f"`{look['set']}`" for look in newest)
    return (
        f"The newest set of each kind, {names}, says what to expect of new plans: "
        f"{new['held']} of {new['dangers']} dangerous plans held "
        f"({new['held'] / new['dangers']:.0%}), {new['held_harmless']} of {new['harmless']} "
        f"harmless ones ({new['held_harmless'] / new['harmless']:.0%}), a balanced accuracy of "
        f"{_balanced(new)}; the aim is 95% and at most 10%. Over all first looks since the rules "
        f"are complete (all but the first row) it is {every['held']} of {every['dangers']} and "
        f"{every['held_harmless']} of {every['harmless']}."
    )


def daily_looks() -> str:
    """What to expect on an ordinary day: the first looks at plans that are no pairs."""
    looks = [look for look in _first_looks() if _is_daily(look)]
    total = _total(looks)
    return (
        f"{total['held_harmless']} of {total['harmless']} harmless plans were held "
        f"({total['held_harmless'] / total['harmless']:.0%}), and {total['held']} of "
        f"{total['dangers']} dangerous ones, a balanced accuracy of {_balanced(total)}."
    )


def rival_table() -> str:
    """Other tools on sets that iacrisk saw for the first time as well, by balanced accuracy."""
    asked = json.loads(RIVALS.read_text("utf-8"))
    sets = sorted({row["set"] for row in asked})
    own = [
        {"tool": "iacrisk", "version": "at first look", "gate": "exit code", **look}
        for look in _first_looks()
        if look["set"] in sets
    ]
    rows = [
        [row["set"], row["tool"], row["version"], row["gate"], *_shares(row), _balanced(row)]
        for row in sorted([*own, *asked], key=lambda row: (row["set"], -float(_balanced(row))))
    ]
    head = ["set", "tool", "version", "held means", "dangerous, held", "harmless, held"]
    return "\n".join(table([*head, "balanced accuracy"], rows))


def rival_totals() -> str:
    """Each tool over the sets of which it saw the same plans as iacrisk at first sight."""
    first = {look["set"]: look for look in _first_looks()}
    asked = [
        row
        for row in json.loads(RIVALS.read_text("utf-8"))
        if row["set"] in first and _size(row) == _size(first[row["set"]])
    ]
    sets = sorted({row["set"] for row in asked})
    own = {"tool": "iacrisk", "version": "at first look", "gate": "exit code"}
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in [*({**own, **first[name]} for name in sets), *asked]:
        groups.setdefault((row["tool"], row["version"], row["gate"]), []).append(row)
    totals = {who: _total(rows) for who, rows in groups.items()}
    rows = [
        [*who, *_shares(total), _balanced(total)]
        for who, total in sorted(totals.items(), key=lambda pair: -float(_balanced(pair[1])))
    ]
    head = ["tool", "version", "held means", "dangerous, held", "harmless, held"]
    names = ", ".join(f"`{name}`" for name in sets)
    return "\n".join([f"The sets {names}:", "", *table([*head, "balanced accuracy"], rows)])


def pair_table() -> str:
    """How the tool judges the labelled pairs today, set by set and together."""
    sets = {name: tuple(judged(name)) for name in SETS}
    rows = [[name, *_agreement(found)] for name, found in sets.items()]
    rows.append(["together", *_agreement([item for found in sets.values() for item in found])])
    head = ["set", "dangerous, held", "harmless, held", "victims named", "named, of them victims"]
    return "\n".join(table(head, rows))


def _first_looks() -> list[dict[str, Any]]:
    with FIRST_LOOKS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _is_daily(look: dict[str, Any]) -> bool:
    return str(look["set"]).startswith("daily-")


_COUNTS: Final = ("dangers", "held", "harmless", "held_harmless")


def _size(row: dict[str, Any]) -> tuple[int, int]:
    return int(row["dangers"]), int(row["harmless"])


def _total(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {name: sum(int(row[name]) for row in rows) for name in _COUNTS}


def _shares(row: dict[str, Any]) -> list[str]:
    return [f"{row['held']} of {row['dangers']}", f"{row['held_harmless']} of {row['harmless']}"]


def _balanced(row: dict[str, Any]) -> str:
    recall = int(row["held"]) / int(row["dangers"])
    passed = 1 - int(row["held_harmless"]) / int(row["harmless"])
    return f"{(recall + passed) / 2:.2f}"


def _agreement(found: Sequence[Judged]) -> list[str]:
    counts = tally(found)
    return [
        f"{counts.held} of {counts.dangers}",
        f"{counts.held_harmless} of {counts.harmless}",
        f"{counts.named_victims} of {counts.victims}",
        f"{counts.named_victims} of {counts.named}",
    ]
