"""The durable workflow of one task result: judge, wait if it has to, call back.

Its inputs and what its steps return hold no secret and nothing of the plan. After a crash it goes
on behind the last step that was done.
"""

from __future__ import annotations

import logging
from typing import Final

import msgspec
from dbos import DBOS, SetWorkflowID

from iacrisk.service.operations import working
from iacrisk.service.storage.deliveries import delivery_of
from iacrisk.service.workflow import steps
from iacrisk.service.workflow.answers import Answer
from iacrisk.service.workflow.engine import Engine, engine

WORKFLOW: Final = "run-task"
DECIDED: Final = "decided"
_SLACK: Final = 50
"""More looks at a waiting run than heartbeats: each decision of a quorum is one."""

_log = logging.getLogger(__name__)


@DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)
async def run_task(task_result: str) -> str:
    """Answer a task result; returns the status that HCP got."""
    with engine().running():
        await engine().put_off()
        try:
            answer = await _answer(task_result)
        except Exception as error:  # noqa: BLE001 - whatever fails, HCP gets an answer
            _log.exception("workflow failed", extra={"task_result": task_result})
            answer = await give_up(task_result, type(error).__name__)
        await call_back(task_result, answer)
        return _read(answer).status.value


async def _answer(task_result: str) -> str:
    """The final answer, however long a person takes."""
    answer = await judge(task_result)
    holding = engine().settings.holding
    rounds = holding.minutes * 60 // holding.heartbeat_seconds + _SLACK
    for left in reversed(range(rounds)):
        if _read(answer).is_final:
            break
        await DBOS.recv_async(DECIDED, timeout_seconds=holding.heartbeat_seconds)
        answer = await look_again(task_result, is_last=left == 0)
    return answer


@DBOS.step(name="judge")
async def judge(task_result: str) -> str:
    """Fetch the plan and judge it."""
    with working("judge", task_result):
        return _write(await steps.judge(engine(), task_result))


@DBOS.step(name="look-again")
async def look_again(task_result: str, is_last: bool) -> str:
    """See whether somebody decided."""
    with working("look-again", task_result):
        return _write(await steps.look_again(engine(), task_result, is_last=is_last))


@DBOS.step(name="give-up")
async def give_up(task_result: str, error: str) -> str:
    """Put up with a failure of our own."""
    problem = f"iacrisk failed ({error}). This is a bug."
    with working("give-up", task_result):
        return _write(await steps.give_up(engine(), task_result, problem))


@DBOS.step(name="call-back")
async def call_back(task_result: str, answer: str) -> int:
    """Tell HCP how it ended."""
    with working("call-back", task_result):
        return await steps.call_back(engine(), task_result, _read(answer))


async def start(task_result: str, workflow: str = "") -> None:
    """Start the workflow of a task result, once however often it is asked for."""
    with SetWorkflowID(workflow or task_result):
        await DBOS.start_workflow_async(run_task, task_result)


async def wake(task_result: str) -> None:
    """Let the workflow of a task result see that somebody decided; it may be over long ago."""
    try:
        await DBOS.send_async(task_result, DECIDED, topic=DECIDED)
    except Exception as error:  # noqa: BLE001 - its next heartbeat sees the decision anyway
        _log.warning("not woken", extra={"task_result": task_result, "why": type(error).__name__})


async def decision_taken(made: Engine, assessment: str) -> None:
    """Let the run behind an assessment see that somebody decided on it, if there is one."""
    found = await made.keep(lambda connection: delivery_of(connection, assessment))
    if found is not None and found.final_at is None:
        await wake(found.task_result)


def _write(answer: Answer) -> str:
    return msgspec.json.encode(answer).decode()


def _read(answer: str) -> Answer:
    return msgspec.json.decode(answer, type=Answer)
