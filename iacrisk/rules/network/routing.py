"""N04, N05: traffic that is led elsewhere or nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.network.adopted import default_tables_taken_over, main_tables_set_aside
from iacrisk.rules.readers.networks.network_users import PERHAPS, Users, users_of, with_tags
from iacrisk.rules.readers.networks.routes import (
    INLINE_TABLES,
    Route,
    RouteMember,
    RouteTable,
    route_tables,
    table_key,
    table_named,
)
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import (
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    plan_rule,
    rule,
)

_ASSOCIATIONS: Final = {
    "aws_ec2_transit_gateway_route_table_association": (
        "transit_gateway_attachment_id",
        "transit_gateway_route_table_id",
    ),
    "aws_ec2_transit_gateway_route_table_propagation": (
        "transit_gateway_attachment_id",
        "transit_gateway_route_table_id",
    ),
    "aws_main_route_table_association": ("vpc_id", "route_table_id"),
    "aws_route_table_association": ("subnet_id", "route_table_id"),
    "aws_vpn_gateway_route_propagation": ("vpn_gateway_id", "route_table_id"),
    "azurerm_subnet_route_table_association": ("subnet_id", "route_table_id"),
    "openstack_networking_router_interface_v2": ("subnet_id", "router_id"),
}
"""Types that join a place to a table: the argument of the place, the argument of the table."""

_ANY_GATEWAY_WILL_DO: Final = frozenset({"NAT gateway", "internet gateway", "internet"})
_SHOWN: Final = 3


@plan_rule(
    id="N04",
    name="route-dropped",
    severity=Severity.CRITICAL,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
)
def route_dropped(context: Context) -> Iterator[Outcome]:
    """Traffic loses its route, or a route leads it elsewhere.

    What it flags
        A route that goes, inline or standalone, where no other route leads the destination to
        the same target; a route that is pointed at another kind of next hop; a new route that
        takes traffic from a wider one, or by its priority from one to the same destination;
        another main table for subnets that have none of their own; and a machine that stops to
        forward packets.

    Why it matters
        The way out, to the other network or, just as often, the way back for answers is gone at
        once for every subnet of the table, while the plan shows one small update.

    When it is fine
        The table serves nobody, the route was a black hole, a wider route leads to the same
        target, or a new private destination goes to a new peering beside the default route. Not
        flagged: a route to the addresses at which Google serves its own interfaces privately.

    What to do instead
        Add the new route first and remove the old one when flow logs show no traffic. Do not
        mix inline `route` blocks with standalone routes.

    References
        Incidents R068, R069, R070.
        https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route_table
    """
    for found in route_tables(context).values():
        if found.table is not None and found.table.destroys:
            continue
        for member in found.members:
            if member.is_touched:
                yield from _judge_routes(found, member, context)
            elif member.hides_routes and member.change.kind is ActionKind.UPDATE:
                why = "The routes of the table are not known until the apply."
                yield Undecided(why=why, address=member.change.label, paths=(("route",),))
    yield from default_tables_taken_over(context)
    yield from main_tables_set_aside(context)
    yield from _stopped_propagation(context)
    yield from _stopped_on_azure(context)
    yield from _stopped_forwarding(context)


@rule(
    id="N05",
    name="route-table-taken-away",
    severity=Severity.CRITICAL,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds=DESTROYS | {ActionKind.UPDATE},
    types=_ASSOCIATIONS,
)
def route_table_taken_away(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A subnet that stays loses its route table or gets one with other routes.

    What it flags
        A route table association that is deleted, or that names a table in which routes of the
        old one are missing, while the subnet stays.

    Why it matters
        Without an association the subnet falls back to the main table, which usually has no way
        out. Everything in the subnet loses its default route within seconds.

    When it is fine
        The subnet goes too, the same subnet is associated again with an equal table in this
        plan.

    What to do instead
        Change `route_table_id` in place to a table that already has all the routes.

    References
        Incidents R006, R071.
    """
    place, argument = _ASSOCIATIONS[change.type]
    place = place if change.was(place) else "gateway_id"
    if change.kind is ActionKind.UPDATE and argument not in change.changed:
        return
    if _goes(change, place, context):
        return
    old = table_named(context, str(change.was(argument)))
    new = _table_afterwards(change, place, argument, context)
    missing = None if new is None else _missing(old, new, context)
    if missing == [] or new == old:
        return
    users = users_of(change, context)
    severity = Severity.CRITICAL if users.live else Severity.HIGH
    if new is None:
        what = "The place stays and loses its route table."
    elif missing is None:
        severity = Severity.HIGH if users.live else Severity.MEDIUM
        what = "It gets another route table, whose routes are not in the plan."
    else:
        shown = some_of(str(item) for item in missing)
        what = f"It gets another route table, which lacks {shown}."
    yield Flag(what=what, paths=((argument,), (place,)), severity=severity)


