"""Conditions of PagerDuty on events: `event.summary matches part 'disk' and ... or ...`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from iacrisk.catalog.environments import environment_named

Alternative = frozenset[str]
"""Terms that all have to hold."""

_TOKEN: Final = re.compile(r"'[^']*'|\"[^\"]*\"|[()]|\bor\b|\band\b|[^'\"()\s]+|\s+", re.IGNORECASE)
_GRAVE: Final = re.compile(r"\bseverity\s+matches\b.*?\b(critical|error)\b", re.IGNORECASE)
_ALWAYS: Final = re.compile(r"\bexists$|\bmatches\s+regex\s+['\"]\^?\.[*+]\$?['\"]$", re.IGNORECASE)
_DENIED: Final = re.compile(r"not\b|!", re.IGNORECASE)
_VALUE: Final = re.compile(r"\bmatches\b.*?(['\"])(.*?)\1")
_PLACE: Final = re.compile(r"\b(env|environment|stage|tier)\s+matches\b", re.IGNORECASE)


def alternatives(expressions: Iterable[str]) -> frozenset[Alternative]:
    """What fits: each alternative of each expression, any of which is enough."""
    return frozenset(
        frozenset(_split(one, "and")) for text in expressions for one in _split(text, "or")
    )


def _split(text: str, word: str) -> Iterator[str]:
    """The parts between the word, where it stands outside quotes and brackets."""
    depth, part = 0, ""
    for token in _TOKEN.findall(_unwrapped(text)):
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth == 0 and token.lower() == word:
            yield " ".join(part.split())
            part = ""
        else:
            part += token
    if part.strip():
        yield " ".join(part.split())


def _unwrapped(text: str) -> str:
    """The text without brackets around all of it."""
    text = text.strip()
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for token in _TOKEN.findall(text)[:-1]:
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth == 0:
            return text
    return _unwrapped(text[1:-1])


def fits_alarms(one: Alternative) -> bool:
    """Whether it fits alarms at large: by a grave severity, by production, or nearly all events."""
    return all(map(_is_broad, one))


def fits_more(fitting: frozenset[Alternative], known: frozenset[Alternative]) -> bool:
    """Whether alarms come to fit that did not before."""
    return any(
        fits_alarms(one) or (any(one < other for other in known) and not is_below_production(one))
        for one in fitting - known
    )


def is_below_production(one: Alternative) -> bool:
    """Whether it fits events of another environment than production only."""
    return any(_environment(term) not in (None, "production") for term in one)


def _is_broad(term: str) -> bool:
    if _PLACE.search(term):
        return _environment(term) == "production"
    return bool(_DENIED.match(term) or _GRAVE.search(term) or _ALWAYS.search(term))


def _environment(term: str) -> str | None:
    """The environment that a term asks for; "" for any but production."""
    value = _VALUE.search(term) if _PLACE.search(term) else None
    named = environment_named(value[2]) if value is not None else None
    if not _DENIED.match(term):
        return named
    return "" if named == "production" else ("production" if named else None)
