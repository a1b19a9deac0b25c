from __future__ import annotations

import json
from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.plan import Plan
from iacrisk.rules.benign import SUPPRESSORS
from iacrisk.rules.context import Context
from iacrisk.rules.data import RULES
from iacrisk.rules.engine import review
from iacrisk.source import Edits, SourceFacts
from tests.plans import change, create, delete, noop, plan, replace, tweak, update

Json = dict[str, Any]
UNKNOWN_ID = {"id": True, "arn": True}


def judged(reviewed: Plan, unguarded: frozenset[str] = frozenset()) -> dict[str, str]:
    context = Context(
        reviewed, build_graph(reviewed), SourceFacts(edits=Edits(unguarded=unguarded))
    )
    result = review(context, rules=(), suppressors=SUPPRESSORS)
    assert result.failures == ()
    return result.benign


def benign(*changes: Json, **fields: Any) -> dict[str, str]:
    """Address to the suppressor that explains the change there."""
    return judged(plan(*changes, **fields))


def with_unknown(entry: Json, *names: str) -> Json:
    entry["change"]["after_unknown"] = dict.fromkeys(names, True)
    for name in names:
        entry["change"]["after"].pop(name, None)
    return entry


def test_a_suppressor_takes_the_findings_of_its_change_back() -> None:
    decoded = plan(tweak("aws_db_instance.a", {"tags": {}}, tags={"team": "x"}))
    context = Context(decoded, build_graph(decoded))
    result = review(context, rules=RULES, suppressors=SUPPRESSORS)
    assert (result.findings, result.benign) == ((), {"aws_db_instance.a": "BL-tags"})


def test_no_change_is_benign_whose_block_lost_prevent_destroy() -> None:
    moved = noop("aws_eip.b", previous_address="aws_eip.a")
    tagged = tweak("aws_eip.c", {"tags": {}}, tags={"team": "x"})
    unguarded = frozenset({"aws_eip.b", "aws_eip.c"})
    assert judged(plan(moved, tagged), unguarded) == {}
    assert judged(plan(moved, tagged)) == {"aws_eip.b": "BL-moved", "aws_eip.c": "BL-tags"}


# --- BL-tags -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "argument"),
    [
        ("aws_db_instance.a", "tags"),
        ("azurerm_storage_account.a", "tags"),
        ("google_storage_bucket.a", "labels"),
        ("google_sql_database_instance.a", "user_labels"),
    ],
)
def test_tags_alone_are_benign(address: str, argument: str) -> None:
    tagged = tweak(address, {argument: {"team": "a"}}, **{argument: {"team": "b", "cost": "1"}})
    assert benign(tagged) == {address: "BL-tags"}


def test_computed_copies_of_tags_may_be_unknown() -> None:
    tagged = tweak("aws_eip.a", {"tags": {}, "tags_all": {}}, tags={"team": "x"})
    assert benign(with_unknown(tagged, "tags_all")) == {"aws_eip.a": "BL-tags"}


@pytest.mark.parametrize(
    "key",
    [
        "kubernetes.io/cluster/prod",
        "kubernetes.io/role/elb",
        "k8s.io/cluster-autoscaler/enabled",
        "karpenter.sh/discovery",
        "aws:autoscaling:groupName",
        "Backup",
        "backup-plan",
    ],
)
def test_tags_that_machines_act_on_are_a_trap(key: str) -> None:
    tags = {"team": "a", key: "owned"}
    assert benign(tweak("aws_subnet.a", {"tags": tags}, tags={"team": "b"})) == {}
    assert benign(tweak("aws_subnet.a", {"tags": {"team": "a"}}, tags=tags)) == {}


def test_a_tag_that_machines_act_on_may_stay_while_others_change() -> None:
    tags = {"kubernetes.io/cluster/prod": "owned", "team": "a"}
    tagged = tweak("aws_subnet.a", {"tags": tags}, tags=tags | {"team": "b"})
    assert benign(tagged) == {"aws_subnet.a": "BL-tags"}


def _access_by_tag() -> Json:
    condition = {"StringEquals": {"aws:ResourceTag/project": "x"}}
    statement = {"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Condition": condition}
    return noop("aws_iam_policy.p", {"policy": json.dumps({"Statement": [statement]})})


@pytest.mark.parametrize(
    "reader",
    [
        _access_by_tag(),
        noop("aws_backup_selection.s", {"selection_tag": [{"key": "project", "value": "x"}]}),
        noop("aws_dlm_lifecycle_policy.s", {"policy_details": [{"target_tags": {"project": "x"}}]}),
        noop("aws_ssm_association.s", {"targets": [{"key": "tag:project", "values": ["x"]}]}),
        noop("aws_instance.s", {"user_data": "retry_join = provider=aws tag_key=project"}),
    ],
)
def test_a_tag_that_the_plan_reads_is_a_trap(reader: Json) -> None:
    tagged = tweak("aws_instance.a", {"tags": {"project": "x"}}, tags={"project": "y"})
    assert benign(tagged, reader) == {}
    other = tweak("aws_instance.a", {"tags": {"team": "x"}}, tags={"team": "y"})
    assert benign(other, reader) == {"aws_instance.a": "BL-tags"}


