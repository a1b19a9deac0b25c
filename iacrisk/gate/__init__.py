"""From scores to a verdict: policy, environment, decision."""

from iacrisk.gate.decision import Decision, Reason, Verdict, decide
from iacrisk.gate.environment import (
    Environment,
    EnvironmentEvidence,
    detect_environment,
    environment_of,
    own_environment,
    strictest,
)
from iacrisk.gate.policy import Consequence, EnvironmentSettings, Policy, Thresholds, Waiver
from iacrisk.gate.treatment import TreatedReview, WaivedFinding, treat

__all__ = [
    "Consequence",
    "Decision",
    "Environment",
    "EnvironmentEvidence",
    "EnvironmentSettings",
    "Policy",
    "Reason",
    "Thresholds",
    "TreatedReview",
    "Verdict",
    "WaivedFinding",
    "Waiver",
    "decide",
    "detect_environment",
    "environment_of",
    "own_environment",
    "strictest",
    "treat",
]
