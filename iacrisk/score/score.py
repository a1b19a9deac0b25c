"""The score of a change and of a plan; docs/scoring.md defines it with a worked example.

score = 100 x impact x likelihood, and not less than the model's floor, where

    impact     = 1 - (1 - stake) x (1 - reach)
    stake      = the larger of what the action puts at stake (class of the resource, how
                 hard it is to undo) and the floor of the gravest finding
    reach      = 1 - 2^(-W / 4), W = the weights of those who are hit
    likelihood = 1 - product of (1 - p), p from the action and from each finding

Every term grows with the danger, which makes the score monotone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from iacrisk.catalog import ResourceClass, resource_type
from iacrisk.graph import BlastRadius, Effect, Hit
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules import Confidence, Finding, Harm, Severity

CLASS_STAKE: Final = {
    ResourceClass.CONTAINER: 1.0,
    ResourceClass.ENCRYPTION: 1.0,
    ResourceClass.STATEFUL: 0.9,
    ResourceClass.CLUSTER: 0.9,
    ResourceClass.ENTRY_POINT: 0.75,
    ResourceClass.NETWORK_PATH: 0.6,
    ResourceClass.IDENTITY: 0.6,
    ResourceClass.COMPUTE: 0.6,
    ResourceClass.CONTROL: 0.5,
    ResourceClass.OTHER: 0.35,
    ResourceClass.STATELESS: 0.03,
}
"""What is at stake when a resource of the class is destroyed."""

ACTION_SHARE: Final = {
    ActionKind.UNKNOWN: 1.0,
    ActionKind.DELETE: 1.0,
    ActionKind.REPLACE: 0.85,
    ActionKind.FORGET: 0.3,
    ActionKind.UPDATE: 0.25,
    ActionKind.CREATE: 0.1,
    ActionKind.READ: 0.0,
    ActionKind.NO_OP: 0.0,
}
"""How much of the class's stake the action puts at risk."""

ACTION_LIKELIHOOD: Final = {
    ActionKind.UNKNOWN: 0.6,
    ActionKind.DELETE: 0.5,
    ActionKind.REPLACE: 0.4,
    ActionKind.FORGET: 0.2,
    ActionKind.UPDATE: 0.15,
    ActionKind.CREATE: 0.05,
    ActionKind.READ: 0.02,
    ActionKind.NO_OP: 0.0,
}
"""How likely the action hurts when no rule says anything."""

SEVERITY_STAKE: Final = {
    Severity.CRITICAL: 0.95,
    Severity.HIGH: 0.75,
    Severity.MEDIUM: 0.5,
    Severity.LOW: 0.25,
    Severity.INFO: 0.1,
}
CONFIDENCE_LIKELIHOOD: Final = {
    Confidence.HIGH: 0.9,
    Confidence.MEDIUM: 0.8,
    Confidence.LOW: 0.4,
}

HUNCH: Final = 0.2
MODEL_HOLDS: Final = 0.4
MODEL_AT_MOST: Final = 0.94
"""The floor that the model puts under a score: just below its bar, at the bar, when certain."""

_RECOVERABLE_SHARE: Final = 0.4
_CREATE_FIRST_SHARE: Final = 0.6
_READERS_FOLLOW: Final = 0.25
_HALF_REACH: Final = 4.0
_NORM: Final = 6
_LOWER_STEP: Final = 0.6
_STEPS: Final = 4
OWN_TO_THE_ENVIRONMENT: Final = frozenset({Harm.DATA, Harm.AVAILABILITY, Harm.RECOVERY})
"""Harm that stays in the environment where it happens; access and exposure do not."""
_TRAVELLING_HARM: Final = frozenset({Harm.AVAILABILITY, Harm.ACCESS, Harm.EXPOSURE})
_OUTPUT_WEIGHT: Final = 0.2
_NOISE: Final = frozenset({"tags", "tags_all", "labels", "terraform_labels", "effective_labels"})


class Part(StrEnum):
    """The factor of the score that a contribution belongs to; `MODEL` is a floor under it."""

    STAKE = "stake"
    REACH = "reach"
    LIKELIHOOD = "likelihood"
    MODEL = "model"


class Contribution(msgspec.Struct, frozen=True, kw_only=True):
    """One term of a score: `value` in [0, 1] and where it comes from."""

    part: Part
    source: str
    value: float


class ChangeScore(msgspec.Struct, frozen=True, kw_only=True):
    """The score of one change, 0 to 100, with the terms it is made of."""

    address: str
    score: int
    impact: float
    likelihood: float
    contributions: tuple[Contribution, ...] = ()


def model_floor(chance: float, bar: float) -> float:
    """The share of 100 that a change scores at least when the model gives it this chance.

    A chance below the bar is a hunch: it is shown, and even dozens of them hold no plan. From the
    bar on it holds the plan under the default policy; however sure, it never blocks one alone.
    """
    if chance < bar:
        return HUNCH * chance / bar
    sure = (chance - bar) / (1 - bar) if bar < 1 else 1.0
    return MODEL_HOLDS + (MODEL_AT_MOST - MODEL_HOLDS) * sure


def model_contribution(chance: float, bar: float, lower: int = 0) -> Contribution:
    """What the model's chance adds: a floor, milder by `lower` of four steps."""
    return Contribution(
        part=Part.MODEL,
        source=f"the model's chance {chance:.2f} (its bar: {bar:.2f})",
        value=round(model_floor(chance, bar) * (1 - lower / _STEPS), 4),
    )


