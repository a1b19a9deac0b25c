"""Objects that others name by a plain word: the name of a contact point, a topic, a policy.

Rows of `named.csv`, after the providers' documentation of each type: the argument that holds the
name, and which arguments of which types hold it as well; `*` stands for every block or item.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import msgspec


class Naming(msgspec.Struct, frozen=True, kw_only=True):
    """What an object is known by, and where others of a type name it."""

    type: str
    attribute: str
    user: str
    path: str


def namings_of(type_name: str) -> tuple[Naming, ...]:
    """Where objects of the type are named."""
    return _table().get(type_name, ())


def named_by(type_name: str) -> tuple[Naming, ...]:
    """What objects of the type name."""
    return _table_of_users().get(type_name, ())


def all_namings() -> tuple[tuple[str, ...], ...]:
    """The rows as they stand in the file, without its head."""
    with Path(__file__).with_name("named.csv").open(encoding="utf-8", newline="") as file:
        return tuple(map(tuple, csv.reader(file)))[1:]


@cache
def _table() -> dict[str, tuple[Naming, ...]]:
    found: dict[str, tuple[Naming, ...]] = {}
    for name, attribute, users in all_namings():
        for user in users.split():
            type_name, _, path = user.partition(":")
            one = Naming(type=name, attribute=attribute, user=type_name, path=path)
            found[name] = (*found.get(name, ()), one)
    return found


@cache
def _table_of_users() -> dict[str, tuple[Naming, ...]]:
    found: dict[str, tuple[Naming, ...]] = {}
    for namings in _table().values():
        for one in namings:
            found[one.user] = (*found.get(one.user, ()), one)
    return found
