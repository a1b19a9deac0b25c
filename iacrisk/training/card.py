"""The data card: what a set of rows consists of, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from iacrisk.training.results import Rejected
from iacrisk.training.rows import Row


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """Usable rows of one group, and how many of them are harmful."""

    rows: int = 0
    harmful: int = 0


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """Counts over all rows; every share counts usable rows alone."""

    rows: int
    usable: int
    harmful: int
    combined: int
    """Usable rows with more than one edit."""
    unchanged: int
    """Usable rows whose plan changes no resource."""
    destroying: Share
    """Usable rows whose plan destroys something."""
    classes: dict[str, int]
    """By the worst that happened."""
    stacks: dict[str, Share]
    families: dict[str, Share]
    """A combined case counts in the family of each of its edits."""
    concerns: dict[str, int]
    """Probes broken with hard harm, by concern."""
    victims: int
    """Hard breakages whose address is known."""
    victimless: int
    """Hard breakages that the state has no address for."""
    untouched_victims: int
    """Usable harmful rows in which a victim is a resource that the plan does not change."""
    repeated: int
    unstable: int
    artefacts: dict[str, int]
    """Rows left out because the emulator made the outcome, by what it said."""
    outdated: int
    """Rows of a stack that has changed since: honest, but no longer rebuilt from their seed."""
    rejected: dict[str, int]
    """Cases that gave no row."""
    versions: dict[str, list[str]]


def summarise(rows: Sequence[Row], rejected: Iterable[Rejected], stacks: Mapping[str, str]) -> Card:
    """Count everything that the card tells; `stacks` has today's version of each stack."""
    usable = [row for row in rows if row.stable and not row.outcome.artefact]
    changed = {row.case.name: _changed(row) for row in usable}
    hard = [each for row in usable for each in row.outcome.broken if each.harm not in _SOFT]
    return Card(
        rows=len(rows),
        usable=len(usable),
        harmful=sum(row.outcome.harmful for row in usable),
        combined=sum(len(row.case.edits) > 1 for row in usable),
        unchanged=sum(not changed[row.case.name] for row in usable),
        destroying=_share(
            row for row in usable if any("delete" in to for to in changed[row.case.name].values())
        ),
        classes=_counted(row.outcome.worst for row in usable),
        stacks=_shares((row.case.stack, row) for row in usable),
        families=_shares(
            (family, row) for row in usable for family in {e.family for e in row.case.edits}
        ),
        concerns=_counted(each.concern for each in hard),
        victims=sum(bool(each.address) for each in hard),
        victimless=sum(not each.address for each in hard),
        untouched_victims=sum(
            bool(row.outcome.victims - changed[row.case.name].keys()) for row in usable
        ),
        repeated=sum(row.runs > 1 for row in rows),
        unstable=sum(not row.stable for row in rows),
        artefacts=_counted(
            row.outcome.artefact.partition(":")[0] for row in rows if row.outcome.artefact
        ),
        outdated=sum(row.versions.get("stack") != stacks.get(row.case.stack) for row in rows),
        rejected=_counted(each.reason.partition(":")[0] for each in rejected),
        versions=_versions(rows),
    )


_SOFT = ("degraded", "latent")


class _Change(msgspec.Struct):
    actions: list[str]


class _Resource(msgspec.Struct):
    address: str
    change: _Change
    mode: str = "managed"


class _Plan(msgspec.Struct):
    resource_changes: list[_Resource] = []


_PLANS = msgspec.json.Decoder(_Plan)


def _changed(row: Row) -> dict[str, list[str]]:
    """The actions of every managed resource that the plan changes, by address."""
    return {
        resource.address: resource.change.actions
        for resource in _PLANS.decode(row.plan).resource_changes
        if resource.mode == "managed" and resource.change.actions != ["no-op"]
    }


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))


def _share(rows: Iterable[Row]) -> Share:
    harms = [row.outcome.harmful for row in rows]
    return Share(rows=len(harms), harmful=sum(harms))


def _shares(rows: Iterable[tuple[str, Row]]) -> dict[str, Share]:
    groups: dict[str, list[Row]] = {}
    for name, row in rows:
        groups.setdefault(name, []).append(row)
    return {name: _share(groups[name]) for name in sorted(groups)}


def _versions(rows: Iterable[Row]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        for name, version in row.versions.items():
            if name == "stack":
                continue
            found.setdefault(name, set()).add(version)
    return {name: sorted(found[name]) for name in sorted(found)}
