"""Signing in, by the provider or by the admin token, and out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from litestar import Response, get, post
from litestar.datastructures import Cookie

from iacrisk.audit import Event
from iacrisk.errors import SignInRefused
from iacrisk.service.pages.desk import Desk, desk_of, see_other
from iacrisk.service.pages.rendering import page
from iacrisk.service.people import admin_token, sessions
from iacrisk.service.people.guard import Cookies, PageRequest, visit_of
from iacrisk.service.people.identity import person_by_claims
from iacrisk.service.people.oidc import Departure, RelyingParty
from iacrisk.service.people.person import Person
from iacrisk.service.people.roles import Role, role_by_claims
from iacrisk.service.people.throttle import TooManyTries
from iacrisk.service.people.tokens import digest_of, form_token, new_secret
from iacrisk.service.storage import people as stored
from iacrisk.service.storage.audit import record_event

if TYPE_CHECKING:
    from litestar.response import Redirect
    from sqlalchemy import Connection

_LOCAL: Final = re.compile(r"/(?:[A-Za-z0-9][A-Za-z0-9_\-./?=&%]*)?")
_PUBLIC: Final[dict[str, Any]] = {"public": True}


@get("/sign-in", opt=_PUBLIC, sync_to_thread=False)
def ask_who(request: PageRequest) -> Response[Any]:
    """The page with the ways to sign in."""
    goes_to = _wanted(request)
    if visit_of(request).session is not None:
        return see_other(goes_to)
    return _sign_in_page(request, goes_to)


@post("/sign-in/token", opt=_PUBLIC)
async def sign_in_by_token(request: PageRequest) -> Response[Any]:
    """Sign in with the token that was printed at boot."""
    desk, visit = desk_of(request), visit_of(request)
    goes_to = local(visit.form.get("next", "/"))
    await _take_try(request, desk)
    token, name = visit.form.get("token", ""), visit.form.get("name", "")
    try:
        person = await desk.ask(lambda found: admin_token.admit(found, token, name, visit.now))
    except SignInRefused as refusal:
        return _sign_in_page(request, goes_to, problem=str(refusal), status=403)
    return await _begin(request, desk, person, Role.ADMIN, goes_to)


@get("/sign-in/provider", opt=_PUBLIC)
async def leave_for_provider(request: PageRequest) -> Response[Any]:
    """Send the browser to the provider."""
    desk, visit = desk_of(request), visit_of(request)
    party = _party(desk)
    await _take_try(request, desk)
    url, departure = await party.depart()
    secret = request.cookies.get(desk.cookies.sign_in) or new_secret()
    kept = stored.StoredDeparture(
        browser=digest_of(secret),
        nonce=departure.nonce,
        verifier=departure.verifier,
        goes_to=_wanted(request),
        began_at=visit.now,
    )
    await desk.ask(lambda found: stored.keep_departure(found, digest_of(departure.state), kept))
    answer = see_other(url)
    answer.set_cookie(_sign_in_cookie(desk.cookies, secret))
    return answer


@get("/sign-in/callback", opt=_PUBLIC)
async def come_from_provider(request: PageRequest) -> Response[Any]:
    """The browser is back from the provider."""
    desk, visit = desk_of(request), visit_of(request)
    party = _party(desk)
    state = request.query_params.get("state", "")
    kept = await desk.ask(lambda found: stored.take_departure(found, digest_of(state)))
    browser = digest_of(request.cookies.get(desk.cookies.sign_in, ""))
    if kept is None or kept.browser != browser:
        raise SignInRefused("This sign-in was not begun in this browser, or is used up.")
    if visit.now > kept.began_at + desk.lifetimes.departure:
        raise SignInRefused("The sign-in took too long. Begin again.")
    departure = Departure(state=state, nonce=kept.nonce, verifier=kept.verifier)
    claims = await party.arrive(departure, _only_once(request))
    person = person_by_claims(party.provider.issuer, claims, desk.identity)
    return await _begin(request, desk, person, role_by_claims(claims, desk.roles), kept.goes_to)


@post("/sign-out")
async def sign_out(request: PageRequest) -> Response[Any]:
    """End the session."""
    desk = desk_of(request)
    secret = request.cookies.get(desk.cookies.session, "")
    await desk.ask(lambda found: sessions.sign_out(found, secret))
    answer = see_other("/sign-in")
    answer.set_cookie(_gone(desk.cookies, desk.cookies.session))
    return answer


def local(path: str) -> str:
    """A path of ours to go to, or the first page: never another site."""
    return path if _LOCAL.fullmatch(path) else "/"


def _wanted(request: PageRequest) -> str:
    """Where somebody was on their way to."""
    return local(request.query_params.get("next", "/"))


def address_of(request: PageRequest) -> str:
    """Where the request is from, as the server saw it."""
    return request.client.host if request.client else ""


async def _begin(
    request: PageRequest, desk: Desk, person: Person, role: Role | None, goes_to: str
) -> Redirect:
    """Begin a session under a new id; whatever the browser held before is void."""
    old, now = request.cookies.get(desk.cookies.session, ""), visit_of(request).now
    address = address_of(request)

    def begin(connection: Connection) -> str | None:
        sessions.sign_out(connection, old)
        secret = sessions.sign_in(connection, person, role, now, desk.lifetimes)
        if secret:
            desk.throttle.forget(connection, address)
            data = {"who": person.name, "issuer": person.issuer, "from": address}
            record_event(connection, Event(kind="sign-in", data=data), now)
        return secret

    secret = await desk.ask(begin)
    if secret is None:
        raise SignInRefused(f"{person.name} has no role here yet. Ask an administrator for one.")
    answer = see_other(goes_to)
    answer.set_cookie(_gone(desk.cookies, desk.cookies.sign_in))
    lasts = int(desk.lifetimes.session.total_seconds())
    answer.set_cookie(_cookie(desk.cookies, desk.cookies.session, secret, lasts))
    return answer


async def _take_try(request: PageRequest, desk: Desk) -> None:
    address, now = address_of(request), visit_of(request).now
    if not await desk.ask(lambda found: desk.throttle.take(found, address, now)):
        raise TooManyTries(desk.throttle.window)


def _sign_in_page(
    request: PageRequest, goes_to: str, problem: str = "", status: int = 200
) -> Response[str]:
    desk = desk_of(request)
    secret = request.cookies.get(desk.cookies.sign_in) or new_secret()
    answer = page(
        request,
        "sign_in.html",
        status=status,
        goes_to=goes_to,
        problem=problem,
        provider=desk.provider_name if desk.party else "",
        form_token=form_token(secret),
    )
    answer.set_cookie(_sign_in_cookie(desk.cookies, secret))
    return answer


def _party(desk: Desk) -> RelyingParty:
    if desk.party is None:
        raise SignInRefused("No sign-in provider is configured here.")
    return desk.party


def _only_once(request: PageRequest) -> dict[str, str]:
    """The parameters of the answer; one that stands there twice says nothing."""
    given = request.query_params
    return {name: given[name] for name in given if len(given.getall(name)) == 1}


def _sign_in_cookie(cookies: Cookies, secret: str) -> Cookie:
    return _cookie(cookies, cookies.sign_in, secret, 3600)


def _gone(cookies: Cookies, name: str) -> Cookie:
    return _cookie(cookies, name, "", 0)


def _cookie(cookies: Cookies, name: str, value: str, lasts: int) -> Cookie:
    return Cookie(
        key=name,
        value=value,
        max_age=lasts,
        path="/",
        secure=cookies.is_secure,
        httponly=True,
        samesite="lax",
    )
