"""Own rules of the policy file, read, checked and made into rules.

Imported only where the policy declares some.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from iacrisk.catalog import ResourceClass
from iacrisk.config.toml_lines import TomlLines
from iacrisk.errors import SettingsError
from iacrisk.gate.policy import OwnRule
from iacrisk.plan import ActionKind, parse_path
from iacrisk.rules import Rule, Severity
from iacrisk.rules.own import DOES_SOMETHING, BadExpression, Expression, declare, parse_expression

_WIDTH: Final = 76


def declared_rules(path: Path, own: tuple[OwnRule, ...], lines: TomlLines) -> tuple[Rule, ...]:
    """The rules; raises SettingsError with the line of the fault."""
    return tuple(_Declared(path, lines, number, rule).made() for number, rule in enumerate(own))


class _Declared:
    """One declaration, with its place in the file."""

    def __init__(self, path: Path, lines: TomlLines, number: int, rule: OwnRule) -> None:
        self._path = path
        self._lines = lines
        self._at = ("own_rules", number)
        self._rule = rule

    def made(self) -> Rule:
        rule = self._rule
        return declare(
            id=rule.id,
            name=rule.name,
            severity=Severity[rule.severity.name],
            confidence=rule.confidence,
            harm=rule.harm,
            message=rule.message,
            page="\n".join(_page(rule)),
            origin=f"{self._path.name}:{self._lines.line_of(self._at)}",
            types=rule.types,
            classes=frozenset[ResourceClass](rule.classes),
            kinds=frozenset[ActionKind](rule.actions) or DOES_SOMETHING,
            attribute=self._attribute(),
            when=self._when() if rule.when else None,
        )

    def _attribute(self) -> tuple[str | int, ...]:
        text = self._rule.attribute
        if not text:
            return ()
        steps = parse_path(text)
        if "" in steps or any("[" in str(step) for step in steps):
            line = self._lines.line_of((*self._at, "attribute"))
            self._refuse(line, "attribute is a dotted path such as `ingress.*.from_port`")
        return steps

    def _when(self) -> Expression:
        try:
            return parse_expression(self._rule.when)
        except BadExpression as error:
            key = (*self._at, "when")
            line, value_line = self._lines.line_of(key), self._lines.line_of_value(key)
            if value_line > line:  # a text of several lines: the file has the same ones
                line = value_line + error.line - 1
            raise self._fault(line, f"when, column {error.column}: {error.what}") from None

    def _refuse(self, line: int, what: str) -> None:
        raise self._fault(line, what)

    def _fault(self, line: int, what: str) -> SettingsError:
        dot = "" if what.endswith("?") else "."
        return SettingsError(f"{self._path}:{line}: own rule {self._rule.id}: {what}{dot}")


def _page(rule: OwnRule) -> Iterator[str]:
    """The page, in the sections of a built-in rule."""
    yield rule.message
    sections = (
        ("What it flags", "\n".join(_flags(rule))),
        ("Why it matters", _filled(rule.why)),
        ("When it is fine", _filled(rule.fine)),
        ("What to do instead", _filled(rule.instead)),
        ("References", "\n".join(rule.links)),
    )
    for title, text in sections:
        if text:
            yield from ("", title, textwrap.indent(text, "    "))


def _flags(rule: OwnRule) -> Iterator[str]:
    """The conditions in words."""
    seen = [*rule.types, *(f"class {name}" for name in rule.classes)]
    yield _filled(f"types: {', '.join(seen) or 'any'}")
    yield _filled(f"actions: {', '.join(rule.actions or sorted(DOES_SOMETHING))}")
    if rule.attribute:
        yield f"attribute that changes: {rule.attribute}"
    if rule.when:
        yield _filled(f"when: {rule.when}")


def _filled(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), _WIDTH)
