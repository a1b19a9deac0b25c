"""Rules of Okta's sign-on policies: in which order they are asked, for whom, and for what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.values import mapping
from iacrisk.rules.context import Context
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

SIGN_ON_RULES: Final = frozenset({"okta_app_signon_policy_rule", "okta_policy_rule_signon"})
_APPS: Final = (
    "okta_app_auto_login",
    "okta_app_bookmark",
    "okta_app_oauth",
    "okta_app_saml",
    "okta_app_swa",
)
_EVERYBODY: Final = ("", "ANYWHERE")
_NARROWING: Final = (
    "custom_expression",
    "device_assurances_included",
    "device_is_managed",
    "device_is_registered",
    "identity_provider_ids",
    "platform_include",
    "user_types_included",
    "users_included",
)
"""Conditions by which a rule is for few only."""

_STRENGTHS: Final = ("deviceBound", "hardwareProtection", "phishingResistant", "userPresence")


def overtaken(change: ResourceChange, context: Context) -> Iterator[ResourceChange]:
    """The rules of the policy that stand behind it, and did not before."""
    place = _number(change.after.get("priority"))
    if place is None:
        return
    was = _number(change.before.get("priority")) if change.kind is ActionKind.UPDATE else None
    same = was is not None and lets_in(change.before) == lets_in(change.after)
    for one in context.changes_of(change.type):
        theirs, before = (_number(side.get("priority")) for side in (one.after, one.before))
        if one is change or not stays(one) or theirs is None or theirs < place:
            continue
        if one.after.get("policy_id") != change.after.get("policy_id") or not is_on(one.after):
            continue
        if same and was is not None and before is not None and was < before:
            continue
        yield one


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def is_on(values: dict[str, Any]) -> bool:
    return str(values.get("status") or "ACTIVE") == "ACTIVE"


def lets_in(values: dict[str, Any]) -> bool:
    return is_on(values) and str(values.get("access") or "ALLOW") in {"ALLOW", "CHALLENGE"}


def is_for_all_places(values: dict[str, Any]) -> bool:
    if str(values.get("network_connection") or "") not in _EVERYBODY:
        return False
    return not any(values.get(name) for name in _NARROWING)


def shares_groups(first: dict[str, Any], later: dict[str, Any]) -> bool:
    """Whether both are for a group, or one of them for everybody."""
    ours, theirs = (set(texts(side.get("groups_included"))) for side in (first, later))
    return not ours or not theirs or bool(ours & theirs)


def asks_less(first: dict[str, Any], later: dict[str, Any]) -> bool:
    if str(later.get("access") or "ALLOW") == "DENY":
        return False
    if _factors(first) != _factors(later):
        return _factors(first) < _factors(later)
    return bool(_strengths(later)) and not _strengths(later) <= _strengths(first)


def _factors(values: dict[str, Any]) -> int:
    """How many factors it asks for; a rule for all logins only says whether more than one."""
    if "factor_mode" in values:
        return 1 if values["factor_mode"] == "1FA" else 2
    return 2 if values.get("mfa_required") is True else 1


def _strengths(values: dict[str, Any]) -> frozenset[str]:
    """What every way that it takes demands of a factor."""
    ways = [_demands(text) for text in texts(values.get("constraints"))]
    return frozenset.intersection(*ways) if ways else frozenset()


def _demands(text: str) -> frozenset[str]:
    try:
        tree = mapping(json.loads(text))
    except ValueError:
        return frozenset()
    asked = mapping(tree.get("possession"))
    return frozenset(name for name in _STRENGTHS if asked.get(name) == "REQUIRED")


def applications(change: ResourceChange, context: Context) -> Iterator[str]:
    """The applications with the policy."""
    policy = change.after.get("policy_id")
    for app in context.changes_of(*_APPS):
        if policy and stays(app) and app.before.get("authentication_policy") == policy:
            yield app.label
