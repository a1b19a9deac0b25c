from __future__ import annotations

from typing import Any

import pytest

from iacrisk.graph import build_graph
from iacrisk.plan import Plan
from iacrisk.rules.compute import RULES
from iacrisk.rules.context import Context
from iacrisk.rules.engine import review
from iacrisk.rules.rule import Confidence, Review, Severity
from tests.plans import change, create, delete, noop, plan, replace, tweak, update

Json = dict[str, Any]
Pairs = set[tuple[str, str]]
Weights = dict[tuple[str, str], tuple[Severity, Confidence]]


def judged(reviewed: Plan) -> Review:
    result = review(Context(reviewed, build_graph(reviewed)), rules=RULES, suppressors=())
    assert result.failures == ()
    return result


def findings(*changes: Json, **fields: Any) -> Pairs:
    result = judged(plan(*changes, **fields))
    assert result.undecided == ()
    return {(finding.rule, finding.address) for finding in result.findings}


def weights(*changes: Json, **fields: Any) -> Weights:
    result = judged(plan(*changes, **fields))
    return {(item.rule, item.address): (item.severity, item.confidence) for item in result.findings}


def undecided(*changes: Json, **fields: Any) -> Pairs:
    result = judged(plan(*changes, **fields))
    assert result.findings == ()
    return {(item.rule, item.address) for item in result.undecided}


# C01


@pytest.mark.parametrize(
    "type_name",
    [
        "aws_eks_cluster",
        "azurerm_kubernetes_cluster",
        "digitalocean_kubernetes_cluster",
        "google_container_cluster",
        "linode_lke_cluster",
    ],
)
@pytest.mark.parametrize("create_first", [True, False])
def test_a_replaced_cluster_is_critical_in_either_order(type_name: str, create_first: bool) -> None:
    found = weights(
        replace(f"{type_name}.c", {"name": "a"}, {"name": "b"}, "name", create_first=create_first)
    )
    assert found == {("C01", f"{type_name}.c"): (Severity.CRITICAL, Confidence.HIGH)}


def test_a_deleted_cluster_is_critical() -> None:
    assert findings(delete("aws_eks_cluster.c", {})) == {("C01", "aws_eks_cluster.c")}


def test_a_container_cluster_counts_only_with_services() -> None:
    gone = delete("aws_ecs_cluster.c", {"id": "arn:aws:ecs:eu-west-1:1:cluster/c"})
    service = noop("aws_ecs_service.s", {"cluster": "arn:aws:ecs:eu-west-1:1:cluster/c"})
    assert findings(gone) == set()
    assert findings(gone, service) == {("C01", "aws_ecs_cluster.c")}


def test_a_cluster_that_is_updated_passes() -> None:
    assert findings(tweak("aws_eks_cluster.c", {"tags": {}}, tags={"team": "a"})) == set()


def test_an_upgraded_control_plane_is_flagged_for_it_cannot_go_back() -> None:
    upgrade = tweak("aws_eks_cluster.c", {"version": "1.30"}, version="1.31")
    assert findings(upgrade) == {("C15", "aws_eks_cluster.c")}


# C02


POOL = {"cluster_name": "prod", "scaling_config": [{"desired_size": 3}], "instance_types": ["m"]}


def rebuilt_pool(address: str = "aws_eks_node_group.a", **fields: Any) -> Json:
    return replace(address, POOL, {**POOL, "instance_types": ["l"]}, "instance_types", **fields)


def test_the_only_pool_replaced_delete_first_is_critical() -> None:
    found = weights(rebuilt_pool())
    assert found == {("C02", "aws_eks_node_group.a"): (Severity.CRITICAL, Confidence.HIGH)}


def test_a_pool_replaced_while_another_stays_is_serious() -> None:
    found = weights(rebuilt_pool(), noop("aws_eks_node_group.b", POOL))
    assert found == {("C02", "aws_eks_node_group.a"): (Severity.HIGH, Confidence.HIGH)}


