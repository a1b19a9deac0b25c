"""N40: a subnet is led through a firewall that has no rule for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.ip_permissions import Peer, address_peer
from iacrisk.rules.readers.networks.network_users import users_of
from iacrisk.rules.readers.networks.permissions import read_permissions
from iacrisk.rules.readers.networks.routes import Route, RouteTable, route_tables, table_named
from iacrisk.rules.readers.programs.running import object_named
from iacrisk.rules.readers.shapes import Values, texts
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_AZURE: Final = "azurerm_subnet_route_table_association"
_AWS: Final = "aws_route_table_association"
_SUBNETS: Final = {_AWS: "aws_subnet", _AZURE: "azurerm_subnet"}
_GROUPS: Final = "azurerm_firewall_policy_rule_collection_group"
_OLD_RULES: Final = (
    "azurerm_firewall_application_rule_collection",
    "azurerm_firewall_network_rule_collection",
)
_COLLECTIONS: Final = ("application_rule_collection", "network_rule_collection")
_HOSTS: Final = ("aws_instance", "aws_network_interface")


@rule(
    id="N40",
    name="led-through-closed-firewall",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=_SUBNETS,
    since="0.2",
)
def led_through_closed_firewall(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A subnet in use is led through a firewall whose rules do not admit it.

    What it flags
        A route table that comes to a subnet with live users, where the default route leads to an
        Azure Firewall whose rules in the plan all name other sources; or, on AWS, to a machine
        whose security groups admit none of the subnet's addresses.

    Why it matters
        Until then the subnet had a way out. The firewall drops what no rule allows, so that
        everything in the subnet loses its databases, platform services and partners at once.

    When it is fine
        The subnet shall not reach anything outside. Not flagged: a rule, kept or made in the same
        plan, for the subnet or for a range that holds some of it; rules that stand elsewhere.

    What to do instead
        Add the subnet to the firewall's rules first, watch the hits, then associate the table.

    References
        https://learn.microsoft.com/azure/firewall/rule-processing
    """
    if change.kind is ActionKind.UPDATE and "route_table_id" not in change.changed:
        return
    subnet = object_named([_SUBNETS[change.type]], change.after.get("subnet_id"), context)
    table = _table(change, context)
    if subnet is None or table is None:
        return
    own = _ranges(subnet)
    admitted = [
        _sources_behind(route, context, change.type)
        for route in table.after
        if route.is_default and not route.is_dropping and not route.leads_out
    ]
    if not own or not admitted or any(names is None for names in admitted):
        return
    peers = [peer for names in admitted for peer in map(address_peer, names or ())]
    if any(peer is None or _meet(peer, one) for peer in peers for one in own):
        return
    users = users_of(subnet, context)
    if users.live:
        yield Flag(
            what=f"The firewall on its new way out has no rule for {own[0].text}.",
            paths=(("route_table_id",), ("subnet_id",)),
            hurts=(subnet.label, *users.live),
        )


def _table(change: ResourceChange, context: Context) -> RouteTable | None:
    named = change.after.get("route_table_id")
    if isinstance(named, str):
        return route_tables(context).get(table_named(context, named))
    for use in context.graph.dependencies(change.label):
        if use.argument == "route_table_id" and use.node.label in route_tables(context):
            return route_tables(context)[use.node.label]
    return None


def _ranges(subnet: ResourceChange) -> list[Peer]:
    listed = texts(subnet.after.get("address_prefixes"), subnet.after.get("cidr_block"))
    return [peer for peer in map(address_peer, listed) if peer is not None]


def _meet(one: Peer, other: Peer) -> bool:
    return one.meets(other)


def _sources_behind(route: Route, context: Context, type_name: str) -> list[str] | None:
    """The sources that whatever a route leads to admits; None where it may admit others."""
    find = _azure_sources if type_name == _AZURE else _aws_sources
    key = ("sources admitted", type_name, route.target)
    return once(context.plan, key, lambda: find(route, context))


# Azure Firewall


def _azure_sources(route: Route, context: Context) -> list[str] | None:
    """The sources that the firewall's rules name; None where rules may stand elsewhere."""
    policies = _policies(route.target, context)
    found: list[str] = []
    groups = [one for one in context.changes_of(_GROUPS) if one.kind is not ActionKind.DELETE]
    for group in groups:
        policy = str(group.after.get("firewall_policy_id")).lower()
        if policies is not None and policy not in policies:
            continue
        for name in _COLLECTIONS:
            if group.after.get(name) is UNKNOWN:
                return None
            for collection in members(group.after.get(name)):
                found += _sources(collection, context)
    for old in context.changes_of(*_OLD_RULES):
        if old.kind is not ActionKind.DELETE:
            found += _sources(old.after, context)
    return found or None


def _policies(address: str, context: Context) -> frozenset[str] | None:
    """The policy of the firewall at an address; None where the plan shows no such firewall."""
    for one in context.changes_of("azurerm_firewall"):
        blocks = members(one.after.get("ip_configuration"))
        if address and address in texts(*(item.get("private_ip_address") for item in blocks)):
            return frozenset({str(one.after.get("firewall_policy_id")).lower()})
    return None


_EVERYBODY: Final = "0.0.0.0/0"


def _sources(collection: Values, context: Context) -> list[str]:
    """The sources of what it allows; everybody where one is not in the plan."""
    if str(collection.get("action")).lower() != "allow":
        return []
    found: list[str] = []
    for item in members(collection.get("rule")):
        named = item.get("source_addresses")
        groups = item.get("source_ip_groups")
        found += [
            text if isinstance(text, str) and address_peer(text) else _EVERYBODY
            for text in (named if isinstance(named, list) else [])
        ]
        for text in groups if isinstance(groups, list) else []:
            group = object_named(["azurerm_ip_group"], text, context)
            found += texts(group.after.get("cidrs")) if group is not None else [_EVERYBODY]
        if named is UNKNOWN or groups is UNKNOWN or not (named or groups):
            found.append(_EVERYBODY)
    return found


# Machines of AWS that forward


def _aws_sources(route: Route, context: Context) -> list[str] | None:
    """The addresses that the security groups of a forwarding machine admit; None if not seen."""
    host = object_named(_HOSTS, route.target, context)
    if host is None:
        return None
    named = texts(host.after.get("security_groups"), host.after.get("vpc_security_group_ids"))
    found: list[str] = []
    for text in named:
        group = object_named(["aws_security_group"], text, context)
        if group is None:
            return None
        found += _admitted(group, context)
    return found or None


def _admitted(group: ResourceChange, context: Context) -> Iterator[str]:
    holders = [
        one
        for one in context.changes_of(
            "aws_security_group_rule", "aws_vpc_security_group_ingress_rule"
        )
        if one.kind is not ActionKind.DELETE
        and one.after.get("security_group_id") == group.before.get("id")
    ]
    for one in (group, *holders):
        for entry in read_permissions(one.type, one.after):
            if entry.ingress:
                yield _EVERYBODY if entry.peer.is_name or entry.vague else entry.peer.text
