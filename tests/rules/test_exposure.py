from __future__ import annotations

import json
from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.plan import Plan
from iacrisk.rules.context import Context
from iacrisk.rules.engine import review
from iacrisk.rules.exposure import RULES
from iacrisk.rules.rule import Confidence, Review, Severity
from tests.plans import create, delete, noop, plan, replace, tweak, update

Json = dict[str, Any]
Pairs = set[tuple[str, str]]


def judged(reviewed: Plan) -> Review:
    result = review(Context(reviewed, build_graph(reviewed)), rules=RULES, suppressors=())
    assert result.failures == ()
    return result


def findings(*changes: Json, **fields: Any) -> Pairs:
    result = judged(plan(*changes, **fields))
    return {(finding.rule, finding.address) for finding in result.findings}


def severities(*changes: Json) -> dict[str, tuple[Severity, Confidence]]:
    result = judged(plan(*changes))
    return {finding.rule: (finding.severity, finding.confidence) for finding in result.findings}


def undecided(*changes: Json) -> Pairs:
    result = judged(plan(*changes))
    assert result.findings == ()
    return {(item.rule, item.address) for item in result.undecided}


def nested(path: str, value: Any) -> Json:
    """`a.0.b` as attributes with blocks."""
    name, _, rest = path.partition(".")
    if not rest:
        return {name: value}
    is_block = rest.startswith("0.")
    inner = nested(rest.removeprefix("0."), value)
    return {name: [inner] if is_block else inner}


# X01


BLOCK = {
    "bucket": "hr",
    "block_public_acls": True,
    "block_public_policy": True,
    "ignore_public_acls": True,
    "restrict_public_buckets": True,
}
BLOCK_ADDRESS = "aws_s3_bucket_public_access_block.hr"


def test_a_public_access_block_that_falls_is_flagged_and_one_that_rises_passes() -> None:
    lower = tweak(BLOCK_ADDRESS, BLOCK, block_public_policy=False)
    higher = tweak(BLOCK_ADDRESS, BLOCK | {"block_public_acls": False}, block_public_acls=True)
    assert findings(lower) == {("X01", BLOCK_ADDRESS)}
    assert findings(higher) == set()


def test_a_block_that_is_deleted_is_flagged_unless_its_bucket_goes_too() -> None:
    bucket = delete("aws_s3_bucket.hr", {"bucket": "hr", "id": "hr"})
    assert findings(delete(BLOCK_ADDRESS, BLOCK)) == {("X01", BLOCK_ADDRESS)}
    assert findings(delete(BLOCK_ADDRESS, BLOCK), bucket) == set()


def test_a_block_lowered_for_a_website_asks() -> None:
    site = noop("aws_s3_bucket_website_configuration.hr", {"bucket": "hr"})
    lower = tweak(BLOCK_ADDRESS, BLOCK, block_public_policy=False)
    assert severities(lower, site) == {"X01": (Severity.MEDIUM, Confidence.MEDIUM)}


def test_an_unknown_block_is_undecided() -> None:
    change = tweak(BLOCK_ADDRESS, BLOCK, block_public_acls=None)
    change["change"]["after_unknown"] = {"block_public_acls": True}
    assert undecided(change) == {("X01", BLOCK_ADDRESS)}


OPENED: list[tuple[str, Json, Json]] = [
    ("aws_s3_bucket_acl.x", {"acl": "private"}, {"acl": "public-read"}),
    ("aws_s3_bucket.x", {"acl": "private"}, {"acl": "authenticated-read"}),
    (
        "aws_s3_bucket_acl.x",
        {"access_control_policy": []},
        {"access_control_policy": [{"grant": [{"grantee": [
            {"uri": "http://acs.amazonaws.com/groups/global/AllUsers"}]}]}]},
    ),
    ("google_storage_bucket_acl.x", {"role_entity": []}, {"role_entity": ["READER:allUsers"]}),
    ("google_storage_bucket_access_control.x", {"entity": "user-a"}, {"entity": "allUsers"}),
    ("azurerm_storage_container.x", {"container_access_type": "private"},
     {"container_access_type": "blob"}),
    ("azurerm_storage_account.x", {"allow_nested_items_to_be_public": False},
     {"allow_nested_items_to_be_public": True}),
    ("azurerm_storage_account.x", {"network_rules": [{"default_action": "Deny"}]},
     {"network_rules": [{"default_action": "Allow"}]}),
    ("azurerm_key_vault.x", {"network_acls": [{"default_action": "Deny"}]},
     {"network_acls": [{"default_action": "Allow"}]}),
    ("azurerm_app_configuration.x", {"public_network_access_enabled": False},
     {"public_network_access_enabled": True}),
    ("google_storage_bucket.x", {"public_access_prevention": "enforced"},
     {"public_access_prevention": "inherited"}),
    ("aws_db_snapshot.x", {"shared_accounts": []}, {"shared_accounts": ["all"]}),
    ("aws_lambda_function_url.x", {"authorization_type": "AWS_IAM"},
     {"authorization_type": "NONE"}),
    ("aws_eks_cluster.x", {"vpc_config": [{"endpoint_public_access": False}]},
     {"vpc_config": [{"endpoint_public_access": True}]}),
    ("github_repository.x", {"visibility": "private"}, {"visibility": "public"}),
    ("kubernetes_service_v1.x", {"spec": [{"type": "ClusterIP"}]},
     {"spec": [{"type": "LoadBalancer"}]}),
]  # fmt: skip


