"""N10: how much of the internet is a good part of it."""

from __future__ import annotations

import pytest

from tests.pairs import findings_of, judge
from tests.plans import create, noop, plan


@pytest.mark.parametrize(
    ("cidr", "told"),
    [
        ("52.0.0.0/8", True),
        ("0.0.0.0/1", True),
        ("10.0.0.0/8", False),
        ("52.4.0.0/14", False),
        ("203.0.113.8/32", False),
    ],
)
def test_a_database_that_admits_a_range_of_strangers(cidr: str, told: bool) -> None:
    group, store = "aws_security_group.d", "aws_db_instance.d"
    rule = {"security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": 5432, "to_port": 5432}
    judged = plan(
        create("aws_vpc_security_group_ingress_rule.new", rule | {"cidr_ipv4": cidr}),
        noop(group, {"id": "sg-1"}),
        noop(store, {"id": "d", "vpc_security_group_ids": ["sg-1"]}),
        references={
            "aws_vpc_security_group_ingress_rule.new": {"security_group_id": [f"{group}.id"]},
            store: {"vpc_security_group_ids": [f"{group}.id"]},
        },
    )
    found = findings_of(judge(judged))
    assert ("N10 aws_vpc_security_group_ingress_rule.new" in found) is told
