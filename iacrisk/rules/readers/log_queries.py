"""Log queries in Datadog's words: which logs they mean, as far as facets tell.

Source: https://docs.datadoghq.com/logs/explorer/search_syntax/
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from itertools import product
from typing import Final

import msgspec

_TOKEN: Final = re.compile(
    r'\(|\)|-(?=[@\w(*"])|[^\s()":]+:(?:"[^"]*"|\(|[^\s()]+)|"[^"]*"|[^\s()]+'
)
_MOST: Final = 64
"""Alternatives that are kept apart; a query of more means all logs."""


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """What all logs of one alternative have in common.

    `wanted`: facet to the values of which they have one; `refused`: to those that they have not. A
    word without a facet is one of its own.
    """

    wanted: dict[str, frozenset[str]] = {}
    refused: dict[str, frozenset[str]] = {}

    def meets(self, other: Alternative) -> bool:
        """Whether a log may be meant by both."""
        shared = self.wanted.keys() & other.wanted.keys()
        if not all(_overlap(self.wanted[facet], other.wanted[facet]) for facet in shared):
            return False
        return not (self._refuses(other) or other._refuses(self))

    def _refuses(self, other: Alternative) -> bool:
        shared = self.refused.keys() & other.wanted.keys()
        return any(
            all(_any_fits(value, self.refused[facet]) for value in other.wanted[facet])
            for facet in shared
        )

    def joined(self, other: Alternative) -> Alternative:
        """What logs have in common that are meant by both."""
        wanted = dict(self.wanted)
        for facet, values in other.wanted.items():
            wanted[facet] = wanted[facet] & values if facet in wanted else values
        refused = dict(self.refused)
        for facet, values in other.refused.items():
            refused[facet] = refused.get(facet, frozenset()) | values
        return Alternative(wanted=wanted, refused=refused)


def _overlap(one: frozenset[str], other: frozenset[str]) -> bool:
    return any(_any_fits(value, other) for value in one) or any(
        _any_fits(value, one) for value in other
    )


def _any_fits(value: str, patterns: frozenset[str]) -> bool:
    return any(fnmatchcase(value, pattern) for pattern in patterns)


def read_query(text: str) -> Sequence[Alternative]:
    """The alternatives of a query. What is not understood limits nothing."""
    found = _Reader(_TOKEN.findall(text.lower())).alternatives()
    return found if len(found) <= _MOST else (Alternative(),)


class _Reader:
    """Reads the words one after the other."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._next = 0

    def alternatives(self) -> list[Alternative]:
        """Up to the end, or to the bracket that closes."""
        found = self._together()
        while self._take("or"):
            found = [*found, *self._together()]
        return found

    def _together(self) -> list[Alternative]:
        found = [Alternative()]
        while self._next < len(self._words) and self._word() not in {")", "or"}:
            if self._take("and"):
                continue
            pairs = product(found, self._one())
            found = [one.joined(other) for one, other in pairs][: _MOST + 1]
        return found

    def _one(self) -> list[Alternative]:
        if self._take("-") or self._take("not"):
            return [_refusing(self._one())]
        word = self._word()
        self._next += 1
        if word == "(":
            return self._bracket()
        facet, colon, value = word.partition(":")
        if word == "*":
            return [Alternative()]
        if not colon or facet.startswith('"'):
            return [Alternative(wanted={f"text {word}": frozenset({word})})]
        if value == "(":
            return [Alternative(wanted={facet: self._values()})]
        return [Alternative(wanted={facet: frozenset({value.strip('"')})})]

    def _bracket(self) -> list[Alternative]:
        found = self.alternatives()
        self._take(")")
        return found

    def _values(self) -> frozenset[str]:
        """The values of `facet:(one OR other)`."""
        values = set()
        while self._next < len(self._words) and not self._take(")"):
            values.add(self._word().strip('"'))
            self._next += 1
        return frozenset(values - {"or", "and", "("})

    def _word(self) -> str:
        return self._words[self._next] if self._next < len(self._words) else ""

    def _take(self, word: str) -> bool:
        taken = self._word() == word
        self._next += taken
        return taken


def _refusing(found: list[Alternative]) -> Alternative:
    """The contrary, where it is one facet; anything more limits nothing."""
    if len(found) == 1 and len(found[0].wanted) == 1 and not found[0].refused:
        return Alternative(refused=found[0].wanted)
    return Alternative()
