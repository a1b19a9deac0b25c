"""Text that fits: how wide it is, and how it is cut where it is too wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

import msgspec

from iacrisk.graph import Node
from iacrisk.patterns import regex
from iacrisk.plan import Key, Redactor, format_key, parse_address
from iacrisk.report.plain import plain

_CHAR: Final = 0.62
"""Width of a character of a monospaced face, in font sizes; no common one is wider."""
_DIGITS: Final = regex(r"(\d+)")
_ELLIPSIS: Final = "…"


def text_width(text: str, size: float) -> float:
    """How much room `text` takes at most in a monospaced face of `size`."""
    return _cells(text) * size * _CHAR


def cut_middle(text: str, room: float, size: float) -> str:
    """`text`, or its beginning and its end with an ellipsis between, as long as there is room."""
    cells = int(room / (size * _CHAR))
    if _cells(text) <= cells:
        return text
    tail = (cells - 1) // 2
    return _take(text, cells - 1 - tail) + _ELLIPSIS + _take(text[::-1], tail)[::-1]


def cut_end(text: str, room: float, size: float) -> str:
    """`text`, or its beginning with an ellipsis behind."""
    cells = int(room / (size * _CHAR))
    return text if _cells(text) <= cells else _take(text, cells - 1).rstrip() + _ELLIPSIS


def count_tag(number: int) -> str:
    """`x66`, for a card that stands for several; empty for one."""
    return f"\N{MULTIPLICATION SIGN}{number:,}" if number > 1 else ""


def natural(text: str) -> list[tuple[bool, int, str]]:
    """A sort key that puts `a[2]` before `a[10]`."""
    return [
        (part.isdecimal(), int(part) if part.isdecimal() else 0, part)
        for part in _DIGITS.split(text)
    ]


class NameParts(msgspec.Struct, frozen=True, kw_only=True):
    """A node's address in the parts that a card shows, masked and plain.

    `short_module` leaves out the word module: `team / service["a"]`.
    """

    address: str
    kind: str
    name: str
    module: str = ""
    short_module: str = ""

    def in_common(self, others: Sequence[NameParts], modules: int) -> NameParts:
        """What stays of these parts beside those of others, that stand in so many modules."""
        names = {other.name for other in others}
        blocks = {other.name.partition("[")[0] for other in others}
        name = names.pop() if len(names) == 1 else blocks.pop() if len(blocks) == 1 else "various"
        if modules == 1:
            return msgspec.structs.replace(self, name=name)
        among = f"{modules:,} modules"
        return msgspec.structs.replace(self, name=name, module=among, short_module=among)


def name_parts(node: Node, redactor: Redactor) -> NameParts:
    """The parts of the node's label; the whole is the name where it cannot be taken apart."""
    address = node.label if node.change is None else node.change.address
    shown = plain(redactor.address(node.label))
    kind = node.type or node.kind.value
    try:
        where = parse_address(redactor.address(address))
    except ValueError:
        return NameParts(address=shown, kind=plain(kind), name=shown)

    def with_key(name: str, key: Key) -> str:
        return plain(name + redactor.text(format_key(key)))

    steps = [with_key(step.name, step.key) for step in where.module]
    deposed = plain(redactor.text(node.label.removeprefix(address)))
    return NameParts(
        address=shown,
        kind=plain(f"data.{kind}" if where.mode == "data" else kind),
        name=with_key(where.name, where.key) + deposed,
        module=".".join(f"module.{step}" for step in steps),
        short_module=" / ".join(steps),
    )


def _cells(text: str) -> int:
    return sum(map(_cell, text)) if not text.isascii() else len(text)


def _cell(char: str) -> int:
    """A wide character takes two cells, and what combines with the one before takes none."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _take(text: str, cells: int) -> str:
    taken = 0
    for position, char in enumerate(text):
        taken += _cell(char)
        if taken > cells:
            return text[:position]
    return text
