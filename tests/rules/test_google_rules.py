"""Google Cloud: the deciding cases of rules that its pairs asked for, and the traps beside them."""

from __future__ import annotations

from typing import Any

import pytest

from iacrisk.catalog.google_roles import gives_as_much
from iacrisk.rules.rule import Confidence
from tests.pairs import findings_of, judge, victims_of
from tests.plans import Json, create, delete, noop, plan, replace, tweak, update
from tests.rules.google_objects import PROJECT, standing
from tests.rules.google_pairs import KEY, MEMBER, OTHER, ROLE, binding, edge_rule, member

GROUP = "google_compute_region_instance_group_manager.web"
POOL = "google_container_node_pool.main"
EDGE = "google_compute_security_policy.edge"
LOGIN = "google_iam_workload_identity_pool_provider.github"
STATE: Json = {"format_version": "1.0", "values": {"root_module": {}}}


def rules(*changes: Json, **fields: Any) -> list[str]:
    return [text.partition(" ")[0] for text in findings_of(judge(plan(*changes, **fields)))]


def undecided(*changes: Json) -> list[str]:
    assessment = judge(plan(*changes))
    return [item.rule for change in assessment.changes for item in change.undecided]


# Lists that take over a role


def test_a_new_list_names_the_single_grants_that_it_leaves_out() -> None:
    made = create("google_project_iam_binding.sql", binding(ROLE, OTHER))
    kept = noop("google_project_iam_member.kept", member(ROLE, OTHER))
    lost = noop("google_project_iam_member.lost", member(ROLE))
    elsewhere = noop("google_project_iam_member.far", member(ROLE, project="other"))
    assessment = judge(plan(made, kept, lost, elsewhere))
    [finding] = assessment.changes[0].findings

    assert (finding.rule, finding.confidence) == ("I01", Confidence.HIGH)
    assert MEMBER in finding.what
    assert victims_of(assessment) == ("google_project_iam_member.lost",)


# Roles that give as much


@pytest.mark.parametrize(
    ("wider", "role", "answer"),
    [
        ("roles/cloudkms.cryptoKeyEncrypterDecrypter", "roles/cloudkms.cryptoKeyDecrypter", True),
        ("roles/cloudkms.admin", "roles/cloudkms.cryptoKeyDecrypter", False),
        ("roles/storage.admin", "roles/storage.objectViewer", True),
        ("roles/storage.objectCreator", "roles/storage.objectViewer", False),
        ("roles/run.developer", "roles/run.invoker", False),
        ("roles/editor", "roles/secretmanager.secretAccessor", False),
        ("roles/editor", "roles/pubsub.publisher", None),
        ("roles/unheard.admin", "roles/unheard.viewer", None),
        ("projects/p/roles/own", "roles/run.invoker", None),
    ],
)
def test_one_role_gives_all_of_another_one(wider: str, role: str, *, answer: bool | None) -> None:
    assert gives_as_much(wider, role) is answer


def test_a_narrower_or_foreign_role_does_not_make_up_for_the_loss() -> None:
    lost = delete(
        "google_kms_crypto_key_iam_member.both",
        member("roles/cloudkms.cryptoKeyEncrypterDecrypter", crypto_key_id=KEY),
    )
    narrower = noop(
        "google_kms_crypto_key_iam_member.dec",
        member("roles/cloudkms.cryptoKeyDecrypter", crypto_key_id=KEY),
    )
    another = noop(
        "google_kms_crypto_key_iam_member.other",
        member("roles/cloudkms.cryptoKeyEncrypterDecrypter", OTHER, crypto_key_id=KEY),
    )
    assert rules(lost, narrower, another) == ["I14"]


def test_a_wider_role_on_another_project_does_not_either() -> None:
    lost = delete(
        "google_pubsub_topic_iam_member.p",
        member("roles/pubsub.publisher", topic="orders", project=PROJECT),
    )
    here = noop("google_project_iam_member.e", member("roles/pubsub.editor"))
    there = noop("google_project_iam_member.e", member("roles/pubsub.editor", project="other"))
    assert (rules(lost, here), rules(lost, there)) == ([], ["I14"])


