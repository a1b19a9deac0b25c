from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.plan import Plan
from iacrisk.rules.context import Context
from iacrisk.rules.data import RULES
from iacrisk.rules.engine import review
from iacrisk.rules.rule import Confidence, Review, Severity
from iacrisk.source import Edits, SourceFacts
from tests.plans import change, create, delete, noop, plan, replace, tweak, update
from tests.work import calls_of

Json = dict[str, Any]
Pairs = set[tuple[str, str]]
UNKNOWN_ID = {"id": True, "arn": True}


def judged(reviewed: Plan, unguarded: frozenset[str] = frozenset()) -> Review:
    context = Context(
        reviewed, build_graph(reviewed), SourceFacts(edits=Edits(unguarded=unguarded))
    )
    result = review(context, rules=RULES, suppressors=())
    assert result.failures == ()
    return result


def findings(*changes: Json, unguarded: frozenset[str] = frozenset(), **fields: Any) -> Pairs:
    result = judged(plan(*changes, **fields), unguarded)
    assert result.undecided == ()
    return {(finding.rule, finding.address) for finding in result.findings}


def weights(*changes: Json, **fields: Any) -> dict[str, tuple[int, str]]:
    result = judged(plan(*changes, **fields))
    return {item.rule: (int(item.severity), item.confidence.value) for item in result.findings}


def undecided(*changes: Json, **fields: Any) -> Pairs:
    result = judged(plan(*changes, **fields))
    return {(item.rule, item.address) for item in result.undecided}


def sentences(*changes: Json, **fields: Any) -> str:
    result = judged(plan(*changes, **fields))
    return " ".join(item.what for item in result.findings)


DATABASE = {
    "identifier": "orders",
    "skip_final_snapshot": False,
    "final_snapshot_identifier": "orders-last",
    "delete_automated_backups": False,
    "deletion_protection": False,
    "storage_encrypted": False,
}


# --- D01 ---------------------------------------------------------------------------------------


def test_a_deleted_database_is_flagged() -> None:
    assert findings(delete("aws_db_instance.main", DATABASE)) == {("D01", "aws_db_instance.main")}


def test_a_deleted_parameter_group_holds_no_data() -> None:
    assert findings(delete("aws_db_parameter_group.old", {"name": "pg15"})) == set()


@pytest.mark.parametrize(
    ("address", "before"),
    [
        ("aws_cloudwatch_log_group.audit", {"skip_destroy": True, "retention_in_days": 0}),
        ("google_sql_database.app", {"deletion_policy": "ABANDON", "instance": "main"}),
        ("github_repository.old", {"archive_on_destroy": True}),
        ("google_project_service.run", {"disable_on_destroy": False}),
    ],
)
def test_a_delete_that_leaves_the_real_object_alone_passes(address: str, before: Json) -> None:
    assert findings(delete(address, before)) == set()


@pytest.mark.parametrize(
    ("address", "before"),
    [
        ("aws_cloudwatch_log_group.audit", {"skip_destroy": False, "retention_in_days": 0}),
        ("google_sql_database.app", {"deletion_policy": "DELETE", "instance": "main"}),
        ("github_repository.old", {"archive_on_destroy": False}),
    ],
)
def test_the_same_delete_without_the_setting_is_flagged(address: str, before: Json) -> None:
    assert findings(delete(address, before)) == {("D01", address)}


def test_a_log_group_of_two_weeks_passes_and_one_for_ever_does_not() -> None:
    short = {"name": "/app/mailer", "retention_in_days": 14}
    assert findings(delete("aws_cloudwatch_log_group.app", short)) == set()
    forever = short | {"retention_in_days": 0}
    assert findings(delete("aws_cloudwatch_log_group.app", forever)) == {
        ("D01", "aws_cloudwatch_log_group.app")
    }


def test_a_short_log_that_investigations_ask_for_is_flagged() -> None:
    trail = {"name": "/org/cloudtrail", "retention_in_days": 14}
    address = "aws_cloudwatch_log_group.this"
    assert findings(delete(address, trail)) == {("D01", address)}


def test_a_bucket_that_must_be_empty_weighs_less_than_one_that_is_emptied() -> None:
    address = "aws_s3_bucket.lake"
    assert weights(delete(address, {"force_destroy": False})) == {"D01": (4, "medium")}
    emptied = weights(delete(address, {"force_destroy": True}))
    assert emptied == {"D01": (5, "high"), "D04": (5, "high")}


def test_a_read_replica_weighs_less_than_its_source() -> None:
    replica = DATABASE | {"replicate_source_db": "orders", "skip_final_snapshot": True}
    assert weights(delete("aws_db_instance.replica", replica)) == {"D01": (3, "medium")}
    source = DATABASE | {"replicate_source_db": "", "skip_final_snapshot": True}
    assert weights(delete("aws_db_instance.main", source))["D01"] == (5, "high")


def test_an_azure_server_restored_from_another_is_no_replica() -> None:
    address = "azurerm_postgresql_flexible_server.main"
    restored = {"source_server_id": "/x", "create_mode": "PointInTimeRestore"}
    assert weights(delete(address, restored)) == {"D01": (5, "high")}
    replica = {"source_server_id": "/x", "create_mode": "Replica"}
    assert weights(delete(address, replica)) == {"D01": (3, "medium")}


