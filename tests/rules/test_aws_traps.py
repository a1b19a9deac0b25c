"""What only looks like the twins of `aws_twins`, and what the plan cannot tell."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.assess import Assessment
from iacrisk.gate import Verdict
from tests.pairs import judge
from tests.plans import Json, create, delete, noop, plan, replace, tweak
from tests.rules import aws_twins as twins


def rules_of(assessment: Assessment) -> set[str]:
    return {one.rule for item in assessment.changes for one in item.findings}


def undecided_of(assessment: Assessment) -> set[str]:
    return {one.rule for item in assessment.changes for one in item.undecided}


# Selections


def selection(**after: Any) -> Assessment:
    before = {
        "name": "gold",
        "plan_id": "p-1",
        "selection_tag": [{"type": "STRINGEQUALS", "key": "tier", "value": "gold"}],
        "condition": [],
        "resources": [],
    }
    unknown = after.pop("unknown", {})
    change = replace(
        "aws_backup_selection.gold",
        before,
        {name: value for name, value in {**before, **after}.items() if name not in unknown},
        "selection_tag",
        after_unknown={"id": True, **unknown},
    )
    table = {"id": "t", "arn": "arn:aws:dynamodb:eu:1:table/t", "tags": {"tier": "gold"}}
    return judge(plan(noop("aws_dynamodb_table.t", table), change))


def test_a_selection_by_name_that_still_lists_it_passes() -> None:
    other = [{"type": "STRINGEQUALS", "key": "tier", "value": "none"}]
    kept = selection(selection_tag=other, resources=["arn:aws:dynamodb:*:*:table/*"])
    assert "D32" not in rules_of(kept)


def test_a_condition_that_it_does_not_meet_is_flagged() -> None:
    test = {"key": "aws:ResourceTag/tier", "value": "silver"}
    assert "D32" in rules_of(selection(condition=[{"string_equals": [test]}]))


def test_a_selection_whose_tag_is_not_known_is_undecided() -> None:
    assert "D32" in undecided_of(selection(unknown={"selection_tag": True}))


def test_a_list_that_nobody_configured_is_not_unknown() -> None:
    found = selection(
        selection_tag=[{"type": "STRINGEQUALS", "key": "tier", "value": "none"}],
        unknown={"condition": True, "resources": True},
    )
    assert "D32" in rules_of(found)


# Permissions


def test_an_event_rule_that_may_no_longer_invoke_is_flagged() -> None:
    function = "arn:aws:lambda:eu-west-1:123456789012:function:nightly"
    rule = "arn:aws:events:eu-west-1:123456789012:rule/"
    invoke = {"function_name": function, "principal": "events.amazonaws.com"}
    found = judge(
        plan(
            noop("aws_cloudwatch_event_rule.night", {"name": "night", "arn": f"{rule}night"}),
            noop("aws_cloudwatch_event_target.night", {"rule": "night", "arn": function}),
            delete("aws_lambda_permission.night", {**invoke, "source_arn": f"{rule}night"}),
            noop("aws_lambda_permission.day", {**invoke, "source_arn": f"{rule}day"}),
        )
    )
    assert "I22" in rules_of(found)


def test_a_permission_with_a_source_that_is_not_known_is_undecided() -> None:
    function = "arn:aws:lambda:eu-west-1:123456789012:function:nightly"
    invoke = {"function_name": "nightly", "principal": "sns.amazonaws.com"}
    topic = "arn:aws:sns:eu-west-1:123456789012:news"
    found = judge(
        plan(
            noop("aws_sns_topic_subscription.a", {"topic_arn": topic, "endpoint": function}),
            delete("aws_lambda_permission.old", {**invoke, "source_arn": topic}),
            create("aws_lambda_permission.new", invoke, after_unknown={"source_arn": True}),
        )
    )
    assert "I22" in undecided_of(found)
    assert "I22" not in rules_of(found)


# Caches


@pytest.mark.parametrize(
    ("after", "flagged"),
    [
        ("658327ea-f89d-4fab-a63d-7e88639e58f6", True),
        ("4135ea2d-6df8-44a3-9df3-4b5a84be39ad", False),
        ("somebody-else-s", False),
    ],
)
def test_a_behaviour_with_another_policy(after: str, flagged: bool) -> None:
    def site(policy: str) -> list[Json]:
        every = "216adef6-5c7f-47e4-b989-5492eafa07d3"
        return [{"cache_policy_id": policy, "origin_request_policy_id": every}]

    before = {"default_cache_behavior": site("4135ea2d-6df8-44a3-9df3-4b5a84be39ad")}
    change = tweak(
        "aws_cloudfront_distribution.site",
        {**before, "comment": "a"},
        default_cache_behavior=site(after),
        comment="b",
    )
    assert ("X16" in rules_of(judge(plan(change)))) is flagged


# Harmless only where the plan shows it


def test_a_range_is_not_narrowed_under_the_eyes_of_a_peering() -> None:
    peering = noop("aws_vpc_peering_connection.hub", {"id": "pcx-123", "vpc_id": "vpc-1"})
    assert judge(twins.range_narrowed(peering, cuts=False)).decision.verdict is not Verdict.ALLOWED


def test_an_alias_that_a_task_names_is_missed() -> None:
    task = {"id": "t", "container_definitions": '[{"environment": "alias/files-old"}]'}
    found = judge(twins.alias_goes(noop("aws_ecs_task_definition.t", task), used=False))
    assert found.decision.verdict is not Verdict.ALLOWED


@pytest.mark.parametrize(
    ("tags", "reader", "held"),
    [
        ({"DataClass": "scratch"}, "other", False),
        ({"DataClass": "scratch"}, "results", True),
        ({"DataClass": "customer"}, "other", True),
        ({"Owner": "scratch"}, "other", True),
    ],
)
def test_a_bucket_for_scratch_data(tags: Json, reader: str, held: bool) -> None:
    policy = f'{{"Resource": "arn:aws:s3:::{reader}/*"}}'
    bucket = {"bucket": "results", "id": "results", "force_destroy": True, "tags": tags}
    found = judge(
        plan(
            delete("aws_s3_bucket.results", bucket),
            noop("aws_s3_bucket.other", {"bucket": "other", "id": "other"}),
            noop("aws_iam_role_policy.app", {"role": "app", "policy": policy}),
        )
    )
    assert (found.decision.verdict is not Verdict.ALLOWED) is held


@pytest.mark.parametrize(
    ("name", "before", "after", "held"),
    [
        ("/aws/lambda/resize", 90, 30, False),
        ("/aws/lambda/resize", 90, 7, True),
        ("/aws/lambda/resize", 3653, 30, True),
        ("/aws/lambda/payment-audit", 90, 30, True),
        ("/ecs/shop", 90, 30, True),
    ],
)
def test_logs_of_one_program(name: str, before: int, after: int, held: bool) -> None:
    group = {"id": name, "name": name, "retention_in_days": before}
    found = judge(plan(tweak("aws_cloudwatch_log_group.one", group, retention_in_days=after)))
    assert (found.decision.verdict is not Verdict.ALLOWED) is held