@pytest.mark.parametrize(
    ("values", "expressions"),
    [
        ({"filter": [{"name": "tag:Tier", "values": ["web"]}]}, {"filter": [{}]}),
        ({"tags": {"Tier": "web"}}, {"tags": {"references": ["var.tags"]}}),
    ],
)
def test_a_tag_that_a_data_source_looks_up_is_a_trap(values: Json, expressions: Json) -> None:
    data = {"address": "data.aws_subnets.s", "mode": "data", "type": "aws_subnets", "name": "s"}
    state = {"values": {"root_module": {"resources": [data | {"values": values}]}}}
    configuration = {"root_module": {"resources": [data | {"expressions": expressions}]}}
    tagged = tweak("aws_subnet.a", {"tags": {"Tier": "web"}}, tags={"Tier": "public"})
    assert benign(tagged, prior_state=state, configuration=configuration) == {}


@pytest.mark.parametrize(
    ("address", "argument"),
    [
        ("google_compute_instance.a", "tags"),
        ("aws_eks_node_group.a", "labels"),
        ("digitalocean_droplet.a", "tags"),
        ("hcloud_server.a", "labels"),
        ("kubernetes_labels.a", "labels"),
    ],
)
def test_tags_that_choose_targets_are_a_trap(address: str, argument: str) -> None:
    assert benign(tweak(address, {argument: {"team": "a"}}, **{argument: {"team": "b"}})) == {}


def test_network_tags_in_a_list_are_a_trap() -> None:
    assert benign(tweak("google_compute_instance.a", {"tags": ["web"]}, tags=[])) == {}


def test_tags_with_anything_else_are_a_trap() -> None:
    before = {"tags": {}, "publicly_accessible": False}
    changed = tweak("aws_db_instance.a", before, tags={"team": "x"}, publicly_accessible=True)
    assert benign(changed) == {}


def test_unknown_tags_are_a_trap() -> None:
    tagged = tweak("aws_eip.a", {"tags": {"team": "x"}})
    assert benign(with_unknown(tagged, "tags")) == {}


def test_tags_that_replace_are_a_trap() -> None:
    replaced = replace("aws_eip.a", {"tags": {}}, {"tags": {"team": "x"}}, "tags")
    assert benign(replaced) == {}


# --- BL-desc -----------------------------------------------------------------------------------


def test_a_description_in_place_is_benign() -> None:
    changed = tweak("aws_iam_role.a", {"description": "a"}, description="b")
    assert benign(changed) == {"aws_iam_role.a": "BL-desc"}


def test_a_description_that_replaces_is_a_trap() -> None:
    before, after = {"description": "a"}, {"description": "b"}
    assert benign(replace("aws_security_group.a", before, after, "description")) == {}


def test_the_display_name_of_an_identity_is_a_trap() -> None:
    assert benign(tweak("azuread_group.admins", {"display_name": "a"}, display_name="b")) == {}
    alarm = tweak("google_monitoring_alert_policy.a", {"display_name": "a"}, display_name="b")
    assert benign(alarm) == {"google_monitoring_alert_policy.a": "BL-desc"}


def test_a_description_with_a_role_is_a_trap() -> None:
    before = {"description": "a", "assume_role_policy": "{}"}
    assert benign(tweak("aws_iam_role.a", before, description="b", assume_role_policy="[]")) == {}


# --- BL-policy ---------------------------------------------------------------------------------


def policy(*principals: str, actions: Any = ("s3:GetObject", "s3:PutObject")) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": list(principals)},
        "Action": actions if isinstance(actions, str) else list(actions),
        "Resource": "arn:aws:s3:::b/*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_reordered_policy_is_benign() -> None:
    a, b = "arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b"
    old, new = policy(a, b), policy(b, a, actions=("s3:PutObject", "s3:GetObject"))
    changed = tweak("aws_s3_bucket_policy.a", {"policy": old}, policy=new)
    assert benign(changed) == {"aws_s3_bucket_policy.a": "BL-policy"}


def test_one_principal_or_action_less_within_the_noise_is_a_trap() -> None:
    a, b = "arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b"
    address = "aws_s3_bucket_policy.a"
    assert benign(tweak(address, {"policy": policy(a, b)}, policy=policy(b))) == {}
    fewer = policy(b, a, actions="s3:GetObject")
    assert benign(tweak(address, {"policy": policy(a, b)}, policy=fewer)) == {}
    assert benign(tweak(address, {"policy": policy(a)}, policy=policy(a, b))) == {}


@pytest.mark.parametrize("text", ["", "not json", "[]", None])
def test_a_policy_that_does_not_parse_is_a_trap(text: Any) -> None:
    old = policy("111122223333")
    assert benign(tweak("aws_s3_bucket_policy.a", {"policy": old}, policy=text)) == {}


def test_an_unknown_policy_is_a_trap() -> None:
    changed = tweak("aws_s3_bucket_policy.a", {"policy": policy("111122223333")})
    assert benign(with_unknown(changed, "policy")) == {}


# --- BL-set ------------------------------------------------------------------------------------


