"""Looks after what would otherwise be left: deliveries without a workflow, replicas that died."""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from dbos import DBOS

from iacrisk.service.storage.deliveries import list_open
from iacrisk.service.storage.replicas import forget_replica, list_silent, show_up
from iacrisk.service.storage.retention import clean_up
from iacrisk.service.workflow.engine import FORM, Engine
from iacrisk.service.workflow.run_task import WORKFLOW, start

_SHOW_UP_SECONDS: Final = 5.0
_SWEEP_SECONDS: Final = 60.0
_CLEAN_UP_SECONDS: Final = 3600.0
_SILENT: Final = datetime.timedelta(seconds=30)
"""After this a replica counts as dead; should it live, DBOS lets only one of both go on."""
_SETTLED: Final = datetime.timedelta(seconds=20)
_UNDER_WAY: Final = ["PENDING", "ENQUEUED", "DELAYED"]

_AGAIN: Final = "#"
_REMEMBERED: Final = datetime.timedelta(days=7)
"""How long DBOS keeps a workflow that is over; HCP does not deliver again for so long."""
_AT_A_TIME: Final = 5000

_log = logging.getLogger(__name__)


async def supervise(engine: Engine) -> None:
    """Until cancelled."""
    async with asyncio.TaskGroup() as group:
        group.create_task(_every(_SWEEP_SECONDS, lambda: sweep(engine)))
        group.create_task(_every(_CLEAN_UP_SECONDS, lambda: tidy(engine)))
        if engine.settings.database_url:
            group.create_task(_every(_SHOW_UP_SECONDS, lambda: take_over(engine)))


async def sweep(engine: Engine) -> None:
    """Start the workflow of each delivery that has none under way and no final answer.

    There is none when the process died between keeping the delivery and starting it, or when the
    workflow failed because the database was away for too long.
    """
    before = engine.now() - _SETTLED
    left = await engine.keep(partial(list_open, before=before))
    if not left or engine.is_draining:
        return
    busy = await DBOS.list_workflows_async(
        status=_UNDER_WAY,
        name=WORKFLOW,
        app_version=FORM,  # of another form none can be continued here
        load_input=False,
        load_output=False,
    )
    looked_after = {each.workflow_id.partition(_AGAIN)[0] for each in busy}
    for task_result in left:
        if task_result not in looked_after:
            await _start_again(task_result)


async def _start_again(task_result: str) -> None:
    """Under another name where a workflow of its own name has ended without an answer."""
    known = await DBOS.list_workflows_async(
        workflow_id_prefix=task_result, load_input=False, load_output=False
    )
    own = [each for each in known if each.workflow_id.partition(_AGAIN)[0] == task_result]
    name = f"{task_result}{_AGAIN}{len(own) + 1}" if own else task_result
    _log.warning("started again", extra={"task_result": task_result})
    await start(task_result, name)


async def take_over(engine: Engine) -> None:
    """Say that this replica lives, and continue the workflows of those that do not."""
    now = engine.now()
    await engine.keep(lambda connection: show_up(connection, engine.replica, now))
    silent = await engine.keep(
        lambda connection: list_silent(connection, engine.replica, now - _SILENT)
    )
    for name in silent if not engine.is_draining else ():
        _log.warning("took over", extra={"replica": name})
        await asyncio.to_thread(
            DBOS._recover_pending_workflows,  # noqa: SLF001 - DBOS has no other door for it
            [name],
        )
        await engine.keep(partial(forget_replica, name=name))


async def tidy(engine: Engine) -> None:
    """Delete what has been kept for long enough."""
    now = engine.now()
    counts = await engine.keep(lambda connection: clean_up(connection, engine.settings, now))
    before = (now - _REMEMBERED).isoformat()
    old = await DBOS.list_workflows_async(
        completed_before=before, limit=_AT_A_TIME, load_input=False, load_output=False
    )
    await DBOS.delete_workflows_async([each.workflow_id for each in old])
    if any(counts.values()):
        _log.info("tidied", extra=dict(counts))


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - the next round may fare better
            _log.warning("supervision failed", extra={"error_type": type(error).__name__})
        await asyncio.sleep(seconds)
