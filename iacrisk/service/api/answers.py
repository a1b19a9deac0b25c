"""What the API answers: its published form."""

from __future__ import annotations

import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from iacrisk.service.storage.assessments import Assessed, State


class AssessmentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An assessment and how it stands now."""

    id: str
    passes: Annotated[bool, Meta(description="whether the plan may be applied, as of now")]
    state: Annotated[
        str, Meta(description="allowed, waiting, approved, rejected, blocked, failed and others")
    ]
    verdict: Annotated[str, Meta(description="of the rules and the model, without approvals")]
    score: int | None
    message: Annotated[str, Meta(description="the same in a sentence")]
    missing: Annotated[list[str], Meta(description="what still has to be approved by whom")]
    url: Annotated[str, Meta(description="page to decide on")]
    report_url: Annotated[str, Meta(description="the JSON report, as long as it is kept")]
    fingerprint: str
    organisation: str
    workspace: str
    author: str
    created_at: datetime.datetime


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was not answered."""

    status_code: int
    detail: str


def assessment_answer(
    found: Assessed, public_url: str, message: str = "", missing: tuple[str, ...] = ()
) -> AssessmentAnswer:
    """The assessment as the API tells it."""
    return AssessmentAnswer(
        id=found.id,
        passes=found.state in {State.ALLOWED, State.APPROVED},
        state=found.state.value,
        verdict=found.verdict,
        score=found.score,
        message=message or found.problem,
        missing=list(missing),
        url=f"{public_url}/assessments/{found.id}",
        report_url=f"{public_url}/v1/assessments/{found.id}/report",
        fingerprint=found.fingerprint,
        organisation=found.organisation,
        workspace=found.workspace,
        author=found.author,
        created_at=found.created_at,
    )
