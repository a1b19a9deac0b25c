"""Runs the service under uvicorn until it is asked to stop."""

from __future__ import annotations

import uvicorn

from iacrisk.service.app import make_app
from iacrisk.service.operations import configure_logs
from iacrisk.service.settings import Settings


def serve(settings: Settings) -> None:
    """Answer requests; returns after SIGTERM or SIGINT, when work under way is done or put off."""
    configure_logs(settings)
    config = uvicorn.Config(
        make_app(settings),
        host=settings.host,
        port=settings.port,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=settings.drain_seconds,
    )
    uvicorn.Server(config).run()
