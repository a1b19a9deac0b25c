"""Rules on single types of many providers: what is let through, and what is not known."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.rules import RULES, Context, Review, review
from tests.plans import Json, create, delete, noop, plan, tweak, update

ARGUMENTS = [
    "access",
    "access_control",
    "acl",
    "body",
    "condition",
    "conditions",
    "config_json",
    "constraints",
    "filter",
    "grant",
    "groups_included",
    "index_patterns",
    "indices",
    "nrql",
    "password_policy",
    "pattern",
    "policy",
    "priority",
    "response_object",
    "set",
    "snippet",
]
IDS = (
    *("C50", "D50", "E50", "E51", "E52", "E53", "I50", "I51", "N50"),
    *("X50", "X51", "X52", "X53", "X80", "I80", "X82"),
)


def judged(*changes: Json) -> Review:
    made = plan(*changes)
    tells = tuple(item for item in RULES if item.id in IDS)
    result = review(Context(made, build_graph(made)), rules=tells, suppressors=())
    assert result.failures == ()
    return result


def found(*changes: Json) -> list[str]:
    result = judged(*changes)
    assert result.undecided == ()
    return sorted(item.rule for item in result.findings)


def acl(*entries: tuple[str, str], **more: Any) -> Json:
    listed = [{"action": "accept", "src": [one], "dst": [other]} for one, other in entries]
    return {"id": "acl", "acl": json.dumps({"acls": listed, **more})}


def changed(before: Json, after: Json) -> list[str]:
    return found(update("tailscale_acl.x", before, after))


def test_a_way_through_a_tailnet_that_a_wider_entry_holds_passes() -> None:
    before = acl(("group:dev", "tag:db:5432"), ("group:dev", "tag:web:443"))
    assert changed(before, acl(("group:dev", "tag:web:443"))) == ["N50"]
    assert changed(before, acl(("group:dev", "*:5432"), ("*", "tag:web:22,443"))) == []
    assert changed(before, acl(("*", "*:*"))) == ["X50"]
    assert changed(acl(("*", "*:*")), acl(("*", "*:*"), ssh=[])) == []


def test_who_leaves_a_group_of_a_tailnet_is_missed() -> None:
    before = acl(groups={"group:dev": ["ann@example.com", "bob@example.com"]})
    assert changed(before, acl(groups={"group:dev": ["bob@example.com"]})) == ["N50"]
    assert changed(acl(groups={"group:dev": ["bob@example.com"]}), before) == []


def test_comments_and_last_commas_of_a_policy_file_are_read() -> None:
    text = (
        '{// who\n"acls": [{"action": "accept", "src": ["*"], "dst": ["http://*:*"],},], /* x */}'
    )
    kept = {"id": "acl", "acl": text}
    assert changed(kept, kept | {"acl": '{"acls": []}'}) == ["N50"]
    assert changed(kept, kept | {"acl": "no text of this kind"}) == []


def ism(age: str | None) -> Json:
    ways = [{"state_name": "gone", "conditions": {"min_index_age": age}}] if age else []
    states = [
        {"name": "hot", "actions": [], "transitions": ways},
        {"name": "gone", "actions": [{"delete": {}}], "transitions": []},
    ]
    return {"id": "p", "body": json.dumps({"policy": {"states": states}})}


@pytest.mark.parametrize(
    ("before", "after", "rules"),
    [
        ("30d", "7d", ["D50"]),
        (None, "7d", ["D50"]),
        ("7d", "30d", []),
        ("7d", "168h", []),
        ("7d", None, []),
    ],
)
def test_the_age_at_which_indexes_are_deleted(
    before: str | None, after: str | None, rules: list[str]
) -> None:
    assert found(update("opensearch_ism_policy.x", ism(before), ism(after))) == rules


def test_a_policy_that_cannot_be_read_says_nothing() -> None:
    assert found(update("opensearch_ism_policy.x", ism("7d"), {"body": "{"})) == []
    assert found(update("opensearch_ism_policy.x", {"body": "[]"}, ism("1d"))) == []


def queue(pattern: str, weight: int, vhost: str = "/") -> Json:
    policy = [{"pattern": pattern, "priority": weight, "definition": {}}]
    return {"name": pattern, "vhost": vhost, "policy": policy}


@pytest.mark.parametrize(
    ("new", "rules"),
    [
        (queue(".*", 5), ["C50"]),
        (queue("^orders", 5), ["C50"]),
        (queue("^bills", 5), []),
        (queue(".*", 0), []),
        (queue(".*", 5, "other"), []),
        (queue("(a|b)", 5), []),
    ],
)
def test_a_policy_of_queues_in_front_of_another(new: Json, rules: list[str]) -> None:
    old = noop("rabbitmq_policy.old", queue("^orders.*", 1))
    assert found(create("rabbitmq_policy.x", new), old) == rules


def test_a_template_that_only_changes_its_settings_passes() -> None:
    before = {"name": "all", "index_patterns": ["*"], "priority": 9, "template": []}
    old = noop(
        "elasticstack_elasticsearch_index_template.logs",
        {"name": "logs", "index_patterns": ["logs-*"], "priority": 1},
    )
    kind = "elasticstack_elasticsearch_index_template.x"
    assert found(tweak(kind, before, template=[{"settings": "{}"}]), old) == []
    assert found(update(kind, {**before, "priority": 0}, before), old) == ["C50"]


def test_an_answer_of_the_edge_with_a_condition_passes() -> None:
    before = {
        "response_object": [],
        "condition": [{"name": "robots", "statement": 'req.url == "/robots.txt"'}],
        "snippet": [],
    }
    page = {"name": "robots", "request_condition": "robots"}
    assert found(tweak("fastly_service_vcl.x", before, response_object=[page])) == []
    closed = {"name": "closed", "request_condition": ""}
    assert found(tweak("fastly_service_vcl.x", before, response_object=[closed])) == ["E51"]
    error = {"name": "deny", "type": "recv", "content": 'if (req.url ~ "^/x") {\n error 403;\n}'}
    assert found(tweak("fastly_service_vcl.x", before, snippet=[error])) == []
    error |= {"content": "error 403;"}
    assert found(tweak("fastly_service_vcl.x", before, snippet=[error])) == ["E51"]


def test_a_route_of_the_same_script_takes_nothing() -> None:
    wide = noop("cloudflare_workers_route.w", {"pattern": "example.com/*", "script": "shop"})
    inner = {"pattern": "example.com/api/*", "script": "shop"}
    assert found(create("cloudflare_workers_route.x", inner), wide) == []
    assert found(create("cloudflare_workers_route.x", inner | {"script": "api"}), wide) == ["E52"]
    other = {"pattern": "example.net/api/*", "script": "api"}
    assert found(create("cloudflare_workers_route.x", other), wide) == []


def test_levels_of_a_list_of_permissions() -> None:
    def listed(level: str) -> Json:
        return {"access_control": [{"group_name": "data", "permission_level": level}]}

    kind = "databricks_permissions.x"
    assert found(update(kind, listed("CAN_MANAGE"), listed("CAN_RUN"))) == ["I50"]
    assert found(update(kind, listed("CAN_RUN"), listed("CAN_MANAGE"))) == []
    assert found(update(kind, listed("CAN_RUN"), {"access_control": []})) == ["I50"]


def test_who_gets_all_privileges_loses_none() -> None:
    def granted(*rights: str) -> Json:
        return {"grant": [{"principal": "bi", "privileges": list(rights)}]}

    kind = "databricks_grants.x"
    assert found(update(kind, granted("SELECT"), granted("ALL_PRIVILEGES"))) == []
    assert found(update(kind, granted("SELECT", "MODIFY"), granted("SELECT"))) == ["I50"]


def test_a_denial_of_a_client_weighs_more_where_it_is_let_in() -> None:
    deny = {"acl_principal": "User:app", "resource_name": "orders", "acl_operation": "Read"}
    rule = noop("kafka_acl.allow", deny | {"acl_permission_type": "Allow"})
    alone = judged(create("kafka_acl.x", deny | {"acl_permission_type": "Deny"}))
    beside = judged(create("kafka_acl.x", deny | {"acl_permission_type": "Deny"}), rule)
    assert [item.severity.name for item in alone.findings] == ["MEDIUM"]
    assert [item.severity.name for item in beside.findings] == ["HIGH"]
    assert found(create("kafka_acl.x", deny | {"acl_permission_type": "Allow"})) == []


@pytest.mark.parametrize(
    ("query", "action", "rules"),
    [
        ("SELECT * FROM Log", "drop_data", ["X51"]),
        ("SELECT * FROM Log WHERE level = 'DEBUG'", "drop_data", []),
        ("SELECT card FROM Log", "drop_attributes", []),
    ],
)
def test_data_that_is_dropped(query: str, action: str, rules: list[str]) -> None:
    rule = create("newrelic_nrql_drop_rule.x", {"nrql": query, "action": action})
    assert found(rule) == rules


def test_a_new_rule_for_noise_passes_and_an_old_one_that_falls_silent_does_not() -> None:
    def rules(*listed: Json) -> Json:
        return {"set": [{"id": "start", "rule": list(listed)}]}

    def one(text: str, **action: Any) -> Json:
        return {"label": text, "condition": [{"expression": text}], "actions": [action]}

    kind = "pagerduty_event_orchestration_service.x"
    loud, quiet = one("disk", priority="P1"), one("disk", suppress=True)
    assert found(update(kind, rules(loud), rules(loud, one("debug", suppress=True)))) == []
    assert found(update(kind, rules(loud), rules(quiet))) == ["X52"]
    assert found(update(kind, rules(quiet), rules(loud))) == []


@pytest.mark.parametrize(
    ("before", "after", "rules"),
    [
        ("length(12) and digits(1)", "length(8) and digits(1)", ["X53"]),
        ("length(12) and digits(1)", "length(12)", ["X53"]),
        ("length(8)", "length(12) and notUsername", []),
        ("forceExpiredPasswordChange(365)", "forceExpiredPasswordChange(90)", []),
    ],
)
def test_the_password_policy_of_a_realm(before: str, after: str, rules: list[str]) -> None:
    sides = ({"password_policy": before}, {"password_policy": after})
    assert found(update("keycloak_realm.x", *sides)) == rules


def intentions(**callers: Any) -> Json:
    listed = [
        {"Name": name, **({"Permissions": way} if isinstance(way, list) else {"Action": way})}
        for name, way in callers.items()
    ]
    return {"kind": "service-intentions", "config_json": json.dumps({"Sources": listed})}


@pytest.mark.parametrize(
    ("after", "rules"),
    [
        ({"api": "allow", "web": "allow", "job": "allow"}, []),
        ({"api": "allow", "*": "allow"}, []),
        ({"api": "allow"}, ["E53"]),
        ({"api": "allow", "web": [{"Action": "allow", "HTTP": {"PathPrefix": "/a"}}]}, ["E53"]),
    ],
)
def test_who_may_call_a_service_of_consul(after: Json, rules: list[str]) -> None:
    sides = intentions(api="allow", web="allow"), intentions(**after)
    assert found(update("consul_config_entry.x", *sides)) == rules


def test_words_about_an_entry_of_consul_pass() -> None:
    before = {"kind": "service-resolver", "config_json": '{"DefaultSubset": "v1"}'}
    worded = before | {"config_json": '{"Meta": {"owner": "shop"}, "DefaultSubset": "v1"}'}
    other = before | {"config_json": '{"DefaultSubset": "v2"}'}
    assert found(update("consul_config_entry.x", before, worded)) == []
    assert found(update("consul_config_entry.x", before, other)) == ["E53"]
    assert found(update("consul_config_entry.x", before, before | {"config_json": "{"})) == []


def test_a_name_that_another_object_serves_may_go() -> None:
    gone = delete("heroku_domain.x", {"hostname": "www.example.com", "app_id": "a"})
    kept = noop("heroku_domain.y", {"hostname": "www.example.com", "app_id": "b"})
    assert found(gone) == ["E50"]
    assert found(gone, kept) == []


@pytest.mark.parametrize(
    ("kind", "argument", "before", "rule"),
    [
        ("tailscale_acl", "acl", "{}", "N50"),
        ("opensearch_ism_policy", "body", "{}", "D50"),
        ("consul_config_entry", "config_json", "{}", "E53"),
        ("databricks_grants", "grant", [{"principal": "a", "privileges": ["SELECT"]}], "I50"),
        ("pagerduty_event_orchestration_service", "set", [{"id": "start"}], "X52"),
        ("okta_app_signon_policy_rule", "priority", 3, "X80"),
        ("newrelic_alert_muting_rule", "condition", [{"operator": "AND"}], "X82"),
    ],
)
def test_what_is_not_known_is_undecided(kind: str, argument: str, before: Any, rule: str) -> None:
    change = update(f"{kind}.x", {argument: before}, {}, after_unknown={argument: True})
    assert [item.rule for item in judged(change).undecided] == [rule]


@pytest.mark.parametrize("odd", [None, "text", 7, [], [None], {"a": 1}, [[1]]])
def test_odd_values_do_not_make_them_raise(odd: Any) -> None:
    tells = [item for item in RULES if item.id in IDS and item.id != "E50"]
    for kind in sorted({name for item in tells for name in item.types or ()}):
        values, others = dict.fromkeys(ARGUMENTS, odd), dict.fromkeys(ARGUMENTS, "other")
        judged(update(f"{kind}.x", values, others))
        judged(update(f"{kind}.x", others, values))
        judged(create(f"{kind}.x", values), noop(f"{kind}.y", values))
