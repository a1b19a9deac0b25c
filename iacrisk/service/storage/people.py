"""People who signed in: their sessions and roles, sign-ins under way, admin tokens, tries.

Whatever a browser or a person holds is stored as a digest.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from iacrisk.service.storage.tables import (
    admin_tokens,
    departures,
    people,
    sessions,
    sign_in_tries,
)


class StoredPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who signed in. `given_role`: what an administrator set; "" leaves it to claims."""

    id: str
    issuer: str
    subject: str
    name: str
    aliases: tuple[str, ...]
    claimed_role: str
    given_role: str
    first_seen: datetime.datetime
    last_seen: datetime.datetime


class StoredSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session with the person as they are now."""

    person: StoredPerson
    began_at: datetime.datetime
    seen_at: datetime.datetime
    ends_at: datetime.datetime


class StoredDeparture(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that is under way at the provider."""

    browser: str
    nonce: str
    verifier: str
    goes_to: str
    began_at: datetime.datetime


def person_id(issuer: str, subject: str) -> str:
    """The id under which a subject of an issuer is kept."""
    return sha256(f"{issuer}\0{subject}".encode()).hexdigest()[:40]


def see_person(
    connection: Connection,
    *,
    issuer: str,
    subject: str,
    name: str,
    aliases: Sequence[str],
    claimed_role: str,
    now: datetime.datetime,
) -> str:
    """Keep what was told of somebody at sign-in; their id."""
    key = person_id(issuer, subject)
    seen = {
        "name": name,
        "aliases": "\n".join(aliases),
        "claimed_role": claimed_role,
        "last_seen": now,
    }
    known = update(people).where(people.c.id == key).values(**seen)
    if connection.execute(known).rowcount:
        return key
    first = {"id": key, "issuer": issuer, "subject": subject, "given_role": "", "first_seen": now}
    try:
        with connection.begin_nested():
            connection.execute(insert(people).values(**first, **seen))
    except IntegrityError:  # they signed in twice at once
        connection.execute(known)
    return key


def give_role(connection: Connection, person: str, role: str) -> bool:
    """Set somebody's role, "" for that of their claims; whether there is such a person."""
    changed = connection.execute(
        update(people).where(people.c.id == person).values(given_role=role)
    )
    return bool(changed.rowcount)


def list_people(connection: Connection, limit: int = 500) -> tuple[StoredPerson, ...]:
    """Who signed in, the latest first."""
    rows = connection.execute(select(people).order_by(people.c.last_seen.desc()).limit(limit))
    return tuple(_person(row) for row in rows)


def find_person(connection: Connection, person: str) -> StoredPerson | None:
    """Somebody by their id."""
    found = connection.execute(select(people).where(people.c.id == person)).first()
    return _person(found) if found else None


def open_session(
    connection: Connection,
    *,
    token: str,
    person: str,
    now: datetime.datetime,
    ends: datetime.datetime,
) -> None:
    """Begin a session; `token` is the digest of what the browser holds."""
    connection.execute(
        insert(sessions).values(token=token, person=person, began_at=now, seen_at=now, ends_at=ends)
    )


def find_session(connection: Connection, token: str) -> StoredSession | None:
    """The session of this digest, whether it is still good or not."""
    columns = (*people.c, sessions.c.began_at, sessions.c.seen_at, sessions.c.ends_at)
    found = connection.execute(
        select(*columns).join_from(sessions, people).where(sessions.c.token == token)
    ).first()
    if found is None:
        return None
    return StoredSession(
        person=_person(found),
        began_at=found.began_at,
        seen_at=found.seen_at,
        ends_at=found.ends_at,
    )


def touch_session(connection: Connection, token: str, now: datetime.datetime) -> None:
    """The session was used."""
    connection.execute(update(sessions).where(sessions.c.token == token).values(seen_at=now))


def close_session(connection: Connection, token: str) -> None:
    """End the session of this digest."""
    connection.execute(delete(sessions).where(sessions.c.token == token))


def close_sessions_of(connection: Connection, person: str) -> None:
    """End all sessions of somebody."""
    connection.execute(delete(sessions).where(sessions.c.person == person))


def keep_departure(connection: Connection, state: str, departure: StoredDeparture) -> None:
    """Remember a sign-in under way by the digest of its state."""
    values = msgspec.structs.asdict(departure)
    connection.execute(insert(departures).values(state=state, **values))


def take_departure(connection: Connection, state: str) -> StoredDeparture | None:
    """The sign-in under way, which is gone from then on: an answer counts once."""
    found = connection.execute(select(departures).where(departures.c.state == state)).first()
    gone = connection.execute(delete(departures).where(departures.c.state == state))
    if found is None or not gone.rowcount:
        return None
    return StoredDeparture(
        browser=found.browser,
        nonce=found.nonce,
        verifier=found.verifier,
        goes_to=found.goes_to,
        began_at=found.began_at,
    )


def keep_admin_token(
    connection: Connection, token: str, now: datetime.datetime, expires: datetime.datetime
) -> None:
    """A new admin token."""
    connection.execute(insert(admin_tokens).values(token=token, made_at=now, expires_at=expires))


def use_admin_token(connection: Connection, token: str, now: datetime.datetime) -> bool:
    """Whether the token of this digest was good; from then on it and all others are used up."""
    used = connection.execute(
        update(admin_tokens)
        .where(
            admin_tokens.c.token == token,
            admin_tokens.c.used_at.is_(None),
            admin_tokens.c.expires_at > now,
        )
        .values(used_at=now)
    )
    if not used.rowcount:
        return False
    connection.execute(delete(admin_tokens).where(admin_tokens.c.used_at.is_(None)))
    return True


def record_try(connection: Connection, source: str, now: datetime.datetime) -> None:
    """Somebody at `source` tried to sign in."""
    connection.execute(insert(sign_in_tries).values(source=source, at=now))


def count_tries(connection: Connection, source: str, since: datetime.datetime) -> int:
    """How often somebody at `source` tried since then."""
    counted = connection.execute(
        select(func.count())
        .select_from(sign_in_tries)
        .where(sign_in_tries.c.source == source, sign_in_tries.c.at > since)
    )
    return int(counted.scalar_one())


def forget_tries(connection: Connection, source: str) -> None:
    """Somebody at `source` signed in."""
    connection.execute(delete(sign_in_tries).where(sign_in_tries.c.source == source))


def sweep_people(
    connection: Connection, *, now: datetime.datetime, older: datetime.datetime
) -> None:
    """Drop what no longer counts: ended sessions, sign-ins and tries from before `older`."""
    connection.execute(delete(sessions).where(sessions.c.ends_at <= now))
    connection.execute(delete(departures).where(departures.c.began_at <= older))
    connection.execute(delete(sign_in_tries).where(sign_in_tries.c.at <= older))
    connection.execute(delete(admin_tokens).where(admin_tokens.c.expires_at <= older))


def _person(row: Row[Any]) -> StoredPerson:
    return StoredPerson(
        id=row.id,
        issuer=row.issuer,
        subject=row.subject,
        name=row.name,
        aliases=tuple(row.aliases.splitlines()),
        claimed_role=row.claimed_role,
        given_role=row.given_role,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
    )
