"""Callbacks stay inside the published schema, whatever a plan holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.report.json_report import Report
from iacrisk.service.hcp.callback import (
    Status,
    Tag,
    callback_body,
    has_outcomes,
    outcomes_of,
    without_outcomes,
)
from iacrisk.service.scoring.job import Job
from iacrisk.service.scoring.worker import score_plan
from tests.conftest import ROOT
from tests.plans import create, document
from tests.service.callback_schema import faults_of

WAITS = Tag("Waits", "error")
URL = "https://risk.example/assessments/abc"
FIXTURES = sorted((ROOT / "fixtures" / "plans").glob("*-danger"))[::9]


def _report(plan: Path) -> Report:
    return msgspec.json.decode(score_plan(Job(plan=str(plan))).report, type=Report)


def _body(report: Report) -> dict[str, Any]:
    outcomes = outcomes_of(report, URL, WAITS)
    found: dict[str, Any] = json.loads(callback_body(Status.FAILED, "held", URL, outcomes))
    return found


@pytest.mark.parametrize("folder", FIXTURES, ids=lambda folder: folder.name)
def test_what_is_told_of_real_plans_fits(folder: Path) -> None:
    body = _body(_report(folder / "plan.json"))
    assert faults_of(body) == []
    first = body["data"]["relationships"]["outcomes"]["data"][0]["attributes"]
    assert first["url"] == URL


def test_names_of_a_plan_cannot_format_or_mention(tmp_path: Path) -> None:
    name = 'aws_iam_user.a["[x](https://evil.example) @everyone\\n# <b>"]'
    policy = '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    change = create(
        name.replace("aws_iam_user", "aws_iam_user_policy"), {"policy": policy, "user": "u"}
    )
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(document(change)))
    body = _body(_report(plan))
    assert faults_of(body) == []
    for item in body["data"]["relationships"]["outcomes"]["data"]:
        text = item["attributes"]["body"]
        assert "[x](" not in text
        assert "@everyone" not in text
        assert "<b>" not in text


@given(st.text(), st.text())
def test_any_message_fits(message: str, url: str) -> None:
    made = json.loads(callback_body(Status.RUNNING, message, f"https://risk.example/{len(url)}"))
    assert faults_of(made) == []


def test_of_many_changes_ten_are_told_and_those_that_wait_first() -> None:
    (folder,) = (f for f in (ROOT / "fixtures" / "plans").glob("destroy-everything-danger"))
    report = _report(folder / "plan.json")
    many = msgspec.structs.replace(report, changes=[*report.changes] * 20)
    quiet = [msgspec.structs.replace(each, waits=False, score=100) for each in many.changes[:30]]
    outcomes = outcomes_of(
        msgspec.structs.replace(many, changes=[*quiet, *many.changes]), URL, WAITS
    )

    assert len(outcomes) == 10
    assert outcomes[0]["attributes"]["tags"]["Status"] == [{"label": "Waits", "level": "error"}]


def test_the_short_form_says_the_same_and_no_more() -> None:
    body = callback_body(Status.FAILED, "held", URL, [{"type": "task-result-outcomes"}])
    short = without_outcomes(body)
    assert json.loads(short) == {
        "data": {"type": "task-results", "attributes": {"status": "failed", "message": "held"}}
    }
    assert (has_outcomes(body), has_outcomes(short)) == (True, False)
