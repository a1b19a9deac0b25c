"""N01, N02 and N06: filters and networks that go, and words that replace them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plans import Json, create, delete, noop, replace, tweak, update
from tests.rules.network.stage import (
    GROUP,
    GROUP_VALUES,
    INSTANCE,
    INSTANCE_VALUES,
    SUBNET,
    SUBNET_VALUES,
    found,
    lone,
    said,
    stage,
    undecided,
)

MOVED = update(INSTANCE, INSTANCE_VALUES, {**INSTANCE_VALUES, "vpc_security_group_ids": ["sg-b"]})


def ids(judged: Any) -> list[str]:
    return [rule for rule, _ in found(judged)]


def test_a_group_that_goes_from_under_a_user_is_flagged() -> None:
    assert found(stage(delete(GROUP, GROUP_VALUES))) == [("N01", GROUP)]


def test_a_group_whose_users_move_or_that_nobody_uses_may_go() -> None:
    assert "N01" not in ids(stage(delete(GROUP, GROUP_VALUES), MOVED))
    assert found(lone(delete(GROUP, GROUP_VALUES))) == []


@pytest.mark.parametrize(
    ("address", "user", "argument"),
    [
        ("azurerm_network_security_group.g", "azurerm_subnet.s", "network_security_group_id"),
        ("google_compute_firewall_policy.p", "google_compute_network.n", "policy"),
        ("hcloud_firewall.f", "hcloud_server.s", "firewall_ids"),
        (
            "openstack_networking_secgroup_v2.g",
            "openstack_compute_instance_v2.i",
            "security_groups",
        ),
    ],
)
def test_filters_of_every_provider_are_flagged(address: str, user: str, argument: str) -> None:
    references = {user: {argument: [f"{address}.id"]}}
    gone = replace(address, {"id": "g"}, {}, "name")

    assert ("N01", address) in found(lone(gone, noop(user, {"id": "u"}), references=references))
    assert "N01" not in ids(lone(gone))


@pytest.mark.parametrize("word", ["name", "description", "name_prefix"])
def test_words_that_replace_a_group_in_use_are_flagged(word: str) -> None:
    edit = replace(GROUP, GROUP_VALUES, {**GROUP_VALUES, word: "new"}, word)

    assert ("N02", GROUP) in found(stage(edit))
    assert found(lone(edit)) == []


def test_a_group_made_first_under_another_name_passes_where_its_users_follow() -> None:
    after = {**GROUP_VALUES, "name": None}
    hidden = {"id": True, "name": True}
    edit = replace(
        GROUP, GROUP_VALUES, after, "description", create_first=True, after_unknown=hidden
    )
    moved = update(
        INSTANCE,
        INSTANCE_VALUES,
        {**INSTANCE_VALUES, "vpc_security_group_ids": [None]},
        after_unknown={"vpc_security_group_ids": [True]},
    )

    assert found(stage(edit, moved)) == []
    assert found(stage(edit)) == [("N02", GROUP)]


def test_a_replacement_for_more_than_words_is_no_matter_of_words() -> None:
    edit = replace(GROUP, GROUP_VALUES, {**GROUP_VALUES, "vpc_id": "vpc-2"}, "vpc_id", "name")

    assert "N02" not in ids(stage(edit))


# Networks

NETWORK = "aws_vpc.v"
NETWORK_VALUES: Json = {
    "id": "vpc-1",
    "cidr_block": "10.0.0.0/16",
    "enable_dns_support": True,
    "enable_dns_hostnames": True,
}
IN_IT = {SUBNET: {"vpc_id": ["aws_vpc.v.id"]}}


def test_a_subnet_with_inhabitants_that_goes_is_flagged() -> None:
    assert ("N06", SUBNET) in found(stage(replace(SUBNET, SUBNET_VALUES, {}, "cidr_block")))
    assert found(lone(delete(SUBNET, SUBNET_VALUES))) == []


@pytest.mark.parametrize("name", ["enable_dns_support", "enable_dns_hostnames"])
def test_name_resolution_switched_off_is_flagged(name: str) -> None:
    off = tweak(NETWORK, NETWORK_VALUES, **{name: False})

    assert found(stage(off, references=IN_IT)) == [("N06", NETWORK)]
    assert found(stage(tweak(NETWORK, {**NETWORK_VALUES, name: False}, **{name: True}))) == []


@pytest.mark.parametrize(
    ("address", "name", "before", "after", "flagged"),
    [
        ("azurerm_virtual_network.n", "address_space", ["10.0.0.0/16"], ["10.1.0.0/16"], True),
        ("azurerm_virtual_network.n", "dns_servers", ["10.0.0.4", "10.0.0.5"], ["10.0.0.5"], True),
        (
            "azurerm_virtual_network.n",
            "address_space",
            ["10.0.0.0/16"],
            ["10.0.0.0/16", "10.1.0.0/16"],
            False,
        ),
        ("azurerm_subnet.s", "address_prefixes", ["10.0.1.0/24"], ["10.0.0.0/23"], False),
        ("google_compute_subnetwork.s", "private_ip_google_access", True, False, True),
        ("google_compute_subnetwork.s", "private_ip_google_access", False, True, False),
    ],
)
def test_a_network_is_flagged_where_it_loses_something(
    address: str, name: str, before: Any, after: Any, flagged: bool
) -> None:
    assert (
        found(lone(update(address, {name: before}, {name: after}))) == [("N06", address)] * flagged
    )


def test_ranges_that_are_not_known_yet_are_undecided() -> None:
    address = "azurerm_virtual_network.n"
    edit = update(
        address,
        {"address_space": ["10.0.0.0/16"]},
        {"address_space": None},
        after_unknown={"address_space": True},
    )

    assert undecided(lone(edit)) == ["N06"]


def test_an_empty_network_that_goes_is_worth_a_word() -> None:
    findings = said(lone(delete(NETWORK, NETWORK_VALUES))).findings

    assert [(f.rule, f.severity.name, f.confidence.value) for f in findings] == [
        ("N06", "MEDIUM", "low")
    ]
    assert found(lone(create(NETWORK, NETWORK_VALUES))) == []
