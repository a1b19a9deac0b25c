"""The store: its migrations make just the tables that the code speaks of."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select

from iacrisk.errors import SettingsError
from iacrisk.service.secret import Secret
from iacrisk.service.settings import Settings
from iacrisk.service.storage import Store, open_store
from iacrisk.service.storage.cipher import KEY_FILE, make_cipher
from iacrisk.service.storage.tables import metadata, replicas


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = open_store(Settings(data_folder=str(tmp_path)))
    opened.migrate()
    return opened


def test_the_migrations_make_the_tables(store: Store) -> None:
    with store.begin() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"version_table": "iacrisk_migrations", "compare_server_default": True},
        )
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing(store: Store) -> None:
    store.migrate()
    assert store.answers()


def test_moments_keep_their_zone(store: Store) -> None:
    east = datetime.timezone(datetime.timedelta(hours=5))
    moment = datetime.datetime(2026, 3, 1, 12, tzinfo=east)
    with store.begin() as connection:
        connection.execute(insert(replicas).values(name="a", seen_at=moment))
        found = connection.execute(select(replicas.c.seen_at)).scalar_one()
    assert found == moment
    assert found.tzinfo is datetime.UTC


def test_a_key_file_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_folder=str(tmp_path))
    sealed = make_cipher(settings).seal(Secret("token"))

    assert b"token" not in sealed
    assert make_cipher(settings).open(sealed) == Secret("token")
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    sealed = make_cipher(Settings(data_folder=str(tmp_path))).seal(Secret("token"))
    other = make_cipher(Settings(secret_key=Secret("quite another key")))
    with pytest.raises(SettingsError, match="secret_key is not what it was"):
        other.open(sealed)


def test_several_replicas_need_one_stated_key() -> None:
    settings = Settings(database_url=Secret("postgresql://db/iacrisk"))
    with pytest.raises(SettingsError, match="secret_key"):
        make_cipher(settings)
