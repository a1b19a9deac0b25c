"""YAML as people write it into charts and manifests, read line by line.

A parser for the plain part of the language: nested mappings, lists, scalars, quoted texts, block
texts, short flow collections. Anchors, tags and multi-line flow are not read: their value is the
text as it stands, which compares well enough. Nothing here raises.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from iacrisk.patterns import regex

_KEY: Final = regex(
    r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#'"\[\]{},&*!|>-][^#]*?|-[^\s:]+):(?:\s+|$)"""
)
_INTEGER: Final = regex(r"-?\d{1,15}")
_WORDS: Final[dict[str, bool | None]] = {
    "true": True,
    "false": False,
    "yes": True,
    "no": False,
    "on": True,
    "off": False,
    "null": None,
    "~": None,
    "": None,
}
_DEEPEST: Final = 40

Line = tuple[int, str]


def read_yaml(text: str) -> Any:
    """The first document of `text`: mappings, lists and scalars; {} where there is none."""
    if text.lstrip()[:1] in {"{", "["}:
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            return {}
    reader = _Reader(_lines(text))
    return reader.block(0, 0) if reader.lines else {}


def _lines(text: str) -> list[Line]:
    """Indent and content of each line of the first document that has one."""
    found: list[Line] = []
    for raw in text.splitlines():
        line = raw.rstrip()
        content = line.lstrip()
        if content == "---" or content.startswith("--- "):
            if found:
                break
            continue
        if content.startswith("%") and not found:
            continue
        found.append((len(line) - len(content), content))
    return [item for item in found if item[1] and not item[1].startswith("#")]


class _Reader:
    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.at = 0

    def block(self, indent: int, depth: int) -> Any:
        """The mapping or list that begins at the current line, indented by `indent` or more."""
        if self.at >= len(self.lines) or depth > _DEEPEST:
            self.at = len(self.lines) if depth > _DEEPEST else self.at
            return None
        own, content = self.lines[self.at]
        if own < indent:
            return None
        if content == "-" or content.startswith("- "):
            return self._list(own, depth)
        return self._mapping(own, depth)

    def _list(self, indent: int, depth: int) -> list[Any]:
        items: list[Any] = []
        while self.at < len(self.lines):
            own, content = self.lines[self.at]
            if own != indent or not (content == "-" or content.startswith("- ")):
                break
            rest = content[1:].lstrip()
            if not rest:
                self.at += 1
                items.append(self.block(indent + 1, depth + 1))
            elif _KEY.match(rest) or rest.startswith("- "):
                inner = indent + len(content) - len(rest)
                self.lines[self.at] = (inner, rest)
                items.append(self.block(inner, depth + 1))
            else:
                self.at += 1
                items.append(self._scalar(rest, indent))
        return items

    def _mapping(self, indent: int, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self.at < len(self.lines):
            own, content = self.lines[self.at]
            match = _KEY.match(content)
            if own < indent or (own == indent and content.startswith("- ")):
                break
            self.at += 1
            if match is None or own > indent:
                continue
            name, rest = _unquoted(match[1].strip()), content[match.end() :]
            if rest and not rest.startswith("#"):
                found[name] = self._scalar(rest, own)
            else:
                deeper = self._is_list_at(own)
                found[name] = self.block(own if deeper else own + 1, depth + 1)
        return found

    def _is_list_at(self, indent: int) -> bool:
        """Whether a list follows at the same indent as its key, which YAML allows."""
        following = self.lines[self.at] if self.at < len(self.lines) else (0, "")
        return following[0] == indent and following[1].startswith("-")

    def _scalar(self, text: str, indent: int) -> Any:
        if text[:1] in {"|", ">"}:
            taken = []
            while self.at < len(self.lines) and self.lines[self.at][0] > indent:
                taken.append(self.lines[self.at][1])
                self.at += 1
            return "\n".join(taken)
        return _value(text)


def _value(text: str) -> Any:
    text = text.strip()
    if text[:1] in {'"', "'"}:
        end = text.find(text[0], 1)
        return _unquoted(text[: end + 1]) if end > 0 else text
    text = text.partition(" #")[0].rstrip()
    if text[:1] == "[" and text[-1:] == "]":
        return [_value(item) for item in text[1:-1].split(",") if item.strip()]
    if text[:1] == "{" and text[-1:] == "}":
        return _flow_mapping(text[1:-1])
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    return int(text) if _INTEGER.fullmatch(text) else text


def _flow_mapping(text: str) -> Any:
    if any(mark in text for mark in "{}[]"):
        return {"": text} if text.strip() else {}
    pairs = [item.partition(":") for item in text.split(",") if ":" in item]
    return {_unquoted(name.strip()): _value(value) for name, _, value in pairs}


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in {'"', "'"}:
        return text[1:-1].replace('\\"', '"')
    return text
