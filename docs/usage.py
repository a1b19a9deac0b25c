"""The generated part on how much of what is used the catalog's people have checked."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from docs.pages import table
from iacrisk.catalog import Basis, resource_type

_FIXTURES: Final = Path(__file__).resolve().parent.parent / "fixtures"


def usage_table() -> str:
    """By provider, how many of its most used types are checked by hand."""
    used: dict[str, list[str]] = {}
    for row in _rows("usage.csv"):
        used.setdefault(row["type"].partition("_")[0], []).append(row["type"])
    sources = _rows("usage-sources.csv")
    lines = [
        [f"`{provider}`", str(len(types)), str(_checked(types))] for provider, types in used.items()
    ]
    blocks, files = (sum(int(row[name]) for row in sources) for name in ("blocks", "files"))
    head = ["provider", "types counted, at most the 100 most used", "of them checked by hand"]
    return "\n".join(
        [
            *table(head, lines),
            "",
            f"Counted in {blocks:,} resource blocks of {files:,} files in {len(sources)} public "
            "repositories.",
        ]
    )


def _checked(types: list[str]) -> int:
    return sum(resource_type(name).basis is Basis.CURATED for name in types)


def _rows(name: str) -> list[dict[str, str]]:
    with (_FIXTURES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