def test_a_pool_of_another_cluster_gives_no_room() -> None:
    other = noop("aws_eks_node_group.b", {**POOL, "cluster_name": "staging"})
    found = weights(rebuilt_pool(), other)
    assert found == {("C02", "aws_eks_node_group.a"): (Severity.CRITICAL, Confidence.HIGH)}


def test_a_pool_replaced_create_first_passes() -> None:
    assert findings(rebuilt_pool(create_first=True)) == set()


def test_an_empty_pool_may_be_replaced() -> None:
    empty = {**POOL, "scaling_config": [{"desired_size": 0}]}
    assert findings(replace("aws_eks_node_group.a", empty, empty, "instance_types")) == set()


def test_a_deleted_pool_weighs_by_what_stays() -> None:
    gone = delete("google_container_node_pool.a", {"cluster": "prod", "node_count": 3})
    stays = noop("google_container_node_pool.b", {"cluster": "prod", "node_count": 3})
    comes = create("google_container_node_pool.c", {"cluster": "prod", "node_count": 3})
    key = ("C02", "google_container_node_pool.a")
    assert weights(gone) == {key: (Severity.HIGH, Confidence.HIGH)}
    assert weights(gone, comes) == {key: (Severity.HIGH, Confidence.MEDIUM)}
    assert weights(gone, stays) == {key: (Severity.MEDIUM, Confidence.MEDIUM)}


def test_the_default_pool_of_aks_rotated_in_place_is_flagged() -> None:
    before = {"default_node_pool": [{"vm_size": "D4", "node_count": 3, "name": "sys"}]}
    after = {"default_node_pool": [{"vm_size": "D8", "node_count": 3, "name": "sys"}]}
    found = weights(update("azurerm_kubernetes_cluster.c", before, after))
    assert found == {("C02", "azurerm_kubernetes_cluster.c"): (Severity.MEDIUM, Confidence.HIGH)}


def test_more_nodes_in_the_default_pool_pass() -> None:
    before = {"default_node_pool": [{"vm_size": "D4", "node_count": 3}]}
    after = {"default_node_pool": [{"vm_size": "D4", "node_count": 5}]}
    assert findings(update("azurerm_kubernetes_cluster.c", before, after)) == set()


def test_an_update_forced_past_disruption_budgets_is_flagged() -> None:
    before = {**POOL, "version": "1.30", "force_update_version": True}
    address = "aws_eks_node_group.a"
    assert findings(tweak(address, before, version="1.31")) == {("C02", address)}
    assert findings(tweak(address, before, version="1.31", force_update_version=None)) == set()


# C03


def machine(address: str, **fields: Any) -> Json:
    return replace(address, {"ami": "a"}, {"ami": "b"}, "ami", **fields)


@pytest.mark.parametrize(
    "type_name",
    [
        "aws_instance",
        "azurerm_linux_virtual_machine",
        "digitalocean_droplet",
        "google_compute_instance",
        "hcloud_server",
    ],
)
def test_a_single_machine_replaced_delete_first_is_serious(type_name: str) -> None:
    found = weights(machine(f"{type_name}.m"))
    assert found == {("C03", f"{type_name}.m"): (Severity.HIGH, Confidence.HIGH)}


def test_one_of_three_replaced_delete_first_is_worth_a_look() -> None:
    found = weights(
        machine("aws_instance.m[0]"), noop("aws_instance.m[1]", {}), noop("aws_instance.m[2]", {})
    )
    assert found == {("C03", "aws_instance.m[0]"): (Severity.MEDIUM, Confidence.MEDIUM)}


def test_one_of_four_replaced_passes() -> None:
    others = [noop(f"aws_instance.m[{n}]", {}) for n in (1, 2, 3)]
    assert findings(machine("aws_instance.m[0]"), *others) == set()


