"""Settings of resources that live on while a setting of theirs changes, to the harm of somebody.

Rows of `settings.csv`, one for each setting and direction of change: which rule tells of it, how
grave it is and in what words. Settings that need more than their own two values to be judged
(policies, filters, routes, guards) have rules of their own and no row here. `usual.csv` says what a
name means almost everywhere (`enabled`, `retention_days`), for the long tail of types.
"""

from __future__ import annotations

import csv
from collections import Counter
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import msgspec

from iacrisk.catalog.entrances import ENTRANCE_TYPES
from iacrisk.catalog.facts import RECORD_TYPES
from iacrisk.patterns import regex


class Direction(StrEnum):
    """Which change of a setting a row is about."""

    CHANGES = "changes"
    """It had a value and gets another one, or none."""
    SET = "set"
    """It had no value and gets one."""
    APPEARS = "appears"
    """The same, on a new object too."""
    REMOVED = "removed"
    """It had a value and gets none."""
    ON = "on"
    """A switch goes on."""
    OFF = "off"
    """A switch goes off."""
    RISES = "rises"
    FALLS = "falls"
    ZERO = "zero"
    """A number falls to 0."""
    HALVES = "halves"
    """A number falls to half or less."""
    TENTH = "tenth"
    """A number falls to a tenth or less."""
    NARROWS = "narrows"
    """A search query no longer finds all that it found."""
    RARER = "rarer"
    """A schedule runs half as often, or less often still."""
    LOSES = "loses"
    """A list loses items and gains none."""
    MULTIPLIES = "multiplies"
    """A number becomes four times as large, or larger."""
    REKEYED = "rekeyed"
    """It is encrypted with another key, which is not one that the cloud's services manage."""
    RETARGETS = "retargets"
    """A text that names a server (an address, a connection string) names another one."""
    SMALLER = "smaller"
    """The number in the name of a size falls: `S3` to `S0`, `GP_Gen5_8` to `GP_Gen5_2`."""
    SHRINKS = "shrinks"
    """A list loses items, or the values that `*` collects lose one."""
    GROWS = "grows"
    """A list gains items."""
    REORDERS = "reorders"
    """Items of a list that stay change their order."""
    GAINS = "gains"
    """A list gains one of the values behind the colon."""
    MENTIONS = "mentions"
    """A text, or a new item of a list, newly contains one of the values behind the colon."""
    BECOMES = "becomes"
    """It gets one of the values behind the colon, on a new object too."""
    TURNS = "turns"
    """The same on an object that exists already."""
    LEAVES = "leaves"
    """It had one of the values behind the colon and gets another one, or none."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """A row: the harm when the setting at `path` changes in `direction`.

    `path` is dotted, with `*` for every item of a list and `!` for a dot inside a key. `values` in
    lower case. `severity` and `confidence` as rules name them. `needs_users`: harmless where
    nobody uses the object. `read`: harmless where nobody reads one of these attributes.
    """

    rule: str
    path: str
    direction: Direction
    values: frozenset[str]
    severity: str
    confidence: str
    needs_users: bool
    says: str
    read: frozenset[str] = frozenset()


def settings_of(rule: str, type_name: str) -> tuple[Setting, ...]:
    """The settings of the type that the rule tells of."""
    return _table().get((rule, type_name), ())


def types_with_settings(rule: str) -> frozenset[str]:
    """The types of which the rule tells a setting."""
    return frozenset(type_name for of, type_name in _table() if of == rule)


def all_rows() -> tuple[tuple[str, ...], ...]:
    """The rows as they stand in the file, without its head."""
    return _rows("settings.csv")


def controller_settings_of(*subjects: str) -> tuple[Setting, ...]:
    """Settings in values of a chart or in a manifest; subjects are `chart:*`, `kind:Issuer`."""
    return tuple(setting for subject in subjects for setting in _controllers().get(subject, ()))


def all_controller_rows() -> tuple[tuple[str, ...], ...]:
    """The rows of `controllers.csv` as they stand in the file, without its head."""
    return _rows("controllers.csv")


def is_settled(type_name: str, root: str) -> bool:
    """Whether `settings.csv` judges something of the type below this argument."""
    return (type_name, root) in _settled()


def has_rows(type_name: str) -> bool:
    """Whether `settings.csv` judges much of the type, or rules look at most of it."""
    return is_known_well(type_name) or type_name in _types_with_rows() | _LOOKED_AT


def is_known_well(type_name: str) -> bool:
    """Whether rules look at most arguments of the provider's types."""
    return type_name.startswith(_KNOWN_WELL)


@lru_cache(maxsize=65536)
def usual_settings(rule: str, name: str, *, any_name: bool = True) -> tuple[Setting, ...]:
    """What the rule tells of a setting with this name, on types that have no row for it.

    `any_name`: also what it tells whatever the name is, for types of which nothing is known.
    """
    near = _near(rule, name)
    if near or not any_name or _PLAIN.search(name) or any(_near(of, name) for of in _usual()):
        return near
    return tuple(item for item in _usual()[rule][1] if item.path == "*")


