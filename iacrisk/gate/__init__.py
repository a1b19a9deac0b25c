"""From scores to a verdict: policy, environment, decision."""

from iacrisk.gate.approving import ApprovalOutcome, Grant, Held, Refusal, decide_approved
from iacrisk.gate.decision import Decision, Reason, Verdict, decide
from iacrisk.gate.environment import (
    Environment,
    EnvironmentEvidence,
    detect_environment,
    environment_of,
    is_disposable,
    own_environment,
    strictest,
)
from iacrisk.gate.policy import (
    Approvals,
    Consequence,
    EnvironmentSettings,
    ModelUse,
    Policy,
    Thresholds,
    Waiver,
    policy_digest,
)
from iacrisk.gate.treatment import MODEL, TreatedReview, WaivedFinding, treat, waives_model

__all__ = [
    "MODEL",
    "ApprovalOutcome",
    "Approvals",
    "Consequence",
    "Decision",
    "Environment",
    "EnvironmentEvidence",
    "EnvironmentSettings",
    "Grant",
    "Held",
    "ModelUse",
    "Policy",
    "Reason",
    "Refusal",
    "Thresholds",
    "TreatedReview",
    "Verdict",
    "WaivedFinding",
    "Waiver",
    "decide",
    "decide_approved",
    "detect_environment",
    "environment_of",
    "is_disposable",
    "own_environment",
    "policy_digest",
    "strictest",
    "treat",
    "waives_model",
]
