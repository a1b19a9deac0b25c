"""Learning from users' own outcomes, with the lab's examples as prior.

    learn(Path(".iacrisk/outcomes"), MODEL_FOLDER)

The own plans are judged by models that have not seen their root module; the model that would be
replaced, which has seen none of them, is judged on the same plans. Only a model that is not worse
by any criterion is handed out.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from iacrisk import __version__
from iacrisk.classifier import Artifact, Calibration, Manifest, Model, load_model
from iacrisk.classifier.artifact import FORMAT, Criterion, OwnEvaluation
from iacrisk.errors import UnusableModel, UnusableRows
from iacrisk.features import FEATURE_SCHEMA
from iacrisk.training import attribution
from iacrisk.training.attribution import Bags, chances, to_bags
from iacrisk.training.calibration import calibrated, fewest_cases, fit_beta
from iacrisk.training.comparing import (
    Judged,
    calibrated_plans,
    final_criteria,
    judge,
    own_criteria,
)
from iacrisk.training.encoding import Flags, Vector
from iacrisk.training.examples import Example
from iacrisk.training.fitting import KINDS, Kind
from iacrisk.training.judging import both, raw_plan_chances, rules_hold
from iacrisk.training.outcomes import Outcomes, read_outcomes
from iacrisk.training.prior import DATA_KEY, Prior, read_prior
from iacrisk.training.splits import in_groups, is_final
from iacrisk.training.train import (
    ALPHA,
    BAR,
    CONFIDENCE,
    MODEL_FILE,
    claim,
    libraries,
    settle_use,
    single_threaded,
    write_model,
)

FEWEST_HARMFUL: Final = 10
FEWEST_HARMLESS: Final = 30
FEWEST_GROUPS: Final = 3
"""With less nothing can be said of a model, and none is made."""

OWN_WEIGHT: Final = 3.0
"""So many of the lab's plans one own plan counts for."""

_FOLDS: Final = 5
_LOWEST_BAR: Final = 0.02


class Learnt(msgspec.Struct, frozen=True, kw_only=True):
    """An own model with its evaluation, whether it passed or not."""

    artifact: Artifact
    manifest: Manifest
    evaluation: OwnEvaluation
    missing: int
    """Harmful plans that a claim still needs; none where one is made."""

    @property
    def failed(self) -> tuple[Criterion, ...]:
        """Why it may not be used."""
        return tuple(item for item in self.evaluation.criteria if not item.passed)


def learn(data: Path, base: Path) -> Learnt:
    """An own model, judged beside the one in `base`.

    Raises UnusableRows and UnusableModel.
    """
    parent = load_model(base)
    prior = read_prior(base, str(parent.manifest.data.get(DATA_KEY, "")))
    outcomes = read_outcomes(data)
    _require_enough(outcomes)
    with single_threaded():
        return _learn(outcomes, parent, prior)


def write_learnt(
    learnt: Learnt, base: Path, folder: Path, sign: Callable[[str], str] | None = None
) -> None:
    """Write the own model; whom a change hurts is told by the same model as in `base`."""
    hits = learnt.manifest.hits
    if hits is not None:
        told = (base / hits.model).read_bytes()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / hits.model).write_bytes(told)
    write_model(learnt.artifact, learnt.manifest, folder, sign)


def _require_enough(outcomes: Outcomes) -> None:
    """Raise UnusableRows with what is missing, all at once."""
    harmful = sum(example.harmful for example in outcomes.clear)
    wanted = (
        (FEWEST_HARMFUL, harmful, "incidents"),
        (FEWEST_HARMLESS, len(outcomes.clear) - harmful, "plans that hurt nobody"),
        (FEWEST_GROUPS, len(outcomes.groups), "root modules"),
    )
    missing = [
        f"{least - number} more {what} ({number} of at least {least})"
        for least, number, what in wanted
        if number < least
    ]
    if missing:
        raise UnusableRows(
            "Too few outcomes to learn from. Missing:\n"
            + "\n".join(f"- {item}" for item in missing)
        )


def _learn(outcomes: Outcomes, parent: Model, prior: Prior) -> Learnt:
    kind = _kind(parent)
    clear = [example for example in prior.examples if not example.is_between]
    lab = [example for example in clear if not is_final(example.origin.stack)]
    own = _Own(outcomes, parent, _unseen_log_odds(kind, lab, outcomes))
    judged = own.judge_unseen()
    artifact = _fit(kind, lab, own)
    fitted = Model(artifact, parent.manifest)  # which says nothing that is asked here
    final = [example for example in clear if is_final(example.origin.stack)]
    evaluation = OwnEvaluation(
        rows=outcomes.hash,
        plans=len(own.examples),
        harmful=int(own.harmful.sum()),
        groups=len(outcomes.groups),
        between=outcomes.between,
        criteria=(
            *own_criteria(own.harmful, own.groups, own.by_parent, judged),
            *final_criteria(final, parent, fitted),
        ),
    )
    guarantee = claim(judged.held, own.harmful)
    stacks = {example.origin.stack for example in lab} | outcomes.groups
    added = judged.held & ~rules_hold(own.examples)
    manifest = Manifest(
        model=MODEL_FILE,
        sha256="",
        feature_schema=FEATURE_SCHEMA,
        use=settle_use(guarantee, len(stacks), added, own.harmful),
        iacrisk=__version__,
        kind=kind.name,
        libraries=libraries(),
        data={
            "rows": outcomes.hash,
            DATA_KEY: parent.manifest.data[DATA_KEY],
            "plans": len(lab) + len(own.examples),
            "own plans": len(own.examples),
            "stacks": len(stacks),
        },
        metrics={item.name: round(item.own, 4) for item in evaluation.criteria},
        guarantee=guarantee,
        evaluation=evaluation,
        hits=parent.manifest.hits,
        parent=parent.manifest.sha256,
    )
    missing = max(0, fewest_cases(ALPHA, CONFIDENCE) - evaluation.harmful)
    return Learnt(artifact=artifact, manifest=manifest, evaluation=evaluation, missing=missing)


