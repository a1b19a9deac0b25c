"""N04 and N11: the group and the main table that a network was born with."""

from __future__ import annotations

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import RULES, Context, review
from iacrisk.rules.rule import Finding
from tests.plans import Json, create, noop, plan

VPC = noop(
    "aws_vpc.main",
    {"id": "vpc-1", "default_security_group_id": "sg-born", "main_route_table_id": "rtb-born"},
)
WORKER = noop("aws_instance.worker", {"id": "i-1", "vpc_security_group_ids": ["sg-born"]})
OTHER = noop("aws_instance.other", {"id": "i-2", "vpc_security_group_ids": ["sg-own"]})
AS_BORN: Json = {
    "ingress": [{"protocol": "-1", "self": True, "from_port": 0, "to_port": 0}],
    "egress": [
        {"protocol": "-1", "cidr_blocks": ["0.0.0.0/0"], "from_port": 0, "to_port": 0},
    ],
}


def found(*changes: Json) -> list[Finding]:
    made = plan(*changes)
    asked = tuple(item for item in RULES if item.id in {"N04", "N11"})
    result = review(Context(made, build_graph(made)), rules=asked, suppressors=())
    assert result.failures == ()
    return list(result.findings)


def test_the_default_group_taken_over_hurts_its_members() -> None:
    taken = create("aws_default_security_group.this", {"vpc_id": "vpc-1"})

    [finding] = found(VPC, WORKER, OTHER, taken)

    assert (finding.rule, finding.hurts) == ("N11", ("aws_instance.worker",))


@pytest.mark.parametrize(
    "changes",
    [
        (VPC, OTHER, create("aws_default_security_group.this", {"vpc_id": "vpc-1"})),
        (VPC, WORKER, create("aws_default_security_group.this", {"vpc_id": "vpc-2"})),
        (VPC, WORKER, create("aws_default_security_group.this", {"vpc_id": "vpc-1", **AS_BORN})),
    ],
    ids=["without members", "of another network", "with the rules it was born with"],
)
def test_a_default_group_that_nobody_misses_passes(changes: tuple[Json, ...]) -> None:
    assert found(*changes) == []


def test_another_main_table_hurts_subnets_without_one_of_their_own() -> None:
    taken = create("aws_main_route_table_association.m", {"vpc_id": "vpc-1"})
    bare = noop("aws_subnet.bare", {"id": "subnet-1", "vpc_id": "vpc-1"})
    joined = noop("aws_subnet.joined", {"id": "subnet-2", "vpc_id": "vpc-1"})
    join = noop("aws_route_table_association.j", {"subnet_id": "subnet-2", "route_table_id": "r"})

    [finding] = found(VPC, bare, joined, join, taken)

    assert (finding.rule, finding.hurts) == ("N04", ("aws_subnet.bare",))
    assert found(VPC, joined, join, taken) == []