@pytest.mark.parametrize(("address", "before", "after"), OPENED)
def test_what_opens_is_flagged_and_what_closes_passes(
    address: str, before: Json, after: Json
) -> None:
    assert findings(update(address, before, after)) == {("X01", address)}
    assert findings(update(address, after, before)) == set()
    assert findings(update(address, after, after | {"tags": {"a": "b"}})) == set()


def test_an_internal_load_balancer_made_public_is_flagged_and_the_reverse_passes() -> None:
    inside, outside = {"internal": True, "name": "a"}, {"internal": False, "name": "a"}
    assert findings(replace("aws_lb.x", inside, outside, "internal")) == {("X01", "aws_lb.x")}
    assert findings(replace("aws_lb.x", outside, inside, "internal")) == set()
    assert findings(create("aws_lb.x", outside)) == set()


SHARED: list[tuple[str, Json]] = [
    ("aws_ami_launch_permission.x", {"group": "all", "image_id": "ami-1"}),
    ("aws_snapshot_create_volume_permission.x", {"account_id": "444455556666"}),
    ("azurerm_storage_container.x", {"container_access_type": "container"}),
    ("aws_s3_object.x", {"acl": "public-read"}),
]


@pytest.mark.parametrize(("address", "after"), SHARED)
def test_what_is_made_open_is_flagged(address: str, after: Json) -> None:
    assert findings(create(address, after)) == {("X01", address)}


def test_a_snapshot_shared_within_the_accounts_of_the_plan_passes() -> None:
    own = noop("aws_sqs_queue.x", {"arn": "arn:aws:sqs:x:444455556666:q"})
    change = create("aws_snapshot_create_volume_permission.x", {"account_id": "444455556666"})
    assert findings(change, own) == set()


def test_databases_are_left_to_their_own_rule() -> None:
    before = {"public_network_access_enabled": False}
    change = tweak("azurerm_mssql_server.x", before, public_network_access_enabled=True)
    assert findings(change) == set()


# X02


RELAXED: list[tuple[str, str, Any, Any]] = [
    ("aws_kinesis_stream.x", "encryption_type", "KMS", "NONE"),
    ("aws_sns_topic.x", "kms_master_key_id", "alias/orders", None),
    ("aws_sqs_queue.x", "kms_master_key_id", "alias/orders", ""),
    ("aws_cloudwatch_log_group.x", "kms_key_id", "arn:aws:kms:x:1:key/1", None),
    ("aws_lb_listener.x", "ssl_policy", "ELBSecurityPolicy-TLS13-1-2-2021-06",
     "ELBSecurityPolicy-2016-08"),
    ("aws_lb_listener.x", "protocol", "HTTPS", "HTTP"),
    ("aws_cloudfront_distribution.x", "viewer_certificate.0.minimum_protocol_version",
     "TLSv1.2_2021", "TLSv1"),
    ("aws_opensearch_domain.x", "domain_endpoint_options.0.tls_security_policy",
     "Policy-Min-TLS-1-2-2019-07", "Policy-Min-TLS-1-0-2019-07"),
    ("aws_opensearch_domain.x", "domain_endpoint_options.0.enforce_https", True, False),
    ("aws_elasticache_replication_group.x", "transit_encryption_enabled", True, False),
    ("aws_db_parameter_group.x", "parameter", [{"name": "rds.force_ssl", "value": "1"}],
     [{"name": "rds.force_ssl", "value": "0"}]),
    ("azurerm_storage_account.x", "min_tls_version", "TLS1_2", "TLS1_0"),
    ("azurerm_storage_account.x", "https_traffic_only_enabled", True, False),
    ("azurerm_linux_web_app.x", "https_only", True, False),
    ("azurerm_postgresql_flexible_server_configuration.x", "value", "on", "off"),
    ("google_sql_database_instance.x", "settings.0.ip_configuration.0.require_ssl", True, False),
    ("google_compute_ssl_policy.x", "min_tls_version", "TLS_1_2", "TLS_1_1"),
    ("aws_ebs_encryption_by_default.x", "enabled", True, False),
]  # fmt: skip


