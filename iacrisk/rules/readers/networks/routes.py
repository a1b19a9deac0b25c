"""Route tables as sets: which destinations they lead where, before and after.

A destination is served by the longest route that holds it. So a dropped route is no loss where a
wider one leads to the same target, and a new, longer one takes traffic away from a wider one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

import msgspec

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.ip_permissions import Peer, address_peer, named_peer
from iacrisk.rules.readers.networks.span_index import SpanIndex
from iacrisk.rules.readers.networks.spans import Span
from iacrisk.rules.readers.shapes import blocks, texts

Values = Mapping[str, Any]

_DESTINATIONS: Final = (
    "cidr_block",
    "ipv6_cidr_block",
    "destination_prefix_list_id",
    "destination_cidr_block",
    "destination_ipv6_cidr_block",
    "address_prefix",
    "dest_range",
    "destination",
    "destination_cidr",
)
_NEXT_HOPS: Final = (
    "gateway_id",
    "nat_gateway_id",
    "egress_only_gateway_id",
    "transit_gateway_id",
    "vpc_peering_connection_id",
    "vpc_endpoint_id",
    "network_interface_id",
    "instance_id",
    "carrier_gateway_id",
    "core_network_arn",
    "local_gateway_id",
    "transit_gateway_attachment_id",
    "target_vpc_subnet_id",
    "next_hop_in_ip_address",
    "next_hop_gateway",
    "next_hop_instance",
    "next_hop_ip",
    "next_hop_ilb",
    "next_hop_vpn_tunnel",
    "gateway",
    "next_hop",
    "odb_network_arn",
)
_IMPLIED: Final = frozenset({"instance_id", "network_interface_id"})
"""Computed beside the real next hop, so they count only where nothing else is set."""

INLINE_TABLES: Final = frozenset(
    {"aws_route_table", "aws_default_route_table", "azurerm_route_table"}
)
_TABLE_ARGUMENT: Final[dict[str, str]] = {
    "aws_route": "route_table_id",
    "aws_ec2_client_vpn_route": "client_vpn_endpoint_id",
    "aws_ec2_transit_gateway_route": "transit_gateway_route_table_id",
    "aws_vpn_connection_route": "vpn_connection_id",
    "azurerm_route": "route_table_name",
    "google_compute_route": "network",
    "hcloud_network_route": "network_id",
    "openstack_networking_router_route_v2": "router_id",
}
ROUTE_TYPES: Final = frozenset({*INLINE_TABLES, *_TABLE_ARGUMENT})
_AZURE_HOPS: Final = frozenset({"virtualappliance"})
_PUBLIC_HOPS: Final = frozenset({"internet gateway", "NAT gateway", "internet"})


class Route(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One route. `target` is "" where it is not known yet, `kind` what sort of next hop it is."""

    destination: Peer
    kind: str
    target: str
    scope: str = ""
    order: int = 0

    @property
    def is_default(self) -> bool:
        """Whether it holds a large part of the internet: /0 or one of its halves."""
        return self.destination.is_world

    @property
    def is_dropping(self) -> bool:
        """Whether it discards what it is sent."""
        return self.kind == "black hole"

    @property
    def leads_out(self) -> bool:
        """Whether the next hop is a gateway to the internet."""
        return self.kind in _PUBLIC_HOPS

    def __str__(self) -> str:
        """`10.8.0.0/16 to a peering`."""
        article = "an" if self.kind[:1] in "aeiou" else "a"
        return f"{self.destination.text} to {article} {self.kind}"


class RouteMember(msgspec.Struct, frozen=True, kw_only=True):
    """One resource that holds routes of a table, before and after."""

    change: ResourceChange
    is_table: bool
    before: tuple[Route, ...]
    after: tuple[Route, ...]
    hides_routes: bool

    @property
    def is_touched(self) -> bool:
        """Whether its own routes change."""
        return self.change.kind is not ActionKind.NO_OP and self.before != self.after


