"""Pairs for Azure, written before the tool was asked: small changes with users.

At first sight 31 of the 35 dangers were held, and 1 of their harmless twins. One pair was
corrected since: its plan was none that the provider makes; another one lacked what ties the rule
to its route.
"""

from __future__ import annotations

from typing import Any, Final

from tests.plans import Json, create, delete, tweak
from tests.rules.served.worlds import pair, stay

_R: Final = "/subscriptions/s1/resourceGroups/rg-core/providers"
_NET: Final = f"{_R}/Microsoft.Network"


def _app(name: str, **settings: str) -> Json:
    return {
        "id": f"{_R}/Microsoft.Web/sites/{name}",
        "name": name,
        "default_hostname": f"{name}.azurewebsites.net",
        "service_plan_id": f"{_R}/Microsoft.Web/serverFarms/plan",
        "app_settings": settings,
        "virtual_network_subnet_id": f"{_NET}/virtualNetworks/core/subnets/apps",
        "site_config": [
            {
                "always_on": False,
                "health_check_path": "/healthz",
                "ip_restriction": [],
                "ip_restriction_default_action": "Allow",
            }
        ],
        "identity": [{"type": "UserAssigned", "identity_ids": [f"{_R}/ids/{name}"]}],
        "enabled": True,
    }


def _web(name: str, **settings: str) -> Json:
    return stay(f"azurerm_linux_web_app.{name.replace('-', '_')}", **_app(name, **settings))


def _site(**changed: Any) -> Json:
    before = _app("app-shop", DB_HOST="sql-core.database.windows.net")
    config = {**before["site_config"][0], **changed}
    return tweak("azurerm_linux_web_app.shop", before, site_config=[config])


def _settings(**settings: str) -> Json:
    before = _app("app-shop", DB_HOST="sql-core.database.windows.net", MODE="live")
    return tweak("azurerm_linux_web_app.shop", before, app_settings=settings)


def _subnet(name: str, prefix: str, *services: str) -> Json:
    return {
        "id": f"{_NET}/virtualNetworks/core/subnets/{name}",
        "name": name,
        "virtual_network_name": "core",
        "address_prefixes": [prefix],
        "service_endpoints": list(services),
        "private_endpoint_network_policies": "Disabled",
    }


def _vm(name: str, subnet: str) -> list[Json]:
    return [
        stay(
            f"azurerm_network_interface.{name}",
            id=f"{_NET}/networkInterfaces/{name}",
            name=name,
            ip_configuration=[
                {"name": "c", "subnet_id": f"{_NET}/virtualNetworks/core/subnets/{subnet}"}
            ],
        ),
        stay(
            f"azurerm_linux_virtual_machine.{name}",
            id=f"{_R}/Microsoft.Compute/virtualMachines/{name}",
            name=name,
            network_interface_ids=[f"{_NET}/networkInterfaces/{name}"],
        ),
    ]


_PLACED: Final = {
    "azurerm_network_interface.api": {"ip_configuration": ["azurerm_subnet.apps.id"]},
    "azurerm_linux_virtual_machine.api": {
        "network_interface_ids": ["azurerm_network_interface.api.id"]
    },
    "azurerm_subnet.apps": {"virtual_network_name": ["azurerm_virtual_network.core.name"]},
    "azurerm_subnet_network_security_group_association.apps": {
        "subnet_id": ["azurerm_subnet.apps.id"],
        "network_security_group_id": ["azurerm_network_security_group.apps.id"],
    },
    "azurerm_network_security_rule.new": {
        "network_security_group_name": ["azurerm_network_security_group.apps.name"]
    },
    "azurerm_subnet_route_table_association.apps": {
        "subnet_id": ["azurerm_subnet.apps.id"],
        "route_table_id": ["azurerm_route_table.apps.id"],
    },
    "azurerm_route.new": {"route_table_name": ["azurerm_route_table.apps.name"]},
}
_CORE: Final[Json] = {
    "id": f"{_NET}/virtualNetworks/core",
    "name": "core",
    "address_space": ["10.40.0.0/16"],
    "dns_servers": [],
    "tags": {},
}
_VNET: Final = stay("azurerm_virtual_network.core", **_CORE)
_APPS: Final = stay("azurerm_subnet.apps", **_subnet("apps", "10.40.1.0/24"))
_FILTERED: Final = (
    _VNET,
    _APPS,
    *_vm("api", "apps"),
    stay(
        "azurerm_network_security_group.apps",
        id=f"{_NET}/networkSecurityGroups/apps",
        name="apps",
        security_rule=[],
    ),
    stay(
        "azurerm_subnet_network_security_group_association.apps",
        id=f"{_NET}/virtualNetworks/core/subnets/apps",
        subnet_id=f"{_NET}/virtualNetworks/core/subnets/apps",
        network_security_group_id=f"{_NET}/networkSecurityGroups/apps",
    ),
    stay(
        "azurerm_network_security_rule.app",
        id=f"{_NET}/networkSecurityGroups/apps/securityRules/app",
        name="app",
        network_security_group_name="apps",
        priority=300,
        direction="Inbound",
        access="Allow",
        protocol="Tcp",
        source_address_prefix="10.40.0.0/16",
        destination_address_prefix="*",
        source_port_range="*",
        destination_port_range="8443",
    ),
)


