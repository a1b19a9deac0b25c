"""The model beside the rules: it can hold a plan that they pass, and not on a hunch."""

from __future__ import annotations

import datetime
import json

import msgspec
import pytest

from iacrisk.assess import Assessment, Circumstances, assess
from iacrisk.classifier import Artifact, Calibration, Manifest, Model, Term, Use
from iacrisk.gate import Consequence, ModelUse, Policy, Verdict, Waiver
from iacrisk.gate.policy import Doubts, ModelSettings
from iacrisk.plan import Plan
from iacrisk.report.console import render_console
from iacrisk.report.explanation import render_explanation
from iacrisk.report.json_report import render_json
from iacrisk.report.markdown import render_markdown
from iacrisk.score import Part, model_contribution, model_floor
from tests.plans import noop, plan, tweak

TODAY = datetime.date(2026, 1, 1)
HEARD = Policy(model=ModelSettings(use=ModelUse.AS_SHIPPED))
QUEUE = "aws_sqs_queue.q"
MANIFEST = Manifest(
    model="risk.json",
    sha256="ab" * 32,
    feature_schema="",
    use=Use.VERDICT,
    iacrisk="0.1.0",
    kind="by hand",
    libraries={},
    data={},
    metrics={},
)


def model(amount: float, use: Use = Use.VERDICT) -> Model:
    """It knows that a timing that falls is dangerous, by `amount`."""
    artifact = Artifact(
        format=1,
        intercept=-2.0,
        terms=(Term(column="timing.down", cuts=(0.5,), amounts=(0.0, amount)),),
        calibration=Calibration(),
        hold=0.6,
    )
    return Model(artifact, msgspec.structs.replace(MANIFEST, use=use))


def shorter() -> Plan:
    """Nothing that a rule looks for."""
    return plan(
        tweak(QUEUE, {"id": "q", "receive_wait_time_seconds": 20}, receive_wait_time_seconds=10)
    )


def judge(
    asked: Model | None, policy: Policy | None = None, environment: str = "production"
) -> Assessment:
    around = Circumstances(today=TODAY, environment=environment)
    return assess(shorter(), policy or HEARD, around, asked)


SURE = 4.0
HUNCH = 2.2


def test_the_model_holds_what_no_rule_knows() -> None:
    alone = judge(None)
    together = judge(model(SURE))

    assert alone.decision.verdict is Verdict.ALLOWED
    assert together.decision.verdict is Verdict.APPROVAL_REQUIRED
    assert together.changes[0].findings == ()
    assert [item.part for item in together.changes[0].score.contributions][-1] is Part.MODEL


def test_the_model_names_the_users_of_what_it_holds() -> None:
    used = plan(
        tweak(QUEUE, {"id": "q", "receive_wait_time_seconds": 20}, receive_wait_time_seconds=10),
        noop("aws_lambda_function.f", {"id": "f"}),
        noop("aws_lambda_function.other", {"id": "o"}),
        references={"aws_lambda_function.f": {"environment": [f"{QUEUE}.url"]}},
    )
    around = Circumstances(today=TODAY, environment="production")
    held = assess(used, HEARD, around, model(SURE)).changes[0]
    passed = assess(used, HEARD, around, model(HUNCH)).changes[0]

    assert [hit.address for hit in held.radius.hits] == ["aws_lambda_function.f"]
    assert passed.radius.hits == ()


def test_a_hunch_is_shown_and_holds_nothing() -> None:
    assessment = judge(model(HUNCH))
    opinion = assessment.changes[0].opinion

    assert opinion is not None
    assert 0.5 < opinion.prediction.chance < 0.6
    assert assessment.decision.verdict is Verdict.ALLOWED


