"""Arguments with a safe side, and the flags where one leaves it."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog.exposure import (
    Switch,
    Value,
)
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, parse_path
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Outcome,
    Severity,
    Undecided,
)


def flags_of(change: ResourceChange, switches: tuple[Switch, ...]) -> Iterator[Outcome]:
    for switch in switches:
        path = parse_path(switch.path)
        if path[0] not in change.changed:
            continue
        if change.kind is ActionKind.DELETE:
            continue
        if change.kind is ActionKind.CREATE and not switch.on_create:
            continue
        before, after = change.was(switch.path), change.planned(path)
        if change.kind is ActionKind.CREATE:
            before = None
        elif before is None and switch.safe and None not in switch.safe:
            continue
        if after is UNKNOWN:
            if change.kind is ActionKind.UPDATE and not _is_open(before, switch):
                yield Undecided(why="The new value is not known.", paths=(path,))
        elif _is_open(after, switch) and (
            change.kind is ActionKind.CREATE or not _is_open(before, switch)
        ):
            yield Flag(
                what=switch.says,
                paths=(path,),
                severity=Severity(switch.severity),
                confidence=Confidence.HIGH if switch.sure else Confidence.LOW,
            )


def _is_open(value: Value, switch: Switch) -> bool:
    if not isinstance(value, str | bool | int | None):
        return False
    if switch.open:
        return value in switch.open
    if switch.safe:
        return value not in switch.safe
    return value is None or value == ""
