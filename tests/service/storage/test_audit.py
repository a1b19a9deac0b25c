"""The audit log in the database: one chain, whoever writes at the same time."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from iacrisk.audit import Event, verify_log
from iacrisk.service.secret import Secret
from iacrisk.service.settings import Settings
from iacrisk.service.storage import Store, open_store
from iacrisk.service.storage.audit import read_entries, read_head, record_event

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)


def write_at_once(store: Store, file: Path) -> None:
    """Forty entries by eight writers, a few of which take theirs back."""

    def write(number: int) -> None:
        try:
            with store.begin() as connection:
                record_event(connection, Event(kind="test", data={"number": number}), NOW)
                if number % 10 == 0:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    with store.begin() as connection:
        lines = read_entries(connection, after=0)
        head = read_head(connection)
        assert read_entries(connection, after=35)[0][0] == 36
    file.write_bytes(b"".join(line for _, line in lines))
    verified = verify_log(file)
    assert verified.entries == 36
    assert head == (36, verified.last)


def test_the_log_is_one_chain_in_sqlite(tmp_path: Path) -> None:
    store = open_store(Settings(data_folder=str(tmp_path)))
    store.migrate()
    write_at_once(store, tmp_path / "log")
    store.close()


def test_the_log_is_one_chain_in_postgresql(database_url: str, tmp_path: Path) -> None:
    store = open_store(Settings(database_url=Secret(database_url), secret_key=Secret("key")))
    store.migrate()
    write_at_once(store, tmp_path / "log")
    store.close()
