"""Assessments: what was judged, what came of it, and how far it is."""

from __future__ import annotations

import datetime
import secrets
import zlib
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, Select, and_, func, insert, select, update

from iacrisk.audit import Event
from iacrisk.service.storage.audit import record_event
from iacrisk.service.storage.tables import assessments

_LEVEL: Final = 3
_BLOBS: Final = frozenset({"view", "report", "bond"})
_COLUMNS: Final = tuple(column for column in assessments.c if column.name not in _BLOBS)


class Source(StrEnum):
    """Who asked for it."""

    RUN_TASK = "run-task"
    API = "api"


class State(StrEnum):
    """How far an assessment is. `blocked`: nobody may approve it; `noted`: nobody is asked to."""

    RECEIVED = "received"
    SCORING = "scoring"
    WAITING = "waiting"
    ALLOWED = "allowed"
    APPROVED = "approved"
    REJECTED = "rejected"
    BLOCKED = "blocked"
    FAILED = "failed"
    NOTED = "noted"
    SUPERSEDED = "superseded"


class NewAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """What is known before anything was judged."""

    source: Source
    organisation: str = ""
    workspace: str = ""
    run: str = ""
    run_url: str = ""
    run_message: str = ""
    author: str = ""
    stage: str = ""
    speculative: bool = False
    mode: str = ""


class Assessed(NewAssessment, frozen=True, kw_only=True):
    """A row without its large parts."""

    id: str
    state: State
    verdict: str
    score: int | None
    fingerprint: str
    loose_fingerprint: str
    problem: str
    created_at: datetime.datetime
    scored_at: datetime.datetime | None
    waiting_since: datetime.datetime | None
    decided_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    applied_at: datetime.datetime | None


class Judgment(msgspec.Struct, frozen=True, kw_only=True):
    """What judging a plan gave; all of it masked.

    `bond`: what an approval is bound to, as `deciding` writes it. `view`: of the page.
    """

    verdict: str
    score: int
    fingerprint: str
    loose_fingerprint: str
    report: bytes
    bond: bytes
    view: bytes = b""


def add_assessment(connection: Connection, new: NewAssessment, now: datetime.datetime) -> str:
    """Keep it; returns its id, which nobody can guess."""
    made = secrets.token_urlsafe(18)
    row = msgspec.structs.asdict(new) | {"id": made, "state": State.RECEIVED, "created_at": now}
    connection.execute(insert(assessments).values(**row))
    return made


def lock_assessment(connection: Connection, wanted: str) -> None:
    """Let whoever else decides on it wait for the end of this transaction."""
    connection.execute(select(assessments.c.id).where(assessments.c.id == wanted).with_for_update())


def find_assessment(connection: Connection, wanted: str) -> Assessed | None:
    """The one with this id."""
    row = connection.execute(select(*_COLUMNS).where(assessments.c.id == wanted)).one_or_none()
    return None if row is None else _assessed(row)


def read_report(connection: Connection, wanted: str) -> bytes | None:
    """Its JSON report, as long as it is kept."""
    return _blob(connection, "report", wanted)


def read_view(connection: Connection, wanted: str) -> bytes | None:
    """The view of its page as JSON, as long as it is kept."""
    return _blob(connection, "view", wanted)


def read_bond(connection: Connection, wanted: str) -> bytes | None:
    """What an approval of it is bound to."""
    return _blob(connection, "bond", wanted)


def list_waiting(connection: Connection, limit: int = 200) -> Sequence[Assessed]:
    """What waits for a person, the longest first."""
    asked = select(*_COLUMNS).where(assessments.c.state == State.WAITING)
    return _all(connection, asked.order_by(assessments.c.waiting_since).limit(limit))


def list_history(
    connection: Connection, organisation: str, workspace: str, limit: int = 50, skip: int = 0
) -> Sequence[Assessed]:
    """What was judged of a workspace, the newest first."""
    asked = select(*_COLUMNS).where(
        assessments.c.organisation == organisation, assessments.c.workspace == workspace
    )
    newest = (assessments.c.created_at.desc(), assessments.c.id)
    return _all(connection, asked.order_by(*newest).limit(limit).offset(skip))


