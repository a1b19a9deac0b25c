"""How often one place may try to sign in."""

from __future__ import annotations

import datetime
import ipaddress
from typing import TYPE_CHECKING

import msgspec

from iacrisk.errors import IacriskError
from iacrisk.service.storage import people as stored

if TYPE_CHECKING:
    from sqlalchemy import Connection


class TooManyTries(IacriskError):
    """Somebody has to wait; `wait` says how long."""

    def __init__(self, wait: datetime.timedelta) -> None:
        """Keep the time beside the text."""
        super().__init__("There were too many tries to sign in from your address.")
        self.wait = wait


class Throttle(msgspec.Struct, frozen=True, kw_only=True):
    """So many tries in so much time; signing in forgets them."""

    tries: int = 30
    window: datetime.timedelta = datetime.timedelta(minutes=10)

    def take(self, connection: Connection, address: str, now: datetime.datetime) -> bool:
        """Count one try, and whether it may be made."""
        source = neighbourhood(address)
        stored.record_try(connection, source, now)
        return stored.count_tries(connection, source, now - self.window) <= self.tries

    def forget(self, connection: Connection, address: str) -> None:
        """Somebody from there signed in."""
        stored.forget_tries(connection, neighbourhood(address))


def neighbourhood(address: str) -> str:
    """What counts as one place: an IPv4 address, or the /64 that one IPv6 household has."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
