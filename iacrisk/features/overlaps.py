"""A new object that takes something over from one that is already there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from iacrisk.catalog import attachment, resource_type
from iacrisk.catalog.facts import EXCLUSIVE_ATTRIBUTES, INLINE_VERSUS_STANDALONE
from iacrisk.features.directions import covers, network_of
from iacrisk.graph import Graph
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, unset

_DESTINATIONS: Final = (
    "destination_cidr_block",
    "cidr_block",
    "address_prefix",
    "dest_range",
    "destination_cidr",
    "destination",
)
_PRIORITIES: Final = ("priority", "rule_number", "rule_no")
_EXISTS: Final = frozenset({ActionKind.NO_OP, ActionKind.UPDATE, ActionKind.REPLACE})


class Parents:
    """Attachments by the object they act on."""

    def __init__(self, changes: Iterable[ResourceChange]) -> None:
        """Group the attachments among `changes` by type and object."""
        self._groups: dict[tuple[str, str], list[ResourceChange]] = {}
        for change in changes:
            if change.mode == "managed" and attachment(change.type):
                for value in _named(change):
                    self._groups.setdefault((change.type, value), []).append(change)

    def beside(self, change: ResourceChange) -> tuple[ResourceChange, ...]:
        """Other attachments of the same type on the same object."""
        found = {
            other.label: other
            for value in _named(change)
            for other in self._groups.get((change.type, value), ())
            if other is not change
        }
        return tuple(found.values())


def shadows_route(change: ResourceChange, beside: tuple[ResourceChange, ...]) -> bool:
    """Whether a new route is more specific than one that is there and leads elsewhere."""
    own = _destination(change.after)
    if own is None:
        return False
    tables = [other.before for other in beside if other.kind in _EXISTS]
    return any(_is_shadowed(own, values) for values in tables)


def _is_shadowed(own: tuple[int, int, int], there: Mapping[str, Any]) -> bool:
    wider = _destination(there)
    return wider is not None and wider[2] < own[2] and covers(wider, own)


def comes_first(change: ResourceChange, beside: tuple[ResourceChange, ...]) -> bool:
    """Whether a new rule is asked before one that is there, by its number."""
    own = _priority(change.after)
    if own is None:
        return False
    others = (_priority(other.before) for other in beside if other.kind in _EXISTS)
    return any(other is not None and other > own for other in others)


def takes_over(change: ResourceChange, graph: Graph) -> bool:
    """Whether it becomes the owner of a whole list on something that is there already."""
    if change.kind is ActionKind.CREATE and resource_type(change.type).authoritative:
        return any(_is_there(use.node.change) for use in graph.dependencies(change.label))
    return change.kind is ActionKind.UPDATE and any(
        unset(change.before.get(name)) and not _none(change.after.get(name))
        for name in EXCLUSIVE_ATTRIBUTES.get(change.type, ())
    )


def fights_standalone(change: ResourceChange, graph: Graph) -> bool:
    """Whether an inline list is set on a resource that also has standalone members of it."""
    inline = INLINE_VERSUS_STANDALONE.get(change.type, {})
    for name, types in inline.items():
        if name in change.changed and not _none(change.after.get(name)):
            users = graph.consumers(change.label)
            if any(use.node.type in types and _is_there(use.node.change) for use in users):
                return True
    return False


def _none(value: Any) -> bool:
    return value is not UNKNOWN and unset(value)


def _is_there(change: ResourceChange | None) -> bool:
    return change is None or change.kind in _EXISTS


def _named(change: ResourceChange) -> Iterator[str]:
    values = change.after if change.kind is ActionKind.CREATE else change.before
    for name in attachment(change.type):
        value = values.get(name)
        if isinstance(value, str) and value:
            yield value


def _destination(values: Mapping[str, Any]) -> tuple[int, int, int] | None:
    for name in _DESTINATIONS:
        value = values.get(name)
        if isinstance(value, str):
            return network_of(value)
    return None


def _priority(values: Mapping[str, Any]) -> float | None:
    for name in _PRIORITIES:
        value = values.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None