def _denies(port: str, source: str) -> Json:
    return create(
        "azurerm_network_security_rule.new",
        {
            "name": "new",
            "network_security_group_name": "apps",
            "priority": 110,
            "direction": "Inbound",
            "access": "Deny",
            "protocol": "Tcp",
            "source_address_prefix": source,
            "destination_address_prefix": "*",
            "source_port_range": "*",
            "destination_port_range": port,
        },
    )


_ROUTED: Final = (
    _VNET,
    _APPS,
    *_vm("api", "apps"),
    stay(
        "azurerm_route_table.apps",
        id=f"{_NET}/routeTables/apps",
        name="apps",
        route=[
            {
                "name": "hub",
                "address_prefix": "10.0.0.0/8",
                "next_hop_type": "VirtualAppliance",
                "next_hop_in_ip_address": "10.0.0.4",
            }
        ],
    ),
    stay(
        "azurerm_subnet_route_table_association.apps",
        id=f"{_NET}/virtualNetworks/core/subnets/apps",
        subnet_id=f"{_NET}/virtualNetworks/core/subnets/apps",
        route_table_id=f"{_NET}/routeTables/apps",
    ),
    stay(
        "azurerm_private_dns_a_record.sql",
        id=f"{_NET}/privateDnsZones/z/A/sql",
        name="sql-core",
        zone_name="privatelink.database.windows.net",
        ttl=300,
        records=["10.50.2.10"],
    ),
)


def _route(prefix: str, hop: str) -> Json:
    return create(
        "azurerm_route.new",
        {
            "name": "new",
            "route_table_name": "apps",
            "address_prefix": prefix,
            "next_hop_type": hop,
            "next_hop_in_ip_address": None,
        },
    )


# Messages

_BUS: Final = f"{_R}/Microsoft.ServiceBus/namespaces/bus"


def _rule(name: str, sql: str) -> Json:
    return {
        "id": f"{_BUS}/topics/sales/subscriptions/ledger/rules/{name}",
        "name": name,
        "subscription_id": f"{_BUS}/topics/sales/subscriptions/ledger",
        "filter_type": "SqlFilter",
        "sql_filter": sql,
    }


_PAID: Final = _rule("paid", "kind IN ('paid', 'refunded')")
_SOLD: Final = stay(
    "azurerm_servicebus_subscription.ledger",
    id=f"{_BUS}/topics/sales/subscriptions/ledger",
    name="ledger",
    topic_id=f"{_BUS}/topics/sales",
)
_BOOKS: Final = _web("app-books", TOPIC="sales", SUBSCRIPTION="ledger")
_EVENTS: Final[Json] = {
    "id": f"{_R}/Microsoft.Storage/storageAccounts/stcore/eventSubscriptions/scan",
    "name": "scan",
    "scope": f"{_R}/Microsoft.Storage/storageAccounts/stcore",
    "included_event_types": [
        "Microsoft.Storage.BlobCreated",
        "Microsoft.Storage.BlobDeleted",
    ],
    "webhook_endpoint": [{"url": "https://app-scan.azurewebsites.net/api/events"}],
    "retry_policy": [{"max_delivery_attempts": 10, "event_time_to_live": 1440}],
}
_HUB: Final[Json] = {
    "id": f"{_R}/Microsoft.EventHub/namespaces/eh/eventhubs/meters",
    "name": "meters",
    "partition_count": 8,
    "message_retention": 7,
    "status": "Active",
}


def group(name: str) -> Json:
    return {
        "id": f"{_R}/Microsoft.EventHub/namespaces/eh/eventhubs/meters/consumerGroups/{name}",
        "name": name,
        "eventhub_name": "meters",
        "namespace_name": "eh",
    }


# Stores

