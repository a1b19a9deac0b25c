"""The audit log in the database: the same chain of entries as `iacrisk.audit` keeps in a file.

An entry is written in the transaction of what it tells, so that neither is there without the
other. Writers take turns by the row that holds the last digest.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select, update

from iacrisk.audit import FIRST, Event, chained, spelled, write_entry
from iacrisk.service.storage.tables import audit_entries, audit_head

if TYPE_CHECKING:
    from sqlalchemy import Connection

_HEAD: Final = 1
_AT_A_TIME: Final = 500


def record_event(connection: Connection, event: Event, now: datetime.datetime) -> None:
    """Append an event; whoever comes next waits until this transaction is over."""
    head = audit_head.c.id == _HEAD
    connection.execute(update(audit_head).where(head).values(number=audit_head.c.number + 1))
    number, previous = connection.execute(
        select(audit_head.c.number, audit_head.c.digest).where(head)
    ).one()
    time = spelled(now)
    entry = chained(event, time, number=number, previous=previous or FIRST)
    connection.execute(insert(audit_entries).values(number=number, at=now, line=write_entry(entry)))
    connection.execute(update(audit_head).where(head).values(digest=entry.digest))


def read_head(connection: Connection) -> tuple[int, str]:
    """How many entries there are, and the digest of the last."""
    number, digest = connection.execute(
        select(audit_head.c.number, audit_head.c.digest).where(audit_head.c.id == _HEAD)
    ).one()
    return number, digest


def read_entries(connection: Connection, after: int) -> Sequence[tuple[int, bytes]]:
    """The next entries behind this number, as lines of a file."""
    asked = select(audit_entries.c.number, audit_entries.c.line)
    wanted = asked.where(audit_entries.c.number > after).order_by(audit_entries.c.number)
    rows = connection.execute(wanted.limit(_AT_A_TIME))
    return [(number, bytes(line)) for number, line in rows]
