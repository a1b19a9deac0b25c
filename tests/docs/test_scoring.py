"""docs/scoring.md defines the score: its formulas, written out here, give what the code gives."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import pytest

from docs.parts import example, example_change
from iacrisk.assess import AssessedChange
from iacrisk.catalog import resource_type
from iacrisk.gate import Policy
from iacrisk.graph import BlastRadius, Effect, Hit, NodeKind
from iacrisk.plan import ActionKind, ResourceChange, Shown
from iacrisk.rules import Confidence, Finding, Harm, Severity
from iacrisk.score import ChangeScore, model_contribution, plan_score, score_change
from iacrisk.score.score import (
    ACTION_LIKELIHOOD,
    ACTION_SHARE,
    CLASS_STAKE,
    CONFIDENCE_LIKELIHOOD,
    SEVERITY_STAKE,
)
from tests.conftest import ROOT
from tests.plans import delete, plan, replace, tweak

PAGE = (ROOT / "docs" / "scoring.md").read_text("utf-8")


def defined_score(
    change: ResourceChange, findings: Sequence[Finding], radius: BlastRadius
) -> tuple[int, float, float]:
    """Score, impact and likelihood as the page defines them."""
    known = resource_type(change.type)
    action = CLASS_STAKE[known.resource_class] * ACTION_SHARE[change.kind]
    action *= 1 - 0.4 * known.recoverability
    if change.kind is ActionKind.REPLACE and change.actions[0] == "create":
        action *= 0.6
    stake = max([action, *(SEVERITY_STAKE[finding.severity] for finding in findings)])
    weight = sum(defined_weight(hit) for hit in radius.reached)
    share = 0.25 if radius.effect is Effect.CHANGED else 1
    reach = share * (1 - 2 ** (-weight / 4))
    impact = 1 - (1 - stake) * (1 - reach)
    chances = [ACTION_LIKELIHOOD[change.kind]]
    chances += [CONFIDENCE_LIKELIHOOD[finding.confidence] for finding in findings]
    likelihood = 1 - math.prod(1 - chance for chance in chances)
    return round(100 * impact * likelihood), impact, likelihood


def defined_weight(hit: Hit) -> float:
    if hit.type == "output":
        return 0.2 * hit.strength / hit.hops
    return CLASS_STAKE[resource_type(hit.type).resource_class] * hit.strength / hit.hops


def hit(type_name: str, hops: int, strength: float) -> Hit:
    return Hit(
        address=f"{type_name}.x",
        type=type_name,
        kind=NodeKind.RESOURCE,
        hops=hops,
        strength=strength,
        path=(),
    )


FINDING = Finding(
    rule="X99",
    name="example",
    address="",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    harm=Harm.ACCESS,
    what=Shown("it is an example"),
)
HITS = (hit("aws_instance", 1, 1.0), hit("aws_db_instance", 3, 0.9), hit("output", 2, 0.8))
DATABASE = "aws_db_instance.main"
CHANGES = {
    "delete": delete(DATABASE, {"id": "a"}),
    "replace": replace(DATABASE, {"id": "a"}, {"identifier": "b"}, "identifier"),
    "replace, created first": replace(
        "aws_instance.main", {"id": "a"}, {"ami": "b"}, "ami", create_first=True
    ),
    "update": tweak(DATABASE, {"id": "a", "port": 1}, port=2),
}


@pytest.mark.parametrize("effect", [Effect.GONE, Effect.CHANGED])
@pytest.mark.parametrize("findings", [(), (FINDING,), (FINDING, FINDING)], ids=len)
@pytest.mark.parametrize("name", CHANGES)
def test_the_code_scores_as_the_page_says(
    name: str, findings: tuple[Finding, ...], effect: Effect
) -> None:
    [change] = plan(CHANGES[name]).changes
    radius = BlastRadius(address=change.label, effect=effect, reached=HITS)

    scored = score_change(change, findings, radius)

    expected, impact, likelihood = defined_score(change, findings, radius)
    assert scored.score == pytest.approx(expected, abs=1)
    assert scored.impact == pytest.approx(impact, abs=0.0002)
    assert scored.likelihood == pytest.approx(likelihood, abs=0.0002)


def test_the_plan_scores_as_the_page_says() -> None:
    scores = [ChangeScore(address="", score=n, impact=0, likelihood=0) for n in (40, 30, 30)]

    assert plan_score(scores) == round((40**6 + 30**6 + 30**6) ** (1 / 6))
    assert plan_score(scores * 1000) == 100


@pytest.mark.parametrize("steps", [0, 2, 4])
@pytest.mark.parametrize(("chance", "bar"), [(0.1, 0.5), (0.5, 0.5), (0.8, 0.5), (0.3, 0.2)])
def test_the_model_floors_as_the_page_says(chance: float, bar: float, steps: int) -> None:
    [change] = plan(CHANGES["update"]).changes
    radius = BlastRadius(address=change.label, effect=Effect.NONE)
    floor = 20 * chance / bar if chance < bar else 40 + 54 * (chance - bar) / (1 - bar)
    floor *= 1 - steps / 4

    scored = score_change(change, (), radius, (model_contribution(chance, bar, steps),))

    assert scored.score == max(round(floor), score_change(change, (), radius).score)


def test_the_worked_example_is_right() -> None:
    item: AssessedChange = example_change()
    expected, impact, likelihood = defined_score(item.change, item.findings, item.radius)

    assert item.score.score == expected
    assert f"= {impact:.3f}" in PAGE
    assert f"= {likelihood:.3f}" in PAGE
    assert re.search(rf"^score .* = {expected}$", PAGE, re.MULTILINE)


def test_the_example_is_held_for_its_score() -> None:
    assert example().score >= Policy().thresholds.hold


@pytest.mark.parametrize(
    "formula",
    [
        "score      = 100 x impact x likelihood, rounded",
        "impact     = 1 - (1 - stake) x (1 - reach)",
        "class stake x share of the action x (1 - 0.4 x recoverability)",
        "0.6 times that where a replacement is created before",
        "(a root output weighs 0.2 instead of a class stake)",
        "reach = share x (1 - 2^(-W / 4))",
        "The share is 0.25 where an update merely changes",
        "stops at 64 hits",
        "The 6-norm",
        "floor = 20 x chance / bar ",
        "floor = 40 + 54 x (chance - bar) / (1 - bar) ",
        "times (1 - steps / 4) in environments with steps",
    ],
)
def test_the_page_states_the_formulas_that_are_tested_here(formula: str) -> None:
    assert formula in PAGE