@pytest.mark.parametrize(
    ("asked", "policy"),
    [
        (model(SURE, Use.ADVISORY), HEARD),
        (model(SURE), Policy(model=ModelSettings(use=ModelUse.ADVISORY))),
        (
            model(SURE),
            Policy(
                model=ModelSettings(use=ModelUse.AS_SHIPPED),
                waivers=(
                    Waiver(
                        rule="model",
                        address="aws_sqs_*",
                        owner="ops",
                        reason="measured",
                        expires=TODAY,
                    ),
                ),
            ),
        ),
    ],
    ids=["advisory model", "advisory by policy", "waived"],
)
def test_an_opinion_that_does_not_count_moves_nothing(asked: Model, policy: Policy) -> None:
    assessment = judge(asked, policy)
    opinion = assessment.changes[0].opinion

    assert opinion is not None
    assert not opinion.counts
    assert assessment.score == judge(None).score
    assert assessment.decision.verdict is Verdict.ALLOWED
    assert "only shown" in render_explanation(assessment, assessment.changes[0])
    for text in (render_console(assessment), render_markdown(assessment)):
        assert f"holds nothing here, finds likely to break something: {QUEUE} (0.88)" in " ".join(
            text.replace("\\", "").split()
        )


def test_a_model_that_is_switched_off_is_not_asked() -> None:
    assessment = judge(model(SURE), Policy(model=ModelSettings(use=ModelUse.OFF)))

    assert assessment.model is None
    assert assessment.changes[0].opinion is None


def test_a_preview_is_not_held_by_the_model() -> None:
    assert judge(model(SURE), environment="preview").decision.verdict is Verdict.ALLOWED


@pytest.mark.parametrize(
    ("consequence", "verdict"),
    [
        (Consequence.APPROVAL_REQUIRED, Verdict.APPROVAL_REQUIRED),
        (Consequence.NOTE, Verdict.ALLOWED),
        (Consequence.COULD_NOT_REVIEW, Verdict.COULD_NOT_REVIEW),
    ],
)
def test_a_model_that_cannot_be_asked_is_a_doubt(
    consequence: Consequence, verdict: Verdict
) -> None:
    around = Circumstances(today=TODAY, environment="production", model_problem="It is damaged.")
    policy = Policy(model=HEARD.model, doubts=Doubts(model_unusable=consequence))
    assessment = assess(shorter(), policy, around)

    assert assessment.decision.verdict is verdict
    assert "It is damaged." in render_console(assessment)


def test_a_model_that_only_advises_is_missed_in_a_note() -> None:
    around = Circumstances(
        today=TODAY, model_problem="It is damaged.", naming_problem="It is too old."
    )
    assessment = assess(shorter(), Policy(), around)

    assert assessment.decision.verdict is Verdict.ALLOWED
    for text in (render_console(assessment), render_markdown(assessment)):
        words = " ".join(text.split())
        assert "only advises, could not be asked: It is damaged." in words
        assert "Everybody within reach is named as hit" in words


def test_a_missing_model_waits_for_a_person_by_default() -> None:
    assert Doubts().model_unusable is Consequence.APPROVAL_REQUIRED


def test_reports_tell_the_chance_and_what_made_it() -> None:
    assessment = judge(model(SURE))
    opinion = json.loads(render_json(assessment))["changes"][0]["opinion"]
    explained = render_explanation(assessment, assessment.changes[0])

    assert opinion == {
        "chance": 0.8808,
        "log_odds": 2.0,
        "counts": True,
        "influences": [{"columns": ["timing.down"], "amount": 4.0}],
    }
    assert "a chance of 0.88 that it breaks something; its bar: 0.60" in explained
    assert "+4.00  timeouts, intervals, periods, schedules: a number falls" in explained
    for text in (render_console(assessment), render_markdown(assessment)):
        assert "gives it a chance of 0.88" in text


def test_without_a_model_reports_say_nothing_of_it() -> None:
    report = json.loads(render_json(judge(None)))

    assert report["model"] is None
    assert report["changes"][0]["opinion"] is None


@pytest.mark.parametrize("bar", [0.05, 0.3, 0.9, 1.0])
def test_the_floor_rises_with_the_chance_and_holds_from_the_bar_on(bar: float) -> None:
    floors = [model_floor(chance / 200, bar) for chance in range(201)]

    assert floors == sorted(floors)
    assert max(floor for n, floor in enumerate(floors) if n / 200 < bar) < 0.21
    assert model_floor(bar, bar) >= 0.4
    assert max(floors) <= 0.94


def test_the_floor_is_lower_in_milder_environments() -> None:
    values = [model_contribution(0.9, 0.5, lower).value for lower in range(5)]

    assert values == sorted(values, reverse=True)
    assert values[4] == 0
