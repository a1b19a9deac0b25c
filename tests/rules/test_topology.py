from __future__ import annotations

from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.plan import Plan
from iacrisk.rules.context import Context
from iacrisk.rules.engine import review
from iacrisk.rules.rule import Confidence, Review, Severity
from iacrisk.rules.topology import RULES
from tests.plans import change, create, delete, noop, plan, replace, tweak, update

Json = dict[str, Any]
Pairs = set[tuple[str, str]]
Weights = dict[tuple[str, str], tuple[Severity, Confidence]]


def judged(reviewed: Plan) -> Review:
    result = review(Context(reviewed, build_graph(reviewed)), rules=RULES, suppressors=())
    assert result.failures == ()
    assert result.undecided == ()
    return result


def findings(*changes: Json, **fields: Any) -> Pairs:
    result = judged(plan(*changes, **fields))
    return {(finding.rule, finding.address) for finding in result.findings}


def weights(*changes: Json, **fields: Any) -> Weights:
    result = judged(plan(*changes, **fields))
    return {(item.rule, item.address): (item.severity, item.confidence) for item in result.findings}


def rebuilt_by_unknown(address: str, argument: str, before: Any, **fields: Any) -> Json:
    unknown = {"id": True, argument: True}
    return replace(address, {argument: before}, {}, argument, after_unknown=unknown, **fields)


# G04


PARAMETER = tweak("aws_ssm_parameter.p", {"value": "1", "version": 1}, value="2")


@pytest.mark.parametrize(
    ("type_name", "argument", "severity"),
    [
        ("aws_dynamodb_table", "name", Severity.CRITICAL),
        ("google_bigquery_dataset", "location", Severity.CRITICAL),
        ("google_container_node_pool", "name", Severity.HIGH),
        ("aws_eks_cluster", "role_arn", Severity.HIGH),
        ("aws_security_group", "vpc_id", Severity.HIGH),
        ("aws_cloudwatch_metric_alarm", "alarm_name", Severity.MEDIUM),
    ],
)
def test_an_update_upstream_that_forces_a_replacement_is_flagged(
    type_name: str, argument: str, severity: Severity
) -> None:
    address = f"{type_name}.x"
    found = weights(
        PARAMETER,
        rebuilt_by_unknown(address, argument, "known"),
        references={address: {argument: ["aws_ssm_parameter.p.version"]}},
    )
    assert found == {("G04", address): (severity, Confidence.HIGH)}


def test_a_deferred_data_source_that_forces_a_replacement_is_flagged() -> None:
    found = findings(
        change(
            "data.aws_vpc.v",
            "read",
            after={},
            after_unknown={"id": True},
            action_reason="read_because_dependency_pending",
        ),
        rebuilt_by_unknown("aws_security_group.g", "vpc_id", "vpc-1"),
        references={"aws_security_group.g": {"vpc_id": ["data.aws_vpc.v.id"]}},
    )
    assert found == {("G04", "aws_security_group.g")}


def test_a_new_random_name_that_rebuilds_a_pool_is_flagged() -> None:
    address = "google_container_node_pool.p"
    found = weights(
        replace("random_id.name", {"keepers": {}}, {"keepers": {"a": "b"}}, "keepers"),
        rebuilt_by_unknown(address, "name", "pool-1a2b"),
        references={address: {"name": ["random_id.name.hex"]}},
    )
    assert found == {("G04", address): (Severity.HIGH, Confidence.MEDIUM)}