_STORE: Final = stay(
    "azurerm_storage_account.core",
    id=f"{_R}/Microsoft.Storage/storageAccounts/stcore",
    name="stcore",
)
_LIFE: Final[Json] = {
    "id": f"{_R}/Microsoft.Storage/storageAccounts/stcore/managementPolicies/default",
    "storage_account_id": f"{_R}/Microsoft.Storage/storageAccounts/stcore",
    "rule": [
        {
            "name": "contracts",
            "enabled": True,
            "filters": [{"prefix_match": ["contracts/"], "blob_types": ["blockBlob"]}],
            "actions": [
                {"base_blob": [{"delete_after_days_since_modification_greater_than": 3650}]}
            ],
        }
    ],
}


def _life(**days: int) -> Json:
    rule = {**_LIFE["rule"][0], "actions": [{"base_blob": [days]}]}
    return tweak("azurerm_storage_management_policy.core", _LIFE, rule=[rule])


_RULES: Final[Json] = {
    "id": f"{_R}/Microsoft.Storage/storageAccounts/stcore",
    "storage_account_id": f"{_R}/Microsoft.Storage/storageAccounts/stcore",
    "default_action": "Deny",
    "bypass": ["AzureServices"],
    "ip_rules": ["203.0.113.10"],
    "virtual_network_subnet_ids": [f"{_NET}/virtualNetworks/core/subnets/apps"],
}
_CONTAINER: Final[Json] = {
    "id": f"{_R}/Microsoft.DocumentDB/databaseAccounts/cosmos/sqlDatabases/shop/containers/carts",
    "name": "carts",
    "account_name": "cosmos-shop",
    "database_name": "shop",
    "default_ttl": None,
    "autoscale_settings": [{"max_throughput": 4000}],
}
_VAULT: Final = stay(
    "azurerm_key_vault.core",
    id=f"{_R}/Microsoft.KeyVault/vaults/kv-core",
    name="kv-core",
    vault_uri="https://kv-core.vault.azure.net/",
)
_POLICY: Final[Json] = {
    "id": f"{_R}/Microsoft.KeyVault/vaults/kv-core/objectId/o1",
    "key_vault_id": f"{_R}/Microsoft.KeyVault/vaults/kv-core",
    "object_id": "o1",
    "tenant_id": "t1",
    "secret_permissions": ["Get", "List"],
    "key_permissions": [],
}
_SHOP_ID: Final = stay(
    "azurerm_user_assigned_identity.shop",
    id=f"{_R}/ids/app-shop",
    name="id-shop",
    principal_id="o1",
)


def _assignment(role: str, scope: str) -> Json:
    return {
        "id": f"{scope}/roleAssignments/{role}",
        "name": role,
        "scope": scope,
        "role_definition_name": role,
        "principal_id": "o1",
    }


_WRITES: Final = _assignment(
    "Storage Blob Data Contributor", f"{_R}/Microsoft.Storage/storageAccounts/stcore"
)
_READS: Final = _assignment(
    "Storage Blob Data Reader", f"{_R}/Microsoft.Storage/storageAccounts/stcore"
)

# Databases

_FLAG: Final = "azurerm_postgresql_flexible_server_configuration"
_SERVER: Final = stay(
    "azurerm_postgresql_flexible_server.core",
    id=f"{_R}/Microsoft.DBforPostgreSQL/flexibleServers/pg-core",
    name="pg-core",
    fqdn="pg-core.postgres.database.azure.com",
)


def _flag(name: str, before: str, after: str) -> Json:
    values = {
        "id": f"{_R}/Microsoft.DBforPostgreSQL/flexibleServers/pg-core/configurations/{name}",
        "name": name,
        "server_id": f"{_R}/Microsoft.DBforPostgreSQL/flexibleServers/pg-core",
        "value": before,
    }
    return tweak(f"{_FLAG}.{name}", values, value=after)


_SQL: Final[Json] = {
    "id": f"{_R}/Microsoft.Sql/servers/sql-core/databases/orders",
    "name": "orders",
    "server_id": f"{_R}/Microsoft.Sql/servers/sql-core",
    "sku_name": "GP_Gen5_8",
    "max_size_gb": 250,
}


def _sql_rule(name: str, first: str, last: str) -> Json:
    return {
        "id": f"{_R}/Microsoft.Sql/servers/sql-core/firewallRules/{name}",
        "name": name,
        "server_id": f"{_R}/Microsoft.Sql/servers/sql-core",
        "start_ip_address": first,
        "end_ip_address": last,
    }


_SQL_SERVER: Final = stay(
    "azurerm_mssql_server.core",
    id=f"{_R}/Microsoft.Sql/servers/sql-core",
    name="sql-core",
    fully_qualified_domain_name="sql-core.database.windows.net",
    public_network_access_enabled=True,
)
_SQL_USES: Final = {
    f"azurerm_mssql_firewall_rule.{name}": {"server_id": ["azurerm_mssql_server.core.id"]}
    for name in ("nat", "wide", "old")
} | {"azurerm_mssql_database.orders": {"server_id": ["azurerm_mssql_server.core.id"]}}

