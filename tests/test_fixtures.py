"""Every plan in fixtures/plans: verdict, exact findings of all rules, and who is hit.

`not_named` in a case.toml lists victims that we are known to miss; docs/known-gaps.md says why.
"""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path
from typing import Any

import pytest

from iacrisk.assess import Assessment, Circumstances, assess
from iacrisk.gate import Policy, Verdict
from iacrisk.plan import decode_plan, read_plan

PLANS = Path(__file__).parent.parent / "fixtures" / "plans"
CASES = sorted(path.parent.name for path in PLANS.glob("*/case.toml"))


def _case(name: str) -> dict[str, Any]:
    return tomllib.loads((PLANS / name / "case.toml").read_text("utf-8"))


def _assess(name: str) -> Assessment:
    plan = decode_plan(read_plan(str(PLANS / name / "plan.json")))
    return assess(plan, Policy(), Circumstances(today=datetime.date(2026, 1, 1)))


@pytest.mark.parametrize("name", CASES)
def test_a_plan_that_deserves_a_person_is_held_and_another_is_not(name: str) -> None:
    held = _assess(name).decision.verdict is not Verdict.ALLOWED

    assert held == (_case(name)["verdict"] == "held")


@pytest.mark.parametrize("name", CASES)
def test_the_rules_find_exactly_what_the_case_lists(name: str) -> None:
    assessment = _assess(name)
    found = [finding for item in assessment.changes for finding in item.findings]
    found += assessment.plan_findings

    assert assessment.failures == ()
    assert sorted([f.rule, f.address] for f in found) == sorted(_case(name)["expect"])


@pytest.mark.parametrize("name", [name for name in CASES if _case(name).get("victims")])
def test_those_who_are_hurt_are_named(name: str) -> None:
    assessment = _assess(name)
    named = {hit.address for item in assessment.changes for hit in item.radius.hits}
    named |= {item.address for item in assessment.changes if item.score.score}

    assert sorted(set(_case(name)["victims"]) - named) == sorted(_case(name).get("not_named", []))
