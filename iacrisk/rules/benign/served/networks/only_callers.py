"""BL-callerkept: a filter is narrowed to the subnets in which the callers of the plan live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.ip_permissions import Peer, address_peer
from iacrisk.rules.readers.networks.network_users import users_of
from iacrisk.rules.readers.networks.packet_filters import (
    touched_member,
)
from iacrisk.rules.readers.networks.spans import Span
from iacrisk.rules.readers.shapes import texts

ENTRIES: Final = frozenset(
    {
        "aws_security_group",
        "aws_security_group_rule",
        "aws_vpc_security_group_ingress_rule",
        "azurerm_network_security_rule",
    }
)
_SUBNETS: Final[dict[str, tuple[str, ...]]] = {
    "aws_subnet": ("cidr_block",),
    "azurerm_subnet": ("address_prefixes", "address_prefix"),
}
_NETWORKS: Final[dict[str, tuple[str, ...]]] = {
    "aws_vpc": ("cidr_block",),
    "aws_vpc_ipv4_cidr_block_association": ("cidr_block",),
    "azurerm_virtual_network": ("address_space",),
}


def why_callers_kept(change: ResourceChange, context: Context) -> str | None:
    """Why nobody is shut out whom the plan shows; None where somebody may be."""
    found, member = touched_member(change, context)
    if found is None or member is None:
        return None
    lost = found.lost(member)
    entries = [item.permission for item in lost]
    if not lost or not all(entry.ingress and entry.allow for entry in entries):
        return None
    shut = [span for item in lost for span in item.peers]
    networks = once(context.plan, "own networks", lambda: list(_ranges(_NETWORKS, context)))
    if not all(_within(span, [own for own, _ in networks]) for span in shut):
        return None
    subnets = once(context.plan, "own subnets", lambda: list(_ranges(_SUBNETS, context)))
    if any(_lives_in(one, context) for span, one in subnets if _meets(span, shut)):
        return None
    kept = [
        (entry.peer.first, entry.peer.last)
        for entry in member.after
        if entry.ingress and entry.allow and not entry.peer.is_name and not _is_wide(entry.peer)
    ]
    if any(_lives_in(one, context) for span, one in subnets if _within(span, kept)):
        return "nothing in the plan lives in what is shut out; its callers are still let in"
    return None


def _is_wide(peer: Peer) -> bool:
    return peer.is_world or peer.is_public


def _lives_in(subnet: ResourceChange, context: Context) -> bool:
    return bool(users_of(subnet, context).live)


def _ranges(
    types: dict[str, tuple[str, ...]], context: Context
) -> Iterator[tuple[Span, ResourceChange]]:
    for type_name, arguments in types.items():
        for one in context.changes_of(type_name):
            for text in texts(next(filter(None, map(one.before.get, arguments)), None)):
                peer = address_peer(text)
                if peer is not None:
                    yield (peer.first, peer.last), one


def _within(span: Span, others: Iterable[Span]) -> bool:
    return any(low <= span[0] and span[1] <= high for low, high in others)


def _meets(span: Span, others: Iterable[Span]) -> bool:
    return any(low <= span[1] and span[0] <= high for low, high in others)
