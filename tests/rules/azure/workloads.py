"""Clusters, machines and apps. Each dangerous change stands beside a harmless one."""

from __future__ import annotations

from typing import Final

from tests.rules.azure.objects import (
    AUTOSCALE,
    AUTOSCALE_REFS,
    CONTAINER,
    VMSS,
    Case,
)
from tests.rules.azure.world import (
    AKS,
    UAI,
    VNET,
    edit,
    new,
    rebuilt,
)

WORKLOADS: Final[list[Case]] = [
    (
        "the control plane's next minor version",
        [edit("azurerm_kubernetes_cluster.main", {"kubernetes_version": "1.29.2"})],
        [edit("azurerm_kubernetes_cluster.main", {"oidc_issuer_enabled": True})],
    ),
    (
        "the pool is made anew on other machines",
        [rebuilt("azurerm_kubernetes_cluster_node_pool.work", {"vm_size": "Standard_D4s_v5"})],
        [
            new(
                "azurerm_kubernetes_cluster_node_pool.batch",
                {"name": "batch", "kubernetes_cluster_id": AKS, "vm_size": "Standard_D4s_v5",
                 "node_count": 2},
                kubernetes_cluster_id=["azurerm_kubernetes_cluster.main.id"],
            )
        ],
    ),
    (
        "the pool runs the next version",
        [edit("azurerm_kubernetes_cluster_node_pool.work", {"orchestrator_version": "1.29.2"})],
        [edit("azurerm_kubernetes_cluster_node_pool.work", {"max_count": 20})],
    ),
    (
        "pods are driven off the pool",
        [
            edit(
                "azurerm_kubernetes_cluster_node_pool.work",
                {"node_taints": ["dedicated=batch:NoExecute"]},
            )
        ],
        [
            edit(
                "azurerm_kubernetes_cluster_node_pool.work",
                {"node_labels": {"pool": "work", "tier": "web"}},
            )
        ],
    ),
    (
        "no node carries the label that pods ask for",
        [edit("azurerm_kubernetes_cluster_node_pool.work", {"node_labels": {"pool": "new"}})],
        [edit("azurerm_kubernetes_cluster_node_pool.work", {"tags": ({}, {"a": "b"})})],
    ),
    (
        "the admins' certificates end",
        [edit("azurerm_kubernetes_cluster.main", {"local_account_disabled": True})],
        [
            edit(
                "azurerm_kubernetes_cluster.main",
                {
                    "maintenance_window_auto_upgrade": [
                        {"frequency": "Weekly", "day_of_week": "Sunday", "duration": 4}
                    ]
                },
            )
        ],
    ),
    (
        "some may no longer ask the control plane",
        [
            edit(
                "azurerm_kubernetes_cluster.main",
                {"api_server_access_profile.0.authorized_ip_ranges": ["198.51.100.0/24"]},
            )
        ],
        [
            edit(
                "azurerm_kubernetes_cluster.main",
                {
                    "api_server_access_profile.0.authorized_ip_ranges": [
                        "198.51.100.0/24", "203.0.113.0/24", "192.0.2.8/32"
                    ]
                },
            )
        ],
    ),
    (
        "the world may ask the control plane",
        [edit("azurerm_kubernetes_cluster.main", {"api_server_access_profile": []})],
        [edit("azurerm_kubernetes_cluster.main", {"tags": {"environment": "production"}})],
    ),
    (
        "versions come at once and by themselves",
        [edit("azurerm_kubernetes_cluster.main", {"automatic_upgrade_channel": "rapid"})],
        [edit("azurerm_kubernetes_cluster.main", {"node_os_upgrade_channel": "SecurityPatch"})],
    ),
    (
        "policies are no longer enforced in the cluster",
        [edit("azurerm_kubernetes_cluster.main", {"azure_policy_enabled": False})],
        [
            edit(
                "azurerm_kubernetes_cluster.main",
                {"cost_analysis_enabled": (False, True)},
            )
        ],
    ),
    (
        "pods no longer get their secrets",
        [edit("azurerm_kubernetes_cluster.main", {"key_vault_secrets_provider": []})],
        [
            edit(
                "azurerm_kubernetes_cluster.main",
                {"default_node_pool.0.upgrade_settings.0.max_surge": "50%"},
            )
        ],
    ),
    (
        "the ingress goes",
        [edit("azurerm_kubernetes_cluster.main", {"ingress_application_gateway": []})],
        [edit("azurerm_kubernetes_cluster.main", {"default_node_pool.0.node_count": 5})],
    ),
    (
        "an app setting goes",
        [edit("azurerm_linux_web_app.shop", {"app_settings": {"LOG_LEVEL": "info"}})],
        [
            edit(
                "azurerm_linux_web_app.shop",
                {
                    "app_settings": {
                        "DB_HOST": "pg-orders.postgres.database.azure.com",
                        "LOG_LEVEL": "info",
                        "FEATURE_X": "on",
                    }
                },
            )
        ],
    ),
    (
        "the app asks another database",
        [
            edit(
                "azurerm_linux_web_app.shop",
                {"app_settings": {"DB_HOST": "pg-old.postgres.database.azure.com",
                                  "LOG_LEVEL": "info"}},
            )
        ],
        [
            edit(
                "azurerm_linux_web_app.shop",
                {"app_settings": {"DB_HOST": "pg-orders.postgres.database.azure.com",
                                  "LOG_LEVEL": "warn"}},
            )
        ],
    ),
    (
        "the app sleeps",
        [edit("azurerm_linux_web_app.shop", {"site_config.0.always_on": False})],
        [edit("azurerm_linux_web_app.shop", {"site_config.0.http2_enabled": True})],
    ),
    (
        "the app takes plain requests",
        [edit("azurerm_linux_web_app.shop", {"https_only": False})],
        [edit("azurerm_linux_web_app.shop", {"https_only": (False, True)})],
    ),
    (
        "the app refuses everybody",
        [
            edit(
                "azurerm_linux_web_app.shop",
                {"site_config.0.ip_restriction_default_action": "Deny"},
            )
        ],
        [
            edit(
                "azurerm_linux_web_app.shop",
                {
                    "site_config.0.ip_restriction": [
                        {"name": "scanner", "action": "Deny", "ip_address": "192.0.2.0/24",
                         "priority": 100}
                    ]
                },
            )
        ],
    ),
    (
        "the app leaves the network of its database",
        [edit("azurerm_linux_web_app.shop", {"virtual_network_subnet_id": None})],
        [
            edit(
                "azurerm_linux_web_app.shop",
                {"virtual_network_subnet_id": (None, f"{VNET}/subnets/app")},
            )
        ],
    ),
    (
        "the identity that holds the grants goes",
        [
            edit(
                "azurerm_linux_web_app.shop",
                {"identity": [{"type": "UserAssigned", "identity_ids": [UAI]}]},
            )
        ],
        [
            edit(
                "azurerm_linux_web_app.shop",
                {
                    "identity.0.type": "SystemAssigned, UserAssigned",
                    "identity.0.identity_ids": [UAI],
                },
            )
        ],
    ),
    (
        "nobody has to sign in",
        [edit("azurerm_linux_web_app.shop", {"auth_settings_v2.0.auth_enabled": False})],
        [edit("azurerm_linux_web_app.shop", {"site_config.0.ftps_state": ("AllAllowed", "Off")})],
    ),
    (
        "the app runs on another runtime",
        [
            edit(
                "azurerm_linux_web_app.shop",
                {"site_config.0.application_stack.0.node_version": "22-lts"},
            )
        ],
        [
            edit(
                "azurerm_linux_web_app.shop",
                {
                    "site_config.0.application_stack.0": (
                        {"docker_image_name": "shop:1.4.2"}, {"docker_image_name": "shop:1.4.3"}
                    )
                },
            )
        ],
    ),
    (
        "the apps run on a free plan",
        [edit("azurerm_service_plan.main", {"sku_name": "F1"})],
        [edit("azurerm_service_plan.main", {"sku_name": "P2v3"})],
    ),
    (
        "one worker instead of three",
        [edit("azurerm_service_plan.main", {"worker_count": 1})],
        [edit("azurerm_service_plan.main", {"worker_count": 6})],
    ),
    (
        "the api is no longer reached from outside",
        [edit("azurerm_container_app.api", {"ingress.0.external_enabled": False}, **CONTAINER)],
        [
            edit(
                "azurerm_container_app.api",
                {"template.0.container.0.image": "api:1.5"}, **CONTAINER,
            )
        ],
    ),
    (
        "the api is asked at another port",
        [edit("azurerm_container_app.api", {"ingress.0.target_port": 9090}, **CONTAINER)],
        [edit("azurerm_container_app.api", {"template.0.max_replicas": 20}, **CONTAINER)],
    ),
    (
        "the machine gets another size",
        [edit("azurerm_linux_virtual_machine.app", {"size": "Standard_D2s_v5"})],
        [edit("azurerm_linux_virtual_machine.app", {"boot_diagnostics": ([], [{}])})],
    ),
    (
        "the whole set may be down during a rollout",
        [
            edit(
                "azurerm_linux_virtual_machine_scale_set.web",
                {
                    "rolling_upgrade_policy.0.max_batch_instance_percent": 100,
                    "rolling_upgrade_policy.0.max_unhealthy_instance_percent": 100,
                },
                {"health_probe_id": ["azurerm_lb_probe.app.id"]},
                **VMSS,
            )
        ],
        [
            edit(
                "azurerm_linux_virtual_machine_scale_set.web",
                {"rolling_upgrade_policy.0.pause_time_between_batches": "PT5M"},
                {"health_probe_id": ["azurerm_lb_probe.app.id"]},
                **VMSS,
            )
        ],
    ),
    (
        "all machines are renewed at once",
        [
            edit(
                "azurerm_linux_virtual_machine_scale_set.web",
                {"upgrade_mode": "Automatic", "source_image_id": "img/2"},
                {"health_probe_id": ["azurerm_lb_probe.app.id"]},
                **VMSS,
            )
        ],
        [
            edit(
                "azurerm_linux_virtual_machine_scale_set.web",
                {"instances": 8}, {"health_probe_id": ["azurerm_lb_probe.app.id"]}, **VMSS,
            )
        ],
    ),
    (
        "the autoscaler may only run one",
        [
            edit(
                "azurerm_monitor_autoscale_setting.plan",
                {"profile.0.capacity": [{"default": 1, "minimum": 1, "maximum": 1}]},
                AUTOSCALE_REFS, **AUTOSCALE,
            )
        ],
        [
            edit(
                "azurerm_monitor_autoscale_setting.plan",
                {"profile.0.capacity": [{"default": 3, "minimum": 3, "maximum": 20}]},
                AUTOSCALE_REFS, **AUTOSCALE,
            )
        ],
    ),
    (
        "the autoscaler is switched off",
        [
            edit(
                "azurerm_monitor_autoscale_setting.plan",
                {"enabled": False}, AUTOSCALE_REFS, **AUTOSCALE,
            )
        ],
        [
            edit(
                "azurerm_monitor_autoscale_setting.plan",
                {"tags": {"a": "b"}}, AUTOSCALE_REFS, **AUTOSCALE,
            )
        ],
    ),
]  # fmt: skip
