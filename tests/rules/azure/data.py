"""Data stores, their backups and messages. Each dangerous change stands beside a harmless one."""

from __future__ import annotations

from typing import Final

from tests.rules.azure.objects import (
    AZAPI_DASH,
    AZAPI_DB,
    BACKUP_POLICY,
    BUS_KEYS_READ,
    COSMOS,
    COSMOS_CONTAINER,
    EVENTS,
    EVENTS_REFS,
    FAILOVER,
    FAILOVER_REFS,
    IN_RG,
    KEYS_READ,
    LIFECYCLE,
    LIFECYCLE_REFS,
    POOL,
    REDIS,
    RSV,
    RULE_PATH,
    Case,
    endpoint,
)
from tests.rules.azure.world import (
    BUS,
    HUBS,
    PG,
    SQL,
    STORE,
    VAULT,
    VNET,
    edit,
    extra,
    gone,
    new,
    rebuilt,
)

DATA: Final[list[Case]] = [
    (
        "the vault lets all networks in",
        [edit("azurerm_key_vault.main", {"network_acls.0.default_action": "Allow"})],
        [
            edit(
                "azurerm_key_vault.main",
                {"network_acls.0.ip_rules": ["198.51.100.7/32", "198.51.100.8/32"]},
            )
        ],
    ),
    (
        "the vault shuts out those who use it",
        [
            edit(
                "azurerm_key_vault.main",
                {
                    "network_acls.0.default_action": ("Allow", "Deny"),
                    "network_acls.0.ip_rules": ([], []),
                    "network_acls.0.virtual_network_subnet_ids": ([], []),
                },
            )
        ],
        [
            edit(
                "azurerm_key_vault.main",
                {
                    "network_acls.0.virtual_network_subnet_ids": [
                        f"{VNET}/subnets/app", f"{VNET}/subnets/aks"
                    ]
                },
            )
        ],
    ),
    (
        "public ways end where no private one leads",
        [edit("azurerm_key_vault.main", {"public_network_access_enabled": False})],
        [
            edit("azurerm_key_vault.main", {"public_network_access_enabled": False}),
            endpoint(VAULT, "azurerm_key_vault.main"),
        ],
    ),
    (
        "a key may no longer unwrap",
        [edit("azurerm_key_vault_key.disk", {"key_opts": ["encrypt", "wrapKey"]})],
        [edit("azurerm_key_vault_key.disk", {"tags": ({}, {"team": "shop"})})],
    ),
    (
        "the secret runs out",
        [
            edit(
                "azurerm_key_vault_secret.db",
                {"expiration_date": "2026-01-01T00:00:00Z"},
            ),
        ],
        [edit("azurerm_key_vault_secret.db", {"content_type": ("", "password")})],
    ),
    (
        "keys end that a function uses",
        [edit("azurerm_storage_account.data", {"shared_access_key_enabled": False}), KEYS_READ],
        [edit("azurerm_storage_account.data", {"access_tier": "Cool"}), KEYS_READ],
    ),
    (
        "the store shuts out those who use it",
        [
            edit(
                "azurerm_storage_account.data",
                {
                    "network_rules.0.default_action": ("Allow", "Deny"),
                    "network_rules.0.ip_rules": ([], []),
                    "network_rules.0.virtual_network_subnet_ids": ([], []),
                },
            )
        ],
        [
            edit(
                "azurerm_storage_account.data",
                {"network_rules.0.ip_rules": ["198.51.100.7", "198.51.100.8"]},
            )
        ],
    ),
    (
        "the app's subnet is no longer admitted",
        [
            edit(
                "azurerm_storage_account.data",
                {"network_rules.0.virtual_network_subnet_ids": []},
            )
        ],
        [
            edit(
                "azurerm_storage_account.data",
                {
                    "network_rules.0.virtual_network_subnet_ids": [
                        f"{VNET}/subnets/app", f"{VNET}/subnets/aks"
                    ]
                },
            )
        ],
    ),
    (
        "old TLS is let in",
        [edit("azurerm_storage_account.data", {"min_tls_version": "TLS1_0"})],
        [edit("azurerm_storage_account.data", {"cross_tenant_replication_enabled": (True, False)})],
    ),
    (
        "copies in another region end",
        [edit("azurerm_storage_account.data", {"account_replication_type": "LRS"})],
        [edit("azurerm_storage_account.data", {"account_replication_type": ("LRS", "GRS")})],
    ),
    (
        "deleted blobs are gone at once",
        [
            edit(
                "azurerm_storage_account.data",
                {"blob_properties.0.delete_retention_policy.0.days": 1},
            )
        ],
        [
            edit(
                "azurerm_storage_account.data",
                {"blob_properties.0.delete_retention_policy.0.days": 90},
            )
        ],
    ),
    (
        "invoices are deleted after a month",
        [
            edit(
                "azurerm_storage_management_policy.main",
                {RULE_PATH: 30}, LIFECYCLE_REFS, **LIFECYCLE,
            )
        ],
        [
            edit(
                "azurerm_storage_management_policy.main",
                {RULE_PATH: (30, 3650)}, LIFECYCLE_REFS, **LIFECYCLE,
            )
        ],
    ),
    (
        "a new rule deletes everything old",
        [
            edit(
                "azurerm_storage_management_policy.main",
                {"rule": [
                    *LIFECYCLE["rule"],
                    {"name": "all", "enabled": True,
                     "filters": [{"prefix_match": [], "blob_types": ["blockBlob"]}],
                     "actions": [{"base_blob": [
                         {"delete_after_days_since_modification_greater_than": 7}]}]},
                ]},
                LIFECYCLE_REFS, **LIFECYCLE,
            )
        ],
        [
            edit(
                "azurerm_storage_management_policy.main",
                {"rule": [
                    *LIFECYCLE["rule"],
                    {"name": "cool", "enabled": True,
                     "filters": [{"prefix_match": ["logs/"], "blob_types": ["blockBlob"]}],
                     "actions": [{"base_blob": [
                         {"tier_to_cool_after_days_since_modification_greater_than": 30}]}]},
                ]},
                LIFECYCLE_REFS, **LIFECYCLE,
            )
        ],
    ),
    (
        "the share is smaller than what is in it",
        [
            edit(
                "azurerm_storage_share.files", {"quota": (5120, 100)},
                id="share", name="files", storage_account_id=STORE,
            )
        ],
        [
            edit(
                "azurerm_storage_share.files", {"quota": (100, 5120)},
                id="share", name="files", storage_account_id=STORE,
            )
        ],
    ),
    (
        "the database gets another machine",
        [edit("azurerm_postgresql_flexible_server.main", {"sku_name": "GP_Standard_D2s_v3"})],
        [edit("azurerm_postgresql_flexible_server.main", {"storage_mb": 262144})],
    ),
    (
        "the database loses its standby",
        [edit("azurerm_postgresql_flexible_server.main", {"high_availability": []})],
        [edit("azurerm_postgresql_flexible_server.main", {"auto_grow_enabled": True})],
    ),
    (
        "fewer days of backup",
        [edit("azurerm_postgresql_flexible_server.main", {"backup_retention_days": 7})],
        [edit("azurerm_postgresql_flexible_server.main", {"backup_retention_days": (7, 35)})],
    ),
    (
        "the next major version",
        [edit("azurerm_postgresql_flexible_server.main", {"version": "16"})],
        [
            edit(
                "azurerm_postgresql_flexible_server.main",
                {"maintenance_window.0.start_hour": 4},
            )
        ],
    ),
    (
        "a parameter that needs a restart",
        [
            edit(
                "azurerm_postgresql_flexible_server_configuration.x",
                {"value": ("859", "2000")},
                {"server_id": ["azurerm_postgresql_flexible_server.main.id"]},
                id="c", name="max_connections", server_id=PG,
            )
        ],
        [
            edit(
                "azurerm_postgresql_flexible_server_configuration.x",
                {"value": ("-1", "1000")},
                {"server_id": ["azurerm_postgresql_flexible_server.main.id"]},
                id="c", name="log_min_duration_statement", server_id=PG,
            )
        ],
    ),
    (
        "passwords end",
        [
            edit(
                "azurerm_postgresql_flexible_server.main",
                {"authentication.0.password_auth_enabled": False,
                 "authentication.0.active_directory_auth_enabled": True},
            )
        ],
        [
            edit(
                "azurerm_postgresql_flexible_server.main",
                {"authentication.0.active_directory_auth_enabled": True,
                 "authentication.0.tenant_id": "t"},
            )
        ],
    ),
    (
        "everybody may ask the database",
        [
            new(
                "azurerm_mssql_firewall_rule.x",
                {"name": "x", "server_id": SQL, "start_ip_address": ".".join("0000"),
                 "end_ip_address": "255.255.255.255"},
                server_id=["azurerm_mssql_server.billing.id"],
            )
        ],
        [
            new(
                "azurerm_mssql_firewall_rule.x",
                {"name": "x", "server_id": SQL, "start_ip_address": "198.51.100.9",
                 "end_ip_address": "198.51.100.9"},
                server_id=["azurerm_mssql_server.billing.id"],
            )
        ],
    ),
    (
        "the billing database gets a small machine",
        [edit("azurerm_mssql_database.billing", {"sku_name": "S0"})],
        [edit("azurerm_mssql_database.billing", {"max_size_gb": 500})],
    ),
    (
        "the billing database keeps fewer days",
        [
            edit(
                "azurerm_mssql_database.billing",
                {"short_term_retention_policy.0.retention_days": 7},
            )
        ],
        [
            edit(
                "azurerm_mssql_database.billing",
                {"short_term_retention_policy.0.retention_days": (7, 35)},
            )
        ],
    ),
    (
        "the billing database keeps no old copies",
        [
            edit(
                "azurerm_mssql_database.billing",
                {"long_term_retention_policy": []},
            )
        ],
        [
            edit(
                "azurerm_mssql_database.billing",
                {"long_term_retention_policy.0.yearly_retention": (None, "P5Y")},
            )
        ],
    ),
    (
        "logins of the server end",
        [
            edit(
                "azurerm_mssql_server.billing",
                {"azuread_administrator.0.azuread_authentication_only": True},
            )
        ],
        [edit("azurerm_mssql_server.billing", {"tags": {"environment": "production", "a": "b"}})],
    ),
    (
        "the pool's databases share less",
        [edit("azurerm_mssql_elasticpool.pool", {"sku.0.capacity": 2}, **POOL)],
        [edit("azurerm_mssql_elasticpool.pool", {"sku.0.capacity": 16}, **POOL)],
    ),
    (
        "failover waits for a person",
        [
            edit(
                "azurerm_mssql_failover_group.fg",
                {"read_write_endpoint_failover_policy.0.mode": "Manual"},
                FAILOVER_REFS, **FAILOVER,
            )
        ],
        [
            edit(
                "azurerm_mssql_failover_group.fg",
                {"tags": ({}, {"a": "b"})}, FAILOVER_REFS, **FAILOVER,
            )
        ],
    ),
    (
        "the failover group goes",
        [gone("azurerm_mssql_failover_group.fg", **FAILOVER)],
        [
            edit(
                "azurerm_mssql_failover_group.fg",
                {"readonly_endpoint_failover_policy_enabled": (False, True)},
                FAILOVER_REFS, **FAILOVER,
            )
        ],
    ),
    (
        "reads may be stale",
        [
            edit(
                "azurerm_cosmosdb_account.main",
                {"consistency_policy.0.consistency_level": "Eventual"}, **COSMOS,
            )
        ],
        [
            edit(
                "azurerm_cosmosdb_account.main",
                {"geo_location": [
                    {"location": "westeurope", "failover_priority": 0},
                    {"location": "northeurope", "failover_priority": 1},
                ]},
                **COSMOS,
            )
        ],
    ),
    (
        "keys of the database account end",
        [
            edit(
                "azurerm_cosmosdb_account.main",
                {"local_authentication_disabled": True}, **COSMOS,
            )
        ],
        [
            edit(
                "azurerm_cosmosdb_account.main",
                {"tags": {"environment": "production", "a": "b"}}, **COSMOS,
            )
        ],
    ),
    (
        "requests beyond a tenth are refused",
        [edit("azurerm_cosmosdb_sql_container.carts", {"throughput": 400}, **COSMOS_CONTAINER)],
        [edit("azurerm_cosmosdb_sql_container.carts", {"throughput": 8000}, **COSMOS_CONTAINER)],
    ),
    (
        "items are deleted after an hour",
        [edit("azurerm_cosmosdb_sql_container.carts", {"default_ttl": 3600}, **COSMOS_CONTAINER)],
        [edit("azurerm_cosmosdb_sql_container.carts", {"default_ttl": -1}, **COSMOS_CONTAINER)],
    ),
    (
        "the cache is smaller",
        [edit("azurerm_redis_cache.main", {"capacity": 1}, **REDIS)],
        [
            edit(
                "azurerm_redis_cache.main",
                {"patch_schedule": [{"day_of_week": "Sunday", "start_hour_utc": 2}]}, **REDIS,
            )
        ],
    ),
    (
        "keys of the cache end",
        [edit("azurerm_redis_cache.main", {"access_keys_authentication_enabled": False}, **REDIS)],
        [edit("azurerm_redis_cache.main", {"tags": {"a": "b"}}, **REDIS)],
    ),
    (
        "messages are dropped after an hour",
        [edit("azurerm_servicebus_queue.orders", {"default_message_ttl": "PT1H"})],
        [edit("azurerm_servicebus_queue.orders", {"lock_duration": "PT3M"})],
    ),
    (
        "the first error sends a message away",
        [edit("azurerm_servicebus_queue.orders", {"max_delivery_count": 1})],
        [edit("azurerm_servicebus_queue.orders", {"max_delivery_count": 20})],
    ),
    (
        "expired messages leave no trace",
        [
            edit(
                "azurerm_servicebus_queue.orders",
                {"dead_lettering_on_message_expiration": False},
            )
        ],
        [edit("azurerm_servicebus_queue.orders", {"max_size_in_megabytes": 5120})],
    ),
    (
        "the queue takes nothing in",
        [edit("azurerm_servicebus_queue.orders", {"status": "SendDisabled"})],
        [new("azurerm_servicebus_queue.returns", {"name": "returns", "namespace_id": BUS},
             namespace_id=["azurerm_servicebus_namespace.main.id"])],
    ),
    (
        "keys end that a consumer uses",
        [edit("azurerm_servicebus_namespace.main", {"local_auth_enabled": False}), BUS_KEYS_READ],
        [edit("azurerm_servicebus_namespace.main", {"capacity": 4}), BUS_KEYS_READ],
    ),
    (
        "a subscription takes in less",
        [
            edit(
                "azurerm_servicebus_subscription_rule.eu",
                {"sql_filter": "region = 'eu' AND vip = true"},
                id="r", name="eu", filter_type="SqlFilter", sql_filter="region = 'eu'",
                subscription_id=f"{BUS}/topics/t/subscriptions/s",
            )
        ],
        [
            new(
                "azurerm_servicebus_subscription.audit",
                {"name": "audit", "topic_id": f"{BUS}/topics/t", "max_delivery_count": 10},
            )
        ],
    ),
    (
        "events are kept for a day",
        [edit("azurerm_eventhub.clicks", {"message_retention": 1})],
        [edit("azurerm_eventhub.clicks", {"message_retention": (1, 7)})],
    ),
    (
        "the hub is made anew with other partitions",
        [rebuilt("azurerm_eventhub.clicks", {"partition_count": 4})],
        [
            new(
                "azurerm_eventhub_consumer_group.x",
                {"name": "x", "eventhub_name": "clicks", "namespace_name": "eh-orders"},
                eventhub_name=["azurerm_eventhub.clicks.name"],
            )
        ],
    ),
    (
        "a consumer loses its place",
        [
            gone(
                "azurerm_eventhub_consumer_group.analytics",
                id=f"{HUBS}/eventhubs/clicks/consumerGroups/analytics", name="analytics",
                eventhub_name="clicks", namespace_name="eh-orders",
            )
        ],
        [edit("azurerm_eventhub_namespace.main", {"capacity": 8})],
    ),
    (
        "fewer events are handed on",
        [
            edit(
                "azurerm_eventgrid_event_subscription.orders",
                {"included_event_types": ["Microsoft.Storage.BlobDeleted"]},
                EVENTS_REFS, **EVENTS,
            )
        ],
        [
            edit(
                "azurerm_eventgrid_event_subscription.orders",
                {"included_event_types": [*EVENTS["included_event_types"],
                                          "Microsoft.Storage.BlobRenamed"]},
                EVENTS_REFS, **EVENTS,
            )
        ],
    ),
    (
        "images are no longer copied to the second region",
        [edit("azurerm_container_registry.main", {"georeplications": []})],
        [
            edit(
                "azurerm_container_registry.main",
                {"georeplications": [{"location": "northeurope"}, {"location": "uksouth"}]},
            )
        ],
    ),
    (
        "the registry's password ends for those who pull with it",
        [
            edit("azurerm_container_registry.main", {"admin_enabled": False}),
            extra("kubernetes_secret.pull", {"id": "s"},
                  data=["azurerm_container_registry.main.admin_password"]),
        ],
        [edit("azurerm_container_registry.main", {"admin_enabled": False})],
    ),
    (
        "everybody may pull",
        [edit("azurerm_container_registry.main", {"anonymous_pull_enabled": True})],
        [edit("azurerm_container_registry.main", {"zone_redundancy_enabled": (None, None),
                                                  "tags": {"a": "b"}})],
    ),
    (
        "backups are kept for a week",
        [edit("azurerm_backup_policy_vm.daily", {"retention_daily.0.count": 7}, **BACKUP_POLICY)],
        [edit("azurerm_backup_policy_vm.daily", {"retention_daily.0.count": 60}, **BACKUP_POLICY)],
    ),
    (
        "deleted backups are gone at once",
        [edit("azurerm_recovery_services_vault.rsv", {"soft_delete_enabled": False}, **RSV)],
        [
            edit(
                "azurerm_recovery_services_vault.rsv",
                {"tags": {"environment": "production", "a": "b"}}, **RSV,
            )
        ],
    ),
    (
        "backups may be changed",
        [edit("azurerm_recovery_services_vault.rsv", {"immutability": "Disabled"}, **RSV)],
        [
            edit(
                "azurerm_recovery_services_vault.rsv",
                {"immutability": ("Disabled", "Unlocked")}, **RSV,
            )
        ],
    ),
    (
        "a database made by azapi is deleted",
        [gone("azapi_resource.pg", **AZAPI_DB)],
        [gone("azapi_resource.dash", **AZAPI_DASH)],
    ),
    (
        "a database of azapi becomes public",
        [
            edit(
                "azapi_resource.pg",
                {"body.properties.network.publicNetworkAccess": "Enabled"}, IN_RG, **AZAPI_DB,
            )
        ],
        [edit("azapi_resource.pg", {"body.tags": {"team": "shop"}}, IN_RG, **AZAPI_DB)],
    ),
    (
        "a database of azapi keeps fewer backups",
        [
            edit(
                "azapi_resource.pg",
                {"body.properties.backup.backupRetentionDays": 7}, IN_RG, **AZAPI_DB,
            )
        ],
        [
            edit(
                "azapi_resource.pg",
                {"body.properties.backup.backupRetentionDays": (7, 35)}, IN_RG, **AZAPI_DB,
            )
        ],
    ),
]  # fmt: skip
