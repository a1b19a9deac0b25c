"""Conditions of web filters, logins and events: which parts have to hold together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from iacrisk.patterns import regex

Alternative = tuple[str, ...]

_MOST: Final = 64
_WORDS: Final = {"or": "||", "and": "&&"}
_WORD: Final = regex(r"\b(and|or)\b", re.IGNORECASE)
_OPENING: Final = "([{"
_CLOSING: Final = ")]}"
_QUOTES: Final = "'\""


@lru_cache(maxsize=512)
def alternatives(expression: str) -> tuple[Alternative, ...]:
    """The alternatives of which one has to hold; of each, the parts that all have to.

    Reads `||`, `&&` and the words `or`, `and`; what is negated as a whole stays one part. An
    expression with too many alternatives is one part as it stands.
    """
    found = tuple(_read(expression))
    return found if len(found) <= _MOST else ((expression.strip(),),)


def _read(expression: str) -> Iterator[Alternative]:
    text = _bare(expression)
    either = _split(text, "||")
    if len(either) > 1:
        for part in either:
            yield from _read(part)
        return
    both = _split(text, "&&")
    if len(both) == 1:
        yield (text,)
        return
    joined: list[Alternative] = [()]
    for part in both:
        inner = list(_read(part))
        joined = [(*left, *right) for left in joined for right in inner][: _MOST + 1]
    yield from joined


def _bare(expression: str) -> str:
    """Without brackets around the whole, and without spaces at its ends."""
    text = expression.strip()
    while text[:1] == "(" and _closes_at(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _closes_at(text: str) -> int:
    """Where the bracket with which the text begins is closed."""
    last = -1
    for place, depth in _depths(text):
        if depth == 0 and text[place] in _CLOSING:
            return place
        last = place
    return last + 1


def _depths(text: str) -> Iterator[tuple[int, int]]:
    """Each place outside of quotes, with the number of brackets open behind it."""
    depth, quote, skip = 0, "", False
    for place, letter in enumerate(text):
        if skip:
            skip = False
        elif quote:
            skip = letter == "\\"
            quote = "" if letter == quote else quote
        elif letter in _QUOTES:
            quote = letter
        else:
            depth += (letter in _OPENING) - (letter in _CLOSING)
            yield place, depth


def _split(text: str, operator: str) -> list[str]:
    """The parts between operators that stand outside of brackets and quotes."""
    outside = {place for place, depth in _depths(text) if depth == 0}
    cuts = [(found.start(), found.end()) for found in _operators(text, operator)]
    parts, start = [], 0
    for begin, end in cuts:
        if begin in outside:
            parts.append(text[start:begin])
            start = end
    return [*parts, text[start:]]


def _operators(text: str, operator: str) -> Iterator[re.Match[str]]:
    yield from sorted(
        [
            *re.finditer(re.escape(operator), text),
            *(word for word in _WORD.finditer(text) if _WORDS[word[1].lower()] == operator),
        ],
        key=lambda found: found.start(),
    )
