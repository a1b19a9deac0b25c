"""What the service has before it, as figures for whoever watches it."""

from __future__ import annotations

import datetime

import msgspec
from sqlalchemy import Connection, func, select

from iacrisk.service.storage.tables import assessments, deliveries


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """`unfinished`: task results without a final callback; the oldest of them is this old."""

    waiting: int
    unfinished: int
    oldest_seconds: float


def backlog(connection: Connection, now: datetime.datetime) -> Backlog:
    """Counted by the indexes on state and on the final callback."""
    waiting = connection.execute(
        select(func.count()).select_from(assessments).where(assessments.c.state == "waiting")
    ).scalar_one()
    unfinished, oldest = connection.execute(
        select(func.count(), func.min(deliveries.c.received_at)).where(
            deliveries.c.final_at.is_(None)
        )
    ).one()
    return Backlog(
        waiting=waiting,
        unfinished=unfinished,
        oldest_seconds=0.0 if oldest is None else (now - oldest).total_seconds(),
    )
