"""What goes into the audit log; text from a plan is masked, as in every report."""

from __future__ import annotations

from typing import Any

import msgspec

from iacrisk.approval import Statement
from iacrisk.assess import Assessment
from iacrisk.audit.log import Event
from iacrisk.plan.fingerprint import fingerprint


def decision_made(assessment: Assessment) -> Event:
    """What the gate decided on a plan, and on whose word."""
    redactor = assessment.plan.redactor
    made = fingerprint(assessment.plan)
    decision = assessment.decision
    return Event(
        kind="decision",
        data={
            "iacrisk": assessment.version,
            "plan": [made.strict, made.loose],
            "environment": assessment.environment.environment,
            "verdict": decision.verdict,
            "score": assessment.score,
            "reasons": [
                [item.verdict, redactor.address(item.address), item.what]
                for item in decision.reasons
            ],
            "approval": _masked(assessment),
        },
    )


def _masked(assessment: Assessment) -> Any:
    outcome = assessment.approval
    if outcome is None:
        return None
    text = assessment.plan.redactor.text
    granted = tuple(
        msgspec.structs.replace(grant, reason=text(grant.reason)) for grant in outcome.granted
    )
    return msgspec.to_builtins(msgspec.structs.replace(outcome, granted=granted))


def approval_made(statement: Statement, digest: str) -> Event:
    """Who signed what."""
    predicate = statement.predicate
    return Event(
        kind="approval",
        data={
            "statement": digest,
            "plan": dict(statement.subject[0].digest),
            "approver": predicate.approver,
            "reason": predicate.reason,
            "verdict": predicate.verdict,
            "expires": predicate.expires.isoformat(),
        },
    )