# Entries

_PROBE: Final[Json] = {
    "id": f"{_NET}/loadBalancers/lb/probes/app",
    "name": "app",
    "loadbalancer_id": f"{_NET}/loadBalancers/lb",
    "protocol": "Http",
    "port": 8443,
    "request_path": "/healthz",
    "interval_in_seconds": 5,
    "number_of_probes": 2,
}
_LB_RULE: Final[Json] = {
    "id": f"{_NET}/loadBalancers/lb/loadBalancingRules/app",
    "name": "app",
    "loadbalancer_id": f"{_NET}/loadBalancers/lb",
    "frontend_port": 443,
    "backend_port": 8443,
    "idle_timeout_in_minutes": 15,
    "probe_id": f"{_NET}/loadBalancers/lb/probes/app",
    "backend_address_pool_ids": [f"{_NET}/loadBalancers/lb/backendAddressPools/app"],
}
_LB: Final = stay("azurerm_lb.lb", id=f"{_NET}/loadBalancers/lb", name="lb")
_LB_USES: Final = {
    "azurerm_lb_rule.app": {
        "loadbalancer_id": ["azurerm_lb.lb.id"],
        "probe_id": ["azurerm_lb_probe.app.id"],
    },
    "azurerm_lb_probe.app": {"loadbalancer_id": ["azurerm_lb.lb.id"]},
}
_DOOR: Final = f"{_R}/Microsoft.Cdn/profiles/d"
_DOOR_ROUTE: Final[Json] = {
    "id": f"{_DOOR}/afdEndpoints/e/routes/shop",
    "name": "shop",
    "cdn_frontdoor_endpoint_id": f"{_DOOR}/afdEndpoints/e",
    "cdn_frontdoor_origin_group_id": f"{_DOOR}/originGroups/shop",
    "patterns_to_match": ["/*", "/api/*"],
    "supported_protocols": ["Http", "Https"],
    "cdn_frontdoor_rule_set_ids": [f"{_DOOR}/ruleSets/shop"],
    "https_redirect_enabled": False,
    "enabled": True,
}


def _door_rule(order: int, *conditions: Json, **actions: Any) -> Json:
    return create(
        "azurerm_cdn_frontdoor_rule.new",
        {
            "name": "new",
            "order": order,
            "behavior_on_match": "Continue",
            "cdn_frontdoor_rule_set_id": f"{_DOOR}/ruleSets/shop",
            "conditions": list(conditions),
            "actions": [actions],
        },
    )


def _record(name: str, target: str) -> Json:
    made = {"name": name, "zone_name": "shop.example", "ttl": 300, "records": [target]}
    return create("azurerm_dns_a_record.new", made)


_WILD: Final = stay(
    "azurerm_dns_a_record.wild",
    id=f"{_NET}/dnsZones/shop.example/A/*",
    name="*",
    zone_name="shop.example",
    ttl=300,
    records=["20.50.1.1"],
)
_INSIDE: Final[Json] = {
    "id": f"{_NET}/privateDnsZones/z/A/ledger",
    "name": "ledger",
    "zone_name": "core.internal",
    "ttl": 300,
    "records": ["10.40.3.9"],
}
_LINK: Final[Json] = {
    "id": f"{_NET}/privateDnsZones/pl/virtualNetworkLinks/core",
    "name": "core",
    "private_dns_zone_name": "privatelink.blob.core.windows.net",
    "virtual_network_id": f"{_NET}/virtualNetworks/core",
    "registration_enabled": False,
    "tags": {},
}
_API: Final[Json] = {
    "id": f"{_R}/Microsoft.ApiManagement/service/apim/apis/orders/policies/policy",
    "api_name": "orders",
    "api_management_name": "apim",
    "xml_content": (
        '<policies><inbound><base /><rate-limit calls="3000" renewal-period="60" />'
        '<set-backend-service base-url="https://app-shop.azurewebsites.net" />'
        "</inbound></policies>"
    ),
}


def _api_policy(before: str, after: str) -> Json:
    text = _API["xml_content"].replace(before, after)
    return tweak("azurerm_api_management_api_policy.orders", _API, xml_content=text)


# Capacity

