"""D31, X15 and X04: versions that are named, branches that are protected, silences with an end."""

from __future__ import annotations

import pytest

from tests.plans import Json, create, delete, noop, replace, tweak
from tests.rules.told import judged, undecided, weights

_VERSION: Json = {
    "secret": "projects/p/secrets/api-token",
    "version": "4",
    "enabled": True,
    "deletion_policy": "DELETE",
}
_SECRET = "google_secret_manager_secret_version.v4"  # noqa: S105


def _function(version: str) -> Json:
    listed = [{"key": "TOKEN", "secret": "api-token", "version": version}]
    return noop(
        "google_cloudfunctions2_function.f",
        {"name": "f", "service_config": [{"secret_environment_variables": listed}]},
    )


def _addresses(*changes: Json, only: str) -> list[str]:
    return [item[0] for item in weights(*changes, only=(only,))]


@pytest.mark.parametrize("version", ["4", "latest", "14", "5"])
def test_a_version_is_missed_by_those_who_name_it_alone(version: str) -> None:
    gone = tweak(_SECRET, _VERSION, enabled=False)
    found = _addresses(gone, _function(version), only="D31")
    assert found == ([_SECRET] if version == "4" else [])


def test_a_path_in_a_text_names_a_version_too() -> None:
    value = "projects/p/secrets/api-token/versions/4"
    job = noop("google_cloud_run_v2_job.j", {"name": "j", "template": [{"value": value}]})
    assert _addresses(delete(_SECRET, _VERSION), job, only="D31") == [_SECRET]


def test_who_names_the_version_is_hit() -> None:
    review = judged(tweak(_SECRET, _VERSION, enabled=False), _function("4"), only=("D31",))
    assert [item.hurts for item in review.findings] == [("google_cloudfunctions2_function.f",)]


def test_a_version_that_is_kept_on_delete_is_not_missed() -> None:
    kept = delete(_SECRET, {**_VERSION, "deletion_policy": "ABANDON"})
    assert _addresses(kept, _function("4"), only="D31") == []


def test_whether_a_version_stays_enabled_may_be_unknown() -> None:
    change = tweak(_SECRET, _VERSION)
    change["change"]["after"].pop("enabled")
    change["change"]["after_unknown"] = {"enabled": True}
    assert undecided(change, _function("4"), only=("D31",)) == [_SECRET]


def test_a_label_that_another_version_takes_is_not_lost() -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:token-AbCdEf"
    task = noop(
        "aws_ecs_task_definition.t",
        {"family": "t", "container_definitions": f'[{{"valueFrom":"{arn}::LIVE:"}}]'},
    )
    old = tweak(
        "aws_secretsmanager_secret_version.old",
        {"secret_id": arn, "version_id": "v1", "version_stages": ["LIVE"]},
        version_stages=["AWSPREVIOUS"],
    )
    new = create(
        "aws_secretsmanager_secret_version.new", {"secret_id": arn, "version_stages": ["LIVE"]}
    )
    assert _addresses(old, task, only="D31") == ["aws_secretsmanager_secret_version.old"]
    assert _addresses(old, new, task, only="D31") == []


# Protected branches

_RULE: Json = {"repository_id": "R_1", "pattern": "main", "enforce_admins": True}
_REPOSITORY = noop(
    "github_repository.pay", {"name": "pay", "node_id": "R_1", "default_branch": "main"}
)


@pytest.mark.parametrize(
    ("pattern", "is_lost"),
    [("release/*", True), ("*", False), ("m*", False), ("ma/*", True), ("[mn]ain", False)],
)
def test_a_pattern_fits_as_on_the_code_host(pattern: str, is_lost: bool) -> None:
    change = tweak("github_branch_protection.p", _RULE, pattern=pattern)
    found = _addresses(change, _REPOSITORY, only="X15")
    assert found == (["github_branch_protection.p"] if is_lost else [])


def test_one_star_stops_at_a_slash() -> None:
    change = tweak("github_branch_protection.p", {**_RULE, "pattern": "release/*"}, pattern="rel*")
    assert _addresses(change, _REPOSITORY, only="X15") == ["github_branch_protection.p"]


def test_a_ruleset_of_the_same_repository_protects_as_well() -> None:
    change = tweak("github_branch_protection.p", _RULE, pattern="release/*")
    ruleset: Json = {
        "repository": "pay",
        "target": "branch",
        "enforcement": "active",
        "conditions": [{"ref_name": [{"include": ["~DEFAULT_BRANCH"], "exclude": []}]}],
    }
    other = noop("github_repository_ruleset.r", ruleset)
    asleep = noop("github_repository_ruleset.r", {**ruleset, "enforcement": "evaluate"})
    assert _addresses(change, _REPOSITORY, other, only="X15") == []
    assert _addresses(change, _REPOSITORY, asleep, only="X15") == ["github_branch_protection.p"]


def test_a_protection_follows_the_default_branch() -> None:
    change = tweak("github_branch_protection.p", _RULE, pattern="trunk")
    moved = tweak(
        "github_branch_default.pay", {"repository": "pay", "branch": "main"}, branch="trunk"
    )
    assert _addresses(change, _REPOSITORY, moved, only="X15") == []


