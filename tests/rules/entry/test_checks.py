"""E10: what health checks ask for."""

from __future__ import annotations

import pytest

from tests.plans import Json, noop, plan, tweak, update
from tests.rules.entry.stack import GROUP, GROUP_VALUES, found, lone, stack, undecided

CHECK = GROUP_VALUES["health_check"][0]


def group(**changed: object) -> Json:
    return tweak(GROUP, GROUP_VALUES, health_check=[{**CHECK, **changed}])


@pytest.mark.parametrize(
    "changed",
    [{"path": "/ready"}, {"port": "9090"}, {"protocol": "HTTPS"}, {"matcher": "204"}],
)
def test_a_check_that_asks_for_something_else_is_flagged(changed: Json) -> None:
    assert found(stack(group(**changed))) == [("E10", GROUP)]


@pytest.mark.parametrize(
    "changed",
    [
        {"interval": 10},
        {"timeout": 2},
        {"unhealthy_threshold": 2},
        {"matcher": "200-299"},
        {"port": "8080"},
        {"protocol": "TCP", "path": "", "matcher": ""},
    ],
)
def test_a_check_that_asks_no_more_passes(changed: Json) -> None:
    assert found(stack(group(**changed))) == []


def test_a_check_of_a_group_that_nothing_uses_passes() -> None:
    spare = {**GROUP_VALUES, "load_balancer_arns": []}
    edit = tweak("aws_lb_target_group.spare", spare, health_check=[{**CHECK, "path": "/ready"}])

    assert found(lone(edit)) == []
    assert found(plan(edit)) == [("E10", "aws_lb_target_group.spare")]


def test_a_check_that_is_not_known_yet_is_undecided() -> None:
    for name in ("path", "matcher"):
        after = {**GROUP_VALUES, "health_check": [{**CHECK, name: None}]}
        hidden = {"health_check": [{name: True}]}

        assert undecided(stack(update(GROUP, GROUP_VALUES, after, after_unknown=hidden))) == ["E10"]


@pytest.mark.parametrize(
    ("address", "before", "after", "user"),
    [
        ("aws_elb.e", {"health_check": [{"target": "HTTP:80/a"}]}, "HTTP:80/b", ""),
        (
            "google_compute_health_check.h",
            {"http_health_check": [{"port": 80, "request_path": "/a"}]},
            "/b",
            "google_compute_backend_service.b",
        ),
        (
            "google_compute_region_health_check.h",
            {"tcp_health_check": [{"port": 80}]},
            81,
            "google_compute_region_backend_service.b",
        ),
        ("azurerm_lb_probe.p", {"request_path": "/a", "port": 80}, "/b", "azurerm_lb_rule.r"),
        (
            "aws_route53_health_check.h",
            {"resource_path": "/a", "fqdn": "a.example"},
            "/b",
            "aws_route53_record.r",
        ),
        ("digitalocean_loadbalancer.l", {"healthcheck": [{"path": "/a"}]}, "/b", ""),
    ],
)
def test_checks_of_every_provider_are_read(
    address: str, before: Json, after: object, user: str
) -> None:
    root, value = next(iter(before.items()))
    changed = after
    if isinstance(value, list):
        last = list(value[0])[-1]
        changed = [{**value[0], last: after}]
    users = [noop(user, {"id": "u"})] if user else []
    references = {user: {"check": [f"{address}.id"]}} if user else {}
    edit = tweak(address, before, **{root: changed})

    assert found(lone(edit, *users, references=references)) == [("E10", address)]
    assert found(lone(tweak(address, before, description="x"), *users)) == []
