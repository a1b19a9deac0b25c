"""The service as an ASGI application: its routes, and how it starts and stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig

from iacrisk import __version__
from iacrisk.service.settings import Settings
from iacrisk.service.storage import Store, open_store


def make_app(settings: Settings) -> Litestar:
    """The application. Its tables are brought up to date when it starts.

    Handlers ask for `settings` and `store` by parameters of these names.
    """
    store = open_store(settings)
    return Litestar(
        route_handlers=_routes(settings),
        lifespan=[_run],
        state=State({"settings": settings, "store": store}),
        dependencies={
            "settings": Provide(_settings, sync_to_thread=False),
            "store": Provide(_store, sync_to_thread=False),
        },
        openapi_config=OpenAPIConfig(title="iacrisk", version=__version__, path="/schema"),
        debug=False,
        logging_config=None,
        pdb_on_exception=False,
    )


def _routes(settings: Settings) -> Sequence[Any]:
    """The handlers of each room."""
    del settings
    return []


@asynccontextmanager
async def _run(app: Litestar) -> AsyncIterator[None]:
    """What has to be there while requests are answered."""
    store: Store = app.state["store"]
    await asyncio.to_thread(store.migrate)
    try:
        yield
    finally:
        store.close()


def _settings(state: State) -> Settings:
    found: Settings = state["settings"]
    return found


def _store(state: State) -> Store:
    found: Store = state["store"]
    return found