def _near(rule: str, name: str) -> tuple[Setting, ...]:
    """What the rule tells of this name, or of names like it."""
    exact, patterns = _usual()[rule]
    if name in exact:
        return exact[name]
    return tuple(item for item in patterns if item.path != "*" and fnmatchcase(name, item.path))


_KNOWN_WELL: Final = ("aws_", "azapi_", "azuread_", "azurerm_", "google_", "kubernetes_")
"""Providers whose types have rows and rules enough to say less of the others."""


_FILTERS: Final = frozenset({"digitalocean_firewall", "hcloud_firewall", "linode_firewall"})
_LOOKED_AT: Final = RECORD_TYPES | ENTRANCE_TYPES | _FILTERS
"""Of the others, types whose rules look at more than a few arguments."""


_FEW: Final = 3
"""Of a type with so many arguments in `settings.csv`, or fewer, little is known of the others."""


@cache
def _types_with_rows() -> frozenset[str]:
    counted = Counter(name for name, _ in _settled())
    return frozenset(name for name, number in counted.items() if number > _FEW)


_PLAIN: Final = regex(
    r"(^|_)(allow|anonymous|beta|color|comment|cooldown|debug|delay|delete|deletion|description|"
    r"destroy|display|duration|experimental|force|icon|ignore|insecure|interval|labels?|level|lifetime|min|name|notes?|"
    r"order|override|port|position|preview|priority|public|purge|recreate|replace|revision|rotate|rotation|session|skip|sort|"
    r"step|tags?|theme|timeout|title|ttl|version|wait|warn|warning|weight|widgets?)(_|$)"
)
"""Names of settings in which less, or off, says nothing by itself."""


def all_usual_rows() -> tuple[tuple[str, ...], ...]:
    """The rows of `usual.csv` as they stand in the file, without its head."""
    return _rows("usual.csv")


def kubernetes_settings_of(rule: str, *subjects: str) -> tuple[Setting, ...]:
    """Settings of Kubernetes objects in the words of the API that the rule tells of.

    Subjects are `kind:Ingress`, or `pod` for the template of any workload's pods.
    """
    table = _kubernetes()
    return tuple(item for subject in subjects for item in table.get((rule, subject), ()))


def kubernetes_kinds_of(rule: str) -> frozenset[str]:
    """The kinds, and `pod`, of which the rule tells a setting."""
    return frozenset(subject.removeprefix("kind:") for of, subject in _kubernetes() if of == rule)


def all_kubernetes_rows() -> tuple[tuple[str, ...], ...]:
    """The rows of `kubernetes.csv` as they stand in the file, without its head."""
    return _rows("kubernetes.csv")


def _rows(name: str) -> tuple[tuple[str, ...], ...]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return tuple(map(tuple, csv.reader(file)))[1:]


@cache
def _controllers() -> dict[str, tuple[Setting, ...]]:
    found: dict[str, tuple[Setting, ...]] = {}
    for subject, *cells in all_controller_rows():
        found[subject] = (*found.get(subject, ()), _setting("C09", *cells))
    return found


_Usual = tuple[dict[str, tuple[Setting, ...]], tuple[Setting, ...]]
"""Settings by their name, and those whose name is a pattern."""


@cache
def _usual() -> dict[str, _Usual]:
    found: dict[str, _Usual] = {}
    for rule, path, *cells in all_usual_rows():
        setting = _setting(rule, path, *cells)
        exact, patterns = found.get(rule, ({}, ()))
        if "*" in path:
            found[rule] = (exact, (*patterns, setting))
        else:
            found[rule] = ({**exact, path: (*exact.get(path, ()), setting)}, patterns)
    return found


@cache
def _settled() -> frozenset[tuple[str, str]]:
    """Each type with each of its settings that `settings.csv` judges, by its first step."""
    return frozenset(
        (name, path.partition(".")[0])
        for _, types, path, *_ in all_rows()
        for name in types.split(" ")
    )


@cache
def _kubernetes() -> dict[tuple[str, str], tuple[Setting, ...]]:
    found: dict[tuple[str, str], tuple[Setting, ...]] = {}
    for rule, subject, *cells in all_kubernetes_rows():
        found[rule, subject] = (*found.get((rule, subject), ()), _setting(rule, *cells))
    return found


def _setting(
    rule: str, path: str, when: str, severity: str, confidence: str, says: str, users: str = "0"
) -> Setting:
    """The cells of a row as a setting; only `settings.csv` says something of users."""
    direction, _, values = when.partition(":")
    return Setting(
        rule=rule,
        path=path,
        direction=Direction(direction),
        values=frozenset(values.lower().split("|")) if values else frozenset(),
        severity=severity,
        confidence=confidence,
        needs_users=users == "1",
        read=frozenset(users.split(" ")) - {"0", "1"},
        says=says,
    )


@cache
def _table() -> dict[tuple[str, str], tuple[Setting, ...]]:
    found: dict[tuple[str, str], tuple[Setting, ...]] = {}
    for rule, types, path, when, severity, confidence, users, says in all_rows():
        setting = _setting(rule, path, when, severity, confidence, says, users)
        for name in types.split(" "):
            found[rule, name] = (*found.get((rule, name), ()), setting)
    return found