def test_a_guard_that_is_still_on_is_told() -> None:
    before = DATABASE | {"deletion_protection": True}
    assert "deletion guard is still on" in sentences(delete("aws_db_instance.main", before))


def test_a_parameter_matters_when_something_reads_it() -> None:
    parameter = delete("aws_ssm_parameter.host", {"name": "/db/host"})
    assert weights(parameter) == {"D01": (3, "medium")}
    reader = noop("aws_instance.app", {"id": "i-1"})
    references = {
        "aws_ssm_parameter.host": {},
        "aws_instance.app": {"user_data": ["aws_ssm_parameter.host.value"]},
    }
    assert weights(parameter, reader, references=references) == {"D01": (4, "medium")}


@pytest.mark.parametrize(
    "address",
    [
        "google_bigquery_table.events",
        "azurerm_storage_account.main",
        "kubernetes_persistent_volume_claim.data",
        "digitalocean_database_cluster.main",
        "cloudflare_r2_bucket.assets",
        "mongodbatlas_advanced_cluster.main",
        "aws_cognito_user_pool.users",
    ],
)
def test_other_providers_lose_data_too(address: str) -> None:
    assert ("D01", address) in findings(delete(address, {"name": "x"}))


def test_a_forgotten_database_is_not_deleted() -> None:
    assert findings(change("aws_db_instance.main", "forget", before=DATABASE)) == set()


# --- D02 ---------------------------------------------------------------------------------------


def test_a_replaced_table_is_flagged_and_an_updated_one_is_not() -> None:
    table = {"billing_mode": "PAY_PER_REQUEST", "stream_enabled": False}
    address = "aws_dynamodb_table.orders"
    after = table | {"stream_enabled": True}
    assert findings(replace(address, table, after, "stream_enabled")) == {("D02", address)}
    assert findings(update(address, table, after)) == set()


def test_creating_first_copies_no_data() -> None:
    before = {"engine": "a"}
    address = "aws_rds_cluster.main"
    replaced = replace(address, before, {"engine": "b"}, "engine", create_first=True)
    assert findings(replaced) == {("D02", address)}
    assert "nothing copies the data" in sentences(replaced)


def test_a_replacement_that_forgets_the_old_one_loses_nothing() -> None:
    forgets = change(
        "aws_ebs_volume.data", "create", "forget", before={"size": 1}, after={"size": 2}
    )
    assert findings(forgets) == set()


def test_a_parameter_written_again_under_the_same_name_passes() -> None:
    before = {"name": "/db/host", "type": "String", "value": "db.local"}
    address = "aws_ssm_parameter.host"
    same = replace(address, before, before | {"type": "SecureString"}, "type")
    assert findings(same) == set()
    renamed = replace(address, before, before | {"name": "/db/hostname"}, "name")
    assert findings(renamed) == {("D02", address)}


def test_an_abandoned_database_replaced_by_an_empty_one_is_worth_a_look() -> None:
    before = {"deletion_policy": "ABANDON", "charset": "UTF8", "instance": "main"}
    address = "google_sql_database.app"
    replaced = replace(address, before, before | {"charset": "LATIN1"}, "charset")
    assert weights(replaced) == {"D02": (3, "medium")}


def test_a_volume_filled_from_a_snapshot_loses_what_came_after() -> None:
    before = {"snapshot_id": "snap-1", "size": 8}
    replaced = replace(
        "aws_ebs_volume.data", before, before | {"snapshot_id": "snap-2"}, "snapshot_id"
    )
    assert "filled from its snapshot_id" in sentences(replaced)


# --- D03 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "before"),
    [
        ("aws_db_instance.main", {"skip_final_snapshot": True}),
        ("aws_rds_cluster.main", {"skip_final_snapshot": True}),
        ("aws_docdb_cluster.main", {"skip_final_snapshot": True}),
        ("aws_redshift_cluster.main", {"skip_final_snapshot": True}),
        ("mongodbatlas_advanced_cluster.main", {"retain_backups_enabled": False}),
        ("google_sql_database_instance.main", {"settings": [{"tier": "db-f1-micro"}]}),
    ],
)
def test_a_database_deleted_without_a_final_copy_is_flagged(address: str, before: Json) -> None:
    assert findings(delete(address, before)) == {("D01", address), ("D03", address)}


@pytest.mark.parametrize(
    ("address", "before"),
    [
        ("aws_db_instance.main", {"skip_final_snapshot": False}),
        ("mongodbatlas_advanced_cluster.main", {"retain_backups_enabled": True}),
        (
            "google_sql_database_instance.main",
            {"settings": [{"retain_backups_on_delete": True}]},
        ),
    ],
)
def test_a_database_deleted_with_a_final_copy_is_only_deleted(address: str, before: Json) -> None:
    assert findings(delete(address, before)) == {("D01", address)}


def test_the_state_decides_whether_a_copy_is_taken() -> None:
    before = DATABASE | {"skip_final_snapshot": True, "engine": "postgres"}
    after = DATABASE | {"engine": "mysql"}
    address = "aws_db_instance.main"
    assert ("D03", address) in findings(replace(address, before, after, "engine"))
    before, after = DATABASE | {"engine": "postgres"}, before | {"engine": "mysql"}
    assert ("D03", address) not in findings(replace(address, before, after, "engine"))


def test_automated_backups_that_go_weigh_less() -> None:
    before = DATABASE | {"delete_automated_backups": True}
    assert weights(delete("aws_db_instance.main", before))["D03"] == (3, "medium")