def test_a_list_without_order_may_change_places() -> None:
    changed = tweak("aws_lb.a", {"subnets": ["a", "b"]}, subnets=["b", "a"])
    assert benign(changed) == {"aws_lb.a": "BL-set"}


def test_defaults_spelled_out_are_benign() -> None:
    before = {"ingress": [{"from_port": 443, "description": "", "self": None}], "note": ""}
    changed = tweak("aws_security_group.a", before, ingress=[{"from_port": 443}], note=None)
    assert benign(changed) == {"aws_security_group.a": "BL-set"}


@pytest.mark.parametrize(
    ("before", "after"),
    [(["a", "b"], ["b"]), (["a"], ["a", "b"]), (["a", "a", "b"], ["a", "b", "b"]), (["a"], [])],
)
def test_a_member_added_removed_or_doubled_is_a_trap(before: list[str], after: list[str]) -> None:
    assert benign(tweak("aws_lb.a", {"subnets": before}, subnets=after)) == {}


def test_an_order_that_decides_is_a_trap() -> None:
    first, second = {"path_pattern": "/api/*"}, {"path_pattern": "/*"}
    behaviours = {"ordered_cache_behavior": [first, second]}
    changed = tweak(
        "aws_cloudfront_distribution.a", behaviours, ordered_cache_behavior=[second, first]
    )
    assert benign(changed) == {}


def test_a_boolean_is_no_default_spelled_out() -> None:
    changed = tweak("aws_db_instance.a", {"publicly_accessible": None}, publicly_accessible=False)
    assert benign(changed) == {}


def test_a_script_written_differently_is_a_trap() -> None:
    before, after = {"user_data": '{"a": 1}'}, {"user_data": '{ "a": 1 }'}
    assert benign(update("aws_instance.a", before, after)) == {}


def test_an_unknown_member_is_a_trap() -> None:
    changed = tweak("aws_lb.a", {"subnets": ["a", "b"]}, subnets=["a", None])
    changed["change"]["after_unknown"] = {"subnets": [False, True]}
    assert benign(changed) == {}


# --- BL-known ----------------------------------------------------------------------------------


def test_a_recomputed_etag_is_benign_and_a_written_one_is_not() -> None:
    changed = tweak("aws_s3_bucket.a", {"etag": "x"})
    assert benign(with_unknown(changed, "etag")) == {"aws_s3_bucket.a": "BL-known"}
    assert benign(tweak("aws_s3_object.a", {"etag": "x"}, etag="y")) == {}


def test_a_recomputed_value_that_replaces_its_reader_is_a_trap() -> None:
    source = with_unknown(tweak("aws_launch_template.a", {"latest_version": 1}), "latest_version")
    reader = replace(
        "aws_instance.b",
        {"launch_template": "1"},
        {},
        "launch_template",
        after_unknown=UNKNOWN_ID | {"launch_template": True},
    )
    references = {
        "aws_launch_template.a": {},
        "aws_instance.b": {"launch_template": ["aws_launch_template.a.latest_version"]},
    }
    assert benign(source, reader, references=references) == {}
    stays: Json = {"aws_launch_template.a": {}, "aws_instance.b": {}}
    assert benign(source, reader, references=stays) == {"aws_launch_template.a": "BL-known"}


# --- BL-import, BL-moved -----------------------------------------------------------------------


IMPORT: Json = {"importing": {"id": "x"}}


def test_an_import_without_changes_is_benign() -> None:
    assert benign(noop("aws_sqs_queue.a", {"name": "q"}, **IMPORT)) == {
        "aws_sqs_queue.a": "BL-import"
    }


def test_an_import_that_sets_what_only_terraform_knows_is_benign() -> None:
    before = {"name": "f", "publish": None, "timeouts": None}
    after = {"name": "f", "publish": False, "timeouts": {}}
    assert benign(update("aws_lambda_function.a", before, after, **IMPORT)) == {
        "aws_lambda_function.a": "BL-import"
    }


@pytest.mark.parametrize(
    ("address", "before", "after"),
    [
        (
            "aws_lambda_function.a",
            {"environment": [{"variables": {"A": "1"}}]},
            {"environment": []},
        ),
        ("aws_s3_bucket.a", {"force_destroy": None}, {"force_destroy": True}),
        ("aws_db_instance.a", {"skip_final_snapshot": None}, {"skip_final_snapshot": True}),
        (
            "aws_secretsmanager_secret.a",
            {"recovery_window_in_days": None},
            {"recovery_window_in_days": 0},
        ),
    ],
)
def test_an_import_that_strips_or_arms_is_a_trap(address: str, before: Json, after: Json) -> None:
    assert benign(update(address, before, after, **IMPORT)) == {}


def test_an_import_that_sets_a_harmless_switch_is_benign() -> None:
    before, after = {"force_destroy": None}, {"force_destroy": False}
    assert benign(update("aws_s3_bucket.a", before, after, **IMPORT)) == {
        "aws_s3_bucket.a": "BL-import"
    }
    assert benign(update("aws_s3_bucket.a", before, after)) == {}


def test_an_import_that_replaces_is_a_trap() -> None:
    replaced = replace(
        "aws_dynamodb_table.a",
        {"hash_key": "a"},
        {"hash_key": "b"},
        "hash_key",
        importing={"id": "x"},
    )
    assert benign(replaced) == {}


