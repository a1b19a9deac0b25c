"""Search queries of the form `name:value`, as far as they can be compared."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

_TERM: Final = re.compile(r"(-?)(@?[\w.-]+):(\((?:[^()]*)\)|\"[^\"]*\"|[^\s()]+)")
_AND: Final = re.compile(r"\bAND\b")
_OR: Final = re.compile(r"\s+OR\s+")


def finds_less(before: Any, after: Any) -> bool:
    """Whether a query no longer finds all that it found, or cannot be compared."""
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    return " ".join(before.split()) != " ".join(after.split()) and not covers(after, before)


def covers(wide: str, narrow: str) -> bool:
    """Whether all that fits the second query fits the first, as far as plain terms tell."""
    if wide.strip() in {"", "*"}:
        return True
    first, second = _terms(wide), _terms(narrow)
    if first is None or second is None:
        return wide.strip() == narrow.strip()
    return all(name in second and (second[name] <= allowed) for name, allowed in first.items())


@lru_cache(maxsize=256)
def _terms(query: str) -> dict[str, frozenset[str]] | None:
    """What each attribute may be; None for a query of another form."""
    found: dict[str, frozenset[str]] = {}
    for minus, name, value in _TERM.findall(query):
        if minus or name in found:
            return None
        inside = value.strip("()")
        found[name] = frozenset(_OR.split(inside.strip())) if inside else frozenset()
    rest = _AND.sub(" ", _TERM.sub(" ", query)).strip()
    return found if found and not rest else None
