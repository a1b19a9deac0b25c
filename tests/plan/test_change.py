"""Resource changes: what actions amount to, and three-valued attributes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.errors import BrokenPlan
from iacrisk.plan import UNKNOWN, ActionKind, Difference, ResourceChange, decode_plan
from tests.plans import Json, change, create, delete, noop, plan, replace, update


def only(entry: Json) -> ResourceChange:
    """The one change of a plan made of `entry`."""
    (found,) = plan(entry).changes
    return found


@pytest.mark.parametrize(
    ("actions", "kind", "destroys", "creates_first"),
    [
        (["no-op"], ActionKind.NO_OP, False, False),
        (["create"], ActionKind.CREATE, False, False),
        (["read"], ActionKind.READ, False, False),
        (["update"], ActionKind.UPDATE, False, False),
        (["delete"], ActionKind.DELETE, True, False),
        (["forget"], ActionKind.FORGET, False, False),
        (["delete", "create"], ActionKind.REPLACE, True, False),
        (["create", "delete"], ActionKind.REPLACE, True, True),
        (["create", "forget"], ActionKind.REPLACE, False, True),
        (["forget", "create"], ActionKind.REPLACE, False, False),
        ([], ActionKind.UNKNOWN, False, False),
        (["frobnicate"], ActionKind.UNKNOWN, False, False),
        (["delete", "frobnicate"], ActionKind.UNKNOWN, True, False),
        (["create", "create"], ActionKind.UNKNOWN, False, False),
        (["update", "delete"], ActionKind.UNKNOWN, True, False),
        (["no-op", "no-op"], ActionKind.UNKNOWN, False, False),
        (["delete", "create", "read"], ActionKind.UNKNOWN, True, False),
        (["DELETE"], ActionKind.UNKNOWN, False, False),
        ([""], ActionKind.UNKNOWN, False, False),
    ],
)
def test_an_action_list_amounts_to_one_kind(
    actions: list[str], kind: ActionKind, destroys: bool, creates_first: bool
) -> None:
    found = only(change("aws_instance.a", *actions))
    assert (found.kind, found.destroys, found.creates_first) == (kind, destroys, creates_first)


@given(st.lists(st.sampled_from(["create", "delete", "update", "read", "x", "no-op", "forget"])))
def test_a_list_with_a_delete_always_destroys_and_never_counts_as_harmless(
    actions: list[str],
) -> None:
    found = only(change("aws_instance.a", *actions))
    if "delete" in actions:
        assert found.destroys
        assert found.kind in {ActionKind.DELETE, ActionKind.REPLACE, ActionKind.UNKNOWN}


def test_verbs_that_this_release_does_not_know_are_carried() -> None:
    assert only(change("aws_instance.a", "delete", "frobnicate")).unknown_actions == ("frobnicate",)
    assert only(change("aws_instance.a")).unknown_actions == ("",)
    assert only(change("aws_instance.a", "delete")).unknown_actions == ()


@pytest.mark.parametrize(
    ("path", "was", "becomes"),
    [
        ("known", 1, 2),
        ("gone", 1, None),
        ("absent", None, None),
        ("whole", {"a": 1}, UNKNOWN),
        ("whole.a", 1, UNKNOWN),
        ("whole.b.c", None, UNKNOWN),
        ("list.0.size", 1, 1),
        ("list.0.id", "x", UNKNOWN),
        ("list.0.id.deeper", None, UNKNOWN),
        ("list.1", None, UNKNOWN),
        ("list.1.anything", None, UNKNOWN),
        ("list.2", None, None),
        ("known.deeper", None, None),
        ("text.0", None, None),
    ],
)
def test_a_planned_value_is_known_unknown_or_absent_at_any_depth(
    path: str, was: Any, becomes: Any
) -> None:
    found = only(
        update(
            "aws_instance.a",
            {
                "known": 1,
                "gone": 1,
                "whole": {"a": 1},
                "list": [{"size": 1, "id": "x"}],
                "text": "abc",
            },
            {"known": 2, "gone": None, "list": [{"size": 1}], "text": "abc"},
            after_unknown={"whole": True, "list": [{"id": True}, True]},
        )
    )
    assert (found.was(path), found.becomes(path)) == (was, becomes)


def test_what_changes_is_what_differs_or_becomes_unknown() -> None:
    found = only(
        update(
            "aws_instance.a",
            {"same": 1, "other": 1, "computed": "x", "null": None},
            {"same": 1, "other": 2, "computed": None},
            after_unknown={"computed": True},
        )
    )
    assert found.changed == {"other", "computed"}
    assert found.differences() == (
        Difference(("computed",), "x", UNKNOWN),
        Difference(("other",), 1, 2),
    )


def test_a_create_has_no_past_and_a_delete_no_future() -> None:
    assert only(create("aws_instance.a", {"x": 1})).before == {}
    assert only(delete("aws_instance.a", {"x": 1})).after == {}


@pytest.mark.parametrize(
    ("entry", "pending"),
    [
        (noop("aws_instance.a"), False),
        (noop("aws_instance.a", previous_address="aws_instance.a"), False),
        (noop("aws_instance.a", previous_address="aws_instance.b"), True),
        (noop("aws_instance.a", importing={"id": "i-1"}), True),
        (noop("aws_instance.a", importing={}), True),
        (change("aws_instance.a"), True),
        (change("data.aws_ami.a", "read"), True),
    ],
)
def test_no_ops_are_pending_only_as_moves_and_imports(entry: Json, pending: bool) -> None:
    assert bool(plan(entry).pending) is pending


def test_a_deposed_object_has_its_own_label_beside_the_current_one() -> None:
    judged = plan(
        delete("aws_instance.a", {"id": "old"}, deposed="0a1b2c3d"),
        noop("aws_instance.a", {"id": "new"}),
    )
    assert [item.label for item in judged.changes] == [
        "aws_instance.a",
        "aws_instance.a (deposed 0a1b2c3d)",
    ]
    assert judged.by_label["aws_instance.a (deposed 0a1b2c3d)"].was("id") == "old"
    assert judged.by_label["aws_instance.a"].was("id") == "new"


def test_replace_paths_may_be_missing_or_point_into_blocks() -> None:
    found = only(replace("aws_instance.a", {}, {}, "network.0.id", "ami"))
    assert found.replace_roots == {"network", "ami"}
    assert found.is_forcing(("network", 0, "id"))
    assert found.is_forcing(("ami",))
    assert not found.is_forcing(("network",))
    without = only(change("aws_instance.a", "delete", "create", replace_paths=None))
    assert without.replace_roots == frozenset()
    assert not without.is_forcing(("ami",))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("password",), True),
        (("nested", 0, "token"), True),
        (("nested",), True),
        (("map", "any"), True),
        (("plain",), False),
        (("nested", 0, "plain"), False),
    ],
)
def test_a_value_is_sensitive_when_marked_before_or_after_above_or_below(
    path: tuple[str | int, ...], expected: bool
) -> None:
    found = only(
        update(
            "aws_instance.a",
            {},
            {},
            before_sensitive={"password": True, "nested": [{"token": True}]},
            after_sensitive={"map": True},
        )
    )
    assert found.is_sensitive(path) is expected


def test_a_float_index_is_the_same_key_as_the_integer() -> None:
    assert only(change("aws_instance.a[1]", "delete", index=1.0)).key == 1


def test_a_value_that_cannot_be_decoded_is_a_broken_plan_and_not_shown() -> None:
    broken = decode_plan(
        b'{"format_version":"1.2","planned_values":{},"resource_changes":[{"address":"a.b",'
        b'"change":{"actions":["delete"],"before":{"password":"hunter2hunter2\xff"}}}]}'
    )
    with pytest.raises(BrokenPlan) as raised:
        broken.changes[0].was("password")
    assert "hunter2" not in str(raised.value)


def test_a_full_cache_drops_what_was_decoded_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iacrisk.plan.change._KEPT_BYTES", 20)
    first, second = plan(
        update("aws_instance.a", {"x": 1}, {"x": 2}), update("aws_instance.b", {"x": 3}, {"x": 4})
    ).changes
    trees = [first.before, first.after, second.before, second.after]

    assert trees == [{"x": 1}, {"x": 2}, {"x": 3}, {"x": 4}]
    assert second.after is trees[3]
    assert second.before is trees[2]
    assert first.before is not trees[0]
    assert first.before == trees[0]


def test_an_object_is_named_without_decoding_it() -> None:
    named = only(delete("aws_instance.a", {"id": "i-1", "arn": None, "tags": {}}))

    assert [bytes(raw) for raw in (named.identity.id, named.identity.arn)] == [b'"i-1"', b"null"]
    assert bytes(only(create("aws_instance.a", {"id": "i-1"})).identity.id) == b"null"