def test_a_move_is_benign_and_the_one_that_was_missed_is_not() -> None:
    moved = noop("module.a.aws_sqs_queue.q", previous_address="aws_sqs_queue.q")
    missed = delete("aws_sqs_queue.r", {"name": "r"})
    assert benign(moved, missed) == {"module.a.aws_sqs_queue.q": "BL-moved"}


def test_a_move_with_a_change_is_a_trap() -> None:
    moved = update(
        "aws_sqs_queue.b", {"delay": 1}, {"delay": 2}, previous_address="aws_sqs_queue.a"
    )
    assert benign(moved) == {}


# --- BL-abandon --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "before"),
    [
        ("aws_ecs_task_definition.a", {"skip_destroy": True}),
        ("google_project_service.a", {"disable_on_destroy": False}),
        ("google_sql_user.a", {"deletion_policy": "ABANDON"}),
        ("github_repository.a", {"archive_on_destroy": True}),
        ("aws_acm_certificate_validation.a", {}),
    ],
)
def test_a_delete_that_leaves_the_object_alone_is_benign(address: str, before: Json) -> None:
    assert benign(delete(address, before)) == {address: "BL-abandon"}


@pytest.mark.parametrize(
    ("address", "before"),
    [
        ("google_project_service.a", {"disable_on_destroy": True}),
        ("google_project_service.a", {"disable_on_destroy": None}),
        ("google_sql_user.a", {"deletion_policy": ""}),
        ("aws_cloudfront_distribution.a", {"retain_on_delete": True}),
        ("github_repository.a", {"archive_on_destroy": None}),
    ],
)
def test_a_delete_that_reaches_the_object_is_a_trap(address: str, before: Json) -> None:
    assert benign(delete(address, before)) == {}


def test_an_abandon_setting_that_comes_with_the_replacement_is_a_trap() -> None:
    before, after = {"skip_destroy": False, "name": "a"}, {"skip_destroy": True, "name": "b"}
    assert benign(replace("aws_cloudwatch_log_group.a", before, after, "name")) == {}


# --- BL-null -----------------------------------------------------------------------------------


def marker(address: str) -> Json:
    before, after = {"id": "1", "triggers": {"a": "1"}}, {"triggers": {"a": "2"}}
    return replace(address, before, after, "triggers")


@pytest.mark.parametrize("kind", ["null_resource", "terraform_data", "random_id", "time_static"])
def test_a_marker_that_nobody_uses_is_benign(kind: str) -> None:
    assert benign(marker(f"{kind}.a"), references={f"{kind}.a": {}}) == {f"{kind}.a": "BL-null"}


def test_a_random_value_that_names_something_is_a_trap() -> None:
    user = noop("aws_s3_bucket.b", {"bucket": "b"})
    references = {"random_id.a": {}, "aws_s3_bucket.b": {"bucket": ["random_id.a.hex"]}}
    assert benign(marker("random_id.a"), user, references=references) == {}


def test_a_marker_with_provisioners_is_a_trap() -> None:
    block = {
        "address": "null_resource.a",
        "type": "null_resource",
        "name": "a",
        "expressions": {},
        "provisioners": [{"type": "local-exec"}],
    }
    configuration = {"root_module": {"resources": [block]}}
    assert benign(marker("null_resource.a"), configuration=configuration) == {}


def test_a_credential_is_no_marker() -> None:
    references: Json = {"random_password.a": {}, "tls_private_key.a": {}}
    changes = (marker("random_password.a"), marker("tls_private_key.a"))
    assert benign(*changes, references=references) == {}


def test_a_marker_that_triggers_a_replacement_is_a_trap() -> None:
    triggered = replace("aws_instance.a", {}, {}, action_reason="replace_by_triggers")
    references: Json = {"terraform_data.a": {}, "aws_instance.a": {}}
    assert benign(marker("terraform_data.a"), triggered, references=references) == {}


def test_a_marker_is_not_judged_without_a_configuration() -> None:
    assert benign(marker("random_id.a")) == {}
    assert benign(delete("random_id.a", {"id": "1"})) == {}


def test_a_deleted_null_resource_may_run_a_provisioner() -> None:
    state: Json = {"values": {"root_module": {}}}
    deleted = (delete("null_resource.a", {"id": "1"}), delete("random_id.a", {"id": "1"}))
    assert benign(*deleted, prior_state=state) == {"random_id.a": "BL-null"}


# --- BL-ecs ------------------------------------------------------------------------------------


IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web"


def task(image: str, **fields: Any) -> Json:
    container = {"name": "web", "image": image, "essential": True} | fields
    return {"family": "web", "container_definitions": json.dumps([container])}


def released(before: Json, after: Json, *paths: str) -> dict[str, str]:
    paths = paths or ("container_definitions",)
    unknown = {"id": True, "arn": True, "revision": True, "arn_without_revision": True}
    before = before | {"arn": "arn:1", "id": "web", "revision": 1, "pid_mode": ""}
    return benign(
        replace("aws_ecs_task_definition.web", before, after, *paths, after_unknown=unknown)
    )


