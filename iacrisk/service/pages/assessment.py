"""One assessment: what would happen, who is hit, and the decision on it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from litestar import Response, get, post

from iacrisk.errors import DecisionRefused
from iacrisk.report.page.values import PageView
from iacrisk.service import deciding
from iacrisk.service.pages.desk import desk_of, see_other
from iacrisk.service.pages.failures import NoSuchPage, TooLate
from iacrisk.service.pages.rendering import page
from iacrisk.service.people.guard import PageRequest, person_here, visit_of
from iacrisk.service.people.person import Person
from iacrisk.service.people.roles import Role
from iacrisk.service.storage.assessments import (
    Assessed,
    find_assessment,
    read_view,
)
from iacrisk.service.storage.decisions import Decided, decisions_about, decisions_on
from iacrisk.service.workflow import decision_taken

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """How a held plan stands, for the page: what is missing, and what this person may do.

    `own`: the id of their own decision, which they may withdraw.
    """

    missing: tuple[str, ...] = ()
    own: str = ""
    may_approve: bool = False
    may_reject: bool = False
    why_not: str = ""


@get("/assessments/{wanted:str}")
async def show_assessment(request: PageRequest) -> Response[str]:
    """The page on one assessment."""
    return await _show(request)


@post("/assessments/{wanted:str}/decision", opt={"role": Role.APPROVER})
async def decide(request: PageRequest) -> Response[Any]:
    """Take the decision of whoever is signed in."""
    wanted, reason = request.path_params["wanted"], visit_of(request).form.get("reason", "")
    desk = desk_of(request)
    try:
        await desk.ask(_decision(request, wanted))
    except DecisionRefused as refusal:
        return await _show(request, problem=str(refusal), reason=reason, status=409)
    await decision_taken(request.app.state["engine"], wanted)
    return see_other(f"/assessments/{wanted}#decide")


def _decision(request: PageRequest, wanted: str) -> Callable[[Connection], None]:
    """What takes the decision in a form."""
    visit, identity = visit_of(request), identity_of(person_here(request).person)
    choice, reason = visit.form.get("choice", ""), visit.form.get("reason", "")

    def take(connection: Connection) -> None:
        if _found(connection, wanted).fingerprint != visit.form.get("fingerprint"):
            raise TooLate("The plan was judged anew. Look at it again.")
        match choice:
            case "approve":
                deciding.approve(connection, wanted, identity, reason, visit.now)
            case "reject":
                deciding.reject(connection, wanted, identity, reason, visit.now)
            case "withdraw":
                own = visit.form.get("decision", "")
                deciding.withdraw(connection, wanted, own, identity, visit.now)
            case _:
                raise NoSuchPage("There is no such decision.")

    return take


def identity_of(person: Person) -> deciding.Identity:
    """Somebody who is signed in, as those know them who judge decisions."""
    return deciding.Identity(
        who=person.name, subject=person.subject, issuer=person.issuer, aliases=person.aliases
    )


async def _show(
    request: PageRequest, problem: str = "", reason: str = "", status: int = 200
) -> Response[str]:
    wanted = request.path_params["wanted"]
    session, now = person_here(request), visit_of(request).now

    def ask(connection: Connection) -> tuple[Assessed, bytes | None, Sequence[Decided], Outlook]:
        item = _found(connection, wanted)
        decided = _decisions(connection, item)
        identity = identity_of(session.person)
        outlook = _outlook(connection, item, identity, session.role, now)
        return item, read_view(connection, wanted), decided, outlook

    item, view, decided, outlook = await desk_of(request).ask(ask)
    return page(
        request,
        "assessment.html",
        status=status,
        item=item,
        view=msgspec.json.decode(view, type=PageView) if view else None,
        decisions=decided,
        standing=outlook,
        run_link=item.run_url if urlsplit(item.run_url).scheme == "https" else "",
        now=now,
        problem=problem,
        reason=reason,
    )


def _decisions(connection: Connection, item: Assessed) -> Sequence[Decided]:
    """What was decided on it and, while it counts, on earlier runs of the same plan."""
    found = [*decisions_on(connection, item.id), *decisions_about(connection, item)]
    return sorted({each.id: each for each in found}.values(), key=lambda each: each.at)


def _outlook(
    connection: Connection,
    item: Assessed,
    identity: deciding.Identity,
    role: Role,
    now: datetime.datetime,
) -> Outlook:
    standing = deciding.review(connection, item.id, now)
    if standing is None or item.state not in deciding.DECIDABLE:
        return Outlook()
    missing = () if standing.is_approved or standing.rejected else standing.outcome.missing
    if not role.includes(Role.APPROVER):
        return Outlook(missing=missing, why_not=f"Your role, {role}, may look but not decide.")
    own = [
        each
        for each in decisions_on(connection, item.id)
        if (each.issuer, each.subject) == (identity.issuer, identity.subject)
        and each.revoked_at is None
    ]
    if own:
        return Outlook(missing=missing, own=own[-1].id)
    if standing.rejected:
        stays = f"It stays rejected until {standing.rejected.who} withdraws that."
        return Outlook(missing=missing, why_not=stays)
    if standing.is_approved:
        return Outlook(missing=missing, may_reject=True)
    why_not = deciding.why_not_approve(connection, item.id, identity, now)
    return Outlook(missing=missing, may_approve=not why_not, may_reject=True, why_not=why_not)


def _found(connection: Connection, wanted: str) -> Assessed:
    item = find_assessment(connection, wanted)
    if item is None:
        raise NoSuchPage("There is no such assessment, or it is not kept any more.")
    return item
