"""Trees that lead alarms to receivers, as Alertmanager and Grafana walk them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from iacrisk.plan.values import mapping, members
from iacrisk.rules.readers.shapes import blocks

Values = Mapping[str, Any]
Labels = Mapping[str, str]
_LEVELS: Final = 8


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """A branch: what it takes, whom it calls, whether those behind it are asked as well."""

    receiver: str
    tests: tuple[tuple[str, str, str], ...] = ()
    goes_on: bool = False
    branches: tuple[Branch, ...] = ()


def grafana_tree(values: Values, receiver: str = "", level: int = 0) -> Branch:
    """The tree of a notification policy of Grafana."""
    own = str(values.get("contact_point") or receiver)
    below = blocks(values.get("policy")) if level < _LEVELS else []
    return Branch(
        receiver=own,
        tests=tuple(
            (str(one.get("label")), str(one.get("match") or "="), str(one.get("value") or ""))
            for one in blocks(values.get("matcher"))
        ),
        goes_on=values.get("continue") is True,
        branches=tuple(grafana_tree(one, own, level + 1) for one in below),
    )


def alertmanager_tree(route: Values, receiver: str = "", level: int = 0) -> Branch:
    """The tree of the `route` of an AlertmanagerConfig."""
    own = str(route.get("receiver") or receiver)
    below = members(route.get("routes")) if level < _LEVELS else []
    return Branch(
        receiver=own,
        tests=tuple(
            (str(one.get("name")), _kind(one), str(one.get("value") or ""))
            for one in members(route.get("matchers"))
        ),
        goes_on=route.get("continue") is True,
        branches=tuple(alertmanager_tree(one, own, level + 1) for one in below),
    )


def _kind(matcher: Values) -> str:
    return str(matcher.get("matchType") or ("=~" if matcher.get("regex") is True else "="))


def receivers_of(tree: Branch, labels: Labels) -> frozenset[str]:
    """Who is called by an alarm with these labels, if the root takes it."""
    found: set[str] = set()
    for branch in tree.branches:
        if not takes(branch, labels):
            continue
        found |= receivers_of(branch, labels)
        if not branch.goes_on:
            break
    return frozenset(found or {tree.receiver})


def takes(branch: Branch, labels: Labels) -> bool:
    """Whether the branch takes an alarm; a label that is missing is an empty text."""
    return all(_fits(kind, wanted, labels.get(name, "")) for name, kind, wanted in branch.tests)


def _fits(kind: str, wanted: str, value: str) -> bool:
    if kind in {"=", "!="}:
        return (value == wanted) == (kind == "=")
    pattern = _pattern(wanted)
    return pattern is not None and (pattern.fullmatch(value) is not None) == (kind == "=~")


@lru_cache(maxsize=512)
def _pattern(text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text)
    except re.error:
        return None


def asked_for(tree: Branch, above: Labels | None = None) -> Iterator[dict[str, str]]:
    """The labels that each branch asks for by equality, those of the branches above included."""
    for branch in tree.branches:
        wanted = {name: value for name, kind, value in branch.tests if kind == "="}
        labels = {**(above or {}), **wanted}
        if len(wanted) == len(branch.tests) and labels:
            yield labels
            yield from asked_for(branch, labels)


def labels_of_rules(values: Values) -> Iterator[dict[str, str]]:
    """The labels of the alarms of a rule group of Grafana that are not paused."""
    for one in blocks(values.get("rule")):
        settings = blocks(one.get("notification_settings"))
        if one.get("is_paused") is True or settings or blocks(one.get("record")):
            continue
        yield {"alertname": str(one.get("name")), **_texts(one.get("labels"))}


def labels_of_manifest(spec: Values) -> Iterator[dict[str, str]]:
    """The labels of the alarms of a PrometheusRule."""
    for group in members(spec.get("groups")):
        for one in members(group.get("rules")):
            if isinstance(one.get("alert"), str):
                yield {"alertname": one["alert"], **_texts(one.get("labels"))}


def _texts(value: object) -> dict[str, str]:
    return {name: text for name, text in mapping(value).items() if isinstance(text, str)}