def test_a_new_image_version_is_benign() -> None:
    expected = {"aws_ecs_task_definition.web": "BL-ecs"}
    before = task(f"{IMAGE}:1", environment=[], mountPoints=[])
    assert released(before, task(f"{IMAGE}:2")) == expected
    assert released(before, task(f"{IMAGE}@sha256:ab")) == expected


@pytest.mark.parametrize(
    "after",
    [
        task("docker.io/evil/web:2"),
        task(f"{IMAGE}:2", environment=[{"name": "TABLE", "value": "x"}]),
        task(f"{IMAGE}:2", command=["sleep"]),
        task(f"{IMAGE}:2", memory=64),
        task(f"{IMAGE}:2") | {"family": "other"},
        task(f"{IMAGE}:2") | {"task_role_arn": "arn:role"},
        {"family": "web", "container_definitions": "[]"},
        {"family": "web", "container_definitions": "broken"},
    ],
)
def test_any_other_change_of_a_task_is_a_trap(after: Json) -> None:
    assert released(task(f"{IMAGE}:1"), after) == {}


def test_a_task_replaced_for_another_reason_is_a_trap() -> None:
    assert released(task(f"{IMAGE}:1"), task(f"{IMAGE}:2"), "container_definitions", "family") == {}


def test_an_unknown_task_is_a_trap() -> None:
    after = {"family": "web"}
    unknown = UNKNOWN_ID | {"container_definitions": True}
    changed = replace(
        "aws_ecs_task_definition.web",
        task(f"{IMAGE}:1"),
        after,
        "container_definitions",
        after_unknown=unknown,
    )
    assert benign(changed) == {}


# --- BL-lt -------------------------------------------------------------------------------------


TEMPLATE = "aws_launch_template.web"


def template(**fields: Any) -> Json:
    before = {"image_id": "ami-1", "latest_version": 3, "instance_type": "t3.large"}
    return with_unknown(
        tweak(TEMPLATE, before, **({"image_id": "ami-2"} | fields)), "latest_version"
    )


def group(kind: str = "aws_autoscaling_group", **fields: Any) -> Json:
    return noop(f"{kind}.web", {"name": "web"} | fields)


def test_a_new_image_in_a_template_that_nothing_rolls_out_is_benign() -> None:
    references = {
        TEMPLATE: {},
        "aws_autoscaling_group.web": {"launch_template": [f"{TEMPLATE}.id"]},
    }
    assert benign(template(), group(), references=references) == {TEMPLATE: "BL-lt"}


@pytest.mark.parametrize(
    "user",
    [group(instance_refresh=[{"strategy": "Rolling"}]), group("aws_eks_node_group")],
)
def test_a_group_that_rolls_by_itself_is_a_trap(user: Json) -> None:
    references = {TEMPLATE: {}, user["address"]: {"launch_template": [f"{TEMPLATE}.id"]}}
    assert benign(template(), user, references=references) == {}


def test_any_other_argument_of_a_template_is_a_trap() -> None:
    references: Json = {TEMPLATE: {}}
    assert benign(template(instance_type="t3.nano"), references=references) == {}
    assert benign(template(user_data="x"), references=references) == {}
    assert benign(with_unknown(template(), "image_id"), references=references) == {}
    assert benign(template()) == {}


# --- BL-lambda ---------------------------------------------------------------------------------


FUNCTION = "aws_lambda_function.f"


@pytest.mark.parametrize(
    "fields",
    [
        {"s3_key": "f-2.zip"},
        {"filename": "f.zip", "source_code_hash": "bb"},
        {"image_uri": f"{IMAGE}:2"},
        {"layers": ["arn:aws:lambda:eu-west-1:1:layer:x:2"]},
        {"s3_key": "f-2.zip", "tags": {"a": "b"}},
    ],
)
def test_new_code_is_benign(fields: Json) -> None:
    before = {
        "s3_key": "f-1.zip",
        "source_code_hash": "aa",
        "image_uri": f"{IMAGE}:1",
        "layers": ["arn:aws:lambda:eu-west-1:1:layer:x:1"],
        "last_modified": "t",
        "tags": {},
    }
    changed = with_unknown(tweak(FUNCTION, before, **fields), "last_modified")
    assert benign(changed) == {FUNCTION: "BL-lambda"}


@pytest.mark.parametrize(
    "fields",
    [
        {"s3_key": "2", "runtime": "python3.13"},
        {"s3_key": "2", "role": "arn:role/other"},
        {"s3_key": "2", "vpc_config": []},
        {"s3_key": "2", "environment": []},
        {"image_uri": "docker.io/evil:2"},
        {"layers": []},
        {"layers": ["arn:aws:lambda:eu-west-1:1:layer:y:1"]},
        {"publish": False},
        {"handler": "other.handler"},
    ],
)
def test_any_other_change_of_a_function_is_a_trap(fields: Json) -> None:
    before = {
        "s3_key": "1",
        "runtime": "python3.12",
        "role": "arn:role/a",
        "vpc_config": [{"subnet_ids": ["a"]}],
        "environment": [{"variables": {"A": "1"}}],
        "image_uri": f"{IMAGE}:1",
        "layers": ["arn:aws:lambda:eu-west-1:1:layer:x:1"],
        "publish": True,
        "handler": "app.handler",
    }
    assert benign(tweak(FUNCTION, before, **fields)) == {}


