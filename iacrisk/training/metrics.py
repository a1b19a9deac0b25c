"""Figures of merit, with intervals that resample whole stacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import msgspec
import numpy as np

from iacrisk.training.encoding import Flags, Integers, Vector

Lines = Integers
"""Numbers of the plans in a sample."""

Measure = Callable[[Vector, Flags], float]

_REPEATS: Final = 300
_SEED: Final = 7
_NONE: Final = float("nan")


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """A figure with its 95% interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """`0.912 (0.880 to 0.931)`."""
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def auc(scores: Vector, harmful: Flags) -> float:
    """The chance that a harmful plan scores above a harmless one; ties count half."""
    good, bad = int((~harmful).sum()), int(harmful.sum())
    if not good or not bad:
        return _NONE
    ranks = _ranks(scores)
    return float((ranks[harmful].sum() - bad * (bad + 1) / 2) / (good * bad))


def average_precision(scores: Vector, harmful: Flags) -> float:
    """The mean precision over the harmful plans; plans with equal scores stand together."""
    if not harmful.any():
        return _NONE
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(harmful[order])
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    gained = np.diff(np.concatenate([[0], found[last]]))
    return float((gained * found[last] / (last + 1)).sum() / harmful.sum())


def brier(chance: Vector, harmful: Flags) -> float:
    """The mean squared error of the chances: low where they are right, and sure of it."""
    return float(np.mean((chance - harmful) ** 2))


def recall_at(budget: float) -> Measure:
    """The share of harmful plans among the riskiest `budget` of all; ties shared out evenly."""

    def measure(scores: Vector, harmful: Flags) -> float:
        if not harmful.any():
            return _NONE
        room = budget * len(scores)
        bar = np.sort(scores)[::-1][min(int(room), len(scores) - 1)]
        above, level = scores > bar, scores == bar
        share = (room - above.sum()) / level.sum()
        return float((harmful[above].sum() + share * harmful[level].sum()) / harmful.sum())

    return measure


def share_of(flags: Flags, among: Flags) -> float:
    """How many of `among` are flagged."""
    return float(flags[among].mean()) if among.any() else _NONE


def interval(measure: Measure, scores: Vector, harmful: Flags, clusters: Sequence[str]) -> Interval:
    """The figure, and where it lies in 95 of 100 samples of stacks drawn anew."""
    return _resampled(lambda lines: measure(scores[lines], harmful[lines]), clusters)


def ratio(parts: Vector, wholes: Vector, clusters: Sequence[str]) -> Interval:
    """The sum of the parts in the sum of the wholes, with its interval."""
    return _resampled(lambda lines: _share(parts[lines], wholes[lines]), clusters)


def _resampled(figure: Callable[[Lines], float], clusters: Sequence[str]) -> Interval:
    """The figure of all lines, and where it lies in 95 of 100 samples of clusters drawn anew."""
    groups = _groups(clusters)
    random = np.random.default_rng(_SEED)
    drawn = []
    for _ in range(_REPEATS):
        picked = random.integers(len(groups), size=len(groups))
        drawn.append(figure(np.concatenate([groups[number] for number in picked])))
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    return Interval(value=figure(np.arange(len(clusters))), low=float(low), high=float(high))


def _share(parts: Vector, wholes: Vector) -> float:
    return float(parts.sum() / wholes.sum()) if wholes.sum() else _NONE


def _groups(clusters: Sequence[str]) -> list[Integers]:
    _, numbers = np.unique(np.array(clusters), return_inverse=True)
    return [np.flatnonzero(numbers == number) for number in range(int(numbers.max()) + 1)]


def _ranks(scores: Vector) -> Vector:
    """Ranks from 1; equal scores share the mean of theirs."""
    _, numbers, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    means = np.cumsum(sizes) - (sizes - 1) / 2
    ranked: Vector = means[numbers]
    return ranked
