"""Texts that mean more than themselves: sizes (`S3`, `P1v3`), times (`P14D`, `1h30m`), servers."""

from __future__ import annotations

import re
from typing import Any, Final

from iacrisk.patterns import regex

_NUMBERS: Final = regex(r"\d+")
_DURATION: Final = regex(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?",
    re.IGNORECASE,
)
_HOURS: Final = regex(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_SECONDS: Final = (31_536_000, 2_592_000, 604_800, 86_400, 3_600, 60, 1)


def is_smaller(before: Any, after: Any) -> bool:
    """Whether two names of sizes differ in numbers only, and each that differs falls.

    A version in the name (`Standard_D4s_v5`) is a number as well: where one rises and another
    falls, nothing can be said. Sizes of clothes (`X-Small`, `LARGE`, `2XLARGE`) have an order too.
    """
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    sizes = _clothes_size(before), _clothes_size(after)
    if sizes[0] is not None and sizes[1] is not None:
        return sizes[1] < sizes[0]
    if _NUMBERS.sub("#", before.lower()) != _NUMBERS.sub("#", after.lower()):
        return False
    pairs = zip(_NUMBERS.findall(before), _NUMBERS.findall(after), strict=True)
    moved = [(int(old), int(new)) for old, new in pairs if old != new]
    return bool(moved) and all(new < old for old, new in moved)


_CLOTHES: Final = regex(r"(?:(\d*)(x+)(\d*)[-_]?)?(small|medium|large)", re.IGNORECASE)


def _clothes_size(name: str) -> int | None:
    """How large `2X-Small` (-3), `medium` (0) or `X2LARGE` (3) is; None for other names."""
    match = _CLOTHES.fullmatch(name)
    if match is None:
        return None
    word = match[4].lower()
    steps = 1 + int(match[1] or match[3] or 1) * len(match[2] or "") if word != "medium" else 0
    return -steps if word == "small" else steps


def seconds_of(text: str) -> float | None:
    """The length of `P14D`, `PT1H30M` or `720h0m0s` in seconds; None where it is no such text."""
    iso = text[:1] in {"P", "p"}
    match = (_DURATION if iso else _HOURS).fullmatch(text) if len(text) > 2 else None
    if match is None:
        return None
    units = _SECONDS if iso else _SECONDS[-3:]
    return sum(float(part or 0) * unit for part, unit in zip(match.groups(), units, strict=True))


_SERVER: Final = regex(
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
