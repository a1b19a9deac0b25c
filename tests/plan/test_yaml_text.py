"""The line reader of YAML: what people write into charts and manifests."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.plan.yaml_text import read_yaml


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", {}),
        ("# nothing\n", {}),
        ("a: 1\nb: two\nc:\n", {"a": 1, "b": "two", "c": None}),
        ("a: true\nb: off\nc: ~\n", {"a": True, "b": False, "c": None}),
        ("a: \"x # y\"\nb: 'z'\nc: d # e\n", {"a": "x # y", "b": "z", "c": "d"}),
        ("a:\n  b:\n    c: 1\n  d: 2\n", {"a": {"b": {"c": 1}, "d": 2}}),
        ("a:\n- 1\n- b: 2\n  c: 3\n", {"a": [1, {"b": 2, "c": 3}]}),
        ("a:\n  - - 1\n    - 2\n", {"a": [[1, 2]]}),
        ("a: [x, 2, true]\nb: {c: d}\n", {"a": ["x", 2, True], "b": {"c": "d"}}),
        ("a: |\n  one: x\n  two\nb: 1\n", {"a": "one: x\ntwo", "b": 1}),
        ('"quoted key": 1\n', {"quoted key": 1}),
        ("url: https://example.com:443/x\n", {"url": "https://example.com:443/x"}),
        ("---\na: 1\n---\nb: 2\n", {"a": 1}),
        ('{"a": [1, {"b": null}]}', {"a": [1, {"b": None}]}),
        ("{broken", {}),
        ("version: 1.10\nsize: 08\n", {"version": "1.10", "size": 8}),
    ],
)
def test_what_people_write_is_read(text: str, tree: Any) -> None:
    assert read_yaml(text) == tree


@given(st.text(alphabet=" -:#ab\n\"'[]{}|>&*!1,", max_size=80))
def test_nothing_makes_it_raise(text: str) -> None:
    read_yaml(text)


def test_deep_nesting_ends() -> None:
    text = "".join(f"{' ' * depth}a:\n" for depth in range(500))
    assert isinstance(read_yaml(text), dict)
    assert isinstance(read_yaml("- " * 500 + "a: 1"), list)
