"""Rules on what a plan does: one file per family, one tuple that lists them all."""

from iacrisk.rules.context import Context
from iacrisk.rules.engine import review
from iacrisk.rules.registry import RULES, SUPPRESSORS, find_rule
from iacrisk.rules.rule import (
    Confidence,
    Evidence,
    Finding,
    Harm,
    OwnRules,
    Plugin,
    Review,
    Rule,
    RuleFailure,
    Severity,
    SuppressedFinding,
    Suppressor,
    UndecidedRule,
)

__all__ = [
    "RULES",
    "SUPPRESSORS",
    "Confidence",
    "Context",
    "Evidence",
    "Finding",
    "Harm",
    "OwnRules",
    "Plugin",
    "Review",
    "Rule",
    "RuleFailure",
    "Severity",
    "SuppressedFinding",
    "Suppressor",
    "UndecidedRule",
    "find_rule",
    "review",
]
