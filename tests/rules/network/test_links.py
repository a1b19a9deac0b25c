"""N09 and N12: links between networks and private ways to services."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plans import Json, create, delete, noop, replace, update
from tests.rules.network.stage import found, lone, undecided


@pytest.mark.parametrize(
    "address",
    [
        "aws_vpc_peering_connection.l",
        "aws_ec2_transit_gateway_vpc_attachment.l",
        "aws_vpn_connection.l",
        "aws_dx_gateway_association.l",
        "azurerm_virtual_network_peering.l",
        "azurerm_express_route_circuit.l",
        "azurerm_virtual_network_gateway_connection.l",
        "google_compute_network_peering.l",
        "google_compute_vpn_tunnel.l",
        "google_compute_interconnect_attachment.l",
    ],
)
def test_a_link_that_goes_is_flagged_and_a_new_one_passes(address: str) -> None:
    assert found(lone(delete(address, {"id": "l"}))) == [("N09", address)]
    assert found(lone(replace(address, {"id": "l"}, {}, "x"))) == [("N09", address)]
    assert found(lone(create(address, {}))) == []


def test_a_peering_that_was_never_accepted_may_go() -> None:
    pending = {"id": "pcx-1", "accept_status": "pending-acceptance"}

    assert found(lone(delete("aws_vpc_peering_connection.l", pending))) == []


REDUCED: list[tuple[str, str, str, Any, Any]] = [
    ("N09", "azurerm_virtual_network_peering.l", "allow_forwarded_traffic", True, False),
    ("N09", "azurerm_virtual_network_peering.l", "use_remote_gateways", True, False),
    ("N09", "google_compute_network_peering.l", "export_custom_routes", True, False),
    ("N09", "google_compute_router_peer.l", "enable", True, False),
    (
        "N09",
        "aws_ec2_transit_gateway_vpc_attachment.l",
        "transit_gateway_default_route_table_propagation",
        True,
        False,
    ),
    ("N09", "aws_ec2_transit_gateway_vpc_attachment.l", "subnet_ids", ["a", "b"], ["a"]),
    ("N09", "azurerm_local_network_gateway.l", "address_space", ["10.0.0.0/8"], ["10.1.0.0/16"]),
    ("N12", "aws_vpc_endpoint.e", "private_dns_enabled", True, False),
    ("N12", "aws_vpc_endpoint.e", "subnet_ids", ["a", "b"], ["a"]),
    ("N12", "aws_vpc_endpoint.e", "route_table_ids", ["a", "b"], ["a"]),
    ("N12", "aws_route53_zone.z", "vpc", [{"vpc_id": "a"}, {"vpc_id": "b"}], [{"vpc_id": "a"}]),
    ("N12", "azurerm_subnet.s", "service_endpoints", ["Microsoft.Sql"], []),
    ("N12", "google_service_networking_connection.c", "reserved_peering_ranges", ["a"], []),
    ("N12", "aws_vpc_endpoint_service.s", "allowed_principals", ["a", "b"], ["a"]),
]


@pytest.mark.parametrize(("rule", "address", "name", "before", "after"), REDUCED)
def test_a_link_that_lets_less_through_is_flagged(
    rule: str, address: str, name: str, before: Any, after: Any
) -> None:
    hidden = update(address, {name: before}, {name: None}, after_unknown={name: True})

    assert found(lone(update(address, {name: before}, {name: after}))) == [(rule, address)]
    assert found(lone(update(address, {name: after}, {name: before}))) == []
    assert undecided(lone(hidden)) == [rule]


def test_options_of_a_peering_are_read() -> None:
    address = "aws_vpc_peering_connection_options.o"

    def resolving(*, on: bool) -> Json:
        return {"accepter": [{"allow_remote_vpc_dns_resolution": on}]}

    assert found(lone(update(address, resolving(on=True), resolving(on=False)))) == [
        ("N09", address)
    ]
    assert found(lone(update(address, resolving(on=False), resolving(on=True)))) == []


def test_a_google_zone_that_leaves_a_network_is_flagged() -> None:
    address = "google_dns_managed_zone.z"

    def seen_by(*networks: str) -> Json:
        named = [{"network_url": name} for name in networks]
        return {"private_visibility_config": [{"networks": named}]}

    assert found(lone(update(address, seen_by("a", "b"), seen_by("a")))) == [("N12", address)]
    assert found(lone(update(address, seen_by("a"), seen_by("b", "a")))) == []


@pytest.mark.parametrize(
    "address",
    [
        "aws_vpc_endpoint.e",
        "aws_route53_zone_association.e",
        "aws_route53_resolver_rule_association.e",
        "azurerm_private_endpoint.e",
        "azurerm_private_dns_zone_virtual_network_link.e",
        "google_service_networking_connection.e",
    ],
)
def test_a_private_way_that_goes_is_flagged(address: str) -> None:
    assert found(lone(delete(address, {"id": "e"}))) == [("N12", address)]
    assert found(lone(replace(address, {"id": "e"}, {}, "x", create_first=True))) == []


def test_a_private_way_with_a_twin_may_go() -> None:
    values = {"service_name": "com.amazonaws.eu-west-1.s3", "vpc_id": "vpc-1"}
    twin = noop("aws_vpc_endpoint.twin", values)
    elsewhere = noop("aws_vpc_endpoint.twin", {**values, "vpc_id": "vpc-2"})

    assert found(lone(delete("aws_vpc_endpoint.e", values), twin)) == []
    assert found(lone(delete("aws_vpc_endpoint.e", values), elsewhere)) == [
        ("N12", "aws_vpc_endpoint.e")
    ]
