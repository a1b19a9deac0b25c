"""The token that is printed at boot, with which the first administrator signs in.

It holds once and for a while. Whoever reads the service's output may use it, as they may read its
files; so the name that comes with it is taken at their word and marked as such.
"""

from __future__ import annotations

import datetime
import unicodedata
from typing import TYPE_CHECKING, Final

from iacrisk.errors import SignInRefused
from iacrisk.service.people.person import ADMIN_TOKEN, Lifetimes, Person
from iacrisk.service.people.tokens import digest_of, new_secret
from iacrisk.service.storage import people as stored

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST_NAME: Final = 200


def issue_admin_token(connection: Connection, now: datetime.datetime, lifetimes: Lifetimes) -> str:
    """A new token; only its digest is kept."""
    token = new_secret()
    stored.keep_admin_token(connection, digest_of(token), now, now + lifetimes.admin_token)
    return token


def admit(connection: Connection, token: str, name: str, now: datetime.datetime) -> Person:
    """Who signs in with the token, which is used up by that; raises SignInRefused."""
    stated = stated_name(name)
    if not stored.use_admin_token(connection, digest_of(token.strip()), now):
        raise SignInRefused("This token is unknown, used or expired. Restart for a new one.")
    return Person(issuer=ADMIN_TOKEN, subject=stated.casefold(), name=stated)


def stated_name(name: str) -> str:
    """A name that can stand in a record: one line of visible characters; raises SignInRefused."""
    found = " ".join(name.split())
    if not found or len(found) > LONGEST_NAME:
        raise SignInRefused(f"State your name or address in at most {LONGEST_NAME} characters.")
    if any(unicodedata.category(letter).startswith("C") for letter in found):
        raise SignInRefused("The name holds characters that cannot be seen.")
    return found
