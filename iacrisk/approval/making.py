"""From a held plan to the statement that a person signs."""

from __future__ import annotations

import datetime

import msgspec

from iacrisk.approval import statement as st
from iacrisk.approval.binding import (
    Situation,
    bond_of,
    changes_shown,
    held_by,
    reasons_shown,
    subject_digest,
)
from iacrisk.assess import Assessment
from iacrisk.errors import SettingsError
from iacrisk.gate import Grant, Verdict
from iacrisk.gate.approving import belongs, duration, is_agent, missing_approvals, person_of

LONGEST_REASON = 2000
_NEVER = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def make_statement(
    assessment: Assessment,
    situation: Situation,
    approver: str,
    reason: str,
    now: datetime.datetime,
    expires: str,
) -> st.Statement:
    """The statement that `approver` lets this plan go until `expires` from `now`.

    Raises SettingsError where there is nothing to approve or the policy forbids it from the start.
    """
    refuse_pointless(assessment.decision.verdict)
    approvals = assessment.policy.approvals
    until = _length(expires)
    if until > duration(approvals.longest):
        raise SettingsError(f"--expires is at most {approvals.longest} by the policy.")
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise SettingsError(f"--reason is a text of at most {LONGEST_REASON:,} characters.")
    if is_agent(approver, approvals):
        raise SettingsError(f"The policy says that {approver} is no person, and may not approve.")
    person = person_of(approver, approvals)
    if not any(belongs(person, approver, rule, approvals) for rule in approvals.rules):
        raise SettingsError(f"The policy has {approver} in no group that may approve.")
    at = now.replace(microsecond=0)
    return state(assessment, situation, approver, reason, at, at + until)


def still_missing(assessment: Assessment, statement: st.Statement) -> tuple[str, ...]:
    """What has to be approved beside this, one line each, as far as the policy tells."""
    predicate, approvals = statement.predicate, assessment.policy.approvals
    alone = Grant(
        person=person_of(predicate.approver, approvals),
        signer=predicate.approver,
        key="",
        statement="",
        reason=predicate.reason,
        approved_at=predicate.approved_at,
        expires=predicate.expires,
    )
    return missing_approvals(held_by(assessment), (alone,), approvals)


def refuse_pointless(verdict: Verdict) -> None:
    """Raise SettingsError where an approval would change nothing."""
    match verdict:
        case Verdict.ALLOWED:
            raise SettingsError("The plan is allowed as it is; there is nothing to approve.")
        case Verdict.COULD_NOT_REVIEW:
            raise SettingsError("The plan could not be reviewed, which nobody can approve.")
        case Verdict.APPROVAL_REQUIRED | Verdict.BLOCKED:
            return


def _length(text: str) -> datetime.timedelta:
    try:
        return duration(text)
    except ValueError:
        raise SettingsError("--expires is a length of time such as 90m, 24h or 7d.") from None


def state(
    assessment: Assessment,
    situation: Situation,
    approver: str,
    reason: str,
    at: datetime.datetime,
    until: datetime.datetime,
) -> st.Statement:
    """The statement as such; whether it makes sense or counts is not asked."""
    draft = draft_of(assessment, situation)
    return fill(draft, approver, assessment.plan.redactor.text(reason), at, until)


def fill(
    draft: st.Statement,
    approver: str,
    reason: str,
    at: datetime.datetime,
    until: datetime.datetime,
) -> st.Statement:
    """The draft with what the approver adds to it."""
    predicate = msgspec.structs.replace(
        draft.predicate, approver=approver, reason=reason, approved_at=at, expires=until
    )
    return msgspec.structs.replace(draft, predicate=predicate)


def draft_of(assessment: Assessment, situation: Situation) -> st.Statement:
    """What an approval of this plan says, before anybody approves: a statement without a person."""
    bond = bond_of(assessment, situation)
    return st.Statement(
        type_=st.IN_TOTO,
        subject=(st.Subject(name="plan", digest=subject_digest(bond.plan)),),
        predicate_type=st.PREDICATE,
        predicate=st.Predicate(
            approver="",
            reason="",
            approved_at=_NEVER,
            expires=_NEVER,
            verdict=bond.verdict,
            score=assessment.score,
            reasons=reasons_shown(assessment),
            changes=changes_shown(assessment),
            judged=bond.judged,
            policy=bond.policy,
            tool=bond.tool,
            place=bond.place,
        ),
    )
