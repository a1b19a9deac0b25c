"""Scores: in range, and never lower for something worse."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.catalog import Basis, known_types
from iacrisk.graph import BlastRadius, Effect, Hit, NodeKind
from iacrisk.plan import ActionKind, ResourceChange, Shown
from iacrisk.rules import Confidence, Finding, Harm, Severity
from iacrisk.score import (
    ChangeScore,
    Contribution,
    Part,
    effect_of,
    hit_weight,
    plan_score,
    score_benign,
    score_change,
    score_finding,
)
from iacrisk.score.score import ACTION_LIKELIHOOD, ACTION_SHARE
from tests.plans import Json, change, plan, update

TYPES = ("null_resource", "unheard_of", *known_types(Basis.CURATED)[::40])
ACTIONS = {
    "create": ["create"],
    "update": ["update"],
    "replace, create first": ["create", "delete"],
    "replace": ["delete", "create"],
    "delete": ["delete"],
    "unknown": ["frobnicate"],
}
ALL_ACTIONS = [*ACTIONS.values(), ["no-op"], ["read"], ["forget"], ["create", "forget"], []]


def change_of(type_name: str, actions: list[str]) -> ResourceChange:
    """A change of a resource of the type."""
    (found,) = plan(change(f"{type_name}.x", *actions)).changes
    return found


def finding(
    severity: Severity = Severity.HIGH,
    confidence: Confidence = Confidence.HIGH,
    harm: Harm = Harm.DATA,
) -> Finding:
    """A finding."""
    return Finding(
        rule="T01",
        name="test",
        address="a_b.x",
        severity=severity,
        confidence=confidence,
        harm=harm,
        what=Shown("It is bad."),
    )


def hit(number: int, type_name: str = "aws_instance", hops: int = 1, strength: float = 1.0) -> Hit:
    """A hit."""
    return Hit(
        address=f"{type_name}.h{number}",
        type=type_name,
        kind=NodeKind.RESOURCE,
        hops=hops,
        strength=strength,
        path=(),
    )


def radius(*hits: Hit, effect: Effect = Effect.GONE) -> BlastRadius:
    """A blast radius."""
    return BlastRadius(address="a_b.x", effect=effect, reached=hits)


FINDINGS = st.lists(
    st.builds(
        finding,
        st.sampled_from(Severity),
        st.sampled_from(Confidence),
        st.sampled_from(Harm),
    ),
    max_size=5,
)
HITS = st.lists(
    st.builds(
        hit,
        st.integers(0, 99),
        st.sampled_from([*TYPES, "output"]),
        st.integers(1, 9),
        st.floats(0.01, 1),
    ),
    max_size=30,
)
CHANGES = st.builds(change_of, st.sampled_from(TYPES), st.sampled_from(ALL_ACTIONS))
SCORES = st.lists(
    st.integers(0, 100).map(
        lambda n: ChangeScore(address="x", score=n, impact=n / 100, likelihood=1.0)
    ),
    max_size=20,
)
EFFECTS = st.sampled_from(Effect)


@given(CHANGES, FINDINGS, HITS, EFFECTS)
def test_a_score_and_its_parts_stay_in_range(
    judged: ResourceChange, findings: list[Finding], hits: list[Hit], effect: Effect
) -> None:
    score = score_change(judged, findings, radius(*hits, effect=effect))
    assert 0 <= score.score <= 100
    assert 0 <= score.impact <= 1
    assert 0 <= score.likelihood <= 1
    assert all(0 < contribution.value <= 1 for contribution in score.contributions)


@given(st.sampled_from(TYPES), FINDINGS, HITS, EFFECTS)
def test_the_harder_the_action_the_higher_the_score(
    type_name: str, findings: list[Finding], hits: list[Hit], effect: Effect
) -> None:
    around = radius(*hits, effect=effect)
    scores = [
        score_change(change_of(type_name, actions), findings, around).score
        for actions in ACTIONS.values()
    ]
    assert scores == sorted(scores)


@given(CHANGES, FINDINGS, HITS, HITS, EFFECTS)
def test_more_hits_never_lower_a_score(
    judged: ResourceChange,
    findings: list[Finding],
    hits: list[Hit],
    more: list[Hit],
    effect: Effect,
) -> None:
    fewer = score_change(judged, findings, radius(*hits, effect=effect))
    with_more = score_change(judged, findings, radius(*hits, *more, effect=effect))
    assert with_more.score >= fewer.score


@given(CHANGES, FINDINGS, FINDINGS, HITS)
def test_more_findings_never_lower_a_score(
    judged: ResourceChange, findings: list[Finding], more: list[Finding], hits: list[Hit]
) -> None:
    fewer = score_change(judged, findings, radius(*hits))
    assert score_change(judged, [*findings, *more], radius(*hits)).score >= fewer.score


@given(CHANGES, st.permutations([finding(severity) for severity in Severity]), HITS)
def test_the_order_of_findings_and_hits_does_not_matter(
    judged: ResourceChange, findings: list[Finding], hits: list[Hit]
) -> None:
    score = score_change(judged, findings, radius(*hits))
    other = score_change(judged, findings[::-1], radius(*hits[::-1]))
    assert (score.score, score.impact, score.likelihood) == (
        other.score,
        other.impact,
        other.likelihood,
    )


def test_a_graver_or_surer_finding_never_scores_lower() -> None:
    order = [Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH]
    for low, high in itertools.pairwise(sorted(Severity)):
        for confidence in order:
            assert (
                score_finding(finding(low, confidence)).score
                <= score_finding(finding(high, confidence)).score
            )
    for severity in Severity:
        scores = [score_finding(finding(severity, confidence)).score for confidence in order]
        assert scores == sorted(scores)


@given(SCORES)
def test_the_score_of_a_plan_is_between_its_gravest_change_and_100(
    scores: list[ChangeScore],
) -> None:
    assert max((s.score for s in scores), default=0) <= plan_score(scores) <= 100


@given(SCORES, SCORES)
def test_another_change_never_lowers_the_score_of_a_plan(
    scores: list[ChangeScore], more: list[ChangeScore]
) -> None:
    assert plan_score([*scores, *more]) >= plan_score(scores)


@given(SCORES.flatmap(lambda scores: st.tuples(st.just(scores), st.permutations(scores))))
def test_the_order_of_changes_does_not_matter_to_the_score_of_a_plan(
    orders: tuple[list[ChangeScore], list[ChangeScore]],
) -> None:
    assert plan_score(orders[0]) == plan_score(orders[1])


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([], 0),
        ([0, 0], 0),
        ([40], 40),
        ([40, 1, 1, 1], 40),
        ([40, 40], 45),
        ([90, 90], 100),
        ([2] * 1000, 6),
    ],
)
def test_the_gravest_change_dominates_and_trifles_stay_trifles(
    scores: list[int], expected: int
) -> None:
    judged = [ChangeScore(address="x", score=n, impact=1.0, likelihood=1.0) for n in scores]
    assert plan_score(judged) == expected


def test_the_score_of_a_deleted_database_is_made_of_these_terms() -> None:
    judged = change_of("aws_db_instance", ["delete"])
    score = score_change(judged, [finding(Severity.CRITICAL)], radius(hit(1), hit(2, hops=2)))
    assert [(c.part, c.source, c.value) for c in score.contributions] == [
        (Part.STAKE, "delete of class STATEFUL", 0.828),
        (Part.STAKE, "T01 severity critical", 0.95),
        (Part.REACH, "2 hit (it is gone)", 0.1444),
        (Part.LIKELIHOOD, "action delete", 0.5),
        (Part.LIKELIHOOD, "T01 confidence high", 0.9),
    ]
    assert (score.score, score.impact, score.likelihood) == (91, 0.9572, 0.95)


def test_a_prediction_adds_to_the_likelihood() -> None:
    judged = change_of("aws_instance", ["update"])
    prediction = Contribution(part=Part.LIKELIHOOD, source="classifier", value=0.9)
    plain = score_change(judged, [], radius())
    assert score_change(judged, [], radius(), [prediction]).score > plain.score


def test_a_change_that_a_look_alike_explains_scores_nothing() -> None:
    judged = change_of("aws_db_instance", ["delete"])
    assert score_benign(judged) == ChangeScore(
        address="aws_db_instance.x", score=0, impact=0.0, likelihood=0.0
    )


@pytest.mark.parametrize("kind", list(ActionKind))
def test_every_kind_of_action_has_its_share_and_likelihood(kind: ActionKind) -> None:
    assert 0 <= ACTION_SHARE[kind] <= 1
    assert 0 <= ACTION_LIKELIHOOD[kind] <= 1


@pytest.mark.parametrize("type_name", TYPES)
def test_a_hit_weighs_less_farther_away_and_on_a_weaker_path(type_name: str) -> None:
    near = hit_weight(hit(1, type_name))
    assert near > hit_weight(hit(1, type_name, hops=2)) > 0
    assert near > hit_weight(hit(1, type_name, strength=0.6)) > 0


@pytest.mark.parametrize(
    ("entry", "harm", "effect", "changed"),
    [
        (change("a_b.x", "delete"), None, Effect.GONE, []),
        (change("a_b.x", "frobnicate"), None, Effect.GONE, []),
        (change("a_b.x"), None, Effect.GONE, []),
        (change("a_b.x", "delete", "create"), None, Effect.REPLACED, []),
        (change("a_b.x", "create", "forget"), None, Effect.REPLACED, []),
        (change("a_b.x", "forget"), None, Effect.NONE, []),
        (change("a_b.x", "create"), None, Effect.NONE, []),
        (change("a_b.x", "create"), Harm.EXPOSURE, Effect.IMPAIRED, []),
        (change("a_b.x", "no-op"), None, Effect.NONE, []),
        (
            update("a_b.x", {"a": 1, "tags": {}}, {"a": 2, "tags": {"x": 1}}),
            None,
            Effect.CHANGED,
            ["a"],
        ),
        (update("a_b.x", {"a": 1}, {"a": 2}), Harm.DATA, Effect.CHANGED, ["a"]),
        (update("a_b.x", {"a": 1}, {"a": 2}), Harm.AVAILABILITY, Effect.IMPAIRED, []),
        (update("a_b.x", {"a": 1}, {"a": 2}), Harm.ACCESS, Effect.IMPAIRED, []),
    ],
)
def test_what_a_change_does_to_those_who_use_the_resource(
    entry: Json, harm: Harm | None, effect: Effect, changed: list[str]
) -> None:
    (judged,) = plan(entry).changes
    findings = [] if harm is None else [finding(harm=harm)]
    assert effect_of(judged, findings) == (effect, frozenset(changed))