def effect_of(
    change: ResourceChange, findings: Sequence[Finding], *, model_holds: bool = False
) -> tuple[Effect, frozenset[str]]:
    """What the change does to those who use the resource, and the attributes it changes.

    `model_holds`: the trained model expects something to break, which then is a user's harm.
    """
    impairs = model_holds or any(finding.harm in _TRAVELLING_HARM for finding in findings)
    match change.kind:
        case ActionKind.DELETE | ActionKind.UNKNOWN:
            return Effect.GONE, frozenset()
        case ActionKind.REPLACE:
            return Effect.REPLACED, frozenset()
        case ActionKind.UPDATE | ActionKind.CREATE | ActionKind.READ | ActionKind.NO_OP:
            if impairs or _locks_away(change, findings):
                return Effect.IMPAIRED, frozenset()
            if change.kind is ActionKind.UPDATE:
                return Effect.CHANGED, change.changed - _NOISE
            return Effect.NONE, frozenset()
        case ActionKind.FORGET:
            return Effect.NONE, frozenset()


def _locks_away(change: ResourceChange, findings: Sequence[Finding]) -> bool:
    """Whether what is lost with a key is lost to all who encrypt with it."""
    of_a_key = resource_type(change.type).resource_class is ResourceClass.ENCRYPTION
    return of_a_key and any(finding.harm is Harm.DATA for finding in findings)


def score_change(
    change: ResourceChange,
    findings: Sequence[Finding],
    radius: BlastRadius,
    predictions: Iterable[Contribution] = (),
    lower: int = 0,
) -> ChangeScore:
    """The score of one change; `predictions` are what a classifier adds.

    `lower`: by how many steps the environment weighs less; the findings' severities are lowered
    already.
    """
    stays = all(finding.harm in OWN_TO_THE_ENVIRONMENT for finding in findings)
    contributions = (
        _action_stake(change, lower),
        *map(_finding_stake, findings),
        _reach(radius, lower if stays else 0),
        Contribution(
            part=Part.LIKELIHOOD,
            source=f"action {change.kind}",
            value=ACTION_LIKELIHOOD[change.kind],
        ),
        *map(_finding_likelihood, findings),
        *predictions,
    )
    return _combine(change.label, contributions)


def score_benign(change: ResourceChange) -> ChangeScore:
    """Nothing is at stake with a change that a benign look-alike explains as a whole."""
    return ChangeScore(address=change.label, score=0, impact=0.0, likelihood=0.0)


def score_finding(finding: Finding) -> ChangeScore:
    """The score of a finding on the plan as a whole, which belongs to no single change."""
    return _combine("", (_finding_stake(finding), _finding_likelihood(finding)))


def plan_score(scores: Iterable[ChangeScore]) -> int:
    """The plan's score: the 6-norm of its changes' scores, at most 100.

    The gravest change dominates, many grave ones add up, a thousand trifles stay a trifle.
    """
    total = sum(score.score**_NORM for score in scores)
    return min(100, round(math.pow(total, 1 / _NORM)))


def hit_weight(hit: Hit) -> float:
    """How much one hit resource counts, by its class, the hops and how sure the path is."""
    known = resource_type(hit.type)
    weight = _OUTPUT_WEIGHT if hit.type == "output" else CLASS_STAKE[known.resource_class]
    return weight * hit.strength / hit.hops


def _combine(label: str, contributions: tuple[Contribution, ...]) -> ChangeScore:
    stake = max((c.value for c in contributions if c.part is Part.STAKE), default=0.0)
    reach = max((c.value for c in contributions if c.part is Part.REACH), default=0.0)
    unharmed = math.prod(1 - c.value for c in contributions if c.part is Part.LIKELIHOOD)
    floor = max((c.value for c in contributions if c.part is Part.MODEL), default=0.0)
    impact = 1 - (1 - stake) * (1 - reach)
    return ChangeScore(
        address=label,
        score=max(round(100 * impact * (1 - unharmed)), round(100 * floor)),
        impact=round(impact, 4),
        likelihood=round(1 - unharmed, 4),
        contributions=tuple(c for c in contributions if c.value > 0),
    )


def _action_stake(change: ResourceChange, lower: int) -> Contribution:
    known = resource_type(change.type)
    share = ACTION_SHARE[change.kind] * (1 - _RECOVERABLE_SHARE * known.recoverability)
    if change.creates_first:
        share *= _CREATE_FIRST_SHARE
    return Contribution(
        part=Part.STAKE,
        source=f"{change.kind} of class {known.resource_class}",
        value=round(CLASS_STAKE[known.resource_class] * share * _LOWER_STEP**lower, 4),
    )


def _finding_stake(finding: Finding) -> Contribution:
    value = SEVERITY_STAKE[finding.severity]
    source = f"{finding.rule} severity {finding.severity.name.lower()}"
    return Contribution(part=Part.STAKE, source=source, value=value)


def _finding_likelihood(finding: Finding) -> Contribution:
    value = CONFIDENCE_LIKELIHOOD[finding.confidence]
    source = f"{finding.rule} confidence {finding.confidence}"
    return Contribution(part=Part.LIKELIHOOD, source=source, value=value)


def _reach(radius: BlastRadius, lower: int) -> Contribution:
    weight = math.fsum(map(hit_weight, radius.reached))
    share = _READERS_FOLLOW if radius.effect is Effect.CHANGED else 1.0
    share *= _LOWER_STEP**lower
    return Contribution(
        part=Part.REACH,
        source=f"{len(radius.reached)}{'+' if radius.more else ''} hit ({radius.effect})",
        value=round(share * (1 - 2 ** (-weight / _HALF_REACH)), 4),
    )