def test_an_unknown_code_location_is_a_trap() -> None:
    changed = with_unknown(tweak(FUNCTION, {"s3_key": "1"}), "s3_key")
    assert benign(changed) == {}


def test_a_new_image_of_a_cloud_run_service_is_benign() -> None:
    def service(image: str, port: int = 8080) -> Json:
        return {"template": [{"containers": [{"image": image, "ports": port}]}]}

    address = "google_cloud_run_v2_service.api"
    assert benign(update(address, service("eu.gcr.io/p/api:1"), service("eu.gcr.io/p/api:2"))) == {
        address: "BL-lambda"
    }
    assert benign(update(address, service("eu.gcr.io/p/api:1"), service("eu.gcr.io/q/api:2"))) == {}
    moved = service("eu.gcr.io/p/api:2", port=9090)
    assert benign(update(address, service("eu.gcr.io/p/api:1"), moved)) == {}


# --- BL-cbd ------------------------------------------------------------------------------------


def renamed(address: str, **fields: Any) -> Json:
    before, after = {"name": "a", "image": "x"}, {"name": "b", "image": "x"} | fields
    return replace(address, before, after, "name", create_first=True)


def test_a_stateless_resource_renamed_under_users_that_follow_is_benign() -> None:
    address = "google_compute_instance_template.t"
    user = tweak("google_compute_instance_group_manager.m", {"version": "a"}, version="b")
    references = {address: {}, user["address"]: {"version": [f"{address}.id"]}}
    assert benign(renamed(address), user, references=references) == {address: "BL-cbd"}


def test_a_user_that_stays_behind_is_a_trap() -> None:
    address = "google_compute_instance_template.t"
    user = noop("google_compute_instance_group_manager.m", {"version": "a"})
    references = {address: {}, user["address"]: {"version": [f"{address}.id"]}}
    assert benign(renamed(address), user, references=references) == {}


def test_anything_but_a_name_is_a_trap_for_a_resource_created_first() -> None:
    address = "google_compute_instance_template.t"
    assert benign(renamed(address, image="y"), references={address: {}}) == {}
    stateful = "aws_dynamodb_table.t"
    assert benign(renamed(stateful), references={stateful: {}}) == {}
    delete_first = replace(address, {"name": "a"}, {"name": "b"}, "name")
    assert benign(delete_first, references={address: {}}) == {}


# --- BL-scaleout, BL-scalein -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "before", "after"),
    [
        ("aws_autoscaling_group.a", {"desired_capacity": 2}, {"desired_capacity": 5}),
        ("aws_ecs_service.a", {"desired_count": 2}, {"desired_count": 3}),
        ("aws_kinesis_stream.a", {"shard_count": 2}, {"shard_count": 4}),
        ("azurerm_service_plan.a", {"worker_count": 2}, {"worker_count": 3}),
        (
            "aws_eks_node_group.a",
            {"scaling_config": [{"desired_size": 2, "max_size": 4, "min_size": 1}]},
            {"scaling_config": [{"desired_size": 3, "max_size": 6, "min_size": 2}]},
        ),
        (
            "kubernetes_deployment.a",
            {"spec": [{"replicas": "2", "paused": False}]},
            {"spec": [{"replicas": "4", "paused": False}]},
        ),
    ],
)
def test_more_of_the_same_is_benign_and_less_is_not(
    address: str, before: Json, after: Json
) -> None:
    assert benign(update(address, before, after)) == {address: "BL-scaleout"}
    assert benign(update(address, after, before)) == {}


@pytest.mark.parametrize(
    ("address", "before", "after"),
    [
        (
            "aws_autoscaling_group.a",
            {"desired_capacity": 2, "min_size": 2},
            {"desired_capacity": 4, "min_size": 0},
        ),
        ("aws_autoscaling_group.a", {"max_size": 4}, {"max_size": 400}),
        (
            "aws_ecs_service.a",
            {"desired_count": 2, "image": "a"},
            {"desired_count": 4, "image": "b"},
        ),
        ("aws_redshift_cluster.a", {"number_of_nodes": 2}, {"number_of_nodes": 3}),
        (
            "aws_lambda_function.a",
            {"reserved_concurrent_executions": -1},
            {"reserved_concurrent_executions": 5},
        ),
        (
            "kubernetes_deployment.a",
            {"spec": [{"replicas": "2", "paused": False}]},
            {"spec": [{"replicas": "4", "paused": True}]},
        ),
    ],
)
def test_growth_that_hides_something_is_a_trap(address: str, before: Json, after: Json) -> None:
    assert benign(update(address, before, after)) == {}


def test_an_unknown_count_is_a_trap() -> None:
    changed = tweak("aws_ecs_service.a", {"desired_count": 2})
    assert benign(with_unknown(changed, "desired_count")) == {}


