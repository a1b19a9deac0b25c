"""Log odds are the exact sum of named amounts, and chances grow with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.classifier import (
    Artifact,
    Calibration,
    Combination,
    Influence,
    Manifest,
    Model,
    PairTerm,
    Prediction,
    Term,
    Use,
)
from iacrisk.classifier.model import calibrate, logistic
from iacrisk.features import FeatureRow

USERS = Term(column="users", cuts=(0.5, 3.5), amounts=(0.0, 1.0, 1.5))
TAKES = Term(column="takes", cuts=(0.5,), amounts=(0.0, 0.5))
TOGETHER = PairTerm(
    columns=("takes", "users"), cuts=((0.5,), (0.5, 3.5)), amounts=((0, 0, 0), (0, 2.0, 2.5))
)
MANIFEST = Manifest(
    model="risk.json",
    sha256="",
    feature_schema="",
    use=Use.VERDICT,
    iacrisk="0",
    kind="test",
    libraries={},
    data={},
    metrics={},
)


def model(combination: Combination = Combination.MAX) -> Model:
    artifact = Artifact(
        format=1,
        intercept=-3.0,
        terms=(USERS, TAKES),
        pairs=(TOGETHER,),
        combination=combination,
        hold=0.5,
    )
    return Model(artifact, MANIFEST)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, -3.0),
        ({"users": 1.0}, -2.0),
        ({"users": 4.0}, -1.5),
        ({"takes": 2.0}, -2.5),
        ({"takes": 1.0, "users": 1.0}, 0.5),
        ({"takes": 1.0, "users": 9.0}, 1.5),
        ({"depth": 3.0}, -3.0),
    ],
)
def test_log_odds_add_up(values: dict[str, float], expected: float) -> None:
    assert model().log_odds(values) == pytest.approx(expected)


def test_influences_are_the_parts_of_the_sum_largest_first() -> None:
    values = {"takes": 1.0, "users": 9.0, "depth": 1.0}

    found = model().influences(values)

    assert found == (
        Influence(columns=("takes", "users"), amount=2.5),
        Influence(columns=("users",), amount=1.5),
        Influence(columns=("takes",), amount=0.5),
    )
    assert -3.0 + sum(item.amount for item in found) == model().log_odds(values)


def test_a_plan_is_as_risky_as_its_worst_change_or_as_all_together() -> None:
    rows = [FeatureRow(label=name, values={"users": 1.0}) for name in "ab"]
    by_max, by_or = model(), model(Combination.NOISY_OR)
    chance = logistic(-2.0)

    assert by_max.plan_chance(by_max.predict(rows)) == pytest.approx(chance)
    assert by_or.plan_chance(by_or.predict(rows)) == pytest.approx(1 - (1 - chance) ** 2)
    assert by_max.plan_chance([]) == 0.0
    assert by_max.predict(rows)[0] == Prediction(label="a", log_odds=-2.0, chance=chance)


@given(st.floats(-40, 40), st.floats(-40, 40), st.floats(0, 3), st.floats(0, 3))
def test_calibration_never_turns_the_order_round(
    one: float, two: float, a: float, b: float
) -> None:
    calibration = Calibration(a=a, b=b, c=0.3)
    low, high = sorted((one, two))

    assert calibrate(logistic(low), calibration) <= calibrate(logistic(high), calibration) + 1e-12


def test_no_calibration_changes_nothing() -> None:
    assert calibrate(0.3, Calibration()) == pytest.approx(0.3)
