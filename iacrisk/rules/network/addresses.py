"""N07: public addresses given up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog import facts
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.admin_only import is_admin_only
from iacrisk.rules.readers.networks.network_users import users_of
from iacrisk.rules.readers.settings.left_alone import why_left_alone
from iacrisk.rules.readers.shapes import blocks, texts
from iacrisk.rules.rule import (
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)

_ADDRESSES: Final = (
    "ip_address",
    "public_ip",
    "address",
    "nat_ip",
    "elastic_ip",
    "floating_ip_address",
)
_HOLDERS: Final = (
    "association_id",
    "instance",
    "network_interface",
    "users",
    "droplet_id",
    "server_id",
    "assignee_id",
    "port_id",
)
"""Arguments that say who has the address at present."""

_ASSIGNMENTS: Final[dict[str, tuple[str, str]]] = {
    "aws_eip_association": ("allocation_id", "instance_id"),
    "aws_lightsail_static_ip_attachment": ("static_ip_name", "instance_name"),
    "azurerm_nat_gateway_public_ip_association": ("public_ip_address_id", "nat_gateway_id"),
    "azurerm_subnet_nat_gateway_association": ("nat_gateway_id", "subnet_id"),
    "digitalocean_floating_ip_assignment": ("ip_address", "droplet_id"),
    "digitalocean_reserved_ip_assignment": ("ip_address", "droplet_id"),
    "hcloud_floating_ip_assignment": ("floating_ip_id", "server_id"),
    "openstack_compute_floatingip_associate_v2": ("floating_ip", "instance_id"),
    "openstack_networking_floatingip_associate_v2": ("floating_ip", "port_id"),
}
"""Types that give an address to something: the argument of the address, of who gets it."""

_NATS: Final = frozenset({"aws_nat_gateway", "azurerm_nat_gateway", "google_compute_router_nat"})
_MOVES: Final = ("instance", "network_interface", "droplet_id", "server_id", "assignee_id")
_TYPES: Final = (
    facts.PUBLIC_ADDRESS_TYPES
    | _ASSIGNMENTS.keys()
    | {"openstack_networking_floatingip_v2", "google_compute_instance"}
)


@rule(
    id="N07",
    name="public-address-released",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds=DESTROYS | {ActionKind.UPDATE},
    types=_TYPES,
)
def public_address_released(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A public address that is in use is given up or moved.

    What it flags
        The delete or replacement of an elastic, public, static or floating address that
        something uses; a NAT gateway that goes; an address taken away from what has it.

    Why it matters
        A released address cannot be had again. Partners have it on their allow lists and DNS
        records outside point to it, and none of that is in the plan.

    When it is fine
        Nothing but a bastion is attached to the address, or it is attached again in the same
        plan.

    What to do instead
        Keep the address and move it: detach, attach to the new object. For a new NAT gateway,
        create it beside the old one and tell partners the new address first.

    References
        Incidents R111, R217.
    """
    if change.kind is ActionKind.UPDATE:
        yield from _moved(change)
    elif not change.destroys or why_left_alone(change):
        return
    elif change.type in _ASSIGNMENTS:
        yield from _unassigned(change, context)
    elif change.type in _NATS:
        yield from _nat_destroyed(change, context)
    elif change.type != "google_compute_instance" and not _is_internal(change):
        yield from _released(change, context)


