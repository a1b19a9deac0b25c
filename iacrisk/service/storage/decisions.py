"""What people decided on assessments; nothing here says whether it counts."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from iacrisk.service.storage.assessments import Assessed
from iacrisk.service.storage.tables import assessments, decisions


class Choice(StrEnum):
    """What a person can decide."""

    APPROVE = "approve"
    REJECT = "reject"


class NewDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision before it is kept. `statement` are the bytes that were approved."""

    assessment: str
    loose_fingerprint: str
    who: str
    subject: str
    issuer: str
    aliases: str = ""
    verdict: Choice
    reason: str
    statement: bytes = b""
    digest: str = ""
    at: datetime.datetime
    expires: datetime.datetime | None = None


class Decided(NewDecision, frozen=True, kw_only=True):
    """A decision as it is kept."""

    id: str
    revoked_at: datetime.datetime | None
    revoked_by: str
    used_at: datetime.datetime | None
    used_by: str


_COLUMNS: Final = tuple(decisions.c[name] for name in Decided.__struct_fields__)


def add_decision(connection: Connection, new: NewDecision) -> str:
    """Keep it; returns its id."""
    made = secrets.token_urlsafe(18)
    connection.execute(insert(decisions).values(id=made, **msgspec.structs.asdict(new)))
    return made


def decisions_on(connection: Connection, assessment: str) -> Sequence[Decided]:
    """What was decided on this assessment itself, the oldest first."""
    asked = select(*_COLUMNS).where(decisions.c.assessment == assessment)
    return [_decided(row) for row in connection.execute(asked.order_by(decisions.c.at))]


def decisions_about(connection: Connection, like: Assessed) -> Sequence[Decided]:
    """What was decided in its workspace on plans that do the same, the oldest first.

    Withdrawn ones are left out, and approvals that another run has used.
    """
    asked = select(*_COLUMNS).where(_about(like))
    return [_decided(row) for row in connection.execute(asked.order_by(decisions.c.at))]


def use_approvals(connection: Connection, like: Assessed, now: datetime.datetime) -> None:
    """Let its run, and no other one, use the approvals of its plan that nobody has used.

    Another run may use them at the same moment: what is left counts afterwards.
    """
    unused = and_(decisions.c.verdict == Choice.APPROVE, decisions.c.used_by == "")
    connection.execute(
        update(decisions).where(_about(like), unused).values(used_at=now, used_by=like.run)
    )


def _about(like: Assessed) -> ColumnElement[bool]:
    same_place = select(assessments.c.id).where(
        assessments.c.organisation == like.organisation,
        assessments.c.workspace == like.workspace,
    )
    return and_(
        decisions.c.loose_fingerprint == like.loose_fingerprint,
        decisions.c.revoked_at.is_(None),
        decisions.c.used_by.in_(("", like.run)),
        decisions.c.assessment.in_(same_place),
    )


def revoke_decision(connection: Connection, wanted: str, by: str, now: datetime.datetime) -> bool:
    """Take a decision back; whether there was one to take back."""
    found = connection.execute(
        update(decisions)
        .where(decisions.c.id == wanted, decisions.c.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=by)
    )
    return bool(found.rowcount)


def _decided(row: Row[Any]) -> Decided:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    values["verdict"] = Choice(values["verdict"])
    values["statement"] = bytes(values["statement"] or b"")
    return Decided(**values)
