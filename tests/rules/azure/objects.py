"""Objects that several pairs change or refer to."""

from __future__ import annotations

from typing import Final

from tests.plans import Json
from tests.rules.azure.world import (
    BUS,
    IN,
    NET,
    PLAN,
    RG,
    SQL,
    STORE,
    SUB,
    UAI,
    VNET,
    Item,
    extra,
    role,
)

Case = tuple[str, list[Item], list[Item]]

BLOCK_ALL: Final[Json] = {
    "display_name": "block",
    "state": "enabled",
    "conditions": [
        {
            "client_app_types": ["all"],
            "applications": [{"included_applications": ["All"], "excluded_applications": []}],
            "users": [
                {
                    "included_users": ["All"],
                    "excluded_users": [],
                    "included_groups": [],
                    "excluded_groups": [],
                    "excluded_roles": [],
                }
            ],
            "locations": [],
        }
    ],
    "grant_controls": [{"operator": "OR", "built_in_controls": ["block"]}],
}
MFA: Final[Json] = {
    **BLOCK_ALL,
    "id": "ca-mfa",
    "display_name": "mfa for admins",
    "conditions": [
        {
            "client_app_types": ["all"],
            "applications": [{"included_applications": ["All"], "excluded_applications": []}],
            "users": [
                {
                    "included_users": [],
                    "included_roles": ["62e90394-69f5-4237-9190-012177145e10"],
                    "excluded_users": ["break-glass"],
                    "included_groups": [],
                    "excluded_groups": [],
                }
            ],
            "locations": [],
        }
    ],
    "grant_controls": [{"operator": "OR", "built_in_controls": ["mfa"]}],
}
FIC: Final[Json] = {
    "id": f"{UAI}/federatedIdentityCredentials/deploy",
    "name": "deploy",
    "parent_id": UAI,
    "issuer": "https://token.actions.githubusercontent.com",
    "audience": ["api://AzureADTokenExchange"],
    "subject": "repo:example/orders:ref:refs/heads/main",
}
FIC_REFS: Final[Json] = {"parent_id": ["azurerm_user_assigned_identity.app.id"]}
OWNER: Final = extra("azurerm_role_assignment.owner", role(SUB, "Owner"))
APPLICATION: Final[Json] = {
    "id": "/applications/app-1",
    "object_id": "app-1",
    "client_id": "client-1",
    "display_name": "orders",
    "sign_in_audience": "AzureADMyOrg",
    "identifier_uris": ["api://orders"],
    "owners": ["owner-1"],
    "web": [{"redirect_uris": ["https://shop.example.com/cb", "https://admin.example.com/cb"]}],
    "app_role": [{"id": "r1", "value": "Orders.Read", "enabled": True}],
}
WITH_SP: Final = extra(
    "azuread_service_principal.orders",
    {"id": "sp-1", "client_id": "client-1", "object_id": "sp-1"},
    client_id=["azuread_application.orders.client_id"],
)
SP: Final[Json] = {
    "id": "sp-1",
    "object_id": "sp-1",
    "client_id": "client-1",
    "account_enabled": True,
    "app_role_assignment_required": False,
    "notes": "",
}
SP_USER: Final = extra(
    "azurerm_role_assignment.sp", role(STORE, "Reader", "sp-1"),
    principal_id=["azuread_service_principal.orders.object_id"],
)  # fmt: skip
GROUP: Final[Json] = {
    "id": "/groups/grp-1",
    "object_id": "grp-1",
    "display_name": "orders-operators",
    "security_enabled": True,
    "owners": ["owner-1"],
    "members": ["user-1", "user-2", "user-3"],
}
GROUP_GRANT: Final = extra(
    "azurerm_role_assignment.operators", role(RG, "Contributor", "grp-1"),
    principal_id=["azuread_group.operators.object_id"],
)  # fmt: skip
KEYS_READ: Final = extra(
    "azurerm_linux_function_app.mailer",
    IN | {"id": f"{RG}/providers/Microsoft.Web/sites/mailer", "name": "mailer",
          "service_plan_id": PLAN},
    storage_account_access_key=["azurerm_storage_account.data.primary_access_key"],
    service_plan_id=["azurerm_service_plan.main.id"],
)  # fmt: skip
BUS_KEYS_READ: Final = extra(
    "azurerm_linux_function_app.mailer",
    IN | {"id": f"{RG}/providers/Microsoft.Web/sites/mailer", "name": "mailer"},
    app_settings=["azurerm_servicebus_namespace.main.default_primary_connection_string"],
)


