"""N60: a static route takes a part of a network that is reached by a propagated route today."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.prefixes import Network, is_in, network_in, overlap
from iacrisk.rules.readers.networks.routes import route_tables, table_key, table_named
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import CHANGES, Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_ROUTE: Final = "aws_ec2_transit_gateway_route"
_OF_VPN: Final = "aws_vpn_connection_route"
_TABLE: Final = "transit_gateway_route_table_id"
_TARGET: Final = "transit_gateway_attachment_id"
_PROPAGATION: Final = "aws_ec2_transit_gateway_route_table_propagation"
_ATTACHMENT: Final = "aws_ec2_transit_gateway_vpc_attachment"
_VPN_PROPAGATION: Final = "aws_vpn_gateway_route_propagation"


class _Reached(msgspec.Struct, frozen=True):
    """Subnets in the range that are reached otherwise today, and what led to them."""

    subnets: tuple[str, ...]
    by: tuple[str, ...]


@rule(
    id="N60",
    name="propagated-route-shadowed",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds=CHANGES,
    types={_ROUTE, _OF_VPN},
    since="0.2",
)
def propagated_route_shadowed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A new static route leads a part of a network of the plan somewhere else.

    What it flags
        A static route of a transit gateway whose range lies in a network that is attached and
        propagates into the same table, and holds subnets of it, while the route leads to another
        attachment. A static route of a VPN whose gateway propagates into a table that reaches
        the subnets by a wider route to a peering, a transit gateway or a machine.

    Why it matters
        The longest route wins, and a static one wins over a propagated one of the same length.
        What is sent to these subnets goes to the other network, and so do the answers that
        people there wait for. Two networks with the same range show only so.

    When it is fine
        The other attachment is a firewall that hands on what it is sent: its attachment is in
        appliance mode. Nothing has an address in the range.

    What to do instead
        Give the new network a range of its own.

    References
        https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
        https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html
    """
    name = "destination_cidr_block"
    if name not in change.changed:
        return
    text = change.after.get(name)
    if text is UNKNOWN:
        yield Undecided(why="The range is not known.", paths=((name,),))
        return
    wanted = network_in(text)
    if wanted is None or wanted.prefixlen == 0:
        return
    find = _taken_from_gateway if change.type == _ROUTE else _taken_from_tables
    for found in find(change, wanted, context):
        yield Flag(
            what=f"What is sent to {some_of(list(found.subnets))} goes elsewhere from now on.",
            paths=((name,),),
            hurts=(*found.subnets, *found.by),
        )


# Transit gateways


def _taken_from_gateway(
    change: ResourceChange, wanted: Network, context: Context
) -> Iterator[_Reached]:
    table = table_key(context, change, _TABLE)
    if change.after.get("blackhole") is True or _is_static_before(table, change, context):
        return
    target = _attachment_of(change, context)
    other = context.change_at(target)
    if other is not None and other.after.get("appliance_mode_support") == "enable":
        return
    for one in context.changes_of(_PROPAGATION):
        if not stays(one) or table_named(context, str(one.before.get(_TABLE))) != table:
            continue
        source = _attachment_of(one, context)
        attachment = context.change_at(source)
        if not target or source == target or attachment is None or not stays(attachment):
            continue
        subnets = _subnets_in(str(attachment.before.get("vpc_id")), wanted, context)
        if subnets:
            yield _Reached(subnets, (one.label,))


def _is_static_before(table: str, change: ResourceChange, context: Context) -> bool:
    """Whether another static route already has the range, so that the propagated one does not."""
    found = route_tables(context).get(table)
    wanted = network_in(change.after.get("destination_cidr_block"))
    if found is None or wanted is None:
        return False
    own = [network_in(change.before.get("destination_cidr_block"))]
    ranges = [network_in(route.destination.text) for route in found.before]
    return any(one is not None and one not in own and is_in(wanted, one) for one in ranges)


def _attachment_of(change: ResourceChange, context: Context) -> str:
    """The label of the attachment, its id where the plan does not hold it, "" where unknown."""
    text = change.after.get(_TARGET)
    for one in context.changes_of(_ATTACHMENT):
        if isinstance(text, str) and text and one.before.get("id") == text:
            return one.label
    for use in context.graph.dependencies(change.label):
        if use.argument == _TARGET and use.node.is_resource:
            return use.node.label
    return text if isinstance(text, str) else ""


# VPNs


def _taken_from_tables(
    change: ResourceChange, wanted: Network, context: Context
) -> Iterator[_Reached]:
    connection = change.after.get("vpn_connection_id")
    gateways = {
        one.before.get("vpn_gateway_id")
        for one in context.changes_of("aws_vpn_connection")
        if stays(one) and connection and one.before.get("id") == connection
    } - {None, ""}
    for one in context.changes_of(_VPN_PROPAGATION):
        if not stays(one) or one.before.get("vpn_gateway_id") not in gateways:
            continue
        key = table_named(context, str(one.before.get("route_table_id")))
        found = route_tables(context).get(key)
        for route in found.after if found is not None else ():
            wider = network_in(route.destination.text)
            if route.is_default or route.is_dropping or route.leads_out or wider is None:
                continue
            subnets = _subnets_in("", wanted, context)
            if subnets and wider != wanted and is_in(wanted, wider):
                yield _Reached(subnets, (key,))


# Ranges


def _subnets_in(vpc: str, wanted: Network, context: Context) -> tuple[str, ...]:
    """The subnets that are cut, where the range is a part of the network; "" is any network."""
    found = []
    for one in filter(stays, context.changes_of("aws_subnet")):
        home = str(one.before.get("vpc_id"))
        texts_of = texts(one.before.get("cidr_block"), one.before.get("ipv6_cidr_block"))
        ranges = [network for text in texts_of if (network := network_in(text)) is not None]
        mine = vpc in {"", home} and any(overlap(wanted, one) for one in ranges)
        if mine and any(is_in(wanted, wide) for wide in [*ranges, *_ranges_of(home, context)]):
            found.append(one.label)
    return tuple(found)


def _ranges_of(vpc: str, context: Context) -> Iterator[Network]:
    for one in context.changes_of("aws_vpc"):
        if one.before.get("id") == vpc and one.kind is not ActionKind.DELETE:
            more = [item.get("cidr_block") for item in members(one.before.get("cidr_blocks"))]
            for text in texts(one.before.get("cidr_block"), *more):
                network = network_in(text)
                if network is not None:
                    yield network
