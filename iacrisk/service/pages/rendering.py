"""Templates to answers."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from litestar import MediaType, Response

from iacrisk import __version__
from iacrisk.report.page.render import environment, script, style
from iacrisk.report.plain import visible
from iacrisk.service.people.guard import FORM_TOKEN, PageRequest, Visit
from iacrisk.service.people.roles import Role
from iacrisk.service.storage.assessments import State

_HERE: Final = Path(__file__).parent
WAYS: Final = (
    ("/", "Waiting", Role.VIEWER),
    ("/history", "History", Role.VIEWER),
    ("/people", "People", Role.ADMIN),
    ("/audit", "Audit", Role.ADMIN),
)
"""The head of every page: where to, in words, for whom."""
_STATES: Final = {
    State.RECEIVED: "to be judged",
    State.SCORING: "being judged",
    State.WAITING: "waiting",
    State.ALLOWED: "allowed by the gate",
    State.APPROVED: "approved",
    State.REJECTED: "rejected",
    State.BLOCKED: "blocked",
    State.FAILED: "not judged",
    State.NOTED: "noted",
    State.SUPERSEDED: "superseded by a newer run",
}


def page(request: PageRequest, template: str, status: int = 200, **values: Any) -> Response[str]:
    """An answer with this template; it knows who is here, and the token for forms."""
    visit: Visit | None = request.state.get("visit")
    me = visit.session if visit else None
    ways = [(to, words) for to, words, role in WAYS if me and me.role.includes(role)]
    shown = {"form_token": me.form_token if me else "", "me": me, "ways": ways, **values}
    text = _environment().get_template(template).render(path=request.url.path, **shown)
    return Response(text, status_code=status, media_type=MediaType.HTML)


def service_style() -> str:
    """What our pages have beside the report's style."""
    return (_HERE / "assets" / "service.css").read_text("utf-8")


ASSETS: Final[dict[str, tuple[str, Callable[[], str]]]] = {
    "page.css": ("text/css", style),
    "page.js": ("text/javascript", script),
    "service.css": ("text/css", service_style),
}


@cache
def asset_address(name: str) -> str:
    """Where an asset is served: a path that changes with its text, so that it may be kept."""
    digest = sha256(ASSETS[name][1]().encode()).hexdigest()[:16]
    return f"/assets/{digest}/{name}"


def moment(value: datetime.datetime | None) -> str:
    """A moment for people."""
    if value is None:
        return ""
    return value.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")


def ago(value: datetime.datetime | None, now: datetime.datetime) -> str:
    """How long ago that was, in one unit."""
    if value is None:
        return ""
    seconds = max(0, int((now - value).total_seconds()))
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            number = seconds // length
            return f"{number} {unit}{'s' if number > 1 else ''}"
    return "a moment"


def one_line(text: str, longest: int) -> str:
    """A text from outside on one line, without characters that cannot be seen."""
    found = visible(" ".join(text.split()))
    return found if len(found) <= longest else found[: longest - 1] + "…"


def state_words(state: State) -> str:
    """How far an assessment is, for people."""
    return _STATES[state]


@cache
def _environment() -> Any:
    """Our templates and, behind them, those of the report."""
    made = environment(_HERE / "templates")
    made.filters.update(moment=moment, ago=ago, one_line=one_line, state_words=state_words)
    made.globals.update(
        version=__version__,
        form_token_field=FORM_TOKEN,
        assets={name: asset_address(name) for name in ASSETS},
    )
    return made
