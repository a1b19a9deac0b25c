"""Numbers: what is at stake with a change, how likely it is hurt, and 0 to 100 for both."""

from iacrisk.score.score import (
    OWN_TO_THE_ENVIRONMENT,
    ChangeScore,
    Contribution,
    Part,
    effect_of,
    hit_weight,
    model_contribution,
    model_floor,
    plan_score,
    score_benign,
    score_change,
    score_finding,
)

__all__ = [
    "OWN_TO_THE_ENVIRONMENT",
    "ChangeScore",
    "Contribution",
    "Part",
    "effect_of",
    "hit_weight",
    "model_contribution",
    "model_floor",
    "plan_score",
    "score_benign",
    "score_change",
    "score_finding",
]
