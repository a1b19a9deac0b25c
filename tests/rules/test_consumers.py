"""C16: visibility timeouts against the time that a function may work."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import Context, Review, review
from iacrisk.rules.compute.consumers import consumer_outlives_visibility
from tests.plans import Json, delete, noop, plan, tweak, update

QUEUE = {"arn": "arn:aws:sqs:eu-west-1:1:jobs", "visibility_timeout_seconds": 300}
FUNCTION = {"arn": "arn:aws:lambda:eu-west-1:1:function:work", "timeout": 120}
MAPPING = noop(
    "aws_lambda_event_source_mapping.m",
    {"event_source_arn": QUEUE["arn"], "function_arn": FUNCTION["arn"]},
)


def judged(*changes: Json) -> Review:
    made = plan(*changes)
    rules = (consumer_outlives_visibility,)
    result = review(Context(made, build_graph(made)), rules=rules, suppressors=())
    assert result.failures == ()
    return result


def findings(*changes: Json) -> list[tuple[str, str]]:
    return [(item.address, item.what) for item in judged(*changes).findings]


def test_a_queue_that_hides_messages_for_less_than_the_work_takes_is_flagged() -> None:
    queue = tweak("aws_sqs_queue.q", QUEUE, visibility_timeout_seconds=60)
    [(address, what)] = findings(queue, noop("aws_lambda_function.f", FUNCTION), MAPPING)
    assert address == "aws_sqs_queue.q"
    assert "after 60 s while aws_lambda_function.f may work on them for 120 s" in what


def test_a_function_that_may_work_longer_than_the_queue_hides_is_flagged() -> None:
    function = tweak("aws_lambda_function.f", FUNCTION, timeout=600)
    [(address, _)] = findings(noop("aws_sqs_queue.q", QUEUE), function, MAPPING)
    assert address == "aws_lambda_function.f"


@pytest.mark.parametrize("seconds", [120, 720])
def test_a_timeout_that_leaves_enough_time_passes(seconds: int) -> None:
    queue = tweak("aws_sqs_queue.q", QUEUE, visibility_timeout_seconds=seconds)
    assert findings(queue, noop("aws_lambda_function.f", FUNCTION), MAPPING) == []


def test_a_queue_that_no_function_reads_passes() -> None:
    queue = tweak("aws_sqs_queue.q", QUEUE, visibility_timeout_seconds=1)
    gone = delete("aws_lambda_event_source_mapping.m", MAPPING["change"]["before"])
    assert findings(queue, noop("aws_lambda_function.f", FUNCTION)) == []
    assert findings(queue, noop("aws_lambda_function.f", FUNCTION), gone) == []


def test_a_timeout_that_was_too_short_before_and_stays_passes() -> None:
    queue = tweak("aws_sqs_queue.q", QUEUE | {"visibility_timeout_seconds": 5}, tags={"a": "b"})
    assert findings(queue, noop("aws_lambda_function.f", FUNCTION), MAPPING) == []


def test_a_timeout_that_is_not_known_is_undecided() -> None:
    queue = update("aws_sqs_queue.q", QUEUE, {}, after_unknown={"visibility_timeout_seconds": True})
    result = judged(queue, noop("aws_lambda_function.f", FUNCTION), MAPPING)
    assert [(item.rule, item.address) for item in result.undecided] == [("C16", "aws_sqs_queue.q")]


@pytest.mark.parametrize("odd", [None, "x", [], {}])
def test_odd_timeouts_do_not_make_it_raise(odd: Any) -> None:
    judged(
        update("aws_sqs_queue.q", QUEUE, {"visibility_timeout_seconds": odd}),
        noop("aws_lambda_function.f", {"arn": FUNCTION["arn"], "timeout": odd}),
        MAPPING,
    )
