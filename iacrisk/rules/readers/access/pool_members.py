"""Grants to members of a pool of federated identities, and the accounts that they act as."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from iacrisk.catalog.permissions import Power
from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.access.cloud_grants import GOOGLE_IAM
from iacrisk.rules.readers.access.role_grant import RoleGrant
from iacrisk.rules.readers.access.role_grants import role_grants
from iacrisk.rules.readers.shapes import last_part

_POOL: Final = regex(
    r"^principal(?:Set)?://iam\.googleapis\.com/.*workloadIdentityPools/([^/]+)/(.+)$"
)
_ACCOUNT: Final = regex(r"serviceAccounts/([^/]+)$")
_ATTRIBUTE: Final = regex(r"^(attribute\.\w+|subject|group)/(.+)$")
_ACTS_AS: Final = frozenset({"serviceAccountTokenCreator", "workloadIdentityUser"})
_MAPPED: Final = {"group": "google.groups", "subject": "google.subject"}


class Bound(msgspec.Struct, frozen=True):
    """A grant to members of a pool: `who` is `*` for all, or an attribute with its value."""

    change: ResourceChange
    who: str
    grant: RoleGrant

    @property
    def attribute(self) -> str:
        """The attribute by which it tells who; "" where it is for the whole pool."""
        found = _ATTRIBUTE.match(self.who)
        return _MAPPED.get(found[1], found[1]) if found else ""

    @property
    def value(self) -> str:
        """What the attribute has to hold."""
        found = _ATTRIBUTE.match(self.who)
        return found[2] if found else ""


def bound_to(change: ResourceChange, context: Context) -> list[Bound]:
    """The grants of the plan to members of the pool that a provider fills."""
    pool = change.after.get("workload_identity_pool_id") or change.before.get(
        "workload_identity_pool_id"
    )
    return once(context.plan, "bound to pools", lambda: _find_bound(context)).get(str(pool), [])


def _find_bound(context: Context) -> dict[str, list[Bound]]:
    found: dict[str, list[Bound]] = {}
    for change, grant in _google_grants(context):
        matched = _POOL.match(grant.principal)
        if matched:
            found.setdefault(matched[1], []).append(Bound(change, matched[2], grant))
    return found


def _google_grants(context: Context) -> list[tuple[ResourceChange, RoleGrant]]:
    return once(
        context.plan,
        "grants of Google after the plan",
        lambda: [
            (change, grant)
            for change in context.plan.changes
            if GOOGLE_IAM.match(change.type) and change.kind is not ActionKind.DELETE
            for grant in sorted(
                role_grants(change.type, change.after or change.before), key=lambda one: one.text
            )
        ],
    )


def concerned(bound: Iterable[Bound], context: Context) -> Iterator[str]:
    """The grants, and the service accounts that they are on."""
    accounts = {
        last_part(one.before.get("name")): one.label
        for one in context.changes_of("google_service_account")
    }
    for one in bound:
        yield one.change.label
        account = account_of(one)
        if account in accounts:
            yield accounts[account]


def account_of(bound: Bound) -> str:
    """The address of the service account that members act as; "" where the right is their own."""
    found = _ACCOUNT.search(str(bound.change.after.get("service_account_id")))
    return found[1] if found else ""


def strong_rights(bound: Bound, context: Context) -> list[ResourceChange]:
    """The grants by which members of the pool administer a service, or all of the estate."""
    account = account_of(bound)
    if not account:
        return [bound.change] if bound.grant.power >= Power.STRONG else []
    if bound.grant.role.rpartition(".")[2] not in _ACTS_AS:
        return []
    return [
        change
        for change, grant in _google_grants(context)
        if grant.principal == f"serviceAccount:{account}" and grant.power >= Power.STRONG
    ]
