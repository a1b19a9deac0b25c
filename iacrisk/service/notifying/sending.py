"""Sends what is due, again and again with growing pauses, until it is taken or too old."""

from __future__ import annotations

import asyncio
import datetime
import logging
import random
import time
from collections.abc import Callable
from typing import Final

import httpx

from iacrisk.service.notifying.announcing import Channel, announce
from iacrisk.service.notifying.signing import signed_headers
from iacrisk.service.operations.metrics import NOTIFICATIONS
from iacrisk.service.settings import Settings
from iacrisk.service.storage import Store
from iacrisk.service.storage.notifications import Due, claim_notification, settle_notification

_IDLE_SECONDS: Final = 2.0
_TIMEOUT: Final = httpx.Timeout(10.0)
_LEASE: Final = datetime.timedelta(seconds=60)
"""Longer than an attempt can take; then another replica may try."""
_FIRST_PAUSE: Final = 5.0
_LONGEST_PAUSE: Final = 3600.0
_GONE: Final = 410

_log = logging.getLogger(__name__)


class Sender:
    """Sends the notifications of one store."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        idle_seconds: float = _IDLE_SECONDS,
        clock: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
    ) -> None:
        """Send over `transport`, else over the network."""
        self._settings = settings
        self._store = store
        self._idle = idle_seconds
        self._clock = clock
        self._client = httpx.AsyncClient(
            timeout=_TIMEOUT, follow_redirects=False, transport=transport
        )

    async def run(self) -> None:
        """Until cancelled; a store that is away is asked again later."""
        try:
            while True:
                try:
                    busy = await self.send_one()
                except Exception as error:  # noqa: BLE001 - the next round may fare better
                    _log.warning("notifying failed", extra={"error_type": type(error).__name__})
                    busy = False
                if not busy:
                    await asyncio.sleep(self._idle * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
        finally:
            await self._client.aclose()

    async def send_one(self) -> bool:
        """Send the notification that is due longest; False when none is."""
        due = await asyncio.to_thread(self._next)
        if due is None:
            return False
        answer, wait = await self._post(due)
        await asyncio.to_thread(self._settle, due, answer, wait)
        return True

    def _next(self) -> Due | None:
        now = self._clock()
        with self._store.begin() as connection:
            announce(connection, self._settings, now)
        with self._store.begin() as connection:
            return claim_notification(connection, now, _LEASE)

    async def _post(self, due: Due) -> tuple[int, float]:
        """The answer's status (0: none came) and for how long the receiver asks to be left."""
        notifying = self._settings.notifying
        headers = {"content-type": "application/json", "user-agent": "iacrisk"}
        if due.channel == Channel.WEBHOOK:
            url = notifying.webhook_url
            headers |= signed_headers(notifying.webhook_key, due.id, int(time.time()), due.body)
        else:
            url = notifying.slack_url
        if not url:
            return _GONE, 0.0  # the channel was taken out of the settings
        try:
            async with self._client.stream(
                "POST", url.reveal(), content=due.body, headers=headers
            ) as answer:  # what it says beside its status is not read
                return answer.status_code, _asked(answer.headers.get("retry-after"))
        except httpx.HTTPError as error:
            _log.info(
                "no answer", extra={"channel": due.channel, "error_type": type(error).__name__}
            )
            return 0, 0.0

    def _settle(self, due: Due, answer: int, wait: float) -> None:
        now = self._clock()
        delivered = 200 <= answer < 300
        over = due.created_at + datetime.timedelta(hours=self._settings.notifying.give_up_hours)
        next_at = None
        if not delivered and answer != _GONE and now < over:
            next_at = now + datetime.timedelta(seconds=max(wait, pause(due.attempts)))
        outcome = "delivered" if delivered else "given up" if next_at is None else "failed"
        with self._store.begin() as connection:
            settle_notification(
                connection, due.id, answer=answer, now=now, next_at=next_at, delivered=delivered
            )
        NOTIFICATIONS.labels(due.channel, outcome).inc()
        _log.log(
            logging.INFO if delivered else logging.WARNING,
            "notification %s",
            outcome,
            extra={"notification": due.id, "channel": due.channel, "answer": answer},
        )


def pause(attempts: int) -> float:
    """Seconds after this many attempts: doubled each time, up to an hour, and never the same."""
    longest: float = min(_FIRST_PAUSE * 2 ** min(attempts - 1, 20), _LONGEST_PAUSE)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter


def _asked(header: str | None) -> float:
    """`Retry-After` in seconds; a date or nonsense counts for nothing."""
    if header is None or not header.isascii() or not header.isdigit():
        return 0.0
    return min(float(header), _LONGEST_PAUSE)