def fleet(*going: int, size: int = 4, name: str = "worker", **fields: Any) -> list[Json]:
    address = f"aws_instance.{name}"
    return [
        delete(
            f"{address}[{index}]",
            {"id": f"i-{index}"} | fields,
            action_reason="delete_because_count_index",
        )
        if index in going
        else noop(f"{address}[{index}]", {"id": f"i-{index}"} | fields)
        for index in range(size)
    ]


def test_the_last_of_several_workers_may_go() -> None:
    assert benign(*fleet(3)) == {"aws_instance.worker[3]": "BL-scalein"}


@pytest.mark.parametrize(
    "changes",
    [
        fleet(1, 2, 3),
        fleet(1, size=2),
        fleet(3, name="etcd"),
        fleet(3, tags={"Name": "kafka-3"}),
        fleet(3, ebs_block_device=[{"device_name": "/dev/sdf"}]),
        fleet(0),
    ],
)
def test_too_many_too_important_or_the_wrong_one_is_a_trap(changes: list[Json]) -> None:
    assert benign(*changes) == {}


def test_an_index_out_of_the_middle_is_a_trap() -> None:
    changes = fleet(3)
    changes[1] = replace("aws_instance.worker[1]", {"id": "i-1"}, {"ami": "b"}, "ami")
    assert benign(*changes) == {}


def test_a_counted_database_is_a_trap() -> None:
    reason = "delete_because_count_index"
    tables = [noop(f"aws_dynamodb_table.t[{index}]") for index in range(4)]
    assert benign(*tables, delete("aws_dynamodb_table.t[4]", action_reason=reason)) == {}


def test_something_that_stays_with_the_one_that_goes_is_a_trap() -> None:
    record = noop("aws_route53_record.r", {"records": ["10.0.0.3"], "target": "i-3"})
    block = {
        "address": "aws_route53_record.r",
        "type": "aws_route53_record",
        "name": "r",
        "expressions": {"records": {"references": ["aws_instance.worker[3].private_ip"]}},
    }
    workers = {"address": "aws_instance.worker", "type": "aws_instance", "name": "worker"}
    configuration = {"root_module": {"resources": [block, workers | {"expressions": {}}]}}
    assert benign(*fleet(3), record, configuration=configuration) == {}


# --- BL-logret, BL-rds -------------------------------------------------------------------------


LOGS = "aws_cloudwatch_log_group.a"


@pytest.mark.parametrize(("before", "after"), [(14, 60), (400, 0)])
def test_logs_kept_longer_are_benign(before: int, after: int) -> None:
    changed = tweak(LOGS, {"retention_in_days": before}, retention_in_days=after)
    assert benign(changed) == {LOGS: "BL-logret"}


@pytest.mark.parametrize(
    ("before", "after"), [(60, 14), (0, 14), (0, 3650), (None, 14), (14, None)]
)
def test_logs_kept_for_less_are_a_trap(before: Any, after: Any) -> None:
    assert benign(tweak(LOGS, {"retention_in_days": before}, retention_in_days=after)) == {}


def test_logs_kept_longer_under_another_key_are_a_trap() -> None:
    before = {"retention_in_days": 14, "kms_key_id": "a"}
    assert benign(tweak(LOGS, before, retention_in_days=60, kms_key_id="")) == {}


def test_other_stores_that_keep_longer_are_benign() -> None:
    address = "aws_kinesis_stream.s"
    longer = tweak(address, {"retention_period": 24}, retention_period=48)
    assert benign(longer) == {address: "BL-logret"}
    assert benign(tweak(address, {"retention_period": 48}, retention_period=24)) == {}


RDS = "aws_db_instance.a"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"instance_class": "db.t3.medium"}, {"instance_class": "db.r6g.large"}),
        ({"instance_class": "db.r6g.large"}, {"instance_class": "db.r6g.xlarge"}),
        ({"allocated_storage": 100}, {"allocated_storage": 200}),
    ],
)
def test_a_database_that_grows_later_is_benign(before: Json, after: Json) -> None:
    assert benign(update(RDS, before, after)) == {RDS: "BL-rds"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            {"instance_class": "db.t3.medium", "apply_immediately": True},
            {"instance_class": "db.r6g.large", "apply_immediately": True},
        ),
        ({"instance_class": "db.r6g.xlarge"}, {"instance_class": "db.r6g.large"}),
        ({"instance_class": "db.r6g.large"}, {"instance_class": "db.t3.xlarge"}),
        ({"instance_class": "db.r6g.large"}, {"instance_class": "db.x9.huge"}),
        (
            {"instance_class": "db.r6g.large", "engine_version": "14.1"},
            {"instance_class": "db.r6g.xlarge", "engine_version": "15.1"},
        ),
        ({"engine_version": "14.1"}, {"engine_version": "15.1"}),
        ({"allocated_storage": 200}, {"allocated_storage": 100}),
    ],
)
def test_a_database_that_shrinks_restarts_or_upgrades_is_a_trap(before: Json, after: Json) -> None:
    assert benign(update(RDS, before, after)) == {}


# --- BL-k8sanno --------------------------------------------------------------------------------


def meta(annotations: Json | None = None, labels: Json | None = None) -> Json:
    return {
        "metadata": [
            {
                "name": "web",
                "generation": 1,
                "annotations": annotations or {},
                "labels": labels or {},
            }
        ]
    }


