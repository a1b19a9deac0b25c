"""Evaluating the model: log odds as the exact sum of named amounts."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from iacrisk.classifier.artifact import (
    Artifact,
    Calibration,
    Combination,
    HitArtifact,
    Manifest,
    PairTerm,
    Term,
    Use,
)
from iacrisk.features import FeatureRow, HitRow

_LEAST: Final = 1e-12


class Influence(msgspec.Struct, frozen=True, kw_only=True):
    """What one column, or two together, add to the log odds of one change."""

    columns: tuple[str, ...]
    amount: float


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """What the model says of one change.

    `log_odds` is the model's own answer, `chance` the calibrated chance that a plan with this
    change alone breaks something.
    """

    label: str
    log_odds: float
    chance: float


class Additive:
    """A sum of named amounts, each read from a table by one column or by two together."""

    def __init__(
        self, intercept: float, terms: Iterable[Term], pairs: Sequence[PairTerm] = ()
    ) -> None:
        """Index the terms by column."""
        self._intercept = intercept
        self._pairs = pairs
        self._terms = {term.column: (term.cuts, term.amounts) for term in terms}
        self._partners: dict[str, list[tuple[str, int]]] = {}
        for number, pair in enumerate(pairs):
            first, second = pair.columns
            self._partners.setdefault(first, []).append((second, number))
        self._known: dict[tuple[str, float], float] = {}

    def log_odds(self, values: dict[str, float]) -> float:
        """The sum of the intercept and every amount."""
        known = self._known
        total = self._intercept
        for cell in values.items():
            amount = known.get(cell)
            if amount is None:
                amount = known[cell] = self._amount(*cell)
            total += amount
        for name in self._partners.keys() & values.keys():
            for other, number in self._partners[name]:
                if other in values:
                    total += self._pair_amount(number, values[name], values[other])
        return total

    def influences(self, values: dict[str, float]) -> tuple[Influence, ...]:
        """The amounts that make the log odds, beside the intercept; the largest first."""
        found = sorted(self._influences(values), key=lambda item: (-abs(item.amount), item.columns))
        return tuple(item for item in found if item.amount)

    def _influences(self, values: dict[str, float]) -> Iterator[Influence]:
        for name, value in values.items():
            yield Influence(columns=(name,), amount=self._amount(name, value))
        for name in self._partners.keys() & values.keys():
            for other, number in self._partners[name]:
                if other in values:
                    amount = self._pair_amount(number, values[name], values[other])
                    yield Influence(columns=(name, other), amount=amount)

    def _amount(self, name: str, value: float) -> float:
        term = self._terms.get(name)
        return 0.0 if term is None else term[1][bisect_left(term[0], value)]

    def _pair_amount(self, number: int, first: float, second: float) -> float:
        pair = self._pairs[number]
        row = bisect_left(pair.cuts[0], first)
        return pair.amounts[row][bisect_left(pair.cuts[1], second)]


class Model(Additive):
    """A verified model, ready to be asked."""

    def __init__(self, artifact: Artifact, manifest: Manifest) -> None:
        """Keep both, and index the terms."""
        super().__init__(artifact.intercept, artifact.terms, artifact.pairs)
        self.artifact = artifact
        self.manifest = manifest

    @property
    def moves_verdict(self) -> bool:
        """Whether the model's answer counts, or is only shown."""
        return self.manifest.use is Use.VERDICT

    def predict(self, rows: Iterable[FeatureRow]) -> tuple[Prediction, ...]:
        """What the model says of each row."""
        calibration = self.artifact.calibration
        predictions = []
        for row in rows:
            log_odds = self.log_odds(row.values)
            chance = calibrate(logistic(log_odds), calibration)
            predictions.append(Prediction(label=row.label, log_odds=log_odds, chance=chance))
        return tuple(predictions)

    def plan_chance(self, predictions: Sequence[Prediction]) -> float:
        """The calibrated chance that the plan as a whole breaks something."""
        if not predictions:
            return 0.0
        if self.artifact.combination is Combination.MAX:
            return max(item.chance for item in predictions)
        spared = math.fsum(math.log1p(-_clipped(logistic(p.log_odds))) for p in predictions)
        return calibrate(-math.expm1(spared), self.artifact.calibration)


class HitModel(Additive):
    """A verified model that says whom a change hurts, ready to be asked."""

    def __init__(self, artifact: HitArtifact) -> None:
        """Keep the bar, and index the terms."""
        super().__init__(artifact.intercept, artifact.terms, artifact.pairs)
        self.artifact = artifact
        self.bar = artifact.bar

    def chance(self, row: HitRow) -> float:
        """How likely the resource of the row suffers, where the change does harm at all."""
        return logistic(self.log_odds(row.values))


def logistic(log_odds: float) -> float:
    """The chance with these log odds."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    grown = math.exp(log_odds)
    return grown / (1 + grown)


def calibrate(raw: float, calibration: Calibration) -> float:
    """The calibrated chance; grows with `raw` as long as `a` and `b` are not negative."""
    p = _clipped(raw)
    return logistic(calibration.a * math.log(p) - calibration.b * math.log1p(-p) + calibration.c)


def _clipped(p: float) -> float:
    return min(max(p, _LEAST), 1 - _LEAST)
