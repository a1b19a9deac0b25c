"""Packets get through where AWS would let them, and the reason is named where not."""

from typing import Any

import msgspec
import pytest

from iacrisk.training.network import (
    AWS_ADDRESS,
    STRANGER,
    AclEntry,
    GroupRule,
    Network,
    Node,
    Route,
    SecurityGroup,
    ServiceEndpoint,
    Subnet,
    reach,
)

ANYWHERE = "0.0.0.0/0"
OUT = (GroupRule(protocol="-1", cidrs=(ANYWHERE,)),)
WEB = Node(address="10.0.0.10", subnet="public", groups=("web",), public=True)
APP = Node(address="10.0.1.10", subnet="private", groups=("app",))
FAR = Node(address="10.1.0.10", subnet="far", groups=("far",))
INTERNET = Node(address=STRANGER)
S3 = Node(address=AWS_ADDRESS, service="s3")


def network(**changes: Any) -> Network:
    base = Network(
        vpcs={"vpc": ("10.0.0.0/16",), "other": ("10.1.0.0/16",)},
        subnets={
            "public": Subnet(
                vpc="vpc", cidr="10.0.0.0/24", routes=(Route(cidr=ANYWHERE, target="igw-1"),)
            ),
            "private": Subnet(
                vpc="vpc",
                cidr="10.0.1.0/24",
                table="rtb-1",
                routes=(
                    Route(cidr=ANYWHERE, target="nat-1"),
                    Route(cidr="10.1.0.0/16", target="pcx-1"),
                ),
            ),
            "far": Subnet(
                vpc="other", cidr="10.1.0.0/24", routes=(Route(cidr="10.0.0.0/16", target="pcx-1"),)
            ),
        },
        groups={
            "web": SecurityGroup(
                ingress=(GroupRule(protocol="tcp", first=443, last=443, cidrs=(ANYWHERE,)),),
                egress=OUT,
            ),
            "app": SecurityGroup(
                ingress=(GroupRule(protocol="tcp", first=8080, last=8080, groups=("web",)),),
                egress=OUT,
            ),
            "far": SecurityGroup(
                ingress=(GroupRule(protocol="tcp", first=5432, last=5432, cidrs=("10.0.0.0/8",)),),
                egress=OUT,
            ),
        },
        internet_gateways={"igw-1": "vpc"},
        nat_gateways={"nat-1": "public"},
        peerings={"pcx-1": ("vpc", "other")},
    )
    return msgspec.structs.replace(base, **changes)


@pytest.mark.parametrize(
    ("source", "target", "port", "state", "why"),
    [
        (INTERNET, WEB, 443, "works", ""),
        (INTERNET, WEB, 22, "broken", "ingress"),
        (INTERNET, APP, 8080, "broken", "no public address"),
        (WEB, APP, 8080, "works", ""),
        (WEB, APP, 8081, "broken", "ingress"),
        (FAR, APP, 8080, "broken", "ingress"),
        (APP, FAR, 5432, "works", ""),
        (APP, INTERNET, 443, "works", ""),
        (WEB, INTERNET, 443, "works", ""),
        (FAR, INTERNET, 443, "broken", "no route"),
        (APP, S3, 443, "works", ""),
    ],
)
def test_flows(source: Node, target: Node, port: int, state: str, why: str) -> None:
    verdict = reach(network(), source, target, port)
    assert verdict.state == state
    assert why in verdict.why


def changed_subnet(name: str, **changes: Any) -> Network:
    base = network()
    subnet = msgspec.structs.replace(base.subnets[name], **changes)
    return msgspec.structs.replace(base, subnets={**base.subnets, name: subnet})


def test_a_dead_gateway_is_no_way_out() -> None:
    for gone in ("nat_gateways", "internet_gateways", "peerings"):
        broken = network(**{gone: {}})
        flow = (APP, FAR, 5432) if gone == "peerings" else (APP, INTERNET, 443)
        assert reach(broken, *flow).state == "broken", gone


def test_the_way_back_needs_a_route_too() -> None:
    verdict = reach(changed_subnet("far", routes=()), APP, FAR, 5432)
    assert (verdict.state, verdict.why) == ("broken", "no route back")


def test_the_longest_matching_route_wins() -> None:
    stolen = (
        Route(cidr="10.1.0.0/16", target="pcx-1"),
        Route(cidr="10.1.0.0/24", target="nat-1"),
    )
    assert reach(changed_subnet("private", routes=stolen), APP, FAR, 5432).state == "broken"


def test_a_route_to_something_unmodelled_is_unknown() -> None:
    transit = (Route(cidr=ANYWHERE, target="tgw-1"),)
    assert reach(changed_subnet("private", routes=transit), APP, INTERNET, 443).state == "unknown"


def entry(number: int, egress: bool, allow: bool, **parts: Any) -> AclEntry:
    return AclEntry(number=number, egress=egress, allow=allow, cidr=ANYWHERE, **parts)


def test_an_acl_needs_to_let_the_answer_out() -> None:
    only_in = (entry(1, False, True),)
    verdict = reach(changed_subnet("private", acl=only_in), WEB, APP, 8080)
    assert (verdict.state, verdict.why) == ("broken", "network ACL: no rule")
    both = (entry(1, False, True), entry(1, True, True))
    assert reach(changed_subnet("private", acl=both), WEB, APP, 8080).state == "works"


def test_the_lowest_acl_number_decides() -> None:
    denied = (
        entry(50, False, False, protocol="6", first=8080, last=8080),
        entry(100, False, True),
        entry(100, True, True),
    )
    verdict = reach(changed_subnet("private", acl=denied), WEB, APP, 8080)
    assert verdict.why == "network ACL, rule 50"


def test_a_gateway_endpoint_reaches_its_service_without_internet() -> None:
    closed = msgspec.structs.replace(changed_subnet("private", table="rtb-1", routes=()))
    assert reach(closed, APP, S3, 443).state == "broken"
    endpoint = ServiceEndpoint(service="s3", vpc="vpc", tables=("rtb-1",))
    opened = msgspec.structs.replace(closed, endpoints=(endpoint,))
    assert reach(opened, APP, S3, 443).state == "works"
    assert reach(opened, APP, INTERNET, 443).state == "broken"


def test_a_prefix_list_leaves_it_unknown() -> None:
    lists = (GroupRule(protocol="-1", prefix_lists=("pl-1",)),)
    base = network()
    groups = {**base.groups, "app": SecurityGroup(ingress=(), egress=lists)}
    assert reach(network(groups=groups), APP, INTERNET, 443).state == "unknown"


def test_a_balancer_without_groups_lets_all_pass() -> None:
    balancer = msgspec.structs.replace(WEB, groups=None)
    assert reach(network(), INTERNET, balancer, 22).state == "works"


def test_another_protocol_is_not_covered() -> None:
    assert reach(network(), INTERNET, WEB, 443, "udp").state == "broken"