# Rollouts


def rolled(policy: Any, **more: Any) -> Json:
    before = standing("google_compute_region_instance_group_manager")
    return tweak(GROUP, before, version=[{"instance_template": "b"}], update_policy=policy, **more)


@pytest.mark.parametrize(
    ("policy", "flagged"),
    [
        ({"max_unavailable_fixed": 4}, True),
        ({"max_unavailable_fixed": 3}, False),
        ({"max_unavailable_percent": 60}, True),
        ({"max_unavailable_fixed": 6, "type": "OPPORTUNISTIC"}, False),
        ({}, False),
    ],
)
def test_a_rollout_that_misses_most_machines_is_flagged(policy: Json, *, flagged: bool) -> None:
    assert (rules(rolled([{"type": "PROACTIVE", **policy}])) == ["C04"]) is flagged


def test_a_share_that_is_not_known_is_undecided() -> None:
    before = standing("google_compute_region_instance_group_manager")
    after = {**before, "version": [{"instance_template": "b"}], "update_policy": [{}]}
    unknown = {"update_policy": [{"max_unavailable_fixed": True}]}
    assert undecided(update(GROUP, before, after, after_unknown=unknown)) == ["C04"]


def test_an_upgrade_of_another_pool_beside_does_not_start_one() -> None:
    before = standing("google_container_node_pool", upgrade_settings=[{"max_unavailable": 10}])
    started = tweak(POOL, before, version="1.31.0")
    idle = tweak(POOL, before, autoscaling=[{"min_node_count": 3, "max_node_count": 10}])
    assert (rules(started), rules(idle)) == (["C04"], [])


# Cloud Armor

SQLI = edge_rule(1000, "deny(403)", "evaluatePreconfiguredWaf('sqli-v33-stable')")
LAST = edge_rule(2147483647, "allow")


def test_a_rule_that_moves_or_gets_another_code_still_holds_off() -> None:
    before = {"rule": [SQLI, LAST]}
    moved = tweak(EDGE, before, rule=[LAST, {**SQLI, "priority": 10, "action": "deny(502)"}])
    throttled = tweak(EDGE, before, rule=[{**SQLI, "action": "allow"}, LAST])
    assert (rules(moved), rules(throttled)) == ([], ["X11"])


def test_rules_that_are_not_known_are_undecided() -> None:
    change = update(EDGE, {"rule": [SQLI, LAST]}, {}, after_unknown={"rule": True})
    assert undecided(change) == ["X11", "X40"]


def test_a_policy_that_lets_some_in_may_refuse_the_rest() -> None:
    office = edge_rule(10, "allow", "inIpRange(origin.ip, '203.0.113.0/24')")
    closed = {**LAST, "action": "deny(403)"}
    listed = tweak(EDGE, {"rule": [office, LAST]}, rule=[office, closed])
    shut = tweak(EDGE, {"rule": [LAST]}, rule=[closed])
    assert (rules(listed), rules(shut)) == ([], ["I17"])


# Names


def private_zone(name: str) -> Json:
    attributes = standing("google_dns_managed_zone", visibility="private", dns_name=name)
    return create("google_dns_managed_zone.inside", attributes)


def test_a_zone_that_gets_the_names_it_hides_passes() -> None:
    served = noop("google_dns_record_set.shop", standing("google_dns_record_set"))
    repeated = create("google_dns_record_set.inside", standing("google_dns_record_set"))
    below = private_zone("db.example.com.")
    assert rules(private_zone("example.com."), served) == ["E11"]
    assert rules(private_zone("example.com."), served, repeated) == []
    assert rules(below, served) == []


# Federated logins

GRANT = noop(
    "google_service_account_iam_member.ci",
    member(
        "roles/iam.workloadIdentityUser",
        "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/"
        "subject/repo:acme/shop:ref:refs/heads/main",
        service_account_id="s",
    ),
)


