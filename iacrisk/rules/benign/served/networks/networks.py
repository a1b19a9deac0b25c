"""BL-usersadmitted: a list of networks that lets in every user of the plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from iacrisk.catalog import ResourceClass, resource_type
from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange, lookup
from iacrisk.plan.values import members
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.programs.running import programs_using

_LISTS: Final[dict[str, tuple[str, ...]]] = {
    "azurerm_cognitive_account": ("network_acls",),
    "azurerm_cosmosdb_account": (
        "is_virtual_network_filter_enabled",
        "virtual_network_rule",
    ),
    "azurerm_key_vault": ("network_acls",),
    "azurerm_storage_account": ("network_rules",),
}
"""The arguments that say from which networks one gets in."""

NETWORK_LISTS: Final = frozenset(_LISTS)
_ENDPOINTS: Final = {
    "azurerm_cognitive_account": "microsoft.cognitiveservices",
    "azurerm_cosmosdb_account": "microsoft.azurecosmosdb",
    "azurerm_key_vault": "microsoft.keyvault",
    "azurerm_storage_account": "microsoft.storage",
}
"""The service endpoint that a subnet needs to be known by its name."""

_SUBNET: Final = regex(r"/subscriptions/[^\"\s]+/subnets/[^\"\s/]+", re.IGNORECASE)
_OUTSIDE: Final = frozenset({ResourceClass.ENTRY_POINT})


def why_users_admitted(change: ResourceChange, context: Context) -> str | None:
    """Why nobody is turned away whom the plan shows; None where somebody may be."""
    arguments = _LISTS[change.type]
    rest = change.changed - set(arguments)
    if not change.changed & set(arguments) or (rest and explain(change, context, *rest) is None):
        return None
    listed = frozenset(_listed(change))
    if not listed or _bypass_narrowed(change, arguments[0]):
        return None
    if any(not _has_endpoint(subnet, change, context) for subnet in listed):
        return None
    users = programs_using(change, context)
    if not users or _is_entry(change, context):
        return None
    lived = [_subnets_of(user, context) for user in users]
    if all(subnets and subnets <= listed for subnets in lived):
        return "the subnets of all its users in the plan are let in"
    return None


def _listed(change: ResourceChange) -> Iterator[str]:
    """The subnets that are let in afterwards, in lower case."""
    for name in _LISTS[change.type]:
        for block in members(change.after.get(name)):
            listed = block.get("virtual_network_subnet_ids", block.get("id"))
            for text in listed if isinstance(listed, list) else [listed]:
                if isinstance(text, str):
                    yield text.lower()
            for rule in members(block.get("virtual_network_rules")):
                yield str(rule.get("subnet_id")).lower()


def _bypass_narrowed(change: ResourceChange, name: str) -> bool:
    """Whether services of Azure itself were let in and are no more."""
    path = (name, 0, "bypass")
    before, after = lookup(change.before, path), change.planned(path)
    return bool(before) and before != after


def _has_endpoint(subnet: str, change: ResourceChange, context: Context) -> bool:
    """Whether the subnet is in the plan and has the endpoint of the service."""

    def build() -> dict[str, ResourceChange]:
        subnets = context.changes_of("azurerm_subnet")
        return {str(one.before.get("id")).lower(): one for one in subnets}

    found = once(context.plan, "azure subnets", build).get(subnet)
    endpoints = found.after.get("service_endpoints") if found is not None else None
    wanted = _ENDPOINTS[change.type]
    return isinstance(endpoints, list) and any(
        str(one).lower().startswith(wanted) for one in endpoints
    )


def _is_entry(change: ResourceChange, context: Context) -> bool:
    """Whether something that strangers call reads from it."""
    return any(
        resource_type(use.node.type).resource_class in _OUTSIDE
        for use in context.consumers(change)
        if use.node.is_resource
    )


def _subnets_of(user: ResourceChange, context: Context) -> frozenset[str]:
    """The subnets that a program is in, by its own values or by those of what it lives in."""
    own = _subnets_in(user)
    if own:
        return own
    found: set[str] = set()
    for use in context.graph.dependencies(user.label):
        near = use.node.change
        if near is not None and re.search(r"environment|network_interface", near.type):
            found |= _subnets_in(near)
    return frozenset(found)


def _subnets_in(change: ResourceChange) -> frozenset[str]:
    text = bytes(change.raw.change.after).decode("utf-8", "replace")
    return frozenset(found.lower() for found in _SUBNET.findall(text))
