"""Measures a step of a run's workflow, and traces it where traces are wanted."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator

from iacrisk.service.operations.metrics import STEPS
from iacrisk.service.operations.tracing import traced


@contextlib.contextmanager
def working(step: str, task_result: str) -> Iterator[None]:
    """Around one step: how long it took, and whether it was done, failed or was put off."""
    outcome, started = "failed", time.perf_counter()
    try:
        with traced(step, task_result=task_result):
            yield
        outcome = "done"
    except asyncio.CancelledError:
        outcome = "put off"
        raise
    finally:
        STEPS.labels(step, outcome).observe(time.perf_counter() - started)
