"""I17 on Azure: policies that block everybody."""

from __future__ import annotations

from typing import Any, Final

from iacrisk.plan import Path, lookup

Values = dict[str, Any]
Denied = tuple[str, str] | None
"""What is denied, and the argument that says so."""


def conditional_access(values: Values) -> Denied:
    """Whether a conditional access policy that is enforced blocks everybody from everything."""
    if values.get("state") != "enabled" or "block" not in _at(values, _CONTROLS):
        return None
    users, applications = lookup(values, _USERS), lookup(values, _APPLICATIONS)
    if not isinstance(users, dict) or not isinstance(applications, dict):
        return None
    places = lookup(values, ("conditions", 0, "locations", 0, "included_locations"))
    spared = any(value for name, value in users.items() if name.startswith("excluded_"))
    spared |= bool(lookup(values, ("conditions", 0, "locations", 0, "excluded_locations")))
    narrow = bool(places) and places != ["All"]
    narrow |= any(lookup(values, ("conditions", 0, name)) for name in _NARROWING)
    narrow |= not is_every_client(_at(values, ("conditions", 0, "client_app_types")))
    all_users = "All" in _words(users.get("included_users"))
    if not all_users or "All" not in _words(applications.get("included_applications")):
        return None
    if spared or narrow or applications.get("excluded_applications"):
        return None
    return "All users are blocked from all applications, administrators too.", "conditions"


_CONTROLS: Final[Path] = ("grant_controls", 0, "built_in_controls")
_USERS: Final[Path] = ("conditions", 0, "users", 0)
_APPLICATIONS: Final[Path] = ("conditions", 0, "applications", 0)
_NARROWING: Final = ("devices", "platforms", "sign_in_risk_levels", "user_risk_levels")


def _words(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _at(values: Values, path: Path) -> list[Any]:
    return _words(lookup(values, path))


def is_every_client(types: list[Any]) -> bool:
    """Whether a policy holds however one signs in, and not for old ways to sign in alone."""
    return not types or "all" in types or {"browser", "mobileAppsAndDesktopClients"} <= {*types}


def web_filter(values: Values) -> Denied:
    """Whether a rule of a web application firewall policy blocks every request."""
    for name in ("custom_rule", "custom_rules"):
        for item in _words(values.get(name)):
            if isinstance(item, dict) and _blocks_all(item):
                return "Every request is blocked.", name
    return None


def _blocks_all(item: Values) -> bool:
    if str(item.get("action")).lower() != "block" or item.get("enabled") is False:
        return False
    conditions = item.get("match_condition") or item.get("match_conditions")
    found = [one for one in _words(conditions) if isinstance(one, dict)]
    return bool(found) and all(map(_matches_all, found))


_EVERY_ADDRESS: Final = frozenset({"0.0.0.0/0", "::/0", "*"})


def _matches_all(condition: Values) -> bool:
    negated = bool(condition.get("negation_condition"))
    operator = str(condition.get("operator")).lower()
    values = set(_words(condition.get("match_values")))
    if operator == "any":
        return not negated
    return operator == "ipmatch" and not negated and bool(values & _EVERY_ADDRESS)
