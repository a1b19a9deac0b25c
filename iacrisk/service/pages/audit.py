"""The audit log for administrators: how far it goes, and the file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Final

from litestar import Response, get
from litestar.response import Stream

from iacrisk.service.pages.desk import Desk, desk_of
from iacrisk.service.pages.rendering import page
from iacrisk.service.people.guard import PageRequest, visit_of
from iacrisk.service.people.roles import Role
from iacrisk.service.storage.audit import read_entries, read_head

_ADMIN: Final[dict[str, Any]] = {"role": Role.ADMIN}


@get("/audit", opt=_ADMIN)
async def show_log(request: PageRequest) -> Response[str]:
    """How many entries there are, and the last digest, to be kept somewhere else."""
    number, digest = await desk_of(request).ask(read_head)
    return page(request, "audit.html", number=number, digest=digest)


@get("/audit/export", opt=_ADMIN)
async def export_log(request: PageRequest) -> Stream:
    """The log as a file for `iacrisk audit verify`."""
    day = visit_of(request).now.date().isoformat()
    return Stream(
        _lines(desk_of(request)),
        media_type="application/jsonl",
        headers={"Content-Disposition": f'attachment; filename="iacrisk-audit-{day}.jsonl"'},
    )


async def _lines(desk: Desk) -> AsyncIterator[bytes]:
    """All lines, some at a time."""
    last = 0
    while lines := await desk.ask(partial(read_entries, after=last)):
        for number, line in lines:
            last = number
            yield line
