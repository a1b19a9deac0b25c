"""Which changes a report tells in detail, in one line, or folded; and which tell the same story.

Twenty instances of one block that meet the same fate are told once, with their addresses.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from iacrisk.assess import AssessedChange, Assessment
from iacrisk.report.words import waiting_addresses

WORTH_A_LINE = 10
"""Changes without findings are named from this score on."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Changes with the same story; the first one tells it."""

    items: tuple[AssessedChange, ...]
    waits: bool

    @property
    def first(self) -> AssessedChange:
        """The one that is told."""
        return self.items[0]

    @property
    def others(self) -> tuple[AssessedChange, ...]:
        """Those that are only named."""
        return self.items[1:]


class Shares(msgspec.Struct, frozen=True, kw_only=True):
    """The changes of a report: told in detail, named in a line, folded into counts."""

    detailed: tuple[Group, ...]
    named: tuple[Group, ...]
    folded: tuple[AssessedChange, ...]


def share_out(assessment: Assessment, in_detail: int, in_a_line: int) -> Shares:
    """What waits comes first, then what has findings, each by falling score."""
    waiting = waiting_addresses(assessment)
    groups = _groups(assessment.changes, waiting)
    groups.sort(key=lambda group: (not group.waits, -group.first.score.score, group.first.address))
    detailed = [group for group in groups if group.waits or group.first.findings][:in_detail]
    told = {id(group) for group in detailed}
    named = [
        group
        for group in groups
        if id(group) not in told
        and (group.waits or group.first.findings or group.first.score.score >= WORTH_A_LINE)
    ][:in_a_line]
    told |= {id(group) for group in named}
    folded = tuple(item for group in groups if id(group) not in told for item in group.items)
    return Shares(detailed=tuple(detailed), named=tuple(named), folded=folded)


def _groups(changes: Iterable[AssessedChange], waiting: frozenset[str]) -> list[Group]:
    alike: dict[tuple[object, ...], list[AssessedChange]] = {}
    for item in changes:
        waits = item.address in waiting
        alike.setdefault((waits, *_story(item)), []).append(item)
    return [Group(items=tuple(items), waits=bool(key[0])) for key, items in alike.items()]


def _story(item: AssessedChange) -> tuple[object, ...]:
    """What has to be equal for two changes to be told as one."""
    change = item.change
    findings = tuple((finding.rule, finding.severity, finding.what) for finding in item.findings)
    block = (change.type, change.name, change.kind, change.action_reason)
    return (*block, item.score.score, findings, item.benign, change.replace_roots)
