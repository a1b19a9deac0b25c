"""N10, a part of it: a list of addresses that filters admit gets a huge range."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog import ports
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.ip_permissions import Peer, Permission, address_peer
from iacrisk.rules.readers.networks.permissions import read_permissions
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Severity

_LISTS: Final = ("aws_ec2_managed_prefix_list", "azurerm_ip_group")
_ENTRIES: Final = {
    "aws_ec2_managed_prefix_list_entry": "prefix_list_id",
    "azurerm_ip_group_cidr": "ip_group_id",
}
_HUGE: Final = 2 ** (32 - 8)
_LARGE: Final = 2 ** (32 - 16)
_NEW: Final = frozenset({ActionKind.CREATE, ActionKind.UPDATE, ActionKind.REPLACE})


def huge_ranges_listed(context: Context) -> Iterator[Flag]:
    """Lists of addresses that newly hold a good part of the internet, and whom that opens."""
    for change in context.changes_of(*_LISTS, *_ENTRIES):
        if change.kind not in _NEW:
            continue
        for peer in _new_peers(change):
            opened = list(_opened(change, peer, context))
            if opened:
                yield Flag(
                    what=f"Filters that refer to the list newly admit all of {peer.text}.",
                    address=change.label,
                    paths=((_argument(change),),),
                    severity=Severity.CRITICAL if _size(peer) >= _HUGE else Severity.HIGH,
                    confidence=Confidence.MEDIUM,
                    hurts=tuple(dict.fromkeys(opened)),
                )
                break


def _argument(change: ResourceChange) -> str:
    return next(
        name for name in ("entry", "cidrs", "cidr") if name in change.after or name == "cidr"
    )


def _new_peers(change: ResourceChange) -> list[Peer]:
    """The public ranges that the list did not hold before, widest first."""
    name = _argument(change)
    before = [] if change.type in _ENTRIES else _peers(change.before.get(name))
    new = [
        one
        for one in _peers(change.after.get(name))
        if one.is_public
        and _size(one) >= _LARGE
        and ":" not in one.text
        and not any(old.holds(one) for old in before)
    ]
    return sorted(new, key=_size, reverse=True)


def _peers(value: Any) -> list[Peer]:
    items = value if isinstance(value, list) else [value]
    listed = [item.get("cidr") if isinstance(item, dict) else item for item in items]
    found = (address_peer(text) for text in listed if isinstance(text, str))
    return [peer for peer in found if peer is not None]


def _size(peer: Peer) -> int:
    return peer.last - peer.first + 1


def _opened(change: ResourceChange, peer: Peer, context: Context) -> Iterator[str]:
    """The filters that admit the list on ports that are not for so many, and who is behind."""
    for other in _users_of_list(change, context):
        for item in read_permissions(other.type, other.after):
            if item.ingress and item.allow and item.peer.is_name and _matters(item, peer):
                yield other.label
                yield from _behind(other, context)
                break


def _users_of_list(change: ResourceChange, context: Context) -> list[ResourceChange]:
    label = change.label
    if change.type in _ENTRIES:
        owners = [
            use.node.label
            for use in context.graph.dependencies(label)
            if use.argument == _ENTRIES[change.type]
        ]
        label = owners[0] if owners else label
    users = [use.node.change for use in context.graph.consumers(label)]
    return [one for one in users if one is not None and stays(one)]


def _matters(item: Permission, peer: Peer) -> bool:
    """Whether the ports are a shell's, a database's or all; for a huge range, any but the web's."""
    wide = item.ports[1] - item.ports[0] >= ports.WIDE_RANGE
    if wide or ports.sensitive_ports(item.ports):
        return True
    return _size(peer) >= _HUGE and not ports.is_web_only(item.ports)


def _behind(change: ResourceChange, context: Context) -> Iterator[str]:
    """The group that a rule belongs to, and what lives in the group."""
    uses = context.graph.dependencies(change.label)
    groups = [use.node.label for use in uses if use.node.type == "aws_security_group"]
    groups += [change.label] if change.type == "aws_security_group" else []
    for label in groups:
        yield label
        for use in context.graph.consumers(label):
            one = use.node.change
            if one is not None and stays(one) and not read_permissions(one.type, one.after):
                yield one.label
