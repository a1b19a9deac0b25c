"""Where in a TOML file each table and key stands; `tomllib` does not tell.

The text has to be valid TOML, which `tomllib` has found out before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

TomlPath = tuple[str | int, ...]

_KEY: Final = re.compile(
    r"""[ \t]*(?:(?P<bare>[A-Za-z0-9_-]+)|"(?P<basic>(?:[^"\\]|\\.)*)"|'(?P<literal>[^']*)')"""
    r"[ \t]*"
)
_TOKEN: Final = re.compile(
    r'''"""(?:[^\\]|\\.)*?"{3,5}|\'{3}.*?\'{3,5}'''
    r"""|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|\#[^\n]*|[^"\'\#\[\]{}\n]+|.""",
    re.DOTALL,
)
_BLANK: Final = re.compile(r"(?:\s|#[^\n]*)*")
_OPENS_BLOCK: Final = re.compile(r'[ \t]*(?:"""|\'\'\')\r?\n')


class TomlLines:
    """Lines by path, such as `("own_rules", 0, "when")`."""

    def __init__(self, text: str) -> None:
        """Scan the text once."""
        self._lines: dict[TomlPath, int] = {}
        self._values: dict[TomlPath, int] = {}
        self._sizes: dict[TomlPath, int] = {}
        for path, line, value_line in self._statements(text):
            self._lines.setdefault(path, line)
            self._values.setdefault(path, value_line)

    def line_of(self, path: TomlPath) -> int:
        """The line of the table or key, or of the nearest one around it; 0 for none."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return 0

    def line_of_value(self, path: TomlPath) -> int:
        """The line on which the text of the key's value begins."""
        return self._values.get(path, self.line_of(path))

    def _statements(self, text: str) -> Iterator[tuple[TomlPath, int, int]]:
        table: TomlPath = ()
        at = _end(_BLANK, text, 0)
        line, counted = 1, 0
        while at < len(text):
            line, counted = line + text.count("\n", counted, at), at
            if text[at] == "[":
                table, at = self._header(text, at)
                yield table, line, line
            else:
                keys, at = _keys(text, at)
                value = at + 1  # behind the equals sign
                is_block = _OPENS_BLOCK.match(text, value) is not None
                yield (*table, *keys), line, line + is_block
                at = _skip_value(text, value)
            at = _end(_BLANK, text, at)

    def _header(self, text: str, at: int) -> tuple[TomlPath, int]:
        """The path of a table, with the index of each list of tables on the way."""
        is_list = text.startswith("[[", at)
        keys, at = _keys(text, at + 1 + is_list)
        path: TomlPath = ()
        for position, key in enumerate(keys, start=1):
            path = (*path, key)
            if position == len(keys) and is_list:
                self._sizes[path] = self._sizes.get(path, 0) + 1
            if path in self._sizes:
                path = (*path, self._sizes[path] - 1)
        return path, at + 1 + is_list


def _keys(text: str, at: int) -> tuple[tuple[str, ...], int]:
    keys: list[str] = []
    while (found := _KEY.match(text, at)) is not None:
        keys.append(found["bare"] or found["basic"] or found["literal"] or "")
        at = found.end()
        if text[at : at + 1] != ".":
            break
        at += 1
    return tuple(keys), at


def _skip_value(text: str, at: int) -> int:
    """Behind the value: the end of the line on which all its brackets are closed."""
    depth = 0
    while (found := _TOKEN.match(text, at)) is not None:
        at = found.end()
        piece = found.group()
        depth += (piece in ("[", "{")) - (piece in ("]", "}"))
        if piece == "\n" and depth == 0:
            break
    return at


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found: Any = pattern.match(text, at)
    return int(found.end())
