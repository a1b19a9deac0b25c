"""Policies for sign-ins at Entra: whom they spare."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create
from tests.rules.served.worlds import pair, stay, trap


def _policy(state: str, *spared: str, control: str = "block", **conditions: Any) -> Json:
    users = {
        "included_users": ["All"],
        "excluded_users": [],
        "excluded_groups": list(spared),
        "excluded_roles": [],
    }
    return {
        "display_name": "policy",
        "state": state,
        "conditions": [
            {
                "client_app_types": ["all"],
                "applications": [{"included_applications": ["All"], "excluded_applications": []}],
                "users": [users],
                "locations": [],
                **conditions,
            }
        ],
        "grant_controls": [{"operator": "OR", "built_in_controls": [control]}],
    }


_OFFICES: Final[list[Json]] = [{"included_locations": ["All"], "excluded_locations": ["loc1"]}]
_EMERGENCY: Final = stay(
    "azuread_group.emergency", id="/groups/g-em", object_id="g-em", members=["u-1"]
)
_PERSON: Final = stay("azuread_user.emergency", id="/users/u-1", object_id="u-1")
_STAFF: Final = stay("azuread_group.staff", id="/groups/g-st", object_id="g-st", members=[])
_SECOND: Final = stay(
    "azuread_conditional_access_policy.mfa", id="p1", **_policy("enabled", "g-em", control="mfa")
)
_ADDED: Final = "azuread_conditional_access_policy.places"

SIGN_INS: Final = [
    pair(
        "A policy blocks sign-ins from outside at once and spares nobody, or only reports",
        create(_ADDED, _policy("enabled", locations=_OFFICES)),
        create(_ADDED, _policy("enabledForReportingButNotEnforced", locations=_OFFICES)),
        _SECOND, _EMERGENCY, _PERSON, _STAFF,
    ),
    pair(
        "A policy demands known devices of everybody, or of all but the emergency accounts",
        create(_ADDED, _policy("enabled", control="compliantDevice")),
        create(_ADDED, _policy("enabled", "g-em", control="compliantDevice")),
        _SECOND, _EMERGENCY, _PERSON, _STAFF,
    ),
    pair(
        "A policy blocks all ways to sign in outside, or the old ones alone",
        create(_ADDED, _policy("enabled", locations=_OFFICES)),
        create(_ADDED, _policy("enabled", client_app_types=["exchangeActiveSync", "other"])),
        _EMERGENCY,
    ),
]  # fmt: skip

SIGN_IN_TRAPS: Final = [
    trap(
        "The only policy of the plan blocks all but the offices, and spares nobody",
        create(_ADDED, _policy("enabled", locations=_OFFICES)),
        _STAFF,
    ),
]  # fmt: skip
