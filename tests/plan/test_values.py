"""Known, unknown and absent values, and what differs between two trees of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.plan import UNKNOWN, Difference, Path, format_path, lookup, parse_path, unset
from iacrisk.plan.values import any_mark, differences, fill_unknown, marked

LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=4)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)
MARKS = st.recursive(
    st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, []),
        ({"a": 1}, {"a": 1}, []),
        ({"a": None}, {}, []),
        ({"a": 1}, {}, [Difference(("a",), 1, None)]),
        ({}, {"a": 1}, [Difference(("a",), None, 1)]),
        ({"a": 1}, {"a": UNKNOWN}, [Difference(("a",), 1, UNKNOWN)]),
        ({"a": {"b": 1}}, {"a": UNKNOWN}, [Difference(("a",), {"b": 1}, UNKNOWN)]),
        ({"a": [1, 2]}, {"a": [1, 3]}, [Difference(("a", 1), 2, 3)]),
        ({"a": [1]}, {"a": [1, 2]}, [Difference(("a",), [1], [1, 2])]),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, [Difference(("a", 0, "b"), 1, 2)]),
        ({"a": {}}, {"a": []}, [Difference(("a",), {}, [])]),
        (
            {"z": 1, "a": 1},
            {"z": 2, "a": 2},
            [Difference(("a",), 1, 2), Difference(("z",), 1, 2)],
        ),
    ],
)
def test_every_leaf_that_differs_is_named_once(
    before: Any, after: Any, expected: list[Difference]
) -> None:
    assert list(differences(before, after)) == expected


@given(TREES)
def test_a_tree_does_not_differ_from_itself(tree: Any) -> None:
    assert list(differences(tree, tree)) == []


@given(TREES, TREES)
def test_each_difference_holds_the_values_at_its_path(before: Any, after: Any) -> None:
    for difference in differences(before, after):
        assert difference.before == lookup(before, difference.path)
        assert difference.after == lookup(after, difference.path)
        assert difference.before != difference.after


@pytest.mark.parametrize(
    ("value", "marks", "filled"),
    [
        (None, True, UNKNOWN),
        ({"a": 1}, False, {"a": 1}),
        ({"a": 1}, {}, {"a": 1}),
        ({"a": 1}, {"b": True}, {"a": 1, "b": UNKNOWN}),
        ({"a": {"b": None}}, {"a": {"b": True}}, {"a": {"b": UNKNOWN}}),
        (None, {"a": {"b": True}}, {"a": {"b": UNKNOWN}}),
        (None, {"a": False}, None),
        ({"a": None}, {"a": {"b": False}}, {"a": None}),
        ([1, None], [False, True], [1, UNKNOWN]),
        ([1], [False, True], [1, UNKNOWN]),
        ([1, 2], [True], [UNKNOWN, 2]),
        ([{"a": 1}], [{"b": True}], [{"a": 1, "b": UNKNOWN}]),
        ([1], [False], [1]),
        (None, [False], None),
        (None, [{}], None),
    ],
)
def test_unknown_stands_exactly_where_the_mirror_says_so(
    value: Any, marks: Any, filled: Any
) -> None:
    assert fill_unknown(value, marks) == filled


@given(TREES, MARKS.filter(lambda marks: not any_mark(marks)))
def test_a_mirror_without_a_mark_leaves_a_value_as_it_is(value: Any, marks: Any) -> None:
    assert fill_unknown(value, marks) == value


@given(TREES, MARKS)
def test_filling_leaves_its_arguments_alone(value: Any, marks: Any) -> None:
    before = repr((value, marks))
    fill_unknown(value, marks)
    assert repr((value, marks)) == before


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, True),
        ("", True),
        ([], True),
        ({}, True),
        ([None, "", {}], True),
        ({"a": None, "b": [{"c": ""}]}, True),
        (False, False),
        (0, False),
        ("0", False),
        (" ", False),
        ({"a": None, "b": False}, False),
        (UNKNOWN, False),
        ([UNKNOWN], False),
    ],
)
def test_only_what_a_provider_reads_as_not_set_is_unset(value: Any, expected: bool) -> None:
    assert unset(value) is expected


@pytest.mark.parametrize(
    ("tree", "path", "expected"),
    [
        ({"a": [{"b": 1}]}, ("a", 0, "b"), 1),
        ({"a": 1}, (), {"a": 1}),
        ({"a": 1}, ("b",), None),
        ({"a": 1}, ("a", "b"), None),
        ({"a": []}, ("a", 0), None),
        ({"a": "text"}, ("a", 0), None),
        ({"a": [1]}, ("a", "b"), None),
        (None, ("a",), None),
    ],
)
def test_a_path_that_leaves_the_tree_leads_to_nothing(tree: Any, path: Path, expected: Any) -> None:
    assert lookup(tree, path) == expected


@pytest.mark.parametrize(
    ("marks", "path", "expected"),
    [
        (True, (), True),
        (True, ("a", 0), True),
        ({"a": True}, ("a", "b"), True),
        ({"a": {"b": True}}, ("a",), False),
        ({"a": {"b": True}}, ("a", "b"), True),
        ({"a": [False, True]}, ("a", 1), True),
        ({"a": [False, True]}, ("a", 0), False),
        ({"a": [True]}, ("a", 5), False),
        (False, ("a",), False),
        ({}, ("a",), False),
    ],
)
def test_a_mark_covers_everything_below_it(marks: Any, path: Path, expected: bool) -> None:
    assert marked(marks, path) is expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("ingress", 0, "cidr_blocks"), "ingress[0].cidr_blocks"),
        (("tags", "a.b"), 'tags["a.b"]'),
        (("tags", 'say "hi"'), r'tags["say \"hi\""]'),
        (("a-b",), "a-b"),
        (("0",), '["0"]'),
        ((), ""),
    ],
)
def test_paths_are_written_as_hcl(path: Path, text: str) -> None:
    assert format_path(path) == text


def test_a_dotted_path_has_numbers_for_list_steps() -> None:
    assert parse_path("root_block_device.0.volume_size") == ("root_block_device", 0, "volume_size")