def test_memcached_cannot_be_copied_and_is_not_blamed() -> None:
    memcached = {"engine": "memcached", "final_snapshot_identifier": None}
    address = "aws_elasticache_cluster.cache"
    assert findings(delete(address, memcached)) == {("D01", address)}
    redis = memcached | {"engine": "redis"}
    assert findings(delete(address, redis)) == {("D01", address), ("D03", address)}


# --- D04 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "argument"),
    [
        ("aws_s3_bucket.invoices", "force_destroy"),
        ("aws_ecr_repository.images", "force_delete"),
        ("google_bigquery_dataset.events", "delete_contents_on_destroy"),
        ("google_storage_bucket.backups", "force_destroy"),
        ("aws_route53_zone.main", "force_destroy"),
    ],
)
def test_arming_is_flagged_and_disarming_is_not(address: str, argument: str) -> None:
    assert findings(tweak(address, {argument: False}, **{argument: True})) == {("D04", address)}
    assert findings(tweak(address, {argument: True}, **{argument: False})) == set()


def test_an_armed_delete_is_flagged_by_the_state() -> None:
    address = "google_bigquery_dataset.events"
    armed = findings(delete(address, {"delete_contents_on_destroy": True}))
    assert armed == {("D01", address), ("D04", address), ("D10", address)}
    safe = findings(delete(address, {"delete_contents_on_destroy": False}))
    assert safe == {("D01", address), ("D10", address)}


def test_arming_in_the_plan_that_replaces_does_not_help_it() -> None:
    before, after = {"bucket": "a", "force_destroy": False}, {"bucket": "a", "force_destroy": True}
    replaced = replace("aws_s3_bucket.a", before, after, "object_lock_enabled")
    assert ("D04", "aws_s3_bucket.a") not in findings(replaced)


def test_a_forced_deletion_policy_counts() -> None:
    address = "google_alloydb_cluster.main"
    armed = tweak(address, {"deletion_policy": "DEFAULT"}, deletion_policy="FORCE")
    assert findings(armed) == {("D04", address)}


def test_force_delete_that_only_skips_a_wait_passes() -> None:
    assert (
        findings(tweak("aws_autoscaling_group.a", {"force_delete": False}, force_delete=True))
        == set()
    )


def test_an_unknown_force_destroy_is_undecided() -> None:
    armed = tweak("aws_s3_bucket.a", {"force_destroy": False}, force_destroy=None)
    armed["change"]["after_unknown"] = {"force_destroy": True}
    assert undecided(armed) == {("D04", "aws_s3_bucket.a")}


# --- D05 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "argument", "on", "off"),
    [
        ("aws_db_instance.main", "deletion_protection", True, False),
        ("aws_dynamodb_table.ledger", "deletion_protection_enabled", True, False),
        ("aws_lb.front", "enable_deletion_protection", True, False),
        ("aws_instance.web", "disable_api_termination", True, None),
        ("aws_cognito_user_pool.users", "deletion_protection", "ACTIVE", "INACTIVE"),
        ("aws_networkfirewall_firewall.main", "delete_protection", True, False),
        ("google_sql_database_instance.main", "deletion_protection", True, False),
        ("google_bigtable_table.t", "deletion_protection", "PROTECTED", "UNPROTECTED"),
        ("google_project.main", "deletion_policy", "PREVENT", "DELETE"),
        ("hcloud_server.web", "delete_protection", True, False),
        ("mongodbatlas_advanced_cluster.main", "termination_protection_enabled", True, False),
        ("alicloud_db_instance.main", "deletion_protection", "on", "off"),
        ("vault_transit_secret_backend_key.key", "deletion_allowed", False, True),
        ("kubernetes_storage_class.fast", "reclaim_policy", "Retain", "Delete"),
    ],
)
def test_a_lowered_guard_is_flagged_and_a_raised_one_is_not(
    address: str, argument: str, on: Any, off: Any
) -> None:
    assert findings(tweak(address, {argument: on}, **{argument: off})) == {("D05", address)}
    assert findings(tweak(address, {argument: off}, **{argument: on})) == set()


def test_a_guard_that_was_never_on_is_not_lowered() -> None:
    unset = tweak(
        "aws_lb.front", {"enable_deletion_protection": None}, enable_deletion_protection=False
    )
    assert findings(unset) == set()


def test_a_guard_inside_a_block_counts() -> None:
    def settings(*, on: bool) -> Json:
        return {"settings": [{"tier": "db-n1", "deletion_protection_enabled": on}]}

    address = "google_sql_database_instance.main"
    assert findings(update(address, settings(on=True), settings(on=False))) == {("D05", address)}
    assert findings(update(address, settings(on=False), settings(on=True))) == set()


def test_a_disk_that_will_go_with_its_machine_is_flagged() -> None:
    def disk(*, goes: bool) -> Json:
        return {"root_block_device": [{"delete_on_termination": goes}]}

    assert findings(update("aws_instance.db", disk(goes=False), disk(goes=True))) == {
        ("D05", "aws_instance.db")
    }
    assert findings(update("aws_instance.db", disk(goes=True), disk(goes=False))) == set()