def test_without_configuration_the_cause_is_less_sure() -> None:
    found = weights(rebuilt_by_unknown("aws_dynamodb_table.t", "name", "a"))
    assert found == {("G04", "aws_dynamodb_table.t"): (Severity.CRITICAL, Confidence.MEDIUM)}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(
            replace("aws_dynamodb_table.t", {"name": "a"}, {"name": "b"}, "name"), id="known"
        ),
        pytest.param(
            rebuilt_by_unknown("aws_dynamodb_table.t", "name", None), id="null becomes unknown"
        ),
        pytest.param(
            replace(
                "aws_dynamodb_table.t",
                {"name": "a", "hash_key": "x"},
                {"hash_key": "y"},
                "name",
                "hash_key",
                after_unknown={"name": True},
            ),
            id="another path is reason enough",
        ),
        pytest.param(
            rebuilt_by_unknown("terraform_data.t", "triggers_replace", "a"), id="nothing lost"
        ),
        pytest.param(
            update("aws_dynamodb_table.t", {"name": "a"}, {}, after_unknown={"name": True}),
            id="in place",
        ),
        pytest.param(
            change(
                "aws_dynamodb_table.t",
                "create",
                "forget",
                before={"name": "a"},
                after={},
                after_unknown={"name": True},
                replace_paths=[["name"]],
            ),
            id="the old one stays",
        ),
    ],
)
def test_a_replacement_with_another_cause_passes(changed: Json) -> None:
    assert findings(changed) == set()


def test_an_attachment_that_follows_a_new_object_passes() -> None:
    found = findings(
        replace("aws_instance.i", {"ami": "a"}, {"ami": "b"}, "ami"),
        rebuilt_by_unknown("aws_volume_attachment.a", "instance_id", "i-1"),
        references={"aws_volume_attachment.a": {"instance_id": ["aws_instance.i.id"]}},
    )
    assert found == set()


def test_each_value_leads_to_the_object_that_for_each_runs_over() -> None:
    address = 'aws_instance.api["a"]'
    found = weights(
        replace('aws_subnet.s["a"]', {"cidr_block": "a"}, {"cidr_block": "b"}, "cidr_block"),
        rebuilt_by_unknown(address, "subnet_id", "subnet-1"),
        references={"aws_instance.api": {"for_each": ["aws_subnet.s"]}},
    )
    assert found == {("G04", address): (Severity.HIGH, Confidence.MEDIUM)}


# G05


ROLE = {"name": "app", "id": "app", "arn": "arn:aws:iam::1:role/app", "path": "/"}
ROLE_POLICY = {"aws_iam_role_policy.p": {"role": ["aws_iam_role.r.name"]}}


def test_an_inline_policy_is_lost_with_its_role_of_the_same_name() -> None:
    found = weights(
        replace("aws_iam_role.r", ROLE, {"name": "app", "path": "/x/"}, "path"),
        noop("aws_iam_role_policy.p", {"role": "app", "policy": "{}"}),
        references=ROLE_POLICY,
    )
    assert found == {("G05", "aws_iam_role.r"): (Severity.HIGH, Confidence.HIGH)}


def test_an_inline_policy_that_is_replaced_with_its_role_passes() -> None:
    found = findings(
        replace("aws_iam_role.r", ROLE, {"name": "app", "path": "/x/"}, "path"),
        rebuilt_by_unknown("aws_iam_role_policy.p", "role", "app"),
        references=ROLE_POLICY,
    )
    assert found == set()


def test_settings_of_a_bucket_of_the_same_name_are_lost() -> None:
    bucket = {"bucket": "acme", "id": "acme-logs", "object_lock_enabled": False}
    found = findings(
        replace(
            "aws_s3_bucket.b",
            bucket,
            {"bucket": "acme", "object_lock_enabled": True},
            "object_lock_enabled",
        ),
        noop("aws_s3_bucket_policy.p", {"bucket": "acme", "policy": "{}"}),
        references={"aws_s3_bucket_policy.p": {"bucket": ["aws_s3_bucket.b.bucket"]}},
    )
    assert found == {("G05", "aws_s3_bucket.b")}


GROUP = {"id": "sg-0123456789", "name": "app"}


def test_a_group_deleted_while_its_id_stands_elsewhere_is_flagged() -> None:
    gone = delete("aws_security_group.g", GROUP)
    user = {"id": "i-1", "vpc_security_group_ids": ["sg-0123456789"]}
    assert weights(gone, noop("aws_instance.i", user)) == {
        ("G05", "aws_security_group.g"): (Severity.HIGH, Confidence.HIGH)
    }


