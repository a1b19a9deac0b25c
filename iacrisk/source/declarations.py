"""Where blocks are declared: their names and lines, without parsing their content.

A report wants file and line of each change on every run, and a parser is too slow for that:
python-hcl2 takes milliseconds a file, and its release 8 gives no lines. This scan knows only what
braces can hide in: comments, quoted texts with templates, heredocs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex

_PLAIN: Final = {"resource": "", "data": "data.", "ephemeral": "ephemeral."}
_NAME: Final = r"[^\W\d][\w-]*"
_NEXT: Final = regex(
    r"(?P<comment>\#.*|//.*|/\*(?s:.*?)\*/)"
    r"|(?P<open_comment>/\*)"
    rf"|<<-?(?P<heredoc>{_NAME})[^\n]*"
    rf"|(?<![\w.-])(?P<header>{_NAME}(?:[ \t]+(?:\"[^\"\n$]*\"|{_NAME})){{0,2}})[ \t]*\{{"
    r"|(?<![\w.-])source[ \t]*=[ \t]*\"(?P<source>[^\"\n$]*)\""
    r"|(?P<quote>\")|(?P<open>\{)|(?P<close>\})"
)
_IN_TEXT: Final = regex(r"\\.|\$\$\{|%%\{|(?P<template>[$%]\{)|(?P<quote>\")|(?P<newline>\n)")
_IN_TEMPLATE: Final = regex(r"(?P<quote>\")|(?P<open>\{)|(?P<close>\})")


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A block: `aws_instance.app`, `data.aws_ami.base`, or a call `module.db` with its source."""

    address: str
    line: int
    source: str = ""


class Declarations(msgspec.Struct, frozen=True, kw_only=True):
    """What a file declares; `fault` says with its line why it could not be read to the end."""

    blocks: tuple[Declared, ...]
    fault: str = ""


def scan_hcl(text: str) -> Declarations:
    """The resources, data sources and module calls of one file in HCL."""
    scan = _Scan(text)
    try:
        scan.run()
    except _Fault as fault:
        line = text.count("\n", 0, fault.position) + 1
        return Declarations(blocks=tuple(scan.blocks()), fault=f"line {line}: {fault.what}")
    except RecursionError:
        return Declarations(blocks=tuple(scan.blocks()), fault="line 1: it is nested too deeply.")
    return Declarations(blocks=tuple(scan.blocks()))


def scan_json(text: str) -> Declarations:
    """The same of one file in Terraform's JSON syntax."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        return Declarations(blocks=(), fault=f"line {error.lineno}: this is not valid JSON.")
    except (ValueError, RecursionError):
        return Declarations(blocks=(), fault="line 1: this is not valid JSON.")
    blocks = tuple(_json_blocks(text)) if isinstance(document, dict) else ()
    return Declarations(blocks=blocks)


class _Fault(Exception):
    def __init__(self, position: int, what: str) -> None:
        super().__init__(what)
        self.position = position
        self.what = what


class _Scan:
    """One pass over a text, noting the blocks at the top."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: list[tuple[str, int, str]] = []
        self._line, self._counted = 1, 0

    def blocks(self) -> Iterator[Declared]:
        for address, line, source in self._found:
            yield Declared(address=address, line=line, source=source)

    def run(self) -> None:
        opened: list[int] = []
        position = 0
        while match := _NEXT.search(self._text, position):
            position = match.end()
            match match.lastgroup:
                case "open_comment":
                    raise _Fault(match.start(), "this comment does not end.")
                case "heredoc":
                    position = self._heredoc_end(match)
                case "quote":
                    position = _text_end(self._text, match.start())
                case "header":
                    if not opened:
                        self._note(match["header"], match.start())
                    opened.append(match.start())
                case "open":
                    opened.append(match.start())
                case "close":
                    if not opened:
                        raise _Fault(match.start(), "this brace closes nothing.")
                    opened.pop()
                case "source" if len(opened) == 1:
                    self._note_source(match["source"])
                case _:
                    pass
        if opened:
            raise _Fault(opened[-1], "this block does not end.")

    def _heredoc_end(self, match: re.Match[str]) -> int:
        mark = re.escape(match["heredoc"])
        end = re.compile(rf"^[ \t]*{mark}[ \t\r]*$", re.MULTILINE).search(self._text, match.end())
        if end is None:
            raise _Fault(match.start(), "this heredoc does not end.")
        return end.end()

    def _note(self, header: str, start: int) -> None:
        kind, *labels = (word.strip('"') for word in _words(header))
        self._line += self._text.count("\n", self._counted, start)
        self._counted = start
        if kind in _PLAIN and len(labels) == 2:
            self._found.append((f"{_PLAIN[kind]}{labels[0]}.{labels[1]}", self._line, ""))
        elif kind == "module" and len(labels) == 1:
            self._found.append((f"module.{labels[0]}", self._line, ""))
        else:
            self._found.append(("", self._line, ""))

    def _note_source(self, source: str) -> None:
        address, line, _ = self._found[-1]
        self._found[-1] = (address, line, source if address.startswith("module.") else "")


def _words(header: str) -> list[str]:
    return re.findall(rf"\"[^\"]*\"|{_NAME}", header)


def _text_end(text: str, start: int) -> int:
    """The position after the quoted text that begins at `start`."""
    position = start + 1
    while match := _IN_TEXT.search(text, position):
        position = match.end()
        match match.lastgroup:
            case "quote":
                return position
            case "newline":
                break
            case "template":
                position = _template_end(text, match.start(), position)
            case _:
                pass
    raise _Fault(start, "this text does not end.")


def _template_end(text: str, start: int, position: int) -> int:
    depth = 1
    while match := _IN_TEMPLATE.search(text, position):
        position = match.end()
        match match.lastgroup:
            case "quote":
                position = _text_end(text, match.start())
            case "open":
                depth += 1
            case _:
                depth -= 1
                if not depth:
                    return position
    raise _Fault(start, "this template does not end.")


_SPACE: Final = regex(r"[ \t\r\n]*")
_decoder: Final = json.JSONDecoder()


def _json_blocks(text: str) -> Iterator[Declared]:
    for kind, _, content in _members(text, _after_space(text, 0)):
        for first, at, inner in _members(text, content) if kind in {*_PLAIN, "module"} else ():
            line = text.count("\n", 0, at) + 1
            if kind == "module":
                body: Any = _decoder.raw_decode(text, inner)[0]
                source = body.get("source") if isinstance(body, dict) else None
                source = source if isinstance(source, str) else ""
                yield Declared(address=f"module.{first}", line=line, source=source)
                continue
            for second, named, _ in _members(text, inner):
                line = text.count("\n", 0, named) + 1
                yield Declared(address=f"{_PLAIN[kind]}{first}.{second}", line=line)


def _members(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Key, its position and its value's position, of an object or of each object of a list."""
    opening = text[start]
    if opening not in "{[":
        return
    position = _after_space(text, start + 1)
    while text[position] not in "}]":
        if opening == "[":
            yield from _members(text, position)
            _, end = _decoder.raw_decode(text, position)
        else:
            key, end = _decoder.raw_decode(text, position)
            value = _after_space(text, _after_space(text, end) + 1)
            yield str(key), position, value
            _, end = _decoder.raw_decode(text, value)
        position = _after_space(text, end)
        if text[position] == ",":
            position = _after_space(text, position + 1)


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position
