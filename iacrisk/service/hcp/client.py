"""Asking HCP Terraform for a plan, and telling it how a task result stands."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import BinaryIO, Final
from urllib.parse import urljoin

import httpcore
import httpx

from iacrisk.errors import HcpFailed, SettingsError
from iacrisk.service.hcp.addresses import CheckedNetwork, check_url
from iacrisk.service.secret import Secret
from iacrisk.service.settings import Settings

_MEDIA: Final = "application/vnd.api+json"
_REDIRECTS: Final = 3
_TIMEOUT: Final = httpx.Timeout(20, read=60)
_FETCH_SECONDS: Final = 300
"""For one try at the body of a plan; its link lives a minute, its download may take longer."""
_PATIENCE: Final = 60
"""Seconds in which a plan has to become ready, and faults have to pass."""
_MB: Final = 1024 * 1024
_NO_ANSWER: Final = 0
_CONNECTIONS: Final = 100
_SIGNS_AT_ONCE: Final = 8


class Hcp:
    """One client for all runs. It follows no redirect by itself and knows no proxy.

    Signs of life are sent a few at a time: those of thousands of queued runs must not hold up a
    plan or a final answer.
    """

    def __init__(self, settings: Settings) -> None:
        """By the settings `[hcp]`; raises SettingsError for a certificate that cannot be read."""
        self._hosts = settings.hcp.hosts
        self._download_hosts = (*settings.hcp.hosts, *settings.hcp.download_hosts)
        self._largest = settings.scoring.plan_mb * _MB
        transport = httpx.AsyncHTTPTransport()
        transport._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001 - httpx has no door for it
            ssl_context=_context(settings.hcp.ca_file),
            max_connections=_CONNECTIONS + _SIGNS_AT_ONCE,
            max_keepalive_connections=20,
            network_backend=CheckedNetwork(settings.hcp.allow_private_addresses),
        )
        self._client = httpx.AsyncClient(
            transport=transport, follow_redirects=False, trust_env=False, timeout=_TIMEOUT
        )
        self._signs = asyncio.Semaphore(_SIGNS_AT_ONCE)

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def fetch_plan(self, url: str, token: Secret, into: BinaryIO) -> None:
        """Write the plan at `url`; raises HcpFailed where it cannot be had."""
        deadline = asyncio.get_running_loop().time() + _PATIENCE
        for pause in _pauses():
            into.seek(0)
            into.truncate()
            try:
                async with asyncio.timeout(_FETCH_SECONDS):
                    problem = await self._try_plan(url, token, into)
            except (httpx.HTTPError, httpcore.ConnectError, TimeoutError) as error:
                problem = f"HCP Terraform could not be reached ({type(error).__name__})."
            if not problem:
                return
            if asyncio.get_running_loop().time() + pause > deadline:
                raise HcpFailed(problem)
            await asyncio.sleep(pause)

    async def tell(self, url: str, token: Secret, body: bytes) -> int:
        """Send a callback; its status, 0 where none came. Raises HcpFailed for a wrong address."""
        check_url(url, self._hosts, "the callback")
        headers = {"Authorization": f"Bearer {token.reveal()}", "Content-Type": _MEDIA}
        try:
            answer = await self._client.patch(url, content=body, headers=headers)
        except httpx.HTTPError:
            return _NO_ANSWER
        return answer.status_code

    async def tell_alive(self, url: str, token: Secret, body: bytes) -> int:
        """The same for a sign of life, a few at a time."""
        async with self._signs:
            return await self.tell(url, token, body)

    async def _try_plan(self, url: str, token: Secret, into: BinaryIO) -> str:
        """Write the plan; what to say if it is not there by the end, "" where it is."""
        own = check_url(url, self._hosts, "the plan")
        where, host = url, own
        for _ in range(_REDIRECTS + 1):
            headers = {"Accept-Encoding": "gzip"}
            if host == own and where == url:
                headers |= {"Authorization": f"Bearer {token.reveal()}", "Content-Type": _MEDIA}
            async with self._stream(where, headers) as answer:
                if answer.is_redirect:
                    where = urljoin(where, answer.headers.get("Location", ""))
                    host = check_url(where, self._download_hosts, "the plan's download")
                    continue
                problem = _problem(answer.status_code)
                if not problem:
                    await self._write(answer, into)
                return problem
        raise HcpFailed("HCP Terraform redirects the plan's address in a circle.")

    @asynccontextmanager
    async def _stream(self, url: str, headers: dict[str, str]) -> AsyncIterator[httpx.Response]:
        async with self._client.stream("GET", url, headers=headers) as answer:
            yield answer

    async def _write(self, answer: httpx.Response, into: BinaryIO) -> None:
        """The body, unpacked, as long as it is not larger than a plan may be."""
        size = 0
        async for chunk in answer.aiter_bytes():
            size += len(chunk)
            if size > self._largest:
                raise HcpFailed(
                    f"The plan is larger than {self._largest // _MB} MB (scoring.plan_mb)."
                )
            into.write(chunk)


def _problem(status: int) -> str:
    """What a status means for whoever waits; "" for a plan. Raises HcpFailed for a final no."""
    match status:
        case 200:
            return ""
        case 204:
            return "HCP Terraform did not have the plan's JSON ready in time."
        case 401 | 403 | 404:
            raise HcpFailed(f"HCP Terraform does not give out this plan ({status}).")
        case 422:
            raise HcpFailed(
                "HCP Terraform has no JSON for this plan: Terraform is older than 0.12."
            )
        case 429:
            return "HCP Terraform asks for too much patience (429)."
        case _ if status >= 500:
            return f"HCP Terraform fails with {status}."
        case _:
            raise HcpFailed(f"HCP Terraform answered {status} when asked for the plan.")


def _pauses() -> Iterator[float]:
    """1, 2, 4, 8, 8 ... seconds, each up to a half shorter or longer."""
    pause = 1.0
    while True:
        yield pause * random.uniform(0.5, 1.5)  # noqa: S311 - spreads load, guards nothing
        pause = min(pause * 2, 8)


def _context(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(f"hcp.ca_file: cannot read certificates: {error}.") from None
    return context
