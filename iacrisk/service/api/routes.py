"""Judging a plan for any CI, and asking later how it stands."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

from litestar import Request, Response, Router, get, post
from litestar.datastructures import State as AppState
from litestar.exceptions import NotFoundException, ServiceUnavailableException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, RequestBody, Schema
from litestar.openapi.spec.operation import Operation
from litestar.params import Parameter

from iacrisk.errors import IacriskError
from iacrisk.gate import Environment
from iacrisk.service.api.answers import AssessmentAnswer, Problem, assessment_answer
from iacrisk.service.api.bearer import has_token
from iacrisk.service.api.uploads import take_upload
from iacrisk.service.deciding import review
from iacrisk.service.operations.metrics import ASSESSMENTS
from iacrisk.service.scoring.job import Job
from iacrisk.service.settings import Mode
from iacrisk.service.storage.assessments import (
    Assessed,
    NewAssessment,
    Source,
    State,
    add_assessment,
    find_assessment,
    finish,
    keep_judgment,
    read_report,
    start_scoring,
)
from iacrisk.service.workflow import Engine
from iacrisk.service.workflow.answers import Answer, not_judged
from iacrisk.service.workflow.routing import route_of
from iacrisk.service.workflow.steps import judgment_of
from iacrisk.service.workflow.weighing import keep_answer, weigh

if TYPE_CHECKING:
    from sqlalchemy import Connection

_WAITING: Final = 50
"""Requests that may wait for a worker; whoever comes later is asked to come back."""
_UNJUDGED: Final = 422
_LONGEST: Final = 500
_Id = Annotated[str, Parameter(pattern="^[A-Za-z0-9_-]{1,40}$", description="of the assessment")]
_PROBLEMS: Final = {
    400: ResponseSpec(Problem, description="The request is malformed."),
    401: ResponseSpec(Problem, description="No token that counts."),
}

_log = logging.getLogger(__name__)


@dataclass
class PlanBody(Operation):
    """The operation with its body, which is read as it comes and so has no parameter."""

    def __post_init__(self) -> None:
        """Describe the body."""
        self.request_body = RequestBody(
            content={"application/json": OpenAPIMediaType(schema=Schema(type=None))},
            description="What `terraform show -json` prints; gzip is taken, too.",
            required=True,
        )


@post(
    "/assessments",
    status_code=201,
    request_max_body_size=None,
    operation_class=PlanBody,
    summary="Judge a plan",
    responses={
        **_PROBLEMS,
        413: ResponseSpec(Problem, description="The plan is larger than scoring.plan_mb."),
        422: ResponseSpec(AssessmentAnswer, description="The plan could not be judged."),
        503: ResponseSpec(Problem, description="Too many plans wait; come back later."),
    },
)
async def judge_plan(
    request: Request[Any, Any, AppState],
    workspace: Annotated[
        str, Parameter(max_length=_LONGEST, description="where it is to be applied")
    ] = "",
    organisation: Annotated[
        str, Parameter(max_length=_LONGEST, description="whose workspace that is")
    ] = "",
    author: Annotated[
        str, Parameter(max_length=_LONGEST, description="who wrote the change; may not approve it")
    ] = "",
    run: Annotated[
        str, Parameter(max_length=_LONGEST, description="what the CI calls this run")
    ] = "",
    environment: Annotated[
        Environment | None, Parameter(description="else it is told from the plan")
    ] = None,
) -> Response[AssessmentAnswer]:
    """Judge the plan in the body. What was approved of the same plan before counts."""
    engine: Engine = request.app.state["engine"]
    if engine.is_draining or engine.pool.waiting >= _WAITING:
        raise ServiceUnavailableException("Come back later.", headers={"Retry-After": "30"})
    new = NewAssessment(
        source=Source.API,
        organisation=_kept(organisation),
        workspace=_kept(workspace),
        run=_kept(run),
        author=_kept(author),
        mode=Mode.FAIL_THEN_RERUN,
    )
    with engine.pool.plan_file() as (path, file):
        encoding = request.headers.get("content-encoding", "")
        limit = engine.settings.scoring.plan_mb
        await take_upload(request.stream(), encoding, file, limit)
        file.flush()
        made = await engine.keep(partial(add_assessment, new=new, now=engine.now()))
        stated = environment.value if environment else ""
        answer = await _judge(engine, made, new, path, stated)
    found = await engine.keep(partial(find_assessment, wanted=made))
    if found is None:
        raise NotFoundException("The assessment was deleted meanwhile.")
    missing = await engine.keep(partial(_missing, assessment=made, now=engine.now()))
    told = assessment_answer(found, engine.url, answer.message, missing)
    return Response(told, status_code=_UNJUDGED if found.state is State.FAILED else 201)


@get(
    "/assessments/{assessment:str}",
    summary="How an assessment stands",
    responses={**_PROBLEMS, 404: ResponseSpec(Problem, description="There is none of this id.")},
)
async def show(request: Request[Any, Any, AppState], assessment: _Id) -> AssessmentAnswer:
    """The assessment with what was decided on it since."""
    engine: Engine = request.app.state["engine"]
    found = await _find(engine, assessment)
    missing = await engine.keep(partial(_missing, assessment=assessment, now=engine.now()))
    return assessment_answer(found, engine.url, missing=missing)


@get(
    "/assessments/{assessment:str}/report",
    summary="The JSON report",
    responses={**_PROBLEMS, 404: ResponseSpec(Problem, description="It is not kept any more.")},
)
async def show_report(request: Request[Any, Any, AppState], assessment: _Id) -> Response[bytes]:
    """The same report as `iacrisk score --format json` writes, of the schema beside the docs."""
    engine: Engine = request.app.state["engine"]
    await _find(engine, assessment)
    report = await engine.keep(partial(read_report, wanted=assessment))
    if report is None:
        raise NotFoundException("The report is not kept any more.")
    return Response(report, media_type="application/json")


def api_routes() -> Router:
    """All of it, for whoever shows a token."""
    return Router(
        "/v1",
        route_handlers=[judge_plan, show, show_report],
        guards=[has_token],
        security=[{"bearer": []}],
        tags=["assessments"],
    )


async def _judge(
    engine: Engine, made: str, new: NewAssessment, path: str, environment: str
) -> Answer:
    route = route_of(engine.settings, new.organisation, new.workspace)
    job = Job(
        plan=path,
        policy=route.policy,
        workspace=new.workspace,
        subject=f"{new.organisation}/{new.workspace}",
        environment=environment,
    )
    try:
        async with engine.pool.place():
            with engine.busy():
                await engine.keep(partial(start_scoring, wanted=made))
                scored = await engine.pool.score(job)
    except IacriskError as error:
        answer = not_judged(str(error))
    else:
        ASSESSMENTS.labels(scored.verdict).inc()
        judged, now = judgment_of(scored), engine.now()
        await engine.keep(partial(keep_judgment, wanted=made, judged=judged, now=now))
        found = await _find(engine, made)
        look = partial(
            weigh, found=found, mode=Mode.FAIL_THEN_RERUN, now=engine.now(), can_wait=False
        )
        answer = await engine.keep(look)

    def keep(connection: Connection) -> None:
        keep_answer(connection, made, answer, engine.now())
        finish(connection, made, engine.now())

    await engine.keep(keep)
    return answer


async def _find(engine: Engine, assessment: str) -> Assessed:
    found = await engine.keep(partial(find_assessment, wanted=assessment))
    if found is None:
        raise NotFoundException("There is no assessment of this id.")
    return found


def _missing(connection: Connection, assessment: str, now: Any) -> tuple[str, ...]:
    standing = review(connection, assessment, now)
    if standing is None or standing.is_approved:
        return ()
    return standing.outcome.missing


def _kept(text: str) -> str:
    return text.replace("\x00", "")