def test_a_final_snapshot_given_up_is_flagged() -> None:
    address = "aws_db_instance.main"
    assert findings(tweak(address, DATABASE, skip_final_snapshot=True)) == {("D05", address)}
    skipping = DATABASE | {"skip_final_snapshot": True}
    assert findings(tweak(address, skipping, skip_final_snapshot=False)) == set()


def test_an_abandon_setting_given_up_is_flagged() -> None:
    address = "google_sql_database.app"
    lowered = tweak(address, {"deletion_policy": "ABANDON"}, deletion_policy="DELETE")
    assert findings(lowered) == {("D05", address)}
    raised = tweak(address, {"deletion_policy": "DELETE"}, deletion_policy="ABANDON")
    assert findings(raised) == set()


def test_a_retention_policy_shortened_or_removed_is_flagged() -> None:
    def policy(*seconds: int) -> Json:
        return {"retention_policy": [{"retention_period": item} for item in seconds]}

    address = "google_storage_bucket.backups"
    assert findings(update(address, policy(600), policy())) == {("D05", address)}
    assert findings(update(address, policy(600), policy(60))) == {("D05", address)}
    assert findings(update(address, policy(60), policy(600))) == set()


@pytest.mark.parametrize(
    ("kind", "scope"),
    [
        ("azurerm_management_lock", "scope"),
        ("google_resource_manager_lien", "parent"),
        ("aws_backup_vault_lock_configuration", "backup_vault_name"),
        ("aws_s3_bucket_object_lock_configuration", "bucket"),
    ],
)
def test_a_deleted_lock_is_flagged_unless_another_holds_the_same(kind: str, scope: str) -> None:
    old = delete(f"{kind}.old", {scope: "thing"})
    assert findings(old) == {("D05", f"{kind}.old")}
    assert findings(old, create(f"{kind}.new", {scope: "thing"})) == set()
    assert findings(old, create(f"{kind}.new", {scope: "other"})) == {("D05", f"{kind}.old")}


def test_a_renamed_lock_passes_and_one_moved_elsewhere_does_not() -> None:
    before = {"name": "keep", "scope": "/rg/a"}
    address = "azurerm_management_lock.keep"
    assert findings(replace(address, before, before | {"name": "held"}, "name")) == set()
    assert findings(replace(address, before, before | {"scope": "/rg/b"}, "scope")) == {
        ("D05", address)
    }


def test_a_guard_with_unknown_value_is_undecided() -> None:
    lowered = tweak(
        "aws_lb.front", {"enable_deletion_protection": True}, enable_deletion_protection=None
    )
    lowered["change"]["after_unknown"] = {"enable_deletion_protection": True}
    assert undecided(lowered) == {("D05", "aws_lb.front")}


def test_a_launch_template_guards_only_later_machines() -> None:
    template = tweak(
        "aws_launch_template.web", {"disable_api_termination": True}, disable_api_termination=False
    )
    assert weights(template) == {"D05": (3, "medium")}


# --- D06 ---------------------------------------------------------------------------------------


def test_a_vanished_guard_is_flagged_with_the_delete() -> None:
    pool = delete("aws_sqs_queue.q", {})
    flagged = findings(pool, unguarded=frozenset({"aws_sqs_queue.q"}))
    assert flagged == {("D01", "aws_sqs_queue.q"), ("D06", "aws_sqs_queue.q")}


def test_without_a_base_configuration_nothing_is_said() -> None:
    assert findings(delete("aws_sqs_queue.q", {})) == {("D01", "aws_sqs_queue.q")}


def test_a_guard_that_is_only_removed_weighs_less() -> None:
    table = noop("aws_dynamodb_table.t", {"name": "t"})
    result = judged(plan(table), frozenset({"aws_dynamodb_table.t"}))
    assert [(item.rule, item.severity) for item in result.findings] == [("D06", Severity.MEDIUM)]
    assert result.findings[0].confidence is Confidence.HIGH


def test_instances_in_modules_match_the_block_without_keys() -> None:
    address = 'module.store["eu"].aws_db_parameter_group.p[0]'
    unguarded = frozenset({"module.store.aws_db_parameter_group.p"})
    assert findings(delete(address, {}), unguarded=unguarded) == {("D06", address)}
    other = frozenset({"aws_db_parameter_group.p"})
    assert findings(delete(address, {}), unguarded=other) == set()


def test_a_removed_guard_is_told_once_for_a_block() -> None:
    addresses = [f"aws_eip.nat[{index}]" for index in range(3)]
    flagged = findings(*map(noop, addresses), unguarded=frozenset({"aws_eip.nat"}))
    assert flagged == {("D06", addresses[0])}


def test_a_forgotten_resource_needs_no_guard() -> None:
    forgotten = change("aws_eip.nat", "forget", before={})
    assert findings(forgotten, unguarded=frozenset({"aws_eip.nat"})) == set()


# --- D07 ---------------------------------------------------------------------------------------


SQL = {"name": "main", "deletion_protection": True, "settings": []}
APP = {"name": "app", "instance": "main"}


def test_children_go_before_the_guard_of_their_parent_stops_the_apply() -> None:
    changes = (
        delete("google_sql_database_instance.main", SQL),
        delete("google_sql_database.app", APP),
        delete("google_sql_user.app", APP),
    )
    assert findings(*changes) == {
        ("D01", "google_sql_database_instance.main"),
        ("D03", "google_sql_database_instance.main"),
        ("D01", "google_sql_database.app"),
        ("D07", "google_sql_database.app"),
        ("D07", "google_sql_user.app"),
    }


