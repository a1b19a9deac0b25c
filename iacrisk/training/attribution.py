"""Which change did it: learning from plans whose label is known and whose culprit may not be.

A harmless plan says of each of its changes that it did no harm. A harmful one says that at least
one of its suspects did (`Example.suspects`). We take the changes as independent causes: the plan
is spared when every change spares it (noisy-or). Fitting such a model by expectation and
maximisation takes no special learner: each suspect counts as harmful with the probability that it
is among the causes given that somebody is, and as harmless with the rest; fit; repeat.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from iacrisk.classifier import Combination
from iacrisk.training.encoding import Flags, Integers, Matrix, Vector, to_matrix
from iacrisk.training.examples import Example
from iacrisk.training.fitting import KINDS, Fitted, Kind

ROUNDS: Final = 3
_LEAST: Final = 1e-9
_FIRST_GUESS: Final = 0.5


class Bags(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of all plans as one matrix; `starts[i]:starts[i + 1]` are the i-th plan's."""

    matrix: Matrix
    starts: Integers
    suspect: Flags
    harmful: Flags
    weight: Vector
    """How much each plan counts; one where nobody says otherwise."""

    def part(self, plans: Sequence[int]) -> Bags:
        """The bags of some plans."""
        lines = np.concatenate(
            [np.arange(self.starts[plan], self.starts[plan + 1]) for plan in plans]
        )
        sizes = [self.starts[plan + 1] - self.starts[plan] for plan in plans]
        return Bags(
            matrix=self.matrix[lines],
            starts=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            suspect=self.suspect[lines],
            harmful=self.harmful[list(plans)],
            weight=self.weight[list(plans)],
        )

    @property
    def plan_of(self) -> Integers:
        """The plan of each change."""
        return np.repeat(np.arange(len(self.harmful)), np.diff(self.starts))


def to_bags(examples: Sequence[Example]) -> Bags:
    """The examples as arrays."""
    sizes = [len(example.changes) for example in examples]
    return Bags(
        matrix=to_matrix([change.values for example in examples for change in example.changes]),
        starts=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        suspect=np.array(
            [item for example in examples for item in example.suspects], dtype=np.bool_
        ),
        harmful=np.array([example.harmful for example in examples], dtype=np.bool_),
        weight=np.ones(len(examples)),
    )


def fit(kind: Kind, bags: Bags) -> Fitted:
    """A model of single changes from the labels of plans."""
    return fit_blamed(kind, bags, find_blame(bags))


def find_blame(bags: Bags, rounds: int = ROUNDS) -> Vector:
    """How likely each change is a cause of its plan's harm, by the simplest kind of model."""
    blame = np.where(bags.suspect, _FIRST_GUESS, 0.0)
    for _ in range(rounds):
        fitted = fit_blamed(KINDS[0], bags, blame)
        blame = _blame(bags, chances(fitted.log_odds(bags.matrix)))
    return blame


def fit_blamed(kind: Kind, bags: Bags, blame: Vector) -> Fitted:
    """A model of single changes that count as harmful as far as they are to blame."""
    blamed = blame > 0
    matrix = np.concatenate([bags.matrix[blamed], bags.matrix])
    labels = np.concatenate([np.ones(int(blamed.sum())), np.zeros(len(blame))])
    weights = np.concatenate([blame[blamed], 1 - blame])
    counted = weights > _LEAST
    own = bags.weight[bags.plan_of]
    weights = weights * np.concatenate([own[blamed], own])
    return kind.fit(matrix[counted], labels[counted], weights[counted])


def _blame(bags: Bags, chance: Vector) -> Vector:
    """The probability of each suspect to be a cause, given that its plan did harm."""
    suspected = np.where(bags.suspect, chance, 0.0)
    harm = plan_chances(suspected, bags.starts, Combination.NOISY_OR)
    blame: Vector = suspected / np.maximum(harm[bags.plan_of], _LEAST)
    return np.minimum(blame, 1.0)


def chances(log_odds: Vector) -> Vector:
    """The logistic function."""
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -500, 500))))


def plan_chances(chance: Vector, starts: Integers, combination: Combination) -> Vector:
    """The raw chance of each plan from those of its changes; zero for a plan without any."""
    plans = np.zeros(len(starts) - 1)
    filled = np.diff(starts) > 0
    firsts = starts[:-1][filled]
    if not len(firsts):
        return plans
    if combination is Combination.MAX:
        plans[filled] = np.maximum.reduceat(chance, firsts)
    else:
        spared = np.log1p(-np.clip(chance, 0, 1 - _LEAST))
        plans[filled] = -np.expm1(np.add.reduceat(spared, firsts))
    return plans
