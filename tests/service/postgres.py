"""A real PostgreSQL in a temporary folder, started and stopped by tests.

The server of Debian's package `postgresql` does; where it is absent, `found` says so and tests
skip. PostgreSQL refuses to run as root, so it then runs as another user. It asks for a password,
so that the database's URL holds a secret that must not turn up in any log.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

PASSWORD = "postgres-secret"  # noqa: S105 - a throw-away server's
_HOST = "127.0.0.1"
_USER = "iacrisk"
_START_SECONDS = 60


def found() -> Path | None:
    """The folder of PostgreSQL's programs, the newest there is; None when absent."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name)
    )
    on_path = shutil.which("initdb")
    folders = [*([Path(on_path).resolve().parent] if on_path else []), *reversed(debian)]
    return next(
        (folder for folder in folders if all((folder / name).exists() for name in _PROGRAMS)), None
    )


_PROGRAMS = ("initdb", "postgres", "psql")


class Postgres:
    """One server. `with Postgres() as server:` starts and stops it; the data goes with it."""

    def __init__(self) -> None:
        programs = found()
        if programs is None:
            raise FileNotFoundError("no PostgreSQL server is installed (initdb, postgres, psql)")
        self._programs = programs
        self._as: dict[str, Any] = _other_user()
        self._folder = Path(tempfile.mkdtemp(prefix="iacrisk-postgres-"))
        self._data = self._folder / "data"
        self._log = self._folder / "log"
        self._server: subprocess.Popen[bytes] | None = None
        self.port = _free_port()

    def __enter__(self) -> Postgres:
        try:
            self._create()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """The URL of a database, as a setting."""
        return f"postgresql://{_USER}:{PASSWORD}@{_HOST}:{self.port}/{database}"

    def create(self, database: str) -> str:
        """A new empty database; its URL."""
        self.ask(f'CREATE DATABASE "{database}"')
        return self.url(database)

    def ask(self, sql: str, database: str = "postgres") -> str:
        """What psql answers: rows of `|`-separated values."""
        ran = subprocess.run(  # noqa: S603 - our own server
            [self._programs / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", self.url(database)],
            input=sql,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()

    def start(self) -> None:
        """Start (again), on the same port, and wait until it answers.

        Raises:
            RuntimeError: with the server's log, when it does not.

        """
        log = self._log.open("ab")
        self._server = subprocess.Popen(  # noqa: S603 - a fixed command
            [
                *(self._programs / "postgres", "-D", self._data, "-h", _HOST),
                *("-p", str(self.port), "-k", self._folder),
                *("-c", "fsync=off", "-c", "max_connections=200"),
            ],
            stdout=log,
            stderr=log,
            **self._as,
        )
        log.close()
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self._server.poll() is None:
            with contextlib.suppress(AssertionError):
                self.ask("SELECT 1")
                return
            time.sleep(0.05)
        raise RuntimeError(self._log.read_text(errors="replace"))

    def stop(self) -> None:
        """Stop at once: clients lose their connections, what is committed stays."""
        if self._server is None:
            return
        self._server.send_signal(signal.SIGINT)
        try:
            self._server.wait(_START_SECONDS)
        except subprocess.TimeoutExpired:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(_START_SECONDS)
        self._server = None

    def _create(self) -> None:
        self._data.mkdir()
        password = self._folder / "password"
        password.write_text(PASSWORD)
        if "user" in self._as:
            for path in (self._folder, self._data, password):
                os.chown(path, self._as["user"], self._as["group"])
        subprocess.run(  # noqa: S603 - a fixed command
            [
                *(self._programs / "initdb", "-D", self._data, "-U", _USER, "-E", "UTF8"),
                *("--auth=scram-sha-256", "--locale=C", "--no-sync", f"--pwfile={password}"),
            ],
            check=True,
            capture_output=True,
            timeout=120,
            **self._as,
        )


def _other_user() -> dict[str, Any]:
    """For subprocess: whom to run as when we are root, and a folder that they may enter."""
    if os.geteuid() != 0:
        return {"cwd": "/"}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            person = pwd.getpwnam(name)
            return {
                "user": person.pw_uid,
                "group": person.pw_gid,
                "extra_groups": [],
                "cwd": "/",
            }
    raise FileNotFoundError("PostgreSQL does not run as root, and there is no user `nobody`")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((_HOST, 0))
        port: int = free.getsockname()[1]
        return port
