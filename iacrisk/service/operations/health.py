"""Whether the process lives, and whether it should be sent requests."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import msgspec
from litestar import Response, get
from litestar.datastructures import State

from iacrisk.service.storage import Store

_PATIENCE_SECONDS: Final = 2.0

_log = logging.getLogger(__name__)


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What a probe is told: `ok`, or what is wrong in one word."""

    status: str


@get("/healthz", include_in_schema=False, sync_to_thread=False)
def healthz() -> Condition:
    """The process answers; nothing else is asked, so that a lost database restarts nobody."""
    return Condition(status="ok")


@get("/readyz", include_in_schema=False)
async def readyz(state: State) -> Response[Condition]:
    """200 while the store answers and we are not about to stop, else 503."""
    if state.get("draining"):
        return Response(Condition(status="draining"), status_code=503)
    store: Store = state["store"]
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await asyncio.to_thread(store.answers)
    except Exception as error:  # noqa: BLE001 - whatever the driver raises means: not ready
        _log.warning("the store does not answer", extra={"error_type": type(error).__name__})
        return Response(Condition(status="store"), status_code=503)
    return Response(Condition(status="ok"), status_code=200)