class RouteTable(msgspec.Struct, frozen=True, kw_only=True):
    """All routes of one table. `table` is None where the object itself is not in the plan."""

    key: str
    table: ResourceChange | None
    members: tuple[RouteMember, ...]
    before: tuple[Route, ...]
    after: tuple[Route, ...]
    spans_before: frozenset[Span]
    after_by_span: dict[Span, list[Route]]
    index_before: SpanIndex
    index_after: SpanIndex

    def dropped(self, member: RouteMember) -> list[Route]:
        """Routes that are gone, their destinations not led to the same target any more."""
        gone = [item for item in member.before if item not in member.after and not item.is_dropping]
        return [
            item
            for item in gone
            if not self.replacement(item) and not _still_served(item, self._near_after(item))
        ]

    def replacement(self, route: Route) -> Route | None:
        """The route that serves exactly the same destination afterwards."""
        served = self.after_by_span.get(_span(route), ())
        same = [item for item in served if item.scope in {"", route.scope}]
        return min(same, key=lambda item: item.order) if same else None

    def _near_after(self, route: Route) -> list[Route]:
        """The routes afterwards that hold some of the destination."""
        return [self.after[number] for number in self.index_after.meeting(*_span(route))]

    def repointed(self, member: RouteMember) -> list[tuple[Route, Route]]:
        """Routes whose destination is served by another target afterwards."""
        pairs: list[tuple[Route, Route]] = []
        for item in member.before:
            other = None if item in member.after else self.replacement(item)
            if other is not None and (other.kind, other.target) != (item.kind, item.target):
                pairs.append((item, other))
        return pairs

    def captured(self, member: RouteMember) -> list[tuple[Route, Route]]:
        """New routes that take traffic from one of today, wider or less preferred: (it, new)."""
        pairs: list[tuple[Route, Route]] = []
        for item in member.after:
            if item in member.before:
                continue
            if _span(item) in self.spans_before:
                beaten = self._beaten_by(item, member)
                pairs += [(beaten, item)] if beaten is not None else []
                continue
            near = [self.before[number] for number in self.index_before.meeting(*_span(item))]
            wider = _longest_holding(item, near)
            if wider is not None and (wider.kind, wider.target) != (item.kind, item.target):
                pairs.append((wider, item))
        return pairs

    def _beaten_by(self, new: Route, member: RouteMember) -> Route | None:
        """The route that serves the same destination until the new one is preferred to it."""
        near = [self.before[number] for number in self.index_before.meeting(*_span(new))]
        same = [
            item
            for item in near
            if _span(item) == _span(new) and (not new.scope or item.scope in {"", new.scope})
        ]
        for scope in sorted({item.scope for item in same}):
            heard = (item for item in same if item.scope in {"", scope})
            first = min(heard, key=lambda item: item.order)
            differs = (first.kind, first.target) != (new.kind, new.target)
            if differs and first not in member.before and first.order > new.order:
                return first
        return None


_known: WeakKeyDictionary[Context, dict[str, RouteTable]] = WeakKeyDictionary()


def route_tables(context: Context) -> dict[str, RouteTable]:
    """All route tables of the plan, by label, or by id where the table itself is not there."""
    found = _known.get(context)
    if found is None:
        found = _known[context] = _build(context)
    return found


def read_routes(type_name: str, values: Values) -> tuple[Route, ...]:
    """The routes that an object of the type holds."""
    if type_name in INLINE_TABLES:
        items = blocks(values.get("route"))
    else:
        items = [values] if values else []
    return tuple(dict.fromkeys(route for item in items for route in _read(item)))


def table_key(context: Context, change: ResourceChange, argument: str) -> str:
    """The label of the table that an argument names, or the name itself; "" where unknown."""
    for values in (change.before, change.after):
        name = values.get(argument)
        if isinstance(name, str) and name:
            return table_named(context, name)
    for use in context.graph.dependencies(change.label):
        if use.argument == argument and use.node.is_resource:
            return use.node.label
    return ""


def tables_of_subnets(context: Context) -> dict[str, str]:
    """The id of the route table of each subnet whose association stays as it is."""

    def build() -> dict[str, str]:
        return {
            str(one.before.get("subnet_id")): str(one.before.get("route_table_id"))
            for one in context.changes_of("aws_route_table_association")
            if one.kind is ActionKind.NO_OP and one.before.get("subnet_id")
        }

    return once(context.plan, "tables of subnets", build)


def table_named(context: Context, name: str) -> str:
    """The label of the table with this id or name, or the name itself."""
    return _owners(context).get(name, name)


_owner_names: WeakKeyDictionary[Context, dict[str, str]] = WeakKeyDictionary()
_TABLE_TYPES: Final = (
    *sorted(INLINE_TABLES),
    "aws_ec2_transit_gateway_route_table",
    "google_compute_network",
    "hcloud_network",
)


def _owners(context: Context) -> dict[str, str]:
    names = _owner_names.get(context)
    if names is None:
        names = _owner_names[context] = {}
        for change in context.changes_of(*_TABLE_TYPES):
            values = change.before
            for name in texts(values.get("id"), values.get("name"), values.get("self_link")):
                names.setdefault(name, change.label)
    return names


def _build(context: Context) -> dict[str, RouteTable]:
    groups: dict[str, list[RouteMember]] = {}
    for change in context.changes_of(*sorted(ROUTE_TYPES)):
        if change.mode == "managed" and not change.deposed:
            is_table = change.type in INLINE_TABLES
            argument = _TABLE_ARGUMENT.get(change.type, "")
            key = change.label if is_table else table_key(context, change, argument)
            groups.setdefault(key or change.label, []).append(_member(change, is_table=is_table))
    return {key: _table(key, members, context) for key, members in sorted(groups.items())}


def _member(change: ResourceChange, *, is_table: bool) -> RouteMember:
    before = read_routes(change.type, change.before)
    stays = change.kind in {ActionKind.NO_OP, ActionKind.FORGET}
    after = before if stays else read_routes(change.type, change.after)
    hidden = is_table and change.after.get("route") is UNKNOWN
    if hidden and change.kind is ActionKind.UPDATE:
        after = before
    return RouteMember(
        change=change, is_table=is_table, before=before, after=after, hides_routes=hidden
    )


