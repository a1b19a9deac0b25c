"""Chances that mean what they say, and what may be claimed of a bar."""

from __future__ import annotations

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("sklearn")

from iacrisk.classifier.model import calibrate  # noqa: E402
from iacrisk.training.calibration import (  # noqa: E402
    calibrated,
    calibration_error,
    fewest_cases,
    fit_beta,
    guaranteed_bar,
    upper_bound,
)


def test_beta_calibration_straightens_distorted_chances() -> None:
    random = np.random.default_rng(5)
    true = random.random(6000)
    harmful = random.random(6000) < true
    distorted = true**3

    straight = calibrated(distorted, fit_beta(distorted, harmful))

    assert calibration_error(distorted, harmful) > 0.15
    assert calibration_error(straight, harmful) < 0.03
    assert np.all(np.diff(straight[np.argsort(distorted)]) >= 0)


def test_training_and_the_classifier_calibrate_alike() -> None:
    random = np.random.default_rng(6)
    raw = random.random(200)
    fitted = fit_beta(raw, random.random(200) < raw)

    assert calibrated(raw, fitted) == pytest.approx([calibrate(p, fitted) for p in raw], abs=1e-12)


@pytest.mark.parametrize(("number", "alpha"), [(59, 0.05), (200, 0.05), (1000, 0.1)])
def test_a_bar_keeps_its_promise_as_often_as_it_says(number: int, alpha: float) -> None:
    """The share of future harmful plans below the bar is at most alpha in 95 of 100 draws."""
    random = np.random.default_rng(8)
    kept = 0
    for _ in range(800):
        bar = guaranteed_bar(random.random(number), alpha, 0.95)
        assert bar is not None
        kept += bar <= alpha  # chances are uniform: the share below a bar is the bar itself

    assert kept / 800 >= 0.93


def test_a_bar_is_as_high_as_the_promise_allows() -> None:
    """Not the smallest chance: with many cases some may be missed."""
    ordered = np.arange(1, 1001) / 1000

    assert guaranteed_bar(ordered, 0.05, 0.95) == pytest.approx(0.039, abs=0.002)


@pytest.mark.parametrize(
    ("missed", "number", "bound"),
    [(0, 59, 0.0495), (0, 100, 0.0295), (3, 100, 0.0757), (5, 5, 1.0)],
)
def test_a_bound_on_misses_is_the_exact_one(missed: int, number: int, bound: float) -> None:
    assert upper_bound(missed, number, 0.95) == pytest.approx(bound, abs=0.0002)


def test_too_few_cases_make_no_promise() -> None:
    assert fewest_cases(0.05, 0.95) == 59
    assert guaranteed_bar(np.linspace(0, 1, 58), 0.05, 0.95) is None
    assert guaranteed_bar(np.linspace(0, 1, 59), 0.05, 0.95) == 0.0
    assert guaranteed_bar(np.array([]), 0.05, 0.95) is None
