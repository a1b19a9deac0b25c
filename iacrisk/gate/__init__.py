"""From scores to a verdict: policy, environment, decision."""

from iacrisk.gate.approving import ApprovalOutcome, Grant, Held, Refusal, decide_approved
from iacrisk.gate.decision import Decision, Reason, Verdict, decide, gravest, never_held
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
    Scrutiny,
    Thresholds,
    Waiver,
    policy_digest,
)
from iacrisk.gate.scrutiny import scrutiny_of, scrutiny_reasons
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
    "Scrutiny",
    "Thresholds",
    "TreatedReview",
    "Verdict",
    "WaivedFinding",
    "Waiver",
    "decide",
    "decide_approved",
    "detect_environment",
    "environment_of",
    "gravest",
    "is_disposable",
    "never_held",
    "own_environment",
    "policy_digest",
    "scrutiny_of",
    "scrutiny_reasons",
    "strictest",
    "treat",
    "waives_model",
]
