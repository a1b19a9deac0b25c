"""An own model beside the one that it would replace: by which figures, and how much may be lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from iacrisk.classifier import Calibration, Model
from iacrisk.classifier.artifact import Criterion
from iacrisk.training.attribution import chances, to_bags
from iacrisk.training.calibration import calibrated
from iacrisk.training.encoding import Flags, Vector
from iacrisk.training.examples import Example
from iacrisk.training.judging import both, raw_plan_chances
from iacrisk.training.metrics import auc, brier, interval, share_of
from iacrisk.training.tables import FINAL

HELD_MARGIN: Final = 0.05
FINAL_MARGIN: Final = 0.02
FINAL_PASSED_MARGIN: Final = 0.05
"""By how much the share of harmless plans held may be worse, and on the lab's final stacks the AUC
and the share of harmful plans passed. The other figures may not."""

_CHANCE: Final = 0.5
"""The AUC of a model that knows nothing."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a model says of a set of plans."""

    plan_chance: Vector
    held: Flags
    """By rules and model together."""


def judge(model: Model, examples: Sequence[Example]) -> Judged:
    """What a model says of plans, on which it did not learn."""
    bags = to_bags(examples)
    artifact = model.artifact
    log_odds = np.array(
        [model.log_odds(change.values) for example in examples for change in example.changes]
    )
    raw = raw_plan_chances(log_odds, bags, artifact.combination)
    alone = calibrated(chances(log_odds), artifact.calibration)
    said = both(examples, alone, bags, artifact.hold)
    assert said.held is not None  # noqa: S101 - `both` always says
    return Judged(plan_chance=calibrated_plans(raw, artifact.calibration), held=said.held)


def calibrated_plans(raw: Vector, calibration: Calibration) -> Vector:
    """Calibrated; zero for a plan without any change."""
    return np.where(raw == 0, 0.0, calibrated(raw, calibration))


def own_criteria(
    harmful: Flags, groups: Sequence[str], before: Judged, judged: Judged
) -> list[Criterion]:
    """On the users' own plans, which neither model has seen."""
    low, low_before = (
        interval(auc, item.plan_chance, harmful, groups).low for item in (judged, before)
    )
    return [
        _at_least("AUC", auc(before.plan_chance, harmful), auc(judged.plan_chance, harmful)),
        Criterion(name="AUC, low end of its interval", parent=low_before, own=low, bound=_CHANCE),
        _at_most("harmful passed", _passed(before.held, harmful), _passed(judged.held, harmful)),
        _at_most(
            "harmless held",
            share_of(before.held, ~harmful),
            share_of(judged.held, ~harmful),
            HELD_MARGIN,
        ),
        _at_most(
            "error of the chances (Brier)",
            brier(before.plan_chance, harmful),
            brier(judged.plan_chance, harmful),
        ),
    ]


def final_criteria(final: Sequence[Example], parent: Model, own: Model) -> list[Criterion]:
    """On the lab's final stacks, which neither model has seen; nothing where there are none.

    Their names end with FINAL.
    """
    harmful = np.array([example.harmful for example in final], dtype=np.bool_)
    if not harmful.any() or harmful.all():
        return []
    before, after = (judge(model, final) for model in (parent, own))
    return [
        _at_least(
            f"AUC, {FINAL}",
            auc(before.plan_chance, harmful),
            auc(after.plan_chance, harmful),
            FINAL_MARGIN,
        ),
        _at_most(
            f"harmful passed, {FINAL}",
            _passed(before.held, harmful),
            _passed(after.held, harmful),
            FINAL_PASSED_MARGIN,
        ),
    ]


def _passed(held: Flags, harmful: Flags) -> float:
    return share_of(~held, harmful)


def _at_least(name: str, parent: float, own: float, margin: float = 0.0) -> Criterion:
    return Criterion(name=name, parent=parent, own=own, bound=parent - margin)


def _at_most(name: str, parent: float, own: float, margin: float = 0.0) -> Criterion:
    return Criterion(name=name, parent=parent, own=own, bound=parent + margin, most=True)
