"""The database server of the tests keeps what was committed when it goes away and comes back."""

from __future__ import annotations

import subprocess

import pytest

from tests.service.postgres import PASSWORD, Postgres, found


def test_it_stops_and_starts_on_one_port_and_keeps_its_data() -> None:
    if found() is None:
        pytest.skip("no PostgreSQL server is installed")
    with Postgres() as server:
        url = server.create("kept")
        server.ask("CREATE TABLE t AS SELECT 7 AS n", "kept")
        server.stop()
        with pytest.raises(AssertionError):
            server.ask("SELECT 1")
        server.start()
        assert server.ask("SELECT n FROM t", "kept") == "7"
        assert server.url("kept") == url


def test_it_asks_for_the_password(database_url: str) -> None:
    wrong = database_url.replace(PASSWORD, "wrong")
    programs = found()
    assert programs is not None
    asking = [str(programs / "psql"), wrong, "-c", "SELECT 1"]
    ran = subprocess.run(asking, capture_output=True, check=False)  # noqa: S603 - our own server
    assert ran.returncode != 0
