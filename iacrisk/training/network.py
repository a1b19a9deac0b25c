"""Whether a packet gets through: security groups, network ACLs, routes and endpoints, evaluated.

Pure: `inventory.network` builds the values from what the cloud describes. IPv4 alone; a prefix
list or a transit gateway on the deciding path makes the verdict unknown rather than guessed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal

import msgspec

STRANGER = "198.51.100.7"
"""Somebody on the internet (an address reserved for documentation)."""

AWS_ADDRESS = "52.216.0.1"
"""Stands for the public endpoints of AWS's own services."""

_REPLY_PORT = 40000
"""An ephemeral port: ACLs keep no state, so the answer needs its own permission."""


class _Value(msgspec.Struct, frozen=True, kw_only=True):
    """Immutable."""


class GroupRule(_Value, frozen=True):
    """One permission of a security group."""

    protocol: str
    """tcp, udp, icmp or -1 for all."""
    first: int = 0
    last: int = 65535
    cidrs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    prefix_lists: tuple[str, ...] = ()


class SecurityGroup(_Value, frozen=True):
    """What may come in and go out."""

    ingress: tuple[GroupRule, ...] = ()
    egress: tuple[GroupRule, ...] = ()


class AclEntry(_Value, frozen=True):
    """One numbered line of a network ACL."""

    number: int
    egress: bool
    allow: bool
    cidr: str
    protocol: str = "-1"
    first: int = 0
    last: int = 65535


class Route(_Value, frozen=True):
    """One line of a route table. `target` is an id (igw-, nat-, pcx-, ...) or `local`."""

    cidr: str
    target: str


class Subnet(_Value, frozen=True):
    """A subnet with the tables that apply to it."""

    vpc: str
    cidr: str
    table: str = ""
    routes: tuple[Route, ...] = ()
    acl: tuple[AclEntry, ...] | None = None
    """None: no ACL known, all may pass."""


class ServiceEndpoint(_Value, frozen=True):
    """A VPC endpoint of an AWS service."""

    service: str
    """The last part of its name: s3, ssm."""
    vpc: str
    tables: tuple[str, ...] = ()
    """Route tables, for the gateway kind."""
    groups: tuple[str, ...] = ()
    """Security groups, for the interface kind."""
    gateway: bool = True


class Network(_Value, frozen=True):
    """Everything that decides about a packet."""

    vpcs: Mapping[str, tuple[str, ...]] = {}
    """CIDR blocks by VPC."""
    subnets: Mapping[str, Subnet] = {}
    groups: Mapping[str, SecurityGroup] = {}
    internet_gateways: Mapping[str, str] = {}
    """VPC by attached internet gateway."""
    nat_gateways: Mapping[str, str] = {}
    """Subnet by available NAT gateway."""
    peerings: Mapping[str, tuple[str, str]] = {}
    """The two VPCs of an active peering."""
    endpoints: tuple[ServiceEndpoint, ...] = ()


class Node(_Value, frozen=True):
    """One network interface; outside of every VPC when it has no subnet."""

    address: str
    subnet: str = ""
    groups: tuple[str, ...] | None = None
    """None where security groups do not apply, as for network load balancers without any."""
    public: bool = False
    """Whether it has a public address."""
    service: str = ""
    """For a public AWS endpoint: which service."""


State = Literal["works", "broken", "unknown"]


class Verdict(_Value, frozen=True):
    """The answer and its reason."""

    state: State
    why: str = ""


_THROUGH = Verdict(state="works")


def _stopped(why: str) -> Verdict:
    return Verdict(state="broken", why=why)


def reach(
    network: Network, source: Node, target: Node, port: int, protocol: str = "tcp"
) -> Verdict:
    """Whether `source` can open a connection to `port` of `target`."""
    if not source.subnet and not target.subnet:
        return _THROUGH  # both on the internet; nothing of ours is in between
    if not source.subnet:
        return _from_outside(network, source, target, port, protocol)
    if not target.subnet:
        return _to_outside(network, source, target, port, protocol)
    return _inside(network, source, target, port, protocol)


def _from_outside(
    network: Network, source: Node, target: Node, port: int, protocol: str
) -> Verdict:
    if not target.public:
        return _stopped("the target has no public address")
    route, _ = _route(network, target.subnet, source.address)
    if route != "internet":
        return _stopped("the target's subnet has no route to the internet")
    return _first_fault(
        _acl(network, target.subnet, source.address, port, protocol, egress=False),
        _acl(network, target.subnet, source.address, _REPLY_PORT, protocol, egress=True),
        _group(network, target, source, port, protocol, ingress=True),
    )


def _to_outside(network: Network, source: Node, target: Node, port: int, protocol: str) -> Verdict:
    leaving = _first_fault(
        _group(network, source, target, port, protocol, ingress=False),
        _acl(network, source.subnet, target.address, port, protocol, egress=True),
        _acl(network, source.subnet, target.address, _REPLY_PORT, protocol, egress=False),
    )
    if leaving.state == "broken":
        return leaving
    if target.service and (endpoint := _endpoint(network, source, target, port)):
        return endpoint if endpoint.state == "broken" else leaving
    route, hop = _route(network, source.subnet, target.address)
    if route == "internet":
        return leaving if source.public else _stopped("the source has no public address")
    if route == "nat":
        onward, _ = _route(network, network.nat_gateways[hop], target.address)
        return leaving if onward == "internet" else _stopped("the NAT gateway has no way out")
    if route == "unknown":
        return Verdict(state="unknown", why=f"routed to {hop}")
    return _stopped(f"no route to the internet{f' ({hop})' if hop else ''}")


