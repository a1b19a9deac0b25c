"""Runs the service under uvicorn until it is asked to stop."""

from __future__ import annotations

import datetime
import gc
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from iacrisk.errors import SettingsError
from iacrisk.service.app import make_app
from iacrisk.service.operations import configure_logs
from iacrisk.service.settings import Settings
from iacrisk.service.storage import Store, open_store
from iacrisk.service.storage.api_tokens import ApiToken, list_tokens, make_token, revoke_token


def serve(settings: Settings) -> None:
    """Answer requests; returns after SIGTERM or SIGINT, when work under way is done or put off."""
    gc.enable()  # the command line does without, as its runs are short; this one is not
    configure_logs(settings)
    uvicorn.Server(server_config(settings)).run()


def server_config(settings: Settings) -> uvicorn.Config:
    """How uvicorn serves; an address that a proxy tells counts only from those that are trusted."""
    return uvicorn.Config(
        make_app(settings),
        host=settings.host,
        port=settings.port,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.sign_in.trusted_proxies),
        forwarded_allow_ips=list(settings.sign_in.trusted_proxies),
        timeout_graceful_shutdown=settings.drain_seconds,
    )


def make_api_token(settings: Settings, name: str, days: int) -> str:
    """A new token of the API, told this once."""
    now = datetime.datetime.now(datetime.UTC)
    with _store(settings) as store, store.begin() as connection:
        until = now + datetime.timedelta(days=days)
        return make_token(connection, name, now, until, "command line").reveal()


def api_token_lines(settings: Settings) -> list[str]:
    """One line for each token: id, name, until when it holds, when it was last used."""
    with _store(settings) as store, store.begin() as connection:
        return [_token_line(token) for token in list_tokens(connection)]


def revoke_api_token(settings: Settings, token: str) -> None:
    """Let a token count no more; raises SettingsError where none of this id does."""
    now = datetime.datetime.now(datetime.UTC)
    with _store(settings) as store, store.begin() as connection:
        if not revoke_token(connection, token, now):
            raise SettingsError(f"There is no token {token} that counts.")


def _token_line(token: ApiToken) -> str:
    until = "revoked" if token.revoked_at else f"until {token.expires_at:%Y-%m-%d}"
    used = f"used {token.used_at:%Y-%m-%d}" if token.used_at else "never used"
    return f"{token.id}  {token.name}  {until}  {used}"


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    store = open_store(settings)
    try:
        store.migrate()
        yield store
    finally:
        store.close()
