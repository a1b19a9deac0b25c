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
from iacrisk.service.workflow.engine import Engine
from iacrisk.service.workflow.run_task import start

_SHOW_UP_SECONDS: Final = 5.0
_SWEEP_SECONDS: Final = 30.0
_CLEAN_UP_SECONDS: Final = 3600.0
_SILENT: Final = datetime.timedelta(seconds=30)
"""After this a replica counts as dead; should it live, DBOS lets only one of both go on."""
_SETTLED: Final = datetime.timedelta(seconds=20)
_UNDER_WAY: Final = ["PENDING", "ENQUEUED", "DELAYED"]

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
    left = await engine.keep(lambda connection: list_open(connection, before))
    for delivery in left if not engine.is_draining else ():
        found = await DBOS.list_workflows_async(
            workflow_id_prefix=delivery.task_result, load_input=False, load_output=False
        )
        own = [each for each in found if each.workflow_id.partition("#")[0] == delivery.task_result]
        if not any(each.status in _UNDER_WAY for each in own):
            name = f"{delivery.task_result}#{len(own) + 1}" if own else delivery.task_result
            _log.warning("started again", extra={"task_result": delivery.task_result})
            await start(delivery.task_result, name)


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
    if any(counts.values()):
        _log.info("tidied", extra=dict(counts))


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - the next round may fare better
            _log.warning("supervision failed", extra={"error_type": type(error).__name__})
        await asyncio.sleep(seconds)
