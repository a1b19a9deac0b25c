"""What every request for a page goes through before its handler: who asks, and may they.

A route is for viewers who are signed in, unless it says otherwise by `role=` or `public=True`; a
form has to come from our own pages and carry the token of the browser's session. So a route that
forgets to say anything is closed.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import msgspec
from litestar import Request
from litestar.datastructures import State

from iacrisk.errors import IacriskError
from iacrisk.service.people.person import Lifetimes, Session
from iacrisk.service.people.roles import Role
from iacrisk.service.people.sessions import session_of
from iacrisk.service.people.tokens import is_form_token
from iacrisk.service.storage import Store

FORM_TOKEN: Final = "form_token"  # noqa: S105 - the name of a field
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

PageRequest: TypeAlias = Request[Any, Any, State]
Clock: TypeAlias = Callable[[], datetime.datetime]


class NotSignedIn(IacriskError):
    """The page is for people who are signed in."""


class MayNot(IacriskError):
    """The role does not reach."""


class ForgedForm(IacriskError):
    """The form did not come from a page that this browser was given."""


class Cookies(msgspec.Struct, frozen=True, kw_only=True):
    """The names of our cookies; with TLS, no other host and no plain connection can set them."""

    session: str
    sign_in: str
    is_secure: bool


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, when, and with what in the form."""

    now: datetime.datetime
    session: Session | None = None
    form: Mapping[str, str] = {}


class Guard(msgspec.Struct, frozen=True, kw_only=True):
    """Checks requests (`before_request` of the routers with pages)."""

    store: Store
    cookies: Cookies
    origin: str
    lifetimes: Lifetimes
    clock: Clock

    async def check(self, request: PageRequest) -> None:
        """Leave a Visit for the handler; raises NotSignedIn, MayNot or ForgedForm."""
        now = self.clock()
        secret = request.cookies.get(self.cookies.session, "")
        session = await asyncio.to_thread(self._session, secret, now) if secret else None
        route = request.route_handler.opt
        form: dict[str, str] = {}
        if request.method not in _SAFE:
            own = request.cookies.get(self.cookies.sign_in, "") if session is None else secret
            form = await self._form(request, own)
        if not route.get("public"):
            _check_role(session, route.get("role", Role.VIEWER))
        request.state.visit = Visit(now=now, session=session, form=form)

    def _session(self, secret: str, now: datetime.datetime) -> Session | None:
        with self.store.begin() as connection:
            return session_of(connection, secret, now, self.lifetimes)

    async def _form(self, request: PageRequest, secret: str) -> dict[str, str]:
        """What the form holds, when it is one of ours."""
        if not is_same_origin(request.headers, self.origin):
            raise ForgedForm("The form was sent from another site.")
        found = await request.form()
        form = {name: value for name, value in found.items() if isinstance(value, str)}
        if not secret or not is_form_token(form.get(FORM_TOKEN, ""), secret):
            raise ForgedForm("The page was too old. Open it again and repeat what you did.")
        return form


def visit_of(request: PageRequest) -> Visit:
    """What the guard left."""
    found: Visit = request.state.visit
    return found


def person_here(request: PageRequest) -> Session:
    """The session of a route that is not public."""
    session = visit_of(request).session
    if session is None:
        raise NotSignedIn("Sign in first.")
    return session


def cookies_for(public_url: str) -> Cookies:
    """The cookies of a service that browsers reach there."""
    is_secure = urlsplit(public_url).scheme == "https"
    prefix = "__Host-" if is_secure else ""
    return Cookies(
        session=f"{prefix}iacrisk-session",
        sign_in=f"{prefix}iacrisk-sign-in",
        is_secure=is_secure,
    )


def origin_of(url: str) -> str:
    """Scheme, host and port, as browsers write an origin."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def is_same_origin(headers: Mapping[str, str], origin: str) -> bool:
    """Whether the browser says that one of our pages sent this; old browsers may be silent."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    stated = headers.get("origin")
    return stated is None or stated.lower() == origin


def _check_role(session: Session | None, wanted: Role) -> None:
    if session is None:
        raise NotSignedIn("Sign in first.")
    if not session.role.includes(wanted):
        raise MayNot(f"This is for the role {wanted}; yours is {session.role}.")
