"""Task results of HCP Terraform: each once however often delivered, with one final answer."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from iacrisk.service.storage.tables import deliveries

_LEASE: Final = datetime.timedelta(seconds=90)
"""How long one replica may be about to send a final answer before another one may."""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A task result. `token` is sealed, None once the final answer was taken."""

    task_result: str
    assessment: str
    payload: bytes
    token: bytes | None
    received: int
    received_at: datetime.datetime
    final_status: str
    final_body: bytes | None
    final_attempts: int
    final_at: datetime.datetime | None
    final_answer: int | None


_COLUMNS: Final = tuple(deliveries.c[name] for name in Delivery.__struct_fields__)


def add_delivery(
    connection: Connection,
    task_result: str,
    assessment: str,
    payload: bytes,
    token: bytes,
    now: datetime.datetime,
) -> None:
    """Keep it; raises SQLAlchemy's IntegrityError where it is known already."""
    connection.execute(
        insert(deliveries).values(
            task_result=task_result,
            assessment=assessment,
            payload=payload,
            token=token,
            received_at=now,
        )
    )


def count_again(connection: Connection, task_result: str) -> bool:
    """Count one more delivery; whether it was known at all."""
    found = connection.execute(
        update(deliveries)
        .where(deliveries.c.task_result == task_result)
        .values(received=deliveries.c.received + 1)
    )
    return bool(found.rowcount)


def find_delivery(connection: Connection, task_result: str) -> Delivery | None:
    """The one of this task result."""
    asked = select(*_COLUMNS).where(deliveries.c.task_result == task_result)
    row = connection.execute(asked).one_or_none()
    return None if row is None else _delivery(row)


def delivery_of(connection: Connection, assessment: str) -> Delivery | None:
    """The one that an assessment answers."""
    asked = select(*_COLUMNS).where(deliveries.c.assessment == assessment)
    row = connection.execute(asked).one_or_none()
    return None if row is None else _delivery(row)


def list_open(connection: Connection, before: datetime.datetime) -> Sequence[str]:
    """The task results received before a moment without a final answer yet, the oldest first."""
    asked = select(deliveries.c.task_result).where(
        deliveries.c.final_at.is_(None), deliveries.c.received_at < before
    )
    return list(connection.execute(asked.order_by(deliveries.c.received_at)).scalars())


def fix_final(connection: Connection, task_result: str, status: str, body: bytes) -> bytes:
    """Settle what the final answer says; what was settled first stays. Returns that."""
    connection.execute(
        update(deliveries)
        .where(deliveries.c.task_result == task_result, deliveries.c.final_body.is_(None))
        .values(final_status=status, final_body=body)
    )
    asked = select(deliveries.c.final_body).where(deliveries.c.task_result == task_result)
    return bytes(connection.execute(asked).scalar_one())


def claim_final(
    connection: Connection, task_result: str, owner: str, now: datetime.datetime
) -> bool:
    """Whether `owner` may send the final answer now: nobody else is about to, and none was taken.

    A claim that is older than the lease is one of a replica that died.
    """
    free = or_(
        deliveries.c.final_owner.in_(("", owner)),
        deliveries.c.final_tried_at.is_(None),
        deliveries.c.final_tried_at < now - _LEASE,
        deliveries.c.final_tried_at > now + _LEASE,  # the clock went back
    )
    mine = and_(deliveries.c.task_result == task_result, deliveries.c.final_at.is_(None), free)
    found = connection.execute(
        update(deliveries)
        .where(mine)
        .values(
            final_owner=owner,
            final_tried_at=now,
            final_attempts=deliveries.c.final_attempts + 1,
        )
    )
    return bool(found.rowcount)


def close_delivery(
    connection: Connection, task_result: str, answer: int, now: datetime.datetime
) -> None:
    """That the final answer was taken, or never will be; its token is erased."""
    connection.execute(
        update(deliveries)
        .where(deliveries.c.task_result == task_result)
        .values(final_at=now, final_answer=answer, token=None)
    )


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(**dict(row._mapping))  # noqa: SLF001 - SQLAlchemy's public name for it
