"""No secret reaches a log, whichever way it comes."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.service.operations import Mask, configure_logs
from iacrisk.service.operations.masking import HIDDEN, secrets_in
from iacrisk.service.secret import Secret
from iacrisk.service.settings import Hcp, LogLevel, Operations, Settings

SETTINGS = Settings(
    database_url=Secret("postgresql://user:db-password@db.internal/iacrisk"),
    secret_key=Secret("a-secret-key-of-some-length"),
    hcp=Hcp(hmac_key=Secret('odd "key\\ with ü')),
    operations=Operations(log_level=LogLevel.INFO),
)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged; the loggers are put back afterwards."""
    names = (None, "dbos", "uvicorn", "uvicorn.error", "httpx", "httpcore", "sqlalchemy", "alembic")
    loggers = [logging.getLogger(name) for name in (*names, "uvicorn.access")]
    before = [(one, one.handlers[:], one.level, one.propagate) for one in loggers]
    stream = io.StringIO()
    configure_logs(SETTINGS, stream)
    yield stream
    for one, handlers, level, propagate in before:
        one.handlers[:] = handlers
        one.setLevel(level)
        one.propagate = propagate


def _only(stream: io.StringIO) -> dict[str, Any]:
    (line,) = stream.getvalue().splitlines()
    decoded: dict[str, Any] = json.loads(line)
    return decoded


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***"),
        ("token a1b2c3.atlasv1.zyx-_9 refused", "token *** refused"),
        (
            "postgresql+psycopg://user:pa55@db:5432/x is gone",
            "postgresql+psycopg://***@db:5432/x is gone",
        ),
        (
            "GET https://files.example/a?sig=1&exp=2 failed",
            "GET https://files.example/a?*** failed",
        ),
        (
            "https://archivist.terraform.io/v1/object/dmF1bHQ6djE6YWJjZGVmZ2hpamtsbW5vcHFyc3Q",
            "https://archivist.terraform.io/v1/object/***",
        ),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw here", "*** here"),
        ("a run of ws-1 was held", "a run of ws-1 was held"),
    ],
)
def test_what_looks_like_a_credential_is_hidden(text: str, shown: str) -> None:
    assert Mask()(text) == shown


@given(st.text(min_size=6, max_size=40), st.text(), st.text())
def test_a_known_secret_never_gets_through(secret: str, before: str, after: str) -> None:
    shown = Mask([secret])(before + secret + after)

    assert secret not in shown or secret in HIDDEN


def test_every_secret_of_the_settings_is_known() -> None:
    assert set(secrets_in(SETTINGS)) == {
        "postgresql://user:db-password@db.internal/iacrisk",
        "a-secret-key-of-some-length",
        'odd "key\\ with ü',
    }


def test_a_line_holds_what_was_told(lines: io.StringIO) -> None:
    logging.getLogger("iacrisk.test").info(
        "held %s", "ws-1", extra={"task_result": "taskrs-1", "score": 78, "time": "not ours"}
    )
    line = _only(lines)

    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "iacrisk.test",
        "message": "held ws-1",
        "task_result": "taskrs-1",
        "score": 78,
    }


def test_secrets_are_hidden_in_messages_values_and_traces(lines: io.StringIO) -> None:
    secret = SETTINGS.hcp.hmac_key.reveal()
    try:
        raise ValueError(f"bad key {secret}")
    except ValueError:
        logging.getLogger("any").exception(
            "with %s", secret, extra={"key": secret, "settings": SETTINGS}
        )
    line = _only(lines)

    assert line["error"] == "ValueError"
    assert "bad key ***" in line["trace"]
    assert line["message"] == "with ***"
    assert line["key"] == HIDDEN
    for known in secrets_in(SETTINGS):
        assert known not in str(line)


def test_libraries_that_log_whole_urls_are_quiet(lines: io.StringIO) -> None:
    logging.getLogger("httpx").info("HTTP Request: GET https://x.example/secret")
    logging.getLogger("httpcore.connection").info("connect")

    assert lines.getvalue() == ""


def test_what_is_no_text_is_written_as_text_or_number(lines: io.StringIO) -> None:
    logging.getLogger("any").info("x", extra={"none": None, "many": [1, 2], "yes": True})
    line = _only(lines)

    assert (line["none"], line["many"], line["yes"]) == (None, "[1, 2]", True)


def test_a_lone_surrogate_does_not_stop_the_log(lines: io.StringIO) -> None:
    handlers = logging.getLogger().handlers
    (ours,) = (one for one in handlers if getattr(one, "stream", None) is lines)
    ours.handle(logging.makeLogRecord({"msg": "run \ud800 message", "levelno": logging.INFO}))

    assert "message" in _only(lines)
