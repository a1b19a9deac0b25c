"""N18: rules of a central firewall."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import Review, review
from iacrisk.rules.context import Context
from iacrisk.rules.network.firewalls import firewall_lets_less_through
from tests.plans import Json, create, delete, noop, plan, update

GROUP = "azurerm_firewall_policy_rule_collection_group.egress"
POLICY = "azurerm_firewall_policy.main"
ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/main"


def rule_to(*addresses: str, ports: tuple[str, ...] = ("443",)) -> Json:
    return {
        "name": "r",
        "protocols": ["TCP"],
        "source_addresses": ["10.0.0.0/8"],
        "destination_addresses": list(addresses),
        "destination_ports": list(ports),
    }


def group(*rules: Json, action: str = "Allow") -> Json:
    return {
        "firewall_policy_id": ID,
        "network_rule_collection": [{"name": "c", "action": action, "rule": list(rules)}],
    }


def said(*changes: Json, **fields: Any) -> Review:
    made = plan(*changes, **fields)
    return review(
        Context(made, build_graph(made)), rules=(firewall_lets_less_through,), suppressors=()
    )


def sentences(result: Review) -> list[str]:
    return [finding.what for finding in result.findings]


def test_a_destination_that_is_no_longer_let_through_is_flagged() -> None:
    change = update(GROUP, group(rule_to("10.8.0.4", "10.9.0.4")), group(rule_to("10.8.0.4")))
    assert sentences(said(change)) == ["It no longer lets through what goes to 10.9.0.4."]


@pytest.mark.parametrize(
    "after",
    [
        group(rule_to("10.8.0.4", "10.9.0.4")),
        group(rule_to("10.8.0.4"), rule_to("10.7.0.4")),
        group(rule_to("*", ports=("*",))),
        group(rule_to("10.8.0.0/16")),
    ],
)
def test_more_or_wider_rules_pass(after: Json) -> None:
    assert said(update(GROUP, group(rule_to("10.8.0.4")), after)).findings == ()


@pytest.mark.parametrize(
    ("destination", "flagged"),
    [("*", True), ("10.10.0.0/16", True), ("0.0.0.0/0", True), ("192.0.2.0/24", False)],
)
def test_a_new_deny_counts_where_it_meets_what_is_in_use(destination: str, flagged: bool) -> None:
    result = said(create(GROUP, group(rule_to(destination), action="Deny")))
    assert bool(result.findings) is flagged


def test_a_group_that_goes_with_its_policy_passes() -> None:
    gone = delete(GROUP, group(rule_to("10.8.0.4")))
    both = said(gone, delete(POLICY, {"id": ID}))
    alone = said(gone, noop(POLICY, {"id": ID}))
    assert (len(both.findings), len(alone.findings)) == (0, 1)


def test_rules_that_are_not_known_are_undecided() -> None:
    change = update(
        GROUP,
        group(rule_to("10.8.0.4")),
        {"firewall_policy_id": ID},
        after_unknown={"network_rule_collection": True},
    )
    assert [item.rule for item in said(change).undecided] == ["N18"]
