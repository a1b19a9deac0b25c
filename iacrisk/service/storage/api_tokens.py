"""Bearer tokens of the API. Only their digests are kept."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

import msgspec
from sqlalchemy import Connection, insert, or_, select, update

from iacrisk.service.secret import Secret
from iacrisk.service.storage.tables import api_tokens

_PREFIX: Final = "iacrisk_"
"""Lets scanners for leaked secrets recognise one."""
_BYTES: Final = 32
_NOTED_EVERY: Final = datetime.timedelta(minutes=5)


class ApiToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token without its secret."""

    id: str
    name: str
    created_at: datetime.datetime
    created_by: str
    expires_at: datetime.datetime | None
    used_at: datetime.datetime | None
    revoked_at: datetime.datetime | None


_COLUMNS: Final = tuple(api_tokens.c[name] for name in ApiToken.__struct_fields__)


def make_token(
    connection: Connection,
    name: str,
    now: datetime.datetime,
    expires_at: datetime.datetime | None = None,
    created_by: str = "",
) -> Secret:
    """A new token, told this once."""
    token = Secret(f"{_PREFIX}{secrets.token_urlsafe(_BYTES)}")
    connection.execute(
        insert(api_tokens).values(
            id=secrets.token_urlsafe(9),
            name=name,
            hash=_digest(token),
            created_at=now,
            created_by=created_by,
            expires_at=expires_at,
        )
    )
    return token


def find_token(connection: Connection, token: Secret, now: datetime.datetime) -> ApiToken | None:
    """The token, where it counts now."""
    asked = select(*_COLUMNS).where(
        api_tokens.c.hash == _digest(token),
        api_tokens.c.revoked_at.is_(None),
        or_(api_tokens.c.expires_at.is_(None), api_tokens.c.expires_at > now),
    )
    row = connection.execute(asked).one_or_none()
    if row is None:
        return None
    found = ApiToken(**dict(row._mapping))  # noqa: SLF001 - SQLAlchemy's public name for it
    if found.used_at is None or now - found.used_at > _NOTED_EVERY:
        used = update(api_tokens).where(api_tokens.c.id == found.id).values(used_at=now)
        connection.execute(used)
    return found


def list_tokens(connection: Connection) -> Sequence[ApiToken]:
    """All of them, the oldest first."""
    rows = connection.execute(select(*_COLUMNS).order_by(api_tokens.c.created_at))
    return [ApiToken(**dict(row._mapping)) for row in rows]  # noqa: SLF001 - see above


def revoke_token(connection: Connection, wanted: str, now: datetime.datetime) -> bool:
    """Let it count no more; whether there was one that did."""
    found = connection.execute(
        update(api_tokens)
        .where(api_tokens.c.id == wanted, api_tokens.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return bool(found.rowcount)


def _digest(token: Secret) -> str:
    """A plain hash is enough: there are 256 random bits in it."""
    return sha256(token.reveal().encode("utf-8", "surrogateescape")).hexdigest()
