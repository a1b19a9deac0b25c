"""Who somebody is, and the session in which they are here."""

from __future__ import annotations

import datetime
from typing import Final

import msgspec

from iacrisk.service.people.roles import Role

ADMIN_TOKEN: Final = "admin-token"  # noqa: S105 - the name of a way to sign in
"""The issuer of people who signed in with the token that was printed at boot."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, by their issuer's word. `subject` never changes there; `name` is what decides.

    Policies know people by `name`, an e-mail address as a rule; authors of runs are recognised by
    the `aliases` as well, such as a user name.
    """

    issuer: str
    subject: str
    name: str
    aliases: tuple[str, ...] = ()


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A person who is signed in. `form_token` is what their forms carry."""

    person: Person
    role: Role
    began_at: datetime.datetime
    ends_at: datetime.datetime
    form_token: str


class Lifetimes(msgspec.Struct, frozen=True, kw_only=True):
    """How long things hold."""

    session: datetime.timedelta = datetime.timedelta(hours=12)
    idle: datetime.timedelta = datetime.timedelta(hours=2)
    departure: datetime.timedelta = datetime.timedelta(minutes=10)
    admin_token: datetime.timedelta = datetime.timedelta(hours=1)
