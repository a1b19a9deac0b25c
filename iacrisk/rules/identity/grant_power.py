"""How much power a grant of an IAM-style policy gives."""

from __future__ import annotations

from typing import Final

from iacrisk.catalog.permissions import (
    ESCALATIONS,
    GATE_SERVICES,
    GRAVE_VERBS,
    MILD_ACTIONS,
    MILD_SERVICES,
    READ_VERBS,
    SELF_SERVICE,
    SENSITIVE_READS,
    Power,
)
from iacrisk.patterns import regex
from iacrisk.plan.policy_document import Effect, Grant, Matcher, pattern_covers


def power_of(grant: Grant) -> Power:
    """What an allowed (or no longer denied) grant gives its holder."""
    if not is_wide_resource(grant.resource):
        return Power.ORDINARY
    power = _negated_power(grant.action) if grant.action.negated else _power(grant.action)
    if grant.effect is Effect.DENY:
        power = Power(min(power, Power.STRONG))
    return _under_condition(power, grant) if grant.condition else power


def is_read(action: str) -> bool:
    """Whether the action, or all that the pattern stands for, only reads."""
    return action.partition(":")[2].lower().startswith(READ_VERBS)


def is_wildcard(matcher: Matcher) -> bool:
    """Whether it stands for more than it names."""
    return matcher.negated or "*" in matcher.patterns[0]


_ALL_OF_A_KIND: Final = regex(
    r"^arn:[^:]*:(?!s3:|logs:)[^:]*:[^:]*:[^:]*:"
    r"(\*|\*/\*|(cluster|db|function|group|instance|key|parameter|policy|repository|role|secret"
    r"|stack|table|user|volume)[/:]\*(/\*)?)$"
)
_ALL_BUCKETS: Final = regex(r"^arn:[^:]*:s3:::\*(/\*)?$")


def is_wide_resource(resource: Matcher) -> bool:
    """Whether it is everything, or everything of a kind: `arn:aws:iam::1:role/*`."""
    if resource.negated or resource.is_any:
        return True
    pattern = resource.patterns[0]
    return bool(_ALL_OF_A_KIND.match(pattern) or _ALL_BUCKETS.match(pattern))


def _power(matcher: Matcher) -> Power:
    action = matcher.patterns[0].lower()
    service, _, verb = action.partition(":")
    if action in {"*", "*:*"}:
        return Power.ADMIN
    if service in MILD_SERVICES:
        return Power.ORDINARY
    if verb == "*":
        return Power.ADMIN if service in {*GATE_SERVICES, "sts"} else Power.STRONG
    if any(pattern_covers(action, known) for known in ESCALATIONS):
        return Power.STRONG if action == "sts:assumerole" else Power.ADMIN
    if any(pattern_covers(action, known) for known in SENSITIVE_READS):
        return Power.STRONG
    return _verb_power(service, verb)


def _verb_power(service: str, verb: str) -> Power:
    if verb.startswith(READ_VERBS):
        return Power.BROAD if service == "s3" and verb.startswith("getobject") else Power.ORDINARY
    action = f"{service}:{verb}"
    if action in MILD_ACTIONS or action in SELF_SERVICE:
        return Power.ORDINARY
    if service in GATE_SERVICES:
        return Power.STRONG
    if "*" in verb or verb.startswith(GRAVE_VERBS) or verb.endswith("policy"):
        return Power.BROAD
    return Power.ORDINARY


def _negated_power(matcher: Matcher) -> Power:
    """Everything but a few things is admin unless what lets one take more is among the few."""
    closed = all(
        any(pattern_covers(pattern.lower(), known) for pattern in matcher.patterns)
        for known in ("iam:passrole", "iam:putrolepolicy", "iam:attachrolepolicy")
    )
    return Power.STRONG if closed else Power.ADMIN


_WHO_KEYS: Final = ("aws:multifactorauthpresent", "aws:principaltag")
_WHAT_KEYS: Final = (
    "aws:requesttag",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourcetag",
    "cloudwatch:namespace",
    "ec2:resourcetag",
    "iam:awsservicename",
    "iam:passedtoservice",
    "iam:permissionsboundary",
    "iam:policyarn",
    "iam:resourcetag",
    "kms:viaservice",
    "s3:prefix",
    "secretsmanager:resourcetag",
    "ssm:resourcetag",
)


def _under_condition(power: Power, grant: Grant) -> Power:
    """A condition on what is touched narrows a grant much, one on who touches it a little."""
    keys = [clause.key for clause in grant.condition]
    if any(key.startswith(_WHAT_KEYS) for key in keys):
        return Power(max(power - 2, 0))
    return Power(max(power - 1, 0)) if any(key.startswith(_WHO_KEYS) for key in keys) else power
