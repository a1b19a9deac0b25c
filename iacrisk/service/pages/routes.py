"""Every page of the service, behind one guard."""

from __future__ import annotations

from typing import Final

from litestar import Router

from iacrisk.service.pages import assessment, assets, audit, history, people, signing_in, waiting
from iacrisk.service.pages.desk import look_at
from iacrisk.service.pages.failures import HANDLERS

_LARGEST_FORM: Final = 64 * 1024


def page_routes() -> Router:
    """The reviewer pages."""
    return Router(
        path="/",
        route_handlers=[
            assets.asset,
            signing_in.ask_who,
            signing_in.sign_in_by_token,
            signing_in.leave_for_provider,
            signing_in.come_from_provider,
            signing_in.sign_out,
            waiting.list_what_waits,
            assessment.show_assessment,
            assessment.decide,
            history.list_what_was,
            people.list_people,
            people.give_role,
            audit.show_log,
            audit.export_log,
        ],
        before_request=look_at,
        exception_handlers=HANDLERS,
        request_max_body_size=_LARGEST_FORM,
        include_in_schema=False,
    )
