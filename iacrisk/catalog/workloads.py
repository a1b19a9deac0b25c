"""Clusters, pools of nodes, machines and services: which types they are and what restarts them.

From the providers' documentation and schemas (aws 5.100, google 7, azurerm 4 and 5).
"""

from typing import Final

from iacrisk.catalog import facts

CLUSTERS: Final = facts.CLUSTER_TYPES | {
    "alicloud_cs_kubernetes",
    "alicloud_cs_managed_kubernetes",
    "civo_kubernetes_cluster",
    "exoscale_sks_cluster",
    "google_container_aws_cluster",
    "google_container_azure_cluster",
    "google_edgecontainer_cluster",
    "google_gkeonprem_bare_metal_cluster",
    "google_gkeonprem_vmware_cluster",
    "ibm_container_cluster",
    "ibm_container_vpc_cluster",
    "linode_lke_cluster",
    "oci_containerengine_cluster",
    "ovh_cloud_project_kube",
    "rancher2_cluster",
    "rancher2_cluster_v2",
    "rhcs_cluster_rosa_classic",
    "rhcs_cluster_rosa_hcp",
    "scaleway_k8s_cluster",
    "upcloud_kubernetes_cluster",
    "vultr_kubernetes",
}

NODE_POOLS: Final[dict[str, str]] = {
    "alicloud_cs_kubernetes_node_pool": "cluster_id",
    "aws_eks_fargate_profile": "cluster_name",
    "aws_eks_node_group": "cluster_name",
    "azurerm_kubernetes_cluster_node_pool": "kubernetes_cluster_id",
    "civo_kubernetes_node_pool": "cluster_id",
    "digitalocean_kubernetes_node_pool": "cluster_id",
    "exoscale_sks_nodepool": "cluster_id",
    "google_container_aws_node_pool": "cluster",
    "google_container_azure_node_pool": "cluster",
    "google_container_node_pool": "cluster",
    "ibm_container_vpc_worker_pool": "cluster",
    "ibm_container_worker_pool": "cluster",
    "linode_lke_node_pool": "cluster_id",
    "oci_containerengine_node_pool": "cluster_id",
    "ovh_cloud_project_kube_nodepool": "kube_id",
    "scaleway_k8s_pool": "cluster_id",
    "vultr_kubernetes_node_pools": "cluster_id",
}
"""Pools of nodes, and the argument that names their cluster."""

POOLS_BESIDE_A_DEFAULT_POOL: Final = frozenset(
    {
        "azurerm_kubernetes_cluster_node_pool",
        "civo_kubernetes_node_pool",
        "digitalocean_kubernetes_node_pool",
        "vultr_kubernetes_node_pools",
    }
)
"""Their clusters always keep a default pool."""

POOL_SIZES: Final = (
    "node_count",
    "scaling_config.0.desired_size",
    "size",
    "node_config_details.0.size",
)

AKS_ROTATES: Final = (
    "fips_enabled",
    "host_encryption_enabled",
    "kubelet_config",
    "linux_os_config",
    "max_pods",
    "node_public_ip_enabled",
    "only_critical_addons_enabled",
    "os_disk_size_gb",
    "os_disk_type",
    "os_sku",
    "pod_subnet_id",
    "snapshot_id",
    "ultra_ssd_enabled",
    "vm_size",
    "vnet_subnet_id",
    "zones",
)

MACHINES: Final = frozenset(
    {
        "alicloud_instance",
        "aws_instance",
        "aws_lightsail_instance",
        "azurerm_linux_virtual_machine",
        "azurerm_virtual_machine",
        "azurerm_windows_virtual_machine",
        "digitalocean_droplet",
        "exoscale_compute_instance",
        "google_compute_instance",
        "google_compute_instance_from_template",
        "hcloud_server",
        "ibm_is_instance",
        "linode_instance",
        "oci_core_instance",
        "openstack_compute_instance_v2",
        "proxmox_virtual_environment_vm",
        "proxmox_vm_qemu",
        "scaleway_instance_server",
        "upcloud_server",
        "vsphere_virtual_machine",
        "vultr_instance",
    }
)

