"""Pages that are written by hand keep up with the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from configparser import ConfigParser
from typing import Any

import pytest

import iacrisk.rules.rule as rule_module
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules import Context
from tests.conftest import ROOT, Judge
from tests.plans import plan, tweak, update

DOCS = ROOT / "docs"
SOURCES = ROOT / "iacrisk"


def test_the_table_of_packages_has_the_order_that_the_linter_checks() -> None:
    page = (DOCS / "architecture.md").read_text("utf-8").partition("## The packages")[2]
    listed = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    linter = ConfigParser()
    linter.read(ROOT / ".importlinter")
    layers = linter["importlinter:contract:layers"]["layers"].split()

    assert ["__main__", *reversed(listed)] == layers


def test_every_package_has_its_place() -> None:
    found = {path.stem for path in SOURCES.glob("*.py")}
    found |= {path.parent.name for path in SOURCES.glob("*/__init__.py")}
    layers = (ROOT / ".importlinter").read_text("utf-8")

    assert {name for name in found - {"__init__"} if f"    {name}\n" not in layers} == set()


def test_a_word_stands_once_in_the_glossary() -> None:
    page = (DOCS / "glossary.md").read_text("utf-8")
    words = [word.lower() for word in re.findall(r"^- \*\*([^*]+)\*\*", page, re.MULTILINE)]

    assert len(words) == len(set(words))


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_pages_say_dependents_and_dependencies(page: Any) -> None:
    text = page.read_text("utf-8").lower().replace("frame-ancestors", "")  # a header's word
    words = {"ancestor", "descendant", "upstream", "downstream"}

    assert page.name == "glossary.md" or not {word for word in words if word in text}


def test_the_recipe_for_a_rule_works(judge: Judge) -> None:
    page = (DOCS / "adding-a-rule.md").read_text("utf-8")
    test, rule = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    space: dict[str, Any] = {
        **vars(rule_module),
        "ActionKind": ActionKind,
        "Context": Context,
        "Iterator": Iterator,
        "Judge": Judge,
        "ResourceChange": ResourceChange,
        "UNKNOWN": UNKNOWN,
        "lower": lambda after, before: float(after) < float(before),
        "plan": plan,
        "tweak": tweak,
        "update": update,
    }
    exec(rule, space)  # noqa: S102 - our own page
    exec(test, space)  # noqa: S102 - our own page
    checks = [value for name, value in space.items() if name.startswith("test_")]

    assert len(checks) == 3
    for check in checks:
        check(judge)
