"""`iacrisk serve` that kills itself at one of its own commits: `python -m tests.service.crashing`.

Whatever the service means to remember it commits: our tables, and the workflow's steps that DBOS
records. Dying right before the n-th commit leaves everything done that led to it and nothing of it
remembered, which is the worst moment there is between two commits. Going through all n therefore
goes through every step, without naming any.

Counting starts when the file `armed` is there, so that starting up is not counted. Each commit that
changed something is noted in the file `commits` with the tables it wrote to.
"""

from __future__ import annotations

import os
import re
import signal
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

FOLDER, AT = "CRASH_FOLDER", "CRASH_AT"
_WRITTEN = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+([\w."]+)', re.IGNORECASE)
_UNCOUNTED = {"replicas"}
"""Signs of life, which come with time and not with a run."""
_TABLES = "tables written"


class Crasher:
    """Counts commits, and ends the process before one of them."""

    def __init__(self, folder: Path, at: int) -> None:
        self._folder = folder
        self._at = at
        self._count = 0
        self._lock = threading.Lock()

    def listen(self) -> None:
        """To every engine of the process."""
        event.listen(Engine, "after_cursor_execute", self._executed)
        event.listen(Engine, "commit", self._committing)
        event.listen(Engine, "rollback", self._rolled_back)

    def _executed(self, connection: Connection, cursor: Any, statement: str, *_: object) -> None:
        found = _WRITTEN.match(statement)
        if found and (cursor.rowcount != 0 or " RETURNING " in statement):
            table = found[1].replace('"', "").rpartition(".")[2]
            if table not in _UNCOUNTED:
                connection.info.setdefault(_TABLES, []).append(table)

    def _committing(self, connection: Connection) -> None:
        tables = connection.info.pop(_TABLES, None)
        if not tables or not (self._folder / "armed").exists():
            return
        with self._lock:
            self._count += 1
            with (self._folder / "commits").open("a") as commits:
                commits.write(f"{self._count} {' '.join(dict.fromkeys(tables))}\n")
            if self._count == self._at:
                os.kill(os.getpid(), signal.SIGKILL)

    def _rolled_back(self, connection: Connection) -> None:
        connection.info.pop(_TABLES, None)


def main() -> None:
    """Run the command line with the crasher listening."""
    Crasher(Path(os.environ[FOLDER]), int(os.environ[AT])).listen()
    from iacrisk.__main__ import main as run  # noqa: PLC0415 - after the crasher listens

    run()


if __name__ == "__main__":
    main()
