"""What a packet filter admits, as sets, and what a change adds to them or takes away.

A permission says which peers may talk to which ports. Peers are spans on one line of numbers:
IPv4 addresses first, IPv6 addresses behind them, then one point for each name (a security group,
a prefix list, a service tag). "Is what was admitted still admitted?" is then interval arithmetic,
so a source split in halves, a rule moved elsewhere or a wider rule that remains make no difference.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

import msgspec

from iacrisk.rules.readers.networks.span_index import SpanIndex
from iacrisk.rules.readers.networks.spans import Span, intersect, subtract, union

_V4_END: Final = 2**32
_V6_START: Final = _V4_END
_NAMES_START: Final = _V6_START + 2**128
_LINE_END: Final = _NAMES_START + 2**64

ALL_PORTS: Final[Span] = (0, 65535)
ALL_PROTOCOLS: Final = "all"
_EVERYDAY_PROTOCOLS: Final = ("tcp", "udp", "icmp")
_PROTOCOL_NAMES: Final = {
    "": ALL_PROTOCOLS,
    "-1": ALL_PROTOCOLS,
    "*": ALL_PROTOCOLS,
    "any": ALL_PROTOCOLS,
    "all": ALL_PROTOCOLS,
    "1": "icmp",
    "6": "tcp",
    "17": "udp",
    "58": "icmp",
    "icmpv6": "icmp",
    "ipv6-icmp": "icmp",
}
INTERNET: Final = "the internet ("
"""How the text of a peer begins that is all addresses but those of private networks."""

_WIDEST_V4: Final = 2 ** (32 - 8)
_WIDEST_V6: Final = 2 ** (128 - 16)
_IMPLICIT_ORDER: Final = 1_000_000


class Peer(msgspec.Struct, frozen=True, gc=False):
    """Who is on the other side: a span of addresses, or a name."""

    first: int
    last: int
    text: str

    @property
    def is_name(self) -> bool:
        """Whether this is a group, a prefix list or a tag, and not addresses."""
        return self.first >= _NAMES_START and self.first == self.last

    @property
    def spans(self) -> list[Span]:
        """Its addresses; those of private networks are no part of what Azure calls the internet."""
        whole = [(self.first, self.last)]
        return subtract(whole, _PRIVATE) if self.text.startswith(INTERNET) else whole

    @property
    def is_world(self) -> bool:
        """Whether the addresses are a large part of the internet: a /8 or wider, 2000::/3."""
        if self.is_name:
            return False
        widest = _WIDEST_V4 if self.first < _V6_START else _WIDEST_V6
        return self.last - self.first + 1 >= widest and not self._is_private

    @property
    def is_public(self) -> bool:
        """Whether these are addresses and not all of them private."""
        return not self.is_name and not self._is_private

    def holds(self, other: Peer) -> bool:
        """Whether all of the other one is in it."""
        return self.first <= other.first and other.last <= self.last

    def meets(self, other: Peer) -> bool:
        """Whether they have an address or a name in common."""
        return self.first <= other.last and other.first <= self.last

    @property
    def _is_private(self) -> bool:
        return any(self.first >= low and self.last <= high for low, high in _PRIVATE)


class Permission(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One entry of a filter, for one peer.

    `order`: the lowest matching entry decides; all alike where the filter only allows. `scope`:
    whom on this side it concerns, "" for all. `vague`: a part of it is not known yet.
    """

    ingress: bool
    peer: Peer
    protocol: str = ALL_PROTOCOLS
    ports: Span = ALL_PORTS
    allow: bool = True
    order: int = 0
    scope: str = ""
    vague: bool = False


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What of `permission` one set admits and the other does not.

    `is_whole`: all of its peers are concerned, on the `ports` given.
    """

    permission: Permission
    protocol: str
    ports: Span
    peers: tuple[Span, ...]
    is_whole: bool

    @property
    def has_world(self) -> bool:
        """Whether a large part of the internet is in the difference."""
        return any(Peer(low, high, "").is_world for low, high in self.peers)

    def __str__(self) -> str:
        """`10.0.0.0/8 on port 443`, as in "no longer admits …"."""
        part = "" if self.is_whole else "all of "
        return f"{part}{self.permission.peer.text} on {format_ports(self.protocol, self.ports)}"


ANYWHERE: Final = Peer(0, _LINE_END, "any source")
SOME_GROUP: Final = Peer(_NAMES_START, _LINE_END, "a group")
WORLD_V4: Final = Peer(0, _V4_END - 1, "0.0.0.0/0")
WORLD_V6: Final = Peer(_V6_START, _NAMES_START - 1, "::/0")


def named_peer(kind: str, name: str) -> Peer:
    """A peer without known addresses; the same name is always the same peer."""
    digest = hashlib.blake2b(f"{kind}:{name}".encode(), digest_size=7).digest()
    point = _NAMES_START + int.from_bytes(digest, "big")
    return Peer(point, point, f"{kind} {name}")


@lru_cache(maxsize=16384)
def address_peer(text: str) -> Peer | None:
    """The peer of an address or CIDR, None where the text is neither."""
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    offset = 0 if network.version == 4 else _V6_START
    first, last = int(network.network_address), int(network.broadcast_address)
    return Peer(offset + first, offset + last, text)


def range_peer(first: str, last: str) -> Peer | None:
    """The peer of an address range, both ends included."""
    low, high = address_peer(first), address_peer(last)
    if low is None or high is None or high.last < low.first:
        return None
    whole = (low.first, high.last) == (WORLD_V4.first, WORLD_V4.last)
    text = WORLD_V4.text if whole else first if first == last else f"{first} to {last}"
    return Peer(low.first, high.last, text)


_NOT_PUBLIC: Final = (
    "10.0.0.0/7",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "fc00::/7",
)
_PRIVATE: Final[tuple[Span, ...]] = tuple(
    (peer.first, peer.last) for peer in map(address_peer, _NOT_PUBLIC) if peer is not None
)


def protocol_name(value: object) -> str:
    """The protocol in one spelling, whether it came as a number or a name in any case."""
    text = "" if value is None else str(value).lower()
    return _PROTOCOL_NAMES.get(text, text)


def port_span(low: object, high: object) -> Span:
    """The ports from `low` to `high`; all of them where either is missing or negative."""
    try:
        first, last = int(str(low)), int(str(high))
    except ValueError:
        return ALL_PORTS
    return (first, last) if 0 <= first <= last and (first, last) != (0, 0) else ALL_PORTS


def port_range(text: object) -> Span:
    """The ports of `443`, `8000-9000`, `1/65535`, `*` or `all`."""
    low, dash, high = str(text).replace("/", "-").partition("-")
    return port_span(low, high if dash else low)


def format_ports(protocol: str, ports: Span) -> str:
    """`port 443`, `UDP ports 8000 to 9000`, `all ports`."""
    if protocol == "icmp":
        return "ICMP"
    prefix = "" if protocol in {"tcp", ALL_PROTOCOLS} else f"{protocol.upper()} "
    if ports == ALL_PORTS:
        return f"all {prefix}ports"
    low, high = ports
    return f"{prefix}port {low}" if low == high else f"{prefix}ports {low} to {high}"


def admitted_only_by(
    these: Iterable[Permission],
    one: Iterable[Permission],
    other: Iterable[Permission],
    home: tuple[Span, ...] = (),
) -> list[Difference]:
    """What `one` admits within `these`, and `other` does not."""
    return list(PermissionSet(one, home).admits_beyond(PermissionSet(other, home), these))


def may_admit(difference: Difference, permissions: Iterable[Permission]) -> bool:
    """Whether an entry that is not fully known could admit what the difference names."""
    permission = difference.permission
    low, high = difference.ports
    return any(
        item.vague
        and item.allow
        and item.ingress == permission.ingress
        and item.protocol in {ALL_PROTOCOLS, difference.protocol}
        and item.ports[0] <= high
        and low <= item.ports[1]
        and _overlaps(item, difference.peers)
        for item in permissions
    )


def _overlaps(item: Permission, peers: Iterable[Span]) -> bool:
    return any(item.peer.first <= high and low <= item.peer.last for low, high in peers)


class PermissionSet:
    """Permissions in the order in which they decide, found by the peers they concern."""

    def __init__(self, permissions: Iterable[Permission], home: tuple[Span, ...] = ()) -> None:
        """`home`: the addresses of the network itself; who admits them all admits its groups."""
        known = (item for item in permissions if not item.vague)
        self._ordered = sorted(known, key=lambda item: (item.order, item.allow))
        self._spans = {item: _spans(item, home) for item in self._ordered}
        self._index = SpanIndex(
            (number, span)
            for number, item in enumerate(self._ordered)
            for span in self._spans[item]
        )
        self._only_allows = all(item.allow for item in self._ordered)

    def admits_beyond(
        self, other: PermissionSet, these: Iterable[Permission]
    ) -> Iterator[Difference]:
        """What is admitted here within `these`, and not by `other`."""
        are_plain = self._only_allows and other._only_allows
        for permission in dict.fromkeys(these):
            if not permission.vague and not (are_plain and permission in other._spans):
                yield from self._beyond(other, permission)

    def _beyond(self, other: PermissionSet, permission: Permission) -> Iterator[Difference]:
        protocols = self._protocols(permission)
        for protocol in protocols:
            shown = ALL_PROTOCOLS if protocol == "tcp" and len(protocols) > 1 else protocol
            found = list(self._on_protocol(other, permission, protocol))
            yield from (msgspec.structs.replace(item, protocol=shown) for item in found)
            if found and len(protocols) > 1:
                return

    def _protocols(self, permission: Permission) -> tuple[str, ...]:
        if permission.protocol != ALL_PROTOCOLS:
            return (permission.protocol,)
        return _EVERYDAY_PROTOCOLS

    def _on_protocol(
        self, other: PermissionSet, permission: Permission, protocol: str
    ) -> Iterator[Difference]:
        ours = self._relevant(permission, protocol)
        theirs = other._relevant(permission, protocol)
        all_ours, all_theirs = _by_scope(ours), _by_scope(theirs)
        for scope in _scopes(permission, ours, theirs):
            own, others = _deciding(all_ours, scope), _deciding(all_theirs, scope)
            pieces: list[tuple[Span, list[Span]]] = []
            for ports in _segments(permission.ports, (*own, *others)):
                peers = subtract(
                    self._admitted(permission, own, ports[0]),
                    other._admitted(permission, others, ports[0]),
                )
                if peers:
                    pieces.append((ports, peers))
            yield from (_difference(permission, protocol, *piece) for piece in _merge(pieces))

    def _relevant(self, permission: Permission, protocol: str) -> list[Permission]:
        meeting = self._index.meeting(permission.peer.first, permission.peer.last)
        return [
            item
            for item in map(self._ordered.__getitem__, meeting)
            if item.ingress == permission.ingress
            and item.protocol in {ALL_PROTOCOLS, protocol}
            and item.ports[0] <= permission.ports[1]
            and permission.ports[0] <= item.ports[1]
        ]

    def _admitted(
        self, permission: Permission, entries: Iterable[Permission], port: int
    ) -> list[Span]:
        undecided = permission.peer.spans
        admitted: list[Span] = []
        for item in entries:
            if not item.ports[0] <= port <= item.ports[1]:
                continue
            spans = self._spans[item]
            if item.allow:
                admitted += intersect(undecided, spans)
            undecided = subtract(undecided, spans)
            if not undecided:
                break
        return union(admitted)


def _spans(item: Permission, home: tuple[Span, ...]) -> list[Span]:
    peer = item.peer
    spans = peer.spans
    if peer.text.startswith(INTERNET):
        return spans
    covers_home = bool(home) and not subtract(home, spans)
    if covers_home or (peer.first == 0 and peer.last >= WORLD_V4.last):
        spans.append((_NAMES_START, _LINE_END))
    return spans


def _scopes(permission: Permission, *sets: Iterable[Permission]) -> list[str]:
    """The scopes to look at apart: a deny for one tag splits an allow for all, or the reverse."""
    if permission.scope:
        return [permission.scope]
    split = [item for entries in sets for item in entries if not (item.allow and permission.allow)]
    named = {item.scope for item in split}
    return ["", *sorted(named - {""})]


_ByScope = dict[str, list[tuple[int, Permission]]]


def _by_scope(entries: Iterable[Permission]) -> _ByScope:
    """The entries of each scope, each with its place in the order."""
    found: _ByScope = {}
    for place, item in enumerate(entries):
        found.setdefault(item.scope, []).append((place, item))
    return found


def _deciding(entries: _ByScope, scope: str) -> list[Permission]:
    """What decides for the scope, in order: its own entries and those for all."""
    both = entries.get("", [])
    if scope:
        both = sorted([*both, *entries.get(scope, ())], key=lambda pair: pair[0])
    return [item for _, item in both]


def _segments(ports: Span, entries: Iterable[Permission]) -> list[Span]:
    low, high = ports
    cuts = {low}
    for item in entries:
        cuts.update(cut for cut in (item.ports[0], item.ports[1] + 1) if low < cut <= high)
    ordered = sorted(cuts)
    return list(zip(ordered, [*(cut - 1 for cut in ordered[1:]), high], strict=True))


def _merge(pieces: Iterable[tuple[Span, list[Span]]]) -> list[tuple[Span, list[Span]]]:
    """Neighbouring ports with the same peers in one piece."""
    merged: list[tuple[Span, list[Span]]] = []
    for ports, peers in pieces:
        if merged and merged[-1][1] == peers and merged[-1][0][1] + 1 == ports[0]:
            merged[-1] = ((merged[-1][0][0], ports[1]), peers)
        else:
            merged.append((ports, peers))
    return merged


def _difference(
    permission: Permission, protocol: str, ports: Span, peers: list[Span]
) -> Difference:
    return Difference(
        permission=permission,
        protocol=protocol,
        ports=ports,
        peers=tuple(peers),
        is_whole=peers == permission.peer.spans,
    )
