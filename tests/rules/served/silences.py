"""Silences of several services: a further alarm that called somebody, and one that is noise."""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, tweak
from tests.rules.served.worlds import pair, stay, trap


def _azure(*levels: str, scope: str = "rg-books") -> Json:
    severity = [{"operator": "Equals", "values": list(levels)}]
    return {
        "name": "quiet",
        "enabled": True,
        "scopes": [f"/subscriptions/s/resourceGroups/{scope}"],
        "condition": [{"severity": severity, "signal_type": []}],
        "schedule": [{"effective_until": "2026-03-05T00:00:00"}],
    }


def _newrelic(operator: str, *conditions: tuple[str, str, str]) -> Json:
    listed = [
        {"attribute": name, "operator": how, "values": [value]} for name, how, value in conditions
    ]
    return {
        "name": "quiet",
        "enabled": True,
        "condition": [{"operator": operator, "conditions": listed}],
        "schedule": [{"start_time": "2026-03-01T00:00:00", "end_time": "2026-03-02T00:00:00"}],
    }


def _opsgenie(kind: str, *conditions: tuple[str, str]) -> Json:
    listed = [
        {"field": field, "operation": "contains", "expected_value": value}
        for field, value in conditions
    ]
    chosen = [{"type": kind, "conditions": listed}]
    return {"name": "quiet", "team_id": "t1", "suppress": True, "filter": chosen}


def _event_rule(operator: str, *conditions: tuple[str, str]) -> Json:
    listed = [
        {"operator": "contains", "parameter": [{"path": path, "value": value}]}
        for path, value in conditions
    ]
    return {
        "ruleset": "r1",
        "conditions": [{"operator": operator, "subconditions": listed}],
        "actions": [{"suppress": [{"value": True}]}],
    }


def _from(type_name: str, before: Json, after: Json) -> Json:
    changed: dict[str, Any] = {name: after[name] for name in after if after[name] != before[name]}
    return tweak(f"{type_name}.quiet", before, **changed)


_AZURE: Final = "azurerm_monitor_alert_processing_rule_suppression"
_TESTS: Final = ("tags.env", "EQUALS", "staging")
_DISK: Final = ("conditionName", "EQUALS", "Disk")
_TAG: Final = ("tags", "env:test")
SILENCES: Final = [
    pair(
        "a suppression of Azure takes the gravest alerts, too / those that only inform",
        _from(_AZURE, _azure("Sev4"), _azure("Sev0", "Sev4")),
        _from(_AZURE, _azure("Sev4"), _azure("Sev3", "Sev4")),
        stay(
            "azurerm_monitor_metric_alert.books",
            id="/subscriptions/s/resourceGroups/rg-books/providers/m/books",
            scopes=["/subscriptions/s/resourceGroups/rg-books/providers/p/books"],
        ),
    ),
    pair(
        "New Relic mutes all that is critical beside tests / one more condition by its name",
        _from(
            "newrelic_alert_muting_rule",
            _newrelic("OR", _TESTS),
            _newrelic("OR", _TESTS, ("priority", "EQUALS", "CRITICAL")),
        ),
        _from(
            "newrelic_alert_muting_rule",
            _newrelic("OR", _TESTS),
            _newrelic("OR", _TESTS, ("conditionName", "EQUALS", "Synthetic ping of the old site")),
        ),
    ),
    pair(
        "a policy of Opsgenie suppresses everything / alarms of a sandbox beside those of tests",
        _from(
            "opsgenie_notification_policy",
            _opsgenie("match-any-condition", _TAG),
            _opsgenie("match-all"),
        ),
        _from(
            "opsgenie_notification_policy",
            _opsgenie("match-any-condition", _TAG),
            _opsgenie("match-any-condition", _TAG, ("tags", "env:sandbox")),
        ),
    ),
    pair(
        "an event rule suppresses what is critical, too / another host of tests",
        _from(
            "pagerduty_ruleset_rule",
            _event_rule("or", ("payload.env", "test")),
            _event_rule("or", ("payload.env", "test"), ("payload.severity", "critical")),
        ),
        _from(
            "pagerduty_ruleset_rule",
            _event_rule("or", ("payload.env", "test")),
            _event_rule("or", ("payload.env", "test"), ("payload.source", "lab-7")),
        ),
    ),
]
SILENCE_TRAPS: Final = [
    trap("what narrowed it goes",
         _from("newrelic_alert_muting_rule",
               _newrelic("AND", _DISK, ("policyName", "EQUALS", "DB")),
               _newrelic("AND", ("policyName", "EQUALS", "DB")))),
    trap("all but what informs",
         _from(_AZURE, _azure("Sev4"), {**_azure("Sev4"), "condition": [
             {"severity": [{"operator": "NotEquals", "values": ["Sev4"]}], "signal_type": []}]})),
]  # fmt: skip