# Routes


def _judge_routes(found: RouteTable, member: RouteMember, context: Context) -> Iterator[Outcome]:
    users = _users(found, member, context)
    if users is None:
        return
    weighed = [
        *_weigh_dropped(found, member, users),
        *_weigh_repointed(found, member, users),
        *_weigh_captured(found, member, users),
        *_weigh_new_default(found, member, users),
    ]
    if not weighed:
        return
    severity, confidence, what = max(weighed, key=lambda item: (item[0], item[1]))
    yield Flag(
        what=what,
        address=member.change.label,
        paths=_paths(member),
        severity=severity,
        confidence=_CONFIDENCES[confidence],
        hurts=tuple(dict.fromkeys(_robbed(found, member, context))),
    )


_FEW_MEMBERS: Final = 256
"""Of a table with more routes some are looked at, in little time."""


def _robbed(found: RouteTable, member: RouteMember, context: Context) -> Iterator[str]:
    """The routes that lose traffic to a longer one, and the ways that they lead to."""
    for wider, _ in found.captured(member):
        for other in found.members[:_FEW_MEMBERS]:
            if other.is_table or wider not in other.before or wider.leads_out:
                continue
            yield other.change.label
            for use in context.graph.dependencies(other.change.label):
                if use.argument in _ROUTE_ARGUMENTS:
                    yield use.node.label


_CONFIDENCES: Final = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)
Weighed = tuple[Severity, int, str]


def _weigh_dropped(found: RouteTable, member: RouteMember, users: Users) -> Iterator[Weighed]:
    if member.change.was("state") == "blackhole":
        return
    dropped = found.dropped(member)
    if dropped:
        what = f"The route {some_of(str(item) for item in dropped)} is gone."
        yield (Severity.CRITICAL if users.live else Severity.HIGH), 1, what


def _weigh_repointed(found: RouteTable, member: RouteMember, users: Users) -> Iterator[Weighed]:
    for old, new in found.repointed(member):
        if old.is_dropping:
            continue
        what = f"The route {old} now leads to: {new.kind}."
        if new.is_dropping:
            yield Severity.CRITICAL, 1, what
        elif old.kind != new.kind:
            yield (Severity.CRITICAL if users.live else Severity.HIGH), 1, what
        elif not new.target or old.kind in _ANY_GATEWAY_WILL_DO:
            yield Severity.LOW, 1, what
        else:
            what = f"The route {old} now leads to another {new.kind}."
            yield (Severity.HIGH if users.live else Severity.MEDIUM), 1, what


def _weigh_captured(found: RouteTable, member: RouteMember, users: Users) -> Iterator[Weighed]:
    for wider, new in found.captured(member):
        private_beside_default = wider.leads_out and not new.destination.is_public
        if private_beside_default or (wider.leads_out and new.kind == "VPC endpoint"):
            continue
        if new.is_dropping and wider.is_default:
            continue
        if new.kind == "internet" and new.destination.text in _GOOGLE_ITSELF:
            continue
        what = f"The new route {new} takes traffic from {wider}."
        if wider.leads_out and not new.destination.is_world:
            yield Severity.MEDIUM, 1, what
        else:
            yield (Severity.HIGH if users.live else Severity.MEDIUM), 1, what