def _table(key: str, members: list[RouteMember], context: Context) -> RouteTable:
    deleted = {
        item
        for member in members
        if not member.is_table and member.is_touched
        for item in member.before
        if item not in member.after
    }
    after: list[Route] = []
    revoked: set[Route] = set()
    for member in members:
        if not member.is_table:
            continue
        if member.is_touched:
            revoked |= set(member.before) - set(member.after)
            after += member.after
        else:
            after += [item for item in member.after if item not in deleted]
    for member in members:
        if not member.is_table:
            kept = member.after if member.is_touched else set(member.after) - revoked
            after += [item for item in member.after if item in kept]
    before = dict.fromkeys(item for member in members for item in member.before)
    by_span: dict[Span, list[Route]] = {}
    for item in dict.fromkeys(after):
        by_span.setdefault(_span(item), []).append(item)
    return RouteTable(
        key=key,
        table=context.change_at(key),
        members=tuple(members),
        before=tuple(before),
        after=tuple(dict.fromkeys(after)),
        spans_before=frozenset(map(_span, before)),
        index_before=SpanIndex(enumerate(map(_span, before))),
        index_after=SpanIndex(enumerate(map(_span, dict.fromkeys(after)))),
        after_by_span=by_span,
    )


def _read(values: Values) -> Iterator[Route]:
    kind, target = _next_hop(values)
    order = values.get("priority")
    for text in texts(*(values.get(name) for name in _DESTINATIONS)):
        for scope in texts(values.get("tags")) or [""]:
            yield Route(
                destination=address_peer(text) or named_peer("prefix list", text),
                kind=kind,
                target=target,
                scope=scope,
                order=order if isinstance(order, int) else 0,
            )


def _next_hop(values: Values) -> tuple[str, str]:
    if values.get("blackhole") is True:
        return "black hole", ""
    azure = values.get("next_hop_type")
    if isinstance(azure, str):
        return _azure_hop(azure, values)
    unknown = ""
    for name in _NEXT_HOPS:
        value = values.get(name)
        if isinstance(value, str) and value:
            return _kind(name, value), value
        if value is UNKNOWN and name not in _IMPLIED and not unknown:
            unknown = name
    return (_kind(unknown, ""), "") if unknown else ("unseen next hop", "")


def _azure_hop(name: str, values: Values) -> tuple[str, str]:
    lowered = name.lower()
    if lowered == "none":
        return "black hole", ""
    address = values.get("next_hop_in_ip_address")
    target = address if lowered in _AZURE_HOPS and isinstance(address, str) else ""
    return {"internet": "internet", "virtualappliance": "appliance"}.get(lowered, name), target


_KINDS: Final[dict[str, str]] = {
    "nat_gateway_id": "NAT gateway",
    "egress_only_gateway_id": "NAT gateway",
    "transit_gateway_id": "transit gateway",
    "transit_gateway_attachment_id": "transit gateway attachment",
    "vpc_peering_connection_id": "peering",
    "vpc_endpoint_id": "VPC endpoint",
    "network_interface_id": "network interface",
    "instance_id": "network interface",
    "next_hop_gateway": "internet",
    "next_hop_vpn_tunnel": "VPN tunnel",
    "target_vpc_subnet_id": "subnet",
}
_GATEWAY_PREFIXES: Final = {
    "igw-": "internet gateway",
    "vgw-": "VPN gateway",
    "vpce-": "VPC endpoint",
}


def _kind(name: str, value: str) -> str:
    if name == "gateway_id":
        found = (kind for prefix, kind in _GATEWAY_PREFIXES.items() if value.startswith(prefix))
        return next(found, "internet gateway" if not value else "gateway")
    return _KINDS.get(name, "next hop")


def _span(route: Route) -> Span:
    return route.destination.first, route.destination.last


def _still_served(route: Route, after: Iterable[Route]) -> bool:
    """Whether the destination still reaches the same target: by a wider route, or in parts."""
    same: Callable[[Route], bool] = lambda item: (  # noqa: E731 - one line, used twice
        (item.kind, item.target) == (route.kind, route.target) and item.scope in {"", route.scope}
    )
    after = list(after)
    wider = _longest_holding(route, after)
    if wider is not None and same(wider):
        return True
    parts = sorted(_span(item) for item in after if same(item))
    reached = route.destination.first
    for low, high in parts:
        if low <= reached <= high:
            reached = high + 1
    return reached > route.destination.last


def _longest_holding(route: Route, others: Iterable[Route]) -> Route | None:
    """The longest of the other routes that holds the whole destination."""
    low, high = _span(route)
    holding = [
        item
        for item in others
        if item.destination.first <= low
        and high <= item.destination.last
        and not route.destination.is_name
        and item.scope in {"", route.scope}
    ]
    return min(holding, key=lambda i: i.destination.last - i.destination.first, default=None)
