"""What an evaluation found, as values that documentation is made from; needs no library."""

from __future__ import annotations

from typing import Final

import msgspec

EVALUATION_FILE: Final = "evaluation.json"
FINAL: Final = "lab's final stacks"
BUDGETS: Final = (0.05, 0.1, 0.2)
"""Shares of all plans that a person could look at."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One judge on one set; each figure is `value (low to high)`, "" where it has none."""

    judge: str
    auc: str
    average_precision: str
    recall: tuple[str, ...]
    """Within each budget of BUDGETS."""
    harmful_passed: str
    harmless_held: str
    missed: dict[str, int]
    """Harmful plans passed, by their worst harm."""


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """The victims named against those the probes found, over all harmful plans."""

    judge: str
    precision: float
    recall: float


class Miss(msgspec.Struct, frozen=True, kw_only=True):
    """A harmful plan that looks harmless."""

    case: str
    worst: str
    chance: float
    rules: int
    victims: tuple[str, ...]


class SetReport(msgspec.Struct, frozen=True, kw_only=True):
    """One set of plans."""

    name: str
    plans: int
    harmful: int
    stacks: int
    by_harm: dict[str, int]
    judges: tuple[Figures, ...]
    calibration_error: str
    culprit_rank: str
    """Mean place of the best suspect among the plan's changes, by the model."""
    named: tuple[Named, ...]
    worst_misses: tuple[Miss, ...]


class WhoIsHit(msgspec.Struct, frozen=True, kw_only=True):
    """Names against those who suffered, over the harmful plans of one source."""

    plans: str
    """Which plans, and by which model."""
    number: int
    names: str
    """Who counts as named."""
    precision: str
    recall: str
    exact: str
    """Precision where only the party that a probe names counts as right."""
    rank: str
    """Mean place of the first that suffers, among all whom the report could name."""


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """A service family that training did not see, against models that had seen it."""

    service: str
    plans: int
    harmful: int
    auc: float
    """Of models trained on other stacks without any plan that changes the service."""
    auc_seen: float
    """Of the same models trained on other stacks with it."""
    missed: int
    missed_seen: int
    """Harmful plans below the bar."""


class Ablation(msgspec.Struct, frozen=True, kw_only=True):
    """A quick model with these columns, on stacks and families that it had not seen."""

    columns: str
    auc: str


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the model card's tables are made from."""

    rows: str
    model: str
    kind: str
    sets: tuple[SetReport, ...]
    between: int
    """Plans that are neither harmful nor harmless; see `Example.is_between`."""
    between_held_by_rules: float
    who: tuple[WhoIsHit, ...] = ()
    services: tuple[Transfer, ...] = ()
    ablations: tuple[Ablation, ...] = ()
