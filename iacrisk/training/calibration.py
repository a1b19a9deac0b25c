"""Chances that mean what they say, and a bar with a stated guarantee."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from iacrisk.classifier import Calibration
from iacrisk.training.encoding import Flags, Vector

_LEAST: Final = 1e-12
_BINS: Final = 10
_ALMOST_FREE: Final = 1e4


def fit_beta(raw: Vector, harmful: Flags, weights: Vector | None = None) -> Calibration:
    """Beta calibration (Kull, Silva Filho and Flach, 2017).

    A logistic regression on ln p and -ln (1 - p). Where a weight comes out negative, which would
    turn the order round, that term is left out and the other fitted again.
    """
    p = np.clip(raw, _LEAST, 1 - _LEAST)
    sides = np.column_stack([np.log(p), -np.log1p(-p)])
    a, b, c = _fit(sides, harmful, (0, 1), weights)
    if a < 0:
        a, b, c = _fit(sides, harmful, (1,), weights)
    elif b < 0:
        a, b, c = _fit(sides, harmful, (0,), weights)
    return Calibration(a=max(a, 0.0), b=max(b, 0.0), c=c)


def _fit(
    sides: Vector, harmful: Flags, used: tuple[int, ...], weights: Vector | None
) -> tuple[float, float, float]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - loads slowly

    regression = LogisticRegression(C=_ALMOST_FREE, max_iter=1000)
    fitted = regression.fit(sides[:, used], harmful, weights)
    slopes = dict(zip(used, map(float, fitted.coef_[0]), strict=True))
    return slopes.get(0, 0.0), slopes.get(1, 0.0), float(fitted.intercept_[0])


def calibrated(raw: Vector, calibration: Calibration) -> Vector:
    """The calibrated chances, as `iacrisk.classifier` computes them."""
    p = np.clip(raw, _LEAST, 1 - _LEAST)
    odds = calibration.a * np.log(p) - calibration.b * np.log1p(-p) + calibration.c
    return np.asarray(1 / (1 + np.exp(-odds)))


def calibration_error(chance: Vector, harmful: Flags) -> float:
    """Expected calibration error over bins of equal numbers of plans."""
    order = np.argsort(chance, kind="stable")
    gaps = [
        len(part) * abs(float(chance[part].mean() - harmful[part].mean()))
        for part in np.array_split(order, _BINS)
        if len(part)
    ]
    return sum(gaps) / max(len(chance), 1)


def guaranteed_bar(harmful_chances: Vector, alpha: float, confidence: float) -> float | None:
    """The highest bar under which at most `alpha` of harmful plans lie, with `confidence`.

    The k-th smallest of n held-out harmful chances leaves more than `alpha` below it only when
    fewer than k of n fell among the lowest `alpha`, which the binomial distribution makes rarer
    than 1 - `confidence` for a small enough k. None where not even the smallest will do: there are
    too few cases for such a claim.
    """
    ordered = np.sort(harmful_chances)
    allowed = _most_missed(len(ordered), alpha, confidence)
    return None if allowed is None else float(ordered[allowed])


def upper_bound(missed: int, number: int, confidence: float) -> float:
    """The largest true share of missed cases that is not refuted by `missed` of `number`.

    Exact (Clopper and Pearson, one-sided): under any larger share, so few misses would be rarer
    than 1 - `confidence`.
    """
    low, high = missed / number, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        likely = sum(math.exp(_log_probability(hits, number, middle)) for hits in range(missed + 1))
        low, high = (middle, high) if likely > 1 - confidence else (low, middle)
    return high


def fewest_cases(alpha: float, confidence: float) -> int:
    """How many held-out harmful cases such a claim needs at least."""
    return math.ceil(math.log(1 - confidence) / math.log(1 - alpha))


def _most_missed(number: int, alpha: float, confidence: float) -> int | None:
    """The largest k - 1 with P(Binomial(number, alpha) <= k - 1) <= 1 - confidence."""
    total, most = 0.0, None
    for missed in range(number):
        total += math.exp(_log_probability(missed, number, alpha))
        if total > 1 - confidence:
            break
        most = missed
    return most


def _log_probability(hits: int, number: int, chance: float) -> float:
    if chance >= 1:
        return 0.0 if hits == number else -math.inf
    ways = math.lgamma(number + 1) - math.lgamma(hits + 1) - math.lgamma(number - hits + 1)
    return ways + hits * math.log(chance) + (number - hits) * math.log1p(-chance)