@pytest.mark.parametrize(
    "user",
    [
        pytest.param(
            delete("aws_instance.i", {"vpc_security_group_ids": ["sg-0123456789"]}),
            id="goes too",
        ),
        pytest.param(
            update(
                "aws_instance.i",
                {"vpc_security_group_ids": ["sg-0123456789"]},
                {"vpc_security_group_ids": ["sg-new"]},
            ),
            id="is switched over",
        ),
        pytest.param(
            noop("aws_cloudwatch_metric_alarm.a", {"dimensions": {"g": "sg-0123456789"}}),
            id="only watches",
        ),
        pytest.param(noop("aws_instance.i", {"tags": {"was": "sg-0123456789"}}), id="a tag"),
        pytest.param(
            noop("aws_instance.i", {"vpc_security_group_ids": ["sg-other"]}), id="another"
        ),
    ],
)
def test_an_object_deleted_with_all_that_needs_it_passes(user: Json) -> None:
    assert findings(delete("aws_security_group.g", GROUP), user) == set()


def test_an_image_may_go_while_machines_made_from_it_run() -> None:
    image = {"id": "ami-0123456789"}
    assert findings(
        delete("aws_ami.a", image), noop("aws_instance.i", {"ami": "ami-0123456789"})
    ) == (set())


def test_what_the_provider_only_reports_is_no_reference() -> None:
    balancer = {"id": "arn:aws:elb:lb/front", "arn": "arn:aws:elb:lb/front", "internal": False}
    found = findings(
        replace("aws_lb.front", balancer, {"internal": True}, "internal"),
        noop("aws_lb_target_group.t", {"load_balancer_arns": ["arn:aws:elb:lb/front"], "port": 80}),
        references={"aws_lb_target_group.t": {"port": ["var.port"]}},
    )
    assert found == set()


LISTENER = {"aws_lb_listener.l": {"default_action": ["aws_lb_target_group.t.arn"]}}


def listens(create_first: bool) -> tuple[Json, Json]:
    group = {"port": 80, "arn": "arn:aws:tg/t-1", "id": "arn:aws:tg/t-1"}
    return (
        replace("aws_lb_target_group.t", group, {"port": 81}, "port", create_first=create_first),
        update(
            "aws_lb_listener.l",
            {"default_action": [{"target_group_arn": "arn:aws:tg/t-1"}]},
            {"default_action": [{}]},
            after_unknown={"default_action": [{"target_group_arn": True}]},
        ),
    )


def test_what_is_deleted_before_its_user_lets_go_is_flagged() -> None:
    assert weights(*listens(create_first=False), references=LISTENER) == {
        ("G05", "aws_lb_target_group.t"): (Severity.HIGH, Confidence.MEDIUM)
    }


def test_what_is_created_before_its_user_switches_over_passes() -> None:
    assert findings(*listens(create_first=True), references=LISTENER) == set()


def test_a_new_revision_of_a_task_passes() -> None:
    found = findings(
        replace(
            "aws_ecs_task_definition.t",
            {"container_definitions": "a", "arn": "arn:task:1"},
            {"container_definitions": "b"},
            "container_definitions",
        ),
        update(
            "aws_ecs_service.s",
            {"task_definition": "arn:task:1"},
            {},
            after_unknown={"task_definition": True},
        ),
        references={"aws_ecs_service.s": {"task_definition": ["aws_ecs_task_definition.t.arn"]}},
    )
    assert found == set()


# G08


def test_a_provider_configured_from_a_replaced_cluster_is_flagged() -> None:
    configuration = {
        "provider_config": {
            "kubernetes": {
                "name": "kubernetes",
                "expressions": {"host": {"references": ["aws_eks_cluster.c.endpoint"]}},
            }
        },
        "root_module": {
            "resources": [
                {
                    "address": address,
                    "mode": "managed",
                    "type": address.partition(".")[0],
                    "name": address.partition(".")[2],
                    "provider_config_key": key,
                    "expressions": {},
                }
                for address, key in (
                    ("aws_eks_cluster.c", "aws"),
                    ("kubernetes_deployment.d", "kubernetes"),
                )
            ]
        },
    }
    cluster = replace("aws_eks_cluster.c", {"role_arn": "a"}, {"role_arn": "b"}, "role_arn")
    new = create("aws_eks_cluster.c", {"role_arn": "b"})
    stays = noop("kubernetes_deployment.d", {"id": "x"})
    flagged = {("G08", "aws_eks_cluster.c")}
    assert findings(cluster, stays, configuration=configuration) == flagged
    assert findings(new, stays, configuration=configuration) == flagged
    assert findings(new, create("kubernetes_deployment.d"), configuration=configuration) == set()


