"""What the decisions on a held plan come to. The same code judges them as judges signed files."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from iacrisk.approval import Hearing, Judged, judge_statement, outcome_of
from iacrisk.gate import ApprovalOutcome
from iacrisk.gate.approving import is_agent
from iacrisk.service.deciding.identity import Identity
from iacrisk.service.scoring.case import Case
from iacrisk.service.storage.decisions import Choice, Decided


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a held plan stands: what approvals do to it, and who is against it."""

    outcome: ApprovalOutcome
    rejected: Decided | None = None

    @property
    def is_approved(self) -> bool:
        """Whether the plan may go through."""
        return self.rejected is None and self.outcome.is_enough


def standing_of(
    case: Case, decided: Sequence[Decided], author: str, now: datetime.datetime
) -> Standing:
    """What the decisions come to, oldest first as given. Of each person the last one counts."""
    latest = {(each.issuer, each.subject): each for each in decided}
    against = [each for each in latest.values() if each.verdict is Choice.REJECT]
    hearing = hearing_of(case, author, now)
    found = list(_judged(case, latest.values(), hearing))
    return Standing(
        outcome=outcome_of(case.verdict, case.held, case.approvals, found, hearing),
        rejected=against[-1] if against else None,
    )


def hearing_of(case: Case, author: str, now: datetime.datetime) -> Hearing:
    """What approvals of this run are judged by."""
    return Hearing(now=now, authors=(author,) if author else (), named=case.named)


def judge_approval(case: Case, payload: bytes, identity: Identity, hearing: Hearing) -> Judged:
    """Whether this person's approval counts."""
    judged = judge_statement(payload, identity.signer, case.bond, case.approvals, hearing)
    why = ""
    if judged.grant is not None and identity.is_any_of(hearing.all_authors):
        why = f"{identity.who} may have written the change, and may not approve it."
    elif judged.grant is not None and any(is_agent(x, case.approvals) for x in identity.aliases):
        why = f"{identity.who} is no person by the policy, and may never approve."
    return msgspec.structs.replace(judged, grant=None, why=why) if why else judged


def _judged(
    case: Case, decided: Iterable[Decided], hearing: Hearing
) -> Iterator[tuple[str, Judged]]:
    for each in decided:
        if each.verdict is Choice.APPROVE:
            yield each.id, judge_approval(case, each.statement, identity_of(each), hearing)


def identity_of(decided: Decided) -> Identity:
    """Who decided."""
    return Identity(
        who=decided.who,
        subject=decided.subject,
        issuer=decided.issuer,
        aliases=tuple(decided.aliases.splitlines()),
    )
