"""N15, N16: routes and zones that stand in front of what is in use."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import Context, Review, review
from iacrisk.rules.network.shadowing import range_in_use_dropped, zone_shadows_another
from tests.plans import Json, create, delete, noop, plan

ROUTE = "aws_ec2_transit_gateway_route.drop"
VPC = noop("aws_vpc.core", {"cidr_block": "10.20.0.0/16"})
ZONE = "aws_route53_zone.inside"
PUBLIC = noop("aws_route53_zone.public", {"name": "shop.example", "vpc": []})


def judged(*changes: Json) -> Review:
    made = plan(*changes)
    rules = (range_in_use_dropped, zone_shadows_another)
    result = review(Context(made, build_graph(made)), rules=rules, suppressors=())
    assert result.failures == ()
    return result


def findings(*changes: Json) -> list[tuple[str, str]]:
    return [(item.rule, item.address) for item in judged(*changes).findings]


def drop(text: Any, *, blackhole: bool = True) -> Json:
    return create(ROUTE, {"destination_cidr_block": text, "blackhole": blackhole})


@pytest.mark.parametrize("text", ["10.20.0.0/16", "10.20.4.0/24", "10.0.0.0/8"])
def test_a_blackhole_over_a_network_in_use_is_flagged(text: str) -> None:
    assert findings(VPC, drop(text)) == [("N15", ROUTE)]


@pytest.mark.parametrize("text", ["172.31.0.0/16", "10.21.0.0/16", "fd00::/8", "odd", None])
def test_a_blackhole_over_a_range_that_nobody_uses_passes(text: Any) -> None:
    assert findings(VPC, drop(text)) == []


def test_a_route_that_leads_somewhere_and_a_network_that_goes_pass() -> None:
    assert findings(VPC, drop("10.20.0.0/16", blackhole=False)) == []
    gone = delete("aws_vpc.core", {"cidr_block": "10.20.0.0/16"})
    assert findings(gone, drop("10.20.0.0/16")) == []


def test_a_range_that_is_not_known_is_undecided() -> None:
    route = create(ROUTE, {"blackhole": True}, after_unknown={"destination_cidr_block": True})
    assert [item.rule for item in judged(VPC, route).undecided] == ["N15"]


@pytest.mark.parametrize("name", ["shop.example", "example", "SHOP.example."])
def test_a_private_zone_in_front_of_another_is_flagged(name: str) -> None:
    assert findings(PUBLIC, create(ZONE, {"name": name, "vpc": [{"vpc_id": "v"}]})) == [
        ("N16", ZONE)
    ]


@pytest.mark.parametrize(
    ("name", "vpc"),
    [
        ("inside.shop.example", [{"vpc_id": "v"}]),
        ("op.example", [{"vpc_id": "v"}]),
        ("shop.example", []),
    ],
)
def test_a_zone_with_a_name_of_its_own_or_a_public_one_passes(name: str, vpc: Any) -> None:
    assert findings(PUBLIC, create(ZONE, {"name": name, "vpc": vpc})) == []
