"""The addresses with which a NAT speaks, and the lists of the plan that let them in."""

from __future__ import annotations

import re
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.programs import object_named

GOOGLE: Final = "google_compute_router_nat"
AZURE: Final = "azurerm_nat_gateway_public_ip_association"
_TYPES: Final = {
    GOOGLE: ("google_compute_address", "address"),
    AZURE: ("azurerm_public_ip", "ip_address"),
}
_V4: Final = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")


def addresses_given_up(change: ResourceChange, context: Context) -> list[ResourceChange]:
    """The address objects that the NAT no longer uses, as far as they are in the plan."""
    return [one for one in _objects(change, context, before=True) if one is not None]


def addresses_taken(change: ResourceChange, context: Context) -> list[ResourceChange] | None:
    """The address objects that it uses instead; None where one is not in the plan."""
    found = _objects(change, context, before=False)
    return None if None in found else [one for one in found if one is not None]


def text_of(address: ResourceChange) -> str:
    """The address itself, "" where it is not known."""
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


def holds(change: ResourceChange, text: str) -> bool:
    """Whether the values hold the address today and after the plan."""
    sides = (bytes(change.raw.change.before), bytes(change.raw.change.after))
    word = re.compile(rb"(?<![\d.])" + re.escape(text).encode() + rb"(?![\d.])")
    return all(word.search(side) for side in sides)


def _objects(
    change: ResourceChange, context: Context, *, before: bool
) -> list[ResourceChange | None]:
    types = [_TYPES[change.type][0]]
    old, new = _used(change, context, after=False), _used(change, context, after=True)
    wanted = [one for one in (old if before else new) if one not in (new if before else old)]
    return [object_named(types, one, context) for one in wanted]


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