def test_siblings_replaced_together_are_serious() -> None:
    found = weights(machine("aws_instance.m[0]"), machine("aws_instance.m[1]"))
    assert set(found.values()) == {(Severity.HIGH, Confidence.HIGH)}


def test_one_of_many_replaced_create_first_passes() -> None:
    found = findings(machine("aws_instance.m[0]", create_first=True), noop("aws_instance.m[1]", {}))
    assert found == set()


def test_a_single_machine_replaced_create_first_loses_its_disk_only() -> None:
    found = weights(machine("aws_instance.m", create_first=True))
    assert found == {("C03", "aws_instance.m"): (Severity.MEDIUM, Confidence.MEDIUM)}


def test_the_last_of_several_may_go() -> None:
    gone = delete("aws_instance.m[1]", {}, action_reason="delete_because_count_index")
    assert findings(noop("aws_instance.m[0]", {}), gone) == set()


def test_a_deleted_machine_weighs_by_who_uses_it() -> None:
    gone = delete("aws_instance.db", {"id": "i-0123456789", "private_ip": "10.0.0.9"})
    user = noop("aws_lambda_function.f", {"environment": [{"variables": {"DB": "i-0123456789"}}]})
    key = ("C03", "aws_instance.db")
    assert weights(gone) == {key: (Severity.MEDIUM, Confidence.MEDIUM)}
    assert weights(gone, user) == {key: (Severity.HIGH, Confidence.MEDIUM)}


# C05


@pytest.mark.parametrize(
    ("type_name", "argument"),
    [
        ("aws_instance", "instance_type"),
        ("aws_instance", "user_data"),
        ("azurerm_linux_virtual_machine", "size"),
        ("digitalocean_droplet", "size"),
        ("google_compute_instance", "machine_type"),
        ("hcloud_server", "server_type"),
    ],
)
def test_an_update_that_stops_the_machine_is_flagged(type_name: str, argument: str) -> None:
    found = weights(tweak(f"{type_name}.m", {argument: "a"}, **{argument: "b"}))
    assert found == {("C05", f"{type_name}.m"): (Severity.MEDIUM, Confidence.MEDIUM)}


def test_siblings_stopped_at_the_same_time_are_serious() -> None:
    pair = [
        tweak(f"aws_instance.m[{n}]", {"instance_type": "a"}, instance_type="b") for n in (0, 1)
    ]
    assert set(weights(*pair).values()) == {(Severity.HIGH, Confidence.MEDIUM)}


@pytest.mark.parametrize(
    ("before", "changed"),
    [
        ({"tags": {}}, {"tags": {"a": "b"}}),
        ({"instance_type": "a", "instance_state": "stopped"}, {"instance_type": "b"}),
        ({"user_data": None}, {"user_data": ""}),
    ],
)
def test_an_update_that_stops_nothing_passes(before: Json, changed: Json) -> None:
    assert findings(tweak("aws_instance.m", before, **changed)) == set()


# C06

ANNOTATION = "autoscaling.knative.dev/maxScale"


def nested(path: str, value: Any) -> Any:
    """`value` at a dotted path, where numbers are places in a list."""
    head, _, rest = path.partition(".")
    inner = nested(rest, value) if rest else value
    return [inner] if head.isdigit() else {head: inner}


