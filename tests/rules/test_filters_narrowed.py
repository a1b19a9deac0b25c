"""C17: filters that let through fewer events."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import Context, Review, review
from iacrisk.rules.compute.filters import filter_narrowed
from tests.plans import Json, plan, tweak, update

SUBSCRIPTION = "aws_sns_topic_subscription.invoices"
BOTH = {"kind": ["placed", "refunded"]}


def judged(change: Json) -> Review:
    made = plan(change)
    result = review(Context(made, build_graph(made)), rules=(filter_narrowed,), suppressors=())
    assert result.failures == ()
    return result


def said(
    before: Any, after: Any, address: str = SUBSCRIPTION, name: str = "filter_policy"
) -> list[str]:
    sides = [None if side is None else json.dumps(side) for side in (before, after)]
    found = judged(update(address, {name: sides[0]}, {name: sides[1]})).findings
    return [item.what for item in found]


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (BOTH, {"kind": ["placed"]}, "kind refunded"),
        (BOTH, {**BOTH, "region": ["eu"]}, "events without the right region"),
        (None, BOTH, "what does not match its new filter"),
        ({"a": {"b": ["x", "y"]}}, {"a": {"b": ["x"]}}, "a.b y"),
        ({"n": [{"numeric": [">", 1]}]}, {"n": [{"numeric": [">", 5]}]}, 'n {"numeric":[">",1]}'),
    ],
)
def test_a_filter_that_lets_through_less_is_flagged(before: Any, after: Any, what: str) -> None:
    assert said(before, after) == [f"It no longer hears {what}."]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"kind": ["placed"]}, BOTH),
        (BOTH, {"kind": ["refunded", "placed"]}),
        ({**BOTH, "region": ["eu"]}, BOTH),
        (BOTH, None),
    ],
)
def test_a_filter_that_lets_through_as_much_or_more_passes(before: Any, after: Any) -> None:
    assert said(before, after) == []


def test_event_patterns_are_filters_too() -> None:
    pattern = {"source": ["shop"], "detail-type": ["refund"]}
    narrower = {**pattern, "detail": {"amount": [{"numeric": [">", 100]}]}}
    assert said(pattern, narrower, "aws_cloudwatch_event_rule.r", "event_pattern") == [
        "It no longer hears events without the right detail."
    ]


def test_one_of_several_criteria_is_enough() -> None:
    def criteria(*patterns: Json) -> Json:
        return {"filter_criteria": [{"filter": [{"pattern": json.dumps(p)} for p in patterns]}]}

    address = "aws_lambda_event_source_mapping.m"
    one, two = {"kind": ["a"]}, {"kind": ["b"]}
    assert judged(update(address, criteria(one), criteria(one, two))).findings == ()
    assert len(judged(update(address, criteria(one, two), criteria(one))).findings) == 1


def test_a_filter_that_is_not_known_is_undecided() -> None:
    change = update(
        SUBSCRIPTION, {"filter_policy": "{}"}, {}, after_unknown={"filter_policy": True}
    )
    assert [item.rule for item in judged(change).undecided] == ["C17"]


@pytest.mark.parametrize("odd", ["not json", "[]", "7", 7, [], [None], {"a": 1}])
def test_odd_filters_do_not_make_it_raise(odd: Any) -> None:
    judged(tweak(SUBSCRIPTION, {"filter_policy": odd}, filter_policy='{"a": ["b"]}'))
    judged(tweak(SUBSCRIPTION, {"filter_policy": '{"a": ["b"]}'}, filter_policy=odd))
