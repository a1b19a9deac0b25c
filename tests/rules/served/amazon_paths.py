"""Pairs on AWS: filters that leave out what has no way here.

At first sight all 3 dangers were held, and all of their harmless twins.
"""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, create, delete, tweak
from tests.rules.served.worlds import pair, stay, trap

# Subnets without a way out

_WORLD: Final = "0.0.0.0/0"
_HOME: Final = "10.7.0.0/16"


def _entry(number: int, cidr: str, low: int, high: int, **more: Any) -> Json:
    ports = {"protocol": "6", "action": "allow", "from_port": low, "to_port": high}
    return {"rule_no": number, "cidr_block": cidr, "icmp_code": 0, "icmp_type": 0, **ports, **more}


def _acl(before: list[Json], after: list[Json], way: str = "ingress") -> Json:
    other = "egress" if way == "ingress" else "ingress"
    values = {
        "id": "acl-1",
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-d1"],
        way: before,
        other: [_entry(100, _WORLD, 0, 0, protocol="-1")],
    }
    return tweak("aws_network_acl.data", values, **{way: after})


_REPLIES: Final = _entry(200, _WORLD, 1024, 65535)
_NEAR: Final = _entry(200, _HOME, 1024, 65535)
_STORE: Final = _entry(100, _HOME, 5432, 5432)
_ACL_LESS: Final = _acl([_STORE, _REPLIES], [_STORE, _NEAR])


def _table(*routes: Json) -> Json:
    return stay("aws_route_table.data", id="rtb-1", vpc_id="vpc-1", route=list(routes))


_NETWORK: Final = [
    stay("aws_vpc.main", id="vpc-1", cidr_block=_HOME),
    stay("aws_subnet.data", id="subnet-d1", vpc_id="vpc-1", cidr_block="10.7.8.0/24"),
    stay("aws_db_subnet_group.data", id="data", name="data", subnet_ids=["subnet-d1"]),
    stay(
        "aws_db_instance.shop",
        id="db-1",
        identifier="shop",
        db_subnet_group_name="data",
        endpoint="shop.c1.eu-west-1.rds.amazonaws.com:5432",
    ),
]
_LED: Final = stay(
    "aws_route_table_association.data", id="a", route_table_id="rtb-1", subnet_id="subnet-d1"
)
_NETWORK_USES: Final = {
    "aws_network_acl.data": {"subnet_ids": ["aws_subnet.data.id"], "vpc_id": ["aws_vpc.main.id"]},
    "aws_db_subnet_group.data": {"subnet_ids": ["aws_subnet.data.id"]},
    "aws_db_instance.shop": {"db_subnet_group_name": ["aws_db_subnet_group.data.name"]},
    "aws_route_table_association.data": {
        "subnet_id": ["aws_subnet.data.id"],
        "route_table_id": ["aws_route_table.data.id"],
    },
}
_NAT: Final = {"cidr_block": _WORLD, "nat_gateway_id": "nat-1"}
_PEERED: Final = {"cidr_block": "10.9.0.0/16", "vpc_peering_connection_id": "pcx-1"}
_ONE_RULE: Final = delete(
    "aws_network_acl_rule.far",
    {
        "id": "nacl-1",
        "network_acl_id": "acl-1",
        "rule_number": 300,
        "egress": False,
        "protocol": "tcp",
        "rule_action": "allow",
        "cidr_block": "10.9.0.0/16",
        "from_port": 5432,
        "to_port": 5432,
    },
)
_ACL_STAYS: Final = stay(
    "aws_network_acl.data", id="acl-1", vpc_id="vpc-1", subnet_ids=["subnet-d1"]
)


def _service(name: str, group: str, subnet: str = "subnet-a1", **variables: str) -> list[Json]:
    listed = [{"name": key, "value": value} for key, value in variables.items()]
    arn = f"arn:aws:ecs:eu-west-1:1:task-definition/{name}:3"
    return [
        stay(
            f"aws_ecs_task_definition.{name}",
            id=name,
            arn=arn,
            container_definitions=json.dumps([{"name": name, "environment": listed}]),
        ),
        stay(
            f"aws_ecs_service.{name}",
            id=f"svc-{name}",
            name=name,
            task_definition=arn,
            network_configuration=[{"subnets": [subnet], "security_groups": [group]}],
        ),
    ]


_IN_SUBNET: Final = {
    "network_configuration": ["aws_subnet.data.id"],
    "task_definition": ["aws_ecs_task_definition.shop.arn"],
}

PATHS: Final = [
    pair(
        "replies from afar are dropped where a NAT leads out / where no route leads out",
        [_ACL_LESS, _table(_NAT), _LED],
        [_ACL_LESS, _table(), _LED],
        *_NETWORK,
        uses=_NETWORK_USES,
    ),
    pair(
        "requests to a peer are dropped that a route leads to / that none leads to",
        [_acl([_REPLIES], [_NEAR], "egress"), _table(_PEERED), _LED],
        [_acl([_REPLIES], [_NEAR], "egress"), _table(), _LED],
        *_NETWORK,
        *_service("shop", "sg-0a", "subnet-d1"),
        uses={**_NETWORK_USES, "aws_ecs_service.shop": _IN_SUBNET},
    ),
    pair(
        "the entry of a peered network goes / of one that is peered no more",
        [_ONE_RULE, _ACL_STAYS, _table(_PEERED), _LED],
        [_ONE_RULE, _ACL_STAYS, _table(), _LED],
        *_NETWORK,
        uses=_NETWORK_USES,
    ),
]

PATH_TRAPS: Final = [
    trap(
        "no route leads out, but an endpoint of S3 is reached by the table",
        _ACL_LESS,
        _table(),
        _LED,
        stay("aws_vpc_endpoint.s3", id="vpce-1", vpc_id="vpc-1", route_table_ids=["rtb-1"]),
        *_NETWORK,
        uses=_NETWORK_USES,
    ),
    trap(
        "the subnet's table is not in the plan", _ACL_LESS, _table(), *_NETWORK, uses=_NETWORK_USES
    ),
    trap(
        "the network has a second range",
        _ACL_LESS,
        _table(),
        _LED,
        stay(
            "aws_vpc_ipv4_cidr_block_association.more",
            id="x",
            vpc_id="vpc-1",
            cidr_block="100.64.0.0/16",
        ),
        *_NETWORK,
        uses=_NETWORK_USES,
    ),
    trap(
        "a route that this plan makes leads out",
        _ACL_LESS,
        _table(),
        _LED,
        create(
            "aws_route.out",
            {
                "route_table_id": "rtb-1",
                "destination_cidr_block": _WORLD,
                "transit_gateway_id": "tgw-1",
            },
        ),
        *_NETWORK,
        uses=_NETWORK_USES,
    ),
]
