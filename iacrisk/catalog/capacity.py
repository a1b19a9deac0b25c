"""How many of something run, and the switches that stop it: where types keep these numbers.

From the providers' documentation (aws 5.100, google 7, azurerm 4 and 5, kubernetes 2 and 3).
A path step `*` stands for every item of a list.
"""

from enum import StrEnum
from typing import Final

import msgspec

from iacrisk.catalog.facts import Scalar


class Role(StrEnum):
    """What a number decides."""

    RUNNING = "running"
    """How many run now."""
    CEILING = "ceiling"
    """How many may run at most; at zero nothing runs."""
    FLOOR = "floor"
    """How many run at least; an autoscaler decides."""
    THROUGHPUT = "throughput"
    """How much work is accepted; the rest is turned away."""


class Capacity(msgspec.Struct, frozen=True):
    """One number of a type."""

    path: str
    role: Role


def _numbers(
    running: str = "", ceiling: str = "", floor: str = "", throughput: str = ""
) -> tuple[Capacity, ...]:
    given = (
        (running, Role.RUNNING),
        (ceiling, Role.CEILING),
        (floor, Role.FLOOR),
        (throughput, Role.THROUGHPUT),
    )
    return tuple(Capacity(path, role) for paths, role in given for path in paths.split())


_REPLICAS = _numbers(running="spec.0.replicas")
_HPA = _numbers(ceiling="spec.0.max_replicas", floor="spec.0.min_replicas")
_VMSS = _numbers(running="instances")
_MIG = _numbers(running="target_size")
_GCP_AUTOSCALER = _numbers(
    ceiling="autoscaling_policy.0.max_replicas", floor="autoscaling_policy.0.min_replicas"
)
_AUTOSCALED_POOL = _numbers(
    running="node_count", ceiling="max_count max_nodes", floor="min_count min_nodes"
)

BY_USE: Final = {
    "aws_dynamodb_table": ("billing_mode", "PAY_PER_REQUEST"),
    "aws_kinesis_stream": ("stream_mode_details.0.stream_mode", "ON_DEMAND"),
}
"""The setting that makes the service give what is asked for; numbers count no more then."""

