"""What a task result is answered with, in words."""

from __future__ import annotations

from typing import Final

import msgspec

from iacrisk.gate import Verdict
from iacrisk.service.deciding import Standing
from iacrisk.service.hcp.callback import Status, Tag
from iacrisk.service.settings import Mode
from iacrisk.service.storage.assessments import Assessed, State

_NAMED: Final = 5


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """How a run goes on. `state`: of the assessment; a run that waits has no final status yet."""

    status: Status
    message: str
    state: State

    @property
    def tag(self) -> Tag:
        """How the changes stand that were held."""
        match self.state:
            case State.APPROVED:
                return Tag("Approved", "info")
            case State.NOTED:
                return Tag("Advice", "warning")
            case State.REJECTED:
                return Tag("Rejected", "error")
            case State.BLOCKED:
                return Tag("Blocked", "error")
            case _:
                return Tag("Waits", "error")

    @property
    def is_final(self) -> bool:
        """Whether HCP gets it as the last word."""
        return self.status is not Status.RUNNING


def answer_of(
    found: Assessed, standing: Standing, mode: Mode, *, can_wait: bool, can_approve: bool
) -> Answer:
    """What follows from a judged plan and what people decided on it.

    `can_wait`: whether a run of this kind may be held; `can_approve`: whether anybody may let it
    go.
    """
    score = f"Score {found.score}/100"
    if standing.is_approved:
        names = ", ".join(grant.signer for grant in standing.outcome.granted[:_NAMED])
        return _final(Status.PASSED, f"{score}, approved by {names}.", State.APPROVED)
    if mode is Mode.ADVISORY:
        return _final(Status.PASSED, f"{score}: {_held(found)}. Advice only.", State.NOTED)
    if standing.rejected is not None:
        who, why = standing.rejected.who, standing.rejected.reason
        return _final(Status.FAILED, f"{score}, rejected by {who}: {why}", State.REJECTED)
    if not can_approve:
        text = f"{score}: {_held(found)}, and the policy names nobody who may approve all of it."
        return _final(Status.FAILED, text, State.BLOCKED)
    missing = " ".join(standing.outcome.missing[:_NAMED])
    if mode is Mode.HOLD and can_wait:
        text = f"{score}: {_held(found)}. Waiting for approval. {missing}"
        return Answer(status=Status.RUNNING, message=text, state=State.WAITING)
    text = f"{score}: {_held(found)}. Once it is approved, start the run again. {missing}"
    return _final(Status.FAILED, text, State.WAITING)


def allowed(found: Assessed) -> Answer:
    """Nothing holds the plan."""
    return _final(Status.PASSED, f"Score {found.score}/100, allowed.", State.ALLOWED)


def not_judged(problem: str) -> Answer:
    """The plan could not be judged, so it does not pass, whatever the mode."""
    return _final(Status.FAILED, f"The plan was not judged. {problem}", State.FAILED)


def noted(text: str) -> Answer:
    """There is nothing to judge at this stage."""
    return _final(Status.PASSED, text, State.NOTED)


def too_late(found: Assessed, minutes: int) -> Answer:
    """Nobody decided in time."""
    text = (
        f"Score {found.score}/100: nobody decided within {minutes} minutes. "
        "It can still be approved; then start the run again."
    )
    return _final(Status.FAILED, text, State.WAITING)


def _held(found: Assessed) -> str:
    return "blocked" if found.verdict == Verdict.BLOCKED else "approval needed"


def _final(status: Status, message: str, state: State) -> Answer:
    return Answer(status=status, message=message, state=state)
