"""Settings that mean the same almost everywhere, on types of which nothing else is known."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.catalog.settings import all_usual_rows, usual_settings
from iacrisk.graph import build_graph
from iacrisk.rules import RULES, Context, Finding, review
from tests.plans import plan, update
from tests.rules.test_settings import sides

TYPE = "acme_widget"
"""A provider that nobody has heard of."""


def findings(type_name: str, name: str, before: Any, after: Any) -> list[Finding]:
    made = plan(update(f"{type_name}.x", {"id": "1", name: before}, {"id": "1", name: after}))
    result = review(Context(made, build_graph(made)), suppressors=())
    assert result.failures == ()
    return list(result.findings)


@pytest.mark.parametrize("row", all_usual_rows(), ids=lambda row: "-".join(row[:3]))
def test_every_row_fires_and_its_reverse_is_silent(row: tuple[str, ...]) -> None:
    rule, pattern, when, severity, confidence, says = row
    path = pattern.replace("*", "some")
    [setting] = [
        item
        for item in usual_settings(rule, path)
        if item.says == says and when.startswith(item.direction)
    ]
    before, after = sides(setting.direction, setting.values)

    [found] = findings(TYPE, path, before, after)
    assert (found.rule, found.severity.name.lower(), found.confidence, found.what) == (
        rule,
        severity,
        confidence,
        says,
    )
    if setting.direction not in {"changes", "retargets"}:
        assert all(item.what != says for item in findings(TYPE, path, after, before))


def test_rows_are_sorted_and_each_name_and_direction_stands_once() -> None:
    rows = all_usual_rows()

    assert list(rows) == sorted(rows)
    assert len({row[1:3] for row in rows}) == len(rows)
    assert {row[0] for row in rows} == {rule.id for rule in RULES if rule.tail}


@pytest.mark.parametrize(
    ("type_name", "name", "before", "after"),
    [
        ("aws_db_instance", "status", "available", "stopped"),
        ("aws_route53_record", "records", ["a"], []),
        ("google_project_iam_binding", "members", ["user:a", "user:b"], ["user:a"]),
    ],
)
def test_a_type_that_a_rule_knows_is_left_to_that_rule(
    type_name: str, name: str, before: Any, after: Any
) -> None:
    tail = {rule.id for rule in RULES if rule.tail}

    assert tail.isdisjoint(item.rule for item in findings(type_name, name, before, after))


def test_a_row_of_the_type_itself_wins() -> None:
    assert findings(TYPE, "enabled", True, False)[0].rule == "C21"
    assert [
        item.rule for item in findings("datadog_security_monitoring_rule", "enabled", True, False)
    ] == ["X09"]


@pytest.mark.parametrize(
    ("before", "after", "rules"),
    [
        ([{"versioning": [{"enabled": True}]}], [{"versioning": [{"enabled": False}]}], ["C21"]),
        ({"log_retention": "7d"}, {"log_retention": "1d"}, ["D33"]),
        ([{"enabled": True}, {"a": 1}], [{"enabled": False}, {"a": 1}], []),
        (
            [{"a": {"b": {"c": {"d": {"enabled": True}}}}}],
            [{"a": {"b": {"c": {"d": {"enabled": False}}}}}],
            [],
        ),
    ],
)
def test_single_blocks_are_looked_into(before: Any, after: Any, rules: list[str]) -> None:
    assert [item.rule for item in findings(TYPE, "config", before, after)] == rules


def test_labels_and_tags_are_words_of_their_owner() -> None:
    assert findings(TYPE, "labels", {"plan": "b-8"}, {"plan": "b-4"}) == []


def test_a_value_that_is_not_known_yet_says_nothing() -> None:
    change = update(f"{TYPE}.x", {"enabled": True}, {}, after_unknown={"enabled": True})
    made = plan(change)

    assert review(Context(made, build_graph(made))).findings == ()


@pytest.mark.parametrize(
    ("type_name", "name", "before", "after", "rules"),
    [
        (TYPE, "replication", True, False, ["C21"]),
        (TYPE, "repositories", ["a", "b"], ["a"], ["C21"]),
        (TYPE, "repositories", ["a", "b"], ["a", "c"], []),
        (TYPE, "action", "BLOCK", "ALLOW", ["X20"]),
        (TYPE, "log_ttl", 600, 60, []),
        (TYPE, "force_destroy", True, False, []),
        ("aws_nobody_knows", "replication", True, False, []),
        ("random_password", "special", True, False, []),
    ],
)
def test_less_of_anything_counts_where_nothing_else_is_known(
    type_name: str, name: str, before: Any, after: Any, rules: list[str]
) -> None:
    assert [item.rule for item in findings(type_name, name, before, after)] == rules