_GOOGLE_ITSELF: Final = frozenset({"199.36.153.4/30", "199.36.153.8/30"})
"""restricted.googleapis.com and private.googleapis.com, which only this next hop reaches.

https://cloud.google.com/vpc/docs/configure-private-google-access
"""


def _weigh_new_default(found: RouteTable, member: RouteMember, users: Users) -> Iterator[Weighed]:
    """On Azure every subnet has a way out already, which a new default route takes over."""
    if not member.change.type.startswith("azurerm_") or any(r.is_default for r in found.before):
        return
    new = [item for item in member.after if item not in member.before and item.is_default]
    taken = [item for item in new if not item.leads_out]
    if taken:
        what = f"The new route {taken[0]} takes over the way to the internet."
        yield (Severity.HIGH if users.live else Severity.MEDIUM), 1, what


def _users(found: RouteTable, member: RouteMember, context: Context) -> Users | None:
    """Who lives behind the table; None where it is known that nobody does."""
    scopes = {item.scope for item in (*member.before, *member.after)}
    if scopes and "" not in scopes:
        tagged = with_tags(scopes, context)
        return None if tagged.nobody else tagged
    if found.table is None:
        users = users_of(member.change, context)
        return PERHAPS if users.nobody else users
    if found.table.kind is ActionKind.CREATE:
        return None
    users = users_of(found.table, context)
    if not users.nobody or found.table.type not in INLINE_TABLES:
        return users
    return None if _is_explicit(found.table, context) else PERHAPS


def _is_explicit(table: ResourceChange, context: Context) -> bool:
    """Whether it can be seen that the table serves no existing subnet.

    A table without associations may be the main one. It is not where the plan associates other
    tables, or where its only associations are with what is new or goes.
    """
    names = ("aws_route_table_association", "azurerm_subnet_route_table_association")
    others = any(item.kind is not ActionKind.CREATE for item in context.changes_of(*names))
    return others or any(use.node.type in names for use in context.consumers(table))


def _stopped_propagation(context: Context) -> Iterator[Outcome]:
    for change in context.changes_of(*INLINE_TABLES):
        name = "propagating_vgws"
        before, after = change.was(name), change.becomes(name)
        if change.kind is not ActionKind.UPDATE or not isinstance(before, list):
            continue
        if after is UNKNOWN:
            why = "Which VPN gateways hand on their routes is not known until the apply."
            yield Undecided(why=why, address=change.label, paths=((name,),))
        elif any(item not in (after or []) for item in before):
            what = "A VPN gateway no longer hands its routes to the table."
            yield Flag(what=what, address=change.label, paths=((name,),))


_FORWARDS: Final = {
    "aws_instance": ("source_dest_check", False),
    "aws_network_interface": ("source_dest_check", False),
    "azurerm_network_interface": ("ip_forwarding_enabled", True),
}
"""Machines that route for others: the argument, and the value with which they do."""


def _stopped_forwarding(context: Context) -> Iterator[Outcome]:
    for change in context.changes_of(*_FORWARDS):
        name, forwards = _FORWARDS[change.type]
        if change.kind is not ActionKind.UPDATE or change.was(name) is not forwards:
            continue
        if change.becomes(name) is (not forwards):
            what = "The machine no longer forwards packets of others, as NAT and appliances do."
            yield Flag(what=what, address=change.label, paths=((name,),), severity=Severity.HIGH)


_LEARNS: Final = {"bgp_route_propagation_enabled": True, "disable_bgp_route_propagation": False}