def test_a_guarded_parent_that_stays_does_not_cover_its_database() -> None:
    parent = noop("google_sql_database_instance.main", SQL)
    assert findings(parent, delete("google_sql_database.app", APP)) == {
        ("D01", "google_sql_database.app"),
        ("D07", "google_sql_database.app"),
    }
    assert findings(parent, delete("google_sql_user.leaver", APP)) == set()


def test_a_parent_without_a_guard_is_no_matter() -> None:
    parent = noop("google_sql_database_instance.main", SQL | {"deletion_protection": False})
    assert findings(parent, delete("google_sql_database.app", APP)) == {
        ("D01", "google_sql_database.app")
    }


def test_the_last_member_of_a_guarded_cluster_is_flagged_and_one_of_two_is_not() -> None:
    cluster = noop("aws_rds_cluster.c", {"cluster_identifier": "c", "deletion_protection": True})
    member = {"cluster_identifier": "c"}
    gone = delete("aws_rds_cluster_instance.b", member)
    assert findings(cluster, gone) == {("D07", "aws_rds_cluster_instance.b")}
    assert findings(cluster, gone, noop("aws_rds_cluster_instance.a", member)) == set()


def test_a_listener_of_a_guarded_balancer_that_goes_too_is_flagged() -> None:
    balancer = delete("aws_lb.front", {"arn": "arn:lb", "enable_deletion_protection": True})
    listener = delete("aws_lb_listener.https", {"load_balancer_arn": "arn:lb"})
    assert findings(balancer, listener) == {("D07", "aws_lb_listener.https")}


# --- D08 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "argument", "before", "after"),
    [
        ("aws_s3_bucket.b", "bucket", "exports", "exports-v2"),
        ("aws_dynamodb_table.t", "hash_key", "id", "sid"),
        ("aws_efs_file_system.f", "encrypted", False, True),
        ("aws_ebs_volume.v", "availability_zone", "eu-west-1a", "eu-west-1b"),
        ("azurerm_storage_account.s", "location", "westeurope", "northeurope"),
        ("azurerm_mssql_database.d", "name", "a", "b"),
        ("google_bigquery_table.t", "table_id", "a", "b"),
        ("kubernetes_persistent_volume_claim.c", "metadata", [{"name": "a"}], [{"name": "b"}]),
    ],
)
def test_an_identity_argument_explains_the_replacement(
    address: str, argument: str, before: Any, after: Any
) -> None:
    old, new = {argument: before, "tags": {}}, {argument: after, "tags": {}}
    assert findings(replace(address, old, new, argument)) == {("D02", address), ("D08", address)}


def test_another_argument_is_not_the_identity() -> None:
    before = {"engine_mode": "provisioned"}
    replaced = replace("aws_rds_cluster.c", before, {"engine_mode": "serverless"}, "engine_mode")
    assert findings(replaced) == {("D02", "aws_rds_cluster.c")}


def test_the_same_name_on_a_stateless_type_passes() -> None:
    before, after = {"name": "a"}, {"name": "b"}
    assert findings(replace("aws_sns_topic.t", before, after, "name")) == set()


def test_an_unknown_name_is_undecided() -> None:
    unknown = replace(
        "aws_dynamodb_table.t",
        {"name": "a"},
        {},
        "name",
        after_unknown=UNKNOWN_ID | {"name": True},
    )
    assert undecided(unknown) == {("D08", "aws_dynamodb_table.t")}


# --- D09 ---------------------------------------------------------------------------------------


ADDONS = "bootstrap_self_managed_addons"


def _eks(references: Json) -> Pairs:
    before, after = {"name": "prod", ADDONS: None}, {"name": "prod", ADDONS: True}
    changed = replace("aws_eks_cluster.prod", before, after, ADDONS)
    return findings(changed, references={"aws_eks_cluster.prod": references})


def test_a_default_of_the_provider_is_flagged_and_a_written_argument_is_not() -> None:
    assert _eks({"name": ["var.name"]}) == {("D09", "aws_eks_cluster.prod")}
    assert _eks({ADDONS: ["var.addons"]}) == set()


def test_without_a_configuration_a_default_cannot_be_told() -> None:
    before, after = {ADDONS: None}, {ADDONS: True}
    assert findings(replace("aws_eks_cluster.prod", before, after, ADDONS)) == set()


@pytest.mark.parametrize(("given", "flagged"), [({}, True), ({"addons": {}}, False)])
def test_a_default_of_the_module_counts_unless_the_caller_sets_it(
    given: Json, flagged: bool
) -> None:
    address = "module.eks.aws_eks_cluster.prod"
    changed = replace(address, {ADDONS: None}, {ADDONS: True}, ADDONS)
    block = {
        "address": "aws_eks_cluster.prod",
        "type": "aws_eks_cluster",
        "name": "prod",
        "expressions": {ADDONS: {"references": ["var.addons"]}},
    }
    module = {"resources": [block], "variables": {"addons": {"default": True}}}
    call = {"source": "./eks", "expressions": given, "module": module}
    configuration = {"root_module": {"module_calls": {"eks": call}}}
    expected = {("D09", address)} if flagged else set()
    assert findings(changed, configuration=configuration) == expected


