"""Who calls what is behind a security group of AWS, and whether its entries let them in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from iacrisk.catalog.interfaces import GROUP_LISTS
from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.client_addresses import calls_to, hosts_of
from iacrisk.rules.readers.networks.ip_permissions import (
    ALL_PROTOCOLS,
    Difference,
    Permission,
    address_peer,
    named_peer,
)
from iacrisk.rules.readers.networks.packet_filters import Member, PacketFilter, touched_filters
from iacrisk.rules.readers.networks.spans import Span
from iacrisk.rules.readers.programs.running import programs_using
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays


def lost_by(
    change: ResourceChange, context: Context
) -> tuple[PacketFilter, list[Difference]] | None:
    """The filter that the change is a part of, with what it no longer lets in by this change."""

    def build() -> dict[str, tuple[PacketFilter, Member]]:
        index: dict[str, tuple[PacketFilter, Member]] = {}
        for found in touched_filters(context):
            for member in found.members if found.owner is not None else ():
                index.setdefault(member.change.label, (found, member))
        return index

    part = once(context.plan, "parts of filters", build).get(change.label)
    return (part[0], part[0].lost(part[1])) if part is not None else None


def behind_group(group: ResourceChange, context: Context) -> list[ResourceChange]:
    """What is in the group."""
    identity = group.before.get("id")
    if not isinstance(identity, str) or not identity:
        return []

    def build() -> list[ResourceChange]:
        return [
            one
            for one in context.plan.changes
            if one.mode == "managed"
            and not one.type.startswith(("aws_security_group", "aws_vpc_security_group_"))
            and one.kind is not ActionKind.DELETE
            and identity.encode() in bytes(one.raw.change.after)
        ]

    return once(context.plan, ("behind group", identity), build)


_GROUP: Final = regex(rb"sg-[0-9a-z]+")
_SUBNET: Final = regex(rb"subnet-[0-9a-z]+")


def is_let_in(
    one: ResourceChange, lost: list[Difference], after: tuple[Permission, ...], context: Context
) -> bool:
    """Whether each thing that runs the program is in a group, or subnets, that other entries name.

    What is not in any network of the plan never came in by it.
    """
    homes = list(homes_of(one, context))
    if not homes:
        return False
    for home in homes:
        raw = bytes(home.raw.change.after)
        groups = [named_peer("group", text.decode()).first for text in _GROUP.findall(raw)]
        subnets = spans_of(_ranges_of([text.decode() for text in _SUBNET.findall(raw)], context))
        for item in lost:
            entries = [it for it in after if _holds_ports(it, item)]
            by_group = any(it.peer.first in groups for it in entries if it.peer.is_name)
            by_range = bool(subnets) and all(
                any(it.peer.first <= first and last <= it.peer.last for it in entries)
                for first, last in subnets
            )
            if not by_group and not by_range:
                return False
    return True


def homes_of(one: ResourceChange, context: Context) -> Iterator[ResourceChange]:
    """Where the program runs: the services of a task definition, or itself."""
    if one.type in GROUP_LISTS:
        yield one
        return
    for use in context.graph.consumers(one.label):
        if use.node.type in GROUP_LISTS and use.node.change is not None and stays(use.node.change):
            yield use.node.change


def _ranges_of(names: list[str], context: Context) -> list[str]:
    return [
        text
        for one in context.changes_of("aws_subnet")
        if one.before.get("id") in names
        for text in texts(one.before.get("cidr_block"))
    ]


def _holds_ports(entry: Permission, item: Difference) -> bool:
    return (
        entry.allow
        and entry.ingress
        and entry.protocol in {ALL_PROTOCOLS, item.protocol}
        and entry.ports[0] <= item.ports[0]
        and item.ports[1] <= entry.ports[1]
    )


def spans_of(ranges: Iterable[str]) -> list[Span]:
    """The addresses of the ranges that can be read."""
    return [(it.first, it.last) for it in map(address_peer, ranges) if it is not None]


def callers_of_stores(stores: list[ResourceChange], context: Context) -> list[ResourceChange]:
    """The programs that name a host of one of the stores, or use it in another way."""
    called = calls_to({host for it in stores for host in hosts_of(it)}, context)
    users = {one.label: one for it in stores for one in programs_using(it, context)}
    return list((users | {one.label: one for one, _ in called}).values())
