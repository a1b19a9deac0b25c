"""Attribute values: known, unknown or absent, and how to find what differs.

A known value is plain JSON data. An absent one is None, whether the key is missing or null:
Terraform does not tell them apart. An unknown one ("known after apply") is UNKNOWN, which is
neither false nor missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from typing import Any, Final, Literal

import msgspec

PathStep = str | int
Path = tuple[PathStep, ...]


class _Unknown(Enum):
    UNKNOWN = "(known after apply)"

    def __repr__(self) -> str:
        return self.value


UNKNOWN: Final = _Unknown.UNKNOWN
Unknown = Literal[_Unknown.UNKNOWN]


class Difference(msgspec.Struct, frozen=True):
    """One leaf that differs between two attribute trees."""

    path: Path
    before: Any
    after: Any


def lookup(tree: Any, path: Path) -> Any:
    """The value at `path`, or None where the tree ends before it."""
    for step in path:
        if isinstance(tree, str):
            return None
        try:
            tree = tree[step]
        except (KeyError, IndexError, TypeError):
            return None
    return tree


def mapping(value: Any) -> dict[str, Any]:
    """`value` where it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def members(value: Any) -> list[dict[str, Any]]:
    """The mappings of a list, such as the blocks of one name."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def marked(marks: Any, path: Path) -> bool:
    """Whether a mirror tree such as `after_unknown` marks `path` or something above it."""
    for step in path:
        if marks is True:
            return True
        try:
            marks = marks[step]
        except (KeyError, IndexError, TypeError):
            return False
    return marks is True


def any_mark(marks: Any) -> bool:
    """Whether a mirror tree marks anything at all."""
    if isinstance(marks, dict):
        return any(map(any_mark, marks.values()))
    if isinstance(marks, list):
        return any(map(any_mark, marks))
    return marks is True


def fill_unknown(value: Any, marks: Any) -> Any:
    """`value` with UNKNOWN wherever the mirror tree `marks` says so."""
    if marks is True:
        return UNKNOWN
    if isinstance(marks, dict) and any_mark(marks):
        known = value if isinstance(value, dict) else {}
        filled = dict(known)
        for name, mark in marks.items():
            if mark:
                filled[name] = fill_unknown(known.get(name), mark)
        return filled
    if isinstance(marks, list) and any_mark(marks):
        known_items = value if isinstance(value, list) else []
        length = max(len(known_items), len(marks))
        padded_values = [*known_items, *[None] * (length - len(known_items))]
        padded_marks = [*marks, *[False] * (length - len(marks))]
        return [fill_unknown(*pair) for pair in zip(padded_values, padded_marks, strict=True)]
    return value


def differences(before: Any, after: Any, path: Path = ()) -> list[Difference]:
    """Every leaf that differs, in the order of the attribute names."""
    found: list[Difference] = []
    if before != after:
        _collect(before, after, path, found)
    return found


def _collect(before: Any, after: Any, path: Path, found: list[Difference]) -> None:
    steps: Iterable[tuple[PathStep, Any, Any]]
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted(before.keys() | after.keys())
        steps = ((name, before.get(name), after.get(name)) for name in names)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        steps = zip(range(len(before)), before, after, strict=True)
    else:
        found.append(Difference(path, before, after))
        return
    for step, old, new in steps:
        if old != new:
            _collect(old, new, (*path, step), found)


def unset(value: Any) -> bool:
    """Whether a provider would read the value as "not set": null, "", [], {} or only such."""
    if isinstance(value, dict):
        return all(map(unset, value.values()))
    if isinstance(value, list):
        return all(map(unset, value))
    return value is None or value == ""


def format_path(path: Path) -> str:
    """`ingress[0].cidr_blocks`, as a person would write it in HCL."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.isidentifier() or step.replace("-", "_").isidentifier():
            text += f".{step}" if text else step
        else:
            text += f"[{msgspec.json.encode(step).decode()}]"
    return text


@lru_cache(maxsize=4096)
def parse_path(text: str) -> Path:
    """The path of a dotted text such as `root_block_device.0.volume_size`."""
    return tuple(int(step) if step.isdigit() else step for step in text.split("."))
