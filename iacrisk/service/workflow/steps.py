"""The steps of a task result's workflow. Each can be done again after a crash without harm."""

from __future__ import annotations

import asyncio
import datetime
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from iacrisk.errors import HcpFailed, IacriskError, ScoringFailed
from iacrisk.report.json_report import Report
from iacrisk.service.hcp.callback import (
    Status,
    callback_body,
    has_outcomes,
    outcomes_of,
    without_outcomes,
)
from iacrisk.service.hcp.payload import STAGES, Payload
from iacrisk.service.operations.metrics import ASSESSMENTS, CALLBACKS
from iacrisk.service.scoring.job import Job, Scored
from iacrisk.service.secret import Secret
from iacrisk.service.storage.assessments import (
    Assessed,
    Judgment,
    State,
    find_assessment,
    finish,
    keep_judgment,
    note_applied,
    read_report,
    start_scoring,
)
from iacrisk.service.storage.decisions import use_approvals
from iacrisk.service.storage.deliveries import (
    Delivery,
    claim_final,
    close_delivery,
    find_delivery,
    fix_final,
)
from iacrisk.service.workflow.answers import Answer, not_judged, noted, too_late
from iacrisk.service.workflow.engine import Engine
from iacrisk.service.workflow.routing import Route, route_of
from iacrisk.service.workflow.weighing import keep_answer, weigh

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SUPPORTED: Final = 1
_HCP_PATIENCE: Final = datetime.timedelta(minutes=60)
_HCP_MINUTES: Final = 65
"""After this HCP has long given up a task result by itself."""
_REFUSED: Final = frozenset({400, 401, 403, 404, 410})
"""Answers to a final callback that do not change, however often it is sent."""
_BAD: Final = 422
_OK: Final = 200

