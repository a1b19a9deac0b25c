"""What the handlers of pages share, made once when the service starts."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import anyio.to_thread
import msgspec
from litestar.response import Redirect

from iacrisk.errors import SettingsError
from iacrisk.service.people.guard import (
    Clock,
    Cookies,
    Guard,
    PageRequest,
    cookies_for,
    origin_of,
)
from iacrisk.service.people.identity import IdentityRules
from iacrisk.service.people.oidc import Provider, RelyingParty, is_protected
from iacrisk.service.people.person import Lifetimes
from iacrisk.service.people.roles import Role, RoleRules
from iacrisk.service.people.throttle import Throttle
from iacrisk.service.settings import EveryoneRole, Settings
from iacrisk.service.storage import Store

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Where reviewers come to."""

    store: Store
    guard: Guard
    throttle: Throttle
    party: RelyingParty | None
    identity: IdentityRules
    roles: RoleRules
    provider_name: str

    @property
    def cookies(self) -> Cookies:
        """The names of our cookies."""
        return self.guard.cookies

    @property
    def lifetimes(self) -> Lifetimes:
        """How long things hold."""
        return self.guard.lifetimes

    async def ask(self, question: Callable[[Connection], T]) -> T:
        """What a question to the store answers, in one transaction and off the event loop."""

        def run() -> T:
            with self.store.begin() as connection:
                return question(connection)

        return await anyio.to_thread.run_sync(run)


def desk_of(request: PageRequest) -> Desk:
    """The desk of the service that answers."""
    found: Desk = request.app.state["desk"]
    return found


async def look_at(request: PageRequest) -> None:
    """The guard's look at a request, before its handler."""
    await desk_of(request).guard.check(request)


def see_other(path: str) -> Redirect:
    """Send the browser there with GET, after a form."""
    return Redirect(path, status_code=303)


def make_desk(settings: Settings, store: Store, clock: Clock) -> Desk:
    """The desk as the settings describe it."""
    asked = settings.sign_in
    lifetimes = Lifetimes(
        session=datetime.timedelta(minutes=asked.session_minutes),
        idle=datetime.timedelta(minutes=asked.idle_minutes),
        admin_token=datetime.timedelta(minutes=asked.admin_token_minutes),
    )
    return Desk(
        store=store,
        guard=Guard(
            store=store,
            cookies=cookies_for(settings.public_url),
            origin=origin_of(settings.public_url),
            lifetimes=lifetimes,
            clock=clock,
        ),
        throttle=Throttle(tries=asked.tries),
        party=RelyingParty(provider_of(settings)) if asked.issuer else None,
        identity=IdentityRules(claim=asked.name_claim, verified=asked.verified_email),
        roles=RoleRules(
            claim=asked.role_claim,
            admins=asked.admins,
            approvers=asked.approvers,
            viewers=asked.viewers,
            everyone=Role(asked.everyone) if asked.everyone is not EveryoneRole.NONE else None,
        ),
        provider_name=asked.provider_name,
    )


def provider_of(settings: Settings) -> Provider:
    """The sign-in provider; raises SettingsError where it cannot work."""
    asked = settings.sign_in
    if not is_protected(asked.issuer):
        raise SettingsError("sign_in.issuer has to be an https:// address.")
    if not asked.client_id:
        raise SettingsError("sign_in.client_id is missing: the name of this service there.")
    return Provider(
        issuer=asked.issuer,
        client_id=asked.client_id,
        client_secret=asked.client_secret.reveal(),
        redirect_uri=settings.public_url.rstrip("/") + "/sign-in/callback",
        scope=asked.scope,
        wanted=(asked.name_claim, asked.role_claim),
    )
