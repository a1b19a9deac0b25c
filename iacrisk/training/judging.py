"""What each judge says of each plan: rivals made of a line of code, the rules, the model, both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from iacrisk.classifier import Combination
from iacrisk.score import model_floor
from iacrisk.training import attribution
from iacrisk.training.attribution import Bags, chances, plan_chances
from iacrisk.training.calibration import calibrated, fit_beta
from iacrisk.training.encoding import Flags, Vector
from iacrisk.training.examples import Example
from iacrisk.training.fitting import Kind
from iacrisk.training.splits import folds

TUTORIAL_BAR: Final = 30
"""From this score on the tutorial's policy refuses a plan."""

_HOLD: Final = 40
_NORM: Final = 6


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """One judge's scores of all plans, and which it would hold."""

    name: str
    scores: Vector
    held: Flags | None = None


def unseen_log_odds(
    kinds: Sequence[Kind], examples: Sequence[Example], bags: Bags
) -> dict[str, Vector]:
    """By each kind, each change's log odds by a model that saw neither stack nor families of it."""
    answers = {kind.name: np.zeros(len(bags.matrix)) for kind in kinds}
    for fold in folds([example.origin for example in examples]):
        lines = np.isin(bags.plan_of, fold.tested)
        if not lines.any() or not bags.harmful[list(fold.trained)].any():
            continue
        part = bags.part(fold.trained)
        blame = attribution.find_blame(part)
        for kind in kinds:
            fitted = attribution.fit_blamed(kind, part, blame)
            answers[kind.name][lines] = fitted.log_odds(bags.matrix[lines])
    return answers


def unseen_chances(raw: Vector, harmful: Flags, examples: Sequence[Example]) -> Vector:
    """Raw chances calibrated on the plans of the other stacks."""
    stacks = np.array([example.origin.stack for example in examples])
    answers = raw.copy()
    for stack in np.unique(stacks):
        own = stacks == stack
        if harmful[~own].any() and not harmful[~own].all():
            answers[own] = calibrated(raw[own], fit_beta(raw[~own], harmful[~own]))
    return answers


def unseen_change_chances(
    log_odds: Vector, raw: Vector, examples: Sequence[Example], bags: Bags
) -> Vector:
    """The chances of single changes, calibrated on the plans (`raw`) of the other stacks."""
    stacks = np.array([example.origin.stack for example in examples])
    answers = chances(log_odds)
    for stack in np.unique(stacks):
        own = stacks == stack
        others = bags.harmful[~own]
        if others.any() and not others.all():
            lines = own[bags.plan_of]
            answers[lines] = calibrated(answers[lines], fit_beta(raw[~own], others))
    return answers


def raw_plan_chances(log_odds: Vector, bags: Bags, combination: Combination) -> Vector:
    """The raw chance of each plan."""
    return plan_chances(chances(log_odds), bags.starts, combination)


def simple_judges(examples: Sequence[Example]) -> list[Judgement]:
    """Rivals of a line of code each, and our rules alone."""
    destroys = np.array([example.destroys for example in examples])
    tutorial = np.array([float(example.tutorial) for example in examples])
    return [
        Judgement(name="any destroy", scores=destroys.astype(float), held=destroys),
        Judgement(
            name="number of changes",
            scores=np.array([float(len(example.changes)) for example in examples]),
        ),
        Judgement(name="OPA tutorial's score", scores=tutorial, held=tutorial >= TUTORIAL_BAR),
        Judgement(name="rules", scores=rule_scores(examples), held=rules_hold(examples)),
    ]


def rule_scores(examples: Sequence[Example]) -> Vector:
    """The plan's score by the rules, not rounded and not cut off at 100."""
    return np.array(
        [_norm([*example.rules.scores.values(), *example.rules.others]) for example in examples]
    )


def rules_hold(examples: Sequence[Example]) -> Flags:
    """Which plans the rules hold."""
    return np.array([example.rules.held for example in examples])


def both(examples: Sequence[Example], change_chances: Vector, bags: Bags, bar: float) -> Judgement:
    """Rules and model together, as the product combines them."""
    scores = []
    for number, example in enumerate(examples):
        own = change_chances[bags.starts[number] : bags.starts[number + 1]]
        changes = change_scores(example, own, bar)
        scores.append(_norm([*changes.values(), *example.rules.others]))
    found = np.array(scores)
    return Judgement(
        name="rules and model", scores=found, held=rules_hold(examples) | (found >= _HOLD)
    )


def change_scores(example: Example, own_chances: Vector, bar: float) -> dict[str, float]:
    """The score of each change of a plan by rules and model together."""
    found: dict[str, float] = dict(example.rules.scores)
    for change, chance in zip(example.changes, own_chances, strict=True):
        if change.label not in example.rules.benign:
            floor = 100 * model_floor(float(chance), bar)
            found[change.label] = max(found.get(change.label, 0), floor)
    return found


def _norm(scores: Sequence[float]) -> float:
    return math.pow(math.fsum(math.pow(score, _NORM) for score in scores), 1 / _NORM)
