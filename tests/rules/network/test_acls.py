"""N08 and N11 on network ACLs: numbered entries, and subnets that change their list."""

from __future__ import annotations

import pytest

from tests.plans import Json, create, delete, noop, tweak, update
from tests.rules.network.stage import (
    ACL,
    ACL_VALUES,
    SUBNET,
    SUBNET_VALUES,
    found,
    lone,
    numbered,
    said,
    stage,
    undecided,
)

ALLOW = ACL_VALUES["ingress"][0]
RULE = "aws_network_acl_rule.r"


def acl(*ingress: Json) -> Json:
    return tweak(ACL, ACL_VALUES, ingress=list(ingress))


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [numbered(100, "allow", "10.0.0.0/8")],
        [numbered(50, "deny", "10.0.0.0/8"), ALLOW],
        [numbered(100, "allow", "0.0.0.0/0", 80)],
    ],
)
def test_entries_that_admit_less_are_flagged(entries: list[Json]) -> None:
    assert found(stage(acl(*entries))) == [("N11", ACL)]


@pytest.mark.parametrize(
    "entries",
    [
        [ALLOW, numbered(200, "deny", "10.0.0.0/8")],
        [ALLOW, numbered(90, "allow", "10.0.0.0/8")],
        [numbered(110, "allow", "0.0.0.0/0")],
        [numbered(100, "allow", "0.0.0.0/1"), numbered(110, "allow", "128.0.0.0/1")],
    ],
)
def test_entries_that_admit_the_same_pass(entries: list[Json]) -> None:
    assert found(stage(acl(*entries))) == []


def test_a_deny_of_a_few_strangers_weighs_little() -> None:
    few, many = numbered(50, "deny", "203.0.113.7/32"), numbered(50, "deny", "203.0.0.0/16")

    assert [f.severity.name for f in said(stage(acl(few, ALLOW))).findings] == ["LOW"]
    assert [f.severity.name for f in said(stage(acl(many, ALLOW))).findings] == ["HIGH"]


def test_a_deny_that_goes_is_told_as_exposure() -> None:
    before = {**ACL_VALUES, "ingress": [numbered(50, "deny", "10.0.0.0/8"), ALLOW]}

    assert found(stage(update(ACL, before, ACL_VALUES))) == [("N08", ACL)]


def standalone(number: int, action: str, cidr: str) -> Json:
    ports = {"from_port": 443, "to_port": 443, "protocol": "tcp", "egress": False}
    entry = {"rule_number": number, "rule_action": action, "cidr_block": cidr}
    return {"network_acl_id": "acl-app", **entry, **ports}


def test_standalone_entries_are_read_with_their_list() -> None:
    refers = {RULE: {"network_acl_id": ["aws_network_acl.app.id"]}}
    low = create(RULE, standalone(50, "deny", "10.0.0.0/8"))
    high = create(RULE, standalone(200, "deny", "10.0.0.0/8"))

    assert found(stage(low, references=refers)) == [("N11", RULE)]
    assert found(stage(high, references=refers)) == []


def test_entries_that_are_not_known_yet_are_undecided() -> None:
    after = {**ACL_VALUES, "ingress": None}

    assert undecided(stage(update(ACL, ACL_VALUES, after, after_unknown={"ingress": True}))) == [
        "N11"
    ]


# Subnets


def without_subnet() -> Json:
    return tweak(ACL, ACL_VALUES, subnet_ids=[])


def second(*subnets: str, allow: bool) -> Json:
    ingress = [numbered(100, "allow", "0.0.0.0/0" if allow else "10.0.0.0/8")]
    values = {**ACL_VALUES, "id": "acl-2", "subnet_ids": [*subnets], "ingress": ingress}
    return create("aws_network_acl.second", values)


def test_a_subnet_that_falls_back_to_the_default_list_is_flagged() -> None:
    assert found(stage(without_subnet())) == [("N08", ACL)]


def test_a_subnet_that_gets_an_equal_list_or_goes_passes() -> None:
    assert found(stage(without_subnet(), second("subnet-app", allow=True))) == []
    gone = stage(without_subnet(), delete(SUBNET, SUBNET_VALUES))
    assert "N08" not in dict(found(gone))


def test_a_subnet_that_gets_a_stricter_list_is_flagged() -> None:
    narrow = stage(without_subnet(), second("subnet-app", allow=False))

    assert found(narrow) == [("N11", "aws_network_acl.second")]


def test_a_new_list_for_a_subnet_with_the_default_one_is_flagged() -> None:
    new = second("subnet-b", allow=True)
    existing = noop("aws_subnet.b", {"id": "subnet-b"})

    assert found(lone(new, existing)) == [("N11", "aws_network_acl.second")]
    assert found(lone(second(allow=True))) == []


def test_subnets_that_are_not_known_yet_are_undecided() -> None:
    after = {**ACL_VALUES, "subnet_ids": None}
    edit = update(ACL, ACL_VALUES, after, after_unknown={"subnet_ids": True})

    assert undecided(stage(edit)) == ["N08"]