CAPACITY: Final[dict[str, tuple[Capacity, ...]]] = {
    "alicloud_ess_scaling_group": _numbers("desired_capacity", "max_size", "min_size"),
    "aws_api_gateway_method_settings": _numbers(
        throughput="settings.0.throttling_burst_limit settings.0.throttling_rate_limit"
    ),
    "aws_api_gateway_usage_plan": _numbers(
        throughput="throttle_settings.0.burst_limit throttle_settings.0.rate_limit"
    ),
    "aws_appautoscaling_target": _numbers(ceiling="max_capacity", floor="min_capacity"),
    "aws_autoscaling_group": _numbers("desired_capacity", "max_size", "min_size"),
    "aws_batch_compute_environment": _numbers(ceiling="compute_resources.0.max_vcpus"),
    "aws_dynamodb_table": _numbers(throughput="read_capacity write_capacity"),
    "aws_ec2_fleet": _numbers("target_capacity_specification.0.total_target_capacity"),
    "aws_ecs_service": _numbers("desired_count"),
    "aws_eks_node_group": _numbers(
        "scaling_config.0.desired_size", "scaling_config.0.max_size", "scaling_config.0.min_size"
    ),
    "aws_elasticsearch_domain": _numbers("cluster_config.0.instance_count"),
    "aws_emr_instance_group": _numbers("instance_count"),
    "aws_gamelift_fleet": _numbers("desired_ec2_instances", "max_size", "min_size"),
    "aws_kinesis_stream": _numbers(throughput="shard_count"),
    "aws_lambda_function": _numbers(ceiling="reserved_concurrent_executions"),
    "aws_lambda_provisioned_concurrency_config": _numbers(
        throughput="provisioned_concurrent_executions"
    ),
    "aws_opensearch_domain": _numbers("cluster_config.0.instance_count"),
    "aws_rds_cluster": _numbers(
        ceiling="serverlessv2_scaling_configuration.0.max_capacity"
        " scaling_configuration.0.max_capacity"
    ),
    "aws_redshiftserverless_workgroup": _numbers(throughput="base_capacity max_capacity"),
    "aws_sagemaker_endpoint_configuration": _numbers(
        "production_variants.*.initial_instance_count"
    ),
    "aws_spot_fleet_request": _numbers("target_capacity"),
    "azurerm_app_service_plan": _numbers("sku.0.capacity"),
    "azurerm_application_gateway": _numbers(
        "sku.0.capacity",
        "autoscale_configuration.0.max_capacity",
        "autoscale_configuration.0.min_capacity",
    ),
    "azurerm_container_app": _numbers(ceiling="template.0.max_replicas"),
    "azurerm_eventhub_namespace": _numbers(throughput="capacity maximum_throughput_units"),
    "azurerm_kubernetes_cluster": _numbers(
        "default_node_pool.0.node_count",
        "default_node_pool.0.max_count",
        "default_node_pool.0.min_count",
    ),
    "azurerm_kubernetes_cluster_node_pool": _AUTOSCALED_POOL,
    "azurerm_linux_virtual_machine_scale_set": _VMSS,
    "azurerm_monitor_autoscale_setting": _numbers(
        ceiling="profile.*.capacity.0.maximum", floor="profile.*.capacity.0.minimum"
    ),
    "azurerm_orchestrated_virtual_machine_scale_set": _VMSS,
    "azurerm_search_service": _numbers("replica_count"),
    "azurerm_service_plan": _numbers("worker_count", "maximum_elastic_worker_count"),
    "azurerm_servicebus_namespace": _numbers(throughput="capacity"),
    "azurerm_virtual_machine_scale_set": _numbers("sku.0.capacity"),
    "azurerm_windows_virtual_machine_scale_set": _VMSS,
    "digitalocean_app": _numbers("spec.0.service.*.instance_count spec.0.worker.*.instance_count"),
    "digitalocean_droplet_autoscale": _numbers(
        "config.0.target_number_instances", "config.0.max_instances", "config.0.min_instances"
    ),
    "digitalocean_kubernetes_cluster": _numbers(
        "node_pool.0.node_count", "node_pool.0.max_nodes", "node_pool.0.min_nodes"
    ),
    "digitalocean_kubernetes_node_pool": _AUTOSCALED_POOL,
    "google_app_engine_flexible_app_version": _numbers(
        "manual_scaling.0.instances",
        "automatic_scaling.0.max_total_instances",
        "automatic_scaling.0.min_total_instances",
    ),
    "google_app_engine_standard_app_version": _numbers(
        "manual_scaling.0.instances", "basic_scaling.0.max_instances"
    ),
    "google_bigtable_instance": _numbers("cluster.*.num_nodes"),
    "google_cloud_run_service": _numbers(
        ceiling="template.0.metadata.0.annotations.autoscaling!knative!dev/maxScale"
    ),
    "google_cloud_run_v2_service": _numbers(
        "scaling.0.manual_instance_count",
        "template.0.scaling.0.max_instance_count scaling.0.max_instance_count",
    ),
    "google_cloudfunctions2_function": _numbers(ceiling="service_config.0.max_instance_count"),
    "google_cloudfunctions_function": _numbers(ceiling="max_instances"),
    "google_compute_autoscaler": _GCP_AUTOSCALER,
    "google_compute_instance_group_manager": _MIG,
    "google_compute_region_autoscaler": _GCP_AUTOSCALER,
    "google_compute_region_instance_group_manager": _MIG,
    "google_container_node_pool": _numbers(
        "node_count",
        "autoscaling.0.max_node_count autoscaling.0.total_max_node_count",
        "autoscaling.0.min_node_count autoscaling.0.total_min_node_count",
    ),
    "google_dataproc_cluster": _numbers("cluster_config.0.worker_config.0.num_instances"),
    "google_spanner_instance": _numbers("num_nodes processing_units"),
    "google_vpc_access_connector": _numbers(ceiling="max_instances", floor="min_instances"),
    "heroku_formation": _numbers("quantity"),
    "kubectl_manifest": (),
    "kubernetes_deployment": _REPLICAS,
    "kubernetes_deployment_v1": _REPLICAS,
    "kubernetes_horizontal_pod_autoscaler": _HPA,
    "kubernetes_horizontal_pod_autoscaler_v1": _HPA,
    "kubernetes_horizontal_pod_autoscaler_v2": _HPA,
    "kubernetes_horizontal_pod_autoscaler_v2beta2": _HPA,
    "kubernetes_manifest": _numbers("manifest.spec.replicas"),
    "kubernetes_replication_controller": _REPLICAS,
    "kubernetes_replication_controller_v1": _REPLICAS,
    "kubernetes_stateful_set": _REPLICAS,
    "kubernetes_stateful_set_v1": _REPLICAS,
    "linode_lke_cluster": _numbers("pool.*.count"),
    "linode_lke_node_pool": _numbers("node_count"),
    "oci_containerengine_node_pool": _numbers("node_config_details.0.size"),
    "oci_core_instance_pool": _numbers("size"),
    "scaleway_k8s_pool": _numbers("size", "max_size", "min_size"),
    "snowflake_warehouse": _numbers(ceiling="max_cluster_count"),
}
"""Per type, its numbers. `!` in a path stands for a dot inside one key.

Left out: floors of zero that only cost a cold start (Cloud Run, Container Apps), and schedules,
which lower numbers on purpose.
"""

