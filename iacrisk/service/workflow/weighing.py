"""What follows from a judged plan and from what people decided on it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Final

from iacrisk.gate import Verdict
from iacrisk.gate.approving import is_approvable
from iacrisk.service.deciding import standing_now
from iacrisk.service.scoring.case import read_case
from iacrisk.service.storage.assessments import (
    Assessed,
    State,
    find_assessment,
    let_wait,
    read_bond,
    settle,
)
from iacrisk.service.storage.decisions import use_approvals
from iacrisk.service.workflow.answers import Answer, allowed, answer_of, not_judged

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from iacrisk.service.settings import Mode

_LAST_BEFORE_APPLY: Final = "pre_apply"


def weigh(
    connection: Connection,
    found: Assessed,
    mode: Mode,
    now: datetime.datetime,
    *,
    can_wait: bool,
) -> Answer:
    """The answer for a judged plan; a run that is about to be applied uses its approvals up.

    `can_wait`: whether a run of this kind may be held.
    """
    kept = read_bond(connection, found.id)
    if kept is None or found.verdict == Verdict.COULD_NOT_REVIEW:
        return not_judged("iacrisk could not review it; its page tells why.")
    if found.verdict == Verdict.ALLOWED:
        return allowed(found)
    case = read_case(kept)
    standing = standing_now(connection, found, case, now)
    if standing.is_approved and found.stage == _LAST_BEFORE_APPLY:
        use_approvals(connection, found, now)
        standing = standing_now(connection, found, case, now)
    return answer_of(
        found,
        standing,
        mode,
        can_wait=can_wait,
        can_approve=is_approvable(case.held, case.approvals),
    )


def keep_answer(
    connection: Connection,
    assessment: str,
    answer: Answer,
    now: datetime.datetime,
) -> None:
    """Keep what follows as the assessment's state."""
    found = find_assessment(connection, assessment)
    if found is None or found.state is answer.state:
        return
    if answer.state is not State.WAITING:
        problem = answer.message if answer.state is State.FAILED else ""
        settle(connection, assessment, answer.state, now, problem)
    elif found.state in {State.RECEIVED, State.SCORING}:
        let_wait(connection, found, now)
