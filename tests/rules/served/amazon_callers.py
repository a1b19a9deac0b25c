"""Pairs on AWS: ranges that are let in no more, and callers that come in by other entries.

At first sight all 2 dangers were held, and all of their harmless twins.
"""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, create, delete, tweak
from tests.rules.served.worlds import pair, stay, trap

# Callers that other entries let in

_DB: Final = "orders.c1.eu-west-1.rds.amazonaws.com"
_CACHE: Final = "carts.x1.euw1.cache.amazonaws.com"


def _rule(name: str, port: int = 5432, **peer: Any) -> Json:
    return {
        "id": f"sgr-{name}",
        "security_group_id": "sg-0d",
        "ip_protocol": "tcp",
        "from_port": port,
        "to_port": port,
        **peer,
    }


_IN: Final = "aws_vpc_security_group_ingress_rule"
_FROM_ALL: Final = delete(f"{_IN}.network", _rule("network", cidr_ipv4="10.3.0.0/16"))
_FROM_SHOP: Final = create(
    f"{_IN}.shop",
    {k: v for k, v in _rule("s", referenced_security_group_id="sg-0a").items() if k != "id"},
)
_FROM_FIGURES: Final = stay(f"{_IN}.figures", **_rule("f", referenced_security_group_id="sg-0b"))


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


_RUN: Final = {
    f"aws_ecs_service.{name}": {"task_definition": [f"aws_ecs_task_definition.{name}.arn"]}
    for name in ("shop", "figures")
}
_DB_USES: Final = {
    **_RUN,
    "aws_db_instance.orders": {"vpc_security_group_ids": ["aws_security_group.db.id"]},
    f"{_IN}.network": {"security_group_id": ["aws_security_group.db.id"]},
    f"{_IN}.shop": {"security_group_id": ["aws_security_group.db.id"]},
    f"{_IN}.figures": {"security_group_id": ["aws_security_group.db.id"]},
}
_BEHIND: Final = [
    stay("aws_security_group.db", id="sg-0d", name="db", vpc_id="vpc-3"),
    stay(
        "aws_db_instance.orders",
        id="db-2",
        identifier="orders",
        endpoint=f"{_DB}:5432",
        vpc_security_group_ids=["sg-0d"],
    ),
    *_service("shop", "sg-0a", PGHOST=_DB),
    *_service("figures", "sg-0b", PGHOST=_DB),
]


def _cache_group(*ranges: str) -> Json:
    def entry(*cidrs: str) -> Json:
        return {
            "protocol": "tcp",
            "from_port": 6379,
            "to_port": 6379,
            "cidr_blocks": list(cidrs),
            "security_groups": [],
            "self": False,
        }

    values = {"id": "sg-0c", "name": "c", "vpc_id": "vpc-3", "ingress": [entry("10.3.0.0/16")]}
    return tweak("aws_security_group.cache", values, ingress=[entry(*ranges)])


_CACHED: Final = [
    stay("aws_subnet.a", id="subnet-a1", vpc_id="vpc-3", cidr_block="10.3.1.0/24"),
    stay("aws_subnet.b", id="subnet-b1", vpc_id="vpc-3", cidr_block="10.3.2.0/24"),
    stay(
        "aws_elasticache_replication_group.carts",
        id="carts",
        replication_group_id="carts",
        primary_endpoint_address=_CACHE,
        security_group_ids=["sg-0c"],
    ),
    *_service("shop", "sg-0a", "subnet-a1", REDIS=f"redis://{_CACHE}:6379"),
    *_service("figures", "sg-0b", "subnet-b1", REDIS=f"redis://{_CACHE}:6379"),
]
_CACHE_USES: Final = {
    **_RUN,
    "aws_elasticache_replication_group.carts": {
        "security_group_ids": ["aws_security_group.cache.id"]
    },
}

CALLERS: Final = [
    pair(
        "the network's range goes for one of two callers / for both",
        [_FROM_ALL, _FROM_SHOP],
        [_FROM_ALL, _FROM_SHOP, _FROM_FIGURES],
        *_BEHIND,
        uses=_DB_USES,
    ),
    pair(
        "a range shrinks to the subnet of one caller / of both",
        _cache_group("10.3.1.0/24"),
        _cache_group("10.3.1.0/24", "10.3.2.0/24"),
        *_CACHED,
        uses=_CACHE_USES,
    ),
]

CALLER_TRAPS: Final = [
    trap(
        "both callers are let in, and a machine is there too",
        _FROM_ALL,
        _FROM_SHOP,
        _FROM_FIGURES,
        stay("aws_instance.hands", id="i-1", vpc_security_group_ids=["sg-0f"]),
        *_BEHIND,
        uses=_DB_USES,
    ),
    trap(
        "both callers are let in, and what goes is a range of the internet",
        delete(f"{_IN}.network", _rule("network", cidr_ipv4="198.51.100.0/24")),
        _FROM_SHOP,
        _FROM_FIGURES,
        *_BEHIND,
        uses=_DB_USES,
    ),
    trap(
        "both callers are let in, and an office's range goes",
        delete(f"{_IN}.network", _rule("network", cidr_ipv4="10.3.0.0/16", description="office")),
        _FROM_SHOP,
        _FROM_FIGURES,
        *_BEHIND,
        uses=_DB_USES,
    ),
    trap(
        "both callers are let in, and the network is peered",
        _FROM_ALL,
        _FROM_SHOP,
        _FROM_FIGURES,
        stay("aws_vpc_peering_connection.far", id="pcx-1", vpc_id="vpc-3", peer_vpc_id="vpc-9"),
        *_BEHIND,
        uses=_DB_USES,
    ),
    trap(
        "the entry of the second caller is for another port",
        _FROM_ALL,
        _FROM_SHOP,
        stay(f"{_IN}.figures", **_rule("f", port=5433, referenced_security_group_id="sg-0b")),
        *_BEHIND,
        uses=_DB_USES,
    ),
]