def _released(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    address = next(iter(texts(*(change.was(name) for name in _ADDRESSES))), "")
    held = any(change.was(name) for name in _HOLDERS)
    users = [
        other
        for use in context.consumers(change)
        if use.node.is_resource and (other := use.node.change) is not None and _exists(other)
    ]
    if users and all(map(is_admin_only, users)):
        return
    used = bool(users)
    named = bool(address) and _is_answered(address, context)
    if held or used or named:
        yield Flag(
            what="The public address is given up while something uses it.",
            paths=tuple((name,) for name in _ADDRESSES if change.was(name))[:1],
        )


def _is_internal(change: ResourceChange) -> bool:
    return str(change.was("address_type")).upper() == "INTERNAL"


def _exists(change: ResourceChange) -> bool:
    return change.kind not in {ActionKind.CREATE, ActionKind.READ}


def _is_answered(address: str, context: Context) -> bool:
    """Whether a DNS record of this plan answers with the address."""
    names = ("records", "rrdatas", "content", "value")
    return any(
        address in texts(*(record.was(name) for name in names))
        for record in context.changes_of(*facts.RECORD_TYPES)
    )


def _nat_destroyed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    private = change.was("connectivity_type") == "private"
    users = users_of(change, context)
    routed = any(
        use.node.is_resource and use.node.change is not None and _exists(use.node.change)
        for use in context.consumers(change)
    )
    shared = change.type == "google_compute_router_nat"
    if users.nobody and not routed and not shared:
        return
    keeps = change.kind is ActionKind.REPLACE and _keeps_address(change)
    what = "The way out to the internet goes"
    what += "." if private or keeps else ", and with it the address that others know."
    yield Flag(what=what, paths=tuple(path for path in change.replace_paths if path))


def _keeps_address(change: ResourceChange) -> bool:
    before, after = change.was("allocation_id"), change.becomes("allocation_id")
    return bool(before) and before == after


def _unassigned(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    address, holder = _ASSIGNMENTS[change.type]
    target = change.was(address)
    if _holder_goes(change, address, holder, context):
        return
    again = [
        other
        for other in (*context.changes_of(change.type), change)
        if other.kind in {ActionKind.CREATE, ActionKind.REPLACE, ActionKind.UPDATE}
        and other.becomes(address) == target
    ]
    same = [other for other in again if other.becomes(holder) == change.was(holder)]
    if same:
        return
    what = "The address is taken away from what has it"
    if again:
        what += " and given to something else."
        yield Flag(what=what, paths=((holder,),), severity=Severity.LOW)
    else:
        yield Flag(what=f"{what}.", paths=((address,), (holder,)), confidence=Confidence.MEDIUM)


def _holder_goes(change: ResourceChange, address: str, holder: str, context: Context) -> bool:
    """Whether who has the address goes anyway, or the address itself, which is judged there."""
    arguments = {address, holder, "network_interface_id"}
    return any(
        use.argument in arguments and use.node.change is not None and use.node.change.destroys
        for use in context.graph.dependencies(change.label)
    )


def _moved(change: ResourceChange) -> Iterator[Outcome]:
    if change.type == "google_compute_instance":
        yield from _lost_access_config(change)
        return
    if change.type == "google_compute_router_nat":
        yield from _nat_addresses(change)
    for name in _MOVES:
        before, after = change.was(name), change.becomes(name)
        if not before or name not in change.changed:
            continue
        if after is UNKNOWN:
            yield Undecided(why="Who gets the address is not known yet.", paths=((name,),))
        else:
            what = "The address moves away from what has it now."
            yield Flag(what=what, paths=((name,),), confidence=Confidence.MEDIUM)
        return
    if change.was("domain_name_label") and "domain_name_label" in change.changed:
        what = "The public name of the address changes."
        yield Flag(what=what, paths=(("domain_name_label",),))


def _nat_addresses(change: ResourceChange) -> Iterator[Outcome]:
    before, after = change.was("nat_ips"), change.becomes("nat_ips")
    if not isinstance(before, list) or not before or "nat_ips" not in change.changed:
        return
    if after is UNKNOWN or (isinstance(after, list) and UNKNOWN in after):
        yield Undecided(why="The addresses of the NAT are not known yet.", paths=(("nat_ips",),))
    elif any(item not in (after or []) for item in before):
        yield Flag(what="The NAT gives up an address that others know.", paths=(("nat_ips",),))


def _lost_access_config(change: ResourceChange) -> Iterator[Outcome]:
    before = _public_addresses(change.was("network_interface"))
    interfaces = change.becomes("network_interface")
    if not before or "network_interface" not in change.changed or interfaces is UNKNOWN:
        return
    after = _public_addresses(interfaces)
    if any(item not in after for item in before) and UNKNOWN not in after:
        what = "The machine gives up its public address."
        yield Flag(what=what, paths=(("network_interface",),))


def _public_addresses(interfaces: Any) -> list[Any]:
    return [
        config.get("nat_ip")
        for interface in blocks(interfaces)
        for config in blocks(interface.get("access_config"))
        if config.get("nat_ip")
    ]
