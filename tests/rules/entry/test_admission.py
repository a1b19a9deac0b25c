"""E06 and E09: filters before entry points, and callers who are turned away."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plans import Json, create, delete, noop, tweak, update
from tests.rules.entry.stack import (
    BALANCER,
    BALANCER_VALUES,
    LISTENER,
    LISTENER_VALUES,
    found,
    lone,
    stack,
    undecided,
)

# Filters that go

ATTACHED = {"resource_arn": "arn:lb/front", "web_acl_arn": "arn:acl/edge"}
ATTACHMENT = "aws_wafv2_web_acl_association.front"


def test_a_filter_taken_off_what_stays_is_flagged() -> None:
    assert found(lone(delete(ATTACHMENT, ATTACHED))) == [("E06", ATTACHMENT)]


def test_a_filter_exchanged_or_gone_with_what_it_guards_passes() -> None:
    again = create("aws_wafv2_web_acl_association.next", {**ATTACHED, "web_acl_arn": "arn:acl/b"})

    assert found(lone(delete(ATTACHMENT, ATTACHED), again)) == []


@pytest.mark.parametrize(
    ("address", "name", "before", "after"),
    [
        ("aws_cloudfront_distribution.d", "web_acl_id", "arn:acl/edge", ""),
        ("google_compute_backend_service.b", "security_policy", "armor", ""),
        ("azurerm_application_gateway.g", "firewall_policy_id", "/waf", None),
    ],
)
def test_an_argument_that_no_longer_names_a_filter_is_flagged(
    address: str, name: str, before: Any, after: Any
) -> None:
    hidden = update(address, {name: before}, {name: None}, after_unknown={name: True})

    assert found(lone(update(address, {name: before}, {name: after}))) == [("E06", address)]
    assert found(lone(update(address, {name: after}, {name: before}))) == []
    assert undecided(lone(hidden)) == ["E06"]


def test_a_filter_exchanged_in_place_passes() -> None:
    edit = update("aws_cloudfront_distribution.d", {"web_acl_id": "a"}, {"web_acl_id": "b"})

    assert found(lone(edit)) == []


@pytest.mark.parametrize(
    ("address", "wrap"),
    [
        ("azurerm_web_application_firewall_policy.w", "policy_settings"),
        ("azurerm_cdn_frontdoor_firewall_policy.w", ""),
    ],
)
def test_a_filter_that_only_reports_is_flagged(address: str, wrap: str) -> None:
    def mode(name: str) -> Json:
        return {wrap: [{"mode": name, "enabled": True}]} if wrap else {"mode": name}

    assert found(lone(update(address, mode("Prevention"), mode("Detection")))) == [("E06", address)]
    assert found(lone(update(address, mode("Detection"), mode("Prevention")))) == []


# Rules of a web ACL

ACL = "aws_wafv2_web_acl.edge"


def own(name: str, verb: str) -> Json:
    return {"name": name, "action": [{verb: [{}]}], "override_action": []}


def managed(name: str, verb: str) -> Json:
    return {"name": name, "action": [], "override_action": [{verb: [{}]}]}


def acl(*rules: Json, default: str = "allow") -> Json:
    other = "block" if default == "allow" else "allow"
    return {"default_action": [{default: [{}], other: []}], "rule": list(rules)}


@pytest.mark.parametrize(
    ("before", "after", "rules"),
    [
        (acl(own("rate", "block")), acl(own("rate", "count")), ["E06"]),
        (acl(own("rate", "block")), acl(), ["E06"]),
        (acl(managed("core", "none")), acl(managed("core", "count")), ["E06"]),
        (acl(default="block"), acl(), ["E06"]),
        (acl(), acl(default="block"), ["E09"]),
        (acl(own("rate", "count")), acl(own("rate", "block")), ["E09"]),
        (acl(managed("core", "count")), acl(managed("core", "none")), ["E09"]),
        (acl(), acl(own("bots", "captcha")), ["E09"]),
        (acl(own("a", "block")), acl(own("b", "block")), ["E06", "E09"]),
        (acl(), acl(own("bots", "count")), []),
        (acl(own("ours", "allow")), acl(), []),
        (acl(own("a", "block"), own("b", "block")), acl(own("b", "block"), own("a", "block")), []),
    ],
)
def test_a_web_acl_is_flagged_by_what_it_blocks(
    before: Json, after: Json, rules: list[str]
) -> None:
    assert [rule for rule, _ in found(lone(update(ACL, before, after)))] == rules


def test_rules_that_are_not_known_yet_are_undecided() -> None:
    after = {**acl(), "rule": None}
    edit = update(ACL, acl(own("rate", "block")), after, after_unknown={"rule": True})

    assert undecided(lone(edit)) == ["E06"]


# Demands

DEMANDING = [
    ("aws_apigatewayv2_route.r", {"authorization_type": "NONE"}, {"authorization_type": "JWT"}),
    ("aws_apigatewayv2_route.r", {"api_key_required": False}, {"api_key_required": True}),
    ("aws_api_gateway_method.m", {"authorization": "NONE"}, {"authorization": "AWS_IAM"}),
    ("aws_api_gateway_method.m", {"api_key_required": False}, {"api_key_required": True}),
    (
        "aws_apigatewayv2_api.a",
        {"disable_execute_api_endpoint": False},
        {"disable_execute_api_endpoint": True},
    ),
    (
        "aws_api_gateway_rest_api.a",
        {"endpoint_configuration": [{"types": ["REGIONAL"]}]},
        {"endpoint_configuration": [{"types": ["PRIVATE"]}]},
    ),
    (
        "aws_lambda_function_url.u",
        {"authorization_type": "NONE"},
        {"authorization_type": "AWS_IAM"},
    ),
    (
        "google_cloud_run_v2_service.s",
        {"ingress": "INGRESS_TRAFFIC_ALL"},
        {"ingress": "INGRESS_TRAFFIC_INTERNAL_ONLY"},
    ),
    (
        "azurerm_storage_account.s",
        {"public_network_access_enabled": True},
        {"public_network_access_enabled": False},
    ),
    (
        "azurerm_storage_account.s",
        {"network_rules": [{"default_action": "Allow"}]},
        {"network_rules": [{"default_action": "Deny"}]},
    ),
    (
        "azurerm_linux_web_app.w",
        {"auth_settings_v2": [{"auth_enabled": False}]},
        {"auth_settings_v2": [{"auth_enabled": True}]},
    ),
    (
        "aws_apigatewayv2_api.a",
        {"cors_configuration": [{"allow_origins": ["https://a.example", "https://b.example"]}]},
        {"cors_configuration": [{"allow_origins": ["https://a.example"]}]},
    ),
    (
        "aws_lambda_function_url.u",
        {"cors": [{"allow_origins": ["*"]}]},
        {"cors": [{"allow_origins": ["https://a.example"]}]},
    ),
    (
        "azurerm_key_vault.v",
        {"network_acls": [{"default_action": "Deny", "ip_rules": ["192.0.2.1", "192.0.2.2"]}]},
        {"network_acls": [{"default_action": "Deny", "ip_rules": ["192.0.2.1"]}]},
    ),
    (
        "kubernetes_service_v1.s",
        {"spec": [{"load_balancer_source_ranges": []}]},
        {"spec": [{"load_balancer_source_ranges": ["10.0.0.0/8"]}]},
    ),
]


@pytest.mark.parametrize(("address", "before", "after"), DEMANDING)
def test_an_entry_point_that_asks_more_is_flagged(address: str, before: Json, after: Json) -> None:
    assert found(lone(update(address, before, after))) == [("E09", address)]
    assert found(lone(update(address, after, before))) == []


@pytest.mark.parametrize(("address", "before", "after"), DEMANDING)
def test_a_demand_that_is_not_known_yet_is_undecided(
    address: str, before: Json, after: Json
) -> None:
    name = next(iter(after))
    edit = update(address, before, {name: None}, after_unknown={name: True})

    assert "E09" in undecided(lone(edit))


def test_an_origin_list_that_becomes_everybody_passes() -> None:
    def cors(*origins: str) -> Json:
        return {"cors_configuration": [{"allow_origins": list(origins)}]}

    edit = update("aws_apigatewayv2_api.a", cors("https://a.example"), cors("*"))

    assert found(lone(edit)) == []


# TLS

OLD, NEWER = "ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS13-1-3-2021-06"


@pytest.mark.parametrize(
    ("before", "after", "flagged"),
    [
        (OLD, "ELBSecurityPolicy-TLS13-1-2-2021-06", True),
        ("ELBSecurityPolicy-TLS13-1-2-2021-06", NEWER, True),
        ("ELBSecurityPolicy-TLS-1-2-2017-01", "ELBSecurityPolicy-TLS13-1-2-2021-06", False),
        (OLD, "ELBSecurityPolicy-TLS13-1-0-2021-06", False),
        (OLD, "a-policy-of-our-own", False),
    ],
)
def test_a_listener_is_flagged_where_old_clients_no_longer_connect(
    before: str, after: str, flagged: bool
) -> None:
    values = {**LISTENER_VALUES, "ssl_policy": before}

    assert found(stack(tweak(LISTENER, values, ssl_policy=after))) == [("E09", LISTENER)] * flagged


def test_a_client_certificate_that_is_asked_for_is_flagged() -> None:
    edit = tweak(LISTENER, LISTENER_VALUES, mutual_authentication=[{"mode": "verify"}])

    assert found(stack(edit)) == [("E09", LISTENER)]


# Distributions

SITE = "aws_cloudfront_distribution.site"


def viewers(methods: list[str], kind: str = "none", *countries: str) -> Json:
    return {
        "default_cache_behavior": [{"target_origin_id": "app", "allowed_methods": methods}],
        "restrictions": [
            {"geo_restriction": [{"restriction_type": kind, "locations": list(countries)}]}
        ],
    }


@pytest.mark.parametrize(
    ("before", "after", "flagged"),
    [
        (viewers(["GET", "HEAD", "POST"]), viewers(["GET", "HEAD"]), True),
        (viewers(["GET", "HEAD"]), viewers(["GET", "HEAD", "POST"]), False),
        (viewers(["GET"]), viewers(["GET"], "whitelist", "DE"), True),
        (viewers(["GET"], "whitelist", "DE", "FR"), viewers(["GET"], "whitelist", "DE"), True),
        (viewers(["GET"], "whitelist", "DE"), viewers(["GET"], "whitelist", "DE", "FR"), False),
        (viewers(["GET"]), viewers(["GET"], "blacklist", "DE"), True),
        (viewers(["GET"], "blacklist", "DE", "FR"), viewers(["GET"], "blacklist", "DE"), False),
        (viewers(["GET"], "whitelist", "DE"), viewers(["GET"]), False),
    ],
)
def test_a_distribution_is_flagged_where_viewers_are_turned_away(
    before: Json, after: Json, flagged: bool
) -> None:
    assert found(lone(update(SITE, before, after))) == [("E09", SITE)] * flagged


def test_a_load_balancer_that_stays_as_it_is_passes() -> None:
    assert found(lone(noop(BALANCER, BALANCER_VALUES))) == []
