"""N09, N12: links between networks, and private ways to services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, parse_path
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.ip_permissions import address_peer
from iacrisk.rules.readers.networks.spans import Span
from iacrisk.rules.readers.settings.left_alone import why_left_alone
from iacrisk.rules.readers.shapes import texts
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

_LINKS: Final = frozenset(
    {
        "aws_customer_gateway",
        "aws_dx_connection",
        "aws_dx_gateway",
        "aws_dx_gateway_association",
        "aws_dx_hosted_private_virtual_interface",
        "aws_dx_lag",
        "aws_dx_private_virtual_interface",
        "aws_dx_public_virtual_interface",
        "aws_dx_transit_virtual_interface",
        "aws_ec2_client_vpn_authorization_rule",
        "aws_ec2_client_vpn_endpoint",
        "aws_ec2_client_vpn_network_association",
        "aws_ec2_transit_gateway",
        "aws_ec2_transit_gateway_connect",
        "aws_ec2_transit_gateway_peering_attachment",
        "aws_ec2_transit_gateway_peering_attachment_accepter",
        "aws_ec2_transit_gateway_vpc_attachment",
        "aws_ec2_transit_gateway_vpc_attachment_accepter",
        "aws_networkmanager_core_network",
        "aws_networkmanager_vpc_attachment",
        "aws_vpc_peering_connection",
        "aws_vpc_peering_connection_accepter",
        "aws_vpc_peering_connection_options",
        "aws_vpn_connection",
        "aws_vpn_gateway",
        "aws_vpn_gateway_attachment",
        "azurerm_express_route_circuit",
        "azurerm_express_route_circuit_peering",
        "azurerm_express_route_connection",
        "azurerm_express_route_gateway",
        "azurerm_local_network_gateway",
        "azurerm_point_to_site_vpn_gateway",
        "azurerm_virtual_hub",
        "azurerm_virtual_hub_connection",
        "azurerm_virtual_network_gateway",
        "azurerm_virtual_network_gateway_connection",
        "azurerm_virtual_network_peering",
        "azurerm_virtual_wan",
        "azurerm_vpn_gateway",
        "azurerm_vpn_gateway_connection",
        "digitalocean_vpc_peering",
        "google_compute_external_vpn_gateway",
        "google_compute_ha_vpn_gateway",
        "google_compute_interconnect_attachment",
        "google_compute_network_peering",
        "google_compute_network_peering_routes_config",
        "google_compute_router_interface",
        "google_compute_router_peer",
        "google_compute_shared_vpc_host_project",
        "google_compute_shared_vpc_service_project",
        "google_compute_vpn_gateway",
        "google_compute_vpn_tunnel",
        "google_network_connectivity_hub",
        "google_network_connectivity_spoke",
        "hcloud_server_network",
    }
)

_ENDPOINTS: Final = frozenset(
    {
        "aws_vpc_endpoint",
        "aws_vpc_endpoint_connection_accepter",
        "aws_vpc_endpoint_private_dns",
        "aws_vpc_endpoint_route_table_association",
        "aws_vpc_endpoint_service",
        "aws_vpc_endpoint_service_allowed_principal",
        "aws_vpc_endpoint_subnet_association",
        "aws_route53_zone_association",
        "aws_route53_resolver_endpoint",
        "aws_route53_resolver_rule_association",
        "azurerm_private_dns_zone_virtual_network_link",
        "azurerm_private_endpoint",
        "azurerm_subnet",
        "aws_route53_zone",
        "google_compute_service_attachment",
        "google_dns_managed_zone",
        "google_service_networking_connection",
        "google_vpc_access_connector",
    }
)
"""Private ways to a service, and the private names that lead there."""

_SWITCHES: Final = {
    "accepter.0.allow_remote_vpc_dns_resolution": "The other network's names no longer resolve.",
    "requester.0.allow_remote_vpc_dns_resolution": "The other network's names no longer resolve.",
    "allow_virtual_network_access": "The networks no longer reach each other.",
    "allow_forwarded_traffic": "Forwarded traffic is no longer let through.",
    "allow_gateway_transit": "The other network can no longer use the gateway.",
    "use_remote_gateways": "The network no longer uses the other one's gateway.",
    "export_custom_routes": "Routes are no longer handed to the other network.",
    "import_custom_routes": "Routes of the other network are no longer taken over.",
    "transit_gateway_default_route_table_association": "The attachment leaves the route table.",
    "transit_gateway_default_route_table_propagation": "The attachment's routes are withdrawn.",
    "static_routes_only": "",
    "enable": "The routing session is switched off.",
}
_SWITCHES_OFF: Final = {name: text for name, text in _SWITCHES.items() if text}

_LINK_LISTS: Final = ("subnet_ids", "advertised_ip_ranges", "address_space")
_ENDPOINT_LISTS: Final = (
    "subnet_ids",
    "route_table_ids",
    "reserved_peering_ranges",
    "service_endpoints",
    "allowed_principals",
    "ip_address",
    "delegation",
    "vpc",
    "private_visibility_config.0.networks",
)
_ENDPOINT_SWITCHES: Final = {
    "private_dns_enabled": "The service's own name no longer leads to the endpoint.",
}


@rule(
    id="N09",
    name="link-between-networks-cut",
    severity=Severity.CRITICAL,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds=DESTROYS | {ActionKind.UPDATE},
    types=_LINKS,
)
def link_cut(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A peering, transit attachment, VPN or leased line goes or lets less through.

    What it flags
        The delete or replacement of a link between networks, and updates that switch off its
        name resolution, forwarding or routes, or take ranges and subnets out.

    Why it matters
        The other side has to accept or configure a new link, and is often another team or
        company. Both networks lose each other until then.

    When it is fine
        The other network is gone, or another link with the same routes is in place.

    What to do instead
        Build the new link beside the old one, move the routes, then remove the old one.

    References
        Incidents R070, R232.
    """
    if change.kind is ActionKind.UPDATE:
        yield from _reduced(change, _SWITCHES_OFF, _LINK_LISTS)
        return
    if not change.destroys or why_left_alone(change) or _end_goes(change, context):
        return
    if change.creates_first:
        what = "The link between the networks is replaced; the other side has to take part."
        yield Flag(what=what, severity=Severity.HIGH)
    elif not _is_pending(change):
        what = "The link between the networks goes."
        used = bool(context.live_users(change)) or bool(context.consumers(change))
        yield Flag(what=what, severity=Severity.CRITICAL if used else Severity.HIGH)


