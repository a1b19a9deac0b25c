"""Who signed in, and which role an administrator gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response, get, post

from iacrisk.audit import Event
from iacrisk.service.pages.desk import desk_of, see_other
from iacrisk.service.pages.failures import NoSuchPage, TooLate
from iacrisk.service.pages.rendering import page
from iacrisk.service.people.guard import PageRequest, person_here, visit_of
from iacrisk.service.people.roles import Role
from iacrisk.service.people.sessions import NOBODY
from iacrisk.service.storage import people as stored
from iacrisk.service.storage.audit import record_event

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ADMIN: Final[dict[str, Any]] = {"role": Role.ADMIN}
_ROLES: Final = (
    ("", "as the provider says"),
    *((role.value, role.value) for role in Role),
    (NOBODY, "no entry"),
)


@get("/people", opt=_ADMIN)
async def list_people(request: PageRequest) -> Response[str]:
    """Everybody who signed in."""
    found = await desk_of(request).ask(stored.list_people)
    me = person_here(request).person
    mine = stored.person_id(me.issuer, me.subject)
    return page(request, "people.html", people=found, roles=_ROLES, my_id=mine)


@post("/people/{person:str}", opt=_ADMIN)
async def give_role(request: PageRequest) -> Response[Any]:
    """Give somebody a role; nobody changes their own, so that an administrator is left."""
    person, role = request.path_params["person"], visit_of(request).form.get("role", "?")
    if role not in dict(_ROLES):
        raise NoSuchPage("There is no such role.")
    me = person_here(request).person
    if person == stored.person_id(me.issuer, me.subject):
        raise TooLate("Nobody changes their own role.")

    def give(connection: Connection) -> None:
        found = stored.find_person(connection, person)
        if found is None:
            raise NoSuchPage("Nobody of that id signed in.")
        if role == NOBODY:
            stored.close_sessions_of(connection, person)
        stored.give_role(connection, person, role)
        data = {"of": found.name, "issuer": found.issuer, "role": role, "by": me.name}
        record_event(connection, Event(kind="role", data=data), visit_of(request).now)

    await desk_of(request).ask(give)
    return see_other("/people")