def _endpoint(network: Network, source: Node, target: Node, port: int) -> Verdict | None:
    """The verdict of a VPC endpoint of the target's service, if the source uses one."""
    subnet = network.subnets[source.subnet]
    for endpoint in network.endpoints:
        if endpoint.service != target.service or endpoint.vpc != subnet.vpc:
            continue
        if endpoint.gateway:
            if subnet.table in endpoint.tables:
                return _THROUGH
            continue
        face = Node(address=target.address, subnet=source.subnet, groups=endpoint.groups)
        return _group(network, face, source, port, "tcp", ingress=True)
    return None


def _inside(network: Network, source: Node, target: Node, port: int, protocol: str) -> Verdict:
    groups = _first_fault(
        _group(network, source, target, port, protocol, ingress=False),
        _group(network, target, source, port, protocol, ingress=True),
    )
    if groups.state == "broken":
        return groups
    one, other = network.subnets[source.subnet], network.subnets[target.subnet]
    if one.vpc != other.vpc:
        for subnet, peer, way in ((source, target, "there"), (target, source, "back")):
            route, hop = _route(network, subnet.subnet, peer.address)
            if route == "unknown":
                return Verdict(state="unknown", why=f"routed to {hop}")
            if route != "peering":
                return _stopped(f"no route {way}{f' ({hop})' if hop else ''}")
    if source.subnet == target.subnet:
        return groups
    return _first_fault(
        groups,
        _acl(network, source.subnet, target.address, port, protocol, egress=True),
        _acl(network, target.subnet, source.address, port, protocol, egress=False),
        _acl(network, target.subnet, source.address, _REPLY_PORT, protocol, egress=True),
        _acl(network, source.subnet, target.address, _REPLY_PORT, protocol, egress=False),
    )


def _first_fault(*verdicts: Verdict) -> Verdict:
    for state in ("broken", "unknown"):
        for verdict in verdicts:
            if verdict.state == state:
                return verdict
    return _THROUGH


def _group(
    network: Network, own: Node, peer: Node, port: int, protocol: str, *, ingress: bool
) -> Verdict:
    """Whether the security groups of `own` let the connection with `peer` pass."""
    if own.groups is None:
        return _THROUGH
    doubtful = False
    for rule in _rules(network, own.groups, ingress=ingress):
        if not _covers(rule.protocol, rule.first, rule.last, port, protocol):
            continue
        if any(within(peer.address, cidr) for cidr in rule.cidrs):
            return _THROUGH
        if set(rule.groups) & set(peer.groups or ()):
            return _THROUGH
        doubtful |= bool(rule.prefix_lists)
    if doubtful:
        return Verdict(state="unknown", why="a prefix list decides")
    return _stopped(f"security group: no {'ingress' if ingress else 'egress'} rule")


def _rules(network: Network, groups: Iterable[str], *, ingress: bool) -> Iterable[GroupRule]:
    for group in groups:
        if found := network.groups.get(group):
            yield from found.ingress if ingress else found.egress


def _acl(
    network: Network, subnet: str, address: str, port: int, protocol: str, *, egress: bool
) -> Verdict:
    entries = network.subnets[subnet].acl
    if entries is None:
        return _THROUGH
    for entry in sorted(entries, key=lambda entry: entry.number):
        if entry.egress != egress or not within(address, entry.cidr):
            continue
        if _covers(entry.protocol, entry.first, entry.last, port, protocol):
            return _THROUGH if entry.allow else _stopped(f"network ACL, rule {entry.number}")
    return _stopped("network ACL: no rule")


def _covers(allowed: str, first: int, last: int, port: int, protocol: str) -> bool:
    names = {"6": "tcp", "17": "udp"}
    allowed = names.get(allowed, allowed)
    return allowed == "-1" or (allowed == protocol and first <= port <= last)


def _route(network: Network, subnet_id: str, address: str) -> tuple[str, str]:
    """Where the longest matching route leads: its kind and the id, or why it leads nowhere."""
    subnet = network.subnets[subnet_id]
    if any(within(address, cidr) for cidr in network.vpcs.get(subnet.vpc, ())):
        return "local", ""
    matching = [route for route in subnet.routes if within(address, route.cidr)]
    if not matching:
        return "none", ""
    target = max(matching, key=lambda route: _network(route.cidr).prefixlen).target
    return _hop(network, subnet.vpc, target)


def _hop(network: Network, vpc: str, target: str) -> tuple[str, str]:
    match target.partition("-")[0]:
        case "igw" if network.internet_gateways.get(target) == vpc:
            return "internet", target
        case "nat" if target in network.nat_gateways:
            return "nat", target
        case "pcx" if vpc in network.peerings.get(target, ()):
            return "peering", target
        case "igw" | "nat" | "pcx":
            return "none", f"{target} is gone"
        case "local":
            return "local", ""
        case _:
            return "unknown", target


def within(address: str, cidr: str) -> bool:
    """Whether an address belongs to a network."""
    return ipaddress.ip_address(address) in _network(cidr)


@cache
def _network(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(cidr, strict=False)
