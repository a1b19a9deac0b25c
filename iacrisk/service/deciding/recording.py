"""Taking a person's decision: judged at once, kept, and what it changes."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Final

from iacrisk.approval import (
    LONGEST_REASON,
    Statement,
    digest_of,
    fill,
    refuse_pointless,
    write_statement,
)
from iacrisk.audit import Event, approval_made
from iacrisk.errors import DecisionRefused, SettingsError
from iacrisk.gate.approving import duration, is_approvable
from iacrisk.service.deciding.identity import Identity
from iacrisk.service.deciding.standing import Standing, hearing_of, judge_approval, standing_of
from iacrisk.service.scoring.case import Case, read_case
from iacrisk.service.storage.assessments import (
    Assessed,
    State,
    find_assessment,
    lock_assessment,
    read_bond,
    settle,
)
from iacrisk.service.storage.audit import record_event
from iacrisk.service.storage.decisions import (
    Choice,
    NewDecision,
    add_decision,
    decisions_about,
    decisions_on,
    revoke_decision,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

DECIDABLE: Final = frozenset({State.WAITING, State.APPROVED, State.REJECTED, State.SUPERSEDED})


def approve(
    connection: Connection,
    assessment: str,
    identity: Identity,
    reason: str,
    now: datetime.datetime,
) -> Standing:
    """Keep that this person lets the plan go; raises DecisionRefused where it would not count.

    It holds as long as the policy allows. The assessment is approved once enough have approved.
    """
    found, case = _open(connection, assessment)
    _check_reason(reason)
    statement = _approval(found, case, identity, reason.strip(), now)
    payload = write_statement(statement)
    new = NewDecision(
        **_said(found, identity, Choice.APPROVE, reason, now),
        statement=payload,
        digest=digest_of(payload),
        expires=statement.predicate.expires,
    )
    _keep(connection, new, approval_made(statement, new.digest))
    return _settled(connection, found, case, now)


def why_not_approve(
    connection: Connection, assessment: str, identity: Identity, now: datetime.datetime
) -> str:
    """Why this person's approval would not count; "" where it would."""
    try:
        found, case = _open(connection, assessment)
        _approval(found, case, identity, "would it count?", now)
    except DecisionRefused as refusal:
        return str(refusal)
    return ""


def reject(
    connection: Connection,
    assessment: str,
    identity: Identity,
    reason: str,
    now: datetime.datetime,
) -> Standing:
    """Keep that this person is against the plan; raises DecisionRefused."""
    found, case = _open(connection, assessment)
    _check_reason(reason)
    data = {
        "plan": dict(case.draft.subject[0].digest),
        "approver": identity.who,
        "reason": reason.strip(),
        "verdict": case.verdict,
    }
    new = NewDecision(**_said(found, identity, Choice.REJECT, reason, now))
    _keep(connection, new, Event(kind="rejection", data=data))
    return _settled(connection, found, case, now)


def withdraw(
    connection: Connection, assessment: str, decision: str, by: Identity, now: datetime.datetime
) -> Standing:
    """Take back a decision of one's own on this assessment; raises DecisionRefused.

    A run that was let go already is not called back.
    """
    found, case = _open(connection, assessment)
    own = [each for each in decisions_on(connection, assessment) if each.id == decision]
    if not own or (own[0].issuer, own[0].subject) != (by.issuer, by.subject):
        raise DecisionRefused("There is no such decision of yours.")
    if not revoke_decision(connection, decision, by.who, now):
        raise DecisionRefused("It was withdrawn before.")
    data = {"assessment": found.id, "approver": by.who, "decision": own[0].verdict.value}
    record_event(connection, Event(kind="withdrawal", data=data), now)
    return _settled(connection, found, case, now)


def review(connection: Connection, assessment: str, now: datetime.datetime) -> Standing | None:
    """How a held plan stands; None where nothing was held or it is no longer known."""
    found = find_assessment(connection, assessment)
    kept = read_bond(connection, assessment)
    if found is None or kept is None:
        return None
    return standing_now(connection, found, read_case(kept), now)


def standing_now(
    connection: Connection, found: Assessed, case: Case, now: datetime.datetime
) -> Standing:
    """How a judged plan stands, by all that was decided on plans that do the same."""
    return standing_of(case, decisions_about(connection, found), found.author, now)


def _open(connection: Connection, assessment: str) -> tuple[Assessed, Case]:
    lock_assessment(connection, assessment)
    found = find_assessment(connection, assessment)
    kept = read_bond(connection, assessment)
    if found is None or kept is None or found.state not in DECIDABLE:
        raise DecisionRefused("There is nothing to decide on this assessment.")
    case = read_case(kept)
    try:
        refuse_pointless(case.verdict)
    except SettingsError as error:
        raise DecisionRefused(str(error)) from None
    return found, case


def _approval(
    found: Assessed, case: Case, identity: Identity, reason: str, now: datetime.datetime
) -> Statement:
    """The statement that this person approves; raises DecisionRefused where it is of no use."""
    if not is_approvable(case.held, case.approvals):
        raise DecisionRefused("The policy names nobody who may approve all of this.")
    at = now.astimezone(datetime.UTC).replace(microsecond=0)
    until = at + duration(case.approvals.longest)
    statement = fill(case.draft, identity.who, reason, at, until)
    payload = write_statement(statement)
    judged = judge_approval(case, payload, identity, hearing_of(case, found.author, now))
    if judged.grant is None:
        raise DecisionRefused(judged.why)
    return statement


def _check_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise DecisionRefused(f"A reason is a text of at most {LONGEST_REASON:,} characters.")


def _said(
    found: Assessed, identity: Identity, choice: Choice, reason: str, now: datetime.datetime
) -> dict[str, Any]:
    """Who decided what on which plan."""
    return {
        "assessment": found.id,
        "loose_fingerprint": found.loose_fingerprint,
        "who": identity.who,
        "subject": identity.subject,
        "issuer": identity.issuer,
        "aliases": "\n".join(identity.aliases),
        "verdict": choice,
        "reason": reason.strip(),
        "at": now,
    }


def _keep(connection: Connection, new: NewDecision, event: Event) -> None:
    """Keep a decision, and log it in the same transaction."""
    by = {"assessment": new.assessment, "issuer": new.issuer, "subject": new.subject}
    record_event(connection, Event(kind=event.kind, data={**event.data, **by}), new.at)
    add_decision(connection, new)


def _settled(
    connection: Connection, found: Assessed, case: Case, now: datetime.datetime
) -> Standing:
    """How the plan stands now, kept as the assessment's state."""
    standing = standing_now(connection, found, case, now)
    state = state_of(standing)
    if state is not found.state:
        settle(connection, found.id, state, now)
    return standing


def state_of(standing: Standing) -> State:
    """The state that a standing means."""
    if standing.rejected is not None:
        return State.REJECTED
    return State.APPROVED if standing.is_approved else State.WAITING
