"""BL-boundarykept: a boundary that gets narrower, and still holds all that its roles may do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog.permissions import POLICY_ATTACHMENTS
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.policy_document import (
    EMPTY,
    Effect,
    Grant,
    Policy,
    grants_removed,
    parse_policy,
)
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.effective_access import access_of
from iacrisk.rules.readers.access.policy_changes import policies_now
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

_BOUNDARY: Final = "permissions_boundary"
_KNOWN: Final = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
"""A policy of AWS whose actions are read."""


def why_boundary_holds(change: ResourceChange, context: Context) -> str | None:
    """Why nobody loses anything: all that the policies of its roles allow lies within it."""
    rest = change.changed - {"policy"}
    if "policy" not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    before, after = (parse_policy(tree.get("policy")) for tree in (change.before, change.after))
    arn = change.before.get("arn")
    if before is None or after is None or not isinstance(arn, str) or not arn:
        return None
    lost = grants_removed(before, after)
    if any(one.effect is Effect.DENY for one in lost):
        return None
    services = {_service(one) for one in lost}
    bounded = [one for one in context.plan.changes if _names(one, arn) and one is not change]
    if not bounded or not all(_is_bounded(one, arn) for one in bounded):
        return None
    for one in bounded:
        held = _held(one, context)
        if held is None or any(_is_of(it, services) for it in _beyond(held, after)):
            return None
    return "all that the policies of its roles allow is still within it"


def _names(one: ResourceChange, arn: str) -> bool:
    needle = arn.encode()
    return needle in bytes(one.raw.change.after) or needle in bytes(one.raw.change.before)


def _is_bounded(one: ResourceChange, arn: str) -> bool:
    """Whether it is a role with this boundary, today and afterwards, and nothing else."""
    same = one.before.get(_BOUNDARY) == one.after.get(_BOUNDARY) == arn
    return one.type == "aws_iam_role" and stays(one) and same


def _held(role: ResourceChange, context: Context) -> Policy | None:
    """All that its policies say after the plan; None where one of them is not in the plan."""
    access, name = access_of(context), str(role.before.get("name"))
    if not access.knows(f"role/{name}"):
        return None
    attached = [
        *texts(role.after.get("managed_policy_arns")),
        *(
            text
            for one in context.changes_of(*sorted(POLICY_ATTACHMENTS))
            if one.kind is not ActionKind.DELETE
            and name in texts(one.after.get("role"), one.after.get("roles"))
            for text in texts(one.after.get("policy_arn"))
        ),
    ]
    if not all(it == _KNOWN or access.shows_policy(it) for it in attached):
        return None
    inline = policies_now(role, role.after) or EMPTY
    return Policy((*access.after(f"role/{name}").statements, *inline.statements))


def _beyond(held: Policy, boundary: Policy) -> Iterator[Grant]:
    """What the policies allow and the boundary does not."""
    return (one for one in grants_removed(held, boundary) if one.effect is Effect.ALLOW)


def _service(grant: Grant) -> str:
    """The service of the action; `*` for all, or all but some."""
    name = grant.action.patterns[0].partition(":")[0].lower()
    return "*" if grant.action.negated or "*" in name or "?" in name else name


def _is_of(grant: Grant, services: set[str]) -> bool:
    """Whether the grant may be about one of the services."""
    return _service(grant) in {"*", *services} or "*" in services
