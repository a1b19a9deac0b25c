"""Sessions: begun at sign-in under a new id, kept on the server, ended by time or by hand."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Final

from iacrisk.service.people.person import Lifetimes, Person, Session
from iacrisk.service.people.roles import Role
from iacrisk.service.people.tokens import digest_of, form_token, new_secret
from iacrisk.service.storage import people as stored

if TYPE_CHECKING:
    from sqlalchemy import Connection

NOBODY: Final = "none"
"""The role that an administrator gives to somebody who may not come in."""
_TOUCH: Final = datetime.timedelta(minutes=1)


def sign_in(
    connection: Connection,
    person: Person,
    claimed: Role | None,
    now: datetime.datetime,
    lifetimes: Lifetimes,
) -> str | None:
    """Begin a session and return its secret, which only the browser keeps.

    None for somebody without a role, who is kept in the list of people for an administrator.
    """
    key = stored.see_person(
        connection,
        issuer=person.issuer,
        subject=person.subject,
        name=person.name,
        aliases=person.aliases,
        claimed_role=claimed or "",
        now=now,
    )
    found = stored.find_person(connection, key)
    if found is None or role_of(found) is None:
        return None
    secret = new_secret()
    ends = now + lifetimes.session
    stored.open_session(connection, token=digest_of(secret), person=key, now=now, ends=ends)
    return secret


def session_of(
    connection: Connection, secret: str, now: datetime.datetime, lifetimes: Lifetimes
) -> Session | None:
    """The session of a browser that holds `secret`, None where it has ended.

    The role is looked up anew, so that one that was taken away is gone at once.
    """
    token = digest_of(secret)
    found = stored.find_session(connection, token)
    if found is None:
        return None
    role = role_of(found.person)
    if role is None or now >= found.ends_at or now >= found.seen_at + lifetimes.idle:
        stored.close_session(connection, token)
        return None
    if now >= found.seen_at + _TOUCH:
        stored.touch_session(connection, token, now)
    return Session(
        person=Person(
            issuer=found.person.issuer,
            subject=found.person.subject,
            name=found.person.name,
            aliases=found.person.aliases,
        ),
        role=role,
        began_at=found.began_at,
        ends_at=found.ends_at,
        form_token=form_token(secret),
    )


def sign_out(connection: Connection, secret: str) -> None:
    """End the session of a browser that holds `secret`."""
    stored.close_session(connection, digest_of(secret))


def role_of(person: stored.StoredPerson) -> Role | None:
    """What an administrator gave, else what the claims said at the last sign-in."""
    said = person.given_role or person.claimed_role
    return Role(said) if said in list(Role) else None