def test_a_difference_in_spelling_only_is_flagged() -> None:
    before, after = {"location": "West Europe"}, {"location": "westeurope"}
    address = "azurerm_kubernetes_cluster.main"
    assert findings(replace(address, before, after, "location")) == {("D09", address)}
    moved = {"location": "northeurope"}
    assert findings(replace(address, before, moved, "location")) == set()


def test_a_stateless_type_may_be_replaced_by_a_default() -> None:
    before, after = {"network_mode": None}, {"network_mode": "bridge"}
    changed = replace("aws_ecs_task_definition.t", before, after, "network_mode")
    assert findings(changed, references={"aws_ecs_task_definition.t": {}}) == set()


# --- D10 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "google_project.main",
        "kubernetes_namespace.shop",
        "vault_mount.kv",
        "snowflake_schema.raw",
        "aws_cloudformation_stack.legacy",
        "azurerm_resource_group.main",
    ],
)
def test_a_deleted_container_takes_everything_along(address: str) -> None:
    assert findings(delete(address, {"name": "x"})) == {("D01", address), ("D10", address)}


def test_a_renamed_resource_group_is_destroyed_too() -> None:
    address = "azurerm_resource_group.main"
    replaced = replace(address, {"name": "a"}, {"name": "b"}, "name")
    assert findings(replaced) == {("D08", address), ("D10", address)}


def test_the_providers_own_guard_makes_a_resource_group_weigh_less() -> None:
    def features(*, guarded: bool) -> Json:
        setting = {"prevent_deletion_if_contains_resources": {"constant_value": guarded}}
        expressions = {"features": [{"resource_group": [setting]}]}
        provider = {"name": "azurerm", "expressions": expressions}
        return {"root_module": {}, "provider_config": {"azurerm": provider}}

    group = delete("azurerm_resource_group.main", {"name": "x"})
    assert weights(group, configuration=features(guarded=True))["D10"] == (4, "medium")
    assert weights(group, configuration=features(guarded=False))["D10"] == (5, "high")


def test_an_api_switched_off_with_its_dependents_weighs_more() -> None:
    alone = {"disable_on_destroy": True, "disable_dependent_services": False}
    address = "google_project_service.run"
    assert weights(delete(address, alone)) == {"D10": (4, "medium")}
    cascade = alone | {"disable_dependent_services": True}
    assert weights(delete(address, cascade)) == {"D10": (5, "high")}


# --- D11 ---------------------------------------------------------------------------------------


KEY = {"arn": "arn:aws:kms:eu-west-1:1:key/k", "is_enabled": True, "deletion_window_in_days": 30}


@pytest.mark.parametrize(
    "address",
    [
        "aws_kms_key.data",
        "google_kms_crypto_key.data",
        "azurerm_key_vault_key.data",
        "azurerm_key_vault.main",
        "vault_transit_secret_backend_key.data",
        "aws_acmpca_certificate_authority.root",
    ],
)
def test_a_deleted_key_is_flagged(address: str) -> None:
    assert findings(delete(address, KEY)) == {("D11", address)}


def test_the_users_of_a_key_are_counted() -> None:
    references = {
        "aws_kms_key.data": {},
        "aws_ebs_volume.a": {"kms_key_id": ["aws_kms_key.data.arn"]},
        "aws_ebs_volume.b": {"kms_key_id": ["aws_kms_key.data.arn"]},
    }
    disabled = tweak("aws_kms_key.data", KEY, is_enabled=False)
    deleted = replace("aws_kms_key.data", KEY, KEY, "key_usage")
    volumes = (noop("aws_ebs_volume.a"), noop("aws_ebs_volume.b"))
    assert "2 resources here use it" in sentences(deleted, *volumes, references=references)
    assert findings(disabled, *volumes, references=references) == {("D11", "aws_kms_key.data")}


def test_a_key_that_was_disabled_and_has_no_users_weighs_less() -> None:
    deleted = delete("aws_kms_key.old", KEY | {"is_enabled": False})
    assert weights(deleted) == {"D11": (3, "medium")}


def test_disabling_is_flagged_and_enabling_is_not() -> None:
    assert findings(tweak("aws_kms_key.k", KEY, is_enabled=False)) == {("D11", "aws_kms_key.k")}
    off = KEY | {"is_enabled": False}
    assert findings(tweak("aws_kms_key.k", off, is_enabled=True)) == set()


def test_a_shorter_window_is_flagged_and_a_longer_one_is_not() -> None:
    shorter = tweak("aws_kms_key.k", KEY, deletion_window_in_days=7)
    assert weights(shorter) == {"D11": (3, "high")}
    short = KEY | {"deletion_window_in_days": 7}
    assert findings(tweak("aws_kms_key.k", short, deletion_window_in_days=30)) == set()


def test_rotation_and_description_of_a_key_pass() -> None:
    assert findings(tweak("aws_kms_key.k", KEY, enable_key_rotation=True, description="x")) == set()


def test_a_google_key_version_destroyed_in_place_is_flagged() -> None:
    address = "google_kms_crypto_key_version.v1"
    assert findings(tweak(address, {"state": "ENABLED"}, state="DISABLED")) == {("D11", address)}
    assert findings(tweak(address, {"state": "DISABLED"}, state="ENABLED")) == set()


def test_decryption_taken_away_is_flagged_and_signing_is_not() -> None:
    before = {"key_opts": ["decrypt", "encrypt", "sign"]}
    address = "azurerm_key_vault_key.k"
    assert findings(tweak(address, before, key_opts=["encrypt", "sign"])) == {("D11", address)}
    assert findings(tweak(address, before, key_opts=["decrypt", "encrypt"])) == set()


