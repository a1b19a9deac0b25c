"""A masked plan holds no sensitive value, and is read as the plan is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from iacrisk.plan import decode_plan
from iacrisk.plan.masking import mask_plan
from tests.plans import create, document, plan, replace, tweak, update
from tests.report.test_secrets import (
    NUMBER,
    PEM,
    PLANTERS,
    QUOTED,
    SECRETS,
    SPACED,
    TEXT,
    Planter,
    copies,
    forms_of,
    marked_attribute,
    policy_text,
)


def masked(plan_json: dict[str, Any]) -> dict[str, Any]:
    text = mask_plan(decode_plan(json.dumps(plan_json).encode())).json
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize("secret", [TEXT, NUMBER, PEM, QUOTED, SPACED])
@pytest.mark.parametrize("planter", PLANTERS)
def test_a_secret_is_nowhere_in_the_masked_plan(planter: Planter, secret: Any) -> None:
    text = mask_plan(decode_plan(json.dumps(planter(secret)).encode())).json.decode()
    leaked = {form for form in forms_of(secret) if form in text}
    assert leaked == set(), text


@given(SECRETS)
def test_any_text_that_is_marked_is_nowhere_in_the_masked_plan(secret: str) -> None:
    mark = "Zq9" + secret
    for planter in (marked_attribute, policy_text):
        assert "Zq9" not in json.dumps(masked(planter(mark)))
    if secret.isprintable() and max(secret) < "\ud800":  # quoted alike by JSON and by Terraform
        assert "Zq9" not in json.dumps(masked(copies(mark)))


@pytest.mark.parametrize("planter", PLANTERS)
def test_the_masked_plan_is_a_plan_and_stays_as_it_is(planter: Planter) -> None:
    once = mask_plan(decode_plan(json.dumps(planter(TEXT)).encode())).json
    again = decode_plan(once)
    assert len(again.changes) == len(planter(TEXT)["resource_changes"])
    assert again.redactor.text(once.decode()).count("sensitive-value-") <= once.count(b"sensitive")


def test_equal_values_stay_equal_and_different_ones_different() -> None:
    marks = {"password": True, "token": True, "same": True}
    before = {"password": "aaaa-1", "token": "bbbb-2", "same": "cccc-3"}
    after = {"password": "bbbb-2", "token": "dddd-4", "same": "cccc-3"}
    [found] = masked(document(update("aws_db_instance.a", before, after, after_sensitive=marks)))[
        "resource_changes"
    ]
    old, new = found["change"]["before"], found["change"]["after"]

    assert len(set(old.values())) == 3
    assert new["password"] == old["token"]
    assert new["same"] == old["same"]
    assert new["token"] not in old.values()


def test_what_is_not_sensitive_stays_as_it_is() -> None:
    change = tweak("aws_instance.a", {"size": 1, "tags": {"Name": "app"}, "on": True}, size=2)
    [found] = masked(document(change))["resource_changes"]

    assert found["change"]["before"] == change["change"]["before"]
    assert found["change"]["after"] == change["change"]["after"]
    assert found["address"] == "aws_instance.a"


def test_keys_below_a_mark_are_masked_alike_in_values_marks_and_paths() -> None:
    changed = replace(
        "kubernetes_secret.a",
        {"data": {"alpha-key": "one1", "beta-key": "two2"}},
        {"data": {"alpha-key": "one1"}},
        "data.beta-key",
        before_sensitive={"data": True},
        after_unknown={"data": {"beta-key": True}},
    )
    [found] = masked(document(changed))["resource_changes"]
    text = json.dumps(found)
    alpha, beta = found["change"]["before"]["data"]

    assert "alpha" not in text
    assert "beta" not in text
    assert list(found["change"]["after"]["data"]) == [alpha]
    assert found["change"]["after_unknown"] == {"data": {beta: True}}
    assert found["change"]["replace_paths"] == [["data", beta]]


def test_common_values_are_masked_where_they_are_marked_and_only_there() -> None:
    changed = create(
        "aws_x.a", {"flag": True, "other": True, "none": None}, after_sensitive={"flag": True}
    )
    [found] = masked(document(changed))["resource_changes"]

    assert found["change"]["after"]["flag"].startswith("sensitive-value-")
    assert found["change"]["after"]["other"] is True


def test_what_iacrisk_does_not_read_is_not_kept() -> None:
    kept = masked(
        document(
            create("aws_x.a", {"a": 1}),
            surprise={"token": "x"},
            relevant_attributes=[],
            planned_values={"root_module": {}},
        )
    )
    assert "surprise" not in kept
    assert "planned_values" not in kept


def test_the_same_plan_gives_the_same_bytes() -> None:
    judged = plan(*copies(TEXT)["resource_changes"])
    assert mask_plan(judged).json == mask_plan(judged).json
