"""X13: alarms and the metrics they watch."""

from __future__ import annotations

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import Context, Review, review
from iacrisk.rules.exposure.metrics import alarm_without_metric
from tests.plans import Json, delete, noop, plan, tweak, update

FILTER = "aws_cloudwatch_log_metric_filter.errors"
ALARM = "aws_cloudwatch_metric_alarm.errors"


def publishes(name: str) -> Json:
    return {"metric_transformation": [{"namespace": "shop", "name": name, "value": "1"}]}


def watches(name: str) -> Json:
    return {"namespace": "shop", "metric_name": name, "threshold": 1}


def judged(*changes: Json) -> Review:
    made = plan(*changes)
    result = review(Context(made, build_graph(made)), rules=(alarm_without_metric,), suppressors=())
    assert result.failures == ()
    return result


def findings(*changes: Json) -> list[tuple[str, str]]:
    return [(item.rule, item.address) for item in judged(*changes).findings]


RENAMED = update(FILTER, publishes("Failed"), publishes("Errors"))


def test_a_renamed_metric_that_an_alarm_still_watches_is_flagged() -> None:
    [found] = judged(RENAMED, noop(ALARM, watches("Failed"))).findings
    assert (found.rule, found.address, found.hurts) == ("X13", FILTER, (ALARM,))


def test_a_deleted_metric_that_an_alarm_still_watches_is_flagged() -> None:
    gone = delete(FILTER, publishes("Failed"))
    assert findings(gone, noop(ALARM, watches("Failed"))) == [("X13", FILTER)]


@pytest.mark.parametrize(
    "alarm",
    [
        tweak(ALARM, watches("Failed"), metric_name="Errors"),
        noop(ALARM, watches("Other")),
        delete(ALARM, watches("Failed")),
    ],
)
def test_an_alarm_that_follows_watches_something_else_or_goes_passes(alarm: Json) -> None:
    assert findings(RENAMED, alarm) == []


def test_an_alarm_that_turns_to_a_metric_nobody_here_publishes_is_flagged() -> None:
    turned = tweak(ALARM, watches("CPUUtilization"), metric_name="CPUCreditBalance")
    assert findings(turned) == [("X13", ALARM)]
    assert findings(tweak(ALARM, watches("CPUUtilization"), threshold=2)) == []


def test_a_metric_that_is_not_known_is_undecided() -> None:
    unknown = {"metric_transformation": [{"name": True}]}
    after = {"metric_transformation": [{"namespace": "shop"}]}
    change = update(FILTER, publishes("Failed"), after, after_unknown=unknown)
    alarm = noop(ALARM, watches("Failed"))
    assert [item.rule for item in judged(change, alarm).undecided] == ["X13"]
