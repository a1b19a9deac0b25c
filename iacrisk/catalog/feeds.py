"""Objects that hand work on: which argument names who gets it, and which names where it comes from.

Rows of `feeds.csv`, after the providers' documentation of each type; `*` stands for every block.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import msgspec


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A row: paths of the values that name who is fed, and the argument that names the source."""

    fed: tuple[str, ...]
    source: str


def feed_of(type_name: str) -> Feed | None:
    """How an object of the type hands work on, None where it does not."""
    return _table().get(type_name)


def feed_types() -> frozenset[str]:
    """The types that hand work on."""
    return frozenset(_table())


def all_feeds() -> tuple[tuple[str, ...], ...]:
    """The rows as they stand in the file, without its head."""
    with Path(__file__).with_name("feeds.csv").open(encoding="utf-8", newline="") as file:
        return tuple(map(tuple, csv.reader(file)))[1:]


@cache
def _table() -> dict[str, Feed]:
    return {name: Feed(fed=tuple(fed.split()), source=source) for name, fed, source in all_feeds()}