def _kind(parent: Model) -> Kind:
    for kind in KINDS:
        if kind.name == parent.manifest.kind:
            return kind
    raise UnusableModel(f"This release fits no model of kind {parent.manifest.kind!r}.")


def _together(lab: Sequence[Example], own: Sequence[Example]) -> Bags:
    """The lab's plans and then the own ones, which weigh more."""
    weight = np.concatenate([np.ones(len(lab)), np.full(len(own), OWN_WEIGHT)])
    return msgspec.structs.replace(to_bags([*lab, *own]), weight=weight)


def _unseen_log_odds(kind: Kind, lab: Sequence[Example], outcomes: Outcomes) -> Vector:
    """Each own change's log odds by a model that saw no plan of its root module."""
    groups = outcomes.groups_of_clear
    folds = in_groups(Counter(groups), min(_FOLDS, len(outcomes.groups)))
    fold_of = np.array([folds[group] for group in groups])
    bags, own = _together(lab, outcomes.clear), to_bags(outcomes.clear)
    answers = np.zeros(len(own.matrix))
    for fold in np.unique(fold_of):
        others = len(lab) + np.flatnonzero(fold_of != fold)
        fitted = attribution.fit(kind, bags.part([*range(len(lab)), *map(int, others)]))
        lines = fold_of[own.plan_of] == fold
        if lines.any():
            answers[lines] = fitted.log_odds(own.matrix[lines])
    return answers


def _fit(kind: Kind, lab: Sequence[Example], own: _Own) -> Artifact:
    """The model of everything, calibrated by what was said of own plans unseen."""
    everybody = np.ones(len(own.examples), dtype=np.bool_)
    calibration = own.calibrate(everybody)
    tables = attribution.fit(kind, _together(lab, own.examples)).tables()
    return Artifact(
        format=FORMAT,
        intercept=tables.intercept,
        terms=tables.terms,
        pairs=tables.pairs,
        combination=own.parent.artifact.combination,
        calibration=calibration,
        hold=own.bar(everybody, calibration),
    )


class _Own:
    """The own plans, with what the parent says of them and models that have not seen them."""

    def __init__(self, outcomes: Outcomes, parent: Model, log_odds: Vector) -> None:
        self.parent = parent
        self.examples = outcomes.clear
        self.groups = outcomes.groups_of_clear
        self.bags = to_bags(outcomes.clear)
        self.harmful = self.bags.harmful
        self.by_parent = judge(parent, outcomes.clear)
        self._chances = chances(log_odds)
        self._raw = raw_plan_chances(log_odds, self.bags, parent.artifact.combination)

    def judge_unseen(self) -> Judged:
        """Each root module by what is known from the others: calibration and bar as well."""
        plan_chance, held = np.zeros(len(self.examples)), np.zeros(len(self.examples), np.bool_)
        groups = np.array(self.groups)
        for group in np.unique(groups):
            own = groups == group
            calibration = self.calibrate(~own)
            plan_chance[own] = calibrated_plans(self._raw, calibration)[own]
            alone = calibrated(self._chances, calibration)
            said = both(self.examples, alone, self.bags, self.bar(~own, calibration))
            assert said.held is not None  # noqa: S101 - `both` always says
            held[own] = said.held[own]
        return Judged(plan_chance=plan_chance, held=held)

    def calibrate(self, among: Flags) -> Calibration:
        """On the plans `among`, with Platt's targets: a few plans make nobody quite sure."""
        raw, harmful = self._raw[among], self.harmful[among]
        number = int(harmful.sum())
        target = np.where(harmful, (number + 1) / (number + 2), 1 / (len(raw) - number + 2))
        return fit_beta(
            np.concatenate([raw, raw]),
            np.concatenate([np.ones_like(harmful), np.zeros_like(harmful)]),
            np.concatenate([target, 1 - target]),
        )

    def bar(self, among: Flags, calibration: Calibration) -> float:
        """The highest bar at which no more harmful plans `among` pass than with the parent.

        Never above the usual one. Where plans seldom hurt, chances are low, and half is a bar that
        hardly anything reaches.
        """
        alone = calibrated(self._chances, calibration)
        passed_by_rules = self.harmful & ~rules_hold(self.examples) & among
        allowed = int((self.harmful & ~self.by_parent.held & among).sum())
        reached = sorted(
            self._highest(int(plan), alone) for plan in np.flatnonzero(passed_by_rules)
        )
        if allowed >= len(reached):
            return BAR
        return min(BAR, max(_LOWEST_BAR, math.floor(reached[allowed] * 10_000) / 10_000))

    def _highest(self, plan: int, alone: Vector) -> float:
        """The highest chance of a plan's changes on which the model is heard."""
        benign = self.examples[plan].rules.benign
        own = alone[self.bags.starts[plan] : self.bags.starts[plan + 1]]
        pairs = zip(self.examples[plan].changes, own, strict=True)
        return max((float(chance) for item, chance in pairs if item.label not in benign), default=0)
