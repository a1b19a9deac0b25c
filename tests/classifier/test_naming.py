"""Who is named as hit and who is folded."""

from __future__ import annotations

import datetime
import json

import pytest

from iacrisk.assess import Assessment, Circumstances, assess
from iacrisk.classifier import HitArtifact, HitModel, Term
from iacrisk.gate import ModelUse, Policy
from iacrisk.gate.policy import ModelSettings
from iacrisk.graph import BlastRadius
from iacrisk.plan import Plan
from iacrisk.report.console import render_console
from iacrisk.report.explanation import render_explanation
from iacrisk.report.json_report import render_json
from iacrisk.report.markdown import render_markdown
from tests.plans import delete, noop, plan

TABLE = "aws_dynamodb_table.t"
USERS = {
    "aws_lambda_function.f": "environment",
    "aws_ssm_parameter.p": "value",
    "aws_cloudwatch_metric_alarm.a": "dimensions",
}


def dropped() -> Plan:
    return plan(
        delete(TABLE, {"id": "orders", "name": "orders"}),
        *(noop(user, {"id": user}) for user in USERS),
        references={user: {name: [f"{TABLE}.name"]} for user, name in USERS.items()},
    )


def naming(**amounts: float) -> HitModel:
    """It knows columns by the name with dots in place of double underscores."""
    terms = tuple(
        Term(column=name.replace("__", "."), cuts=(0.5,), amounts=(0.0, amount))
        for name, amount in amounts.items()
    )
    return HitModel(HitArtifact(format=1, intercept=-1.0, terms=terms, bar=0.5))


def judge(model: HitModel | None, use: ModelUse = ModelUse.ADVISORY) -> Assessment:
    policy = Policy(model=ModelSettings(use=use))
    told = Circumstances(today=datetime.date(2026, 1, 1), environment="production")
    return assess(dropped(), policy, told, naming=model)


def radius(assessment: Assessment) -> BlastRadius:
    [item] = assessment.changes
    return item.radius


def test_the_likeliest_come_first_and_the_unlikely_are_folded_not_dropped() -> None:
    found = radius(judge(naming(to__COMPUTE=3.0, to__CONTROL=-3.0)))

    assert [hit.address for hit in found.named] == ["aws_lambda_function.f"]
    assert found.hits[0].address == "aws_lambda_function.f"
    assert {hit.address for hit in found.hits} == set(USERS)
    assert found.names_itself is False
    assert found.itself == pytest.approx(0.2689, abs=0.001)


def test_it_moves_neither_score_nor_verdict() -> None:
    without, with_it = judge(None), judge(naming(to__COMPUTE=3.0))

    assert with_it.score == without.score
    assert with_it.decision == without.decision
    assert [item.score for item in with_it.changes] == [item.score for item in without.changes]


@pytest.mark.parametrize(("model", "use"), [(None, ModelUse.ADVISORY), (naming(), ModelUse.OFF)])
def test_without_it_all_are_named(model: HitModel | None, use: ModelUse) -> None:
    found = radius(judge(model, use))

    assert {hit.address for hit in found.named} == set(USERS)
    assert found.itself is None
    assert all(hit.chance is None for hit in found.hits)


def test_reports_name_the_likely_and_count_the_others() -> None:
    assessment = judge(naming(to__COMPUTE=3.0, itself=3.0))
    console, markdown = render_console(assessment), render_markdown(assessment)

    assert "who is hit (2):\n      the changed resource itself\n" in console
    assert "      and 2 more may notice (see `iacrisk explain`)\n" in console
    assert "aws_ssm_parameter.p" not in console
    assert "**Who is hit (2)**\n- the changed resource itself\n" in markdown
    assert "- and 2 more may notice\n" in markdown
    assert "aws_ssm_parameter.p" not in markdown


def test_where_nobody_is_likely_reports_say_how_many_may_notice() -> None:
    console = render_console(judge(naming()))

    assert "who is hit (0):\n      3 may notice (see `iacrisk explain`)\n" in console


def test_the_whole_list_stands_in_json_and_in_the_explanation() -> None:
    assessment = judge(naming(to__COMPUTE=3.0))
    [change] = json.loads(render_json(assessment))["changes"]
    told = render_explanation(assessment, assessment.changes[0])

    assert [(hit["address"], hit["named"]) for hit in change["hits"]] == [
        ("aws_lambda_function.f", True),
        ("aws_cloudwatch_metric_alarm.a", False),
        ("aws_ssm_parameter.p", False),
    ]
    assert change["hits"][0]["chance"] == 0.8808
    assert (change["itself"], change["names_itself"]) == (0.2689, False)
    assert told.index("Who is hit") < told.index("aws_lambda_function.f (1 hop")
    assert told.index("Who may notice as well") < told.index("aws_ssm_parameter.p (1 hop")
