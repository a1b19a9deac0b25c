"""Which replicas run on one database, and which have fallen silent."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, update

from iacrisk.service.storage.tables import replicas


def show_up(connection: Connection, name: str, now: datetime.datetime) -> None:
    """That this one lives."""
    known = update(replicas).where(replicas.c.name == name).values(seen_at=now)
    if not connection.execute(known).rowcount:
        connection.execute(insert(replicas).values(name=name, seen_at=now))


def list_silent(connection: Connection, own: str, since: datetime.datetime) -> Sequence[str]:
    """The others that were not seen since a moment."""
    asked = select(replicas.c.name).where(replicas.c.name != own, replicas.c.seen_at < since)
    return list(connection.execute(asked).scalars())


def forget_replica(connection: Connection, name: str) -> None:
    """Its work is somebody else's now; should it live, it shows up again."""
    connection.execute(delete(replicas).where(replicas.c.name == name))
