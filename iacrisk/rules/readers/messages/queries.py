"""Search queries of the form `facet:value`: what they find, as far as facets tell.

Source: https://docs.datadoghq.com/logs/explorer/search_syntax/
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import product
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex

_TOKEN: Final = regex(r'\(|\)|-(?=[@\w(*"])|[^\s()":]+:(?:"[^"]*"|\(|[^\s()]+)|"[^"]*"|[^\s()]+')
_NONE: Final[frozenset[str]] = frozenset()
_MOST: Final = 64
"""Alternatives that are kept apart; a query of more may find anything."""


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """What all that is found by one alternative has in common.

    `wanted`: facet to the values of which it has one; `refused`: to those that it has not. A word
    without a facet is one of its own. `is_whole`: there is no further condition.
    """

    wanted: dict[str, frozenset[str]] = {}
    refused: dict[str, frozenset[str]] = {}
    is_whole: bool = True

    def meets(self, other: Alternative) -> bool:
        """Whether something may be found by both."""
        shared = self.wanted.keys() & other.wanted.keys()
        if not all(_overlap(self.wanted[facet], other.wanted[facet]) for facet in shared):
            return False
        return not (self._refuses(other) or other._refuses(self))

    def holds(self, other: Alternative) -> bool:
        """Whether all that the other one finds is found by this one, for certain.

        A thing may have two values of a facet, so one that is wanted refuses no other.
        """
        return (
            self.is_whole
            and all(other._has_only(facet, values) for facet, values in self.wanted.items())
            and all(
                values <= other.refused.get(facet, _NONE) for facet, values in self.refused.items()
            )
        )

    def _has_only(self, facet: str, values: frozenset[str]) -> bool:
        own = self.wanted.get(facet)
        return own is not None and all(_any_fits(value, values) for value in own)

    def _refuses(self, other: Alternative) -> bool:
        shared = self.refused.keys() & other.wanted.keys()
        return any(
            all(_any_fits(value, self.refused[facet]) for value in other.wanted[facet])
            for facet in shared
        )

    def joined(self, other: Alternative) -> Alternative:
        """What is found by both."""
        wanted = dict(self.wanted)
        for facet, values in other.wanted.items():
            wanted[facet] = wanted[facet] & values if facet in wanted else values
        refused = dict(self.refused)
        for facet, values in other.refused.items():
            refused[facet] = refused.get(facet, frozenset()) | values
        return Alternative(
            wanted=wanted, refused=refused, is_whole=self.is_whole and other.is_whole
        )


def _overlap(one: frozenset[str], other: frozenset[str]) -> bool:
    return any(_any_fits(value, other) for value in one) or any(
        _any_fits(value, one) for value in other
    )


def _any_fits(value: str, patterns: frozenset[str]) -> bool:
    return any(fnmatchcase(value, pattern) for pattern in patterns)


def finds_less(before: Any, after: Any) -> bool:
    """Whether a query no longer finds all that it found, or cannot be compared."""
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    return " ".join(before.split()) != " ".join(after.split()) and not covers(after, before)


def covers(wide: str, narrow: str) -> bool:
    """Whether the first query finds all that the second does, for certain."""
    if wide.strip() == narrow.strip():
        return True
    return all(any(one.holds(other) for one in read_query(wide)) for other in read_query(narrow))


@lru_cache(maxsize=256)
def read_query(text: str) -> Sequence[Alternative]:
    """The alternatives of a query. What is not understood limits nothing."""
    found = tuple(_Reader(_TOKEN.findall(text.lower())).alternatives())
    return found if len(found) <= _MOST else (Alternative(is_whole=False),)


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
    only = found[0]
    if len(found) == 1 and len(only.wanted) == 1 and not only.refused and only.is_whole:
        return Alternative(refused=only.wanted)
    return Alternative(is_whole=False)
