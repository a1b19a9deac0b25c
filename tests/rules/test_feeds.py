"""C30, C31, C14: who is no longer fed, who runs far more often, what runs on layers."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.catalog.feeds import all_feeds, feed_of
from iacrisk.plan import Plan
from iacrisk.rules.readers.settings.schedules import is_oftener
from iacrisk.rules.rule import Confidence, Severity
from tests.pairs import findings_of, is_held, judge
from tests.plans import create, delete, noop, plan, tweak

SQS = "arn:aws:sqs:eu-west-1:123456789012"
SNS = "arn:aws:sns:eu-west-1:123456789012:orders"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function"

QUEUE = noop("aws_sqs_queue.invoices", {"id": "q", "arn": f"{SQS}:invoices", "name": "invoices"})
WORKER = noop(
    "aws_lambda_function.worker",
    {"id": "worker", "arn": f"{FUNCTION}:worker", "function_name": "worker"},
)
MAPPING = noop(
    "aws_lambda_event_source_mapping.worker",
    {
        "id": "m",
        "event_source_arn": f"{SQS}:invoices",
        "function_name": "worker",
        "function_arn": f"{FUNCTION}:worker",
    },
)
SUBSCRIPTION = {
    "id": f"{SNS}:1",
    "topic_arn": SNS,
    "protocol": "sqs",
    "endpoint": f"{SQS}:invoices",
}
REFERENCES = {
    "aws_sns_topic_subscription.invoices": {"endpoint": ["aws_sqs_queue.invoices.arn"]},
    "aws_lambda_event_source_mapping.worker": {
        "event_source_arn": ["aws_sqs_queue.invoices.arn"],
        "function_name": ["aws_lambda_function.worker.function_name"],
    },
}


def unsubscribed(*others: dict[str, Any]) -> Plan:
    return plan(
        delete("aws_sns_topic_subscription.invoices", SUBSCRIPTION),
        *others,
        references=REFERENCES,
    )


def test_a_queue_with_a_worker_that_nothing_fills_any_more_is_told_with_the_worker() -> None:
    judged = judge(unsubscribed(QUEUE, MAPPING, WORKER))
    [change] = judged.changes
    [found] = change.findings

    assert (found.rule, set(found.hurts)) == (
        "C30",
        {QUEUE["address"], MAPPING["address"], WORKER["address"]},
    )
    assert is_held(unsubscribed(QUEUE, MAPPING, WORKER))


def test_a_queue_that_nobody_reads_or_that_goes_passes() -> None:
    assert findings_of(judge(unsubscribed(QUEUE))) == ()
    gone = delete(QUEUE["address"], QUEUE["change"]["before"])
    assert not any("C30" in text for text in findings_of(judge(unsubscribed(gone))))


def test_another_subscription_to_the_same_topic_takes_over() -> None:
    same = noop("aws_sns_topic_subscription.again", {**SUBSCRIPTION, "id": f"{SNS}:2"})
    new = create("aws_sns_topic_subscription.again", {**SUBSCRIPTION, "id": f"{SNS}:2"})
    for other in (same, new):
        found = findings_of(judge(unsubscribed(QUEUE, MAPPING, WORKER, other)))
        assert not any("C30" in text for text in found)


def test_a_second_topic_makes_it_less_grave() -> None:
    other = noop(
        "aws_sns_topic_subscription.returns",
        {**SUBSCRIPTION, "id": "r", "topic_arn": f"{SNS}-returns"},
    )
    [change] = judge(unsubscribed(QUEUE, MAPPING, WORKER, other)).changes
    [found] = change.findings
    assert (found.rule, found.severity, found.confidence) == (
        "C30",
        Severity.MEDIUM,
        Confidence.LOW,
    )


def scheduled(state: str) -> Plan:
    schedule = {
        "id": "s",
        "name": "nightly",
        "state": state,
        "schedule_expression": "rate(1 day)",
        "target": [{"arn": f"{FUNCTION}:worker:live"}],
    }
    return plan(delete("aws_scheduler_schedule.nightly", schedule), WORKER)


def test_a_schedule_that_goes_is_told_unless_it_was_off() -> None:
    assert is_held(scheduled("ENABLED"))
    assert findings_of(judge(scheduled("DISABLED"))) == ()


def test_a_bucket_that_no_longer_tells_a_function_is_told() -> None:
    told = [{"events": ["s3:ObjectCreated:*"], "lambda_function_arn": f"{FUNCTION}:worker"}]
    before = {"id": "b", "bucket": "b", "lambda_function": told}
    change = tweak("aws_s3_bucket_notification.b", before, lambda_function=[])
    assert is_held(plan(change, WORKER))
    more = [*told, {"events": ["s3:ObjectRemoved:*"], "lambda_function_arn": f"{FUNCTION}:x"}]
    wider = tweak("aws_s3_bucket_notification.b", before, lambda_function=more)
    assert not is_held(plan(wider, WORKER))


@pytest.mark.parametrize("row", all_feeds(), ids=lambda row: row[0])
def test_each_row_names_a_type_once_with_paths(row: tuple[str, ...]) -> None:
    feed = feed_of(row[0])
    assert feed is not None
    assert feed.fed
    assert list(all_feeds()) == sorted(all_feeds())
    assert len({one[0] for one in all_feeds()}) == len(all_feeds())


@pytest.mark.parametrize(
    ("before", "after", "far"),
    [
        ("cron(0 6 1 * ? *)", "cron(0 6 * * ? *)", True),
        ("rate(30 days)", "rate(1 day)", True),
        ("rate(1 day)", "rate(12 hours)", False),
        ("cron(0 6 ? * MON *)", "cron(0 7 ? * MON *)", False),
        ("rate(1 day)", "rate(30 days)", False),
        ("rate(1 day)", None, False),
        ("nonsense", "rate(1 minute)", False),
    ],
)
def test_six_times_as_often_is_far_more_often(before: str, after: str | None, far: bool) -> None:
    assert is_oftener(before, after) is far


def run(name: str, before: str, after: str) -> Plan:
    schedule = {"id": name, "name": name, "schedule_expression": before, "target": []}
    return plan(tweak("aws_scheduler_schedule.job", schedule, schedule_expression=after))


def test_what_charges_or_mails_waits_and_a_frequent_check_does_not() -> None:
    assert is_held(run("subscription-charges", "rate(1 day)", "rate(1 hour)"))
    assert is_held(run("warm-index", "cron(0 6 1 * ? *)", "rate(1 day)"))
    assert not is_held(run("warm-index", "rate(1 day)", "rate(1 hour)"))


LAYER = f"{FUNCTION.replace('function', 'layer')}:deps:3"


def rerun(runtime: str, *made_for: str) -> Plan:
    before = {
        "id": "f",
        "function_name": "f",
        "runtime": "python3.9",
        "source_code_hash": "one",
        "layers": [LAYER] if made_for else [],
    }
    layer = noop(
        "aws_lambda_layer_version.deps",
        {"id": LAYER, "arn": LAYER, "compatible_runtimes": list(made_for)},
    )
    return plan(tweak("aws_lambda_function.f", before, runtime=runtime), layer)


def test_a_layer_that_does_not_know_the_runtime_makes_it_grave() -> None:
    assert is_held(rerun("python3.10", "python3.9"))
    assert not is_held(rerun("python3.10", "python3.9", "python3.10"))
    assert not is_held(rerun("python3.10"))


def test_a_leap_over_versions_waits() -> None:
    assert is_held(rerun("python3.12"))
    before = {"id": "f", "function_name": "f", "runtime": "nodejs16.x"}
    assert is_held(plan(tweak("aws_lambda_function.f", before, runtime="nodejs18.x")))
    newer = before | {"runtime": "nodejs18.x"}
    assert not is_held(plan(tweak("aws_lambda_function.f", newer, runtime="nodejs20.x")))


def piped(state: str) -> Plan:
    machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:bill"
    pipe = {"id": "p", "name": "p", "source": f"{SQS}:invoices", "target": machine}
    bill = {"id": machine, "arn": machine, "name": "bill"}
    return plan(
        delete("aws_pipes_pipe.bill", pipe | {"desired_state": state}),
        noop("aws_sfn_state_machine.bill", bill),
    )


def test_a_pipe_that_was_stopped_may_go() -> None:
    assert is_held(piped("RUNNING"))
    assert findings_of(judge(piped("STOPPED"))) == ()
