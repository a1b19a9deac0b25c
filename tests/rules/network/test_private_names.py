"""N19: private endpoints that answer for a service and let its users not in."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import Context, Review, review
from iacrisk.rules.network.private_names import endpoint_shuts_out
from tests.plans import Json, create, noop, plan, tweak

ENDPOINT = "aws_vpc_endpoint.secrets"
NEW = {"private_dns_enabled": True, "security_group_ids": ["sg-e"], "vpc_id": "vpc-1"}
SUBNET = noop("aws_subnet.app", {"id": "subnet-app", "cidr_block": "10.0.16.0/20"})
SERVICE = noop(
    "aws_ecs_service.app",
    {"network_configuration": [{"security_groups": ["sg-app"], "subnets": ["subnet-app"]}]},
)
BALANCER = noop("aws_lb.front", {"security_groups": ["sg-lb"], "subnets": ["subnet-app"]})


def group(port: int = 443, **peers: Any) -> Json:
    entry = {"from_port": port, "to_port": port, "protocol": "tcp", "cidr_blocks": []} | peers
    return noop("aws_security_group.e", {"id": "sg-e", "ingress": [entry], "egress": []})


def judged(*changes: Json) -> Review:
    made = plan(SUBNET, SERVICE, BALANCER, *changes)
    result = review(Context(made, build_graph(made)), rules=(endpoint_shuts_out,), suppressors=())
    assert result.failures == ()
    return result


@pytest.mark.parametrize(
    "peers",
    [
        {"cidr_blocks": ["10.0.250.0/28"]},
        {"security_groups": ["sg-other"]},
        {"cidr_blocks": ["10.0.0.0/16"], "port": 8080},
    ],
)
def test_an_endpoint_that_does_not_let_a_service_in_is_flagged(peers: Json) -> None:
    [found] = judged(group(**peers), create(ENDPOINT, NEW)).findings
    assert (found.rule, found.address, found.hurts) == ("N19", ENDPOINT, ("aws_ecs_service.app",))


def test_private_dns_switched_on_later_is_flagged_too() -> None:
    later = tweak(ENDPOINT, NEW | {"private_dns_enabled": False}, private_dns_enabled=True)
    assert len(judged(group(cidr_blocks=["10.0.250.0/28"]), later).findings) == 1


@pytest.mark.parametrize(
    "peers", [{"cidr_blocks": ["10.0.0.0/16"]}, {"security_groups": ["sg-app"]}]
)
def test_an_endpoint_that_lets_the_service_in_passes(peers: Json) -> None:
    assert judged(group(**peers), create(ENDPOINT, NEW)).findings == ()


def test_without_private_dns_nothing_changes_for_anybody() -> None:
    quiet = create(ENDPOINT, NEW | {"private_dns_enabled": False})
    assert judged(group(cidr_blocks=["10.0.250.0/28"]), quiet).findings == ()


def test_groups_that_are_not_known_are_undecided() -> None:
    new = create(
        ENDPOINT, {"private_dns_enabled": True}, after_unknown={"security_group_ids": True}
    )
    assert [item.rule for item in judged(new).undecided] == ["N19"]
