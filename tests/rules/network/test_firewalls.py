"""N08, N10 and N11 on Google's and Azure's filters, and on access lists of services."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plans import Json, create, delete, noop, tweak, update
from tests.rules.network.stage import found, lone, said, undecided

# Google

WALL = "google_compute_firewall.w"
MACHINE = noop("google_compute_instance.m", {"id": "m", "tags": ["web"], "network": "n"})


def wall(*sources: str, ports: list[str] | None = None, **more: Any) -> Json:
    verb = "deny" if more.pop("deny", False) else "allow"
    opened = [{"protocol": "tcp", "ports": ports or ["443"]}]
    values = {"name": "w", "network": "n", "direction": "INGRESS", "priority": 1000}
    tags = {"target_tags": ["web"], "source_ranges": list(sources), "source_tags": []}
    return {**values, **tags, verb: opened, **more}


@pytest.mark.parametrize(
    ("after", "flagged"),
    [
        (wall("10.1.0.0/16"), True),
        (wall("10.0.0.0/8", ports=["80"]), True),
        (wall("10.0.0.0/8", disabled=True), True),
        (wall("10.0.0.0/8", target_tags=["other"]), True),
        (wall("10.0.0.0/8", "192.168.0.0/16"), False),
        (wall("10.0.0.0/8", ports=["443", "80"]), False),
        (wall("10.0.0.0/8", priority=900), False),
        (wall("10.0.0.0/8", description="words"), False),
    ],
)
def test_a_google_firewall_is_flagged_where_it_admits_less(after: Json, flagged: bool) -> None:
    edit = update(WALL, wall("10.0.0.0/8"), after)

    assert found(lone(edit, MACHINE)) == [("N11", WALL)] * flagged


def test_a_google_deny_is_judged_by_its_priority() -> None:
    allow = noop("google_compute_firewall.allow", wall("10.0.0.0/8"))
    first = create(WALL, wall("10.0.0.0/8", deny=True, priority=500))
    last = create(WALL, wall("10.0.0.0/8", deny=True, priority=2000))

    assert found(lone(first, allow, MACHINE)) == [("N11", WALL)]
    assert found(lone(last, allow, MACHINE)) == []


def test_a_google_deny_that_goes_is_exposure() -> None:
    allow = noop("google_compute_firewall.allow", wall("10.0.0.0/8"))
    gone = delete(WALL, wall("10.0.0.0/8", deny=True, priority=500))

    assert found(lone(gone, allow, MACHINE)) == [("N08", WALL)]


def test_a_google_firewall_for_nobody_may_go() -> None:
    nobody = noop("google_compute_instance.m", {"id": "m", "tags": ["db"], "network": "n"})

    assert found(lone(delete(WALL, wall("10.0.0.0/8")), MACHINE)) == [("N11", WALL)]
    assert found(lone(delete(WALL, wall("10.0.0.0/8")), nobody)) == []


def test_a_google_firewall_that_admits_the_world_is_flagged() -> None:
    opened = tweak(WALL, wall("10.0.0.0/8", ports=["22"]), source_ranges=["0.0.0.0/0"])

    assert found(lone(opened, MACHINE)) == [("N10", WALL)]


def test_google_sources_that_are_not_known_yet_are_undecided() -> None:
    before = wall("10.0.0.0/8")
    after = {**before, "source_ranges": None}
    edit = update(WALL, before, after, after_unknown={"source_ranges": True})

    assert undecided(lone(edit, MACHINE)) == ["N11"]


# Azure

NSG, RULE = "azurerm_network_security_group.g", "azurerm_network_security_rule.r"
NSG_ID = "/subscriptions/s/networkSecurityGroups/g"
NIC = noop("azurerm_network_interface.n", {"id": "/nic"})
JOINED = noop(
    "azurerm_network_interface_security_group_association.a",
    {"network_interface_id": "/nic", "network_security_group_id": NSG_ID},
)
VM = noop("azurerm_linux_virtual_machine.v", {"id": "/vm", "network_interface_ids": ["/nic"]})
REFERS = {
    "azurerm_network_interface_security_group_association.a": {
        "network_interface_id": ["azurerm_network_interface.n.id"],
        "network_security_group_id": ["azurerm_network_security_group.g.id"],
    },
    "azurerm_linux_virtual_machine.v": {
        "network_interface_ids": ["azurerm_network_interface.n.id"]
    },
    RULE: {"network_security_group_name": ["azurerm_network_security_group.g.name"]},
}


def nsg_rule(source: str, port: str = "443", **more: Any) -> Json:
    values = {"name": "r", "priority": 100, "direction": "Inbound", "access": "Allow"}
    ports = {"protocol": "Tcp", "source_port_range": "*", "destination_port_range": port}
    peers = {"source_address_prefix": source, "destination_address_prefix": "*"}
    return {**values, **ports, **peers, **more}


def nsg(*rules: Json) -> Json:
    return {"id": NSG_ID, "name": "g", "security_rule": list(rules)}


def azure(*changes: Json) -> list[tuple[str, str]]:
    return found(lone(*changes, NIC, JOINED, VM, references=REFERS))


OFFICE = "203.0.113.0/24"


@pytest.mark.parametrize(
    ("after", "flagged"),
    [
        ([], True),
        ([nsg_rule("203.0.113.0/25")], True),
        ([nsg_rule(OFFICE), nsg_rule(OFFICE, access="Deny", priority=90)], True),
        ([nsg_rule(OFFICE), nsg_rule(OFFICE, access="Deny", priority=300)], False),
        ([nsg_rule(OFFICE), nsg_rule("198.51.100.0/24", priority=110)], False),
        ([nsg_rule(OFFICE, description="words")], False),
    ],
)
def test_an_azure_group_is_flagged_where_it_admits_less(after: list[Json], flagged: bool) -> None:
    edit = update(NSG, nsg(nsg_rule(OFFICE)), nsg(*after))

    assert azure(edit) == [("N11", NSG)] * flagged


def test_an_azure_rule_from_within_the_network_is_admitted_anyway() -> None:
    edit = update(NSG, nsg(nsg_rule("VirtualNetwork")), nsg())

    assert azure(edit) == []


def test_a_standalone_azure_rule_is_read_with_its_group() -> None:
    values = {**nsg_rule(OFFICE), "network_security_group_name": "g"}

    assert azure(noop(NSG, nsg()), delete(RULE, values)) == [("N11", RULE)]
    assert azure(noop(NSG, nsg()), create(RULE, values)) == []


@pytest.mark.parametrize("source", ["*", "Internet", "0.0.0.0/0", "Any"])
def test_an_azure_rule_for_the_world_is_flagged(source: str) -> None:
    values = {**nsg_rule(source, "3389"), "network_security_group_name": "g"}

    assert azure(noop(NSG, nsg()), create(RULE, values)) == [("N10", RULE)]


def test_an_azure_group_taken_off_is_flagged() -> None:
    address = "azurerm_subnet_network_security_group_association.a"
    values = {"subnet_id": "/subnet", "network_security_group_id": NSG_ID}
    again = create(f"{address}2", values)

    assert found(lone(delete(address, values))) == [("N08", address)]
    assert found(lone(delete(address, values), again)) == []


# Access lists of services


@pytest.mark.parametrize(
    ("address", "before", "after"),
    [
        (
            "google_sql_database_instance.d",
            {"settings": [{"ip_configuration": [{"authorized_networks": [{"value": OFFICE}]}]}]},
            {"settings": [{"ip_configuration": [{"authorized_networks": []}]}]},
        ),
        (
            "aws_eks_cluster.c",
            {"vpc_config": [{"endpoint_public_access": True, "public_access_cidrs": [OFFICE]}]},
            {"vpc_config": [{"endpoint_public_access": False, "public_access_cidrs": []}]},
        ),
        (
            "google_container_cluster.c",
            {"master_authorized_networks_config": [{"cidr_blocks": [{"cidr_block": OFFICE}]}]},
            {"master_authorized_networks_config": [{"cidr_blocks": []}]},
        ),
    ],
)
def test_an_access_list_that_gets_shorter_is_flagged(
    address: str, before: Json, after: Json
) -> None:
    assert [rule for rule, _ in found(lone(update(address, before, after)))] == ["N11"]


def test_a_database_rule_that_goes_is_flagged() -> None:
    address = "azurerm_mssql_firewall_rule.r"
    values = {"server_id": "/s", "start_ip_address": "203.0.113.1", "end_ip_address": "203.0.113.9"}

    assert found(lone(delete(address, values))) == [("N11", address)]
    assert [f.rule for f in said(lone(create(address, values))).findings] == []
