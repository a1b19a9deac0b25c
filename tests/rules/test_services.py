"""Rules on guards, watches, ways in and denials of service providers: look-alikes and unknowns."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.catalog.removals import all_removals, removal_of
from iacrisk.graph import build_graph
from iacrisk.rules import RULES, Context, Review, review
from iacrisk.rules.rule import Confidence, Severity
from tests.plans import Json, create, delete, noop, plan, replace, tweak, update

IDS = ("D28", "E50", "I16", "I17", "X04", "X10", "X11")


def judged(*changes: Json, **fields: Any) -> Review:
    made = plan(*changes, **fields)
    tells = tuple(item for item in RULES if item.id in IDS)
    result = review(Context(made, build_graph(made)), rules=tells, suppressors=())
    assert result.failures == ()
    return result


def found(*changes: Json, **fields: Any) -> list[tuple[str, str]]:
    result = judged(*changes, **fields)
    assert result.undecided == ()
    return [(item.rule, item.address) for item in result.findings]


def undecided(*changes: Json) -> list[tuple[str, str]]:
    result = judged(*changes)
    assert result.findings == ()
    return [(item.rule, item.address) for item in result.undecided]


# E50, X10, I16: what goes


@pytest.mark.parametrize("row", all_removals(), ids=lambda row: row[1][:40])
def test_every_removal_is_told(row: tuple[str, ...]) -> None:
    rule, types, *_ = row
    for name in types.split(" "):
        assert found(delete(f"{name}.x", {"id": "1"})) == [(rule, f"{name}.x")]


def test_rows_of_removals_are_sorted_and_use_known_words() -> None:
    rows = all_removals()
    assert list(rows) == sorted(rows)
    for rule, types, _, severity, confidence, replaced, says in rows:
        assert rule in IDS
        assert types.split(" ") == sorted(set(types.split(" ")))
        assert Severity[severity.upper()]
        assert Confidence(confidence)
        assert replaced in {"0", "1"}
        assert says.endswith(".")


def test_a_policy_of_azure_is_missed_where_it_is_assigned_only_elsewhere() -> None:
    def assigned(group: str) -> Json:
        return {"policy_definition_id": "/deny-public", "resource_group_id": group}

    gone = delete("azurerm_resource_group_policy_assignment.a", assigned("one"))
    for group, told in (("two", 1), ("one", 0)):
        other = noop("azurerm_resource_group_policy_assignment.b", assigned(group))
        assert len(found(gone, other)) == told


def test_a_guard_that_another_one_takes_over_may_go() -> None:
    protection = {"repository_id": "shop", "pattern": "main"}
    gone = delete("github_branch_protection.old", protection)
    assert found(gone, create("github_branch_protection.new", protection)) == []
    assert found(gone, noop("github_branch_protection.new", protection)) == []
    other = {"repository_id": "shop", "pattern": "release"}
    assert len(found(gone, create("github_branch_protection.new", other))) == 1


def test_a_guard_goes_with_what_it_guards() -> None:
    gone = delete("github_branch_protection.main", {"repository_id": "shop-id", "pattern": "main"})
    repository = delete("github_repository.shop", {"id": "shop-id", "node_id": "n"})
    state: Json = {
        "format_version": "1.0",
        "values": {
            "root_module": {
                "resources": [
                    {
                        "address": "github_branch_protection.main",
                        "mode": "managed",
                        "type": "github_branch_protection",
                        "name": "main",
                        "values": {"repository_id": "shop-id"},
                        "depends_on": ["github_repository.shop"],
                    },
                    {
                        "address": "github_repository.shop",
                        "mode": "managed",
                        "type": "github_repository",
                        "name": "shop",
                        "values": {"id": "shop-id"},
                    },
                ]
            }
        },
    }
    assert found(gone, repository, prior_state=state) == []


def test_only_what_others_hold_is_missed_at_a_replacement() -> None:
    key = replace("confluent_api_key.k", {"id": "1"}, {"id": "2"}, "owner")
    assert found(key) == [("I16", "confluent_api_key.k")]
    schedule = replace("pagerduty_schedule.s", {"id": "1"}, {"id": "2"}, "name")
    assert removal_of("X10", "pagerduty_schedule")
    assert found(schedule) == []


# X11: rules at the edge

BLOCK = {"ref": "a", "action": "block", "expression": 'ip.src eq "192.0.2.1"', "enabled": True}


def ruleset(*rules: Json) -> Json:
    return {"id": "r", "zone_id": "z", "rules": list(rules)}


def test_a_blocking_rule_that_only_moves_passes() -> None:
    log = {"ref": "b", "action": "log", "expression": "true", "enabled": True}
    change = update("cloudflare_ruleset.r", ruleset(BLOCK, log), ruleset(log, BLOCK))
    assert found(change) == []


def test_a_rule_that_was_off_may_go() -> None:
    change = update("cloudflare_ruleset.r", ruleset({**BLOCK, "enabled": False}), ruleset())
    assert found(change) == []


def test_rules_that_are_not_known_are_undecided() -> None:
    change = update("cloudflare_ruleset.r", ruleset(BLOCK), {}, after_unknown={"rules": True})
    assert undecided(change) == [("X11", "cloudflare_ruleset.r")]


@pytest.mark.parametrize(
    ("name", "before", "after", "held"),
    [
        ("min_tls_version", "1.2", "1.0", True),
        ("min_tls_version", "1.0", "1.2", False),
        ("ssl", "flexible", "off", False),
        ("always_use_https", "on", "off", True),
        ("brotli", "on", "off", False),
    ],
)
def test_settings_of_a_zone(name: str, before: str, after: str, held: bool) -> None:
    setting = {"zone_id": "z", "setting_id": name, "value": before}
    assert bool(found(tweak("cloudflare_zone_setting.s", setting, value=after))) is held


# X04: alarms

MONITOR = {"id": "1", "query": "avg(last_5m):sum:errors{*} > 50", "message": "@pagerduty-shop"}


def test_a_monitor_whose_query_another_one_asks_may_go() -> None:
    gone = delete("datadog_monitor.old", MONITOR)
    assert found(gone) == [("X04", "datadog_monitor.old")]
    assert found(gone, create("datadog_monitor.new", {**MONITOR, "id": None})) == []
    assert found(delete("datadog_monitor.old", {**MONITOR, "message": "nobody"})) == []


@pytest.mark.parametrize(("limit", "held"), [("500", True), ("60", False), ("10", False)])
def test_a_threshold_far_away(limit: str, held: bool) -> None:
    query = f"avg(last_5m):sum:errors{{*}} > {limit}"
    assert bool(found(tweak("datadog_monitor.m", MONITOR, query=query))) is held


@pytest.mark.parametrize(
    ("metric", "before", "after", "held"),
    [
        ("system.disk.in_use", "0.8", "0.95", True),
        ("system.disk.in_use", "0.8", "0.85", False),
        ("system.disk.in_use", "0.95", "0.8", False),
        ("shop.rate", "0.8", "0.95", False),
    ],
)
def test_of_a_part_of_the_whole_what_is_left_counts(
    metric: str, before: str, after: str, held: bool
) -> None:
    old, new = (f"avg(last_5m):avg:{metric}{{*}} > {limit}" for limit in (before, after))
    assert bool(found(tweak("datadog_monitor.m", {**MONITOR, "query": old}, query=new))) is held


@pytest.mark.parametrize(
    ("window", "held"), [("last_1d", True), ("last_1h", True), ("last_15m", False)]
)
def test_a_far_longer_time_is_looked_at(window: str, held: bool) -> None:
    old, new = (f"sum({time}):sum:shop.errors{{*}} > 5" for time in ("last_5m", window))
    assert bool(found(tweak("datadog_monitor.m", {**MONITOR, "query": old}, query=new))) is held
    assert found(tweak("datadog_monitor.m", {**MONITOR, "query": new}, query=old)) == []


@pytest.mark.parametrize(
    ("operator", "before", "after", "held"),
    [
        ("GreaterThanThreshold", 80, 1000, True),
        ("GreaterThanThreshold", 80, 85, False),
        ("GreaterThanThreshold", 80, 10, False),
        ("LessThanThreshold", 9, 1, True),
        ("LessThanThreshold", 1, 9, False),
        ("GreaterThanThreshold", 0, 5, False),
    ],
)
def test_a_metric_alarm_that_goes_off_far_too_late(
    operator: str, before: float, after: float, *, held: bool
) -> None:
    alarm = {"id": "a", "comparison_operator": operator, "threshold": before}
    assert bool(found(tweak("aws_cloudwatch_metric_alarm.a", alarm, threshold=after))) is held


def test_recipients_that_are_not_known_are_undecided() -> None:
    change = update("datadog_monitor.m", MONITOR, {}, after_unknown={"message": True})
    assert undecided(change) == [("X04", "datadog_monitor.m")]


def test_other_recipients_pass() -> None:
    assert found(tweak("datadog_monitor.m", MONITOR, message="@pagerduty-web @slack-web")) == []


# I17: denials


def test_a_denial_that_stood_before_is_not_told_again() -> None:
    rule = {"access": "DENY", "network_connection": "ANYWHERE", "status": "ACTIVE", "name": "a"}
    assert found(tweak("okta_policy_rule_signon.r", rule, name="b")) == []
    allowed = {**rule, "access": "ALLOW"}
    change = update("okta_policy_rule_signon.r", allowed, rule)
    assert found(change) == [("I17", "okta_policy_rule_signon.r")]


def test_a_denial_for_some_passes() -> None:
    acl = {"permission": "DENY", "principal": "User:sa-1", "operation": "READ"}
    assert found(create("confluent_kafka_acl.a", acl)) == []
    rule = {"access": "DENY", "network_connection": "ZONE", "status": "ACTIVE"}
    assert found(create("okta_policy_rule_signon.r", rule)) == []


@pytest.mark.parametrize("odd", [None, "text", 7, [], [None], {"a": 1}, [[1]]])
def test_odd_values_do_not_make_them_raise(odd: Any) -> None:
    for name in ("rules", "include", "config_json", "rate", "scope", "exclusion_filter", "column"):
        for of in ("cloudflare_ruleset", "consul_config_entry", "vault_quota_rate_limit",
                   "datadog_downtime_schedule", "datadog_logs_index", "snowflake_table",
                   "cloudflare_zero_trust_access_policy"):  # fmt: skip
            judged(update(f"{of}.x", {name: odd}, {name: "other"}))
            judged(update(f"{of}.x", {name: "other"}, {name: odd}))


# D28: columns


def test_columns_that_are_not_known_are_undecided() -> None:
    change = update(
        "snowflake_table.t", {"column": [{"name": "A"}]}, {}, after_unknown={"column": True}
    )
    assert undecided(change) == [("D28", "snowflake_table.t")]


def test_a_reordered_schema_passes() -> None:
    before, after = '[{"name":"a"},{"name":"b"}]', '[{"name":"b"},{"name":"a"}]'
    table = "google_bigquery_table.t"
    assert found(update(table, {"schema": before}, {"schema": after})) == []
    assert found(update(table, {"schema": before}, {"schema": '[{"name":"a"}]'})) == [
        ("D28", table)
    ]
