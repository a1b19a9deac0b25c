"""E42: callers are held off after far fewer calls than before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.entries import cloud_armor
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_POLICIES: Final = frozenset(
    {
        "azurerm_api_management_api_operation_policy",
        "azurerm_api_management_api_policy",
        "azurerm_api_management_policy",
        "azurerm_api_management_product_policy",
    }
)
_DOORS: Final = {
    "azurerm_cdn_frontdoor_firewall_policy": "custom_rule",
    "azurerm_frontdoor_firewall_policy": "custom_rule",
    "azurerm_web_application_firewall_policy": "custom_rules",
}
_RULESETS: Final = frozenset({"cloudflare_ruleset"})
_LIMIT: Final = regex(r"<(rate-limit|quota)(-by-key)?\s([^>]*)>")
_COUNT: Final = regex(r"\b(calls|renewal-period|counter-key|name)\s*=\s*\"([^\"]*)\"")
_COMMENT: Final = regex(r"<!--.*?-->", re.DOTALL)
_MUCH: Final = 4
"""A limit that falls to a quarter, or lower."""

Rates = dict[str, float]


@rule(
    id="E42",
    name="callers-slowed-down",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={*_POLICIES, *_DOORS, *_RULESETS, *cloud_armor.POLICIES, *cloud_armor.RULES},
    since="0.2",
)
def callers_slowed_down(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A limit of calls falls to a quarter or less.

    What it flags
        A limit that stands and gets far lower: `rate-limit` and `quota` in a policy of Azure API
        Management, throttles and bans of Cloud Armor, rules of rate in firewall policies of Azure
        and rulesets of Cloudflare. Calls are counted by the second, so that a longer period with
        more calls may be the same.

    Why it matters
        Callers who did nothing wrong are refused under their usual load, and the logs call it
        protection.

    When it is fine
        Their peaks stay well below the new limit.

    What to do instead
        Read the highest rate of a week from the logs, and let the new limit only log at first.

    References
        https://learn.microsoft.com/azure/api-management/rate-limit-policy
        https://cloud.google.com/armor/docs/rate-limiting-overview
    """
    del context
    before, after = (_rates(change.type, side) for side in (change.before, change.after))
    lower = [
        (name, rate, after[name])
        for name, rate in before.items()
        if name in after and 0 < after[name] * _MUCH <= rate
    ]
    if lower:
        _, old, new = max(lower, key=lambda item: item[1] / item[2])
        yield Flag(
            what=f"Callers are held off after one call in {round(old / new)} of those that they "
            "may make today.",
            paths=tuple((name,) for name in sorted(change.changed & _ARGUMENTS)),
        )


_ARGUMENTS: Final = frozenset(
    {"custom_rule", "custom_rules", "rate_limit_options", "rule", "rules", "xml_content"}
)


def _rates(type_name: str, values: dict[str, Any]) -> Rates:
    """The calls a second that each limit lets through, by what tells the limits apart."""
    if type_name in _POLICIES:
        return _of_policy(values.get("xml_content"))
    if type_name in _DOORS:
        return dict(_of_doors(members(values.get(_DOORS[type_name]))))
    if type_name in _RULESETS:
        return dict(_of_ruleset(members(values.get("rules"))))
    listed = [values] if type_name in cloud_armor.RULES else members(values.get("rule"))
    return dict(_of_armor(listed))


def _of_policy(text: object) -> Rates:
    found: Rates = {}
    if text is UNKNOWN or not isinstance(text, str):
        return found
    for number, limit in enumerate(_LIMIT.finditer(_COMMENT.sub("", text))):
        told = dict(_COUNT.findall(limit[3]))
        key = f"{limit[1]}{limit[2]} {told.get('counter-key') or told.get('name') or number}"
        found |= _pair(key, told.get("calls"), told.get("renewal-period"))
    return found


def _of_armor(rules: list[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    for item in rules:
        options = next(iter(members(item.get("rate_limit_options"))), {})
        for name in ("ban_threshold", "rate_limit_threshold"):
            block = lookup(options, (name, 0)) or {}
            key = f"{name} {item.get('priority')} {item.get('match')}"
            yield from _pair(key, block.get("count"), block.get("interval_sec")).items()


_PERIODS: Final = {"fiveminutes": 5, "fivemins": 5, "onemin": 1, "oneminute": 1}


def _of_doors(rules: list[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    for item in rules:
        minutes = item.get("rate_limit_duration_in_minutes") or _PERIODS.get(
            str(item.get("rate_limit_duration")).lower(), 1
        )
        yield from _pair(str(item.get("name")), item.get("rate_limit_threshold"), minutes).items()


def _of_ruleset(rules: list[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    for item in rules:
        told = item.get("ratelimit")
        block = told if isinstance(told, dict) else lookup(told, (0,)) or {}
        key = str(item.get("ref") or item.get("expression"))
        yield from _pair(key, block.get("requests_per_period"), block.get("period")).items()


def _pair(key: str, calls: object, period: object) -> Rates:
    try:
        number, seconds = float(str(calls)), float(str(period))
    except ValueError:
        return {}
    return {key: number / seconds} if seconds > 0 and number > 0 else {}