WEB = "kubernetes_service_v1.web"


def test_notes_in_the_metadata_are_benign() -> None:
    after = meta({"acme.dev/owner": "b", "description": "x"})
    assert benign(update(WEB, meta({"acme.dev/owner": "a"}), after)) == {WEB: "BL-k8sanno"}
    labelled = meta(labels={"app.kubernetes.io/version": "2"})
    before = meta(labels={"app.kubernetes.io/version": "1"})
    assert benign(update(WEB, before, labelled)) == {WEB: "BL-k8sanno"}


@pytest.mark.parametrize(
    "after",
    [
        meta({"service.beta.kubernetes.io/aws-load-balancer-internal": "true"}),
        meta({"kubernetes.io/ingress.class": "nginx"}),
        meta({"cert-manager.io/cluster-issuer": "x"}),
        meta({"external-dns.alpha.kubernetes.io/hostname": "x"}),
        meta({"eks.amazonaws.com/role-arn": "x"}),
        meta(labels={"app": "other"}),
        meta() | {"spec": [{"type": "LoadBalancer"}]},
    ],
)
def test_metadata_that_acts_is_a_trap(after: Json) -> None:
    assert benign(update(WEB, meta(), after)) == {}


def test_another_name_is_no_metadata_note() -> None:
    after = meta()
    after["metadata"][0]["name"] = "api"
    assert benign(update(WEB, meta(), after)) == {}


# --- all ---------------------------------------------------------------------------------------


def test_creates_and_forgets_are_not_explained() -> None:
    changes = (create("aws_eip.a", {"tags": {"a": "b"}}), change("aws_eip.b", "forget", before={}))
    assert benign(*changes) == {}


@pytest.mark.parametrize("value", [None, True, 0, "x", [], ["x"], [None], {}, {"a": []}, [{}]])
def test_odd_shapes_break_no_suppressor(value: Any) -> None:
    attributes = (
        "tags", "labels", "description", "policy", "subnets", "etag", "container_definitions",
        "image_id", "layers", "image_uri", "desired_capacity", "spec", "scaling_config", "metadata",
        "retention_in_days", "instance_class", "allocated_storage", "template", "ebs_block_device",
        "instance_refresh", "selection_tag", "timeouts", "force_destroy",
    )  # fmt: skip
    types = (
        "aws_ecs_task_definition", "aws_launch_template", "aws_lambda_function", "aws_db_instance",
        "aws_cloudwatch_log_group", "kubernetes_deployment", "aws_autoscaling_group",
        "google_cloud_run_v2_service", "aws_instance", "aws_backup_selection", "null_resource",
        "aws_s3_bucket_policy",
    )  # fmt: skip
    odd, plain = dict.fromkeys(attributes, value), dict.fromkeys(attributes, "plain")
    changes: list[Json] = []
    for kind in types:
        changes += [
            update(f'{kind}.c["{name}"]', {name: "plain"}, {name: value}) for name in attributes
        ]
        changes += [
            delete(f"{kind}.a[0]", odd, action_reason="delete_because_count_index"),
            noop(f"{kind}.a[1]", odd),
            replace(f"{kind}.b", odd, plain, "spec", create_first=True),
            update(f"{kind}.d", odd, plain, importing={"id": "x"}),
        ]
    benign(*changes, references={f"{kind}.b": {} for kind in types})


def test_every_page_tells_its_traps() -> None:
    for item in SUPPRESSORS:
        assert all(word in item.page for word in ("Harmless when", "Traps", "References")), item.id
    assert len({item.id for item in SUPPRESSORS}) == len(SUPPRESSORS)


UNUSED = "aws_secretsmanager_secret.smtp"


def test_an_unused_secret_that_can_be_brought_back_may_go() -> None:
    gone = delete(UNUSED, {"name": "smtp", "recovery_window_in_days": 30})
    assert benign(gone) == {UNUSED: "BL-window"}


@pytest.mark.parametrize(
    "before",
    [
        {"name": "smtp", "recovery_window_in_days": 0},
        {"name": "smtp", "recovery_window_in_days": None},
        {"name": "smtp", "recovery_window_in_days": 30, "replica": [{"region": "eu"}]},
    ],
)
def test_a_secret_with_no_way_back_or_a_replica_is_no_look_alike(before: Json) -> None:
    assert benign(delete(UNUSED, before)) == {}


def test_a_secret_that_something_refers_to_is_no_look_alike() -> None:
    gone = delete(UNUSED, {"name": "smtp", "recovery_window_in_days": 30})
    app = noop("aws_ecs_task_definition.app", {"family": "app"})
    uses = {"aws_ecs_task_definition.app": {"container_definitions": [f"{UNUSED}.arn"]}}
    assert benign(gone, app, references=uses) == {}


def test_a_secret_that_something_names_without_a_reference_is_no_look_alike() -> None:
    gone = delete(UNUSED, {"name": "smtp-relay", "recovery_window_in_days": 30})
    app = noop("aws_ecs_task_definition.app", {"container_definitions": '["secret:smtp-relay-x"]'})
    assert benign(gone, app) == {}