@pytest.mark.parametrize(
    ("type_name", "path", "before", "after"),
    [
        ("aws_ecs_service", "desired_count", 4, 0),
        ("aws_ecs_service", "desired_count", 10, 3),
        ("aws_autoscaling_group", "desired_capacity", 6, 0),
        ("aws_autoscaling_group", "max_size", 6, 0),
        ("aws_eks_node_group", "scaling_config.0.desired_size", 9, 3),
        ("aws_lambda_function", "reserved_concurrent_executions", -1, 0),
        ("aws_lambda_function", "reserved_concurrent_executions", 50, 0),
        ("google_cloudfunctions2_function", "service_config.0.max_instance_count", 9, 0),
        ("google_cloud_run_v2_service", "template.0.scaling.0.max_instance_count", 9, 0),
        ("google_compute_instance_group_manager", "target_size", 6, 1),
        ("google_container_node_pool", "node_count", 3, 0),
        ("azurerm_linux_virtual_machine_scale_set", "instances", 8, 2),
        ("azurerm_service_plan", "worker_count", 6, 1),
        ("azurerm_app_service_plan", "sku.0.capacity", 6, 1),
        ("azurerm_kubernetes_cluster_node_pool", "node_count", 6, 2),
        ("kubernetes_deployment", "spec.0.replicas", "3", "0"),
        ("kubernetes_stateful_set_v1", "spec.0.replicas", "5", "1"),
        ("kubernetes_horizontal_pod_autoscaler_v2", "spec.0.max_replicas", 9, 0),
        ("kubernetes_manifest", "manifest.spec.replicas", 3, 0),
        ("digitalocean_kubernetes_node_pool", "node_count", 5, 1),
        ("digitalocean_app", "spec.0.service.0.instance_count", 4, 1),
        ("azurerm_monitor_autoscale_setting", "profile.0.capacity.0.maximum", 4, 0),
        ("helm_release", "values.0", "web:\n  replicaCount: 3\n", "web:\n  replicaCount: 0\n"),
        ("kubectl_manifest", "yaml_body", "spec:\n  replicas: 3\n", "spec:\n  replicas: 1\n"),
    ],
)
def test_a_number_cut_to_zero_or_by_more_than_half_is_serious(
    type_name: str, path: str, before: Any, after: Any
) -> None:
    address = f"{type_name}.x"
    found = weights(update(address, nested(path, before), nested(path, after)))
    assert [(key, weight[0]) for key, weight in found.items()] == [
        (("C06", address), Severity.HIGH)
    ]


def test_the_ceiling_of_a_cloud_run_service_stands_in_an_annotation() -> None:
    values = [
        {"template": [{"metadata": [{"annotations": {ANNOTATION: number}}]}]}
        for number in ("20", "0")
    ]
    found = weights(update("google_cloud_run_service.s", *values))
    assert found == {("C06", "google_cloud_run_service.s"): (Severity.HIGH, Confidence.HIGH)}


@pytest.mark.parametrize(
    ("type_name", "path", "before", "after"),
    [
        ("aws_ecs_service", "desired_count", 10, 8),
        ("aws_ecs_service", "desired_count", 2, 1),
        ("aws_ecs_service", "desired_count", 2, 6),
        ("aws_autoscaling_group", "max_size", 10, 20),
        ("aws_autoscaling_schedule", "desired_capacity", 10, 8),
        ("aws_lambda_function", "reserved_concurrent_executions", 50, -1),
        ("aws_lambda_function", "reserved_concurrent_executions", -1, 50),
        ("kubernetes_deployment", "spec.0.replicas", "3", "4"),
        ("azurerm_container_app", "template.0.min_replicas", 1, 0),
        ("aws_ecs_service", "desired_count", 0, 0),
        ("helm_release", "values.0", "replicaCount: 3\n", "replicaCount: 5\n"),
    ],
)
def test_growth_and_small_steps_pass(type_name: str, path: str, before: Any, after: Any) -> None:
    changed = update(f"{type_name}.x", nested(path, before), {**nested(path, after), "z": "z"})
    assert findings(changed) == set()


def test_a_lower_floor_is_worth_a_look() -> None:
    found = weights(tweak("aws_appautoscaling_target.t", {"min_capacity": 4}, min_capacity=1))
    assert found == {("C06", "aws_appautoscaling_target.t"): (Severity.MEDIUM, Confidence.LOW)}


