"""BL-ownaddress: a subnet leaves a NAT whose machines have addresses of their own."""

from __future__ import annotations

from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.running import object_named
from iacrisk.rules.readers.shapes import last_part
from iacrisk.rules.readers.siblings import stays

_MODE: Final = "source_subnetwork_ip_ranges_to_nat"
_LISTED: Final = "LIST_OF_SUBNETWORKS"
_MACHINES: Final = frozenset(
    {
        "google_compute_instance",
        "google_compute_instance_template",
        "google_compute_region_instance_template",
    }
)
_SEND_NOTHING: Final = frozenset(
    {
        "google_compute_address",
        "google_compute_router_nat",
        "google_compute_subnetwork",
        "google_compute_subnetwork_iam_binding",
        "google_compute_subnetwork_iam_member",
        "google_compute_subnetwork_iam_policy",
    }
)
"""Types that name a subnet and send no packets from it."""


def why_own_addresses(change: ResourceChange, context: Context) -> str | None:
    """Why the subnets that leave a NAT need none: each machine there has an address of its own."""
    rest = change.changed - {"subnetwork"}
    if rest and explain(change, context, *rest) is None:
        return None
    if change.before.get(_MODE) != _LISTED or change.after.get(_MODE) != _LISTED:
        return None
    before, after = (_ranges(side) for side in (change.before, change.after))
    left = [name for name, kinds in before.items() if not kinds <= after.get(name, set())]
    if not left or "" in after:
        return None
    if all(needs_none(name, change, context) for name in left):
        return "every machine of the subnets that leave it has an address of its own"
    return None


def _ranges(side: dict[str, Any]) -> dict[str, set[str]]:
    """The subnets by name, each with what of it is translated; "" for one that is not known."""
    found: dict[str, set[str]] = {}
    for block in members(side.get("subnetwork")):
        name, kinds = block.get("name"), block.get("source_ip_ranges_to_nat")
        known = isinstance(name, str) and isinstance(kinds, list) and UNKNOWN not in kinds
        found[last_part(name) if known else ""] = {*map(str, kinds)} if known and kinds else set()
    return found


def needs_none(name: str, nat: ResourceChange, context: Context) -> bool:
    """Whether the subnet has machines, and each thing in it an address of its own."""
    subnet = object_named(["google_compute_subnetwork"], name, context)
    if subnet is None or subnet.before.get("region") != nat.before.get("region"):
        return False
    users = _users_of(subnet, name, context)
    machines = [one for one in users if one.type == "google_compute_instance" and stays(one)]
    return bool(machines) and all(_has_own(one, name) for one in users)


def _users_of(subnet: ResourceChange, name: str, context: Context) -> list[ResourceChange]:
    """Whatever names the subnet or refers to it, and may send from it."""
    near = {use.node.label for use in context.consumers(subnet)}
    ends = tuple(f'{start}{name}"'.encode() for start in ('"', "subnetworks/"))
    return [
        one
        for one in context.plan.changes
        if one.mode == "managed"
        and one.kind is not ActionKind.DELETE
        and one.type not in _SEND_NOTHING
        and (
            any(end in bytes(one.raw.change.after) for end in ends)
            or (one.label in near and not _stands_elsewhere(one))
        )
    ]


def _stands_elsewhere(user: ResourceChange) -> bool:
    """Whether what refers to subnets of a list stays as it is, in another one that it names."""
    return user.kind is ActionKind.NO_OP and b"/subnetworks/" in bytes(user.raw.change.after)


def _has_own(user: ResourceChange, subnet: str) -> bool:
    """Whether it is a machine with an address of the internet on each interface there.

    Further ranges of an interface, which containers use, leave by the NAT all the same.
    """
    if user.type not in _MACHINES:
        return False
    sides = [user.after] if user.kind is ActionKind.CREATE else [user.before, user.after]
    for side in sides:
        cards = members(side.get("network_interface"))
        there = [one for one in cards if last_part(one.get("subnetwork")) == subnet]
        if not there or len(there) < len(_not_known_or(there, cards)):
            return False
        if not all(one.get("access_config") and not one.get("alias_ip_range") for one in there):
            return False
    return True


def _not_known_or(there: list[Any], cards: list[Any]) -> list[Any]:
    return [*there, *(one for one in cards if one.get("subnetwork") in {None, "", UNKNOWN})]
