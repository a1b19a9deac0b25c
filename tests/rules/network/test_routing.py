"""N04 and N05: routes and the tables of subnets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plans import Json, create, delete, noop, replace, tweak, update
from tests.rules.network.stage import (
    JOINED,
    JOINED_VALUES,
    NAT,
    SUBNET,
    SUBNET_VALUES,
    TABLE,
    TABLE_VALUES,
    TRANSIT,
    found,
    lone,
    stage,
    undecided,
    way,
)


def table(*routes: Json) -> Json:
    return tweak(TABLE, TABLE_VALUES, route=list(routes))


@pytest.mark.parametrize(
    "routes",
    [
        [NAT],
        [TRANSIT],
        [way("0.0.0.0/0", gateway_id="igw-1"), TRANSIT],
        [NAT, way("10.8.0.0/16", vpc_peering_connection_id="pcx-1")],
        [NAT, way("10.8.0.0/17", transit_gateway_id="tgw-1")],
        [NAT, TRANSIT, way("10.8.4.0/24", vpc_peering_connection_id="pcx-1")],
    ],
)
def test_a_table_that_leads_traffic_elsewhere_is_flagged(routes: list[Json]) -> None:
    assert found(stage(table(*routes))) == [("N04", TABLE)]


@pytest.mark.parametrize(
    "routes",
    [
        [TRANSIT, NAT],
        [NAT, TRANSIT, way("10.9.0.0/16", vpc_peering_connection_id="pcx-1")],
        [NAT, TRANSIT, way("100.64.0.0/16", transit_gateway_id="tgw-1")],
        [
            NAT,
            *(way(half, transit_gateway_id="tgw-1") for half in ("10.8.0.0/17", "10.8.128.0/17")),
        ],
        [NAT, way("10.0.0.0/8", transit_gateway_id="tgw-1")],
    ],
)
def test_a_table_that_still_leads_there_passes(routes: list[Json]) -> None:
    assert found(stage(table(*routes))) == []


def test_routes_that_are_not_known_yet_are_undecided() -> None:
    after = {**TABLE_VALUES, "route": None}

    assert undecided(stage(update(TABLE, TABLE_VALUES, after, after_unknown={"route": True}))) == [
        "N04"
    ]


ROUTE = "aws_route.out"
ROUTE_VALUES = {
    "route_table_id": "rtb-app",
    "destination_cidr_block": "192.168.0.0/16",
    "transit_gateway_id": "tgw-1",
    "state": "active",
}


def test_a_standalone_route_that_goes_is_flagged_and_a_black_hole_passes() -> None:
    assert found(stage(delete(ROUTE, ROUTE_VALUES))) == [("N04", ROUTE)]
    assert found(stage(delete(ROUTE, {**ROUTE_VALUES, "state": "blackhole"}))) == []


def test_a_standalone_route_that_is_written_again_elsewhere_passes() -> None:
    again = create("aws_route.again", ROUTE_VALUES)

    assert found(stage(delete(ROUTE, ROUTE_VALUES), again)) == []


@pytest.mark.parametrize(
    ("address", "before", "after", "flagged"),
    [
        (
            "azurerm_route.r",
            {"route_table_name": "t", "address_prefix": "0.0.0.0/0", "next_hop_type": "Internet"},
            {
                "route_table_name": "t",
                "address_prefix": "0.0.0.0/0",
                "next_hop_type": "VirtualAppliance",
                "next_hop_in_ip_address": "10.0.0.4",
            },
            True,
        ),
        (
            "azurerm_route.r",
            {
                "route_table_name": "t",
                "address_prefix": "10.2.0.0/16",
                "next_hop_type": "VnetLocal",
            },
            {"route_table_name": "t", "address_prefix": "10.2.0.0/16", "next_hop_type": "None"},
            True,
        ),
        (
            "azurerm_route_table.t",
            {"route": [{"address_prefix": "10.2.0.0/16", "next_hop_type": "VnetLocal"}]},
            {"route": []},
            True,
        ),
        (
            "azurerm_route_table.t",
            {"route": [], "tags": {}},
            {"route": [], "tags": {"a": "b"}},
            False,
        ),
        (
            "aws_ec2_transit_gateway_route.r",
            {
                "transit_gateway_route_table_id": "t",
                "destination_cidr_block": "10.0.0.0/8",
                "transit_gateway_attachment_id": "att-1",
            },
            {
                "transit_gateway_route_table_id": "t",
                "destination_cidr_block": "10.0.0.0/8",
                "blackhole": True,
            },
            True,
        ),
    ],
)
def test_routes_of_other_providers_are_read(
    address: str, before: Json, after: Json, flagged: bool
) -> None:
    assert found(lone(update(address, before, after))) == [("N04", address)] * flagged


def test_a_google_route_that_goes_is_flagged() -> None:
    address = "google_compute_route.r"
    values = {"network": "n", "dest_range": "0.0.0.0/0", "next_hop_gateway": "gw", "priority": 1000}

    assert found(lone(delete(address, values))) == [("N04", address)]
    assert found(lone(delete(address, values), create("google_compute_route.again", values))) == []


@pytest.mark.parametrize(
    ("address", "before", "after"),
    [
        ("aws_instance.nat", {"source_dest_check": False}, {"source_dest_check": True}),
        ("aws_network_interface.nat", {"source_dest_check": False}, {"source_dest_check": True}),
        (
            "azurerm_network_interface.nva",
            {"ip_forwarding_enabled": True},
            {"ip_forwarding_enabled": False},
        ),
    ],
)
def test_a_machine_that_no_longer_forwards_is_flagged(
    address: str, before: Json, after: Json
) -> None:
    assert found(lone(update(address, before, after))) == [("N04", address)]
    assert found(lone(update(address, after, before))) == []


# Associations

OTHER = "aws_route_table.other"


def other(*routes: Json) -> Json:
    return noop(OTHER, {"id": "rtb-other", "vpc_id": "vpc-1", "route": list(routes)})


def test_a_subnet_that_gets_a_table_with_fewer_routes_is_flagged() -> None:
    moved = tweak(JOINED, JOINED_VALUES, route_table_id="rtb-other")

    assert found(stage(moved, other(TRANSIT))) == [("N05", JOINED)]
    assert found(stage(moved, other(TRANSIT, NAT))) == []


def test_a_subnet_that_gets_a_table_out_of_sight_is_flagged() -> None:
    assert found(stage(tweak(JOINED, JOINED_VALUES, route_table_id="rtb-far"))) == [("N05", JOINED)]


def test_a_subnet_that_loses_its_table_is_flagged_unless_it_goes_too() -> None:
    gone = delete(JOINED, JOINED_VALUES)
    again = create("aws_route_table_association.again", JOINED_VALUES)

    assert found(stage(gone)) == [("N05", JOINED)]
    assert found(stage(gone, again)) == []
    assert "N05" not in dict(found(stage(gone, delete(SUBNET, SUBNET_VALUES))))


def test_a_subnet_whose_new_table_the_plan_makes_is_compared() -> None:
    hidden = update(
        JOINED,
        JOINED_VALUES,
        {**JOINED_VALUES, "route_table_id": None},
        after_unknown={"route_table_id": True},
    )
    references = {JOINED: {"route_table_id": ["aws_route_table.new.id"]}}

    def made(*routes: Json) -> Json:
        return create("aws_route_table.new", {"vpc_id": "vpc-1", "route": list(routes)})

    assert found(stage(hidden, made(NAT, TRANSIT), references=references)) == []
    assert found(stage(hidden, made(NAT), references=references)) == [("N05", JOINED)]


def test_an_azure_subnet_that_loses_its_table_is_flagged() -> None:
    address = "azurerm_subnet_route_table_association.a"
    values: dict[str, Any] = {"subnet_id": "/subnet", "route_table_id": "/table"}

    assert found(lone(delete(address, values))) == [("N05", address)]
    assert found(lone(replace(address, values, values, "route_table_id"))) == []


def azure(*routes: Json) -> list[tuple[str, str]]:
    """The findings on an Azure table of a subnet in which a machine lives."""
    address, joined = "azurerm_route_table.t", "azurerm_subnet_route_table_association.a"
    before = {"id": "/table", "name": "t", "route": [AZURE_ROUTE]}
    return found(
        lone(
            tweak(address, before, route=list(routes)),
            noop("azurerm_subnet.s", {"id": "/subnet"}),
            noop(joined, {"subnet_id": "/subnet", "route_table_id": "/table"}),
            noop("azurerm_network_interface.n", {"id": "/nic"}),
            noop("azurerm_linux_virtual_machine.v", {"id": "/vm"}),
            references={
                joined: {
                    "subnet_id": ["azurerm_subnet.s.id"],
                    "route_table_id": ["azurerm_route_table.t.id"],
                },
                "azurerm_network_interface.n": {"ip_configuration": ["azurerm_subnet.s.id"]},
                "azurerm_linux_virtual_machine.v": {
                    "network_interface_ids": ["azurerm_network_interface.n.id"]
                },
            },
        )
    )


AZURE_ROUTE = {"name": "hub", "address_prefix": "10.2.0.0/16", "next_hop_type": "VnetLocal"}


def test_an_azure_table_is_judged_by_who_lives_in_its_subnet() -> None:
    assert azure() == [("N04", "azurerm_route_table.t")]
    assert azure(AZURE_ROUTE, {**AZURE_ROUTE, "name": "b", "address_prefix": "10.9.0.0/16"}) == []
