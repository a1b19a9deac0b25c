"""From bytes to a plan, or to the reason why they are none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.errors import BrokenPlan, InputError, NotAPlan, UnsupportedFormat
from iacrisk.plan import ActionKind, Doubt, decode_plan
from tests.plans import Json, change, delete, document, noop

PLAN = document(delete("aws_db_instance.main", {"identifier": "orders"}))
RESOURCE = {"address": "a_b.c", "mode": "managed", "type": "a_b", "name": "c", "values": {}}


def encoded(value: Any) -> bytes:
    """`value` as JSON."""
    return json.dumps(value).encode()


def doubts_of(value: Json) -> list[Doubt]:
    """The kinds of doubt about a document."""
    return [found.doubt for found in decode_plan(encoded(value)).doubts()]


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.1", "1.2", "1.99", "1"])
def test_formats_0_and_1_are_read(version: str) -> None:
    decoded = decode_plan(encoded(PLAN | {"format_version": version}))
    assert [item.kind for item in decoded.changes] == [ActionKind.DELETE]
    assert decoded.doubts() == ()


@pytest.mark.parametrize("version", ["2.0", "2", "10.0"])
def test_a_newer_major_format_is_refused(version: str) -> None:
    with pytest.raises(UnsupportedFormat, match="newer than this release knows"):
        decode_plan(encoded(PLAN | {"format_version": version}))


@pytest.mark.parametrize("version", ["abc", "-1.0", "v1.0", "\u00b2.0", " 1.0"])
def test_a_format_that_is_no_version_is_read_with_doubt(version: str) -> None:
    assert doubts_of(PLAN | {"format_version": version}) == [Doubt.UNKNOWN_FORMAT]


def test_a_plan_of_terraform_0_12_lacks_most_keys() -> None:
    old = {
        "format_version": "0.1",
        "planned_values": {"root_module": {}},
        "resource_changes": [
            {
                "address": "aws_instance.a",
                "mode": "managed",
                "type": "aws_instance",
                "name": "a",
                "provider_name": "aws",
                "change": {"actions": ["delete", "create"], "before": {"x": 1}, "after": {"x": 2}},
            }
        ],
        "configuration": {"root_module": {}},
    }
    decoded = decode_plan(encoded(old))
    (only,) = decoded.changes
    assert (only.kind, only.provider) == (ActionKind.REPLACE, "aws")
    assert only.changed == {"x"}
    assert only.replace_roots == frozenset()
    assert decoded.doubts() == ()


def test_keys_that_terraform_adds_later_are_ignored() -> None:
    entry = delete("aws_db_instance.main") | {"novel": [1]}
    entry["change"]["novel"] = {"a": 1}
    assert len(decode_plan(encoded(document(entry) | {"novel": True})).changes) == 1


@pytest.mark.parametrize(
    "null", ["resource_drift", "output_changes", "prior_state", "configuration", "variables"]
)
def test_null_stands_for_a_missing_key(null: str) -> None:
    assert len(decode_plan(encoded(PLAN | {null: None})).changes) == 1


def test_an_empty_plan_changes_nothing_and_raises_no_doubt() -> None:
    empty = {"format_version": "1.2", "planned_values": {"root_module": {}}}
    decoded = decode_plan(encoded(empty))
    assert (decoded.changes, decoded.doubts()) == ((), ())


@pytest.mark.parametrize(
    ("extra", "doubts"),
    [
        ({"errored": True}, [Doubt.ERRORED]),
        ({"complete": False}, [Doubt.INCOMPLETE]),
        ({"complete": None}, []),
        (
            {"deferred_changes": [{"reason": "x", "resource_change": delete("a_b.c")}]},
            [Doubt.DEFERRED],
        ),
        ({"action_invocations": [{"address": "action.a.b"}]}, [Doubt.ACTION_INVOCATION]),
        ({"deferred_action_invocations": [{}]}, [Doubt.ACTION_INVOCATION]),
        ({"resource_changes": [change("a_b.c", "mangle")]}, [Doubt.UNKNOWN_ACTION]),
        ({"resource_changes": [change("a_b.c")]}, [Doubt.UNKNOWN_ACTION]),
    ],
)
def test_what_cannot_be_fully_judged_is_said(extra: Json, doubts: list[Doubt]) -> None:
    assert doubts_of(PLAN | extra) == doubts


@pytest.mark.parametrize("changes", [None, []])
@pytest.mark.parametrize(
    "module", [{"resources": [RESOURCE]}, {"child_modules": [{"resources": [RESOURCE]}]}]
)
def test_planned_values_without_changes_are_doubtful(changes: Any, module: Json) -> None:
    pruned = {
        "format_version": "1.2",
        "planned_values": {"root_module": module},
        "resource_changes": changes,
    }
    assert doubts_of(pruned) == [Doubt.CHANGES_MISSING]


@pytest.mark.parametrize(
    ("data", "kind", "phrase"),
    [
        (b"", NotAPlan, "input is empty"),
        (b" \n\t", NotAPlan, "input is empty"),
        (b"<!DOCTYPE html><html>", NotAPlan, "HTML or XML page"),
        (b"\n<?xml version='1.0'?>", NotAPlan, "HTML or XML page"),
        (b"null", NotAPlan, "no plan: it is not an object"),
        (b"[]", NotAPlan, "no plan: it is not an object"),
        (b"42", NotAPlan, "no plan: it is not an object"),
        (b"{}", NotAPlan, "not a Terraform plan"),
        (b'{"@level":"info","@message":"x"}', NotAPlan, "log stream"),
        (b'{"@level":"info"}\n{"@level":"info"}\n', NotAPlan, "log stream"),
        (b'{"errors":[{"status":"404","title":"not found"}]}', NotAPlan, "API error body"),
        (b'{"format_version":"1.0","values":{"root_module":{}}}', NotAPlan, "a state, not a plan"),
        (b'{"version":4,"serial":1,"lineage":"x"}', NotAPlan, "a state, not a plan"),
        (b'{"format_version":"1.0"}', NotAPlan, "not a Terraform plan"),
        (b'{"format_version":"1.0","valid":true}', NotAPlan, "not a Terraform plan"),
        (b'{"format_version":"1.0","provider_schemas":{}}', NotAPlan, "not a Terraform plan"),
        (b'{"resource_changes":[]}', BrokenPlan, "no format_version"),
        (b'{"format_version":"","resource_changes":[]}', BrokenPlan, "no format_version"),
        (b"Terraform used the selected providers", BrokenPlan, "other text before it"),
        (b"[command]/usr/bin/terraform show\n{}", BrokenPlan, "other text before it"),
        (b'{"format_version":"1.2","resource_changes":[]}}', BrokenPlan, "other text after"),
        (b'{"format_version":"1.2",', BrokenPlan, "truncated"),
        (b"{'format_version':'1.2'}", BrokenPlan, "does not parse"),
        (b'{"format_version":1.2,"resource_changes":[]}', BrokenPlan, "expected shape"),
        (b'{"a":"\xff"}', BrokenPlan, "not UTF-8"),
        (b'{"\xff":1}', BrokenPlan, "not UTF-8"),
        (b"\x00\x01\x02", BrokenPlan, "other text before it"),
    ],
)
def test_what_is_no_plan_is_refused_for_its_reason(
    data: bytes, kind: type[InputError], phrase: str
) -> None:
    with pytest.raises(InputError, match=phrase) as raised:
        decode_plan(data)
    assert type(raised.value) is kind
    assert raised.value.remedy


def test_actions_as_one_text_are_refused_and_not_read_letter_by_letter() -> None:
    entry = delete("aws_db_instance.main")
    entry["change"]["actions"] = "delete"
    with pytest.raises(BrokenPlan, match=r"at `\$\.resource_changes\[0\]\.change\.actions`"):
        decode_plan(encoded(document(entry)))


@pytest.mark.parametrize("missing", ["address", "change"])
def test_a_change_without_its_vital_parts_is_refused(missing: str) -> None:
    entry = delete("aws_db_instance.main")
    del entry[missing]
    with pytest.raises(BrokenPlan, match="expected shape"):
        decode_plan(encoded(document(entry)))


def test_a_nested_plan_is_refused_with_the_command_that_takes_it_out() -> None:
    with pytest.raises(NotAPlan, match=r"nested at \$\.mock\.one") as raised:
        decode_plan(encoded({"mock": {"one": PLAN}}))
    assert raised.value.remedy == "Take it out first: jq .mock.one FILE | iacrisk score -"


def test_the_command_for_a_nested_plan_is_safe_to_paste() -> None:
    with pytest.raises(NotAPlan) as raised:
        decode_plan(encoded({"a'; rm -rf ~; '": PLAN}))
    assert raised.value.remedy == (
        """Take it out first: jq '["a'"'"'; rm -rf ~; '"'"'"]' FILE | iacrisk score -"""
    )


def test_json_nested_too_deeply_is_refused() -> None:
    with pytest.raises(InputError):
        decode_plan(b'{"format_version":"1.2","variables":{"a":{"value":' + b"[" * 100_000)


WHOLE = encoded(
    document(
        delete("aws_db_instance.main", {"identifier": "orders"}),
        noop('aws_instance.app["\u00e9"]', {"id": "i-1"}),
        references={"aws_instance.app": {"user_data": ["aws_db_instance.main.address"]}},
    )
)


@given(st.integers(0, len(WHOLE) - 1))
def test_no_prefix_of_a_plan_is_a_plan(length: int) -> None:
    with pytest.raises(InputError):
        decode_plan(WHOLE[:length])


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_a_damaged_byte_gives_a_plan_or_a_reason(place: int, byte: int) -> None:
    damaged = WHOLE[:place] + bytes([byte]) + WHOLE[place + 1 :]
    try:
        decoded = decode_plan(damaged)
        for item in decoded.changes:
            item.differences()
        decoded.redactor.text("")
    except InputError:
        return


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(InputError):
        decode_plan(data)


@given(st.permutations(range(6)))
def test_changes_are_sorted_whatever_order_the_file_had(order: list[int]) -> None:
    entries = [delete(f"aws_instance.i{number}") for number in order]
    decoded = decode_plan(encoded(document(*entries)))
    assert [item.address for item in decoded.changes] == [f"aws_instance.i{n}" for n in range(6)]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([delete("a_b.c", action_reason=None), delete("a_b.d", action_reason=None)], True),
        ([delete("a_b.c", action_reason=None), noop("a_b.d")], False),
        ([delete("a_b.c")], False),
        ([], False),
        ([delete("a_b.c", action_reason=None), change("data.a_b.e", "read")], True),
    ],
)
def test_a_destroy_plan_deletes_every_managed_object_for_no_reason(
    entries: list[Json], expected: bool
) -> None:
    assert decode_plan(encoded(document(*entries))).is_destroy is expected
