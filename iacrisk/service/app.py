"""The service as an ASGI application: its routes, and how it starts and stops."""

from __future__ import annotations

import asyncio
import datetime
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from iacrisk import __version__
from iacrisk.service.api import api_routes
from iacrisk.service.notifying import Sender, refuse_bad_settings
from iacrisk.service.operations import (
    Watch,
    healthz,
    metrics_route,
    readyz,
    start_tracing,
    stop_tracing,
)
from iacrisk.service.pages import make_desk, page_not_found, page_routes
from iacrisk.service.people import Headers, word_at_boot
from iacrisk.service.settings import Settings
from iacrisk.service.storage import Store, open_store
from iacrisk.service.webhook import take_webhook
from iacrisk.service.workflow import Engine, cancel_all, land, launch, supervise


def make_app(settings: Settings) -> Litestar:
    """The application. Its tables are brought up to date when it starts.

    Handlers find `settings`, `store`, `engine` and `desk` in its state.
    """
    refuse_bad_settings(settings)
    start_tracing(settings)
    store = open_store(settings)
    engine = Engine(settings, store)
    desk = make_desk(settings, store, _now)
    return Litestar(
        route_handlers=_routes(settings),
        lifespan=[_run],
        middleware=[Watch()],
        state=State(
            {"settings": settings, "store": store, "desk": desk, "engine": engine}, deep_copy=False
        ),
        before_send=[Headers(has_tls=desk.cookies.is_secure)],
        exception_handlers={NotFoundException: page_not_found},
        openapi_config=_described(),
        debug=False,
        logging_config=None,
        pdb_on_exception=False,
    )


def _described() -> OpenAPIConfig:
    """The API's description at /schema/openapi.json, for machines only."""
    bearer = SecurityScheme(type="http", scheme="bearer")
    return OpenAPIConfig(
        title="iacrisk",
        version=__version__,
        path="/schema",
        render_plugins=[JsonRenderPlugin()],
        components=Components(security_schemes={"bearer": bearer}),
    )


def _routes(settings: Settings) -> Sequence[Any]:
    """The handlers of each room."""
    del settings
    return [healthz, readyz, metrics_route, take_webhook, api_routes(), page_routes()]


@asynccontextmanager
async def _run(app: Litestar) -> AsyncIterator[None]:
    """What has to be there while requests are answered."""
    store: Store = app.state["store"]
    await asyncio.to_thread(store.migrate)
    engine: Engine = app.state["engine"]
    launch(engine)
    sys.stderr.write(word_at_boot(app.state["settings"], store, _now()))
    beside = [
        asyncio.create_task(Sender(app.state["settings"], store).run()),
        asyncio.create_task(supervise(engine)),
    ]
    try:
        yield
    finally:
        app.state["draining"] = True
        await engine.drain()
        await cancel_all(beside)
        await land(engine)
        await engine.close()
        store.close()
        stop_tracing()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
