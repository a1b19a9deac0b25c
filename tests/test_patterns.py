"""Patterns behave as compiled ones, and all that iacrisk holds can be compiled."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

import iacrisk
from iacrisk.patterns import regex

_ELSEWHERE = ("iacrisk.__main__", "iacrisk.service", "iacrisk.training")


def test_it_answers_as_the_compiled_pattern_does() -> None:
    lazy, known = regex(r"(\w+)@(\w+)", re.IGNORECASE), re.compile(r"(\w+)@(\w+)", re.IGNORECASE)
    text = "me@here, You@there"
    assert lazy.findall(text) == known.findall(text)
    assert lazy.sub(r"\2", text) == known.sub(r"\2", text)
    assert lazy.pattern == known.pattern
    assert lazy.flags == known.flags
    assert [found[0] for found in lazy.finditer(text)] == ["me@here", "You@there"]
    assert lazy.match("nobody") is None
    assert regex(rb"/\w+").split(b"a/b") == [b"a", b""]


def test_it_is_compiled_once() -> None:
    lazy = regex("a")
    assert lazy.search is lazy.search


def test_it_has_nothing_that_compiled_patterns_lack() -> None:
    with pytest.raises(AttributeError):
        _ = regex("a").replace  # type: ignore[attr-defined]


def test_all_patterns_can_be_compiled() -> None:
    held = [
        value
        for module in _modules()
        for value in vars(importlib.import_module(module)).values()
        if type(value).__module__ == "iacrisk.patterns"
    ]
    assert len(held) > 100
    for value in held:
        assert value.pattern is not None


def _modules() -> list[str]:
    found = pkgutil.walk_packages(iacrisk.__path__, "iacrisk.")
    return [item.name for item in found if not item.name.startswith(_ELSEWHERE)]