def test_old_versions_that_no_longer_decrypt_are_flagged() -> None:
    address = "vault_transit_secret_backend_key.k"
    raised = tweak(address, {"min_decryption_version": 1}, min_decryption_version=3)
    assert findings(raised) == {("D11", address)}


def test_an_alias_pointed_at_another_key_passes_and_a_deleted_one_does_not() -> None:
    alias = {"name": "alias/data", "target_key_id": "k1"}
    assert findings(tweak("aws_kms_alias.data", alias, target_key_id="k2")) == set()
    assert weights(delete("aws_kms_alias.data", alias)) == {"D11": (3, "medium")}
    again = create("aws_kms_alias.moved", {"name": "alias/data"})
    assert findings(delete("aws_kms_alias.data", alias), again) == set()


def test_a_key_ring_cannot_be_deleted_and_passes() -> None:
    assert findings(delete("google_kms_key_ring.ring", {"name": "r"})) == set()


def test_an_unknown_switch_is_undecided() -> None:
    unknown = tweak("aws_kms_key.k", KEY, is_enabled=None)
    unknown["change"]["after_unknown"] = {"is_enabled": True}
    assert undecided(unknown) == {("D11", "aws_kms_key.k")}


# --- D12 ---------------------------------------------------------------------------------------


SECRET = "aws_secretsmanager_secret.partner"  # noqa: S105 - an address


def test_a_secret_deleted_at_once_is_flagged_and_one_with_a_window_is_only_deleted() -> None:
    assert findings(delete(SECRET, {"recovery_window_in_days": 0})) == {
        ("D01", SECRET),
        ("D12", SECRET),
    }
    assert findings(delete(SECRET, {"recovery_window_in_days": 30})) == {("D01", SECRET)}


def test_a_window_of_zero_is_flagged_and_a_longer_one_is_not() -> None:
    lowered = tweak(SECRET, {"recovery_window_in_days": 30}, recovery_window_in_days=0)
    assert weights(lowered) == {"D12": (4, "high")}
    raised = tweak(SECRET, {"recovery_window_in_days": 0}, recovery_window_in_days=30)
    assert findings(raised) == set()


def test_an_unknown_window_is_undecided() -> None:
    unknown = tweak(SECRET, {"recovery_window_in_days": 30}, recovery_window_in_days=None)
    unknown["change"]["after_unknown"] = {"recovery_window_in_days": True}
    assert undecided(unknown) == {("D12", SECRET)}


def test_all_versions_of_a_vault_secret_are_told_from_the_latest() -> None:
    address = "vault_kv_secret_v2.app"
    assert ("D12", address) in findings(delete(address, {"delete_all_versions": True}))
    assert findings(delete(address, {"delete_all_versions": False})) == {("D01", address)}


def test_a_key_vault_secret_is_purged_unless_the_provider_says_otherwise() -> None:
    def features(*, purge: bool) -> Json:
        setting = {"purge_soft_delete_on_destroy": {"constant_value": purge}}
        provider = {"name": "azurerm", "expressions": {"features": [{"key_vault": [setting]}]}}
        return {"root_module": {}, "provider_config": {"azurerm": provider}}

    secret = delete("azurerm_key_vault_secret.db", {"name": "db"})
    assert weights(secret) == {"D12": (4, "medium")}
    assert weights(secret, configuration=features(purge=True)) == {"D12": (4, "medium")}
    assert weights(secret, configuration=features(purge=False)) == {"D12": (3, "medium")}


def test_the_last_version_of_a_google_secret_is_flagged_and_an_older_one_is_not() -> None:
    version = {"secret": "projects/p/secrets/s", "enabled": True, "deletion_policy": "DELETE"}
    old, new = (f"google_secret_manager_secret_version.{name}" for name in ("old", "new"))
    assert findings(delete(old, version)) == {("D12", old)}
    assert findings(delete(old, version), noop(new, version)) == set()
    assert findings(tweak(new, version, enabled=False)) == {("D12", new)}
    kept = version | {"deletion_policy": "ABANDON"}
    assert findings(delete(old, kept)) == set()


# --- the family --------------------------------------------------------------------------------


ODD_VALUES: tuple[Any, ...] = (None, True, 0, 1.5, "x", "", [], ["x"], [None], {}, {"a": []}, [{}])


@pytest.mark.parametrize("value", ODD_VALUES)
def test_odd_shapes_break_no_rule(value: Any) -> None:
    attributes = (
        "deletion_policy", "settings", "retention_policy", "recovery_window_in_days", "key_opts",
        "retention_in_days", "name", "bucket", "metadata", "instance", "cluster_identifier",
        "scope", "is_enabled", "state", "skip_final_snapshot", "replicate_source_db", "features",
    )  # fmt: skip
    types = (
        "aws_s3_bucket", "aws_db_instance", "aws_kms_key", "aws_secretsmanager_secret",
        "google_storage_bucket", "google_sql_database_instance", "google_sql_database",
        "azurerm_management_lock", "azurerm_key_vault_key", "aws_rds_cluster_instance",
        "aws_cloudwatch_log_group", "kubernetes_config_map", "google_secret_manager_secret_version",
        "aws_kms_alias", "azurerm_resource_group", "aws_rds_cluster", "google_kms_crypto_key",
    )  # fmt: skip
    odd = dict.fromkeys(attributes, value)
    plain = dict.fromkeys(attributes, "plain")
    changes: list[Json] = []
    for kind in types:
        changes += [
            delete(f"{kind}.a", odd),
            replace(f"{kind}.b", odd, plain, *attributes),
            update(f"{kind}.c", plain, odd),
            update(f"{kind}.d", odd, plain),
        ]
    judged(plan(*changes), frozenset({"aws_s3_bucket.a"}))


