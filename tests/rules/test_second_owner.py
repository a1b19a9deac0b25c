"""S19: two resources that write the same document."""

from __future__ import annotations

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import Context, review
from iacrisk.rules.state import RULES
from tests.plans import Json, create, delete, noop, plan, tweak

POLICY = {"bucket": "logs", "policy": "{}"}


def findings(*changes: Json) -> set[tuple[str, str]]:
    judged = plan(*changes)
    result = review(Context(judged, build_graph(judged)), rules=RULES, suppressors=())
    assert result.failures == ()
    return {(item.rule, item.address) for item in result.findings if item.rule == "S19"}


def test_a_second_policy_of_a_bucket_is_flagged() -> None:
    first = noop("aws_s3_bucket_policy.a", POLICY)
    assert findings(first, create("aws_s3_bucket_policy.b", POLICY)) == {
        ("S19", "aws_s3_bucket_policy.b")
    }


def test_a_second_document_for_the_whole_account_is_flagged() -> None:
    first = tweak("aws_iam_account_password_policy.a", {"hard_expiry": False}, hard_expiry=True)
    assert findings(first, create("aws_iam_account_password_policy.b", {})) == {
        ("S19", "aws_iam_account_password_policy.b")
    }


@pytest.mark.parametrize(
    "other",
    [
        noop("aws_s3_bucket_policy.a", {"bucket": "other", "policy": "{}"}),
        delete("aws_s3_bucket_policy.a", POLICY),
        create("aws_s3_bucket_policy.a", {"bucket": "other"}),
        noop("aws_s3_bucket_versioning.a", {"bucket": "logs"}),
    ],
)
def test_the_first_one_of_a_bucket_passes(other: Json) -> None:
    assert findings(other, create("aws_s3_bucket_policy.b", POLICY)) == set()


def test_one_for_a_bucket_that_is_not_known_passes() -> None:
    first = noop("aws_s3_bucket_policy.a", POLICY)
    new = create("aws_s3_bucket_policy.b", {}, after_unknown={"bucket": True})
    assert findings(first, new) == set()


def test_the_overwritten_document_and_whom_it_served_are_named() -> None:
    first = noop("aws_s3_bucket_notification.a", {"bucket": "files"})
    worker = noop("aws_lambda_function.work", {"function_name": "work"})
    new = create("aws_s3_bucket_notification.b", {"bucket": "files"})
    uses = {
        "aws_s3_bucket_notification.a": {"lambda_function": ["aws_lambda_function.work.arn"]},
    }
    judged = plan(first, worker, new, references=uses)
    [found] = review(Context(judged, build_graph(judged)), rules=RULES, suppressors=()).findings
    assert found.hurts == ("aws_s3_bucket_notification.a", "aws_lambda_function.work")
