"""I17 on Azure: policies that block everybody."""

from __future__ import annotations

from typing import Any, Final

from iacrisk.rules.readers.access.conditional_access import (
    blocks_sign_in,
    is_for_all,
    spared,
    spares_places,
)

Values = dict[str, Any]
Denied = tuple[str, str] | None
"""What is denied, and the argument that says so."""


def conditional_access(values: Values) -> Denied:
    """Whether a conditional access policy that is enforced blocks everybody from everything."""
    if not is_for_all(values) or not blocks_sign_in(values):
        return None
    if spared(values) or spares_places(values):
        return None
    return "All users are blocked from all applications, administrators too.", "conditions"


def _words(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


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