def test_the_work_grows_with_the_plan_and_no_faster() -> None:
    def judged_of(size: int) -> Callable[[], Review]:
        table = {"name": "t", "tags": {"a": "b"}, "deletion_protection_enabled": False}
        changes = [tweak(f"aws_dynamodb_table.t[{n}]", table, tags={}) for n in range(size)]
        for n in range(size):
            guarded = {"name": f"i{n}", "deletion_protection": True}
            changes.append(noop(f"google_sql_database_instance.i[{n}]", guarded))
            inside = {"instance": f"i{n}", "name": "d"}
            changes.append(delete(f"google_sql_database.d[{n}]", inside))
        decoded = plan(*changes)
        context = Context(decoded, build_graph(decoded))
        return lambda: review(context, rules=RULES, suppressors=())

    judged_of(1)()
    assert len(judged_of(100)().findings) == 200
    assert calls_of(judged_of(400)) < 2.2 * calls_of(judged_of(200))


def test_a_secret_that_can_be_brought_back_and_that_nobody_uses_weighs_little() -> None:
    address = "aws_secretsmanager_secret.smtp"
    kept = {"name": "smtp", "recovery_window_in_days": 30}
    uses = {"aws_ecs_task_definition.app": {"container_definitions": [f"{address}.arn"]}}
    app = noop("aws_ecs_task_definition.app", {"family": "app"})

    assert weights(delete(address, kept))["D01"] == (3, "low")
    assert weights(delete(address, kept), app, references=uses)["D01"] == (4, "medium")
    assert weights(delete(address, {**kept, "recovery_window_in_days": 0}))["D01"][0] == 4


# --- D26 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("destroy", [delete, replace])
def test_destroying_what_the_catalog_does_not_know_is_flagged(destroy: Any) -> None:
    sides = ({"name": "a"},) if destroy is delete else ({"name": "a"}, {"name": "b"}, "name")

    assert findings(destroy("acme_widget.main", *sides)) == {("D26", "acme_widget.main")}


def test_an_unknown_type_that_is_updated_or_created_passes() -> None:
    changes = (tweak("acme_widget.main", {"name": "a"}, name="b"), create("acme_widget.new"))

    assert findings(*changes) == set()


def test_a_known_type_of_no_class_that_is_deleted_passes() -> None:
    assert findings(delete("aws_resourcegroups_group.all", {"name": "all"})) == set()


def test_an_unknown_type_replaced_by_an_unknown_value_is_flagged_all_the_same() -> None:
    change_ = replace("acme_widget.main", {"name": "a"}, {}, "name", after_unknown={"name": True})

    assert ("D26", "acme_widget.main") in findings(change_)


# --- D29 ---------------------------------------------------------------------------------------

MAPPING = "aws_lambda_event_source_mapping.m"
STREAM = {
    "event_source_arn": "arn:aws:dynamodb:eu-west-1:1:table/t/stream/2026",
    "starting_position": "LATEST",
}


def test_a_stream_mapping_that_starts_again_at_the_end_is_flagged() -> None:
    change_ = replace(MAPPING, STREAM, STREAM, "event_source_arn")
    assert ("D29", MAPPING) in findings(change_)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (STREAM, {**STREAM, "starting_position": "TRIM_HORIZON"}),
        ({"event_source_arn": "arn:aws:sqs:eu-west-1:1:q"}, {}),
    ],
)
def test_a_mapping_that_reads_from_the_start_or_from_a_queue_passes(
    before: Json, after: Json
) -> None:
    assert findings(replace(MAPPING, before, after, "event_source_arn")) == set()


def test_a_stream_that_nobody_reads_any_more_is_flagged() -> None:
    table = noop("aws_dynamodb_table.t", {"stream_arn": STREAM["event_source_arn"]})
    uses = {MAPPING: {"event_source_arn": ["aws_dynamodb_table.t.stream_arn"]}}
    assert findings(delete(MAPPING, STREAM), table, references=uses) == {("D29", MAPPING)}
    gone = delete("aws_dynamodb_table.t", {"stream_arn": STREAM["event_source_arn"]})
    assert ("D29", MAPPING) not in findings(delete(MAPPING, STREAM), gone, references=uses)


def test_where_a_mapping_starts_may_be_unknown_without_a_finding() -> None:
    change_ = replace(
        MAPPING, STREAM, {}, "event_source_arn", after_unknown={"starting_position": True}
    )
    assert ("D29", MAPPING) not in findings(change_)


def test_every_page_has_its_sections() -> None:
    sections = ("What it flags", "Why it matters", "When it is fine", "What to do instead")
    for item in RULES:
        assert all(section in item.page for section in (*sections, "References")), item.id
    assert [item.id for item in RULES] == [
        f"D{number:02}" for number in (*range(1, 17), *range(25, 34), 50, 60, 61, 62)
    ]