def _stopped_on_azure(context: Context) -> Iterator[Outcome]:
    """Routes learned from gateways are no longer taken in; the way out by default ends."""
    for change in context.changes_of("azurerm_route_table"):
        for name, learns in _LEARNS.items():
            stops = change.was(name) is learns and change.becomes(name) is (not learns)
            if change.kind is ActionKind.UPDATE and stops and not users_of(change, context).nobody:
                what = "Routes to what lies behind gateways are no longer learned."
                yield Flag(what=what, address=change.label, paths=((name,),))
    name = "default_outbound_access_enabled"
    for change in context.changes_of("azurerm_subnet"):
        ends = change.was(name) is True and change.becomes(name) is False
        if change.kind is ActionKind.UPDATE and ends and not _leaves_otherwise(change, context):
            what = "What has no gateway or address of its own no longer reaches the internet."
            yield Flag(what=what, address=change.label, paths=((name,),), severity=Severity.MEDIUM)


def _leaves_otherwise(subnet: ResourceChange, context: Context) -> bool:
    """Whether a NAT gateway or a route table leads the subnet out."""
    ways = {"azurerm_subnet_nat_gateway_association", "azurerm_subnet_route_table_association"}
    return any(
        use.node.type in ways and use.node.change is not None and not use.node.change.destroys
        for use in context.consumers(subnet)
    )


_ROUTE_ARGUMENTS: Final = (
    "route",
    "destination_cidr_block",
    "destination_ipv6_cidr_block",
    "address_prefix",
    "dest_range",
    "next_hop_type",
    "next_hop_in_ip_address",
    "next_hop_gateway",
    "next_hop_ilb",
    "next_hop_instance",
    "next_hop_ip",
    "next_hop_vpn_tunnel",
    "priority",
    "gateway_id",
    "nat_gateway_id",
    "transit_gateway_id",
    "vpc_peering_connection_id",
    "network_interface_id",
    "blackhole",
)


def _paths(member: RouteMember) -> tuple[Path, ...]:
    change = member.change
    told = [name for name in _ROUTE_ARGUMENTS if change.was(name) or change.becomes(name)]
    if change.kind is ActionKind.UPDATE:
        told = [name for name in told if name in change.changed]
    return tuple((name,) for name in told[:_SHOWN])


# Associations


def _goes(change: ResourceChange, place: str, context: Context) -> bool:
    """Whether the subnet, or what else is associated, goes in this plan too."""
    return any(
        use.argument == place and use.node.change is not None and use.node.change.destroys
        for use in context.graph.dependencies(change.label)
    )


def _table_afterwards(
    change: ResourceChange, place: str, argument: str, context: Context
) -> str | None:
    """The table that serves the place afterwards, by label or id; None where there is none."""
    if change.kind is ActionKind.UPDATE:
        return _planned_table(change, argument, context)
    target = change.was(place)
    candidates = [change] if change.kind is ActionKind.REPLACE else []
    candidates += [
        other
        for other in context.changes_of(change.type)
        if other.kind in {ActionKind.CREATE, ActionKind.UPDATE, ActionKind.REPLACE}
        and other is not change
    ]
    for other in candidates:
        planned = other.becomes(place)
        if planned == target or (other is change and planned is UNKNOWN):
            return _planned_table(other, argument, context)
    return None


def _planned_table(change: ResourceChange, argument: str, context: Context) -> str:
    planned = change.becomes(argument)
    if isinstance(planned, str):
        return table_named(context, planned)
    for use in context.graph.dependencies(change.label):
        if use.argument == argument and use.node.is_resource:
            return use.node.label
    return table_key(context, change, argument) if planned is not UNKNOWN else "a new table"


def _missing(old: str, new: str, context: Context) -> list[Route] | None:
    """Routes of the old table that the new one lacks; None where a table is not in the plan."""
    tables = route_tables(context)
    if old not in tables or (new not in tables and context.change_at(new) is None):
        return None
    after = tables[new].after if new in tables else ()
    if any(member.hides_routes for member in (tables[new].members if new in tables else ())):
        return None
    served = {(item.destination.first, item.destination.last, item.kind) for item in after}
    return [
        item
        for item in tables[old].before
        if (item.destination.first, item.destination.last, item.kind) not in served
        and not item.is_dropping
    ]
