"""E05: parts that go, one of several targets, and switches in place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plans import Json, create, delete, noop, replace, tweak, update
from tests.rules.entry.stack import (
    BALANCER,
    BALANCER_VALUES,
    GROUP,
    GROUP_VALUES,
    LISTENER,
    LISTENER_VALUES,
    RULE,
    RULE_VALUES,
    found,
    lone,
    stack,
    undecided,
)

# Targets

TYPES = [
    ("aws_lb_target_group_attachment", "target_group_arn"),
    ("aws_elb_attachment", "elb"),
    ("aws_autoscaling_attachment", "lb_target_group_arn"),
    ("azurerm_network_interface_backend_address_pool_association", "backend_address_pool_id"),
    ("hcloud_load_balancer_target", "load_balancer_id"),
]


@pytest.mark.parametrize(("kind", "group"), TYPES)
@pytest.mark.parametrize(
    ("going", "staying", "flagged"), [(1, 0, 1), (2, 0, 2), (2, 1, 2), (1, 1, 0), (1, 4, 0)]
)
def test_targets_are_flagged_where_more_than_half_go(
    kind: str, group: str, going: int, staying: int, flagged: int
) -> None:
    leave = [delete(f"{kind}.leave{n}", {group: "g", "target_id": f"a{n}"}) for n in range(going)]
    stay = [noop(f"{kind}.stay{n}", {group: "g", "target_id": f"b{n}"}) for n in range(staying)]
    other = noop(f"{kind}.other", {group: "another", "target_id": "c"})

    assert len(found(lone(*leave, *stay, other))) == flagged


def test_a_target_that_goes_with_its_group_is_told_there() -> None:
    attachment = "aws_lb_target_group_attachment.a"
    judged = lone(
        delete(GROUP, GROUP_VALUES),
        delete(attachment, {"target_group_arn": "arn:tg/web", "target_id": "i-1"}),
    )

    assert attachment not in {address for _, address in found(judged)}


# Parts


@pytest.mark.parametrize(
    ("address", "before"),
    [
        (LISTENER, LISTENER_VALUES),
        (RULE, RULE_VALUES),
        ("aws_lb_listener_certificate.c", {"listener_arn": "arn:li/443", "certificate_arn": "c"}),
        ("aws_apigatewayv2_route.r", {"api_id": "a", "route_key": "GET /"}),
        ("aws_api_gateway_resource.r", {"rest_api_id": "a", "path_part": "x"}),
        ("aws_apigatewayv2_api_mapping.m", {"api_id": "a", "domain_name": "d"}),
        ("azurerm_lb_rule.r", {"loadbalancer_id": "/lb", "frontend_port": 443}),
        ("azurerm_cdn_frontdoor_route.r", {"cdn_frontdoor_endpoint_id": "/e"}),
        ("hcloud_load_balancer_service.s", {"load_balancer_id": "1"}),
    ],
)
def test_a_part_of_what_stays_is_flagged(address: str, before: Json) -> None:
    again = replace(address, before, before, "x", create_first=True)

    assert found(lone(delete(address, before))) == [("E05", address)]
    assert found(lone(again)) == []


@pytest.mark.parametrize(
    ("address", "user"),
    [
        ("aws_lb_target_group.t", "aws_lb_listener.l"),
        ("google_compute_backend_service.t", "google_compute_url_map.m"),
        ("google_compute_url_map.t", "google_compute_target_http_proxy.p"),
        ("google_compute_target_https_proxy.t", "google_compute_global_forwarding_rule.f"),
    ],
)
def test_a_part_is_flagged_only_while_something_uses_it(address: str, user: str) -> None:
    replaced = replace(address, {"id": "t"}, {"id": None}, "name")
    references = {user: {"target": [f"{address}.id"]}}

    assert found(lone(replaced, noop(user, {"target": "t"}), references=references)) == [
        ("E05", address)
    ]
    assert found(lone(replaced)) == []
    assert found(lone(delete(address, {"id": "t"}))) == []


def test_a_target_group_that_a_load_balancer_has_is_in_use() -> None:
    assert found(lone(delete(GROUP, GROUP_VALUES))) == [("E05", GROUP)]
    assert found(lone(delete(GROUP, {**GROUP_VALUES, "load_balancer_arns": []}))) == []


# Switches

SWITCHES: list[tuple[str, str, Any, Any]] = [
    (BALANCER, "subnets", ["subnet-a", "subnet-b"], ["subnet-a"]),
    (BALANCER, "internal", False, True),
    (BALANCER, "ip_address_type", "dualstack", "ipv4"),
    ("aws_elb.e", "listener", [{"lb_port": 80}, {"lb_port": 443}], [{"lb_port": 443}]),
    (LISTENER, "port", 443, 8443),
    (LISTENER, "protocol", "HTTPS", "TLS"),
    ("aws_apigatewayv2_route.r", "route_key", "GET /a", "GET /b"),
    ("azurerm_lb_rule.r", "frontend_port", 443, 8443),
    ("azurerm_cdn_frontdoor_route.r", "patterns_to_match", ["/*", "/a"], ["/a"]),
    ("aws_cloudfront_distribution.d", "aliases", ["a.example", "b.example"], ["a.example"]),
    ("aws_globalaccelerator_listener.l", "protocol", "TCP", "UDP"),
]


@pytest.mark.parametrize(("address", "name", "before", "after"), SWITCHES)
def test_a_switch_that_turns_clients_away_is_flagged(
    address: str, name: str, before: Any, after: Any
) -> None:
    hidden = update(address, {name: before}, {name: None}, after_unknown={name: True})

    assert found(lone(update(address, {name: before}, {name: after}))) == [("E05", address)]
    assert undecided(lone(hidden)) == ["E05"]


@pytest.mark.parametrize(
    ("address", "name", "before", "after"),
    [
        (BALANCER, "subnets", ["subnet-a"], ["subnet-a", "subnet-b"]),
        (BALANCER, "internal", True, False),
        (BALANCER, "ip_address_type", "ipv4", "dualstack"),
        (BALANCER, "idle_timeout", 60, 120),
        ("aws_cloudfront_distribution.d", "aliases", ["a.example"], ["b.example", "a.example"]),
        ("azurerm_cdn_frontdoor_route.r", "patterns_to_match", ["/a"], ["/*", "/a"]),
    ],
)
def test_a_switch_that_lets_more_in_passes(
    address: str, name: str, before: Any, after: Any
) -> None:
    assert found(lone(update(address, {name: before}, {name: after}))) == []


def test_a_load_balancer_that_is_made_passes() -> None:
    assert found(lone(create(BALANCER, BALANCER_VALUES))) == []
    assert found(stack(tweak(BALANCER, BALANCER_VALUES, tags={"a": "b"}))) == []