def list_recent(connection: Connection, limit: int = 50, skip: int = 0) -> Sequence[Assessed]:
    """What was judged of all workspaces, the newest first."""
    newest = (assessments.c.created_at.desc(), assessments.c.id)
    return _all(connection, select(*_COLUMNS).order_by(*newest).limit(limit).offset(skip))


def list_workspaces(connection: Connection, limit: int = 1000) -> Sequence[tuple[str, str, int]]:
    """Each organisation and workspace, with how often it was judged."""
    place = (assessments.c.organisation, assessments.c.workspace)
    asked = select(*place, func.count()).group_by(*place).order_by(*place).limit(limit)
    return [(row[0], row[1], row[2]) for row in connection.execute(asked)]


def list_alike(connection: Connection, like: Assessed, state: State) -> Sequence[Assessed]:
    """Others in `state` of the same workspace whose plans do the same."""
    asked = select(*_COLUMNS).where(_alike(like), assessments.c.state == state)
    return _all(connection, asked)


def start_scoring(connection: Connection, wanted: str) -> None:
    """That it is being judged."""
    _change(connection, wanted, state=State.SCORING)


def keep_judgment(
    connection: Connection, wanted: str, judged: Judgment, now: datetime.datetime
) -> None:
    """What judging gave, its large parts packed; the audit log tells of it in the same breath."""
    values = msgspec.structs.asdict(judged)
    values |= {name: zlib.compress(values[name], _LEVEL) for name in _BLOBS}
    found = find_assessment(connection, wanted)
    data = {
        "assessment": wanted,
        "organisation": found.organisation if found else "",
        "workspace": found.workspace if found else "",
        "run": found.run if found else "",
        "plan": [judged.fingerprint, judged.loose_fingerprint],
        "verdict": judged.verdict,
        "score": judged.score,
    }
    record_event(connection, Event(kind="decision", data=data), now)
    _change(connection, wanted, scored_at=now, **values)


def let_wait(connection: Connection, wanted: Assessed, now: datetime.datetime) -> None:
    """That a person has to decide. Older ones of the same plan that wait are done with."""
    older = and_(_alike(wanted), assessments.c.state == State.WAITING)
    connection.execute(update(assessments).where(older).values(state=State.SUPERSEDED))
    _change(connection, wanted.id, state=State.WAITING, waiting_since=now)


def settle(
    connection: Connection,
    wanted: str,
    state: State,
    now: datetime.datetime,
    problem: str = "",
) -> None:
    """How it ended."""
    _change(connection, wanted, state=state, decided_at=now, problem=problem)


def finish(connection: Connection, wanted: str, now: datetime.datetime) -> None:
    """That whoever asked has the final answer."""
    _change(connection, wanted, finished_at=now)


def note_applied(
    connection: Connection, organisation: str, run: str, now: datetime.datetime
) -> Sequence[Assessed]:
    """That the run was applied. Returns what was judged of it."""
    same = and_(assessments.c.organisation == organisation, assessments.c.run == run)
    connection.execute(update(assessments).where(same).values(applied_at=now))
    return _all(connection, select(*_COLUMNS).where(same, assessments.c.scored_at.is_not(None)))


def _change(connection: Connection, wanted: str, **values: Any) -> None:
    connection.execute(update(assessments).where(assessments.c.id == wanted).values(**values))


def _alike(like: Assessed) -> Any:
    return and_(
        assessments.c.organisation == like.organisation,
        assessments.c.workspace == like.workspace,
        assessments.c.loose_fingerprint == like.loose_fingerprint,
        assessments.c.id != like.id,
    )


def _blob(connection: Connection, name: str, wanted: str) -> bytes | None:
    asked = select(assessments.c[name]).where(assessments.c.id == wanted)
    found = connection.execute(asked).scalar_one_or_none()
    return (zlib.decompress(found) or None) if found else None


def _all(connection: Connection, asked: Select[Any]) -> Sequence[Assessed]:
    return [_assessed(row) for row in connection.execute(asked)]


def _assessed(row: Row[Any]) -> Assessed:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    values["source"], values["state"] = Source(values["source"]), State(values["state"])
    return Assessed(**values)
