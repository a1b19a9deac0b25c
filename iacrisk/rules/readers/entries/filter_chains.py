"""The rules of a web filter in the order in which they are asked, alike for all clouds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from iacrisk.plan import ActionKind, ResourceChange, lookup
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.entries import cloud_armor
from iacrisk.rules.readers.entries.edge_rulesets import GUARDING
from iacrisk.rules.readers.entries.web_conditions import (
    Match,
    adds_to,
    are_apart,
    is_wide,
    of_azure,
    of_expression,
    of_ranges,
)
from iacrisk.rules.readers.shapes import last_part

AZURE: Final = frozenset(
    {
        "azurerm_cdn_frontdoor_firewall_policy",
        "azurerm_frontdoor_firewall_policy",
        "azurerm_web_application_firewall_policy",
    }
)
CLOUDFLARE: Final = frozenset({"cloudflare_ruleset"})
TYPES: Final = AZURE | CLOUDFLARE | cloud_armor.POLICIES | cloud_armor.RULES
_EVERYTHING: Final[Match] = ()
_LAST: Final = float("inf")
_PASSING: Final = frozenset({"allow", "skip"})


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One rule: what it does with what it matches. `order`: lower ones are asked first.

    `match` is empty where it looks at all requests; `holds_off` where it refuses some of them,
    `refuses` where outright. `label` is the address of a rule that stands alone.
    """

    name: str
    order: float
    passes: bool
    holds_off: bool
    match: Match
    refuses: bool = False
    label: str = ""

    def lets_pass(self, later: Link) -> bool:
        """Whether what it lets through would be looked at by the later one otherwise."""
        if not later.holds_off or later.order <= self.order:
            return False
        if later.refuses and adds_to(self.match, later.match):
            return False
        return not later.match or not are_apart(self.match, later.match)


def passes_in(
    change: ResourceChange, context: Context, *, after: bool
) -> tuple[tuple[Link, Link], ...]:
    """The wide passes of the filter that the change is, or belongs to, before or after the plan."""

    def find() -> tuple[tuple[Link, Link], ...]:
        return tuple(wide_passes(list(chain_of(change, context, after=after))))

    if change.type not in cloud_armor.RULES:
        return find()
    return once(context.plan, ("wide passes", policy_of(change), after), find)


def wide_passes(chain: list[Link]) -> Iterator[tuple[Link, Link]]:
    """The rules that let nearly everything through, each with the first that is passed over."""
    for link in chain:
        if link.passes and is_wide(link.match):
            over = [one for one in chain if link.lets_pass(one)]
            if over:
                yield link, min(over, key=lambda one: one.order)


def passed_over(change: ResourceChange, context: Context) -> Iterator[str]:
    """The rules that stand alone and are no longer asked about what the rule lets through."""
    if change.type not in cloud_armor.RULES:
        return
    chain = chain_of(change, context, after=True)
    for link in chain:
        if link.label == change.label and link.passes:
            yield from (one.label for one in chain if one.label and link.lets_pass(one))


def chain_of(change: ResourceChange, context: Context, *, after: bool) -> list[Link]:
    """The rules of the filter that the change is, or belongs to, before or after this plan."""
    if change.type in cloud_armor.RULES:
        return list(_armor_around(change, context, after=after))
    values = change.after if after else change.before
    if change.type in cloud_armor.POLICIES:
        return list(_armor(change.type, values))
    return list(_cloudflare(values) if change.type in CLOUDFLARE else _azure(values))


# Google


def policy_of(change: ResourceChange) -> str:
    """The name of the security policy that a rule belongs to, or that the policy has."""
    name = "name" if change.type in cloud_armor.POLICIES else "security_policy"
    text = change.after.get(name) or change.before.get(name)
    return last_part(text) if isinstance(text, str) else ""


def _armor_around(change: ResourceChange, context: Context, *, after: bool) -> Iterator[Link]:
    policy = policy_of(change)
    types = sorted(cloud_armor.RULES | cloud_armor.POLICIES)
    for one in context.changes_of(*types):
        gone = ActionKind.DELETE if after else ActionKind.CREATE
        if one.kind is not gone and policy_of(one) == policy:
            label = one.label if one.type in cloud_armor.RULES else ""
            yield from _armor(one.type, one.after if after else one.before, label)


def _armor(type_name: str, values: Mapping[str, Any], label: str = "") -> Iterator[Link]:
    listed = [values] if type_name in cloud_armor.RULES else values.get("rule", values.get("rules"))
    for block in listed if isinstance(listed, list) else []:
        if not isinstance(block, dict) or block.get("preview") is True:
            continue
        read = cloud_armor.edge_rules("google_compute_security_policy_rule", block)
        for rule in read:
            yield Link(
                name=f"at priority {rule.priority}",
                order=rule.priority,
                passes=rule.action == "allow" and not rule.is_for_all,
                holds_off=rule.holds_off and not (rule.is_for_all and rule.refuses),
                match=_EVERYTHING if rule.is_for_all else _armor_match(block),
                refuses=rule.refuses,
                label=label,
            )


def _armor_match(block: Mapping[str, Any]) -> Match:
    expression = lookup(block, ("match", 0, "expr", 0, "expression"))
    ranges = lookup(block, ("match", 0, "config", 0, "src_ip_ranges"))
    if isinstance(expression, str) and expression:
        return of_expression(expression)
    return of_ranges([text for text in ranges if isinstance(text, str)] if ranges else [])


# Azure


def _azure(values: Mapping[str, Any]) -> Iterator[Link]:
    mode = values.get("mode") or lookup(values, ("policy_settings", 0, "mode"))
    if mode == "Detection":
        return
    for item in members(values.get("custom_rules")) or members(values.get("custom_rule")):
        action, priority = str(item.get("action")).lower(), item.get("priority")
        if item.get("enabled") is False or not isinstance(priority, int | float):
            continue
        yield Link(
            name=str(item.get("name")),
            order=priority,
            passes=action == "allow",
            holds_off=action not in {"allow", "log"},
            match=of_azure(item),
            refuses=action == "block" and item.get("type", item.get("rule_type")) == "MatchRule",
        )
    sets = lookup(values, ("managed_rules", 0, "managed_rule_set")) or values.get("managed_rule")
    if members(sets):
        name = "its managed rules"
        yield Link(name=name, order=_LAST, passes=False, holds_off=True, match=_EVERYTHING)


# Cloudflare


def _cloudflare(values: Mapping[str, Any]) -> Iterator[Link]:
    listed = members(values.get("rules"))
    on = [item for item in listed if item.get("enabled") is not False]
    for number, item in enumerate(on):
        yield Link(
            name=str(item.get("description") or item.get("ref") or f"number {number + 1}"),
            order=number,
            passes=item.get("action") in _PASSING,
            holds_off=item.get("action") in GUARDING,
            match=of_expression(str(item.get("expression"))),
            refuses=item.get("action") == "block",
        )
    if any(_skips_more(item) for item in on):
        name = "the rules of later phases"
        yield Link(name=name, order=_LAST, passes=False, holds_off=True, match=_EVERYTHING)


def _skips_more(item: Mapping[str, Any]) -> bool:
    """Whether a rule that skips does so for whole phases or products, too."""
    told = item.get("action_parameters")
    inner = told if isinstance(told, dict) else lookup(told, (0,))
    more = ("phases", "products", "rulesets")
    return isinstance(inner, dict) and any(inner.get(name) for name in more)