def endpoint(to: str, address: str) -> Item:
    values = IN | {
        "id": f"{NET}/privateEndpoints/pe",
        "name": "pe",
        "subnet_id": f"{VNET}/subnets/data",
        "private_service_connection": [
            {"name": "pe", "private_connection_resource_id": to, "is_manual_connection": False}
        ],
    }
    return extra(
        "azurerm_private_endpoint.to",
        values,
        private_service_connection=[f"{address}.id"],
        subnet_id=["azurerm_subnet.data.id"],
    )


PE: Final[Json] = IN | {
    "id": f"{NET}/privateEndpoints/pe-blob",
    "name": "pe-blob",
    "subnet_id": f"{VNET}/subnets/data",
    "private_service_connection": [
        {"name": "pe", "private_connection_resource_id": STORE, "subresource_names": ["blob"]}
    ],
    "private_dns_zone_group": [
        {"name": "blob", "private_dns_zone_ids": [f"{NET}/privateDnsZones/blob"]}
    ],
}
PE_REFS: Final[Json] = {
    "private_service_connection": ["azurerm_storage_account.data.id"],
    "subnet_id": ["azurerm_subnet.data.id"],
}
VMSS: Final[Json] = IN | {
    "id": f"{RG}/providers/Microsoft.Compute/virtualMachineScaleSets/vmss-web",
    "name": "vmss-web",
    "sku": "Standard_D4s_v5",
    "instances": 6,
    "upgrade_mode": "Rolling",
    "health_probe_id": f"{NET}/loadBalancers/lb-orders/probes/app",
    "rolling_upgrade_policy": [
        {
            "max_batch_instance_percent": 20,
            "max_unhealthy_instance_percent": 20,
            "max_unhealthy_upgraded_instance_percent": 20,
            "pause_time_between_batches": "PT2M",
        }
    ],
    "source_image_id": "img/1",
}
CONTAINER: Final[Json] = IN | {
    "id": f"{RG}/providers/Microsoft.App/containerApps/ca-api",
    "name": "ca-api",
    "revision_mode": "Single",
    "ingress": [
        {
            "external_enabled": True,
            "target_port": 8080,
            "transport": "auto",
            "traffic_weight": [{"latest_revision": True, "percentage": 100}],
        }
    ],
    "template": [{"min_replicas": 2, "max_replicas": 10, "container": [{"image": "api:1.4"}]}],
}
REDIS: Final[Json] = IN | {
    "id": f"{RG}/providers/Microsoft.Cache/redis/redis-orders",
    "name": "redis-orders",
    "sku_name": "Standard",
    "family": "C",
    "capacity": 3,
    "minimum_tls_version": "1.2",
    "access_keys_authentication_enabled": True,
    "redis_configuration": [{"maxmemory_policy": "volatile-lru"}],
    "patch_schedule": [],
}
COSMOS: Final[Json] = IN | {
    "id": f"{RG}/providers/Microsoft.DocumentDB/databaseAccounts/cosmos-orders",
    "name": "cosmos-orders",
    "consistency_policy": [{"consistency_level": "Strong"}],
    "geo_location": [{"location": "westeurope", "failover_priority": 0}],
    "local_authentication_disabled": False,
    "public_network_access_enabled": True,
    "backup": [{"type": "Periodic", "interval_in_minutes": 60, "retention_in_hours": 720,
                "storage_redundancy": "Geo"}],
}  # fmt: skip
COSMOS_CONTAINER: Final[Json] = {
    "id": f"{COSMOS['id']}/sqlDatabases/shop/containers/carts",
    "name": "carts",
    "account_name": "cosmos-orders",
    "database_name": "shop",
    "partition_key_paths": ["/id"],
    "throughput": 4000,
    "default_ttl": None,
}
FW_POLICY: Final[Json] = IN | {
    "id": f"{NET}/firewallPolicies/fwp",
    "name": "fwp",
    "threat_intelligence_mode": "Deny",
    "dns": [{"proxy_enabled": True, "servers": []}],
    "intrusion_detection": [{"mode": "Deny"}],
}
FW_POLICY_USER: Final = extra(
    "azurerm_firewall.main",
    IN | {"id": f"{NET}/azureFirewalls/fw", "name": "fw", "firewall_policy_id": FW_POLICY["id"]},
    firewall_policy_id=["azurerm_firewall_policy.main.id"],
)
FW_RULES: Final[Json] = {
    "id": f"{NET}/firewallPolicies/fwp/ruleCollectionGroups/egress",
    "name": "egress",
    "firewall_policy_id": FW_POLICY["id"],
    "priority": 300,
    "application_rule_collection": [
        {
            "name": "allow-out",
            "action": "Allow",
            "priority": 300,
            "rule": [
                {
                    "name": "payments",
                    "source_addresses": ["10.10.0.0/16"],
                    "destination_fqdns": ["api.payments.example"],
                    "protocols": [{"type": "Https", "port": 443}],
                },
                {
                    "name": "updates",
                    "source_addresses": ["10.10.0.0/16"],
                    "destination_fqdns": ["updates.example"],
                    "protocols": [{"type": "Https", "port": 443}],
                },
            ],
        }
    ],
    "network_rule_collection": [],
}
FW_REFS: Final[Json] = {"firewall_policy_id": ["azurerm_firewall_policy.main.id"]}
WAF: Final[Json] = IN | {
    "id": f"{NET}/applicationGatewayWebApplicationFirewallPolicies/waf",
    "name": "waf",
    "policy_settings": [{"enabled": True, "mode": "Prevention", "file_upload_limit_in_mb": 100}],
    "custom_rules": [],
}
DENY_RULE: Final = (
    '{"if":{"field":"type","equals":"Microsoft.Network/publicIPAddresses"},"then":{"effect":"%s"}}'
)
POLICY: Final[Json] = {
    "id": f"{SUB}/providers/Microsoft.Authorization/policyDefinitions/no-public-ip",
    "name": "no-public-ip",
    "policy_type": "Custom",
    "mode": "All",
    "policy_rule": DENY_RULE % "audit",
}
ASSIGNMENT: Final[Json] = {
    "id": f"{SUB}/providers/Microsoft.Authorization/policyAssignments/no-public-ip",
    "name": "no-public-ip",
    "subscription_id": SUB,
    "policy_definition_id": POLICY["id"],
    "enforce": True,
    "not_scopes": [],
}
ASSIGNMENT_REFS: Final[Json] = {
    "policy_definition_id": ["azurerm_policy_definition.no_public_ip.id"]
}
AUTOSCALE: Final[Json] = IN | {
    "id": f"{RG}/providers/Microsoft.Insights/autoScaleSettings/plan",
    "name": "plan",
    "enabled": True,
    "target_resource_id": PLAN,
    "profile": [{"name": "default", "capacity": [{"default": 3, "minimum": 3, "maximum": 10}]}],
}
AUTOSCALE_REFS: Final[Json] = {"target_resource_id": ["azurerm_service_plan.main.id"]}
API: Final[Json] = {
    "id": f"{RG}/providers/Microsoft.ApiManagement/service/apim/apis/orders;rev=1",
    "name": "orders",
    "api_management_name": "apim",
    "resource_group_name": "rg-orders-prod",
    "path": "orders",
    "service_url": "https://orders.internal",
    "protocols": ["https"],
    "subscription_required": True,
    "revision": "1",
    "description": "",
}
APIM_POLICY: Final[Json] = {
    "id": "apim-policy",
    "api_name": "orders",
    "api_management_name": "apim",
    "resource_group_name": "rg-orders-prod",
    "xml_content": "<policies><inbound><base/><validate-jwt header-name='Authorization'/>"
    "<rate-limit calls='100' renewal-period='60'/></inbound></policies>",
}
EVENTS: Final[Json] = {
    "id": "events-1",
    "name": "to-orders",
    "scope": STORE,
    "included_event_types": ["Microsoft.Storage.BlobCreated", "Microsoft.Storage.BlobDeleted"],
    "subject_filter": [{"subject_begins_with": "/blobServices/default/containers/invoices"}],
    "service_bus_queue_endpoint_id": f"{BUS}/queues/orders",
}
EVENTS_REFS: Final[Json] = {
    "scope": ["azurerm_storage_account.data.id"],
    "service_bus_queue_endpoint_id": ["azurerm_servicebus_queue.orders.id"],
}
BACKUP_POLICY: Final[Json] = IN | {
    "id": f"{RG}/providers/Microsoft.RecoveryServices/vaults/rsv/backupPolicies/daily",
    "name": "daily",
    "recovery_vault_name": "rsv",
    "backup": [{"frequency": "Daily", "time": "23:00"}],
    "retention_daily": [{"count": 30}],
    "retention_weekly": [{"count": 12, "weekdays": ["Sunday"]}],
}
RSV: Final[Json] = IN | {
    "id": f"{RG}/providers/Microsoft.RecoveryServices/vaults/rsv",
    "name": "rsv",
    "soft_delete_enabled": True,
    "immutability": "Unlocked",
    "storage_mode_type": "GeoRedundant",
    "cross_region_restore_enabled": True,
}
LIFECYCLE: Final[Json] = {
    "id": f"{STORE}/managementPolicies/default",
    "storage_account_id": STORE,
    "rule": [
        {
            "name": "invoices",
            "enabled": True,
            "filters": [{"prefix_match": ["invoices/"], "blob_types": ["blockBlob"]}],
            "actions": [
                {"base_blob": [{"delete_after_days_since_modification_greater_than": 3650}]}
            ],
        }
    ],
}
LIFECYCLE_REFS: Final[Json] = {"storage_account_id": ["azurerm_storage_account.data.id"]}
RULE_PATH: Final = "rule.0.actions.0.base_blob.0.delete_after_days_since_modification_greater_than"
POOL: Final[Json] = IN | {
    "id": f"{SQL}/elasticPools/pool",
    "name": "pool",
    "server_name": "sql-billing",
    "sku": [{"name": "GP_Gen5", "tier": "GeneralPurpose", "family": "Gen5", "capacity": 8}],
    "max_size_gb": 500,
    "per_database_settings": [{"min_capacity": 0, "max_capacity": 4}],
    "zone_redundant": True,
}
FAILOVER: Final[Json] = {
    "id": f"{SQL}/failoverGroups/fg",
    "name": "fg",
    "server_id": SQL,
    "databases": [f"{SQL}/databases/billing"],
    "partner_server": [{"id": f"{SQL}-dr"}],
    "read_write_endpoint_failover_policy": [{"mode": "Automatic", "grace_minutes": 60}],
}
FAILOVER_REFS: Final[Json] = {
    "server_id": ["azurerm_mssql_server.billing.id"],
    "databases": ["azurerm_mssql_database.billing.id"],
}
PROJECT: Final[Json] = {
    "id": "prj-1",
    "name": "orders",
    "visibility": "private",
    "features": {"boards": "enabled", "repositories": "enabled", "pipelines": "enabled"},
}
ENDPOINT: Final[Json] = {
    "id": "se-1",
    "project_id": "prj-1",
    "service_endpoint_name": "azure-prod",
    "azurerm_subscription_id": SUB.rpartition("/")[2],
    "azurerm_spn_tenantid": "tenant",
    "service_endpoint_authentication_scheme": "WorkloadIdentityFederation",
    "description": "",
}
REVIEWERS: Final[Json] = {
    "id": "bp-1",
    "project_id": "prj-1",
    "enabled": True,
    "blocking": True,
    "settings": [
        {
            "reviewer_count": 2,
            "submitter_can_vote": False,
            "on_push_reset_approved_votes": True,
            "scope": [{"repository_id": "repo-1", "repository_ref": "refs/heads/main"}],
        }
    ],
}
VARIABLES: Final[Json] = {
    "id": "vg-1",
    "project_id": "prj-1",
    "name": "orders-prod",
    "allow_access": False,
    "variable": [
        {"name": "DB_HOST", "value": "pg-orders", "is_secret": False},
        {"name": "REGION", "value": "westeurope", "is_secret": False},
    ],
}
PIPELINE: Final[Json] = {"id": "b-1", "project_id": "prj-1", "name": "release"}
PIPELINE_ITEM: Final = extra(
    "azuredevops_build_definition.release",
    PIPELINE,
    variable_groups=["azuredevops_variable_group.prod.id"],
)
APPROVAL: Final[Json] = {
    "id": "ap-1",
    "project_id": "prj-1",
    "target_resource_id": "env-1",
    "target_resource_type": "environment",
    "approvers": ["lead-1", "lead-2"],
    "minimum_required_approvers": 2,
    "requester_can_approve": False,
}
PERMISSIONS: Final[Json] = {
    "id": "perm-1",
    "project_id": "prj-1",
    "principal": "vssgp.operators",
    "replace": True,
    "permissions": {"GenericRead": "Allow", "GenericContribute": "Allow"},
}
AZAPI_DB: Final[Json] = {
    "id": f"{RG}/providers/Microsoft.DBforPostgreSQL/flexibleServers/pg-two",
    "type": "Microsoft.DBforPostgreSQL/flexibleServers@2023-06-01-preview",
    "name": "pg-two",
    "parent_id": RG,
    "body": {"properties": {"backup": {"backupRetentionDays": 35}, "network": {
        "publicNetworkAccess": "Disabled"}}, "tags": {}},
}  # fmt: skip
AZAPI_DASH: Final[Json] = {
    "id": f"{RG}/providers/Microsoft.Portal/dashboards/d",
    "type": "Microsoft.Portal/dashboards@2020-09-01-preview",
    "name": "d",
    "parent_id": RG,
    "body": {"properties": {"lenses": []}},
}
IN_RG: Final[Json] = {"parent_id": ["azurerm_resource_group.main.id"]}
ON_APP: Final[Json] = {"route_table_name": ["azurerm_route_table.app.name"]}
ON_SPARE: Final[Json] = {"route_table_name": ["azurerm_route_table.spare.name"]}
ON_NSG: Final[Json] = {"network_security_group_name": ["azurerm_network_security_group.app.name"]}