_PLAN: Final[Json] = {
    "id": f"{_R}/Microsoft.Web/serverFarms/plan",
    "name": "plan",
    "sku_name": "P2v3",
    "worker_count": 4,
    "os_type": "Linux",
}
_SCALING: Final[Json] = {
    "id": f"{_R}/Microsoft.Insights/autoscaleSettings/plan",
    "name": "plan",
    "enabled": True,
    "target_resource_id": f"{_R}/Microsoft.Web/serverFarms/plan",
    "profile": [{"name": "p", "capacity": [{"default": 4, "minimum": 3, "maximum": 12}]}],
}


def _scaling(least: int, most: int) -> Json:
    capacity = {"default": least, "minimum": least, "maximum": most}
    return tweak(
        "azurerm_monitor_autoscale_setting.plan",
        _SCALING,
        profile=[{"name": "p", "capacity": [capacity]}],
    )


_POOL: Final[Json] = {
    "id": f"{_R}/Microsoft.ContainerService/managedClusters/aks/agentPools/work",
    "name": "work",
    "kubernetes_cluster_id": f"{_R}/Microsoft.ContainerService/managedClusters/aks",
    "auto_scaling_enabled": True,
    "min_count": 3,
    "max_count": 20,
    "node_count": 9,
    "node_taints": [],
}
_AKS: Final[Json] = {
    "id": f"{_R}/Microsoft.ContainerService/managedClusters/aks",
    "name": "aks",
    "api_server_access_profile": [{"authorized_ip_ranges": ["198.51.100.8/32", "203.0.113.0/28"]}],
}


def _reach(*ranges: str) -> Json:
    profile = [{"authorized_ip_ranges": list(ranges)}]
    return tweak("azurerm_kubernetes_cluster.aks", _AKS, api_server_access_profile=profile)


_CONTAINER_APP: Final[Json] = {
    "id": f"{_R}/Microsoft.App/containerApps/ca-quotes",
    "name": "ca-quotes",
    "ingress": [
        {
            "external_enabled": True,
            "target_port": 8080,
            "fqdn": "ca-quotes.green.westeurope.azurecontainerapps.io",
            "traffic_weight": [{"latest_revision": True, "percentage": 100}],
        }
    ],
    "template": [
        {
            "min_replicas": 2,
            "max_replicas": 10,
            "container": [{"name": "quotes", "image": "cr.azurecr.io/quotes:3", "env": []}],
        }
    ],
}


def _container_app(part: str, **changed: Any) -> Json:
    block = {**_CONTAINER_APP[part][0], **changed}
    return tweak("azurerm_container_app.quotes", _CONTAINER_APP, **{part: [block]})


# Watches and copies

_PEOPLE: Final[Json] = {
    "id": f"{_R}/Microsoft.Insights/actionGroups/oncall",
    "name": "oncall",
    "enabled": True,
    "email_receiver": [{"name": "sre", "email_address": "sre@shop.example"}],
    "webhook_receiver": [],
}
_ALERT: Final = stay(
    "azurerm_monitor_metric_alert.errors",
    id=f"{_R}/Microsoft.Insights/metricAlerts/errors",
    name="errors",
    enabled=True,
    scopes=[f"{_R}/Microsoft.Web/sites/app-shop"],
    action=[{"action_group_id": f"{_R}/Microsoft.Insights/actionGroups/oncall"}],
)
_RECORDED: Final[Json] = {
    "id": f"{_R}/Microsoft.KeyVault/vaults/kv-core|audit",
    "name": "audit",
    "target_resource_id": f"{_R}/Microsoft.KeyVault/vaults/kv-core",
    "log_analytics_workspace_id": f"{_R}/Microsoft.OperationalInsights/workspaces/w",
    "enabled_log": [{"category": "AuditEvent"}],
    "metric": [],
}
_COPIES: Final[Json] = {
    "id": f"{_R}/Microsoft.RecoveryServices/vaults/rv/backupPolicies/daily",
    "name": "daily",
    "recovery_vault_name": "rv",
    "backup": [{"frequency": "Daily", "time": "23:00"}],
    "retention_daily": [{"count": 30}],
}
_PEERING: Final[Json] = {
    "id": f"{_NET}/virtualNetworks/core/virtualNetworkPeerings/hub",
    "name": "hub",
    "virtual_network_name": "core",
    "remote_virtual_network_id": "/subscriptions/hub/virtualNetworks/hub",
    "allow_forwarded_traffic": True,
    "allow_virtual_network_access": True,
    "allow_gateway_transit": False,
}
_LOGIN: Final[Json] = {
    "id": f"{_R}/ids/app-shop/federatedIdentityCredentials/gh",
    "name": "gh",
    "parent_id": f"{_R}/ids/app-shop",
    "issuer": "https://token.actions.githubusercontent.com",
    "subject": "repo:shop/deploy:environment:production",
    "audience": ["api://AzureADTokenExchange"],
}