_ON: Final = frozenset[Scalar]({True})
_ENABLED: Final = frozenset[Scalar]({True, "ENABLED", "Enabled"})

SWITCHES: Final[dict[str, dict[str, frozenset[Scalar]]]] = {
    "aws_batch_compute_environment": {"state": _ENABLED},
    "aws_batch_job_queue": {"state": _ENABLED},
    "aws_cloudfront_distribution": {"enabled": _ON},
    "aws_cloudwatch_event_rule": {
        "is_enabled": _ON,
        "state": frozenset({"ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"}),
    },
    "aws_ec2_instance_state": {"state": frozenset({"running"})},
    "aws_globalaccelerator_accelerator": {"enabled": _ON},
    "aws_lambda_event_source_mapping": {"enabled": _ON},
    "aws_pipes_pipe": {"desired_state": frozenset({"RUNNING"})},
    "aws_scheduler_schedule": {"state": _ENABLED},
    "azurerm_app_service": {"enabled": _ON},
    "azurerm_cdn_frontdoor_endpoint": {"enabled": _ON},
    "azurerm_cdn_frontdoor_origin": {"enabled": _ON},
    "azurerm_cdn_frontdoor_route": {"enabled": _ON},
    "azurerm_function_app": {"enabled": _ON},
    "azurerm_linux_function_app": {"enabled": _ON},
    "azurerm_linux_web_app": {"enabled": _ON},
    "azurerm_logic_app_standard": {"enabled": _ON},
    "azurerm_logic_app_workflow": {"enabled": _ON},
    "azurerm_traffic_manager_azure_endpoint": {"enabled": _ON},
    "azurerm_traffic_manager_external_endpoint": {"enabled": _ON},
    "azurerm_traffic_manager_profile": {"profile_status": _ENABLED},
    "azurerm_windows_function_app": {"enabled": _ON},
    "azurerm_windows_web_app": {"enabled": _ON},
    "cloudflare_load_balancer": {"enabled": _ON},
    "cloudflare_load_balancer_pool": {"enabled": _ON},
    "google_app_engine_application": {"serving_status": frozenset({"SERVING"})},
    "google_cloud_scheduler_job": {"paused": frozenset({False})},
    "google_compute_instance": {"desired_status": frozenset({"RUNNING"})},
    "kubernetes_cron_job": {"spec.0.suspend": frozenset({False})},
    "kubernetes_cron_job_v1": {"spec.0.suspend": frozenset({False})},
}
"""Per type, its main switch and the values that mean on."""

SCHEDULERS: Final = frozenset(
    {
        "aws_cloudwatch_event_rule",
        "aws_scheduler_schedule",
        "google_cloud_scheduler_job",
        "kubernetes_cron_job",
        "kubernetes_cron_job_v1",
    }
)
"""Types that only start jobs from time to time: switching one off stops no running service."""


def is_counted(type_name: str, root: str) -> bool:
    """Whether a number or a switch of the type that stands under this argument is known here."""
    paths = (*(item.path for item in CAPACITY.get(type_name, ())), *SWITCHES.get(type_name, ()))
    return any(path.partition(".")[0] == root for path in paths)
