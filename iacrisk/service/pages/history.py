"""Everything that was judged, of all workspaces or of one, page by page."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from litestar import Response, get
from litestar.exceptions import ClientException

from iacrisk.service.pages.desk import desk_of
from iacrisk.service.pages.rendering import page
from iacrisk.service.people.guard import PageRequest, visit_of
from iacrisk.service.storage.assessments import list_history, list_recent, list_workspaces

_ON_A_PAGE: Final = 50
_LAST_PAGE: Final = 10_000


@get("/history")
async def list_what_was(
    request: PageRequest,
) -> Response[str]:
    """What was judged, the newest first."""
    desk, number, asked = desk_of(request), _page_number(request), request.query_params
    organisation, workspace = asked.get("organisation", ""), asked.get("workspace")
    skip, limit = (number - 1) * _ON_A_PAGE, _ON_A_PAGE + 1
    if workspace is not None:
        place = organisation, workspace
        items = await desk.ask(lambda found: list_history(found, *place, limit, skip))
        base = "/history?" + urlencode({"organisation": place[0], "workspace": place[1]}) + "&"
    else:
        items = await desk.ask(lambda found: list_recent(found, limit, skip))
        base = "/history?"
    return page(
        request,
        "history.html",
        items=items[:_ON_A_PAGE],
        has_more=len(items) > _ON_A_PAGE,
        number=number,
        base=base,
        chosen=workspace is not None,
        organisation=organisation,
        workspace=workspace or "",
        workspaces=[] if workspace is not None else await desk.ask(list_workspaces),
        now=visit_of(request).now,
    )


def _page_number(request: PageRequest) -> int:
    """Which page of the list; the first is 1."""
    stated = request.query_params.get("page", "1")
    if stated.isascii() and stated.isdigit() and 1 <= int(stated[:9]) <= _LAST_PAGE:
        return int(stated)
    raise ClientException("There is no such page.")
