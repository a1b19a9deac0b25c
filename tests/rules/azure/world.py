"""A production estate on Azure that the pairs change a little.

`apply(items)` makes the plan: everything in WORLD stays as it is but what the items change.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Final

from iacrisk.plan import Plan, parse_address
from tests.plans import Json, create, delete, noop, plan, replace, update

SUB: Final = "/subscriptions/11111111-1111-1111-1111-111111111111"
RG: Final = f"{SUB}/resourceGroups/rg-orders-prod"
NET: Final = f"{RG}/providers/Microsoft.Network"
VNET: Final = f"{NET}/virtualNetworks/vnet-orders"
ROLES: Final = "/providers/Microsoft.Authorization/roleDefinitions"
APP_PRINCIPAL: Final = "aaaaaaaa-0000-0000-0000-000000000001"
PG: Final = f"{RG}/providers/Microsoft.DBforPostgreSQL/flexibleServers/pg-orders"
STORE: Final = f"{RG}/providers/Microsoft.Storage/storageAccounts/stordersprod"
VAULT: Final = f"{RG}/providers/Microsoft.KeyVault/vaults/kv-orders"
WEB: Final = f"{RG}/providers/Microsoft.Web/sites/app-orders"
PLAN: Final = f"{RG}/providers/Microsoft.Web/serverFarms/plan-orders"
AKS: Final = f"{RG}/providers/Microsoft.ContainerService/managedClusters/aks-orders"
UAI: Final = f"{RG}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-orders"
BUS: Final = f"{RG}/providers/Microsoft.ServiceBus/namespaces/sb-orders"
HUBS: Final = f"{RG}/providers/Microsoft.EventHub/namespaces/eh-orders"
LAW: Final = f"{RG}/providers/Microsoft.OperationalInsights/workspaces/law-orders"
SQL: Final = f"{RG}/providers/Microsoft.Sql/servers/sql-billing"
AFD: Final = f"{RG}/providers/Microsoft.Cdn/profiles/afd-orders"
ACR: Final = f"{RG}/providers/Microsoft.ContainerRegistry/registries/acrorders"
IN: Final[Json] = {
    "resource_group_name": "rg-orders-prod",
    "location": "westeurope",
    "tags": {"environment": "production"},
}


def _subnet(name: str, prefix: str, **more: Any) -> Json:
    return {
        "id": f"{VNET}/subnets/{name}",
        "name": name,
        "address_prefixes": [prefix],
        "virtual_network_name": "vnet-orders",
        "resource_group_name": "rg-orders-prod",
        "service_endpoints": [],
        **more,
    }


def nsg_rule(name: str, nsg: str, **more: Any) -> Json:
    """A rule of a network security group; TCP inbound from anywhere unless told otherwise."""
    return {
        "id": f"{NET}/networkSecurityGroups/{nsg}/securityRules/{name}",
        "name": name,
        "network_security_group_name": nsg,
        "resource_group_name": "rg-orders-prod",
        "priority": 200,
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
        "source_port_range": "*",
        "source_address_prefix": "*",
        "source_address_prefixes": [],
        "destination_port_range": "443",
        "destination_port_ranges": [],
        "destination_address_prefix": "*",
        "destination_address_prefixes": [],
        "description": "",
    } | more


def route(name: str, prefix: str, kind: str, ip: str = "", table: str = "rt-app") -> Json:
    """A route of a route table."""
    return {
        "id": f"{NET}/routeTables/{table}/routes/{name}",
        "name": name,
        "route_table_name": table,
        "resource_group_name": "rg-orders-prod",
        "address_prefix": prefix,
        "next_hop_type": kind,
        "next_hop_in_ip_address": ip,
    }


def role(scope: str, name: str, principal: str = APP_PRINCIPAL) -> Json:
    """A role assignment."""
    return {
        "id": f"{scope}{ROLES.replace('Definitions', 'Assignments')}/{name}-{principal}",
        "scope": scope,
        "role_definition_name": name,
        "role_definition_id": f"{SUB}{ROLES}/{name.lower().replace(' ', '-')}",
        "principal_id": principal,
        "principal_type": "ServicePrincipal",
        "condition": None,
    }


WORLD: Final[dict[str, Json]] = {
    "azurerm_resource_group.main": {"id": RG, "name": "rg-orders-prod", "location": "westeurope"},
    "azurerm_virtual_network.main": IN
    | {
        "id": VNET,
        "name": "vnet-orders",
        "address_space": ["10.10.0.0/16", "10.11.0.0/16"],
        "dns_servers": ["10.20.0.4", "10.20.0.5"],
    },
    "azurerm_subnet.app": _subnet("app", "10.10.1.0/24", service_endpoints=["Microsoft.Storage"]),
    "azurerm_subnet.data": _subnet("data", "10.10.2.0/24"),
    "azurerm_subnet.gateway": _subnet("gateway", "10.10.3.0/24"),
    "azurerm_subnet.bastion": _subnet("AzureBastionSubnet", "10.10.4.0/26"),
    "azurerm_subnet.aks": _subnet("aks", "10.10.16.0/20"),
    "azurerm_route_table.app": IN
    | {
        "id": f"{NET}/routeTables/rt-app",
        "name": "rt-app",
        "bgp_route_propagation_enabled": True,
        "route": [],
    },
    "azurerm_route.out": route("out", "0.0.0.0/0", "VirtualAppliance", "10.20.0.4"),
    "azurerm_route.office": route("office", "10.50.0.0/16", "VirtualNetworkGateway"),
    "azurerm_route.office_lab": route("office-lab", "10.50.7.0/24", "VirtualNetworkGateway"),
    "azurerm_subnet_route_table_association.app": {
        "id": f"{VNET}/subnets/app",
        "subnet_id": f"{VNET}/subnets/app",
        "route_table_id": f"{NET}/routeTables/rt-app",
    },
    "azurerm_route_table.spare": IN
    | {
        "id": f"{NET}/routeTables/rt-spare",
        "name": "rt-spare",
        "bgp_route_propagation_enabled": True,
        "route": [],
    },
    "azurerm_network_security_group.app": IN
    | {"id": f"{NET}/networkSecurityGroups/nsg-app", "name": "nsg-app", "security_rule": []},
    "azurerm_subnet_network_security_group_association.app": {
        "id": f"{VNET}/subnets/app",
        "subnet_id": f"{VNET}/subnets/app",
        "network_security_group_id": f"{NET}/networkSecurityGroups/nsg-app",
    },
    "azurerm_network_security_rule.https": nsg_rule("https", "nsg-app"),
    "azurerm_network_security_rule.api": nsg_rule(
        "api",
        "nsg-app",
        priority=210,
        source_address_prefix="10.10.3.0/24",
        destination_port_range="8080",
    ),
    "azurerm_network_security_rule.ssh": nsg_rule(
        "ssh",
        "nsg-app",
        priority=220,
        source_address_prefix="*",
        destination_port_range="22",
        description="admins",
    ),
    "azurerm_network_security_rule.deny_all": nsg_rule(
        "deny-all", "nsg-app", priority=300, access="Deny", protocol="*", destination_port_range="*"
    ),
    "azurerm_network_interface.app": IN
    | {
        "id": f"{NET}/networkInterfaces/nic-app",
        "name": "nic-app",
        "ip_configuration": [
            {
                "name": "ipconfig",
                "subnet_id": f"{VNET}/subnets/app",
                "private_ip_address": "10.10.1.10",
            }
        ],
    },
    "azurerm_linux_virtual_machine.app": IN
    | {
        "id": f"{RG}/providers/Microsoft.Compute/virtualMachines/vm-app",
        "name": "vm-app",
        "size": "Standard_D4s_v5",
        "network_interface_ids": [f"{NET}/networkInterfaces/nic-app"],
        "identity": [{"type": "SystemAssigned", "identity_ids": [], "principal_id": "bbbb-vm"}],
    },
    "azurerm_private_dns_zone.postgres": IN
    | {
        "id": f"{NET}/privateDnsZones/orders.postgres.database.azure.com",
        "name": "orders.postgres.database.azure.com",
    },
    "azurerm_private_dns_zone_virtual_network_link.postgres": IN
    | {
        "id": f"{NET}/privateDnsZones/orders.postgres.database.azure.com/virtualNetworkLinks/main",
        "name": "main",
        "private_dns_zone_name": "orders.postgres.database.azure.com",
        "virtual_network_id": VNET,
        "registration_enabled": False,
    },
    "azurerm_postgresql_flexible_server.main": IN
    | {
        "id": PG,
        "name": "pg-orders",
        "version": "15",
        "sku_name": "GP_Standard_D4s_v3",
        "storage_mb": 131072,
        "auto_grow_enabled": False,
        "backup_retention_days": 35,
        "geo_redundant_backup_enabled": True,
        "public_network_access_enabled": False,
        "delegated_subnet_id": f"{VNET}/subnets/data",
        "private_dns_zone_id": f"{NET}/privateDnsZones/orders.postgres.database.azure.com",
        "zone": "1",
        "high_availability": [{"mode": "ZoneRedundant", "standby_availability_zone": "2"}],
        "maintenance_window": [{"day_of_week": 0, "start_hour": 3, "start_minute": 0}],
        "authentication": [
            {
                "password_auth_enabled": True,
                "active_directory_auth_enabled": False,
                "tenant_id": None,
            }
        ],
        "fqdn": "pg-orders.postgres.database.azure.com",
    },
    "azurerm_postgresql_flexible_server_database.orders": {
        "id": f"{PG}/databases/orders",
        "name": "orders",
        "server_id": PG,
    },
    "azurerm_storage_account.data": IN
    | {
        "id": STORE,
        "name": "stordersprod",
        "account_tier": "Standard",
        "account_replication_type": "GRS",
        "access_tier": "Hot",
        "shared_access_key_enabled": True,
        "allow_nested_items_to_be_public": False,
        "public_network_access_enabled": True,
        "https_traffic_only_enabled": True,
        "min_tls_version": "TLS1_2",
        "network_rules": [
            {
                "default_action": "Deny",
                "bypass": ["AzureServices"],
                "ip_rules": ["198.51.100.7"],
                "virtual_network_subnet_ids": [f"{VNET}/subnets/app"],
            }
        ],
        "blob_properties": [
            {
                "versioning_enabled": True,
                "change_feed_enabled": True,
                "delete_retention_policy": [{"days": 30}],
                "container_delete_retention_policy": [{"days": 30}],
            }
        ],
        "static_website": [],
    },
    "azurerm_storage_container.invoices": {
        "id": f"{STORE}/blobServices/default/containers/invoices",
        "name": "invoices",
        "storage_account_id": STORE,
        "container_access_type": "private",
    },
    "azurerm_key_vault.main": IN
    | {
        "id": VAULT,
        "name": "kv-orders",
        "sku_name": "standard",
        "rbac_authorization_enabled": False,
        "public_network_access_enabled": True,
        "purge_protection_enabled": True,
        "soft_delete_retention_days": 90,
        "network_acls": [
            {
                "default_action": "Deny",
                "bypass": "AzureServices",
                "ip_rules": ["198.51.100.7/32"],
                "virtual_network_subnet_ids": [f"{VNET}/subnets/app"],
            }
        ],
    },
    "azurerm_key_vault_access_policy.app": {
        "id": f"{VAULT}/objectId/{APP_PRINCIPAL}",
        "key_vault_id": VAULT,
        "object_id": APP_PRINCIPAL,
        "secret_permissions": ["Get", "List"],
        "key_permissions": ["Get", "UnwrapKey", "WrapKey"],
    },
    "azurerm_key_vault_secret.db": {
        "id": f"{VAULT}/secrets/db",
        "name": "db",
        "key_vault_id": VAULT,
        "versionless_id": "https://kv-orders.vault.azure.net/secrets/db",
        "expiration_date": None,
    },
    "azurerm_key_vault_key.disk": {
        "id": f"{VAULT}/keys/disk",
        "name": "disk",
        "key_vault_id": VAULT,
        "key_opts": ["decrypt", "encrypt", "unwrapKey", "wrapKey"],
    },
    "azurerm_user_assigned_identity.app": IN
    | {"id": UAI, "name": "id-orders", "principal_id": APP_PRINCIPAL, "client_id": "cccc-app"},
    "azurerm_role_assignment.app_blobs": role(STORE, "Storage Blob Data Contributor"),
    "azurerm_service_plan.main": IN
    | {
        "id": PLAN,
        "name": "plan-orders",
        "os_type": "Linux",
        "sku_name": "P1v3",
        "worker_count": 3,
    },
    "azurerm_linux_web_app.shop": IN
    | {
        "id": WEB,
        "name": "app-orders",
        "service_plan_id": PLAN,
        "https_only": True,
        "enabled": True,
        "public_network_access_enabled": True,
        "virtual_network_subnet_id": f"{VNET}/subnets/app",
        "app_settings": {"DB_HOST": "pg-orders.postgres.database.azure.com", "LOG_LEVEL": "info"},
        "connection_string": [{"name": "db", "type": "PostgreSQL"}],
        "identity": [{"type": "SystemAssigned", "identity_ids": [], "principal_id": "bbbb-web"}],
        "site_config": [
            {
                "always_on": True,
                "http2_enabled": False,
                "minimum_tls_version": "1.2",
                "ftps_state": "Disabled",
                "health_check_path": "/healthz",
                "ip_restriction": [],
                "ip_restriction_default_action": "Allow",
                "application_stack": [{"node_version": "18-lts", "docker_image_name": None}],
                "vnet_route_all_enabled": True,
            }
        ],
        "auth_settings_v2": [
            {
                "auth_enabled": True,
                "require_authentication": True,
                "unauthenticated_action": "RedirectToLoginPage",
            }
        ],
        "default_hostname": "app-orders.azurewebsites.net",
    },
    "azurerm_role_assignment.web_vault": role(VAULT, "Key Vault Secrets User", "bbbb-web"),
    "azurerm_app_service_custom_hostname_binding.shop": {
        "id": f"{WEB}/hostNameBindings/shop.example.com",
        "hostname": "shop.example.com",
        "app_service_name": "app-orders",
        "resource_group_name": "rg-orders-prod",
    },
    "azurerm_kubernetes_cluster.main": IN
    | {
        "id": AKS,
        "name": "aks-orders",
        "kubernetes_version": "1.28.5",
        "automatic_upgrade_channel": "patch",
        "node_os_upgrade_channel": "NodeImage",
        "sku_tier": "Standard",
        "local_account_disabled": False,
        "private_cluster_enabled": False,
        "azure_policy_enabled": True,
        "oidc_issuer_enabled": False,
        "workload_identity_enabled": True,
        "api_server_access_profile": [
            {"authorized_ip_ranges": ["198.51.100.0/24", "203.0.113.0/24"]}
        ],
        "default_node_pool": [
            {
                "name": "system",
                "vm_size": "Standard_D4s_v5",
                "node_count": 3,
                "auto_scaling_enabled": False,
                "vnet_subnet_id": f"{VNET}/subnets/aks",
                "upgrade_settings": [{"max_surge": "33%"}],
            }
        ],
        "key_vault_secrets_provider": [{"secret_rotation_enabled": True}],
        "oms_agent": [{"log_analytics_workspace_id": LAW}],
        "ingress_application_gateway": [{"gateway_name": "agw-orders"}],
        "maintenance_window_auto_upgrade": [],
        "network_profile": [{"network_plugin": "azure", "network_policy": "calico"}],
    },
    "azurerm_kubernetes_cluster_node_pool.work": {
        "id": f"{AKS}/agentPools/work",
        "name": "work",
        "kubernetes_cluster_id": AKS,
        "vm_size": "Standard_D8s_v5",
        "auto_scaling_enabled": True,
        "min_count": 3,
        "max_count": 12,
        "node_count": 6,
        "node_taints": [],
        "node_labels": {"pool": "work"},
        "orchestrator_version": "1.28.5",
        "vnet_subnet_id": f"{VNET}/subnets/aks",
    },
    "kubernetes_deployment.orders": {"id": "shop/orders", "metadata": [{"name": "orders"}]},
    "azurerm_public_ip.gateway": IN
    | {
        "id": f"{NET}/publicIPAddresses/pip-agw",
        "name": "pip-agw",
        "allocation_method": "Static",
        "ip_address": "203.0.113.20",
        "domain_name_label": "orders",
        "idle_timeout_in_minutes": 4,
    },
    "azurerm_application_gateway.main": IN
    | {
        "id": f"{NET}/applicationGateways/agw-orders",
        "name": "agw-orders",
        "sku": [{"name": "WAF_v2", "tier": "WAF_v2", "capacity": None}],
        "autoscale_configuration": [{"min_capacity": 2, "max_capacity": 10}],
        "frontend_ip_configuration": [
            {"name": "public", "public_ip_address_id": f"{NET}/publicIPAddresses/pip-agw"}
        ],
        "gateway_ip_configuration": [{"name": "net", "subnet_id": f"{VNET}/subnets/gateway"}],
        "http_listener": [
            {"name": "https", "host_name": "shop.example.com", "protocol": "Https"},
        ],
        "backend_address_pool": [{"name": "app", "ip_addresses": ["10.10.1.10", "10.10.1.11"]}],
        "backend_http_settings": [{"name": "app", "port": 8080, "protocol": "Http"}],
        "probe": [{"name": "app", "path": "/healthz", "interval": 30, "port": 8080}],
        "request_routing_rule": [
            {
                "name": "shop",
                "http_listener_name": "https",
                "backend_address_pool_name": "app",
                "backend_http_settings_name": "app",
            }
        ],
        "waf_configuration": [{"enabled": True, "firewall_mode": "Prevention"}],
        "ssl_policy": [{"min_protocol_version": "TLSv1_2"}],
    },
    "azurerm_dns_zone.main": IN | {"id": f"{NET}/dnsZones/example.com", "name": "example.com"},
    "azurerm_dns_a_record.shop": {
        "id": f"{NET}/dnsZones/example.com/A/shop",
        "name": "shop",
        "zone_name": "example.com",
        "resource_group_name": "rg-orders-prod",
        "records": ["203.0.113.20"],
        "ttl": 300,
    },
    "azurerm_public_ip.bastion": IN
    | {
        "id": f"{NET}/publicIPAddresses/pip-bastion",
        "name": "pip-bastion",
        "allocation_method": "Static",
        "ip_address": "203.0.113.30",
        "sku": "Standard",
    },
    "azurerm_bastion_host.main": IN
    | {
        "id": f"{NET}/bastionHosts/bas-orders",
        "name": "bas-orders",
        "ip_configuration": [
            {
                "name": "ip",
                "subnet_id": f"{VNET}/subnets/AzureBastionSubnet",
                "public_ip_address_id": f"{NET}/publicIPAddresses/pip-bastion",
            }
        ],
    },
    "azurerm_lb.internal": IN
    | {"id": f"{NET}/loadBalancers/lb-orders", "name": "lb-orders", "sku": "Standard"},
    "azurerm_lb_backend_address_pool.app": {
        "id": f"{NET}/loadBalancers/lb-orders/backendAddressPools/app",
        "name": "app",
        "loadbalancer_id": f"{NET}/loadBalancers/lb-orders",
    },
    "azurerm_lb_probe.app": {
        "id": f"{NET}/loadBalancers/lb-orders/probes/app",
        "name": "app",
        "loadbalancer_id": f"{NET}/loadBalancers/lb-orders",
        "port": 8080,
        "protocol": "Http",
        "request_path": "/healthz",
        "interval_in_seconds": 5,
    },
    "azurerm_lb_rule.app": {
        "id": f"{NET}/loadBalancers/lb-orders/loadBalancingRules/app",
        "name": "app",
        "loadbalancer_id": f"{NET}/loadBalancers/lb-orders",
        "frontend_port": 443,
        "backend_port": 8080,
        "protocol": "Tcp",
        "probe_id": f"{NET}/loadBalancers/lb-orders/probes/app",
        "backend_address_pool_ids": [f"{NET}/loadBalancers/lb-orders/backendAddressPools/app"],
        "idle_timeout_in_minutes": 4,
        "load_distribution": "Default",
    },
    "azurerm_network_interface_backend_address_pool_association.app": {
        "id": "nic-app|pool-app",
        "network_interface_id": f"{NET}/networkInterfaces/nic-app",
        "backend_address_pool_id": f"{NET}/loadBalancers/lb-orders/backendAddressPools/app",
        "ip_configuration_name": "ipconfig",
    },
    "azurerm_servicebus_namespace.main": IN
    | {
        "id": BUS,
        "name": "sb-orders",
        "sku": "Premium",
        "capacity": 2,
        "local_auth_enabled": True,
        "minimum_tls_version": "1.2",
        "public_network_access_enabled": True,
    },
    "azurerm_servicebus_queue.orders": {
        "id": f"{BUS}/queues/orders",
        "name": "orders",
        "namespace_id": BUS,
        "default_message_ttl": "P14D",
        "lock_duration": "PT1M",
        "max_delivery_count": 10,
        "max_size_in_megabytes": 1024,
        "dead_lettering_on_message_expiration": True,
        "status": "Active",
        "forward_to": None,
    },
    "azurerm_eventhub_namespace.main": IN
    | {"id": HUBS, "name": "eh-orders", "sku": "Standard", "capacity": 4},
    "azurerm_eventhub.clicks": {
        "id": f"{HUBS}/eventhubs/clicks",
        "name": "clicks",
        "namespace_id": HUBS,
        "partition_count": 8,
        "message_retention": 7,
    },
    "azurerm_log_analytics_workspace.main": IN
    | {"id": LAW, "name": "law-orders", "retention_in_days": 730, "daily_quota_gb": -1},
    "azurerm_monitor_diagnostic_setting.vault": {
        "id": f"{VAULT}|audit",
        "name": "audit",
        "target_resource_id": VAULT,
        "log_analytics_workspace_id": LAW,
        "enabled_log": [{"category": "AuditEvent", "category_group": ""}],
    },
    "azurerm_management_lock.pg": {
        "id": f"{PG}/providers/Microsoft.Authorization/locks/keep",
        "name": "keep",
        "scope": PG,
        "lock_level": "CanNotDelete",
    },
    "azurerm_mssql_server.billing": IN
    | {
        "id": SQL,
        "name": "sql-billing",
        "version": "12.0",
        "public_network_access_enabled": True,
        "minimum_tls_version": "1.2",
        "azuread_administrator": [
            {"login_username": "dba", "object_id": "dddd", "azuread_authentication_only": False}
        ],
    },
    "azurerm_mssql_database.billing": {
        "id": f"{SQL}/databases/billing",
        "name": "billing",
        "server_id": SQL,
        "sku_name": "S3",
        "max_size_gb": 250,
        "zone_redundant": False,
        "elastic_pool_id": None,
        "storage_account_type": "Geo",
        "short_term_retention_policy": [{"retention_days": 35, "backup_interval_in_hours": 12}],
        "long_term_retention_policy": [{"weekly_retention": "P12W", "monthly_retention": "P12M"}],
    },
    "azurerm_mssql_firewall_rule.office": {
        "id": f"{SQL}/firewallRules/office",
        "name": "office",
        "server_id": SQL,
        "start_ip_address": "198.51.100.7",
        "end_ip_address": "198.51.100.7",
    },
    "azurerm_cdn_frontdoor_profile.main": {"id": AFD, "name": "afd-orders"},
    "azurerm_cdn_frontdoor_endpoint.main": {
        "id": f"{AFD}/afdEndpoints/shop",
        "name": "shop",
        "cdn_frontdoor_profile_id": AFD,
        "enabled": True,
    },
    "azurerm_cdn_frontdoor_origin_group.app": {
        "id": f"{AFD}/originGroups/app",
        "name": "app",
        "cdn_frontdoor_profile_id": AFD,
        "health_probe": [{"path": "/healthz", "protocol": "Https", "interval_in_seconds": 60}],
    },
    "azurerm_cdn_frontdoor_origin_group.old": {
        "id": f"{AFD}/originGroups/old",
        "name": "old",
        "cdn_frontdoor_profile_id": AFD,
    },
    "azurerm_cdn_frontdoor_origin.app": {
        "id": f"{AFD}/originGroups/app/origins/app",
        "name": "app",
        "cdn_frontdoor_origin_group_id": f"{AFD}/originGroups/app",
        "enabled": True,
        "host_name": "app-orders.azurewebsites.net",
        "origin_host_header": "app-orders.azurewebsites.net",
        "certificate_name_check_enabled": True,
        "https_port": 443,
        "weight": 500,
        "priority": 1,
    },
    "azurerm_cdn_frontdoor_route.main": {
        "id": f"{AFD}/afdEndpoints/shop/routes/main",
        "name": "main",
        "cdn_frontdoor_endpoint_id": f"{AFD}/afdEndpoints/shop",
        "cdn_frontdoor_origin_group_id": f"{AFD}/originGroups/app",
        "patterns_to_match": ["/*"],
        "supported_protocols": ["Http", "Https"],
        "forwarding_protocol": "HttpsOnly",
        "https_redirect_enabled": True,
        "enabled": True,
        "cache": [],
    },
    "azurerm_cdn_frontdoor_firewall_policy.main": IN
    | {
        "id": f"{NET}/frontDoorWebApplicationFirewallPolicies/wafshop",
        "name": "wafshop",
        "enabled": True,
        "mode": "Prevention",
        "custom_rule": [],
        "managed_rule": [{"type": "Microsoft_DefaultRuleSet", "version": "2.1"}],
    },
    "azurerm_cdn_frontdoor_security_policy.main": {
        "id": f"{AFD}/securityPolicies/waf",
        "name": "waf",
        "cdn_frontdoor_profile_id": AFD,
        "security_policies": [
            {
                "firewall": [
                    {
                        "cdn_frontdoor_firewall_policy_id": (
                            f"{NET}/frontDoorWebApplicationFirewallPolicies/wafshop"
                        )
                    }
                ]
            }
        ],
    },
    "azurerm_virtual_network_peering.hub": {
        "id": f"{VNET}/virtualNetworkPeerings/hub",
        "name": "hub",
        "virtual_network_name": "vnet-orders",
        "resource_group_name": "rg-orders-prod",
        "remote_virtual_network_id": f"{VNET}-hub",
        "allow_virtual_network_access": True,
        "allow_forwarded_traffic": True,
        "allow_gateway_transit": False,
        "use_remote_gateways": True,
    },
    "azurerm_local_network_gateway.office": IN
    | {
        "id": f"{NET}/localNetworkGateways/office",
        "name": "office",
        "gateway_address": "198.51.100.1",
        "address_space": ["10.50.0.0/16", "10.51.0.0/16"],
    },
    "azurerm_virtual_network_gateway.vpn": IN
    | {
        "id": f"{NET}/virtualNetworkGateways/vpn",
        "name": "vpn",
        "sku": "VpnGw2AZ",
        "active_active": True,
        "bgp_enabled": False,
        "type": "Vpn",
    },
    "azurerm_virtual_network_gateway_connection.office": IN
    | {
        "id": f"{NET}/connections/office",
        "name": "office",
        "type": "IPsec",
        "virtual_network_gateway_id": f"{NET}/virtualNetworkGateways/vpn",
        "local_network_gateway_id": f"{NET}/localNetworkGateways/office",
        "shared_key": "first",
        "dpd_timeout_seconds": 45,
        "bgp_enabled": False,
        "connection_protocol": "IKEv2",
        "ipsec_policy": [{"ike_encryption": "AES256", "dh_group": "DHGroup14"}],
    },
    "azurerm_container_registry.main": IN
    | {
        "id": ACR,
        "name": "acrorders",
        "sku": "Premium",
        "admin_enabled": True,
        "anonymous_pull_enabled": False,
        "public_network_access_enabled": True,
        "georeplications": [{"location": "northeurope"}],
        "login_server": "acrorders.azurecr.io",
    },
    "azurerm_role_assignment.pull": role(ACR, "AcrPull", "eeee-kubelet"),
}

REFS: Final[dict[str, dict[str, list[str]]]] = {
    "azurerm_subnet.app": {"virtual_network_name": ["azurerm_virtual_network.main.name"]},
    "azurerm_subnet.data": {"virtual_network_name": ["azurerm_virtual_network.main.name"]},
    "azurerm_subnet.gateway": {"virtual_network_name": ["azurerm_virtual_network.main.name"]},
    "azurerm_subnet.bastion": {"virtual_network_name": ["azurerm_virtual_network.main.name"]},
    "azurerm_subnet.aks": {"virtual_network_name": ["azurerm_virtual_network.main.name"]},
    "azurerm_route.out": {"route_table_name": ["azurerm_route_table.app.name"]},
    "azurerm_route.office": {"route_table_name": ["azurerm_route_table.app.name"]},
    "azurerm_route.office_lab": {"route_table_name": ["azurerm_route_table.app.name"]},
    "azurerm_subnet_route_table_association.app": {
        "subnet_id": ["azurerm_subnet.app.id"],
        "route_table_id": ["azurerm_route_table.app.id"],
    },
    "azurerm_subnet_network_security_group_association.app": {
        "subnet_id": ["azurerm_subnet.app.id"],
        "network_security_group_id": ["azurerm_network_security_group.app.id"],
    },
    **{
        f"azurerm_network_security_rule.{name}": {
            "network_security_group_name": ["azurerm_network_security_group.app.name"]
        }
        for name in ("https", "api", "ssh", "deny_all")
    },
    "azurerm_network_interface.app": {"ip_configuration": ["azurerm_subnet.app.id"]},
    "azurerm_linux_virtual_machine.app": {
        "network_interface_ids": ["azurerm_network_interface.app.id"]
    },
    "azurerm_private_dns_zone_virtual_network_link.postgres": {
        "private_dns_zone_name": ["azurerm_private_dns_zone.postgres.name"],
        "virtual_network_id": ["azurerm_virtual_network.main.id"],
    },
    "azurerm_postgresql_flexible_server.main": {
        "delegated_subnet_id": ["azurerm_subnet.data.id"],
        "private_dns_zone_id": ["azurerm_private_dns_zone.postgres.id"],
    },
    "azurerm_postgresql_flexible_server_database.orders": {
        "server_id": ["azurerm_postgresql_flexible_server.main.id"]
    },
    "azurerm_storage_account.data": {"network_rules": ["azurerm_subnet.app.id"]},
    "azurerm_storage_container.invoices": {
        "storage_account_id": ["azurerm_storage_account.data.id"]
    },
    "azurerm_key_vault.main": {"network_acls": ["azurerm_subnet.app.id"]},
    "azurerm_key_vault_access_policy.app": {
        "key_vault_id": ["azurerm_key_vault.main.id"],
        "object_id": ["azurerm_user_assigned_identity.app.principal_id"],
    },
    "azurerm_key_vault_secret.db": {"key_vault_id": ["azurerm_key_vault.main.id"]},
    "azurerm_key_vault_key.disk": {"key_vault_id": ["azurerm_key_vault.main.id"]},
    "azurerm_role_assignment.app_blobs": {
        "scope": ["azurerm_storage_account.data.id"],
        "principal_id": ["azurerm_user_assigned_identity.app.principal_id"],
    },
    "azurerm_linux_web_app.shop": {
        "service_plan_id": ["azurerm_service_plan.main.id"],
        "virtual_network_subnet_id": ["azurerm_subnet.app.id"],
        "app_settings": ["azurerm_postgresql_flexible_server.main.fqdn"],
    },
    "azurerm_role_assignment.web_vault": {
        "scope": ["azurerm_key_vault.main.id"],
        "principal_id": ["azurerm_linux_web_app.shop.identity"],
    },
    "azurerm_app_service_custom_hostname_binding.shop": {
        "app_service_name": ["azurerm_linux_web_app.shop.name"]
    },
    "azurerm_kubernetes_cluster.main": {
        "default_node_pool": ["azurerm_subnet.aks.id"],
        "oms_agent": ["azurerm_log_analytics_workspace.main.id"],
    },
    "azurerm_kubernetes_cluster_node_pool.work": {
        "kubernetes_cluster_id": ["azurerm_kubernetes_cluster.main.id"],
        "vnet_subnet_id": ["azurerm_subnet.aks.id"],
    },
    "kubernetes_deployment.orders": {"depends_on": ["azurerm_kubernetes_cluster_node_pool.work"]},
    "azurerm_application_gateway.main": {
        "frontend_ip_configuration": ["azurerm_public_ip.gateway.id"],
        "gateway_ip_configuration": ["azurerm_subnet.gateway.id"],
    },
    "azurerm_dns_a_record.shop": {
        "zone_name": ["azurerm_dns_zone.main.name"],
        "records": ["azurerm_public_ip.gateway.ip_address"],
    },
    "azurerm_bastion_host.main": {
        "ip_configuration": ["azurerm_subnet.bastion.id", "azurerm_public_ip.bastion.id"]
    },
    "azurerm_lb_backend_address_pool.app": {"loadbalancer_id": ["azurerm_lb.internal.id"]},
    "azurerm_lb_probe.app": {"loadbalancer_id": ["azurerm_lb.internal.id"]},
    "azurerm_lb_rule.app": {
        "loadbalancer_id": ["azurerm_lb.internal.id"],
        "probe_id": ["azurerm_lb_probe.app.id"],
        "backend_address_pool_ids": ["azurerm_lb_backend_address_pool.app.id"],
    },
    "azurerm_network_interface_backend_address_pool_association.app": {
        "network_interface_id": ["azurerm_network_interface.app.id"],
        "backend_address_pool_id": ["azurerm_lb_backend_address_pool.app.id"],
    },
    "azurerm_servicebus_queue.orders": {"namespace_id": ["azurerm_servicebus_namespace.main.id"]},
    "azurerm_eventhub.clicks": {"namespace_id": ["azurerm_eventhub_namespace.main.id"]},
    "azurerm_monitor_diagnostic_setting.vault": {
        "target_resource_id": ["azurerm_key_vault.main.id"],
        "log_analytics_workspace_id": ["azurerm_log_analytics_workspace.main.id"],
    },
    "azurerm_management_lock.pg": {"scope": ["azurerm_postgresql_flexible_server.main.id"]},
    "azurerm_mssql_database.billing": {"server_id": ["azurerm_mssql_server.billing.id"]},
    "azurerm_mssql_firewall_rule.office": {"server_id": ["azurerm_mssql_server.billing.id"]},
    "azurerm_cdn_frontdoor_endpoint.main": {
        "cdn_frontdoor_profile_id": ["azurerm_cdn_frontdoor_profile.main.id"]
    },
    "azurerm_cdn_frontdoor_origin_group.app": {
        "cdn_frontdoor_profile_id": ["azurerm_cdn_frontdoor_profile.main.id"]
    },
    "azurerm_cdn_frontdoor_origin.app": {
        "cdn_frontdoor_origin_group_id": ["azurerm_cdn_frontdoor_origin_group.app.id"],
        "host_name": ["azurerm_linux_web_app.shop.default_hostname"],
    },
    "azurerm_cdn_frontdoor_route.main": {
        "cdn_frontdoor_endpoint_id": ["azurerm_cdn_frontdoor_endpoint.main.id"],
        "cdn_frontdoor_origin_group_id": ["azurerm_cdn_frontdoor_origin_group.app.id"],
        "cdn_frontdoor_origin_ids": ["azurerm_cdn_frontdoor_origin.app.id"],
    },
    "azurerm_cdn_frontdoor_security_policy.main": {
        "cdn_frontdoor_profile_id": ["azurerm_cdn_frontdoor_profile.main.id"],
        "security_policies": [
            "azurerm_cdn_frontdoor_firewall_policy.main.id",
            "azurerm_cdn_frontdoor_endpoint.main.id",
        ],
    },
    "azurerm_virtual_network_peering.hub": {
        "virtual_network_name": ["azurerm_virtual_network.main.name"]
    },
    "azurerm_virtual_network_gateway_connection.office": {
        "virtual_network_gateway_id": ["azurerm_virtual_network_gateway.vpn.id"],
        "local_network_gateway_id": ["azurerm_local_network_gateway.office.id"],
    },
    "azurerm_role_assignment.pull": {"scope": ["azurerm_container_registry.main.id"]},
}


class Item:
    """One change of a pair: what it does to the address, and its references if it is new."""

    def __init__(self, entry: Json, references: Mapping[str, Sequence[str]] | None = None) -> None:
        self.entry = entry
        self.references = references


def edit(
    address: str,
    changed: Mapping[str, Any],
    references: Mapping[str, Sequence[str]] | None = None,
    **base: Any,
) -> Item:
    """An update in place: `{"path.0.leaf": new}` or `{"path": (old, new)}`."""
    before = copy.deepcopy(WORLD.get(address, {}) | base)
    after = copy.deepcopy(before)
    for path, value in changed.items():
        if isinstance(value, tuple):
            _put(before, path, value[0])
        _put(after, path, value[1] if isinstance(value, tuple) else value)
    return Item(update(address, before, after), references)


def new(address: str, values: Json, **references: Sequence[str]) -> Item:
    """A new object."""
    return Item(create(address, {k: v for k, v in values.items() if k != "id"}), references)


def gone(address: str, **base: Any) -> Item:
    """An object whose block is gone."""
    return Item(delete(address, WORLD.get(address, {}) | base))


def rebuilt(address: str, changed: Mapping[str, Any], *, first: bool = False, **base: Any) -> Item:
    """A replacement forced by the changed paths."""
    before = copy.deepcopy(WORLD.get(address, {}) | base)
    after = copy.deepcopy(before)
    for path, value in changed.items():
        if isinstance(value, tuple):
            _put(before, path, value[0])
        _put(after, path, value[1] if isinstance(value, tuple) else value)
    after.pop("id", None)
    return Item(replace(address, before, after, *changed, create_first=first))


def extra(address: str, values: Json, **references: Sequence[str]) -> Item:
    """A further object that stays."""
    return Item(noop(address, values), references)


def apply(items: Sequence[Item]) -> Plan:
    """The plan in which everything stays but what the items change."""
    entries = {address: noop(address, values) for address, values in WORLD.items()}
    references: dict[str, Mapping[str, Sequence[str]]] = dict(REFS)
    for item in items:
        address = item.entry["address"]
        entries[address] = item.entry
        if item.references:
            references[address] = item.references
    prior = [_prior(entry, references.get(address, {})) for address, entry in entries.items()]
    goes = {a for a, e in entries.items() if e["change"]["actions"] == ["delete"]}
    prior = [entry for entry in prior if entry]
    return plan(
        *entries.values(),
        references={a: r for a, r in references.items() if a not in goes},
        prior_state={"format_version": "1.0", "values": {"root_module": {"resources": prior}}},
    )


def _prior(entry: Json, references: Mapping[str, Sequence[str]]) -> Json:
    before = entry["change"]["before"]
    if before is None:
        return {}
    on = {".".join(ref.split(".")[:2]) for refs in references.values() for ref in refs}
    return {
        "address": entry["address"],
        "mode": "managed",
        "type": entry["type"],
        "name": entry["name"],
        "provider_name": entry["provider_name"],
        "schema_version": 0,
        "values": before,
        "depends_on": sorted(on),
    }


def _put(values: Json, path: str, value: Any) -> None:
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    here: Any = values
    for step, following in zip(steps, [*steps[1:], last], strict=False):
        if isinstance(here, list):
            while len(here) <= int(step):
                here.append({})
        elif step not in here or here[step] is None:
            here[step] = [] if isinstance(following, int) else {}
        here = here[step]
    if isinstance(here, list):
        while len(here) <= int(last):
            here.append({})
    here[last] = value


def address_of(item: Item) -> str:
    """The address that the item changes."""
    return str(parse_address(item.entry["address"]))
