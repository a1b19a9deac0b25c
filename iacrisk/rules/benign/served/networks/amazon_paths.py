"""BL-nowayback, BL-groupcallers: what a filter of AWS no longer lets in has no way here."""

from __future__ import annotations

from typing import Final

from iacrisk.catalog.interfaces import ACCEPTS_ONLY
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.benign.served.amazon import has_ways_in, speaks_of_others
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.group_callers import (
    behind_group,
    callers_of_stores,
    is_let_in,
    lost_by,
    spans_of,
)
from iacrisk.rules.readers.networks.ip_permissions import (
    Difference,
)
from iacrisk.rules.readers.networks.routes import route_tables, table_named, tables_of_subnets
from iacrisk.rules.readers.networks.spans import intersect
from iacrisk.rules.readers.programs.running import programs, shows_all_names
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

SUBNET_FILTERS: Final = frozenset({"aws_network_acl", "aws_network_acl_rule"})
GROUP_ENTRIES: Final = frozenset(
    {"aws_security_group", "aws_security_group_rule", "aws_vpc_security_group_ingress_rule"}
)
_GATEWAYS: Final = ("aws_vpc_endpoint", "aws_vpc_endpoint_route_table_association")
_RANGES: Final = (
    "aws_vpc",
    "aws_vpc_ipv4_cidr_block_association",
    "aws_vpc_ipv6_cidr_block_association",
)


# Subnets that lead nowhere


def why_no_way_back(change: ResourceChange, context: Context) -> str | None:
    """Why nobody is cut off: the subnets have no route to any address that is left out."""
    rest = change.changed - {"ingress", "egress", "cidr_block", "from_port", "to_port"}
    if rest and change.kind is ActionKind.UPDATE and explain(change, context, *rest) is None:
        return None
    found = lost_by(change, context)
    if found is None or not found[1] or not found[0].home or found[0].vague_after:
        return None
    lost = [span for item in found[1] for span in item.peers]
    if not all(item.permission.allow for item in found[1]):
        return None
    owner = found[0].owner
    near = list(found[0].home)
    for one in context.changes_of(*_RANGES):
        near += spans_of(texts(one.before.get("cidr_block"), one.before.get("ipv6_cidr_block")))
    tables = _tables(owner, context) if owner is not None else None
    if not tables or intersect(lost, near):
        return None
    routes = route_tables(context)
    for label in tables:
        table = routes.get(label)
        if table is None or table.table is None or not stays(table.table):
            return None
        if table.table.after.get("propagating_vgws") or _has_gateway(table.table, context):
            return None
        if any(member.hides_routes for member in table.members):
            return None
        led = [(it.destination.first, it.destination.last) for it in (*table.before, *table.after)]
        if intersect(lost, led) or any(it.destination.is_name for it in table.after):
            return None
    return "its subnets have no route to any address that is left out"


def _tables(owner: ResourceChange, context: Context) -> set[str] | None:
    """The route tables of the subnets of an ACL; None where one is not known."""
    identity = owner.before.get("id")
    subnets = set(texts(owner.before.get("subnet_ids"), owner.after.get("subnet_ids")))
    for one in context.changes_of("aws_network_acl_association"):
        if identity and identity in {one.before.get("network_acl_id"), one.after.get(_ACL_ID)}:
            subnets |= set(texts(one.before.get("subnet_id"), one.after.get("subnet_id")))
    ways = tables_of_subnets(context)
    if not subnets or not subnets <= ways.keys():
        return None
    return {table_named(context, ways[name]) for name in subnets}


_ACL_ID: Final = "network_acl_id"


def _has_gateway(table: ResourceChange, context: Context) -> bool:
    """Whether a service outside of the network is reached over an endpoint of the table."""
    identity = table.before.get("id")
    return any(
        identity in texts(one.after.get("route_table_ids"), one.after.get("route_table_id"))
        for one in context.changes_of(*_GATEWAYS)
        if one.kind is not ActionKind.DELETE
    )


# Callers that other entries let in


def why_callers_admitted(change: ResourceChange, context: Context) -> str | None:
    """Why nobody is cut off: all who call what is behind the group come in by other entries."""
    found = lost_by(change, context)
    if found is None or not found[1] or found[0].vague_after or has_ways_in(context):
        return None
    lost, owner = found[1], found[0].owner
    if owner is None or speaks_of_others(change) or not all(map(_is_from_inside, lost)):
        return None
    stores = behind_group(owner, context)
    if not stores or any(one.type not in ACCEPTS_ONLY for one in stores):
        return None
    callers = {one.label: one for one in callers_of_stores(stores, context)}
    if not callers or not all(map(shows_all_names, programs(context))):
        return None
    if any(one.type in _MACHINES and one.label not in callers for one in programs(context)):
        return None  # what a machine calls is not told by its variables
    is_in = (is_let_in(one, lost, found[0].after, context) for one in callers.values())
    return (
        "every program of the plan that calls it comes in by another entry" if all(is_in) else None
    )


_MACHINES: Final = frozenset({"aws_instance", "aws_launch_template", "aws_spot_instance_request"})


def _is_from_inside(item: Difference) -> bool:
    """Whether what is left out is a private range, or what is a part of one."""
    entry = item.permission
    return entry.allow and entry.ingress and not entry.peer.is_name and not entry.peer.is_public