AZURE_IN_PLACE: Final = [
    pair(
        "refunds no longer reach the books / everything does",
        tweak("azurerm_servicebus_subscription_rule.paid", _PAID, sql_filter="kind = 'paid'"),
        create("azurerm_servicebus_subscription_rule.cancelled", _rule("c", "kind = 'cancelled'")),
        stay("azurerm_servicebus_subscription_rule.paid", **_PAID),
        _SOLD,
        _BOOKS,
    ),
    pair(
        "deleted files are no longer told to who scans them / retries go on longer",
        tweak(
            "azurerm_eventgrid_event_subscription.scan",
            _EVENTS,
            included_event_types=["Microsoft.Storage.BlobCreated"],
        ),
        tweak(
            "azurerm_eventgrid_event_subscription.scan",
            _EVENTS,
            retry_policy=[{"max_delivery_attempts": 30, "event_time_to_live": 1440}],
        ),
        _STORE,
        _web("app-scan"),
    ),
    pair(
        "contracts are deleted after a month / kept where it is cheaper first",
        _life(delete_after_days_since_modification_greater_than=30),
        _life(
            tier_to_cool_after_days_since_modification_greater_than=90,
            delete_after_days_since_modification_greater_than=3650,
        ),
        _STORE,
    ),
    pair(
        "the subnet of an app is no longer let in / one more address is",
        tweak("azurerm_storage_account_network_rules.core", _RULES, virtual_network_subnet_ids=[]),
        tweak(
            "azurerm_storage_account_network_rules.core",
            _RULES,
            ip_rules=["203.0.113.10", "203.0.113.44"],
        ),
        _STORE,
        _VNET,
        _APPS,
        _web("app-files", ACCOUNT="stcore"),
    ),
    pair(
        "an app can no longer read its secrets / can no longer keep copies of them",
        tweak("azurerm_key_vault_access_policy.shop", _POLICY, secret_permissions=["List"]),
        tweak(
            "azurerm_key_vault_access_policy.shop",
            _POLICY,
            secret_permissions=["Get", "List", "Set"],
        ),
        _VAULT,
        _SHOP_ID,
        _web("app-shop", VAULT="https://kv-core.vault.azure.net/"),
    ),
    pair(
        "an app loses the right to write files / one that another right holds",
        delete("azurerm_role_assignment.writes", _WRITES),
        delete("azurerm_role_assignment.reads", _READS),
        stay("azurerm_role_assignment.writes", **_WRITES),
        stay("azurerm_role_assignment.reads", **_READS),
        _STORE,
        _SHOP_ID,
        _web("app-shop", ACCOUNT="stcore"),
    ),
    pair(
        "the port of the application is denied first / remote desktops from outside",
        _denies("8443", "VirtualNetwork"),
        _denies("3389", "Internet"),
        *_FILTERED,
        uses=_PLACED,
    ),
    pair(
        "the way to the database ends / the way to a range nobody has",
        _route("10.50.2.0/24", "None"),
        _route("192.0.2.0/24", "None"),
        *_ROUTED,
        uses=_PLACED,
    ),
    pair(
        "a network no longer finds its private endpoints / gets tags",
        delete("azurerm_private_dns_zone_virtual_network_link.core", _LINK),
        tweak(
            "azurerm_private_dns_zone_virtual_network_link.core", _LINK, tags={"owner": "network"}
        ),
        _VNET,
        _STORE,
        _web("app-files", ACCOUNT="stcore"),
    ),
    pair(
        "a name inside leads to another address / is remembered for less long",
        tweak("azurerm_private_dns_a_record.ledger", _INSIDE, records=["10.40.9.9"]),
        tweak("azurerm_private_dns_a_record.ledger", _INSIDE, ttl=60),
        _web("app-books", LEDGER="http://ledger.core.internal:8080"),
    ),
    pair(
        "health is asked at a port nobody answers / connections may idle longer",
        tweak("azurerm_lb_probe.app", _PROBE, port=9443),
        tweak("azurerm_lb_rule.app", _LB_RULE, idle_timeout_in_minutes=30),
        stay("azurerm_lb_probe.app", **_PROBE),
        stay("azurerm_lb_rule.app", **_LB_RULE),
        _LB,
        uses=_LB_USES,
    ),
    pair(
        "an app is no longer told its database / is told one thing more",
        _settings(MODE="live"),
        _settings(DB_HOST="sql-core.database.windows.net", MODE="live", CACHE_SECONDS="60"),
        _SQL_SERVER,
    ),
    pair(
        "health of an app is asked at another path / it is always on",
        _site(health_check_path="/status/deep"),
        _site(always_on=True),
        stay("azurerm_service_plan.plan", **_PLAN),
    ),
    pair(
        "an app lets in one office alone / pages are sent over HTTP/2",
        _site(
            ip_restriction=[{"ip_address": "203.0.113.0/28", "action": "Allow", "priority": 1}],
            ip_restriction_default_action="Deny",
        ),
        _site(http2_enabled=True),
        stay("azurerm_service_plan.plan", **_PLAN),
    ),
    pair(
        "a plan gets a quarter of its machine / more machines",
        tweak("azurerm_service_plan.plan", _PLAN, sku_name="B1"),
        tweak("azurerm_service_plan.plan", _PLAN, worker_count=6),
        _web("app-shop"),
        uses={
            "azurerm_linux_web_app.app_shop": {"service_plan_id": ["azurerm_service_plan.plan.id"]}
        },
    ),
    pair(
        "two machines at most / twice as many",
        _scaling(1, 2),
        _scaling(3, 24),
        stay("azurerm_service_plan.plan", **_PLAN),
        _web("app-shop"),
    ),
    pair(
        "a database gets a quarter of its cores / more space",
        tweak("azurerm_mssql_database.orders", _SQL, sku_name="GP_Gen5_2"),
        tweak("azurerm_mssql_database.orders", _SQL, max_size_gb=500),
        _SQL_SERVER,
        _web("app-shop", DB_HOST="sql-core.database.windows.net"),
        uses=_SQL_USES,
    ),
    pair(
        "the address that the apps come from is no longer let in / it is by a wider rule",
        delete("azurerm_mssql_firewall_rule.nat", _sql_rule("nat", "20.61.4.8", "20.61.4.11")),
        delete("azurerm_mssql_firewall_rule.old", _sql_rule("old", "203.0.113.4", "203.0.113.4")),
        stay("azurerm_mssql_firewall_rule.nat", **_sql_rule("nat", "20.61.4.8", "20.61.4.11")),
        stay("azurerm_mssql_firewall_rule.old", **_sql_rule("old", "203.0.113.4", "203.0.113.4")),
        stay(
            "azurerm_mssql_firewall_rule.wide", **_sql_rule("wide", "203.0.113.0", "203.0.113.15")
        ),
        _SQL_SERVER,
        _web("app-shop", DB_HOST="sql-core.database.windows.net"),
        uses=_SQL_USES,
    ),
    pair(
        "a server takes a tenth of the connections / logs slower statements alone",
        _flag("max_connections", "800", "80"),
        _flag("log_min_duration_statement", "1000", "5000"),
        _SERVER,
        _web("app-shop", DB_HOST="pg-core.postgres.database.azure.com"),
    ),
    pair(
        "carts expire after a day / take more requests",
        tweak("azurerm_cosmosdb_sql_container.carts", _CONTAINER, default_ttl=86400),
        tweak(
            "azurerm_cosmosdb_sql_container.carts",
            _CONTAINER,
            autoscale_settings=[{"max_throughput": 8000}],
        ),
        _web("app-shop", COSMOS="https://cosmos-shop.documents.azure.com", CONTAINER="carts"),
    ),
    pair(
        "nodes can no longer grow / can grow further",
        tweak("azurerm_kubernetes_cluster_node_pool.work", _POOL, max_count=3),
        tweak("azurerm_kubernetes_cluster_node_pool.work", _POOL, max_count=30),
        stay("azurerm_kubernetes_cluster.aks", **_AKS),
        uses={
            "azurerm_kubernetes_cluster_node_pool.work": {
                "kubernetes_cluster_id": ["azurerm_kubernetes_cluster.aks.id"]
            }
        },
    ),
    pair(
        "the build machines no longer reach the cluster / another office does as well",
        _reach("203.0.113.0/28"),
        _reach("198.51.100.8/32", "203.0.113.0/28", "203.0.113.64/28"),
    ),
    pair(
        "a container is called at a port it does not listen on / more of them run",
        _container_app("ingress", target_port=3000),
        _container_app("template", min_replicas=4),
    ),
    pair(
        "a way to the API goes from the edge / clients are sent to TLS",
        tweak(
            "azurerm_cdn_frontdoor_route.shop",
            _DOOR_ROUTE,
            patterns_to_match=["/img/*"],
        ),
        tweak("azurerm_cdn_frontdoor_route.shop", _DOOR_ROUTE, https_redirect_enabled=True),
    ),
    pair(
        "all requests are sent to another host first / answers get a header",
        _door_rule(
            1,
            url_redirect_action=[
                {
                    "redirect_type": "Found",
                    "destination_hostname": "status.shop.example",
                    "redirect_protocol": "Https",
                }
            ],
        ),
        _door_rule(
            9,
            response_header_action=[
                {"header_action": "Append", "header_name": "X-Frame-Options", "value": "DENY"}
            ],
        ),
        stay("azurerm_cdn_frontdoor_route.shop", **_DOOR_ROUTE),
        stay(
            "azurerm_cdn_frontdoor_rule_set.shop",
            id=f"{_DOOR}/ruleSets/shop",
            name="shop",
            cdn_frontdoor_profile_id=_DOOR,
        ),
    ),
    pair(
        "a name that a wildcard serves leads elsewhere / to the same place",
        _record("pay", "20.99.1.1"),
        _record("pay", "20.50.1.1"),
        _WILD,
        _web("app-shop", PAY_URL="https://pay.shop.example"),
    ),
    pair(
        "an API takes a hundredth of the calls / sends a header on",
        _api_policy('calls="3000"', 'calls="30"'),
        _api_policy(
            "<base />",
            '<base /><set-header name="X-Source" exists-action="override"><value>apim</value>'
            "</set-header>",
        ),
        _web("app-shop"),
    ),
    pair(
        "readings are kept for a day / may be more",
        tweak("azurerm_eventhub.meters", _HUB, message_retention=1),
        tweak("azurerm_eventhub.meters", _HUB, partition_count=16),
        stay("azurerm_eventhub_consumer_group.billing", **group("billing")),
        _web("app-billing", EVENT_HUB="meters", CONSUMER_GROUP="billing"),
    ),
    pair(
        "the group by which bills are read goes / one that nobody names",
        delete("azurerm_eventhub_consumer_group.billing", group("billing")),
        delete("azurerm_eventhub_consumer_group.trial", group("trial-2023")),
        stay("azurerm_eventhub_consumer_group.billing", **group("billing")),
        stay("azurerm_eventhub_consumer_group.trial", **group("trial-2023")),
        stay("azurerm_eventhub.meters", **_HUB),
        _web("app-billing", EVENT_HUB="meters", CONSUMER_GROUP="billing"),
    ),
    pair(
        "alerts reach nobody / a pager as well",
        tweak("azurerm_monitor_action_group.oncall", _PEOPLE, email_receiver=[]),
        tweak(
            "azurerm_monitor_action_group.oncall",
            _PEOPLE,
            webhook_receiver=[{"name": "pager", "service_uri": "https://events.pager.example/x"}],
        ),
        _ALERT,
    ),
    pair(
        "reads of secrets are no longer recorded / numbers are as well",
        delete("azurerm_monitor_diagnostic_setting.vault", _RECORDED),
        tweak(
            "azurerm_monitor_diagnostic_setting.vault",
            _RECORDED,
            metric=[{"category": "AllMetrics", "enabled": True}],
        ),
        _VAULT,
    ),
    pair(
        "copies are kept for three days / for sixty",
        tweak("azurerm_backup_policy_vm.daily", _COPIES, retention_daily=[{"count": 7}]),
        tweak("azurerm_backup_policy_vm.daily", _COPIES, retention_daily=[{"count": 60}]),
        stay(
            "azurerm_backup_protected_vm.erp",
            id="/rv/erp",
            recovery_vault_name="rv",
            backup_policy_id=f"{_R}/Microsoft.RecoveryServices/vaults/rv/backupPolicies/daily",
        ),
    ),
    pair(
        "packets from the hub are no longer taken / a gateway is shared",
        tweak("azurerm_virtual_network_peering.hub", _PEERING, allow_forwarded_traffic=False),
        tweak("azurerm_virtual_network_peering.hub", _PEERING, allow_gateway_transit=True),
        _VNET,
        _APPS,
        *_vm("api", "apps"),
        uses=_PLACED,
    ),
    pair(
        "names are asked of another server / a network gets tags",
        tweak("azurerm_virtual_network.core", _CORE, dns_servers=["10.0.0.10"]),
        tweak("azurerm_virtual_network.core", _CORE, tags={"owner": "network"}),
        _APPS,
        *_vm("api", "apps"),
        uses=_PLACED,
    ),
    pair(
        "another repository deploys / the login is named again for the same",
        tweak(
            "azurerm_federated_identity_credential.gh",
            _LOGIN,
            subject="repo:shop/deploy-v2:environment:production",
        ),
        tweak(
            "azurerm_federated_identity_credential.gh",
            {**_LOGIN, "subject": "repo:shop/deploy:ref:refs/heads/main"},
            subject="repo:shop/deploy:environment:production",
        ),
        _SHOP_ID,
    ),
]
