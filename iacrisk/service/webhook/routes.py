"""The address that a run task points to."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.exceptions import ClientException, NotAuthorizedException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from sqlalchemy.exc import IntegrityError

from iacrisk.errors import HcpFailed
from iacrisk.service.hcp.addresses import check_url
from iacrisk.service.hcp.payload import TEST_TOKEN, Payload, Signed
from iacrisk.service.operations.metrics import WEBHOOKS
from iacrisk.service.secret import Secret
from iacrisk.service.settings import Settings
from iacrisk.service.storage.assessments import NewAssessment, Source, add_assessment
from iacrisk.service.storage.deliveries import add_delivery, count_again
from iacrisk.service.webhook.signature import HEADER, is_signed
from iacrisk.service.workflow import Engine, start
from iacrisk.service.workflow.routing import route_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LARGEST: Final = 1024 * 1024
_PATIENCE: Final = 1.0
"""Seconds in which a database that is away may come back."""
_START: Final = 0.3
"""Seconds for the workflow to start before HCP is answered; it wants its answer within two."""
_LONGEST_TEXT: Final = 2000

_log = logging.getLogger(__name__)
_starting: set[asyncio.Task[None]] = set()
"""Kept here so that none is lost before it is done."""


@post(
    "/v1/run-task",
    status_code=200,
    request_max_body_size=_LARGEST,
    tags=["run task"],
    raises=[ClientException, NotAuthorizedException, RequestEntityTooLarge],
    summary="Webhook of a run task of HCP Terraform or Terraform Enterprise",
)
async def take_webhook(request: Request[Any, Any, State]) -> Response[None]:
    """Take a signed webhook, answer, and work afterwards; the same one again changes nothing."""
    settings: Settings = request.app.state["settings"]
    body = await request.body()
    _check_signature(body, request.headers.get(HEADER, ""), settings)
    if _token(body) == TEST_TOKEN:
        WEBHOOKS.labels("ping").inc()
        return Response(None)
    payload = _payload(body, settings)
    await _accept(request.app.state["engine"], payload, _token(body))
    return Response(None)


def _check_signature(body: bytes, signature: str, settings: Settings) -> None:
    keys = (settings.hcp.hmac_key, settings.hcp.previous_hmac_key)
    if signature and not any(keys):
        WEBHOOKS.labels("unsigned").inc()
        raise ClientException("No key of a run task is configured here (hcp.hmac_key).")
    if not is_signed(body, signature, *keys):
        WEBHOOKS.labels("unsigned").inc()
        raise NotAuthorizedException("The signature is missing or wrong.")


def _token(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=Signed).access_token
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        WEBHOOKS.labels("malformed").inc()
        raise ClientException("The body is no webhook of a run task.") from None


def _payload(body: bytes, settings: Settings) -> Payload:
    try:
        payload = msgspec.json.decode(body, type=Payload)
        check_url(payload.task_result_callback_url, settings.hcp.hosts, "the callback")
    except msgspec.ValidationError as error:
        WEBHOOKS.labels("malformed").inc()
        raise ClientException(f"The body is no webhook of a run task: {error}.") from None
    except HcpFailed as error:
        WEBHOOKS.labels("refused").inc()
        _log.warning("refused", extra={"why": str(error)})
        raise ClientException(str(error)) from None
    return payload


async def _accept(engine: Engine, payload: Payload, token: str) -> None:
    """Keep the delivery and start its workflow, each once."""
    sealed, now = engine.cipher.seal(Secret(token)), engine.now()
    route = route_of(engine.settings, payload.organization_name, payload.workspace_name)

    def keep(connection: Connection) -> None:
        made = add_assessment(connection, _new(payload, route.mode), now)
        kept = msgspec.json.encode(payload)
        add_delivery(connection, payload.task_result_id, made, kept, sealed, now)

    try:
        await engine.store.run(keep, _PATIENCE)
        WEBHOOKS.labels("accepted").inc()
    except IntegrityError:
        await engine.store.run(
            lambda connection: count_again(connection, payload.task_result_id), _PATIENCE
        )
        WEBHOOKS.labels("again").inc()
    await _start(payload.task_result_id)
    _log.info(
        "accepted", extra={"task_result": payload.task_result_id, "stage": payload.stage_name}
    )


async def _start(task_result: str) -> None:
    """Start the workflow; where that takes too long, HCP is answered first: all is kept."""
    starting = asyncio.create_task(start(task_result))
    _starting.add(starting)
    starting.add_done_callback(_started)
    await asyncio.wait({starting}, timeout=_START)


def _started(starting: asyncio.Task[None]) -> None:
    _starting.discard(starting)
    if not starting.cancelled() and (error := starting.exception()) is not None:
        _log.warning("not started yet", extra={"error_type": type(error).__name__})


def _new(payload: Payload, mode: str) -> NewAssessment:
    return NewAssessment(
        source=Source.RUN_TASK,
        organisation=_short(payload.organization_name),
        workspace=_short(payload.workspace_name),
        run=_short(payload.run_id),
        run_url=_short(payload.run_app_url),
        run_message=_short(payload.run_message),
        author=_short(payload.run_created_by),
        stage=payload.stage_name[:40],
        speculative=payload.is_speculative,
        mode=mode,
    )


def _short(text: str | None) -> str:
    """A text of others as it is kept: not endless, and without what PostgreSQL refuses."""
    return (text or "").replace("\x00", "")[:_LONGEST_TEXT]
