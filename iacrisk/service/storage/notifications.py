"""Notifications: what has happened and was not told yet, and what is still to be sent.

What happened is read from the assessments themselves, so nothing that was kept goes untold, and
nothing is told that was rolled back. Each is sent by whichever replica is first.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence
from enum import StrEnum

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite

from iacrisk.service.storage.assessments import State
from iacrisk.service.storage.tables import assessments, notifications


class Happening(StrEnum):
    """What is told; the name is the webhook's `type`."""

    WAITING = "run.waiting"
    DECIDED = "run.decided"


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """One notification that has been claimed. `attempts`: including the one that is due."""

    id: str
    channel: str
    body: bytes
    attempts: int
    created_at: datetime.datetime


def list_untold(
    connection: Connection, happening: Happening, since: datetime.datetime, limit: int
) -> Sequence[Row[tuple[object, ...]]]:
    """Assessments that have come to wait, or were decided, since a moment and without a word."""
    table = assessments
    if happening is Happening.WAITING:
        at: ColumnElement[object] = table.c.waiting_since
        is_so = table.c.state == State.WAITING
    else:
        at = table.c.decided_at
        is_so = table.c.state.in_((State.APPROVED, State.REJECTED))
    told = exists().where(
        notifications.c.assessment == table.c.id,
        notifications.c.happening == happening,
        notifications.c.happened_at == at,
    )
    columns = [column for column in table.c if column.name not in {"view", "report", "bond"}]
    asked = select(*columns).where(
        and_(is_so, table.c.waiting_since.is_not(None), at >= since, ~told)
    )
    return connection.execute(asked.order_by(at).limit(limit)).all()


def put_notification(
    connection: Connection,
    *,
    assessment: str,
    happening: Happening,
    happened_at: datetime.datetime,
    channel: str,
    body: bytes,
    now: datetime.datetime,
) -> bool:
    """Write it down once; False when this was told before."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    written = connection.execute(
        insert(notifications)
        .values(
            id=f"ntf_{secrets.token_hex(16)}",
            assessment=assessment,
            happening=happening,
            happened_at=happened_at,
            channel=channel,
            body=body,
            created_at=now,
            next_at=now,
        )
        .on_conflict_do_nothing(
            index_elements=["assessment", "happening", "happened_at", "channel"]
        )
    )
    return written.rowcount == 1


def claim_notification(
    connection: Connection, now: datetime.datetime, lease: datetime.timedelta
) -> Due | None:
    """The one that is due longest, ours until the lease is over; None when nothing is due.

    Whoever dies while sending it leaves it to the next claim.
    """
    table = notifications
    while True:
        found = connection.execute(
            select(table).where(table.c.next_at <= now).order_by(table.c.next_at).limit(1)
        ).one_or_none()
        if found is None:
            return None
        claimed = connection.execute(
            update(table)
            .where(table.c.id == found.id, table.c.next_at == found.next_at)
            .values(next_at=now + lease, attempts=found.attempts + 1)
        )
        if claimed.rowcount == 1:
            return Due(
                id=found.id,
                channel=found.channel,
                body=found.body,
                attempts=found.attempts + 1,
                created_at=found.created_at,
            )


def settle_notification(
    connection: Connection,
    notification: str,
    *,
    answer: int,
    now: datetime.datetime,
    next_at: datetime.datetime | None = None,
    delivered: bool = False,
) -> None:
    """Note an attempt's answer (0: none came), and when the next one is; None: never again."""
    connection.execute(
        update(notifications)
        .where(notifications.c.id == notification)
        .values(answer=answer, next_at=next_at, delivered_at=now if delivered else None)
    )
