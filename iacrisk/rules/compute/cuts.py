"""Numbers that go down and switches that go off, wherever a type keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import Any, Final

import msgspec

from iacrisk.catalog.capacity import BY_USE, CAPACITY, SWITCHES, Capacity, Role
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, Path, ResourceChange, format_path, lookup
from iacrisk.rules.readers.settings.settings import known, steps_of

UNLIMITED: Final = float("inf")


class Depth(IntEnum):
    """How much of the capacity goes."""

    MOST = 1
    """More than half."""
    ALL = 2


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """A number that falls far, or to zero; for a switch `role` is None."""

    path: Path
    role: Role | None
    depth: Depth
    before: float
    after: float

    @property
    def what(self) -> str:
        """The cut in one sentence."""
        name = format_path(self.path)
        if self.role is None:
            return f"It is switched off ({name})."
        before = "no limit" if self.before == UNLIMITED else f"{self.before:g}"
        return f"{name} goes from {before} to {self.after:g}."


def counted_types() -> frozenset[str]:
    """The types that have a number or a switch to look at."""
    return frozenset({*CAPACITY, *SWITCHES, *_TEXT_OF_TYPE})


def find_cuts(change: ResourceChange) -> list[Cut]:
    """Every deep cut of a change, the switches first."""
    return [*_switched_off(change), *_lowered(change), *_lowered_in_text(change)]


def hidden_numbers(change: ResourceChange) -> list[Path]:
    """Where a number or a switch that is on today is not known any more."""
    numbers = [
        path
        for capacity in CAPACITY.get(change.type, ())
        for path, before, after in _values(change, capacity)
        if after is UNKNOWN and (_number(before) or 0) > 0
    ]
    switches = [
        (*steps_of(path),)
        for path, on in SWITCHES.get(change.type, {}).items()
        if _is_on(lookup(change.before, steps_of(path)), on)
        and change.planned(steps_of(path)) is UNKNOWN
    ]
    return [*switches, *numbers]


def raised(change: ResourceChange) -> float:
    """By how much the change raises what runs; a created object counts in full."""
    return sum(
        max(0, (_number(after) or 0) - (_number(before) or 0))
        for capacity in CAPACITY.get(change.type, ())
        if capacity.role is Role.RUNNING
        for _, before, after in _values(change, capacity)
    )


def _switched_off(change: ResourceChange) -> Iterator[Cut]:
    for text, on in SWITCHES.get(change.type, {}).items():
        path = steps_of(text)
        after = change.planned(path)
        if not _is_on(lookup(change.before, path), on) or after is None or after is UNKNOWN:
            continue
        if not _is_on(after, on):
            yield Cut(path=path, role=None, depth=Depth.ALL, before=1, after=0)


def _is_on(value: Any, on: frozenset[Any]) -> bool:
    return isinstance(value, bool | str) and value in on


def _lowered(change: ResourceChange) -> Iterator[Cut]:
    if _goes_by_use(change):
        return
    for capacity in CAPACITY.get(change.type, ()):
        for path, before, after in _values(change, capacity):
            depth = _depth(_number(before), _number(after))
            if depth is not None:
                yield Cut(
                    path=path,
                    role=capacity.role,
                    depth=depth,
                    before=_number(before) or 0,
                    after=_number(after) or 0,
                )


def _goes_by_use(change: ResourceChange) -> bool:
    if change.type not in BY_USE:
        return False
    path, value = BY_USE[change.type]
    return bool(change.planned(steps_of(path)) == value)


def _depth(before: float | None, after: float | None) -> Depth | None:
    if before is None or after is None or before <= 0 or after >= before:
        return None
    if after <= 0:
        return Depth.ALL
    return Depth.MOST if before != UNLIMITED and after * 2 < before else None


def _values(change: ResourceChange, capacity: Capacity) -> Iterator[tuple[Path, Any, Any]]:
    """The places of a number with its values today and planned."""
    steps = steps_of(capacity.path)
    if "*" not in steps:
        yield steps, lookup(change.before, steps), change.planned(steps)
        return
    star = steps.index("*")
    head, tail = steps[:star], steps[star + 1 :]
    items, planned = lookup(change.before, head), change.planned(head)
    for index, item in enumerate(items if isinstance(items, list) else ()):
        match = _counterpart(item, index, planned)
        yield (*head, index, *tail), lookup(item, tail), match and known(match, tail)


def _counterpart(item: Any, index: int, planned: Any) -> Any:
    """The planned item of the same name, or else at the same place."""
    if planned is UNKNOWN or not isinstance(planned, list):
        return planned
    name = lookup(item, ("name",))
    named = [other for other in planned if name is not None and lookup(other, ("name",)) == name]
    return (named or planned[index : index + 1] or [None])[0]


def _number(value: Any) -> float | None:
    """The number a provider means: it may be text, and below zero it means no limit."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return UNLIMITED if number < 0 else number


_TEXT_OF_TYPE: Final = {
    "helm_release": "values",
    "kubectl_manifest": "yaml_body",
    "nomad_job": "jobspec",
}
_REPLICAS: Final = regex(
    r"^[\s-]*\"?(\w*[rR]eplica(?:s|Count)|[cC]ount)\"?\s*[:=]\s*\"?(\d+)\"?\s*,?$",
    re.MULTILINE,
)


def _lowered_in_text(change: ResourceChange) -> Iterator[Cut]:
    """Replica counts inside YAML, and helm's `set` blocks."""
    name = _TEXT_OF_TYPE.get(change.type)
    if name is None:
        return
    pairs = [((name,), _texts(change.before.get(name)), _texts(change.after.get(name)))]
    if change.type == "helm_release":
        pairs.append((("set",), _settings(change.before), _settings(change.after)))
    for path, before, after in pairs:
        old, new = _REPLICAS.findall(before), _REPLICAS.findall(after)
        if [key for key, _ in old] != [key for key, _ in new]:
            continue
        for (_, was), (_, becomes) in zip(old, new, strict=True):
            depth = _depth(float(was), float(becomes))
            if depth is not None:
                yield Cut(
                    path=path,
                    role=Role.RUNNING,
                    depth=depth,
                    before=float(was),
                    after=float(becomes),
                )


def _texts(value: Any) -> str:
    items = value if isinstance(value, list) else [value]
    return "\n".join(item for item in items if isinstance(item, str))


def _settings(values: dict[str, Any]) -> str:
    items = values.get("set")
    pairs = [
        (str(item.get("name")).rpartition(".")[2], item.get("value"))
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict)
    ]
    return "\n".join(f"{name}: {value}" for name, value in sorted(pairs, key=str))
