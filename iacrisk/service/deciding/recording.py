"""Taking a person's decision: judged at once, kept, and what it changes."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Final

from iacrisk.approval import LONGEST_REASON, digest_of, fill, refuse_pointless, write_statement
from iacrisk.errors import DecisionRefused, SettingsError
from iacrisk.gate.approving import duration
from iacrisk.service.deciding.identity import Identity
from iacrisk.service.deciding.standing import Standing, hearing_of, judge_approval, standing_of
from iacrisk.service.scoring.case import Case, read_case
from iacrisk.service.storage.assessments import (
    Assessed,
    State,
    find_assessment,
    read_bond,
    settle,
)
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
    payload, until = _approval(found, case, identity, reason.strip(), now)
    _keep(connection, found, identity, Choice.APPROVE, reason, now, payload, until)
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
    _keep(connection, found, identity, Choice.REJECT, reason, now)
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
    return _settled(connection, found, case, now)


def review(connection: Connection, assessment: str, now: datetime.datetime) -> Standing | None:
    """How a held plan stands; None where nothing was held or it is no longer known."""
    found = find_assessment(connection, assessment)
    kept = read_bond(connection, assessment)
    if found is None or kept is None:
        return None
    return standing_of(read_case(kept), decisions_about(connection, found), found.author, now)


def _open(connection: Connection, assessment: str) -> tuple[Assessed, Case]:
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
) -> tuple[bytes, datetime.datetime]:
    """The statement that this person approves, and until when; raises DecisionRefused."""
    at = now.astimezone(datetime.UTC).replace(microsecond=0)
    until = at + duration(case.approvals.longest)
    payload = write_statement(fill(case.draft, identity.who, reason, at, until))
    judged = judge_approval(case, payload, identity, hearing_of(case, found.author, now))
    if judged.grant is None:
        raise DecisionRefused(judged.why)
    return payload, until


def _check_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise DecisionRefused(f"A reason is a text of at most {LONGEST_REASON:,} characters.")


def _keep(
    connection: Connection,
    found: Assessed,
    identity: Identity,
    choice: Choice,
    reason: str,
    now: datetime.datetime,
    payload: bytes = b"",
    until: datetime.datetime | None = None,
) -> None:
    add_decision(
        connection,
        NewDecision(
            assessment=found.id,
            loose_fingerprint=found.loose_fingerprint,
            who=identity.who,
            subject=identity.subject,
            issuer=identity.issuer,
            aliases="\n".join(identity.aliases),
            verdict=choice,
            reason=reason.strip(),
            statement=payload,
            digest=digest_of(payload) if payload else "",
            at=now,
            expires=until,
        ),
    )


def _settled(
    connection: Connection, found: Assessed, case: Case, now: datetime.datetime
) -> Standing:
    """How the plan stands now, kept as the assessment's state."""
    standing = standing_of(case, decisions_about(connection, found), found.author, now)
    state = state_of(standing)
    if state is not found.state:
        settle(connection, found.id, state, now)
    return standing


def state_of(standing: Standing) -> State:
    """The state that a standing means."""
    if standing.rejected is not None:
        return State.REJECTED
    return State.APPROVED if standing.is_approved else State.WAITING