def test_a_ceiling_weighs_more_when_more_run_today() -> None:
    before = {"max_size": 20, "desired_capacity": 15}
    address = ("C06", "aws_autoscaling_group.g")
    forced = weights(tweak("aws_autoscaling_group.g", before, max_size=6))
    spare = weights(tweak("aws_autoscaling_group.g", {**before, "desired_capacity": 4}, max_size=6))
    assert forced == {address: (Severity.HIGH, Confidence.MEDIUM)}
    assert spare == {address: (Severity.MEDIUM, Confidence.MEDIUM)}


def test_a_service_whose_load_another_takes_over_is_only_worth_a_look() -> None:
    found = weights(
        tweak("aws_ecs_service.blue", {"desired_count": 4}, desired_count=0),
        tweak("aws_ecs_service.green", {"desired_count": 0}, desired_count=4),
    )
    assert found == {("C06", "aws_ecs_service.blue"): (Severity.MEDIUM, Confidence.MEDIUM)}


def test_a_number_that_becomes_unknown_is_undecided() -> None:
    found = undecided(
        update("aws_ecs_service.s", {"desired_count": 4}, {}, after_unknown={"desired_count": True})
    )
    assert found == {("C06", "aws_ecs_service.s")}


@pytest.mark.parametrize(
    ("type_name", "argument", "on", "off"),
    [
        ("aws_cloudfront_distribution", "enabled", True, False),
        ("aws_lambda_event_source_mapping", "enabled", True, False),
        ("azurerm_linux_web_app", "enabled", True, False),
        ("cloudflare_load_balancer", "enabled", True, False),
        ("google_compute_instance", "desired_status", "RUNNING", "TERMINATED"),
        ("aws_scheduler_schedule", "state", "ENABLED", "DISABLED"),
        ("google_cloud_scheduler_job", "paused", False, True),
    ],
)
def test_a_service_switched_off_is_serious_and_on_passes(
    type_name: str, argument: str, on: Any, off: Any
) -> None:
    address = f"{type_name}.x"
    found = weights(tweak(address, {argument: on}, **{argument: off}))
    assert [(key, weight[0]) for key, weight in found.items()] == [
        (("C06", address), Severity.HIGH)
    ]
    assert findings(tweak(address, {argument: off}, **{argument: on})) == set()


def test_an_event_rule_that_nothing_listens_to_is_only_worth_a_look() -> None:
    rule = {"state": "ENABLED", "name": "nightly", "schedule_expression": "rate(1 day)"}
    off = tweak("aws_cloudwatch_event_rule.r", rule, state="DISABLED")
    target = noop("aws_cloudwatch_event_target.t", {"rule": "nightly"})
    key = ("C06", "aws_cloudwatch_event_rule.r")
    names = {"aws_cloudwatch_event_target.t": {"rule": ["aws_cloudwatch_event_rule.r.name"]}}
    assert weights(off) == {key: (Severity.MEDIUM, Confidence.MEDIUM)}
    assert weights(off, target, references=names) == {key: (Severity.HIGH, Confidence.MEDIUM)}


def test_numbers_of_what_goes_by_use_count_no_more() -> None:
    table = {"billing_mode": "PROVISIONED", "read_capacity": 50, "write_capacity": 50}
    cut = {"read_capacity": 0, "write_capacity": 0}
    by_use = tweak("aws_dynamodb_table.t", table, billing_mode="PAY_PER_REQUEST", **cut)
    assert findings(by_use) == set()
    assert findings(tweak("aws_dynamodb_table.t", table, **cut)) == {
        ("C06", "aws_dynamodb_table.t")
    }


def test_a_service_made_with_nothing_running_passes() -> None:
    assert findings(create("aws_ecs_service.s", {"desired_count": 0})) == set()


# C08


@pytest.mark.parametrize(
    ("type_name", "severity"),
    [
        ("aws_ecs_service", Severity.HIGH),
        ("kubernetes_deployment", Severity.HIGH),
        ("aws_lambda_function", Severity.MEDIUM),
    ],
)
def test_a_service_replaced_delete_first_is_flagged(type_name: str, severity: Severity) -> None:
    found = weights(replace(f"{type_name}.s", {"name": "a"}, {"name": "b"}, "name"))
    assert found == {("C08", f"{type_name}.s"): (severity, Confidence.MEDIUM)}


