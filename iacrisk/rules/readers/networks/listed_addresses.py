"""Lists of addresses that are let in: of databases, filters and apps, whatever they are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.ip_permissions import Peer, address_peer
from iacrisk.rules.readers.settings.unknowns import holds_unknown

_LISTS: Final = regex(
    r"allow|authori[sz]ed|ip_restriction|ip_rules|permitted|source_(address|range)|src_ip_ranges|"
    r"start_ip|trusted|whitelist"
)
_DENIES: Final = regex(r"^(block|den[iy]|drop|rate|throttle)", re.IGNORECASE)
_OUTSIDE: Final = ("ipv4_enabled", "public_network_access_enabled")
_ACTIONS: Final = ("access", "action", "type")


def admits(one: ResourceChange, text: str) -> bool:
    """Whether one of its entries lets in this address, and not a range around it."""
    own = address_peer(text)
    return own is not None and any(
        (peer.first, peer.last) == (own.first, own.last) for peer in _entries(one.before)
    )


def admits_in_full(one: ResourceChange, text: str, context: Context) -> bool:
    """Whether everybody is let in, or the address is, by it or by another of its type."""
    own = address_peer(text) if text else None
    return any(
        peer.is_world or (own is not None and peer.holds(own))
        for other in context.changes_of(one.type)
        for peer in _entries(other.after)
    )


def is_completed(one: ResourceChange, context: Context) -> bool:
    """Whether its entries change in this plan, or others of its type are made beside it."""
    if any(_LISTS.search(name) or holds_unknown(one.after.get(name)) for name in one.changed):
        return True
    if set(_spans(one.before)) != set(_spans(one.after)):
        return True
    return any(other.kind is ActionKind.CREATE for other in context.changes_of(one.type))


def _spans(values: dict[str, Any]) -> Iterator[tuple[int, int]]:
    return ((peer.first, peer.last) for peer in _entries(values))


def _entries(values: Any, *, listed: bool = False) -> Iterator[Peer]:
    """The addresses and ranges below arguments that say who is let in; denials left out."""
    if isinstance(values, str):
        peer = address_peer("0.0.0.0/0" if values == "*" else values) if listed else None
        if peer is not None and not peer.is_name:
            yield peer
    elif isinstance(values, list):
        for item in values:
            yield from _entries(item, listed=listed)
    elif isinstance(values, dict) and not _refuses(values):
        for name, item in values.items():
            yield from _entries(item, listed=listed or _LISTS.search(name) is not None)


def _refuses(values: dict[str, Any]) -> bool:
    """Whether the block turns away whom it names, or nobody comes from outside at all."""
    if any(values.get(name) is False for name in _OUTSIDE):
        return True
    texts = (values.get(name) for name in _ACTIONS)
    return bool(values.get("deny")) or any(
        isinstance(text, str) and _DENIES.match(text) for text in texts
    )
