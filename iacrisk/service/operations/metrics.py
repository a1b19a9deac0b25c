"""Prometheus metrics: what one replica did, and what the whole service has before it.

Nothing that a plan or a request chose becomes a label: label values come from fixed sets.
"""

from __future__ import annotations

import asyncio
import datetime
import hmac
from typing import TYPE_CHECKING, Any, Final

from litestar import Response, get
from litestar.datastructures import State
from litestar.exceptions import NotAuthorizedException
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from sqlalchemy.exc import SQLAlchemyError

from iacrisk.service.settings import Settings
from iacrisk.service.storage import Store
from iacrisk.service.storage.backlog import backlog

if TYPE_CHECKING:
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

REQUESTS: Final = Histogram(
    "iacrisk_request_seconds",
    "Answers to requests, by route and status",
    ("method", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10),
    registry=REGISTRY,
)
WEBHOOKS: Final = Counter(
    "iacrisk_webhooks",
    "Webhooks of HCP Terraform, by what became of them",
    ("answer",),
    registry=REGISTRY,
)
STEPS: Final = Histogram(
    "iacrisk_step_seconds",
    "Steps of a run's workflow, by how they ended",
    ("step", "outcome"),
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300),
    registry=REGISTRY,
)
CALLBACKS: Final = Counter(
    "iacrisk_callbacks",
    "Callbacks to HCP Terraform, by status and answer",
    ("status", "answer"),
    registry=REGISTRY,
)
ASSESSMENTS: Final = Counter(
    "iacrisk_assessments", "Judged plans, by verdict", ("verdict",), registry=REGISTRY
)
NOTIFICATIONS: Final = Counter(
    "iacrisk_notifications",
    "Attempts to notify, by channel and outcome",
    ("channel", "outcome"),
    registry=REGISTRY,
)

_WAITING: Final = Gauge("iacrisk_waiting", "Assessments that wait for a person", registry=REGISTRY)
_UNFINISHED: Final = Gauge(
    "iacrisk_unfinished", "Task results without a final callback", registry=REGISTRY
)
_OLDEST: Final = Gauge(
    "iacrisk_oldest_unfinished_seconds",
    "Age of the oldest task result without a final callback",
    registry=REGISTRY,
)


def may_read_metrics(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Where the settings name a token, whoever reads the metrics has to show it."""
    settings: Settings = connection.app.state["settings"]
    token = settings.operations.metrics_token
    shown = connection.headers.get("authorization", "")
    if token and not hmac.compare_digest(shown.encode(), f"Bearer {token.reveal()}".encode()):
        raise NotAuthorizedException(headers={"WWW-Authenticate": "Bearer"})


@get("/metrics", guards=[may_read_metrics], include_in_schema=False)
async def metrics_route(state: State) -> Response[bytes]:
    """What Prometheus scrapes."""
    await asyncio.to_thread(_look_at, state["store"])
    text = await asyncio.to_thread(generate_latest, REGISTRY)
    return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _look_at(store: Store) -> None:
    """Bring the figures of the store up to date; without an answer they are not a number."""
    try:
        with store.begin() as connection:
            seen = backlog(connection, datetime.datetime.now(datetime.UTC))
    except SQLAlchemyError:
        waiting = unfinished = oldest = float("nan")
    else:
        waiting, unfinished, oldest = seen.waiting, seen.unfinished, seen.oldest_seconds
    _WAITING.set(waiting)
    _UNFINISHED.set(unfinished)
    _OLDEST.set(oldest)
