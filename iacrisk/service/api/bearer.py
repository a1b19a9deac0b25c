"""Whoever uses the API shows a token."""

from __future__ import annotations

import asyncio
import datetime
from typing import TYPE_CHECKING, Any, Final

from litestar.exceptions import NotAuthorizedException

from iacrisk.service.secret import Secret
from iacrisk.service.storage import Store
from iacrisk.service.storage.api_tokens import ApiToken, find_token

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

_SCHEME: Final = "bearer "


async def has_token(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard of the API's routes."""
    shown = connection.headers.get("authorization", "")
    store: Store = connection.app.state["store"]
    token = Secret(shown[len(_SCHEME) :].strip())
    found = None
    if shown[: len(_SCHEME)].lower() == _SCHEME and token:
        found = await asyncio.to_thread(_find, store, token)
    if found is None:
        raise NotAuthorizedException(
            "A token of this API is missing, expired or withdrawn.",
            headers={"WWW-Authenticate": "Bearer"},
        )


def _find(store: Store, token: Secret) -> ApiToken | None:
    with store.begin() as connection:
        return find_token(connection, token, datetime.datetime.now(datetime.UTC))
