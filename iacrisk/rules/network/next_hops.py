"""N31: a gateway goes to which routes lead that stay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.network_users import users_of
from iacrisk.rules.readers.networks.routes import RouteTable, route_tables
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import DESTROYS, Confidence, Flag, Harm, Outcome, Severity, rule

_HOPS: Final = frozenset(
    {
        "aws_ec2_transit_gateway",
        "aws_egress_only_internet_gateway",
        "aws_nat_gateway",
        "aws_network_interface",
        "aws_vpn_gateway",
        "google_compute_vpn_tunnel",
    }
)


@rule(
    id="N31",
    name="next-hop-gone",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds=DESTROYS,
    types=_HOPS,
    since="0.2",
)
def next_hop_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A gateway is destroyed, and a route that stays still leads to it by its id.

    What it flags
        A NAT, VPN, transit or egress gateway, a network interface or a tunnel that goes while
        the routes of a table of the plan lead there afterwards as before.

    Why it matters
        The route stays and becomes a black hole: whoever lives behind the table has no way out,
        or no way to the other side. Nothing falls back to another route.

    When it is fine
        Nobody lives behind the table.

    What to do instead
        Lead the route to the new gateway first, then destroy the old one.

    References
        https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
    """
    identity = change.before.get("id")
    if change.creates_first or not isinstance(identity, str) or not identity:
        return
    tables = once(context.plan, "tables by next hop", lambda: _by_hop(context)).get(identity, [])
    tables = [one for one in tables if one.table is None or one.table.kind is not ActionKind.DELETE]
    if tables:
        hurts = [label for one in tables for label in _behind(one, context)]
        names = [one.table.label if one.table is not None else one.key for one in tables]
        yield Flag(
            what=f"Routes of {some_of(names)} lead to it, and stay.",
            paths=(("id",),),
            hurts=tuple(dict.fromkeys([*(n for n in names if context.change_at(n)), *hurts])),
        )


def _by_hop(context: Context) -> dict[str, list[RouteTable]]:
    found: dict[str, list[RouteTable]] = {}
    for table in route_tables(context).values():
        for target in sorted({route.target for route in table.after if route.target}):
            found.setdefault(target, []).append(table)
    return found


def _behind(table: RouteTable, context: Context) -> tuple[str, ...]:
    return users_of(table.table, context).live if table.table is not None else ()
