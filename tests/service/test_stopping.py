"""A service that is asked to stop ends, whatever its tasks do with being cancelled."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, cast

from iacrisk.service.workflow import cancel_all
from iacrisk.service.workflow.engine import Engine
from iacrisk.service.workflow.steps import Task, _alive


def test_a_task_that_lets_its_first_cancellation_pass_is_cancelled_again() -> None:
    async def stubborn() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    async def stop() -> tuple[bool, set[asyncio.Task[Any]]]:
        task = asyncio.create_task(stubborn())
        await asyncio.sleep(0)
        left = await cancel_all([task])
        return task.cancelled(), left

    assert asyncio.run(asyncio.wait_for(stop(), 30)) == (True, set())


def test_tasks_that_are_over_are_left_alone() -> None:
    async def stop() -> set[asyncio.Task[Any]]:
        task = asyncio.create_task(asyncio.sleep(0))
        await task
        return await cancel_all([task])

    assert asyncio.run(stop()) == set()


def test_a_step_that_is_cancelled_while_its_signs_of_life_end_is_cancelled() -> None:
    """It went on to the next step, which waits for the end of the process, which waited for it."""
    engine = SimpleNamespace(settings=SimpleNamespace(holding=SimpleNamespace(heartbeat_seconds=9)))
    went_on = False

    async def step() -> None:
        nonlocal went_on
        async with _alive(cast("Engine", engine), cast("Task", None)):
            await asyncio.sleep(0)
        went_on = True

    async def stop() -> bool:
        task = asyncio.create_task(step())
        for _ in range(2):  # until it waits for the signs of life to end
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(stop())
    assert not went_on
