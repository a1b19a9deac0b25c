"""What the steps of workflows work with, and how it is started and stopped.

DBOS is one for a process and finds workflows again by the names of module-level functions, so the
engine that they use is found here, too.
"""

from __future__ import annotations

import asyncio
import datetime
import logging
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from dbos import DBOS, DBOSConfig

from iacrisk.service.hcp.client import Hcp
from iacrisk.service.scoring.pool import ScoringPool
from iacrisk.service.settings import Settings
from iacrisk.service.storage import Store
from iacrisk.service.storage.cipher import Cipher, make_cipher
from iacrisk.service.storage.store import prepare_workflow_file, workflow_url
from iacrisk.service.workflow.routing import check_policies

if TYPE_CHECKING:
    from sqlalchemy import Connection

FORM: Final = "run-task/1"
"""Goes up when a workflow that is under way could not be continued by this release."""
_THREADS: Final = 32
_ONE_PROCESS: Final = "local"
_PAUSE: Final = 0.05
_AGAIN_SECONDS: Final = 1.0
_LETTING_GO_SECONDS: Final = 10.0
"""How long tasks that are cancelled may take to end; the process ends without those that do not."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Engine:
    """Everything that steps need; one for a process."""

    def __init__(self, settings: Settings, store: Store) -> None:
        """Open what the settings name; raises SettingsError for settings that cannot work."""
        check_policies(settings)
        self.settings = settings
        self.store = store
        self.cipher: Cipher = make_cipher(settings)
        self.hcp = Hcp(settings)
        self.pool = ScoringPool(settings)
        self.replica = settings.replica or (
            socket.gethostname() if settings.database_url else _ONE_PROCESS
        )
        self.is_draining = False
        self._busy = 0
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def url(self) -> str:
        """How people reach this service, without a slash at its end."""
        return self.settings.public_url.rstrip("/")

    async def keep(self, work: Callable[[Connection], T]) -> T:
        """What `work` gives in a transaction; a database that is away is waited for."""
        return await self.store.run(work)

    def now(self) -> datetime.datetime:
        """The time."""
        return datetime.datetime.now(tz=datetime.UTC)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Around a workflow, so that it can be put off when the process has to stop."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a workflow runs in a task")
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Around what is better done than done again: judging, and sending a final answer."""
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1

    async def put_off(self) -> None:
        """Return at once, or not at all when the process is about to stop."""
        if self.is_draining:
            await asyncio.Event().wait()

    async def drain(self) -> None:
        """Let what is nearly done be done, and put off the rest: it is continued after a restart.

        Nothing new is begun. A run that waits for a person is put off at once.
        """
        self.is_draining = True
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.settings.drain_seconds
        while self._busy and loop.time() < deadline:
            await asyncio.sleep(_PAUSE)
        tasks = set(self._tasks)
        left = await cancel_all(tasks)
        _log.info("stopping", extra={"put_off": len(tasks), "left": len(left)})

    async def close(self) -> None:
        """Give everything back but the store."""
        self.pool.close()
        await self.hcp.close()


async def cancel_all(tasks: Iterable[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    """Cancel tasks, again where one goes on all the same; those that will not end in time."""
    left = {task for task in tasks if not task.done()}
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _LETTING_GO_SECONDS
    while left and loop.time() < deadline:
        for task in left:
            task.cancel()
        ended, left = await asyncio.wait(left, timeout=_AGAIN_SECONDS)
        for task in ended:
            if not task.cancelled() and (error := task.exception()) is not None:
                _log.warning("ended badly", extra={"error_type": type(error).__name__})
    return left


_engines: list[Engine] = []


def engine() -> Engine:
    """The one of this process."""
    return _engines[-1]


def launch(made: Engine) -> None:
    """Start DBOS on the event loop that runs here; what was under way goes on."""
    _engines[:] = [made]
    prepare_workflow_file(made.settings)
    DBOS(config=_config(made))
    DBOS.launch()


async def land(made: Engine) -> None:
    """Stop DBOS; its workflows stay as they are."""
    await asyncio.to_thread(DBOS.destroy)
    if _engines[-1:] == [made]:
        _engines.clear()


def _config(made: Engine) -> DBOSConfig:
    url = workflow_url(made.settings)
    return DBOSConfig(
        name="iacrisk",
        system_database_url=url.render_as_string(hide_password=False),
        application_version=FORM,
        executor_id=made.replica,
        log_level="WARNING",
        max_executor_threads=_THREADS,
        notification_listener_polling_interval_sec=1.0,
        scheduler_polling_interval_sec=3600.0,
    )
