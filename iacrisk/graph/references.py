"""References as the plan's configuration lists them, taken apart.

Terraform lists every reference of an expression followed by its shorter prefixes
(`aws_subnet.a.id`, `aws_subnet.a`); only the longest says what is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan import Key, unescape_key

_REFERENCE = regex(
    r"(?:(data|ephemeral)\.)?([^.\[]+)\.([^.\[]+)"
    r"(?:\[(?:(\d+)|\"((?:[^\"\\]|\\.)*)\")\])?"
    r"(?:\[[^\]]*\])*(?:\.([^.\[]+))?",
    re.DOTALL,
)
_STEP_END = regex(r"[.\[]")
_NOT_OBJECTS = frozenset({"path", "terraform", "self", "tofu", "action"})
_OWN_KEY = frozenset({"each", "count"})


class Subject(StrEnum):
    """What a reference points at."""

    RESOURCE = "resource"
    VARIABLE = "variable"
    LOCAL = "local"
    MODULE = "module"


class Mention(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One reference in one argument.

    `name` is the block, variable, local or module call. `by_own_key`: the expression also
    mentions `each` or `count`, so a target with the same keys is met key by key.
    """

    argument: str
    text: str
    subject: Subject
    name: str
    key: Key = None
    attribute: str = ""
    by_own_key: bool = False


def mentions(expressions: dict[str, Any] | None) -> tuple[Mention, ...]:
    """Every reference in a block's expressions, nested blocks included."""
    found: list[Mention] = []
    for argument, expression in (expressions or {}).items():
        for path, references in _reference_lists(expression, argument):
            found += expression_mentions(path, references)
    return tuple(found)


def expression_mentions(argument: str, references: Sequence[str]) -> Iterator[Mention]:
    """The references of one expression, prefixes left out."""
    by_own_key = any(text.partition(".")[0] in _OWN_KEY for text in references)
    for text in _longest(references):
        parsed = _parse(text)
        if parsed is not None:
            subject, name, key, attribute = parsed
            yield Mention(
                argument=argument,
                text=text,
                subject=subject,
                name=name,
                key=key,
                attribute=attribute,
                by_own_key=by_own_key or argument == "for_each",
            )


def _reference_lists(expression: Any, path: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(expression, list):
        for item in expression:
            yield from _reference_lists(item, path)
    elif isinstance(expression, dict):
        references = expression.get("references")
        if isinstance(references, list):
            yield path, [text for text in references if isinstance(text, str)]
        elif "constant_value" not in expression:
            for name, item in expression.items():
                yield from _reference_lists(item, f"{path}.{name}")


def _longest(references: Sequence[str]) -> list[str]:
    prefixes = {text[: end.start()] for text in references for end in _STEP_END.finditer(text)}
    return [text for text in dict.fromkeys(references) if text not in prefixes]


@lru_cache(maxsize=65536)
def _parse(text: str) -> tuple[Subject, str, Key, str] | None:
    match = _REFERENCE.match(text)
    if match is None:
        return None
    mode, first, second, number, quoted, attribute = match.groups()
    key = int(number) if number is not None else _unquoted(quoted)
    if mode:
        return Subject.RESOURCE, f"{mode}.{first}.{second}", key, attribute or ""
    if first in _NOT_OBJECTS or first in _OWN_KEY:
        return None
    if first == "var":
        return Subject.VARIABLE, second, None, attribute or ""
    if first == "local":
        return Subject.LOCAL, second, None, attribute or ""
    if first == "module":
        return Subject.MODULE, second, key, attribute or ""
    return Subject.RESOURCE, f"{first}.{second}", key, attribute or ""


def _unquoted(quoted: str | None) -> str | None:
    try:
        return None if quoted is None else unescape_key(quoted)
    except ValueError:
        return quoted