# G09


def node(number: int, address: str = "aws_instance.n", **fields: Any) -> Json:
    return replace(f"{address}[{number}]", {"ami": "a"}, {"ami": "b"}, "ami", **fields)


@pytest.mark.parametrize(("replaced", "total"), [(2, 2), (2, 3), (2, 4), (3, 3)])
def test_half_of_the_siblings_replaced_delete_first_is_serious(replaced: int, total: int) -> None:
    group = [
        node(number) if number < replaced else noop(f"aws_instance.n[{number}]", {})
        for number in range(total)
    ]
    assert weights(*group) == {("G09", "aws_instance.n[0]"): (Severity.HIGH, Confidence.HIGH)}


def test_siblings_in_instances_of_one_module_count_together() -> None:
    found = findings(
        replace('module.node["a"].hcloud_server.this', {"image": "a"}, {"image": "b"}, "image"),
        replace('module.node["b"].hcloud_server.this', {"image": "a"}, {"image": "b"}, "image"),
        noop('module.node["c"].hcloud_server.this', {}),
    )
    assert found == {("G09", 'module.node["a"].hcloud_server.this')}


def test_members_of_one_cluster_count_together_whatever_their_block() -> None:
    member = {"cluster_identifier": "c", "engine": "a"}
    found = findings(
        replace("aws_rds_cluster_instance.writer", member, member, "engine"),
        replace("aws_rds_cluster_instance.reader", member, member, "engine"),
    )
    assert found == {("G09", "aws_rds_cluster_instance.reader")}


@pytest.mark.parametrize(
    "group",
    [
        pytest.param(
            [node(0), *[noop(f"aws_instance.n[{n}]", {}) for n in (1, 2)]], id="one of three"
        ),
        pytest.param([node(0, create_first=True), node(1, create_first=True)], id="create first"),
        pytest.param(
            [noop("aws_instance.n[0]", {}), delete("aws_instance.n[1]", {})], id="the last one goes"
        ),
        pytest.param(
            [delete(f"aws_instance.n[{n}]", {}) for n in range(3)], id="the group is retired"
        ),
        pytest.param(
            [noop("aws_instance.n[0]", {}), *[create(f"aws_instance.n[{n}]") for n in (1, 2)]],
            id="more of them",
        ),
        pytest.param([node(n, "null_resource.n") for n in range(2)], id="nothing lost"),
        pytest.param([node(n, "aws_sqs_queue.n") for n in range(2)], id="each has its own work"),
    ],
)
def test_groups_that_keep_enough_pass(group: list[Json]) -> None:
    assert findings(*group) == set()


def test_most_but_not_all_of_a_group_deleted_is_serious() -> None:
    group = [
        noop("aws_instance.n[0]", {}),
        *[delete(f"aws_instance.n[{n}]", {}) for n in (1, 2, 3)],
    ]
    assert weights(*group) == {("G09", "aws_instance.n[1]"): (Severity.HIGH, Confidence.HIGH)}


@pytest.mark.parametrize("odd", [None, "text", 7, True, [1, None], {"a": []}])
@pytest.mark.parametrize("action", [("update",), ("delete", "create"), ("delete",)])
def test_odd_values_do_not_make_a_rule_raise(odd: Any, action: tuple[str, ...]) -> None:
    judged_anyway = review(
        Context(
            reviewed := plan(
                change("aws_instance.x", *action, before={"id": odd}, after={"id": odd}),
                change("aws_iam_role.y", *action, before=odd, after=odd, replace_paths=[[]]),
                change(
                    "aws_lb.z", *action, before=odd, after_unknown=True, replace_paths=[["a", 0]]
                ),
                noop("aws_rds_cluster_instance.i", {"cluster_identifier": odd}),
            ),
            build_graph(reviewed),
        ),
        rules=RULES,
        suppressors=(),
    )
    assert judged_anyway.failures == ()