_log = logging.getLogger(__name__)


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A task result with all that is kept of it."""

    delivery: Delivery
    payload: Payload
    found: Assessed
    route: Route

    @property
    def can_wait(self) -> bool:
        """Whether holding it makes sense: nothing comes of a speculative run."""
        return not self.payload.is_speculative


async def judge(engine: Engine, task_result: str) -> Answer:
    """Fetch the plan and judge it, unless that was done before; what follows from it."""
    task = await _task(engine, task_result)
    answer = _without_plan(task)
    if answer is None:
        async with _alive(engine, task):
            try:
                if task.found.scored_at is None:
                    await _score(engine, task)
                answer = await _decide(engine, task_result)
            except (HcpFailed, ScoringFailed) as error:
                answer = not_judged(str(error))
            except IacriskError as error:
                _log.exception("not judged", extra={"task_result": task_result})
                answer = not_judged(str(error))
    await engine.keep(lambda connection: _settle(connection, engine, task, answer))
    if not answer.is_final:
        await _tell(engine, task, answer)  # so that whoever looks at the run finds the link
    return answer


async def look_again(engine: Engine, task_result: str, *, is_last: bool) -> Answer:
    """What follows now from a run that waits; HCP is told that it is still alive."""
    task = await _task(engine, task_result)
    answer = await _decide(engine, task_result)
    if not answer.is_final:
        minutes = engine.settings.holding.minutes
        until = task.delivery.received_at + datetime.timedelta(minutes=minutes)
        if is_last or engine.now() >= until:
            answer = too_late(task.found, minutes)
        else:
            await _tell(engine, task, answer)
    if answer.is_final:
        await engine.keep(lambda connection: _settle(connection, engine, task, answer))
    return answer


async def give_up(engine: Engine, task_result: str, problem: str) -> Answer:
    """What is said when the workflow itself failed."""
    answer = not_judged(problem)
    task = await _task(engine, task_result)
    await engine.keep(lambda connection: _settle(connection, engine, task, answer))
    return answer


async def call_back(engine: Engine, task_result: str, answer: Answer) -> int:
    """Send the final answer until HCP has taken it; the answer to that, 0 where none ever came.

    What is said is fixed before it is first sent, so that whoever sends it again says the same. A
    `422` to what was sent before means that HCP has it already.
    """
    task = await _task(engine, task_result)
    if task.delivery.final_at is not None:
        return task.delivery.final_answer or 0
    body = await _final_body(engine, task, answer)
    given = await _send_final(engine, task, body)
    now = engine.now()

    def close(connection: Connection) -> None:
        close_delivery(connection, task_result, given, now)
        finish(connection, task.found.id, now)

    await engine.keep(close)
    _log.info(
        "answered",
        extra={"task_result": task_result, "status": answer.status.value, "answer": given},
    )
    return given


async def _task(engine: Engine, task_result: str) -> Task:
    def read(connection: Connection) -> tuple[Delivery | None, Assessed | None]:
        delivery = find_delivery(connection, task_result)
        found = find_assessment(connection, delivery.assessment) if delivery else None
        return delivery, found

    delivery, found = await engine.keep(read)
    if delivery is None or found is None:
        raise IacriskError(f"The task result {task_result} is not known.")
    payload = msgspec.json.decode(delivery.payload, type=Payload)
    route = route_of(engine.settings, found.organisation, found.workspace)
    return Task(delivery=delivery, payload=payload, found=found, route=route)


def _without_plan(task: Task) -> Answer | None:
    """The answer where no plan has to be read."""
    payload = task.payload
    if payload.payload_version != _SUPPORTED:
        return not_judged(f"Payload version {payload.payload_version} is not known here.")
    match payload.stage_name:
        case "pre_plan":
            return noted("There is no plan yet, so there is nothing to judge.")
        case "post_apply":
            return noted("The apply was noted.")
        case stage if stage not in STAGES:
            return noted("This stage is not known here; nothing was judged.")
        case _ if not payload.plan_json_api_url:
            return not_judged("HCP Terraform gave no address of the plan.")
        case _:
            return None


async def _score(engine: Engine, task: Task) -> None:
    """Fetch and judge the plan. Its JSON is not kept, so both are one step."""
    payload, found = task.payload, task.found
    async with engine.pool.place():
        await engine.put_off()
        if engine.now() > task.delivery.received_at + _HCP_PATIENCE:
            raise ScoringFailed("So many plans were waiting that HCP Terraform gave up on it.")
        with engine.busy(), engine.pool.plan_file() as (path, file):
            await engine.keep(lambda connection: start_scoring(connection, found.id))
            await engine.hcp.fetch_plan(payload.plan_json_api_url or "", _token(engine, task), file)
            file.flush()
            scored = await engine.pool.score(
                Job(
                    plan=path,
                    policy=task.route.policy,
                    workspace=found.workspace,
                    subject=f"{found.organisation}/{found.workspace}",
                )
            )
    ASSESSMENTS.labels(scored.verdict).inc()
    now = engine.now()
    await engine.keep(
        lambda connection: keep_judgment(connection, found.id, judgment_of(scored), now)
    )


def judgment_of(scored: Scored) -> Judgment:
    """A judged plan as it is kept."""
    return Judgment(
        verdict=scored.verdict,
        score=scored.score,
        fingerprint=scored.fingerprint,
        loose_fingerprint=scored.loose_fingerprint,
        report=scored.report,
        bond=scored.case,
        view=scored.view,
    )


async def _decide(engine: Engine, task_result: str) -> Answer:
    """What follows from the judged plan and the decisions there are now."""
    task = await _task(engine, task_result)
    look = partial(
        weigh, found=task.found, mode=task.route.mode, now=engine.now(), can_wait=task.can_wait
    )
    return await engine.keep(look)


def _settle(connection: Connection, engine: Engine, task: Task, answer: Answer) -> None:
    """Keep what follows."""
    now = engine.now()
    keep_answer(connection, task.found.id, answer, now)
    if task.payload.stage_name == "post_apply":
        for applied in note_applied(connection, task.found.organisation, task.found.run, now):
            use_approvals(connection, applied, now)


async def _final_body(engine: Engine, task: Task, answer: Answer) -> bytes:
    """The body of the final callback, the same however often it is asked for."""
    url = f"{engine.url}/assessments/{task.found.id}"
    report = await engine.keep(lambda connection: read_report(connection, task.found.id))
    outcomes = []
    if report is not None and task.payload.takes_outcomes:
        outcomes = outcomes_of(msgspec.json.decode(report, type=Report), url, answer.tag)
    body = callback_body(answer.status, answer.message, url, outcomes)
    result = task.delivery.task_result
    return await engine.keep(
        lambda connection: fix_final(connection, result, answer.status.value, body)
    )


async def _send_final(engine: Engine, task: Task, body: bytes) -> int:
    result, given, pause = task.delivery.task_result, 0, 0.5
    until = task.delivery.received_at + datetime.timedelta(minutes=_HCP_MINUTES)
    began, loop = asyncio.get_running_loop().time(), asyncio.get_running_loop()
    token, url = _token(engine, task), task.payload.task_result_callback_url
    while True:
        await engine.put_off()
        mine = await engine.keep(
            partial(claim_final, task_result=result, owner=engine.replica, now=engine.now())
        )
        if not mine and (closed := (await _task(engine, result)).delivery).final_at is not None:
            return closed.final_answer or 0
        if mine:
            with engine.busy():
                given = await _try_final(engine, url, token, body)
            if given == _BAD and has_outcomes(body):
                body = without_outcomes(body)
                continue
            if given in (_OK, _BAD) or given in _REFUSED:
                return given
        if engine.now() > until or loop.time() - began > _HCP_MINUTES * 60:
            return given
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load
        pause = min(pause * 2, 30)


async def _try_final(engine: Engine, url: str, token: Secret, body: bytes) -> int:
    try:
        given = await engine.hcp.tell(url, token, body)
    except HcpFailed as error:
        _log.warning("no callback", extra={"why": str(error)})
        given = 0
    CALLBACKS.labels("final", str(given)).inc()
    return given


async def _tell(engine: Engine, task: Task, answer: Answer) -> None:
    """Tell HCP that the run is still looked after; one that is lost is made up for by the next."""
    url = f"{engine.url}/assessments/{task.found.id}"
    body = callback_body(Status.RUNNING, answer.message, url)
    with suppress(HcpFailed):
        given = await engine.hcp.tell_alive(
            task.payload.task_result_callback_url, _token(engine, task), body
        )
        CALLBACKS.labels("running", str(given)).inc()


@asynccontextmanager
async def _alive(engine: Engine, task: Task) -> AsyncIterator[None]:
    """Tell HCP from time to time that a plan is still being judged."""

    async def beat() -> None:
        waits = Answer(status=Status.RUNNING, message="The plan is judged.", state=State.SCORING)
        pause = engine.settings.holding.heartbeat_seconds
        while True:
            await asyncio.sleep(pause * random.uniform(0.7, 1))  # noqa: S311 - spreads load
            await _tell(engine, task, waits)

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        await asyncio.wait([beating])  # awaiting the task itself would hide that we are cancelled
        if not beating.cancelled():
            beating.result()


def _token(engine: Engine, task: Task) -> Secret:
    if task.delivery.token is None:
        raise IacriskError("The task result has its final answer already.")
    return engine.cipher.open(task.delivery.token)
