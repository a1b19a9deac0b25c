"""Figures of merit agree with scikit-learn's."""

from __future__ import annotations

import pytest

np = pytest.importorskip("numpy")
sklearn_metrics = pytest.importorskip("sklearn.metrics")

from iacrisk.training.encoding import Vector  # noqa: E402
from iacrisk.training.metrics import auc, average_precision, interval, recall_at  # noqa: E402

RANDOM = np.random.default_rng(3)
HARMFUL = RANDOM.random(400) < 0.3
SMOOTH = RANDOM.random(400) + 0.4 * HARMFUL
TIED = np.round(SMOOTH * 4) / 4


@pytest.mark.parametrize("scores", [SMOOTH, TIED, np.zeros(400)], ids=["smooth", "tied", "equal"])
def test_areas_agree_with_scikit_learn(scores: Vector) -> None:
    assert auc(scores, HARMFUL) == pytest.approx(sklearn_metrics.roc_auc_score(HARMFUL, scores))
    assert average_precision(scores, HARMFUL) == pytest.approx(
        sklearn_metrics.average_precision_score(HARMFUL, scores)
    )


def test_recall_at_a_budget_shares_ties_out() -> None:
    harmful = np.array([True, True, False, False])

    assert recall_at(0.5)(np.array([4.0, 3.0, 2.0, 1.0]), harmful) == 1.0
    assert recall_at(0.25)(np.array([4.0, 3.0, 2.0, 1.0]), harmful) == 0.5
    assert recall_at(0.5)(np.zeros(4), harmful) == 0.5


def test_an_interval_holds_its_figure_and_is_wider_with_few_stacks() -> None:
    many = interval(auc, SMOOTH, HARMFUL, [f"s{number % 100}" for number in range(400)])
    few = interval(auc, SMOOTH, HARMFUL, [f"s{number % 2}" for number in range(400)])

    assert many.low <= many.value <= many.high
    assert few.low <= few.value <= few.high


def test_without_harmful_plans_there_is_no_figure() -> None:
    assert np.isnan(auc(SMOOTH, HARMFUL & False))
    assert np.isnan(average_precision(SMOOTH, HARMFUL & False))