@pytest.mark.parametrize(
    ("condition", "flagged"),
    [
        ("assertion.repository == 'acme/shop'", False),
        ("assertion.repository_owner == 'acme'", False),
        ("assertion.sub == 'repo:acme/shop:ref:refs/heads/main'", False),
        ("assertion.repository == 'acme/web'", True),
        ("assertion.actor != ''", False),
    ],
)
def test_a_condition_that_fits_no_holder_is_flagged(condition: str, *, flagged: bool) -> None:
    before = standing("google_iam_workload_identity_pool_provider")
    change = tweak(LOGIN, before, attribute_condition=condition)
    assert (rules(change, GRANT) == ["I19"]) is flagged


def test_a_condition_that_is_not_known_is_undecided() -> None:
    before = standing("google_iam_workload_identity_pool_provider")
    after = {name: value for name, value in before.items() if name != "attribute_condition"}
    change = update(LOGIN, before, after, after_unknown={"attribute_condition": True})
    assert "I19" in undecided(change)


# Views


VIEW = standing(
    "google_bigquery_table",
    table_id="daily",
    deletion_protection=False,
    view=[{"query": "SELECT day FROM `shop.sales.orders`"}],
)


def test_a_view_whose_table_goes_is_no_look_alike() -> None:
    again = replace("google_bigquery_table.daily", VIEW, {**VIEW, "view": [{"query": "SELECT 1"}]})
    table = standing("google_bigquery_table", deletion_protection=False)
    gone = delete("google_bigquery_table.orders", table)
    assert (rules(again), "D02" in rules(again, gone)) == ([], True)


def test_a_view_under_another_name_or_as_a_table_is_none_either() -> None:
    renamed = replace("google_bigquery_table.daily", VIEW, {**VIEW, "table_id": "d"}, "table_id")
    table = replace("google_bigquery_table.daily", VIEW, {**VIEW, "view": []}, "view")
    assert ("D02" in rules(renamed), "D02" in rules(table)) == (True, True)


def test_a_view_with_a_reader_is_not_deleted_in_passing() -> None:
    gone = delete("google_bigquery_table.daily", VIEW)
    reader = noop("google_cloud_run_v2_service.report", {"id": "r"})
    listed = [
        {"type": "google_bigquery_table", "name": "daily", "depends_on": []},
        {
            "type": "google_cloud_run_v2_service",
            "name": "report",
            "depends_on": ["google_bigquery_table.daily"],
        },
    ]
    resources = [
        {"address": f"{item['type']}.{item['name']}", "mode": "managed", "values": {}, **item}
        for item in listed
    ]
    state = {**STATE, "values": {"root_module": {"resources": resources}}}
    assert (rules(gone, prior_state=STATE), rules(gone, reader, prior_state=state)) == ([], ["D01"])


# Buckets, jobs, caches


@pytest.mark.parametrize(
    ("condition", "flagged"),
    [
        ({"age": 30}, True),
        ({"age": 30, "with_state": "ARCHIVED"}, False),
        ({"num_newer_versions": 3}, False),
        ({"age": 7, "matches_prefix": ["tmp/"]}, False),
    ],
)
def test_a_lifecycle_rule_that_deletes_current_objects_is_flagged(
    condition: Json, *, flagged: bool
) -> None:
    rule = {"action": [{"type": "Delete"}], "condition": [condition]}
    before = standing("google_storage_bucket", lifecycle_rule=[])
    change = tweak("google_storage_bucket.b", before, lifecycle_rule=[rule])
    assert ("D15" in rules(change)) is flagged


def test_a_job_that_starts_work_waits_when_it_goes_but_not_when_it_is_made_anew() -> None:
    job = standing("google_cloud_scheduler_job")
    address = "google_cloud_scheduler_job.settle"
    assert rules(delete(address, job)) == ["C08"]
    assert rules(replace(address, job, {**job, "name": "pay"}, "name")) == []


def test_a_cache_grows_on_its_standby_only() -> None:
    cache = standing("google_redis_instance")
    alone = {**cache, "tier": "BASIC"}
    address = "google_redis_instance.s"
    assert rules(tweak(address, cache, memory_size_gb=32)) == []
    assert rules(tweak(address, alone, memory_size_gb=32)) == ["B02"]
    assert rules(tweak(address, cache, memory_size_gb=4)) == ["B02"]
