"""C14: runtime and code."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.plan import Plan
from iacrisk.rules import Context, Review, Severity, review
from iacrisk.rules.compute import RULES
from tests.plans import plan, tweak, update

FUNCTION = "aws_lambda_function.f"
BEFORE = {"runtime": "python3.11", "handler": "app.main", "source_code_hash": "one"}


def said(judged: Plan) -> Review:
    return review(Context(judged, build_graph(judged)), rules=RULES, suppressors=())


@pytest.mark.parametrize(
    ("changed", "severity"),
    [
        ({"runtime": "nodejs20.x"}, Severity.HIGH),
        ({"runtime": "python3.13"}, Severity.LOW),
        ({"handler": "main.app"}, Severity.HIGH),
    ],
)
def test_what_runs_the_code_changes_without_the_code(
    changed: dict[str, Any], severity: Severity
) -> None:
    findings = said(plan(tweak(FUNCTION, BEFORE, **changed))).findings

    assert [(f.rule, f.address, f.severity) for f in findings] == [("C14", FUNCTION, severity)]


@pytest.mark.parametrize(
    "changed",
    [
        {"source_code_hash": "two"},
        {"runtime": "nodejs20.x", "source_code_hash": "two"},
        {"memory_size": 512},
    ],
)
def test_new_code_or_other_settings_pass(changed: dict[str, Any]) -> None:
    assert said(plan(tweak(FUNCTION, BEFORE, **changed))).findings == ()


def test_an_unknown_runtime_is_undecided() -> None:
    after = {"handler": "app.main", "source_code_hash": "one"}
    judged = plan(update(FUNCTION, BEFORE, after, after_unknown={"runtime": True}))

    assert [item.rule for item in said(judged).undecided] == ["C14"]
