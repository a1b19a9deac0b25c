"""BL-loginshut, BL-callergone: whom a change turns away could not come in, or is not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from iacrisk.plan import ResourceChange
from iacrisk.rules.benign.served.data.leftovers import is_named
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.mesh_callers import callers, let_in, services_named, turned_away
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import texts

_SWITCHES: Final[dict[str, tuple[str, frozenset[Any]]]] = {
    "azuread_service_principal": ("account_enabled", frozenset({False})),
    "keycloak_openid_client": ("enabled", frozenset({False})),
    "keycloak_saml_client": ("enabled", frozenset({False})),
    "okta_app_auto_login": ("status", frozenset({"INACTIVE"})),
    "okta_app_oauth": ("status", frozenset({"INACTIVE"})),
    "okta_app_saml": ("status", frozenset({"INACTIVE"})),
    "okta_app_swa": ("status", frozenset({"INACTIVE"})),
    "okta_user": ("status", frozenset({"DEPROVISIONED"})),
}
"""Arguments that shut a login, and the values with which they do."""

_FLOWS: Final[dict[str, tuple[str, ...]]] = {
    "auth0_client": ("callbacks", "grant_types"),
    "keycloak_openid_client": (
        "direct_access_grants_enabled",
        "implicit_flow_enabled",
        "oauth2_device_authorization_grant_enabled",
        "service_accounts_enabled",
        "standard_flow_enabled",
    ),
}
"""All the ways to log in by a client; where none is open, nobody does."""

_NEEDED: Final = {"auth0_client": "grant_types", "keycloak_openid_client": "standard_flow_enabled"}
"""The way that the provider always tells of."""

LOGINS: Final = frozenset({*_SWITCHES, *_FLOWS})
_PARTS: Final[dict[str, str]] = {
    "auth0_client_grant": "client_id",
    "auth0_connection_client": "client_id",
    "okta_app_group_assignment": "app_id",
    "okta_app_group_assignments": "app_id",
    "okta_app_user": "app_id",
}
"""What gives a login something, and the argument that names it."""

PARTS: Final = frozenset(_PARTS)
_LISTS: Final[dict[str, str]] = {"auth0_connection_clients": "enabled_clients"}
LISTS: Final = frozenset(_LISTS)


def why_login_shut(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses a login, or a part of it: it let nobody in."""
    if change.type in LOGINS:
        names = {str(change.before.get(name)) for name in ("client_id", "id")} - {"None", ""}
        if is_shut(change) and not any(is_named(name, change, context) for name in names):
            return "nobody could log in by it, and nothing that stays names it"
        return None
    login = _shut(context).get(str(change.before.get(_PARTS[change.type])))
    return f"nobody could log in by {login}" if login else None


def why_shut_left_out(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the clients that leave a list: they let nobody in."""
    argument = _LISTS[change.type]
    if change.changed != {argument} or holds_unknown(change.after.get(argument)):
        return None
    stay = texts(change.after.get(argument))
    gone = [name for name in texts(change.before.get(argument)) if name not in stay]
    if gone and stay and all(name in _shut(context) for name in gone):
        return "nobody could log in by the clients that go"
    return None


def is_shut(change: ResourceChange) -> bool:
    """Whether nobody can log in by it today."""
    values = change.before
    argument, shut = _SWITCHES.get(change.type, ("", frozenset()))
    if argument and values.get(argument) in shut:
        return True
    return change.type in _FLOWS and _has_no_flow(change.type, values)


def _has_no_flow(type_name: str, values: Mapping[str, Any]) -> bool:
    if values.get(_NEEDED[type_name]) not in ([], False):
        return False
    return not any(values.get(name) for name in _FLOWS[type_name])


def _shut(context: Context) -> dict[str, str]:
    """The logins by which nobody comes in, by their ids."""

    def build() -> dict[str, str]:
        return {
            str(one.before[name]): one.label
            for one in context.changes_of(*sorted(LOGINS))
            if is_shut(one)
            for name in ("client_id", "id")
            if one.before.get(name)
        }

    return once(context.plan, "logins that are shut", build)


def why_caller_gone(change: ResourceChange, context: Context) -> str | None:
    """Why nobody is turned away: the caller is no service of the plan, which shows the others."""
    before, after = (callers(change.type, side) for side in (change.before, change.after))
    if before is None or after is None:
        return None
    gone, stay = turned_away(before, after), let_in(after)
    if not gone or not stay or "*" in gone or stay.intersection(gone):
        return None
    if not all(services_named(name, context) for name in stay):
        return None
    if any(services_named(name, context) or is_named(name, change, context) for name in gone):
        return None
    return "the plan shows every other caller, and nothing of the one that goes"
