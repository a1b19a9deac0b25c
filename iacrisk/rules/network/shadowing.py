"""N15, N16: a new route or zone that stands in front of one in use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.network_users import users_of
from iacrisk.rules.readers.networks.prefixes import Network, network_in, overlap
from iacrisk.rules.readers.networks.routes import table_key
from iacrisk.rules.readers.programs.running import programs_naming
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import CHANGES, Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_DROPS: Final = {
    "aws_ec2_transit_gateway_route": ("destination_cidr_block", "blackhole"),
    "azurerm_route": ("address_prefix", "next_hop_type"),
}
"""Routes: the range, and the argument that discards what goes there."""

_MOST: Final = 12
"""More programs than this mean none of them in particular."""

_RANGES: Final = {
    "aws_subnet": ("cidr_block",),
    "aws_vpc": ("cidr_block",),
    "aws_vpc_ipv4_cidr_block_association": ("cidr_block",),
    "azurerm_subnet": ("address_prefixes", "address_prefix"),
}


@rule(
    id="N15",
    name="range-in-use-dropped",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds=CHANGES,
    types={"aws_ec2_transit_gateway_route", "azurerm_route"},
)
def range_in_use_dropped(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A route drops what is sent to a range that is in use.

    What it flags
        A blackhole route of a transit gateway, or a route of Azure to nowhere in a table that a
        subnet uses, whose range overlaps a network of the plan.

    Why it matters
        A static route wins over what the attachments announce. Traffic to the network, and the
        answers to what it asked, are dropped without an error.

    When it is fine
        Nothing has an address in the range.

    What to do instead
        Give the blackhole a range that nobody uses.

    References
        https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
    """
    name, says = _DROPS[change.type]
    told = change.after.get(says)
    if told is not True and str(told or "").lower() != "none":
        return
    if change.type == "azurerm_route" and not _is_used_table(change, context):
        return
    text = change.after.get(name)
    if text is UNKNOWN:
        yield Undecided(why="The range is not known.", paths=((name,),))
        return
    dropped = network_in(text)
    if dropped is None:
        return
    hit = [label for label, network in _networks(context) if overlap(dropped, network)]
    if hit:
        yield Flag(
            what=f"What is sent to {some_of(hit)} is dropped.",
            paths=((name,), (says,)),
            hurts=tuple(_ways_to(hit, change, context)) or tuple(hit),
        )


def _ways_to(networks: list[str], change: ResourceChange, context: Context) -> Iterator[str]:
    """The attachments of the networks, and the routes that lead others to the gateway."""
    for label in networks:
        for use in context.graph.consumers(label):
            if use.node.type == "aws_ec2_transit_gateway_vpc_attachment" and use.node.change:
                yield use.node.label
    for gateway in context.graph.dependencies(change.label):
        for use in context.graph.consumers(gateway.node.label):
            if use.node.type == "aws_route" and use.argument == "transit_gateway_id":
                yield use.node.label


@rule(
    id="N16",
    name="zone-shadows-another",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE},
    types={"aws_route53_zone"},
)
def zone_shadows_another(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A new private zone answers for names that resolve in another zone today.

    What it flags
        A private zone whose name is that of an existing zone, or the parent of one, in the plan.

    Why it matters
        Inside its networks the private zone answers alone. A name that it does not hold does not
        fall through to the public zone: it no longer exists there.

    When it is fine
        The new zone holds every name that its networks ask for.

    What to do instead
        Use a name of its own, or copy the records first.

    References
        https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
    """
    name = change.after.get("name")
    if not isinstance(name, str) or not change.after.get("vpc"):
        return
    wanted = name.rstrip(".").lower()
    shadowed = [
        other.label
        for other in context.changes_of("aws_route53_zone")
        if stays(other) and _is_within(str(other.before.get("name")), wanted)
    ]
    if shadowed:
        yield Flag(
            what=f"In its networks it answers in place of {some_of(shadowed)}, and names that it "
            "does not hold no longer exist there.",
            paths=(("name",),),
            hurts=(*shadowed, *_no_longer_found(shadowed, change, context)),
        )


def _no_longer_found(zones: list[str], change: ResourceChange, context: Context) -> Iterator[str]:
    """The records that the new zone does not hold, and the programs that ask for their names."""
    held = {_name(one) for one in _records_of(change.label, context)}
    for zone in zones:
        for record in _records_of(zone, context):
            if _name(record) in held:
                continue
            yield record.label
            users = [one.label for one in programs_naming(_name(record), context) if stays(one)]
            yield from users if len(users) <= _MOST else ()


def _records_of(zone: str, context: Context) -> list[ResourceChange]:
    uses = context.graph.consumers(zone)
    found = (use.node.change for use in uses if use.node.type == "aws_route53_record")
    return [one for one in found if one is not None]


def _name(record: ResourceChange) -> str:
    values = record.before or record.after
    return str(values.get("fqdn") or values.get("name")).rstrip(".").lower()


def _is_within(name: str, zone: str) -> bool:
    found = name.rstrip(".").lower()
    return found == zone or found.endswith(f".{zone}")


def _networks(context: Context) -> list[tuple[str, Network]]:
    """The ranges of networks that exist and stay."""

    def build() -> list[tuple[str, Network]]:
        return [
            (change.label, network)
            for type_name, arguments in _RANGES.items()
            for change in context.changes_of(type_name)
            for argument in arguments
            for text in texts(change.before.get(argument))
            if stays(change) and (network := network_in(text)) is not None
        ]

    return once(context.plan, "networks in use", build)


def _is_used_table(route: ResourceChange, context: Context) -> bool:
    """Whether a subnet that stays uses the table of the route, or may do so unseen."""
    key = table_key(context, route, "route_table_name")
    table = context.change_at(key)
    if table is None:
        return True
    return table.kind is not ActionKind.CREATE and not users_of(table, context).nobody
