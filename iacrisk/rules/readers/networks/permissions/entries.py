"""What entries of all providers are made of: peers, protocols, spans of ports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN
from iacrisk.rules.readers.networks.ip_permissions import (
    ALL_PORTS,
    ALL_PROTOCOLS,
    ANYWHERE,
    SOME_GROUP,
    Peer,
    Permission,
    address_peer,
    named_peer,
    protocol_name,
)
from iacrisk.rules.readers.networks.spans import Span
from iacrisk.rules.readers.shapes import Values

Reader = Callable[[Values], Iterator[Permission]]
"""Of one type: its values to the entries that they hold."""

LAST: Final = 1_000_000
GROUP: Final = "group"
SELF: Final = "itself"


def peer_of(text: str, kind: str = "tag") -> Peer:
    return address_peer(text) or named_peer(kind, text)


def addresses_of(values: Iterable[str]) -> list[Peer]:
    return [peer_of(text) for text in values]


def groups_of(values: Iterable[str], own: object) -> list[Peer]:
    names = (text.rpartition("/")[2] for text in values)
    return [named_peer(GROUP, SELF if name == own else name) for name in names]


def entries(
    peers: Iterable[Peer], *, ingress: bool, protocol: object, ports: Span, gap: bool, **more: Any
) -> Iterator[Permission]:
    """An entry for each peer, and a vague one where something is not known yet."""
    name = ALL_PROTOCOLS if protocol is UNKNOWN else protocol_name(protocol)
    span = ALL_PORTS if name == "icmp" else ports
    vague = bool(more.pop("vague", False)) or protocol is UNKNOWN
    for peer in [*peers, *([ANYWHERE] if gap else [])]:
        hidden = vague or peer is ANYWHERE or peer is SOME_GROUP
        yield Permission(
            ingress=ingress, peer=peer, protocol=name, ports=span, vague=hidden, **more
        )


def order_of(value: Any, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def api_entries(peers: Iterable[Peer], *, gap: bool) -> Iterator[Permission]:
    """The entries of a cluster's API server."""
    yield from entries(peers, ingress=True, protocol="tcp", ports=(6443, 6443), gap=gap)


def list_entries(peers: Iterable[Peer], *, gap: bool) -> Iterator[Permission]:
    """The entries of a database's access list, which knows no ports."""
    yield from entries(peers, ingress=True, protocol="tcp", ports=ALL_PORTS, gap=gap)
