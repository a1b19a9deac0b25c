"""E07: what listener rules match, and take from each other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plans import Json, create, noop, tweak, update
from tests.rules.entry.stack import (
    LISTENER,
    RULE,
    RULE_VALUES,
    answer,
    forward,
    found,
    stack,
    undecided,
    when,
)

NEW = "aws_lb_listener_rule.new"
TO_LISTENER = {NEW: {"listener_arn": ["aws_lb_listener.https.arn"]}}


def rule(**changed: Any) -> Json:
    return tweak(RULE, RULE_VALUES, **changed)


def new(priority: int, action: list[Json], **fields: list[str]) -> Json:
    values = {"action": action, "condition": when(**fields), "priority": priority}
    return create(NEW, {"listener_arn": "arn:li/443", **values})


def test_a_new_rule_that_takes_one_pattern_of_a_later_one_is_flagged() -> None:
    both = {**RULE_VALUES, "condition": when(path_pattern=["/api/*", "/v2/*"])}
    takes, beside = (
        new(50, forward("web"), path_pattern=["/gifts/*", path]) for path in ("/v2/*", "/v3/*")
    )

    assert found(stack(noop(RULE, both), takes, references=TO_LISTENER)) == [("E07", NEW)]
    assert found(stack(noop(RULE, both), beside, references=TO_LISTENER)) == []


@pytest.mark.parametrize(
    "condition",
    [
        when(path_pattern=["/api/v2/*"]),
        when(path_pattern=["/other/*"]),
        when(path_pattern=["/api/*"], host_header=["shop.example"]),
    ],
)
def test_a_rule_that_matches_less_is_flagged(condition: list[Json]) -> None:
    assert found(stack(rule(condition=condition))) == [("E07", RULE)]


@pytest.mark.parametrize(
    "changed",
    [
        {"condition": when(path_pattern=["/api/*", "/v2/*"])},
        {"condition": when(path_pattern=["/*"]), "priority": 49_000, "action": forward("web")},
        {"priority": 110},
        {"tags": {"team": "shop"}},
    ],
)
def test_a_rule_that_matches_more_or_moves_past_nobody_passes(changed: Json) -> None:
    before = {**RULE_VALUES, "action": changed.get("action", RULE_VALUES["action"])}

    assert found(stack(update(RULE, before, {**before, **changed}))) == []


def test_a_rule_narrowed_to_what_the_listener_does_anyway_passes() -> None:
    before = {**RULE_VALUES, "action": forward("web")}
    after = {**before, "condition": when(path_pattern=["/api/v2/*"])}

    assert found(stack(update(RULE, before, after))) == []


def test_a_condition_moved_to_another_rule_with_the_same_target_passes() -> None:
    judged = stack(
        rule(condition=when(path_pattern=["/other/*"])),
        new(90, forward("next"), path_pattern=["/api/*"]),
        references=TO_LISTENER,
    )

    assert found(judged) == []


@pytest.mark.parametrize(
    "edit",
    [
        new(1, answer("503"), path_pattern=["/*"]),
        new(1, forward("other"), path_pattern=["*"]),
        new(1, forward("other"), path_pattern=["/api/*"]),
        new(1, forward("other"), path_pattern=["/a*"]),
    ],
)
def test_a_new_rule_that_takes_the_requests_of_another_is_flagged(edit: Json) -> None:
    assert found(stack(edit, references=TO_LISTENER)) == [("E07", NEW)]


@pytest.mark.parametrize(
    "edit",
    [
        new(1, forward("other"), host_header=["new.example"]),
        new(1, forward("other"), path_pattern=["/api/*"], host_header=["new.example"]),
        new(200, forward("other"), path_pattern=["/api/*"]),
        new(1, forward("next"), path_pattern=["/api/*"]),
        new(49_000, forward("web"), path_pattern=["/*"]),
    ],
)
def test_a_new_rule_that_takes_nothing_from_others_passes(edit: Json) -> None:
    assert found(stack(edit, references=TO_LISTENER)) == []


def test_a_rule_that_comes_to_stand_first_or_last_is_flagged() -> None:
    wide = {**RULE_VALUES, "condition": when(path_pattern=["/*"]), "action": forward("web")}
    wide |= {"priority": 200, "id": "arn:ru/2", "arn": "arn:ru/2"}
    refers = {"aws_lb_listener_rule.wide": {"listener_arn": ["aws_lb_listener.https.arn"]}}
    first = stack(tweak("aws_lb_listener_rule.wide", wide, priority=1), references=refers)
    last = stack(rule(priority=300), noop("aws_lb_listener_rule.wide", wide), references=refers)

    assert found(first) == [("E07", "aws_lb_listener_rule.wide")]
    assert found(last) == [("E07", RULE)]


def test_a_rule_of_another_listener_takes_nothing() -> None:
    edit = new(1, forward("other"), path_pattern=["/*"])
    edit["change"]["after"]["listener_arn"] = "arn:li/80"

    assert found(stack(edit)) == []


def test_conditions_that_are_not_known_yet_are_undecided() -> None:
    after = {**RULE_VALUES, "condition": [{"host_header": [{"values": None}]}]}
    hidden = {"condition": [{"host_header": [{"values": True}]}]}

    assert undecided(stack(update(RULE, RULE_VALUES, after, after_unknown=hidden))) == ["E07"]


def test_headers_and_queries_are_conditions_too() -> None:
    before = [
        {"http_header": [{"http_header_name": "X-Beta", "values": ["yes"]}]},
        {"query_string": [{"key": "beta", "value": "1"}]},
    ]
    values = {**RULE_VALUES, "condition": before}

    assert found(stack(tweak(RULE, values, condition=before[1:]))) == []
    assert found(stack(tweak(RULE, {**values, "condition": before[:1]}, condition=before))) == [
        ("E07", RULE)
    ]
    assert LISTENER not in dict(found(stack(tweak(RULE, values, condition=before[1:]))))
