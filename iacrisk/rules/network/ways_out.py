"""N41, N42: names that a linked zone does not hold, and machines whose way out goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.programs.running import programs_naming
from iacrisk.rules.readers.shapes import last_part, texts
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_LINK: Final = "azurerm_private_dns_zone_virtual_network_link"
_ENDPOINT: Final = "azurerm_private_endpoint"
_RECORDS: Final = ("azurerm_private_dns_a_record", "azurerm_private_dns_cname_record")
_PREFIX: Final = "privatelink."
_PUBLIC: Final = {"vaultcore.azure.net": "vault.azure.net"}
"""Zones whose public names end otherwise."""


@rule(
    id="N41",
    name="zone-linked-without-names",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE},
    types={_LINK},
    since="0.2",
)
def zone_linked_without_names(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A network comes to ask a private zone that does not hold the names its programs call.

    What it flags
        A new link of a `privatelink` zone of Azure to a network, where a program of the plan calls
        an object of the zone's service that has a private endpoint, and the zone holds no record
        of its name and no endpoint of it writes there.

    Why it matters
        For whatever has a private endpoint, Azure sends the public name on to the zone. A linked
        zone answers alone: a name that it does not hold does not exist in the network.

    When it is fine
        The record comes in the same plan, or the endpoint's zone group writes it.

    What to do instead
        Fill the zone first, link it afterwards.

    References
        https://learn.microsoft.com/azure/private-link/private-endpoint-dns
    """
    zone = change.after.get("private_dns_zone_name")
    if not isinstance(zone, str) or not zone.lower().startswith(_PREFIX):
        return
    domain = zone.lower().removeprefix(_PREFIX)
    public = _PUBLIC.get(domain, domain)
    asked = _with_endpoint(context).keys() - _held(zone, context)
    called = {name: _callers(f"{name}.{public}", context) for name in asked}
    missing = sorted(name for name, labels in called.items() if labels)
    if missing:
        yield Flag(
            what=f"The zone holds no record of {some_of(missing)}, which programs call.",
            paths=(("private_dns_zone_name",),),
            hurts=tuple(label for name in missing for label in called[name]),
        )


def _callers(host: str, context: Context) -> list[str]:
    return [one.label for one in programs_naming(host, context) if stays(one)]


def _with_endpoint(context: Context) -> dict[str, list[ResourceChange]]:
    """The names of what has a private endpoint today, each with its endpoints."""

    def build() -> dict[str, list[ResourceChange]]:
        found: dict[str, list[ResourceChange]] = {}
        for one in filter(stays, context.changes_of(_ENDPOINT)):
            for block in members(one.before.get("private_service_connection")):
                name = last_part(block.get("private_connection_resource_id")).lower()
                found.setdefault(name, []).append(one)
        return found

    return once(context.plan, "objects with private endpoints", build)


def _held(zone: str, context: Context) -> frozenset[str]:
    """The names that the zone holds afterwards."""
    records = {
        str(one.after.get("name")).lower()
        for one in context.changes_of(*_RECORDS)
        if one.kind is not ActionKind.DELETE and one.after.get("zone_name") == zone
    }
    written = {
        name
        for name, endpoints in _with_endpoint(context).items()
        if any(_writes(one, zone) for one in endpoints)
    }
    return frozenset(records | written)


def _writes(endpoint: ResourceChange, zone: str) -> bool:
    groups = members(endpoint.after.get("private_dns_zone_group"))
    listed = texts(*(group.get("private_dns_zone_ids") for group in groups))
    return any(text.lower().endswith(f"/{zone.lower()}") for text in listed)


# The way out of machines behind a balancer

_SUBNET: Final = regex(r"/subscriptions/[^\"\s]+/subnets/[^\"\s/]+", re.IGNORECASE)
_MEMBERS: Final = (
    "azurerm_linux_virtual_machine_scale_set",
    "azurerm_network_interface_backend_address_pool_association",
    "azurerm_orchestrated_virtual_machine_scale_set",
    "azurerm_windows_virtual_machine_scale_set",
)


@rule(
    id="N42",
    name="outbound-rule-gone",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.DELETE},
    types={"azurerm_lb_outbound_rule"},
    since="0.2",
)
def outbound_rule_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Machines behind a balancer lose their way to the internet.

    What it flags
        An outbound rule of an Azure balancer that is deleted, while machines of its pool stay.

    Why it matters
        Machines behind a standard balancer have no address of their own. Without the rule they
        reach no partner, no package and no platform service outside.

    When it is fine
        Not flagged: another outbound rule for the pool, a rule of the balancer that lends its
        address, a NAT gateway for every subnet of the machines.

    What to do instead
        Put the NAT gateway up first and let connections move over.

    References
        https://learn.microsoft.com/azure/load-balancer/outbound-rules
    """
    pool = change.before.get("backend_address_pool_id")
    if not isinstance(pool, str) or not pool or _is_lent(pool, change, context):
        return
    users = [
        one for one in context.changes_of(*_MEMBERS) if stays(one) and pool.lower() in _text(one)
    ]
    served = {
        str(one.after.get("subnet_id")).lower()
        for one in context.changes_of("azurerm_subnet_nat_gateway_association")
        if one.kind is not ActionKind.DELETE
    }
    cut = [one for one in users if not _is_served(one, served)]
    if cut:
        yield Flag(
            what="Machines of its pool no longer reach anything outside.",
            paths=(("backend_address_pool_id",),),
            hurts=tuple(one.label for one in cut),
        )


def _text(change: ResourceChange) -> str:
    return bytes(change.raw.change.before).decode("utf-8", "replace").lower()


def _is_served(user: ResourceChange, served: set[str]) -> bool:
    subnets = set(_SUBNET.findall(_text(user)))
    return bool(subnets) and subnets <= served


def _is_lent(pool: str, change: ResourceChange, context: Context) -> bool:
    """Whether another rule gives the machines of the pool an address to go out by."""
    for one in context.changes_of("azurerm_lb_outbound_rule", "azurerm_lb_rule"):
        if one is change or one.kind is ActionKind.DELETE:
            continue
        pools = texts(
            one.after.get("backend_address_pool_id"), one.after.get("backend_address_pool_ids")
        )
        lends = one.type == change.type or one.after.get("disable_outbound_snat") is False
        if lends and pool in pools:
            return True
    return False
