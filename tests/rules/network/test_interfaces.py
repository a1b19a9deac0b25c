"""N13: security groups that something leaves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plans import Json, create, noop, replace, update
from tests.rules.network.stage import (
    EVERYTHING,
    GROUP,
    GROUP_VALUES,
    INSTANCE,
    INSTANCE_VALUES,
    entry,
    found,
    lone,
    stage,
    undecided,
)

OTHER = "aws_security_group.other"


def groups(*names: Any) -> Json:
    return update(
        INSTANCE, INSTANCE_VALUES, {**INSTANCE_VALUES, "vpc_security_group_ids": [*names]}
    )


def other(*ingress: Json, **more: Any) -> Json:
    values = {"id": "sg-other", "name": "other", "vpc_id": "vpc-1"}
    return noop(OTHER, {**values, "ingress": [*ingress], "egress": [EVERYTHING], **more})


WIDE, NARROW = entry(cidr_blocks=["10.0.0.0/8"]), entry(cidr_blocks=["10.1.0.0/16"])


def test_a_group_left_for_one_that_admits_less_is_flagged() -> None:
    assert found(stage(groups("sg-other"), other(NARROW))) == [("N13", INSTANCE)]
    assert found(stage(groups("sg-other"), other(WIDE, egress=[]))) == [("N13", INSTANCE)]


def test_a_group_left_for_one_that_admits_the_same_passes() -> None:
    assert found(stage(groups("sg-other"), other(WIDE))) == []


def test_a_group_added_passes() -> None:
    assert found(stage(groups("sg-app", "sg-other"), other(NARROW))) == []


def test_a_group_by_whose_name_others_admit_is_flagged() -> None:
    database = noop(
        "aws_security_group.database",
        {"id": "sg-db", "ingress": [entry(5432, security_groups=["sg-app"])], "egress": []},
    )

    assert found(stage(groups("sg-other"), other(WIDE), database)) == [("N13", INSTANCE)]


def test_entries_of_standalone_rules_count() -> None:
    rule = noop(
        "aws_vpc_security_group_ingress_rule.other",
        {
            "security_group_id": "sg-other",
            "cidr_ipv4": "10.0.0.0/8",
            "from_port": 443,
            "to_port": 443,
            "ip_protocol": "tcp",
        },
    )

    assert found(stage(groups("sg-other"), other(), rule)) == []


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("aws_lb.l", "security_groups"),
        ("aws_db_instance.d", "vpc_security_group_ids"),
        ("aws_lambda_function.f", "vpc_config.security_group_ids"),
        ("aws_vpc_endpoint.e", "security_group_ids"),
        ("aws_ecs_service.s", "network_configuration.security_groups"),
        ("aws_eks_cluster.c", "vpc_config.security_group_ids"),
    ],
)
def test_a_group_that_the_plan_does_not_show_is_flagged(address: str, path: str) -> None:
    root, _, leaf = path.partition(".")

    def having(*names: str) -> Json:
        return {root: [{leaf: [*names]}]} if leaf else {root: [*names]}

    assert found(lone(update(address, having("sg-a", "sg-b"), having("sg-a")))) == [
        ("N13", address)
    ]
    assert found(lone(update(address, having("sg-a"), having("sg-a", "sg-b")))) == []


HIDDEN = update(
    INSTANCE,
    INSTANCE_VALUES,
    {**INSTANCE_VALUES, "vpc_security_group_ids": [None]},
    after_unknown={"vpc_security_group_ids": [True]},
)


def test_a_group_that_is_made_anew_and_followed_passes() -> None:
    again = replace(GROUP, GROUP_VALUES, GROUP_VALUES, "name_prefix", create_first=True)

    assert "N13" not in dict(found(stage(HIDDEN, again)))


def test_a_group_that_the_plan_makes_is_compared() -> None:
    refers = {INSTANCE: {"vpc_security_group_ids": ["aws_security_group.new.id"]}}

    def made(*ingress: Json) -> Json:
        values = {"vpc_id": "vpc-1", "ingress": [*ingress], "egress": [EVERYTHING]}
        return create("aws_security_group.new", values)

    assert found(stage(HIDDEN, made(WIDE), references=refers)) == []
    assert found(stage(HIDDEN, made(NARROW), references=refers)) == [("N13", INSTANCE)]


def test_groups_that_nobody_knows_are_undecided() -> None:
    assert undecided(lone(HIDDEN)) == ["N13"]
