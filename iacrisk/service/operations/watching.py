"""Watches every request that has a route: how long it took, how it was answered, its trace."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

from iacrisk.service.operations.metrics import REQUESTS
from iacrisk.service.operations.tracing import serving

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

_PARENT: Final = b"traceparent"


class Watch(ASGIMiddleware):
    """Around the handlers of all routes."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, and tell how it ended."""
        method, route = str(scope.get("method", "")), str(scope.get("path_template", ""))
        status, started = 500, time.perf_counter()

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with serving(f"{method} {route}", _parent(scope)) as tell:
            try:
                await next_app(scope, receive, sent)
            finally:
                spent = time.perf_counter() - started
                REQUESTS.labels(method, route, str(status)).observe(spent)
                tell({"http.response.status_code": status, "http.route": route})


def _parent(scope: Scope) -> Mapping[str, str]:
    headers = dict(scope["headers"])
    return {"traceparent": headers[_PARENT].decode("latin-1")} if _PARENT in headers else {}
