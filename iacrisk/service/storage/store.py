"""The database: SQLite in the data folder, or PostgreSQL."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from threading import RLock
from typing import Any, Final, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from iacrisk.service.settings import Settings

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_BUSY_MS: Final = 15_000
_POSTGRESQL: Final = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
"""A server that is gone without a word is noticed within a minute."""
_MIGRATION_LOCK: Final = 0x1AC415C
"""One replica migrates at a time."""


T = TypeVar("T")


class Store:
    """Gives connections. Functions of the modules beside this one take them."""

    def __init__(self, engine: Engine) -> None:
        """Use `engine`."""
        self._engine = engine
        self._turn: AbstractContextManager[object] = RLock() if self.is_sqlite else nullcontext()

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a file that one process writes."""
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that is committed at the end, or rolled back.

        Those of one process wait for each other here: SQLite itself lets them try again and again,
        and the unlucky wait for seconds.
        """
        with self._turn, self._engine.begin() as connection:
            yield connection

    async def run(self, work: Callable[[Connection], T], patience: float = 600) -> T:
        """What `work` gives in a transaction, in a thread.

        While the database cannot be reached it is tried again for `patience` seconds; then
        SQLAlchemy's error is raised.
        """
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + patience, 0.2
        while True:
            try:
                return await asyncio.to_thread(self._once, work)
            except (OperationalError, InterfaceError, PoolTimeout):
                if loop.time() + pause > deadline:
                    raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5)

    def _once(self, work: Callable[[Connection], T]) -> T:
        with self.begin() as connection:
            return work(connection)

    def migrate(self) -> None:
        """Bring the tables up to this release."""
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        with self._engine.begin() as connection:
            if not self.is_sqlite:
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK}
                )
            config.attributes["connection"] = connection
            command.upgrade(config, "heads")

    def answers(self) -> bool:
        """Whether the database can be asked; raises what SQLAlchemy raises where it cannot."""
        with self._engine.connect() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar_one())

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def open_store(settings: Settings) -> Store:
    """The store that the settings name; its folder is made where it is missing."""
    url = store_url(settings)
    options: dict[str, Any] = {"pool_pre_ping": True}
    if url.get_backend_name() == "sqlite":
        Path(settings.data_folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        options["connect_args"] = {"timeout": _BUSY_MS / 1000}
    else:
        options |= {"connect_args": _POSTGRESQL, "pool_size": 10, "pool_timeout": 10}
    engine = create_engine(url, **options)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return Store(engine)


def store_url(settings: Settings) -> URL:
    """Where our own tables are."""
    stated = settings.database_url.reveal()
    if not stated:
        return URL.create("sqlite", database=str(Path(settings.data_folder, "iacrisk.sqlite")))
    return make_url(stated).set(drivername="postgresql+psycopg")


def workflow_url(settings: Settings) -> URL:
    """Where DBOS keeps its workflows: the same server, or a file beside ours."""
    if not settings.database_url:
        return URL.create("sqlite", database=str(Path(settings.data_folder, "workflows.sqlite")))
    return store_url(settings)


def prepare_workflow_file(settings: Settings) -> None:
    """Let DBOS's file, where it is one, be written as ours is: the way is kept in the file.

    With SQLite's own default, each of the many small commits of a workflow costs several syncs.
    """
    url = workflow_url(settings)
    if url.get_backend_name() == "sqlite" and url.database:
        with closing(sqlite3.connect(url.database)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")


def _prepare_sqlite(connection: Any, record: Any) -> None:
    """Other processes that read wait for nobody; who writes waits for whoever else does."""
    del record
    connection.isolation_level = "IMMEDIATE"  # who reads and then writes waits for its turn first
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    cursor.close()
