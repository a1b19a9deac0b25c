"""The addresses with which a NAT speaks, and the lists of the plan that let them in."""

from __future__ import annotations

import re
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.ip_permissions import Peer, address_peer
from iacrisk.rules.readers.programs.running import object_named
from iacrisk.rules.readers.siblings import stays

GOOGLE: Final = "google_compute_router_nat"
AZURE: Final = "azurerm_nat_gateway_public_ip_association"
_TYPES: Final = {
    GOOGLE: ("google_compute_address", "address"),
    AZURE: ("azurerm_public_ip", "ip_address"),
}
_V4: Final = regex(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")


def addresses_given_up(change: ResourceChange, context: Context) -> list[ResourceChange | None]:
    """The address objects that the NAT no longer uses; None for one that is not in the plan."""
    kept = _used(change, context, after=True)
    return _objects(
        change, context, [n for n in _used(change, context, after=False) if n not in kept]
    )


def addresses_left(change: ResourceChange, context: Context) -> list[ResourceChange | None]:
    """The address objects that it uses from then on, which are there already; None for others."""
    return _objects(change, context, _used(change, context, after=True))


def addresses_had(change: ResourceChange, context: Context) -> list[ResourceChange | None]:
    """The address objects that the NAT has today and keeps; none where it gives one up."""
    if change.type == GOOGLE:
        before, after = change.before.get("nat_ips"), change.after.get("nat_ips")
        kept = before if isinstance(before, list) else []
        gone = isinstance(after, list) and any(one not in after for one in kept)
        return [] if gone else _objects(change, context, kept)
    gateway = change.after.get("nat_gateway_id")
    return _objects(
        change,
        context,
        [
            one.before.get("public_ip_address_id")
            for one in context.changes_of(AZURE)
            if stays(one) and one.before.get("nat_gateway_id") == gateway
        ],
    )


def addresses_gained(change: ResourceChange, context: Context) -> list[ResourceChange]:
    """The address objects that the NAT gets: new ones it refers to, others that it names."""
    argument = "nat_ips" if change.type == GOOGLE else "public_ip_address_id"
    if argument not in change.changed and change.kind is not ActionKind.CREATE:
        return []
    wanted = _TYPES[change.type][0]
    made = [
        found
        for use in context.graph.dependencies(change.label)
        if use.argument == argument
        and (found := use.node.change) is not None
        and found.type == wanted
        and found.kind is ActionKind.CREATE
    ]
    before, after = change.before.get(argument), change.after.get(argument)
    named = after if isinstance(after, list) else [after]
    had = before if isinstance(before, list) else [before]
    there = _objects(change, context, [one for one in named if one not in had])
    return [*made, *(one for one in there if one is not None)]


def text_of(address: ResourceChange | None) -> str:
    """The address itself, "" where it is not known."""
    if address is None:
        return ""
    argument = dict(_TYPES.values())[address.type]
    text = address.before.get(argument)
    return text if isinstance(text, str) and _V4.fullmatch(text) else ""


def lists_with(text: str, context: Context) -> tuple[ResourceChange, ...]:
    """All that holds the address in its values, apart from the address object itself."""

    def build() -> dict[str, list[ResourceChange]]:
        index: dict[str, list[ResourceChange]] = {}
        kinds = dict(_TYPES.values())
        for one in context.plan.changes:
            if one.mode != "managed" or one.type in kinds or one.kind is ActionKind.CREATE:
                continue
            raw = bytes(one.raw.change.before).decode("utf-8", "replace")
            for found in set(_V4.findall(raw)):
                index.setdefault(found, []).append(one)
        return index

    return tuple(once(context.plan, "changes by address", build).get(text, ()))


def ranges_around(text: str, context: Context) -> list[tuple[Peer, ResourceChange]]:
    """The ranges, narrower than a quarter of the internet, in which the address lies."""

    def build() -> list[tuple[Peer, ResourceChange]]:
        return [
            (peer, one)
            for one in context.plan.changes
            if one.mode == "managed" and one.kind is not ActionKind.CREATE
            for found in set(
                _RANGE.findall(bytes(one.raw.change.before).decode("utf-8", "replace"))
            )
            if (peer := address_peer(found)) is not None
            and peer.first < peer.last < peer.first + _HUGE
        ]

    known, own = once(context.plan, "ranges of changes", build), address_peer(text)
    return [(peer, one) for peer, one in known if own and peer.holds(own)]


_RANGE: Final = regex(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}(?!\d)")
_HUGE: Final = 2**30


def holds(change: ResourceChange, text: str) -> bool:
    """Whether the values hold the address today and after the plan."""
    sides = (bytes(change.raw.change.before), bytes(change.raw.change.after))
    word = re.compile(rb"(?<![\d.])" + re.escape(text).encode() + rb"(?![\d.])")
    return all(word.search(side) for side in sides)


def _objects(
    change: ResourceChange, context: Context, named: list[Any]
) -> list[ResourceChange | None]:
    types = [_TYPES[change.type][0]]
    return [object_named(types, one, context) for one in named]


def _used(change: ResourceChange, context: Context, *, after: bool) -> list[Any]:
    if change.type == GOOGLE:
        value = (change.after if after else change.before).get("nat_ips")
        return value if isinstance(value, list) else [value] if value is UNKNOWN else []
    gateway = change.before.get("nat_gateway_id")
    gone = ActionKind.DELETE if after else ActionKind.CREATE
    sides = [
        one.after if after else one.before
        for one in context.changes_of(AZURE)
        if one.kind is not gone
    ]
    return [
        side.get("public_ip_address_id") for side in sides if side.get("nat_gateway_id") == gateway
    ]
