"""Conditions of PagerDuty on events: `event.summary matches part 'disk' and ... or ...`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from iacrisk.catalog.environments import environment_named
from iacrisk.patterns import regex
from iacrisk.rules.readers.alternatives import alternatives as expression_alternatives

Alternative = frozenset[str]
"""Terms that all have to hold."""

_GRAVE: Final = regex(r"\bseverity\s+matches\b.*?\b(critical|error)\b", re.IGNORECASE)
_ALWAYS: Final = regex(r"\bexists$|\bmatches\s+regex\s+['\"]\^?\.[*+]\$?['\"]$", re.IGNORECASE)
_DENIED: Final = regex(r"not\b|!", re.IGNORECASE)
_VALUE: Final = regex(r"\bmatches\b.*?(['\"])(.*?)\1")
_PLACE: Final = regex(r"\b(env|environment|stage|tier)\s+matches\b", re.IGNORECASE)


def alternatives(expressions: Iterable[str]) -> frozenset[Alternative]:
    """What fits: each alternative of each expression, any of which is enough."""
    return frozenset(
        frozenset(" ".join(term.split()) for term in one)
        for text in expressions
        for one in expression_alternatives(text)
    )


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
