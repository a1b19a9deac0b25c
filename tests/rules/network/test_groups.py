"""N03, N10 and N11 on security groups, in each way of writing them."""

from __future__ import annotations

import pytest

from tests.plans import Json, create, delete, noop, replace, tweak, update
from tests.rules.network.stage import (
    EVERYTHING,
    GROUP,
    GROUP_VALUES,
    INSTANCE,
    entry,
    found,
    lone,
    said,
    stage,
    undecided,
)

WIDE = GROUP_VALUES["ingress"][0]


def group(*ingress: Json, egress: list[Json] | None = None) -> Json:
    sides = {"ingress": list(ingress), "egress": [EVERYTHING] if egress is None else egress}
    return tweak(GROUP, GROUP_VALUES, **sides)


@pytest.mark.parametrize(
    "edit",
    [
        group(),
        group(entry(cidr_blocks=["10.1.0.0/16"])),
        group(entry(80, cidr_blocks=["10.0.0.0/8"])),
        group(entry(security_groups=["sg-other"])),
        group(WIDE, egress=[]),
        group(WIDE, egress=[entry(443, cidr_blocks=["0.0.0.0/0"])]),
        group(entry(protocol="udp", cidr_blocks=["10.0.0.0/8"])),
    ],
)
def test_a_group_that_admits_less_is_flagged(edit: Json) -> None:
    assert found(stage(edit)) == [("N11", GROUP)]


@pytest.mark.parametrize(
    "edit",
    [
        group(WIDE, entry(cidr_blocks=["192.168.0.0/16"])),
        group(entry(cidr_blocks=["10.0.0.0/9", "10.128.0.0/9"])),
        group(entry(cidr_blocks=["10.0.0.0/8"], description="words")),
        group(entry(0, to_port=0, protocol="-1", cidr_blocks=["10.0.0.0/8"])),
        group(entry(cidr_blocks=["10.0.0.0/7"])),
    ],
)
def test_a_group_that_admits_the_same_passes(edit: Json) -> None:
    assert found(stage(edit)) == []


def test_a_source_group_replaced_by_the_network_around_it_passes() -> None:
    before = {**GROUP_VALUES, "ingress": [entry(security_groups=["sg-front"])]}
    after = {**GROUP_VALUES, "ingress": [entry(cidr_blocks=["10.0.0.0/16"])]}
    network = noop("aws_vpc.v", {"id": "vpc-1", "cidr_block": "10.0.0.0/16"})

    assert found(stage(update(GROUP, before, after), network)) == []


def test_a_source_group_in_which_nobody_lives_may_go() -> None:
    before = {**GROUP_VALUES, "ingress": [WIDE, entry(22, security_groups=["sg-old"])]}
    empty = noop("aws_security_group.old", {"id": "sg-old", "ingress": [], "egress": []})

    assert found(stage(update(GROUP, before, GROUP_VALUES), empty)) == []
    assert found(stage(update(GROUP, before, GROUP_VALUES))) == [("N11", GROUP)]


# Standalone rules

OLD, NEW = "aws_security_group_rule.r", "aws_vpc_security_group_ingress_rule.r"
OLD_VALUES: Json = {
    "type": "ingress",
    "security_group_id": "sg-app",
    **entry(8080, cidr_blocks=["10.0.0.0/8"]),
}
NEW_VALUES: Json = {
    "security_group_id": "sg-app",
    "cidr_ipv4": "10.0.0.0/8",
    "from_port": 8080,
    "to_port": 8080,
    "ip_protocol": "tcp",
}


@pytest.mark.parametrize(("address", "values"), [(OLD, OLD_VALUES), (NEW, NEW_VALUES)])
def test_a_standalone_rule_that_goes_is_flagged(address: str, values: Json) -> None:
    assert found(stage(delete(address, values))) == [("N11", address)]
    assert found(stage(delete(address, values), create(f"{address}2", values))) == []


def test_a_rule_that_moves_from_one_way_of_writing_to_another_passes() -> None:
    assert found(stage(delete(OLD, OLD_VALUES), create(NEW, NEW_VALUES))) == []


def test_a_rule_replaced_by_a_wider_one_passes() -> None:
    wider = {**OLD_VALUES, "cidr_blocks": ["10.0.0.0/8", "192.168.0.0/16"]}

    assert found(stage(replace(OLD, OLD_VALUES, wider, "cidr_blocks"))) == []


def test_a_rule_whose_source_is_not_known_yet_is_undecided() -> None:
    after = {**NEW_VALUES, "cidr_ipv4": None, "referenced_security_group_id": None}
    edit = update(NEW, NEW_VALUES, after, after_unknown={"cidr_ipv4": True, "ip_protocol": True})

    assert undecided(stage(edit)) == ["N11"]


def test_an_inline_list_that_wipes_a_standalone_rule_is_flagged() -> None:
    both = {**GROUP_VALUES, "ingress": [WIDE, entry(8080, cidr_blocks=["10.0.0.0/8"])]}
    judged = stage(update(GROUP, both, GROUP_VALUES), noop(OLD, OLD_VALUES))

    assert ("N03", GROUP) in found(judged)
    assert found(stage(noop(GROUP, both), noop(OLD, OLD_VALUES))) == []


# Opened to the world

WORLD = ["0.0.0.0/0"]


@pytest.mark.parametrize(
    ("port", "severity"), [(22, "CRITICAL"), (5432, "CRITICAL"), (443, ""), (8080, "MEDIUM")]
)
def test_a_port_opened_to_the_world_is_weighed_by_what_listens(port: int, severity: str) -> None:
    opened = [entry(cidr_blocks=["10.0.0.0/8"]), entry(port, cidr_blocks=WORLD)]
    findings = said(stage(group(*opened))).findings

    assert [(f.rule, f.severity.name) for f in findings] == [("N10", severity)] * bool(severity)


@pytest.mark.parametrize(
    "source", [["0.0.0.0/1", "128.0.0.0/1"], ["0.0.0.0/2"], ["64.0.0.0/3", "32.0.0.0/3"]]
)
def test_large_parts_of_the_world_count_as_the_world(source: list[str]) -> None:
    assert found(stage(group(WIDE, entry(22, cidr_blocks=source)))) == [("N10", GROUP)]


def test_an_office_or_a_private_network_may_be_admitted() -> None:
    office = entry(22, cidr_blocks=["203.0.113.0/24", "10.0.0.0/8", "100.64.0.0/10"])

    assert found(stage(group(WIDE, office))) == []


@pytest.mark.parametrize("address", [OLD, NEW])
def test_a_standalone_rule_for_the_world_is_flagged(address: str) -> None:
    old = {**OLD_VALUES, "from_port": 22, "to_port": 22, "cidr_blocks": WORLD}
    new = {**NEW_VALUES, "from_port": 22, "to_port": 22, "cidr_ipv4": WORLD[0]}

    assert found(stage(create(address, old if address == OLD else new))) == [("N10", address)]


def test_a_source_that_is_not_known_yet_on_a_shell_port_is_undecided() -> None:
    after = {**NEW_VALUES, "from_port": 22, "to_port": 22, "cidr_ipv4": None}
    judged = stage(create(NEW, after, after_unknown={"cidr_ipv4": True, "id": True}))

    assert undecided(judged) == ["N10"]


def test_a_group_that_nobody_uses_may_admit_less() -> None:
    assert found(lone(group())) == []
    assert found(lone(group(), noop(INSTANCE, {"id": "i-9"}))) == []
