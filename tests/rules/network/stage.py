"""A subnet with an instance, its route table and its filters, for small network plans."""

from __future__ import annotations

from typing import Any

from iacrisk.graph import build_graph
from iacrisk.plan import Plan
from iacrisk.rules import Context, Review, review
from iacrisk.rules.network import RULES
from tests.plans import Json, noop, plan

GROUP, ACL, TABLE = "aws_security_group.app", "aws_network_acl.app", "aws_route_table.app"
SUBNET, INSTANCE = "aws_subnet.app", "aws_instance.app"
JOINED = "aws_route_table_association.app"


def entry(port: int = 443, **more: Any) -> Json:
    """An inline block of a security group."""
    empty: Json = {
        "cidr_blocks": [],
        "ipv6_cidr_blocks": [],
        "prefix_list_ids": [],
        "security_groups": [],
    }
    ports = {"from_port": port, "to_port": port, "protocol": "tcp"}
    return {**empty, **ports, "self": False, "description": "", **more}


def numbered(number: int, action: str, cidr: str, port: int = 443) -> Json:
    """An inline block of a network ACL."""
    ports = {"from_port": port, "to_port": port, "protocol": "tcp" if port else "-1"}
    return {"rule_no": number, "action": action, "cidr_block": cidr, "ipv6_cidr_block": "", **ports}


def way(cidr: str, **hop: str) -> Json:
    """An inline block of a route table."""
    names = ("gateway_id", "nat_gateway_id", "transit_gateway_id", "vpc_peering_connection_id")
    return {"cidr_block": cidr, **dict.fromkeys(names, ""), **hop}


EVERYTHING = entry(0, protocol="-1", cidr_blocks=["0.0.0.0/0"])
GROUP_VALUES: Json = {
    "id": "sg-app",
    "name": "app",
    "vpc_id": "vpc-1",
    "ingress": [entry(cidr_blocks=["10.0.0.0/8"])],
    "egress": [EVERYTHING],
}
ACL_VALUES: Json = {
    "id": "acl-app",
    "vpc_id": "vpc-1",
    "subnet_ids": ["subnet-app"],
    "ingress": [numbered(100, "allow", "0.0.0.0/0")],
    "egress": [numbered(100, "allow", "0.0.0.0/0", 0)],
}
NAT, TRANSIT = (
    way("0.0.0.0/0", nat_gateway_id="nat-1"),
    way("10.8.0.0/16", transit_gateway_id="tgw-1"),
)
TABLE_VALUES: Json = {"id": "rtb-app", "vpc_id": "vpc-1", "route": [NAT, TRANSIT]}
JOINED_VALUES: Json = {"id": "a-1", "subnet_id": "subnet-app", "route_table_id": "rtb-app"}
SUBNET_VALUES: Json = {"id": "subnet-app", "vpc_id": "vpc-1", "cidr_block": "10.0.1.0/24"}
INSTANCE_VALUES: Json = {
    "id": "i-1",
    "subnet_id": "subnet-app",
    "vpc_security_group_ids": ["sg-app"],
}
_STANDING = {
    GROUP: GROUP_VALUES,
    ACL: ACL_VALUES,
    TABLE: TABLE_VALUES,
    JOINED: JOINED_VALUES,
    SUBNET: SUBNET_VALUES,
    INSTANCE: INSTANCE_VALUES,
}
_REFERENCES = {
    ACL: {"subnet_ids": ["aws_subnet.app.id"]},
    JOINED: {
        "subnet_id": ["aws_subnet.app.id"],
        "route_table_id": ["aws_route_table.app.id"],
    },
    INSTANCE: {
        "subnet_id": ["aws_subnet.app.id"],
        "vpc_security_group_ids": ["aws_security_group.app.id"],
    },
}


def stage(*changes: Json, references: dict[str, dict[str, list[str]]] | None = None) -> Plan:
    """The plan of `changes` with the rest of the network staying as it is."""
    changed = {change["address"] for change in changes}
    rest = [noop(name, values) for name, values in _STANDING.items() if name not in changed]
    return plan(*changes, *rest, references={**_REFERENCES, **(references or {})})


def lone(*changes: Json, references: dict[str, dict[str, list[str]]] | None = None) -> Plan:
    """The plan of `changes` alone."""
    return plan(*changes, references=references or {})


def said(judged: Plan) -> Review:
    """What the rules of the family say."""
    result = review(Context(judged, build_graph(judged)), rules=RULES, suppressors=())
    assert result.failures == ()
    return result


def found(judged: Plan) -> list[tuple[str, str]]:
    """The findings as rule and address."""
    return [(finding.rule, finding.address) for finding in said(judged).findings]


def undecided(judged: Plan) -> list[str]:
    """The rules that could not decide; there must be no finding beside."""
    assert found(judged) == []
    return sorted({item.rule for item in said(judged).undecided})
