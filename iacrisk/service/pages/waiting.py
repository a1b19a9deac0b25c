"""The first page: what waits for a decision, and what was decided lately."""

from __future__ import annotations

from litestar import Response, get

from iacrisk.service.pages.desk import desk_of
from iacrisk.service.pages.rendering import page
from iacrisk.service.people.guard import PageRequest, visit_of
from iacrisk.service.storage.assessments import State, list_recent, list_waiting

_LATELY = 10


@get("/")
async def list_what_waits(request: PageRequest) -> Response[str]:
    """What waits, the longest first."""
    desk = desk_of(request)
    waiting = await desk.ask(list_waiting)
    recent = await desk.ask(lambda found: list_recent(found, limit=_LATELY + len(waiting)))
    others = [item for item in recent if item.state is not State.WAITING]
    return page(
        request,
        "waiting.html",
        waiting=waiting,
        recent=others[:_LATELY],
        now=visit_of(request).now,
    )