def test_the_same_pattern_of_another_repository_does_not_help() -> None:
    change = tweak("github_branch_protection.p", _RULE, pattern="release/*")
    other = noop("github_branch_protection.q", {**_RULE, "repository_id": "R_2"})
    found = _addresses(change, _REPOSITORY, other, only="X15")
    assert found == ["github_branch_protection.p"]


def test_a_branch_that_is_not_known_yet_is_undecided() -> None:
    before = {"project": "7", "branch": "main"}
    change = replace(
        "gitlab_branch_protection.p",
        before,
        {"project": "7"},
        "branch",
        after_unknown={"branch": True},
    )
    assert undecided(change, only=("X15",)) == ["gitlab_branch_protection.p"]


# Silences

_AUTUMN = "2026-09-01T00:00:00Z"
_SCHEDULED: Json = {
    "type": "schedule",
    "start_date": "2026-03-01T00:00:00Z",
    "end_date": "2026-03-02T00:00:00Z",
}
_NIGHT: Json = {"start_time": "2026-03-01T22:00:00", "end_time": "2026-03-02T06:00:00"}


@pytest.mark.parametrize(
    ("address", "values", "is_flagged"),
    [
        ("datadog_downtime.d", {"scope": ["service:pay"]}, True),
        ("datadog_downtime.d", {"scope": ["service:pay"], "end": 1790000000}, False),
        ("datadog_downtime.d", {"scope": ["env:prod"], "end": 1790000000}, True),
        ("datadog_downtime.d", {"scope": ["env:staging"]}, False),
        ("datadog_downtime.d", {"scope": ["host:batch-3"]}, False),
        ("datadog_downtime.d", {"scope": ["service:pay"], "recurrence": [{"type": "days"}]}, False),
        ("opsgenie_maintenance.o", {"time": [{"type": "indefinitely"}]}, True),
        ("opsgenie_maintenance.o", {"time": [{"type": "for-1-hour"}]}, False),
        ("opsgenie_maintenance.o", {"time": [_SCHEDULED]}, False),
        ("opsgenie_maintenance.o", {"time": [{**_SCHEDULED, "end_date": _AUTUMN}]}, True),
        ("newrelic_alert_muting_rule.n", {"enabled": True}, True),
        ("newrelic_alert_muting_rule.n", {"enabled": False}, False),
        ("newrelic_alert_muting_rule.n", {"enabled": True, "schedule": [_NIGHT]}, False),
        (
            "newrelic_alert_muting_rule.n",
            {"enabled": True, "schedule": [{**_NIGHT, "end_time": _AUTUMN}]},
            True,
        ),
        ("grafana_mute_timing.g", {"name": "x", "intervals": [{}]}, True),
        ("grafana_mute_timing.g", {"name": "x", "intervals": [{"weekdays": ["sunday"]}]}, False),
        (
            "azurerm_monitor_action_rule_suppression.a",
            {"enabled": True, "suppression": [{"recurrence_type": "Always"}]},
            True,
        ),
        (
            "azurerm_monitor_alert_processing_rule_suppression.a",
            {"enabled": True, "scopes": ["/subscriptions/1/resourceGroups/rg-dev"]},
            False,
        ),
        (
            "azurerm_monitor_alert_processing_rule_suppression.a",
            {"enabled": True, "scopes": ["/s"], "schedule": [{"recurrence": [{"daily": [{}]}]}]},
            False,
        ),
        (
            "pagerduty_maintenance_window.p",
            {"start_time": "2026-01-01T00:00:00", "end_time": "2026-01-03T00:00:00Z"},
            False,
        ),
    ],
)
def test_a_silence_has_an_end_and_is_for_some(address: str, values: Json, is_flagged: bool) -> None:
    assert _addresses(create(address, values), only="X04") == ([address] if is_flagged else [])


def test_a_silence_that_was_endless_before_says_nothing_new() -> None:
    before = {"scope": ["service:pay"], "message": "move"}
    assert _addresses(tweak("datadog_downtime.d", before, message="x"), only="X04") == []


def test_an_end_that_is_not_known_yet_is_an_end() -> None:
    change = create("datadog_downtime.d", {"scope": ["service:pay"]}, after_unknown={"end": True})
    assert _addresses(change, only="X04") == []


def test_a_downtime_hits_the_monitors_with_its_tags() -> None:
    names = {"pay": "prod", "pay_dev": "dev", "web": "prod"}
    monitors = [
        noop(
            f"datadog_monitor.{name}",
            {"tags": [f"team:{name[:3]}", f"env:{env}"], "query": f"x{{env:{env}}}"},
        )
        for name, env in names.items()
    ]
    quiet = create(
        "datadog_downtime_schedule.d",
        {"scope": "env:prod", "monitor_identifier": {"monitor_tags": ["team:pay"]}},
    )
    review = judged(quiet, *monitors, only=("X04",))
    assert [item.hurts for item in review.findings] == [("datadog_monitor.pay",)]
