"""Failures as pages: what went wrong, in words, and where to go from there."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from litestar import Response
from litestar.exceptions import HTTPException

from iacrisk.errors import IacriskError, SignInRefused
from iacrisk.service.pages.desk import see_other
from iacrisk.service.pages.rendering import page
from iacrisk.service.people.guard import ForgedForm, MayNot, NotSignedIn, PageRequest
from iacrisk.service.people.throttle import TooManyTries

if TYPE_CHECKING:
    from litestar.types import ExceptionHandlersMap

_LOG: Final = logging.getLogger(__name__)
_TITLES: Final = {
    400: "That was not understood",
    403: "Not allowed",
    404: "There is no such page",
    405: "Not possible here",
    409: "It was decided meanwhile",
    413: "Too much was sent",
    429: "Wait a while",
    500: "Something broke here",
}


class NoSuchPage(IacriskError):
    """What was asked for is not there, or not any more."""


class TooLate(IacriskError):
    """What was asked for cannot be done any more."""


def failure(request: PageRequest, status: int, text: str, retry: bool = False) -> Response[str]:
    """The page on a failure."""
    title = _TITLES.get(status, "That did not work")
    return page(request, "failure.html", status=status, title=title, text=text, retry=retry)


def _not_signed_in(request: PageRequest, _: NotSignedIn) -> Response[Any]:
    wanted = request.url.path if request.method == "GET" else "/"
    return see_other("/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted)}")


def _may_not(request: PageRequest, error: IacriskError) -> Response[Any]:
    return failure(request, 403, str(error))


def _refused(request: PageRequest, error: SignInRefused) -> Response[Any]:
    _LOG.warning("sign-in refused: %s", error)
    return failure(request, 403, str(error), retry=True)


def _too_many(request: PageRequest, error: TooManyTries) -> Response[Any]:
    seconds = int(error.wait.total_seconds())
    answer = failure(request, 429, f"{error} Try again in {seconds // 60} minutes.")
    answer.set_header("Retry-After", str(seconds))
    return answer


def _missing(request: PageRequest, error: IacriskError) -> Response[Any]:
    return failure(request, 404, str(error))


def _too_late(request: PageRequest, error: IacriskError) -> Response[Any]:
    return failure(request, 409, str(error))


def _by_status(request: PageRequest, error: HTTPException) -> Response[Any]:
    return failure(request, error.status_code, _TITLES.get(error.status_code, error.detail) + ".")


def _broken(request: PageRequest, error: Exception) -> Response[Any]:
    _LOG.error("a page failed", exc_info=error)
    return failure(request, 500, "It is in the log. Nothing was decided by this request.")


def page_not_found(request: PageRequest, error: HTTPException) -> Response[Any]:
    """No route fits: as JSON for programs, as a page for people."""
    if request.url.path.startswith("/v1/"):
        return Response({"status_code": 404, "detail": error.detail}, status_code=404)
    return failure(request, 404, "Perhaps it was moved, or the address is not complete.")


HANDLERS: Final[ExceptionHandlersMap] = {
    NotSignedIn: _not_signed_in,
    MayNot: _may_not,
    ForgedForm: _may_not,
    SignInRefused: _refused,
    TooManyTries: _too_many,
    NoSuchPage: _missing,
    TooLate: _too_late,
    HTTPException: _by_status,
    Exception: _broken,
}
