"""The catalogue's CSV files: read once as text, rows found by searching it."""

from functools import cache
from pathlib import Path


def row(table: str, name: str) -> str | None:
    """The cells after the type name, still joined by commas, or None when there is no such row."""
    if "," in name:
        return None
    text = _text(table)
    start = text.find(f"\n{name},")
    if start < 0:
        return None
    start += len(name) + 2
    return text[start : text.index("\n", start)]


def names(table: str) -> tuple[str, ...]:
    """Every type name of a table, in file order."""
    return tuple(line.partition(",")[0] for line in _text(table).splitlines()[1:])


@cache
def _text(table: str) -> str:
    return Path(__file__).with_name(f"{table}.csv").read_text(encoding="utf-8")
