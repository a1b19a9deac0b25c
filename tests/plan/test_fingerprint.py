"""The same deed has the same fingerprint; another deed has another; a secret has none."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.plan import decode_plan
from iacrisk.plan.fingerprint import Fingerprint, canonical, fingerprint

FIXTURES = Path(__file__).parents[2] / "fixtures" / "plans"
PLANS = sorted(FIXTURES.glob("*/plan.json"))
KEY = b"kept by the pipeline"

Json = dict[str, Any]


def plan() -> Json:
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "timestamp": "2026-11-01T10:00:00Z",
        "complete": True,
        "errored": False,
        "resource_changes": [
            {
                "address": "aws_db_instance.main",
                "mode": "managed",
                "type": "aws_db_instance",
                "name": "main",
                "provider_name": "registry.terraform.io/hashicorp/aws",
                "action_reason": "replace_because_cannot_update",
                "change": {
                    "actions": ["delete", "create"],
                    "before": {"id": "db", "port": 5432, "pin": "hunter2", "name": "old"},
                    "after": {"port": 5432, "pin": "hunter3", "name": "new", "tags": None},
                    "after_unknown": {"id": True},
                    "before_sensitive": {"pin": True},
                    "after_sensitive": {"pin": True},
                    "replace_paths": [["name"]],
                },
            },
            {
                "address": 'aws_s3_bucket.logs["eu"]',
                "mode": "managed",
                "type": "aws_s3_bucket",
                "name": "logs",
                "index": "eu",
                "provider_name": "registry.terraform.io/hashicorp/aws",
                "change": {
                    "actions": ["create"],
                    "before": None,
                    "after": {"bucket": "logs-eu", "size": 1.0, "note": "uses hunter2 today"},
                    "after_unknown": {},
                },
            },
        ],
        "output_changes": {
            "url": {"actions": ["update"], "before": "a", "after": "b", "after_unknown": False}
        },
    }


def of(document: Json, key: bytes = b"") -> Fingerprint:
    return fingerprint(decode_plan(msgspec.json.encode(document)), key)


def change(document: Json, at: int = 0) -> Json:
    found: Json = document["resource_changes"][at]["change"]
    return found


def test_it_says_which_form_and_version_it_is() -> None:
    made = of(plan())
    assert made.strict.startswith("iacrisk-plan/1:strict:sha256:")
    assert made.loose.startswith("iacrisk-plan/1:loose:sha256:")


def test_it_is_made_once_for_a_plan_and_a_key() -> None:
    decoded = decode_plan(msgspec.json.encode(plan()))
    assert fingerprint(decoded) is fingerprint(decoded)
    assert fingerprint(decoded, KEY) is fingerprint(decoded, KEY)
    assert fingerprint(decoded, KEY) != fingerprint(decoded)


def test_a_golden_value_guards_the_version() -> None:
    made = of(plan())
    assert (made.strict[-16:], made.loose[-16:]) == GOLDEN


@given(st.randoms(use_true_random=False))
def test_neither_key_order_nor_time_nor_tool_matters(random_: random.Random) -> None:
    other = shuffled(plan(), random_)
    other["terraform_version"], other["timestamp"] = "1.12.0", "2026-11-02T00:00:00Z"
    other["format_version"] = "1.1"
    other["resource_changes"].reverse()
    other["planned_values"], other["a_new_key"] = {"outputs": {}}, [1]
    del other["complete"]
    assert of(other) == of(plan())


def shuffled(value: Any, random_: random.Random) -> Any:
    if isinstance(value, dict):
        items = list(value.items())
        random_.shuffle(items)
        return {name: shuffled(item, random_) for name, item in items}
    return [shuffled(item, random_) for item in value] if isinstance(value, list) else value


def test_numbers_have_one_spelling() -> None:
    other = plan()
    change(other, 1)["after"]["size"] = 1
    assert of(other) == of(plan())


def test_unchanged_objects_and_null_members_do_not_matter() -> None:
    other = plan()
    change(other)["after"]["engine"] = None
    idle = copy.deepcopy(other["resource_changes"][1]) | {"address": "aws_s3_bucket.idle"}
    idle["change"] |= {"actions": ["no-op"], "before": idle["change"]["after"]}
    other["resource_changes"].append(idle)
    assert of(other) == of(plan())


def edit(path: str, value: Any) -> Callable[[Json], None]:
    """Sets the value at a path such as `resource_changes.0.address`."""

    def apply(document: Json) -> None:
        *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
        target: Any = document
        for step in steps:
            target = target[step]
        target[last] = value

    return apply


OTHER_DEEDS = {
    "address": edit("resource_changes/0/address", "aws_db_instance.other"),
    "look-alike address": edit("resource_changes/0/address", "\u0430ws_db_instance.main"),
    "provider": edit("resource_changes/0/provider_name", "registry.example/hashicorp/aws"),
    "type": edit("resource_changes/0/type", "aws_rds_cluster"),
    "mode": edit("resource_changes/0/mode", "data"),
    "reason": edit("resource_changes/0/action_reason", "replace_because_tainted"),
    "actions": edit("resource_changes/0/change/actions", ["create", "delete"]),
    "deposed": edit("resource_changes/0/deposed", "ab12"),
    "moved": edit("resource_changes/0/previous_address", "aws_db_instance.old"),
    "replace paths": edit("resource_changes/0/change/replace_paths", [["port"]]),
    "imported": edit("resource_changes/1/change/importing", {"id": "x"}),
    "more unknown": edit("resource_changes/0/change/after_unknown", {"id": True, "arn": True}),
    "incomplete": edit("complete", False),
    "errored": edit("errored", True),
    "output": edit("output_changes/url/actions", ["delete"]),
    "another change": lambda document: document["resource_changes"].append(
        copy.deepcopy(document["resource_changes"][1]) | {"address": "aws_s3_bucket.more"}
    ),
    "one change less": lambda document: document["resource_changes"].pop(),
    "deferred": edit(
        "deferred_changes",
        [{"reason": "absent_prereq", "resource_change": plan()["resource_changes"][1]}],
    ),
    "invocation": edit("action_invocations", [{"address": "action.a.b", "type": "a"}]),
}


@pytest.mark.parametrize("name", OTHER_DEEDS)
def test_another_deed_has_another_fingerprint_in_both_forms(name: str) -> None:
    other = plan()
    OTHER_DEEDS[name](other)
    assert of(other).strict != of(plan()).strict
    assert of(other).loose != of(plan()).loose


OTHER_VALUES = {
    "after": edit("resource_changes/0/change/after/name", "newer"),
    "before": edit("resource_changes/0/change/before/name", "older"),
    "past double precision": edit("resource_changes/1/change/after/size", 2**53 + 1),
    "output value": edit("output_changes/url/after", "c"),
    "a text is no number": edit("resource_changes/1/change/after/size", "1"),
}


@pytest.mark.parametrize("name", OTHER_VALUES)
def test_another_value_has_another_strict_and_the_same_loose_one(name: str) -> None:
    other = plan()
    OTHER_VALUES[name](other)
    assert of(other).strict != of(plan()).strict
    assert of(other).loose == of(plan()).loose


def test_large_numbers_are_told_apart_exactly() -> None:
    one, two = plan(), plan()
    change(one, 1)["after"]["size"] = 2**53
    change(two, 1)["after"]["size"] = 2**53 + 1
    assert of(one).strict != of(two).strict


def test_a_secret_does_not_move_it_so_it_cannot_be_guessed() -> None:
    other = plan()
    change(other)["before"]["pin"] = "0000"
    change(other)["after"]["pin"] = "1111"
    change(other, 1)["after"]["note"] = "uses 0000 today"
    assert of(other) == of(plan())


def test_whether_a_secret_changes_moves_it() -> None:
    other = plan()
    change(other)["after"]["pin"] = change(other)["before"]["pin"]
    assert of(other).strict != of(plan()).strict


def test_with_a_key_secrets_are_told_apart() -> None:
    other = plan()
    change(other)["after"]["pin"] = "1111"
    assert of(other, KEY).strict != of(plan(), KEY).strict
    assert of(plan(), KEY) == of(plan(), KEY)
    assert of(plan(), KEY).strict not in {of(plan()).strict, of(plan(), b"another").strict}


def test_what_stands_for_a_secret_cannot_be_written_as_a_value() -> None:
    one, two = plan(), plan()
    change(one)["after"]["pin"] = "(sensitive value)"
    change(two)["after_sensitive"] = {}
    change(two)["after"]["pin"] = "(sensitive value)"
    assert of(one).strict != of(two).strict


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


@given(VALUES, VALUES)
def test_canonical_text_is_the_same_only_for_the_same_value(one: Any, two: Any) -> None:
    same = repr(ordered(without_nulls(one))) == repr(ordered(without_nulls(two)))
    assert (canonical(one) == canonical(two)) is same


def ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: ordered(value[name]) for name in sorted(value)}
    return [ordered(item) for item in value] if isinstance(value, list) else value


def test_no_two_fixtures_share_one() -> None:
    made = {path.parent.name: fingerprint(decode_plan(path.read_bytes())) for path in PLANS}
    assert len(PLANS) > 100
    by_strict: dict[str, list[str]] = {}
    for name, each in made.items():
        by_strict.setdefault(each.strict, []).append(name)
    doubles = [names for names in by_strict.values() if len(names) > 1]
    assert [names for names in doubles if not same_changes(names)] == []


def same_changes(names: list[str]) -> bool:
    """Whether plans differ only in what is no change: their configuration or their no-ops."""
    texts = {
        canonical([each.raw.change.actions for each in plan_.pending])
        for plan_ in (decode_plan((FIXTURES / name / "plan.json").read_bytes()) for name in names)
    }
    return len(texts) == 1


GOLDEN = ("1581e3270d65abeb", "07c9ac0775d0fd17")
