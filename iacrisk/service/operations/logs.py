"""One JSON object a line on standard output: what happened, when, to which run.

    log.info("webhook accepted", extra={"task_result": "taskrs-1", "stage": "post_plan"})

gives `{"time": "…", "level": "info", "logger": "…", "message": "webhook accepted",
"task_result": "taskrs-1", "stage": "post_plan"}`. Every text goes through the mask.
"""

from __future__ import annotations

import datetime
import json
import logging
import sys
from typing import Any, Final, TextIO

from iacrisk.service.operations.masking import Mask, secrets_in
from iacrisk.service.settings import Settings

_INHERITED: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OF_OURS: Final = frozenset({"time", "level", "logger", "error", "trace", "color_message"})
"""Beside our own names one of uvicorn's, which says the message again in colour."""
_TALKATIVE: Final = ("alembic", "httpcore", "httpx", "sqlalchemy", "uvicorn.access")
"""They log what we log ourselves, or whole URLs."""


class JsonLines(logging.Formatter):
    """Writes a record as one line."""

    def __init__(self, mask: Mask) -> None:
        """Hide what the mask hides."""
        super().__init__()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """The record's message, its extra values and its exception."""
        line: dict[str, Any] = {
            "time": datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._mask(record.getMessage()),
        }
        for name, value in vars(record).items():
            if name not in _INHERITED and name not in _OF_OURS and not name.startswith("_"):
                line[name] = self._shown(value)
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = self._mask(self.formatException(record.exc_info))
        return json.dumps(line)

    def _shown(self, value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        return self._mask(str(value))


def configure_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Send every logger's records to one place, as JSON lines without secrets."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonLines(Mask(secrets_in(settings))))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.operations.log_level.upper())
    for name in ("dbos", "uvicorn", "uvicorn.error"):
        own = logging.getLogger(name)
        own.handlers[:] = [handler]  # with one of its own there, DBOS adds none
        own.propagate = False
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