@pytest.mark.parametrize(("address", "path", "safe", "relaxed"), RELAXED)
def test_what_relaxes_encryption_is_flagged_and_what_hardens_it_passes(
    address: str, path: str, safe: Any, relaxed: Any
) -> None:
    name = {"name": "require_secure_transport"}
    before, after = name | nested(path, safe), name | nested(path, relaxed)
    assert findings(update(address, before, after)) == {("X02", address)}
    assert findings(update(address, after, before)) == set()


def test_an_equal_tls_policy_of_another_date_passes() -> None:
    before = {"ssl_policy": "ELBSecurityPolicy-TLS-1-2-2017-01"}
    change = tweak("aws_lb_listener.x", before, ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06")
    assert findings(change) == set()


def test_a_listener_that_only_redirects_passes() -> None:
    before = {"protocol": "HTTPS", "default_action": []}
    change = tweak(
        "aws_lb_listener.x", before, protocol="HTTP", default_action=[{"type": "redirect"}]
    )
    assert findings(change) == set()


def test_an_unknown_tls_version_is_undecided() -> None:
    change = tweak("azurerm_storage_account.x", {"min_tls_version": "TLS1_2"}, min_tls_version=None)
    change["change"]["after_unknown"] = {"min_tls_version": True}
    assert undecided(change) == {("X02", "azurerm_storage_account.x")}


def test_a_policy_that_no_longer_demands_tls_is_flagged() -> None:
    def policy(*statements: Json) -> str:
        return json.dumps({"Version": "2012-10-17", "Statement": statements})

    plain = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::b/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    read = {
        "Effect": "Allow",
        "Principal": {"AWS": "1"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::b/*",
    }
    before = {"bucket": "b", "policy": policy(plain, read)}
    assert findings(tweak("aws_s3_bucket_policy.b", before, policy=policy(read))) == {
        ("X02", "aws_s3_bucket_policy.b")
    }
    assert findings(tweak("aws_s3_bucket_policy.b", before, policy=policy(read, plain))) == set()


# X03


TRAIL = {
    "name": "org",
    "enable_logging": True,
    "is_multi_region_trail": True,
    "enable_log_file_validation": True,
    "include_global_service_events": True,
}


SWITCHED_OFF: list[tuple[str, Json, Json]] = [
    ("aws_cloudtrail.x", TRAIL, {"enable_logging": False}),
    ("aws_cloudtrail.x", TRAIL, {"is_multi_region_trail": False}),
    ("aws_cloudtrail.x", TRAIL | {"event_selector": []},
     {"event_selector": [{"include_management_events": False}]}),
    ("aws_guardduty_detector.x", {"enable": True}, {"enable": False}),
    ("aws_config_configuration_recorder_status.x", {"is_enabled": True}, {"is_enabled": False}),
    ("azurerm_monitor_diagnostic_setting.x",
     {"enabled_log": [{"category": "AuditEvent"}, {"category": "Other"}]},
     {"enabled_log": [{"category": "Other"}]}),
    ("azurerm_security_center_subscription_pricing.x", {"tier": "Standard"}, {"tier": "Free"}),
    ("google_project_iam_audit_config.x",
     {"audit_log_config": [{"log_type": "DATA_READ"}, {"log_type": "DATA_WRITE"}]},
     {"audit_log_config": [{"log_type": "DATA_READ"}]}),
    ("google_logging_project_sink.x", {"disabled": False}, {"disabled": True}),
    ("google_logging_project_sink.x", {"filter": ""}, {"filter": "severity>=ERROR"}),
    ("aws_eks_cluster.x", {"enabled_cluster_log_types": ["api", "audit"]},
     {"enabled_cluster_log_types": ["api"]}),
]  # fmt: skip


@pytest.mark.parametrize(("address", "before", "changed"), SWITCHED_OFF)
def test_a_record_that_ends_or_shrinks_is_flagged_and_one_that_grows_passes(
    address: str, before: Json, changed: Json
) -> None:
    assert findings(tweak(address, before, **changed)) == {("X03", address)}
    assert findings(update(address, before | changed, before)) == set()


DELETED: list[tuple[str, Json, Severity]] = [
    ("aws_cloudtrail.x", TRAIL, Severity.CRITICAL),
    ("aws_guardduty_detector.x", {"enable": True}, Severity.CRITICAL),
    ("aws_securityhub_account.x", {}, Severity.CRITICAL),
    ("aws_flow_log.x", {"vpc_id": "vpc-1"}, Severity.HIGH),
    ("azurerm_monitor_diagnostic_setting.x", {"target_resource_id": "/x"}, Severity.HIGH),
    ("google_project_iam_audit_config.x", {"project": "p", "service": "allServices"},
     Severity.CRITICAL),
    ("vault_audit.x", {"type": "file"}, Severity.CRITICAL),
    ("datadog_logs_archive.x", {"name": "all"}, Severity.CRITICAL),
]  # fmt: skip


@pytest.mark.parametrize(("address", "before", "severity"), DELETED)
def test_a_record_that_is_deleted_is_flagged_and_a_new_one_passes(
    address: str, before: Json, severity: Severity
) -> None:
    assert severities(delete(address, before)) == {"X03": (severity, Confidence.HIGH)}
    assert findings(create(address, before)) == set()


def test_a_flow_log_that_goes_with_its_network_or_has_a_twin_passes() -> None:
    log = delete("aws_flow_log.x", {"vpc_id": "vpc-1"})
    assert findings(log, delete("aws_vpc.x", {"id": "vpc-1"})) == set()
    assert findings(log, create("aws_flow_log.y", {"vpc_id": "vpc-1"})) == set()
    assert findings(log, create("aws_flow_log.y", {"vpc_id": "vpc-2"})) == {
        ("X03", "aws_flow_log.x")
    }


def test_a_trail_replaced_by_a_wider_one_passes() -> None:
    wider = create("aws_cloudtrail.organisation", TRAIL | {"is_organization_trail": True})
    narrower = create("aws_cloudtrail.local", TRAIL | {"is_multi_region_trail": False})
    assert findings(delete("aws_cloudtrail.x", TRAIL), wider) == set()
    assert findings(delete("aws_cloudtrail.x", TRAIL), narrower) == {("X03", "aws_cloudtrail.x")}


def test_a_trail_that_was_off_already_passes() -> None:
    assert findings(delete("aws_cloudtrail.x", TRAIL | {"enable_logging": False})) == set()


def test_an_unknown_switch_is_undecided() -> None:
    change = tweak("aws_cloudtrail.x", TRAIL, enable_logging=None)
    change["change"]["after_unknown"] = {"enable_logging": True}
    assert undecided(change) == {("X03", "aws_cloudtrail.x")}


def test_an_exclusion_of_audit_logs_is_flagged_and_one_of_noise_passes() -> None:
    address = "google_logging_project_exclusion.x"
    audit = {"filter": 'logName:"cloudaudit.googleapis.com"', "disabled": False}
    assert findings(create(address, audit)) == {("X03", address)}
    assert findings(create(address, {"filter": "severity<INFO"})) == set()


ODD: list[Any] = [[3, None, {"a": []}], "x", 7, True, {"b": None}]
ODD_NAMES = (
    "policy", "acl", "bucket", "filter", "internal", "metadata", "spec", "ssl_policy", "parameter",
    "settings", "enabled_log", "network_rules", "event_selector", "enable", "grant", "entity",
)  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_odd_shapes_do_not_raise(odd: Any) -> None:
    types = sorted({name for rule in RULES for name in rule.types or ()})
    types += ["aws_s3_bucket_acl", "kubernetes_service", "aws_s3_bucket_public_access_block"]
    tree = dict.fromkeys(ODD_NAMES, odd)
    changes = [update(f"{name}.changed", tree, {}) for name in types]
    changes += [update(f"{name}.back", {}, tree) for name in types]
    judged(plan(*changes, *(delete(f"{name}.gone", tree) for name in types)))
