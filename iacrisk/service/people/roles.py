"""What a person may do here, and how that follows from what the provider says of them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

import msgspec


class Role(enum.StrEnum):
    """Each role may do what the one before it may."""

    VIEWER = "viewer"
    APPROVER = "approver"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Whether whoever has this role may do what `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class RoleRules(msgspec.Struct, frozen=True, kw_only=True):
    """Which values of a claim give which role; `everyone` is for those who have none of them."""

    claim: str = "groups"
    admins: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()
    viewers: tuple[str, ...] = ()
    everyone: Role | None = None


def role_by_claims(claims: Mapping[str, Any], rules: RoleRules) -> Role | None:
    """The highest role that the claims give, None where they give none."""
    held = set(_texts(claim_at(claims, rules.claim)))
    if held & set(rules.admins):
        return Role.ADMIN
    if held & set(rules.approvers):
        return Role.APPROVER
    if held & set(rules.viewers):
        return Role.VIEWER
    return rules.everyone


def claim_at(claims: Mapping[str, Any], name: str) -> Any:
    """The claim of this name, or what lies at this dotted path (`realm_access.roles`)."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def _texts(value: Any) -> list[str]:
    """A claim as the texts in it; a single text is one of them, never several words."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]