MACHINE_RESTARTS: Final[dict[str, frozenset[str]]] = {
    "aws_instance": frozenset(
        {
            "capacity_reservation_specification",
            "cpu_options",
            "ebs_optimized",
            "enclave_options",
            "hibernation",
            "instance_type",
            "user_data",
            "user_data_base64",
        }
    ),
    "azurerm_linux_virtual_machine": frozenset({"dedicated_host_id", "size", "vtpm_enabled"}),
    "azurerm_virtual_machine": frozenset({"vm_size"}),
    "azurerm_windows_virtual_machine": frozenset({"dedicated_host_id", "size", "vtpm_enabled"}),
    "digitalocean_droplet": frozenset({"size"}),
    "google_compute_instance": frozenset(
        {
            "advanced_machine_features",
            "enable_display",
            "machine_type",
            "min_cpu_platform",
            "service_account",
            "shielded_instance_config",
        }
    ),
    "hcloud_server": frozenset({"server_type"}),
    "linode_instance": frozenset({"type"}),
    "openstack_compute_instance_v2": frozenset({"flavor_id", "flavor_name"}),
    "oci_core_instance": frozenset({"shape", "shape_config"}),
    "proxmox_vm_qemu": frozenset({"cores", "memory", "sockets"}),
    "scaleway_instance_server": frozenset({"type"}),
    "vsphere_virtual_machine": frozenset({"memory", "num_cpus"}),
    "vultr_instance": frozenset({"plan"}),
}
"""Arguments whose update in place stops and starts the machine. Provider documentation."""

RUNNING_NOW: Final = {
    "aws_autoscaling_group": "desired_capacity",
    "aws_eks_node_group": "scaling_config.0.desired_size",
    "azurerm_kubernetes_cluster_node_pool": "node_count",
    "digitalocean_kubernetes_node_pool": "actual_node_count",
    "google_container_node_pool": "node_count",
}

SERVICES: Final = frozenset(
    {
        "aws_apprunner_service",
        "aws_autoscaling_group",
        "aws_ecs_service",
        "aws_elastic_beanstalk_environment",
        "aws_lambda_function",
        "azurerm_app_service",
        "azurerm_container_app",
        "azurerm_container_group",
        "azurerm_function_app",
        "azurerm_linux_function_app",
        "azurerm_linux_virtual_machine_scale_set",
        "azurerm_linux_web_app",
        "azurerm_orchestrated_virtual_machine_scale_set",
        "azurerm_service_plan",
        "azurerm_virtual_machine_scale_set",
        "azurerm_windows_function_app",
        "azurerm_windows_virtual_machine_scale_set",
        "azurerm_windows_web_app",
        "cloudflare_worker_script",
        "cloudflare_workers_script",
        "digitalocean_app",
        "google_app_engine_flexible_app_version",
        "google_cloud_run_service",
        "google_cloud_run_v2_service",
        "google_cloudfunctions2_function",
        "google_cloudfunctions_function",
        "google_compute_instance_group_manager",
        "google_compute_region_instance_group_manager",
        "heroku_app",
        "kubernetes_daemon_set_v1",
        "kubernetes_daemonset",
        "kubernetes_deployment",
        "kubernetes_deployment_v1",
        "nomad_job",
    }
)

MADE_IN_SECONDS: Final = frozenset(
    {
        "aws_lambda_function",
        "cloudflare_worker_script",
        "cloudflare_workers_script",
        "google_cloudfunctions_function",
    }
)

RUNS_UNASKED: Final = (
    SERVICES
    - {
        "aws_lambda_function",
        "azurerm_service_plan",
    }
) | {
    "argocd_application",
    "argocd_application_set",
    "confluent_connector",
    "confluent_flink_statement",
    "flux_bootstrap_git",
    "google_bigquery_data_transfer_config",
    "google_cloud_scheduler_job",
    "google_dataflow_flex_template_job",
    "google_dataflow_job",
    "google_datastream_stream",
    "google_eventarc_trigger",
    "google_storage_transfer_job",
    "google_workflows_workflow",
    "helm_release",
    "kubernetes_cron_job",
    "kubernetes_cron_job_v1",
    "kubernetes_replication_controller",
    "kubernetes_replication_controller_v1",
}
"""What runs or answers without anybody in the plan calling it; a function waits to be called.

Functions of Google Cloud carry their trigger, or their address, themselves.
"""

STARTERS: Final = frozenset(
    {
        "google_bigquery_data_transfer_config",
        "google_cloud_scheduler_job",
        "google_eventarc_trigger",
        "google_storage_transfer_job",
    }
)
"""What only starts work by the clock or an event: a replacement misses seconds."""
