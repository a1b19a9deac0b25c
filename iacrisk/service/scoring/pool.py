"""Runs one process for each plan, a few at a time, and stops those that take too long."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from iacrisk.errors import ScoringFailed
from iacrisk.service.scoring.job import Job, Scored, Unscored
from iacrisk.service.scoring.worker import read_result, run_job
from iacrisk.service.settings import Settings

_PLANS: Final = "plans"
_JOIN_SECONDS: Final = 10
_FORKED: Final = "iacrisk.service.scoring.forked"


class ScoringPool:
    """Places for plans to be judged at, as many as there are workers.

    Processes are forked from a server that has imported everything, so each costs little, starts
    clean and gives its memory back.
    """

    def __init__(self, settings: Settings) -> None:
        """By the settings `[scoring]`; what an earlier process left of plans is deleted."""
        self._settings = settings.scoring
        self._folder = Path(settings.data_folder) / _PLANS
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep()
        self._places = asyncio.Semaphore(settings.scoring.workers)
        self._threads = ThreadPoolExecutor(settings.scoring.workers, thread_name_prefix="scoring")
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload([_FORKED])
        self.waiting = 0
        """Plans that have no place yet."""
        self.working = 0
        """Plans that have one."""

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place to fetch and judge one plan at, as soon as one is free."""
        self.waiting += 1
        try:
            await self._places.acquire()
        finally:
            self.waiting -= 1
        self.working += 1
        try:
            yield
        finally:
            self.working -= 1
            self._places.release()

    @contextmanager
    def plan_file(self) -> Iterator[tuple[str, BinaryIO]]:
        """An empty file for a plan, gone at the end."""
        number, path = tempfile.mkstemp(prefix=f"{os.getpid()}-", suffix=".json", dir=self._folder)
        try:
            with os.fdopen(number, "w+b") as file:
                yield path, file
        finally:
            Path(path).unlink(missing_ok=True)

    async def score(self, job: Job) -> Scored:
        """Judge a plan; raises ScoringFailed."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, self._run, job)
        if isinstance(found, Unscored):
            raise ScoringFailed(found.problem)
        return found

    def close(self) -> None:
        """Take no more work; what is under way is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _run(self, job: Job) -> Scored | Unscored:
        ours, theirs = self._processes.Pipe(duplex=False)
        limits = (self._settings.memory_mb, self._settings.seconds)
        process = self._processes.Process(
            target=run_job, args=(theirs, job, *limits), daemon=True, name="iacrisk-scoring"
        )
        try:
            process.start()
            theirs.close()
            if not ours.poll(self._settings.seconds):
                return Unscored(
                    problem=f"The plan was not judged within {self._settings.seconds} seconds "
                    "(scoring.seconds)."
                )
            return read_result(ours.recv_bytes())
        except (OSError, EOFError, msgspec.DecodeError):
            return Unscored(
                problem="The process that judged the plan died, most likely for want of memory "
                "(scoring.memory_mb)."
            )
        finally:
            ours.close()
            _end(process)

    def _sweep(self) -> None:
        """Delete plans of processes that are gone; replicas may share a folder."""
        for path in self._folder.glob("*.json"):
            owner = path.name.partition("-")[0]
            if not owner.isdigit() or int(owner) == os.getpid() or not _is_alive(int(owner)):
                path.unlink(missing_ok=True)


def _end(process: multiprocessing.process.BaseProcess) -> None:
    if process.pid is None:
        return
    process.join(0.2)
    if process.is_alive():
        process.kill()
    process.join(_JOIN_SECONDS)
    if not process.is_alive():
        process.close()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
