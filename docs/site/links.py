"""The links of a Markdown page, found where a renderer would find them, and put elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

_CODE: Final = re.compile(
    r"^(?P<fence> *(?:```+|~~~+)).*?^(?P=fence) *$|(`+)(?!`).*?(?<!`)\2(?!`)",
    re.MULTILINE | re.DOTALL,
)
_LINK: Final = re.compile(r"(?<=\]\()(?P<path>[^)#\s]*)(?P<anchor>#[^)\s]*)?(?=\))")
_HEADING: Final = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
_MARKUP: Final = re.compile(r"\[([^]]*)\]\([^)]*\)|[`*]")
_FOREIGN: Final = re.compile(r"[a-z]+:|//")


def put_links(text: str, put: Callable[[str, str], str]) -> str:
    """`text` with each link inside the repository replaced by what `put` makes of it.

    `put` takes the path, "" for a place on the same page, and the anchor with its `#`, or "".
    Code is left alone, and so are addresses on the web.
    """

    def placed(match: re.Match[str]) -> str:
        path, anchor = match["path"], match["anchor"] or ""
        return match[0] if _FOREIGN.match(path) else put(path, anchor)

    return "".join(
        piece if is_code else _LINK.sub(placed, piece) for piece, is_code in _pieces(text)
    )


def links(text: str) -> list[tuple[str, str]]:
    """Path and anchor of each link inside the repository."""
    found: list[tuple[str, str]] = []

    def keep(path: str, anchor: str) -> str:
        found.append((path, anchor))
        return path + anchor

    put_links(text, keep)
    return found


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives the headings of a page, without `#`."""
    found: set[str] = set()
    for heading in _HEADING.findall(without_fences(text)):
        plain = _MARKUP.sub(r"\1", heading).strip().lower()
        name = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number = 0
        while (numbered := f"{name}-{number}" if number else name) in found:
            number += 1
        found.add(numbered)
    return found


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text cut into prose and code, with whether it is code."""
    end = 0
    for match in _CODE.finditer(text):
        yield text[end : match.start()], False
        yield match[0], True
        end = match.end()
    yield text[end:], False


def without_fences(text: str) -> str:
    """The text without its code blocks; one inside a list stays, for it has no place there."""
    return re.sub(r"^(```+|~~~+).*?^\1 *$", "", text, flags=re.MULTILINE | re.DOTALL)
