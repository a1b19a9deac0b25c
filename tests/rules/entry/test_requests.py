"""E07: where entry points lead requests, in every way that providers write it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plans import Json, create, noop, replace, tweak, update
from tests.rules.entry.stack import (
    GROUP,
    GROUP_VALUES,
    LISTENER,
    LISTENER_VALUES,
    RULE,
    RULE_VALUES,
    answer,
    forward,
    found,
    lone,
    stack,
    undecided,
    weighted,
)

TLS_REDIRECT: list[Json] = [
    {
        "type": "redirect",
        "redirect": [
            {"host": "#{host}", "path": "/#{path}", "port": "443", "protocol": "HTTPS"},
        ],
    }
]


def listener(before: list[Json], after: list[Json]) -> Json:
    return update(
        LISTENER,
        {**LISTENER_VALUES, "default_action": before},
        {**LISTENER_VALUES, "default_action": after},
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (forward("web"), forward("next")),
        (forward("web"), answer("503")),
        (forward("web"), weighted(web=40, next=60)),
        (weighted(web=100, next=0), weighted(web=0, next=100)),
        (forward("web"), [{"type": "redirect", "redirect": [{"host": "x.example"}]}]),
    ],
)
def test_a_listener_that_sends_most_requests_elsewhere_is_flagged(
    before: list[Json], after: list[Json]
) -> None:
    assert found(stack(listener(before, after))) == [("E07", LISTENER)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (answer("404"), forward("web")),
        (forward("web"), weighted(web=1)),
        (forward("web"), weighted(web=90, next=10)),
        (weighted(web=100, next=0), weighted(web=60, next=40)),
        (forward("web"), TLS_REDIRECT),
        (answer("503"), answer("404")),
    ],
)
def test_a_listener_that_shifts_little_or_begins_to_serve_passes(
    before: list[Json], after: list[Json]
) -> None:
    assert found(stack(listener(before, after))) == []


def test_a_rule_that_sends_its_requests_elsewhere_is_flagged() -> None:
    assert found(stack(tweak(RULE, RULE_VALUES, action=forward("web")))) == [("E07", RULE)]


def _to_unknown() -> Json:
    hidden: list[Json] = [{"type": "forward", "target_group_arn": None, "order": 1, "forward": []}]
    return update(
        LISTENER,
        LISTENER_VALUES,
        {**LISTENER_VALUES, "default_action": hidden},
        after_unknown={"default_action": [{"target_group_arn": True}]},
    )


def test_a_listener_that_goes_to_a_group_which_the_plan_only_makes_is_flagged() -> None:
    green = create("aws_lb_target_group.green", {**GROUP_VALUES, "arn": None, "id": None})
    references = {LISTENER: {"default_action": ["aws_lb_target_group.green.arn"]}}

    assert found(stack(_to_unknown(), green, references=references)) == [("E07", LISTENER)]


def test_a_listener_that_follows_its_group_passes() -> None:
    group = replace(GROUP, GROUP_VALUES, {**GROUP_VALUES, "port": 8081}, "port", create_first=True)

    assert found(stack(_to_unknown(), group)) == []


def test_a_listener_whose_new_target_nobody_knows_is_undecided() -> None:
    assert undecided(lone(_to_unknown())) == ["E07"]


def test_actions_that_are_not_known_at_all_are_undecided() -> None:
    judged = lone(
        update(
            LISTENER,
            LISTENER_VALUES,
            {**LISTENER_VALUES, "default_action": None},
            after_unknown={"default_action": True},
        )
    )

    assert undecided(judged) == ["E07"]


# Distributions

SITE = "aws_cloudfront_distribution.site"
ORIGIN = {"origin_id": "app", "domain_name": "app.example", "origin_path": ""}
MEDIA = {"origin_id": "media", "domain_name": "media.example", "origin_path": ""}
DEFAULT: Json = {"target_origin_id": "app", "allowed_methods": ["GET", "HEAD"]}
SITE_VALUES: Json = {
    "default_cache_behavior": [DEFAULT],
    "enabled": True,
    "ordered_cache_behavior": [
        {"path_pattern": "/media/*", "target_origin_id": "media", "allowed_methods": ["GET"]}
    ],
    "origin": [ORIGIN, MEDIA],
}


def site(**changed: Any) -> Json:
    return tweak(SITE, SITE_VALUES, **changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": [{**ORIGIN, "domain_name": "new.example"}, MEDIA]},
        {"origin": [{**ORIGIN, "origin_path": "/v2"}, MEDIA]},
        {"default_cache_behavior": [{**DEFAULT, "target_origin_id": "media"}]},
        {"ordered_cache_behavior": []},
    ],
)
def test_a_distribution_that_asks_another_origin_is_flagged(changed: Json) -> None:
    assert found(lone(site(**changed))) == [("E07", SITE)]


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": [ORIGIN, MEDIA, {"origin_id": "spare", "domain_name": "spare.example"}]},
        {"origin": [{**ORIGIN, "connection_timeout": 5}, MEDIA]},
        {
            "origin": [{**ORIGIN, "origin_id": "renamed"}, MEDIA],
            "default_cache_behavior": [{**DEFAULT, "target_origin_id": "renamed"}],
        },
        {
            "ordered_cache_behavior": [
                *SITE_VALUES["ordered_cache_behavior"],
                {"path_pattern": "/img/*", "target_origin_id": "media"},
            ]
        },
    ],
)
def test_a_distribution_that_asks_the_same_origins_passes(changed: Json) -> None:
    assert found(lone(site(**changed))) == []


def test_an_origin_that_follows_its_load_balancer_passes() -> None:
    after = {**SITE_VALUES, "origin": [{**ORIGIN, "domain_name": None}, MEDIA]}
    edit = update(SITE, SITE_VALUES, after, after_unknown={"origin": [{"domain_name": True}, {}]})
    balancer = replace("aws_lb.front", {"name": "a"}, {"name": "b"}, "name", create_first=True)
    references = {SITE: {"origin": ["aws_lb.front.dns_name"]}}

    assert ("E07", SITE) not in found(lone(edit, balancer, references=references))
    assert undecided(lone(edit)) == ["E07"]


# One argument that names one target

POINTING = [
    ("aws_apigatewayv2_route.r", {"target": "integrations/a"}, {"target": "integrations/b"}),
    (
        "aws_apigatewayv2_integration.i",
        {"integration_uri": "https://a.example"},
        {"integration_uri": "https://b.example"},
    ),
    ("aws_api_gateway_integration.i", {"uri": "https://a.example"}, {"uri": "https://b.example"}),
    ("aws_api_gateway_base_path_mapping.m", {"stage_name": "v1"}, {"stage_name": "v2"}),
    ("aws_apigatewayv2_api_mapping.m", {"stage": "v1"}, {"stage": "v2"}),
    ("google_compute_target_https_proxy.p", {"url_map": "a"}, {"url_map": "b"}),
    ("google_compute_target_tcp_proxy.p", {"backend_service": "a"}, {"backend_service": "b"}),
    ("google_compute_global_forwarding_rule.f", {"target": "a"}, {"target": "b"}),
    ("azurerm_lb_rule.r", {"backend_port": 80}, {"backend_port": 81}),
    (
        "azurerm_lb_rule.r",
        {"backend_address_pool_ids": ["/pool/a"]},
        {"backend_address_pool_ids": ["/pool/b"]},
    ),
    ("azurerm_cdn_frontdoor_origin.o", {"host_name": "a"}, {"host_name": "b"}),
    (
        "kubernetes_ingress_v1.i",
        {"spec": [{"ingress_class_name": "nginx"}]},
        {"spec": [{"ingress_class_name": "traefik"}]},
    ),
]


@pytest.mark.parametrize(("address", "before", "after"), POINTING)
def test_an_argument_that_names_another_target_is_flagged(
    address: str, before: Json, after: Json
) -> None:
    assert found(lone(update(address, before, after))) == [("E07", address)]


@pytest.mark.parametrize(("address", "before", "after"), POINTING)
def test_a_target_that_is_not_known_yet_is_undecided(
    address: str, before: Json, after: Json
) -> None:
    name = next(iter(after))
    edit = update(address, before, {**after, name: None}, after_unknown={name: True})

    assert undecided(lone(edit)) == ["E07"]


@pytest.mark.parametrize(
    ("address", "before", "after"),
    [
        (
            "aws_apigatewayv2_integration.i",
            {"integration_uri": "arn:aws:lambda:eu-west-1:123456789012:function:f:7"},
            {"integration_uri": "arn:aws:lambda:eu-west-1:123456789012:function:f:8"},
        ),
        (
            "google_compute_target_http_proxy.p",
            {"url_map": "https://www.googleapis.com/compute/v1/projects/p/global/urlMaps/a"},
            {"url_map": "projects/p/global/urlMaps/a"},
        ),
    ],
)
def test_the_same_target_written_otherwise_passes(address: str, before: Json, after: Json) -> None:
    assert found(lone(update(address, before, after))) == []


def test_another_alias_of_a_function_is_another_target() -> None:
    name = "arn:aws:lambda:eu-west-1:123456789012:function:f"
    address = "aws_apigatewayv2_integration.i"
    edit = update(address, {"integration_uri": f"{name}:live"}, {"integration_uri": f"{name}:test"})

    assert found(lone(edit)) == [("E07", address)]


# URL maps, gateways, ingresses and services

URL_MAP = "google_compute_url_map.m"
URLS: Json = {
    "default_service": "web",
    "host_rule": [{"hosts": ["shop.example"], "path_matcher": "shop"}],
    "path_matcher": [
        {
            "name": "shop",
            "default_service": "web",
            "path_rule": [{"paths": ["/api/*"], "service": "api"}],
        }
    ],
}
MATCHER = URLS["path_matcher"][0]


@pytest.mark.parametrize(
    "changed",
    [
        {"default_service": "other"},
        {"host_rule": [{"hosts": ["shop.example"], "path_matcher": "none"}]},
        {"path_matcher": [{**MATCHER, "default_service": "other"}]},
        {"path_matcher": [{**MATCHER, "path_rule": []}]},
        {
            "default_service": None,
            "default_route_action": [
                {
                    "weighted_backend_services": [
                        {"backend_service": "web", "weight": 10},
                        {"backend_service": "next", "weight": 90},
                    ]
                }
            ],
        },
    ],
)
def test_a_url_map_that_leads_elsewhere_is_flagged(changed: Json) -> None:
    assert found(lone(tweak(URL_MAP, URLS, **changed))) == [("E07", URL_MAP)]


@pytest.mark.parametrize(
    "changed",
    [
        {"host_rule": [{"hosts": ["shop.example", "new.example"], "path_matcher": "shop"}]},
        {
            "path_matcher": [
                {**MATCHER, "path_rule": [*MATCHER["path_rule"], {"paths": ["/b"], "service": "b"}]}
            ]
        },
        {"description": "words"},
    ],
)
def test_a_url_map_that_serves_more_passes(changed: Json) -> None:
    assert found(lone(tweak(URL_MAP, URLS, **changed))) == []


GATEWAY = "azurerm_application_gateway.g"
GATEWAY_VALUES: Json = {
    "backend_address_pool": [{"name": "web", "ip_addresses": ["10.0.0.4", "10.0.0.5"]}],
    "backend_http_settings": [{"name": "plain", "port": 80}],
    "request_routing_rule": [
        {
            "name": "shop",
            "http_listener_name": "shop",
            "backend_address_pool_name": "web",
            "backend_http_settings_name": "plain",
        }
    ],
}


@pytest.mark.parametrize(
    "changed",
    [
        {"request_routing_rule": []},
        {"backend_http_settings": [{"name": "plain", "port": 8080}]},
        {"backend_address_pool": [{"name": "web", "ip_addresses": ["10.9.0.4", "10.9.0.5"]}]},
        {"backend_address_pool": [{"name": "web", "ip_addresses": []}]},
    ],
)
def test_a_gateway_that_leads_elsewhere_is_flagged(changed: Json) -> None:
    assert found(lone(tweak(GATEWAY, GATEWAY_VALUES, **changed))) == [("E07", GATEWAY)]


def test_a_gateway_with_one_more_backend_passes() -> None:
    pool = {"name": "web", "ip_addresses": ["10.0.0.4", "10.0.0.5", "10.0.0.6"]}

    assert found(lone(tweak(GATEWAY, GATEWAY_VALUES, backend_address_pool=[pool]))) == []


INGRESS = "kubernetes_ingress_v1.i"


def paths(host: str, **services: str) -> Json:
    backends = [
        {
            "path": f"/{path}".replace("/root", "/"),
            "backend": [{"service": [{"name": service, "port": [{"number": 80}]}]}],
        }
        for path, service in services.items()
    ]
    return {"host": host, "http": [{"path": backends}]}


def ingress(*rules: Json) -> Json:
    return {"spec": [{"ingress_class_name": "nginx", "rule": list(rules)}]}


@pytest.mark.parametrize(
    ("after", "flagged"),
    [
        (ingress(paths("a.example", root="web")), True),
        (ingress(paths("a.example", root="next"), paths("b.example", root="web")), True),
        (
            ingress(
                paths("a.example", root="web", api="api"),
                paths("b.example", root="web"),
                paths("c.example", root="web"),
            ),
            False,
        ),
    ],
)
def test_an_ingress_is_flagged_only_where_it_leads_elsewhere(after: Json, flagged: bool) -> None:
    before = ingress(paths("a.example", root="web"), paths("b.example", root="web"))

    assert found(lone(update(INGRESS, before, after))) == [("E07", INGRESS)] * flagged


SERVICE = "kubernetes_service_v1.s"
PORT = {"port": 80, "target_port": "8080", "protocol": "TCP"}
SERVING: Json = {"selector": {"app": "web"}, "port": [PORT], "type": "ClusterIP"}


@pytest.mark.parametrize(
    ("changed", "flagged"),
    [
        ({"selector": {"app": "next"}}, True),
        ({"port": [{**PORT, "target_port": "9090"}]}, True),
        ({"port": [{**PORT, "port": 81}]}, True),
        ({"port": [{**PORT, "port": 443}, PORT]}, False),
        ({"session_affinity": "ClientIP"}, False),
    ],
)
def test_a_cluster_service_is_flagged_only_where_it_leads_elsewhere(
    changed: Json, flagged: bool
) -> None:
    edit = update(SERVICE, {"spec": [SERVING]}, {"spec": [{**SERVING, **changed}]})

    assert found(lone(edit)) == [("E07", SERVICE)] * flagged


# Lists of targets

BACKENDS = "google_compute_backend_service.b"


def backends(*names: str, **more: float) -> Json:
    return {"backend": [{"group": name, "capacity_scaler": 1} for name in names], **more}


@pytest.mark.parametrize(
    ("address", "before", "after", "flagged"),
    [
        (BACKENDS, backends("a", "b"), backends(), True),
        (BACKENDS, backends("a", "b", "c"), backends("a"), True),
        (BACKENDS, backends("a", "b"), backends("a"), False),
        (BACKENDS, backends("a"), backends("a", "b"), False),
        (BACKENDS, backends("a"), {"backend": [{"group": "a", "capacity_scaler": 0}]}, True),
        ("aws_elb.e", {"instances": ["i-1", "i-2"]}, {"instances": ["i-3", "i-4"]}, True),
        ("aws_elb.e", {"instances": ["i-1", "i-2"]}, {"instances": ["i-1", "i-3"]}, False),
        ("digitalocean_loadbalancer.l", {"droplet_ids": [1, 2]}, {"droplet_ids": []}, True),
        (
            "aws_globalaccelerator_endpoint_group.g",
            {"endpoint_configuration": [{"endpoint_id": "a", "weight": 128}]},
            {"endpoint_configuration": [{"endpoint_id": "a", "weight": 0}]},
            True,
        ),
    ],
)
def test_a_list_of_targets_is_flagged_where_most_go(
    address: str, before: Json, after: Json, flagged: bool
) -> None:
    assert found(lone(update(address, before, after))) == [("E07", address)] * flagged


def test_targets_that_are_not_known_yet_are_undecided() -> None:
    edit = update(
        "aws_elb.e", {"instances": ["i-1"]}, {"instances": None}, after_unknown={"instances": True}
    )

    assert undecided(lone(edit)) == ["E07"]


@pytest.mark.parametrize(
    ("address", "before", "after"),
    [
        (
            "aws_autoscaling_group.a",
            {"target_group_arns": ["arn:tg/web", "arn:tg/next"]},
            {"target_group_arns": ["arn:tg/next"]},
        ),
        (
            "aws_ecs_service.s",
            {"load_balancer": [{"target_group_arn": "arn:tg/web", "container_port": 80}]},
            {"load_balancer": []},
        ),
    ],
)
def test_machines_that_leave_a_load_balancer_are_flagged(
    address: str, before: Json, after: Json
) -> None:
    assert found(lone(update(address, before, after))) == [("E07", address)]
    assert found(lone(update(address, after, before))) == []


def test_a_group_that_goes_with_its_load_balancer_is_told_there() -> None:
    before: Json = {"target_group_arns": ["arn:tg/web"]}
    after: Json = {"target_group_arns": []}
    judged = lone(
        update("aws_autoscaling_group.a", before, after),
        noop("aws_lb.front", {}),
        {**replace(GROUP, GROUP_VALUES, GROUP_VALUES, "port")},
    )

    assert found(judged) == [("E05", GROUP)]