def test_a_service_replaced_create_first_passes() -> None:
    renamed = replace(
        "aws_autoscaling_group.g", {"name": "a"}, {"name": "b"}, "name", create_first=True
    )
    assert findings(renamed) == set()


SERVES = {"aws_ecs_service.api": {"load_balancer": ["aws_lb_target_group.api.arn"]}}


def test_a_service_deleted_from_behind_its_balancer_is_flagged() -> None:
    found = findings(
        delete("aws_ecs_service.api", {"desired_count": 3, "load_balancer": [{"x": "arn:tg-api"}]}),
        noop("aws_lb_target_group.api", {"arn": "arn:tg-api"}),
        references=SERVES,
    )
    assert found == {("C08", "aws_ecs_service.api")}


def test_a_service_deleted_with_its_balancer_weighs_less_and_scaled_to_zero_before_passes() -> None:
    group = {"arn": "arn:tg-api"}
    service = {"desired_count": 3, "load_balancer": [{"x": "arn:tg-api"}]}
    together = [delete("aws_ecs_service.api", service), delete("aws_lb_target_group.api", group)]
    idle = [
        delete("aws_ecs_service.api", {**service, "desired_count": 0}),
        noop("aws_lb_target_group.api", group),
    ]
    assert weights(*together, references=SERVES) == {
        ("C08", "aws_ecs_service.api"): (Severity.MEDIUM, Confidence.MEDIUM)
    }
    assert findings(*idle, references=SERVES) == set()


@pytest.mark.parametrize(
    ("address", "before"),
    [
        ("aws_ecs_service.api", {"desired_count": 2}),
        ("kubernetes_deployment.api", {"spec": [{"replicas": "2"}]}),
        ("helm_release.api", {"chart": "api"}),
        ("google_cloud_run_v2_service.api", {"name": "api"}),
    ],
)
def test_a_running_service_that_nobody_is_seen_to_use_is_flagged(
    address: str, before: Json
) -> None:
    assert weights(delete(address, before)) == {
        ("C08", address): (Severity.MEDIUM, Confidence.MEDIUM)
    }


@pytest.mark.parametrize(
    ("address", "before"),
    [
        ("aws_lambda_function.f", {"function_name": "f"}),
        ("aws_ecs_service.api", {"desired_count": 0}),
        ("kubernetes_deployment.api", {"spec": [{"replicas": "0"}]}),
    ],
)
def test_what_runs_nothing_by_itself_may_go_where_nobody_uses_it(
    address: str, before: Json
) -> None:
    assert findings(delete(address, before)) == set()


@pytest.mark.parametrize("odd", [None, "text", 7, True, [1, None], {"a": []}])
@pytest.mark.parametrize("action", [("update",), ("delete", "create"), ("delete",)])
def test_odd_values_do_not_make_a_rule_raise(odd: Any, action: tuple[str, ...]) -> None:
    types = {
        "aws_eks_node_group": "scaling_config",
        "azurerm_kubernetes_cluster": "default_node_pool",
        "azurerm_monitor_autoscale_setting": "profile",
        "aws_instance": "user_data",
        "aws_ecs_service": "desired_count",
        "helm_release": "values",
        "kubernetes_deployment": "spec",
    }
    judged(
        plan(
            *[
                change(f"{name}.x", *action, before={argument: odd}, after={argument: "other"})
                for name, argument in types.items()
            ],
            *[
                change(f"{name}.y", *action, before={argument: "other"}, after={argument: odd})
                for name, argument in types.items()
            ],
            *[
                change(f"{name}.z", *action, before=odd, after=odd, after_unknown=True)
                for name in types
            ],
        )
    )
