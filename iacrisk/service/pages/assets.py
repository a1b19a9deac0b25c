"""Style and scripts, under names that change with their text."""

from __future__ import annotations

from litestar import Response, get

from iacrisk.service.pages.failures import NoSuchPage
from iacrisk.service.pages.rendering import ASSETS, asset_address
from iacrisk.service.people.guard import PageRequest


@get("/assets/{digest:str}/{name:str}", opt={"public": True}, sync_to_thread=False)
def asset(request: PageRequest) -> Response[str]:
    """A style sheet or a script; browsers keep it."""
    name = request.path_params["name"]
    if name not in ASSETS or asset_address(name) != request.url.path:
        raise NoSuchPage("There is no such file any more.")
    kind, text = ASSETS[name]
    keep = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(text(), media_type=kind, headers=keep)