@rule(
    id="N12",
    name="private-endpoint-removed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds=DESTROYS | {ActionKind.UPDATE},
    types=_ENDPOINTS,
)
def private_endpoint_removed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """The private way to a service, or the private name for it, goes.

    What it flags
        The delete or replacement of a VPC endpoint, private endpoint, service connection or
        private zone link; its private name switched off; subnets, route tables or ranges taken
        out of it; a network taken off a private zone; service endpoints taken off a subnet.

    Why it matters
        Subnets without another way out lose the service: image pulls, secrets and storage stop.
        With one, traffic moves to the NAT gateway, where it is paid for and where policies that
        ask for the endpoint deny it.

    When it is fine
        Another endpoint for the same service is there or is created first.

    What to do instead
        Create the new endpoint before the old one goes.

    References
        Incident R202.
    """
    if change.kind is ActionKind.UPDATE:
        yield from _reduced(change, _ENDPOINT_SWITCHES, _ENDPOINT_LISTS)
        return
    skip = change.type in _JUDGED_ELSEWHERE or not change.destroys or change.creates_first
    if skip or why_left_alone(change) or _end_goes(change, context):
        return
    if not _has_twin(change, context):
        yield Flag(
            what="The private way to the service goes.",
            paths=(("service_name",),) if change.was("service_name") else (),
        )


_JUDGED_ELSEWHERE: Final = frozenset(
    {"aws_route53_zone", "azurerm_subnet", "google_dns_managed_zone"}
)
"""Types whose delete other rules judge."""


def spans_of(values: Iterable[Any]) -> list[Span]:
    """The address spans of a list of CIDRs."""
    peers = (address_peer(text) for text in texts(list(values)))
    return [(peer.first, peer.last) for peer in peers if peer is not None]


def _reduced(
    change: ResourceChange, switches: dict[str, str], lists: tuple[str, ...]
) -> Iterator[Outcome]:
    for name, what in switches.items():
        if change.was(name) is not True:
            continue
        path = tuple(int(step) if step.isdigit() else step for step in name.split("."))
        if change.becomes(name) is UNKNOWN:
            yield Undecided(why="Whether it stays switched on is not known yet.", paths=(path,))
        elif change.becomes(name) is not True:
            yield Flag(what=what, paths=(path,), severity=Severity.HIGH)
    for name in lists:
        yield from _shortened(change, name)


def _shortened(change: ResourceChange, name: str) -> Iterator[Outcome]:
    before, after = change.was(name), change.becomes(name)
    path = parse_path(name)
    if path[0] not in change.changed or not isinstance(before, list) or not before:
        return
    if after is UNKNOWN or (isinstance(after, list) and UNKNOWN in after):
        yield Undecided(why=f"What stays in {name} is not known yet.", paths=(path,))
        return
    left = [_told(item) for item in after or ()]
    dropped = [item for item in before if _told(item) not in left and not _within(item, left)]
    if dropped:
        shown = ", ".join(str(_told(item)) for item in dropped[:3])
        what = f"{name} no longer holds {shown}."
        yield Flag(what=what, paths=(path,), severity=Severity.HIGH)


def _within(item: Any, others: list[Any]) -> bool:
    """Whether the item is a range that one of the others holds."""
    spans = spans_of(others)
    return any(
        low <= first and last <= high
        for first, last in spans_of([_told(item)])
        for low, high in spans
    )


def _told(item: Any) -> Any:
    """What names an entry: of a block the range or the name, not its description."""
    if isinstance(item, dict):
        return next((item[key] for key in _NAMING if key in item), str(item))
    return item


_NAMING: Final = ("range", "vpc_id", "network_url", "name")


def _end_goes(change: ResourceChange, context: Context) -> bool:
    """Whether the network on one side goes, and the link with it."""
    return any(
        use.node.change is not None
        and use.node.change.kind is ActionKind.DELETE
        and use.node.type in _NETWORKS
        for use in context.graph.dependencies(change.label)
    )


_NETWORKS: Final = frozenset(
    {
        "aws_vpc",
        "azurerm_virtual_network",
        "digitalocean_vpc",
        "google_compute_network",
        "hcloud_network",
    }
)


def _is_pending(change: ResourceChange) -> bool:
    """Whether a peering was never accepted, so that nothing went through it."""
    status = str(change.was("accept_status") or change.was("state") or "")
    return status.lower() in {"pending-acceptance", "rejected", "expired", "failed", "deleted"}


def _has_twin(change: ResourceChange, context: Context) -> bool:
    """Whether another endpoint of the plan serves the same service in the same network."""
    service = change.was("service_name")
    return bool(service) and any(
        other is not change
        and not other.destroys
        and service in (other.becomes("service_name"), other.was("service_name"))
        and change.was("vpc_id") in (other.becomes("vpc_id"), other.was("vpc_id"))
        for other in context.changes_of(change.type)
    )
