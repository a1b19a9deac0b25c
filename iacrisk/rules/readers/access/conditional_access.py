"""Conditional access policies of Entra ID: whether they hold for everybody, and whom they spare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from iacrisk.plan import lookup
from iacrisk.rules.readers.shapes import blocks, first_block, texts

Values = Mapping[str, Any]

_NARROWING: Final = ("devices", "platforms", "sign_in_risk_levels", "user_risk_levels")
_SPARED: Final = ("excluded_users", "excluded_groups", "excluded_roles")
_EVERY_CLIENT: Final = frozenset({"browser", "mobileAppsAndDesktopClients"})


def is_for_all(values: Values) -> bool:
    """Whether it is enforced for every user and application, however one signs in."""
    condition = _conditions(values)
    if values.get("state") != "enabled" or not condition or not values.get("grant_controls"):
        return False
    clients = texts(condition.get("client_app_types"))
    if any(condition.get(name) for name in _NARROWING) or not _is_every_client(clients):
        return False
    places = texts(
        *(block.get("included_locations") for block in blocks(condition.get("locations")))
    )
    applications = first_block(condition.get("applications"))
    if places not in ([], ["All"]) or applications.get("excluded_applications"):
        return False
    return "All" in texts(applications.get("included_applications")) and "All" in texts(
        users_of(values).get("included_users")
    )


def blocks_sign_in(values: Values) -> bool:
    """Whether whoever it holds for cannot sign in at all."""
    return "block" in texts(first_block(values.get("grant_controls")).get("built_in_controls"))


def spared(values: Values) -> frozenset[str]:
    """The users, groups and roles that it leaves out, and "guests" where it leaves them out."""
    users = users_of(values)
    guests = users.get("excluded_guests_or_external_users")
    return frozenset(texts(*map(users.get, _SPARED))) | (
        frozenset({"guests"}) if guests else frozenset()
    )


def spares_places(values: Values) -> bool:
    """Whether it leaves out those who are somewhere."""
    places = blocks(_conditions(values).get("locations"))
    return any(place.get("excluded_locations") for place in places)


def users_of(values: Values) -> Values:
    """The block that says who is meant; {} where it is missing or not known yet."""
    return first_block(_conditions(values).get("users"))


def _conditions(values: Values) -> Values:
    found = lookup(values, ("conditions", 0))
    return found if isinstance(found, dict) else {}


def _is_every_client(types: list[str]) -> bool:
    """Whether a policy holds however one signs in, and not for old ways to sign in alone."""
    return not types or "all" in types or {*types} >= _EVERY_CLIENT
