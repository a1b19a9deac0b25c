"""N07: public addresses given up or moved."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plans import Json, create, delete, noop, replace, tweak, update
from tests.rules.network.stage import found, lone, undecided

EIP = "aws_eip.a"
HELD: Json = {"id": "eip-1", "public_ip": "192.0.2.1", "association_id": "assoc-1"}


def test_an_address_in_use_that_goes_is_flagged() -> None:
    assert found(lone(delete(EIP, HELD))) == [("N07", EIP)]
    assert found(lone(replace(EIP, HELD, {}, "network_border_group"))) == [("N07", EIP)]
    assert found(lone(delete(EIP, {**HELD, "association_id": ""}))) == []


def test_an_address_that_a_name_answers_with_is_in_use() -> None:
    record = noop("aws_route53_record.r", {"name": "a.example", "records": ["192.0.2.1"]})

    assert found(lone(delete(EIP, {**HELD, "association_id": ""}), record)) == [("N07", EIP)]


@pytest.mark.parametrize(
    ("address", "before"),
    [
        ("google_compute_address.a", {"address": "192.0.2.1", "users": ["vm"]}),
        ("google_compute_global_address.a", {"address": "192.0.2.1", "users": ["rule"]}),
        ("hcloud_primary_ip.a", {"ip_address": "192.0.2.1", "assignee_id": 1}),
        ("digitalocean_floating_ip.a", {"ip_address": "192.0.2.1", "droplet_id": 1}),
    ],
)
def test_addresses_of_every_provider_are_flagged(address: str, before: Json) -> None:
    assert found(lone(delete(address, before))) == [("N07", address)]


def test_an_internal_or_unused_address_may_go() -> None:
    internal = {"address": "10.0.0.9", "address_type": "INTERNAL", "users": ["vm"]}

    assert found(lone(delete("google_compute_address.a", internal))) == []
    assert found(lone(delete("google_compute_address.a", {"address": "192.0.2.1"}))) == []


def test_an_azure_address_is_flagged_where_something_refers_to_it() -> None:
    address, user = "azurerm_public_ip.a", "azurerm_network_interface.n"
    references = {user: {"ip_configuration": ["azurerm_public_ip.a.id"]}}
    gone = replace(address, {"id": "/ip", "ip_address": "192.0.2.1"}, {}, "sku")

    assert found(lone(gone, noop(user, {"id": "/nic"}), references=references)) == [
        ("N07", address)
    ]
    assert found(lone(gone)) == []


NAT = "aws_nat_gateway.n"


def test_a_nat_gateway_that_routes_lead_to_is_flagged() -> None:
    values = {"id": "nat-1", "allocation_id": "eip-1", "connectivity_type": "public"}
    route = noop("aws_route.r", {"nat_gateway_id": "nat-1"})
    references = {"aws_route.r": {"nat_gateway_id": ["aws_nat_gateway.n.id"]}}
    gone = replace(NAT, values, {}, "subnet_id")

    assert found(lone(gone, route, references=references)) == [("N07", NAT)]
    assert found(lone(gone)) == []


JOIN = "aws_eip_association.a"


def join(holder: Any) -> Json:
    return {"allocation_id": "eip-1", "instance_id": holder}


def test_an_address_taken_away_is_flagged_and_one_given_back_passes() -> None:
    assert found(lone(delete(JOIN, join("i-1")))) == [("N07", JOIN)]
    assert found(lone(delete(JOIN, join("i-1")), create(f"{JOIN}2", join("i-1")))) == []
    assert found(lone(delete(JOIN, join("i-1")), create(f"{JOIN}2", join("i-2")))) == [
        ("N07", JOIN)
    ]


def test_an_address_that_moves_in_place_is_flagged() -> None:
    edit = tweak(EIP, {**HELD, "instance": "i-1"}, instance="i-2")
    hidden = update(
        EIP,
        {**HELD, "instance": "i-1"},
        {**HELD, "instance": None},
        after_unknown={"instance": True},
    )

    assert found(lone(edit)) == [("N07", EIP)]
    assert undecided(lone(hidden)) == ["N07"]


def test_a_machine_that_gives_up_its_address_is_flagged() -> None:
    address = "google_compute_instance.m"

    def having(*ips: str) -> Json:
        return {"network_interface": [{"access_config": [{"nat_ip": ip} for ip in ips]}]}

    assert found(lone(update(address, having("192.0.2.1"), having()))) == [("N07", address)]
    assert found(lone(update(address, having(), having("192.0.2.1")))) == []


def test_a_router_that_gives_up_an_address_is_flagged() -> None:
    address = "google_compute_router_nat.n"
    two, one = {"nat_ips": ["a", "b"]}, {"nat_ips": ["a"]}

    assert found(lone(update(address, two, one))) == [("N07", address)]
    assert found(lone(update(address, one, two))) == []
