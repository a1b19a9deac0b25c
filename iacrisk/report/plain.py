"""Text from a plan made safe to print: one line, no control characters, no log commands."""

from __future__ import annotations

import textwrap
import unicodedata

from iacrisk.patterns import regex

_HARMLESS = regex(r"[\x20-\x7e]*\Z")
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_LOG_COMMAND = regex(r"^(\s*)::")


def plain(text: str) -> str:
    """`text` on one line, invisible and control characters written as escapes."""
    text = visible(text)
    if "##" in text:
        text = text.replace("##vso[", "##vso [").replace("##[", "## [")
    return _LOG_COMMAND.sub(r"\1.::", text)


def visible(text: str) -> str:
    """As `plain`, for where no CI host reads the text."""
    return text if _HARMLESS.match(text) else "".join(map(_visible, text))


def wrap(text: str, width: int, indent: str, hanging: str | None = None) -> list[str]:
    """`text` made plain and wrapped; no line begins with what a CI host takes for a command."""
    lines = textwrap.wrap(
        plain(text),
        width,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_on_hyphens=False,
    )
    return [_LOG_COMMAND.sub(r"\1.::", line) for line in lines]


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 change`, `3 changes`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _visible(char: str) -> str:
    if char == "\n":
        return "\\n"
    if char == "\t":
        return " "
    if unicodedata.category(char) in _HIDDEN:
        code = ord(char)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    return char
