"""Which hosts are spoken to: those that are listed, by TLS, and none inside unless allowed.

Names are resolved here and connected to by the address that was checked, so that a name cannot
mean one address when it is checked and another when it is used.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore

from iacrisk.errors import HcpFailed

_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 addresses of any kind, through a translator (RFC 6052)."""


def check_url(url: str, hosts: Iterable[str], what: str) -> str:
    """The host of `url`; raises HcpFailed unless it is an HTTPS address on one of the hosts."""
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").casefold(), parts.port
    except ValueError:
        raise HcpFailed(f"The address of {what} is none.") from None
    if parts.scheme != "https":
        raise HcpFailed(f"The address of {what} is not one of HTTPS.")
    if parts.username is not None or parts.password is not None:
        raise HcpFailed(f"The address of {what} holds a name or a password.")
    if not any(fnmatchcase(host, glob.casefold()) for glob in hosts):
        raise HcpFailed(f"The address of {what} is on a host that is not in the settings.")
    return host


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to addresses that may be spoken to, and to no other."""

    def __init__(self, allow_private: bool) -> None:
        """Without `allow_private` only addresses of the public Internet."""
        self._allow_private = allow_private
        self._inner: httpcore.AsyncNetworkBackend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address of `host` that answers."""
        failed: Exception = httpcore.ConnectError(f"{host} has no address that may be used")
        for address in await self._addresses(host, port):
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed

    async def connect_unix_socket(
        self, path: str, *_: Any, **__: Any
    ) -> httpcore.AsyncNetworkStream:
        """Nothing is asked through a file."""
        raise httpcore.ConnectError(path)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved") from error
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        if self._allow_private:
            return addresses
        inside = [address for address in addresses if not _is_public(address)]
        if inside:
            raise HcpFailed(
                f"{host} resolves to a private address; "
                "hcp.allow_private_addresses has to be true for that."
            )
        return addresses


def _is_public(text: str) -> bool:
    address: Any = ipaddress.ip_address(text.partition("%")[0])
    if address.version == 6:
        if address.ipv4_mapped:
            address = address.ipv4_mapped
        elif address.sixtofour or address.teredo or address in _TRANSLATED:
            return False
    return bool(address.is_global and not address.is_multicast)
