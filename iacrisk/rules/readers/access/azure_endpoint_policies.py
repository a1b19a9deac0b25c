"""Which storage accounts a service endpoint policy of Azure lets the programs of a subnet reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from iacrisk.plan import ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.running import names_of, programs, programs_naming
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

AZURE_POLICY: Final = "azurerm_subnet_service_endpoint_storage_policy"
_ACCOUNT: Final = "azurerm_storage_account"


def accounts_cut(change: ResourceChange, context: Context) -> dict[str, tuple[str, ...]]:
    """The accounts that the policy lists no more, each with itself and the programs cut off."""
    subnets = [
        str(one.before.get("id")).lower().encode()
        for one in context.changes_of("azurerm_subnet")
        if stays(one) and _has(one, change.before.get("id"))
    ]
    before, after = _listed(change.before), _listed(change.after)
    found: dict[str, tuple[str, ...]] = {}
    for account in context.changes_of(_ACCOUNT):
        identity = str(account.before.get("id")).lower()
        if not stays(account) or not _holds(before, identity) or _holds(after, identity):
            continue
        users = [
            one.label for one in _users(account, context) if stays(one) and _lives_in(one, subnets)
        ]
        if users:
            found[account.label] = (account.label, *users)
    return found


def _users(account: ResourceChange, context: Context) -> list[ResourceChange]:
    """The programs that name the account or refer to it; by the subnet's policy all of them do."""
    near = {use.node.label for use in context.consumers(account)}
    found = {one.label: one for one in programs(context) if one.label in near}
    for name in names_of(account):
        found |= {one.label: one for one in programs_naming(name, context)}
    return list(found.values())


def _has(subnet: ResourceChange, policy: Any) -> bool:
    ids = [text.lower() for text in texts(subnet.after.get("service_endpoint_policy_ids"))]
    return isinstance(policy, str) and policy.lower() in ids


def _listed(values: Mapping[str, Any]) -> list[str]:
    """The ids of accounts, groups and subscriptions that are let through."""
    return [
        text.lower().rstrip("/")
        for block in members(values.get("definition"))
        for text in texts(block.get("service_resources"))
    ]


def _holds(listed: list[str], identity: str) -> bool:
    return any(identity == one or identity.startswith(f"{one}/") for one in listed)


def _lives_in(one: ResourceChange, subnets: list[bytes]) -> bool:
    raw = bytes(one.raw.change.after).lower()
    return any(subnet + b'"' in raw for subnet in subnets)
