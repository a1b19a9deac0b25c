"""Texts that mean more than themselves: names of sizes (`S3`, `P1v3`), times (`P14D`), servers."""

from __future__ import annotations

import re
from typing import Any, Final

_NUMBERS: Final = re.compile(r"\d+")
_DURATION: Final = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?",
    re.IGNORECASE,
)
_SECONDS: Final = (31_536_000, 2_592_000, 604_800, 86_400, 3_600, 60, 1)


def is_smaller(before: Any, after: Any) -> bool:
    """Whether two names of sizes differ in numbers only, and each that differs falls.

    A version in the name (`Standard_D4s_v5`) is a number as well: where one rises and another
    falls, nothing can be said.
    """
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    if _NUMBERS.sub("#", before.lower()) != _NUMBERS.sub("#", after.lower()):
        return False
    pairs = zip(_NUMBERS.findall(before), _NUMBERS.findall(after), strict=True)
    moved = [(int(old), int(new)) for old, new in pairs if old != new]
    return bool(moved) and all(new < old for old, new in moved)


def seconds_of(text: str) -> float | None:
    """The length of `P14D` or `PT1H30M` in seconds; None where it is no such text."""
    match = _DURATION.fullmatch(text) if text[:1] in {"P", "p"} and len(text) > 2 else None
    if match is None:
        return None
    return sum(float(part or 0) * unit for part, unit in zip(match.groups(), _SECONDS, strict=True))


_SERVER: Final = re.compile(
    r"(?:(?<=://)|(?<=@))[a-z0-9][a-z0-9.-]*|\b[a-z0-9-]+(?:\.[a-z0-9-]+)+\.[a-z]{2,}\b",
    re.IGNORECASE,
)
_LONGEST: Final = 4096


def names_another_server(before: Any, after: Any) -> bool:
    """Whether a text that named a server names another one instead."""
    old, new = _servers_in(before), _servers_in(after)
    return bool(new and old - new)


def _servers_in(value: Any) -> frozenset[str]:
    """The host names in a URL, a connection string or a plain name of three parts or more."""
    if not isinstance(value, str):
        return frozenset()
    return frozenset(name.lower() for name in _SERVER.findall(value[:_LONGEST]))
