"""Databases: where their types keep version, standby, addresses and who may connect.

From the providers' documentation and schemas (aws 5.100, google 7, azurerm 4 and 5).
"""

from typing import Final

ENGINE_VERSIONS: Final[dict[str, str]] = {
    "aws_db_instance": "engine_version",
    "aws_docdb_cluster": "engine_version",
    "aws_elasticache_cluster": "engine_version",
    "aws_elasticache_replication_group": "engine_version",
    "aws_elasticsearch_domain": "elasticsearch_version",
    "aws_memorydb_cluster": "engine_version",
    "aws_mq_broker": "engine_version",
    "aws_msk_cluster": "kafka_version",
    "aws_neptune_cluster": "engine_version",
    "aws_opensearch_domain": "engine_version",
    "aws_rds_cluster": "engine_version",
    "aws_rds_global_cluster": "engine_version",
    "azurerm_mysql_flexible_server": "version",
    "azurerm_postgresql_flexible_server": "version",
    "digitalocean_database_cluster": "version",
    "google_alloydb_cluster": "database_version",
    "google_redis_instance": "redis_version",
    "google_sql_database_instance": "database_version",
    "mongodbatlas_advanced_cluster": "mongo_db_major_version",
    "mongodbatlas_cluster": "mongo_db_major_version",
    "scaleway_rdb_instance": "engine",
}

RESTART_IF_IMMEDIATE: Final[dict[str, frozenset[str]]] = {
    "aws_db_instance": frozenset(
        {
            "ca_cert_identifier",
            "db_subnet_group_name",
            "engine_version",
            "instance_class",
            "license_model",
            "option_group_name",
            "storage_type",
        }
    ),
    "aws_dms_replication_instance": frozenset({"engine_version", "replication_instance_class"}),
    "aws_docdb_cluster": frozenset({"engine_version"}),
    "aws_docdb_cluster_instance": frozenset({"ca_cert_identifier", "instance_class"}),
    "aws_elasticache_cluster": frozenset({"engine_version", "node_type"}),
    "aws_elasticache_replication_group": frozenset({"engine_version", "node_type"}),
    "aws_mq_broker": frozenset(
        {"configuration", "engine_version", "host_instance_type", "security_groups"}
    ),
    "aws_neptune_cluster": frozenset({"engine_version"}),
    "aws_neptune_cluster_instance": frozenset({"engine_version", "instance_class"}),
    "aws_rds_cluster": frozenset({"db_cluster_instance_class", "engine_version"}),
    "aws_rds_cluster_instance": frozenset({"ca_cert_identifier", "instance_class"}),
}
"""Arguments that restart the database, which waits for its window unless apply_immediately."""

RESTART_ALWAYS: Final[dict[str, tuple[str, ...]]] = {
    "aws_memorydb_cluster": ("engine_version", "node_type"),
    "aws_redshift_cluster": ("cluster_type", "node_type", "number_of_nodes"),
    "azurerm_mssql_managed_instance": ("sku_name", "vcores"),
    "azurerm_mysql_flexible_server": ("sku_name",),
    "azurerm_mysql_server": ("sku_name",),
    "azurerm_postgresql_flexible_server": ("sku_name",),
    "azurerm_postgresql_server": ("sku_name",),
    "azurerm_redis_cache": ("capacity", "family", "sku_name"),
    "google_alloydb_instance": ("machine_config.0.cpu_count", "machine_config.0.machine_type"),
    "google_redis_instance": ("memory_size_gb",),
    "google_sql_database_instance": ("settings.0.tier", "settings.0.edition"),
}
"""Arguments whose change restarts the database during the apply. Provider documentation."""

GROWS_ON_ITS_STANDBY: Final = {"google_redis_instance": ("tier", "STANDARD_HA")}
"""Types that grow by a failover of seconds where an argument has the value. Documentation."""

REDUNDANCY: Final[dict[str, tuple[str, ...]]] = {
    "aws_db_instance": ("multi_az",),
    "aws_elasticache_cluster": ("num_cache_nodes",),
    "aws_elasticache_replication_group": (
        "automatic_failover_enabled",
        "multi_az_enabled",
        "num_cache_clusters",
        "number_cache_clusters",
        "replicas_per_node_group",
    ),
    "aws_elasticsearch_domain": (
        "cluster_config.0.zone_awareness_enabled",
        "cluster_config.0.dedicated_master_enabled",
    ),
    "aws_memorydb_cluster": ("num_replicas_per_shard",),
    "aws_msk_cluster": ("number_of_broker_nodes",),
    "aws_opensearch_domain": (
        "cluster_config.0.zone_awareness_enabled",
        "cluster_config.0.dedicated_master_enabled",
        "cluster_config.0.multi_az_with_standby_enabled",
    ),
    "aws_redshift_cluster": ("multi_az", "number_of_nodes"),
    "azurerm_cosmosdb_account": (
        "automatic_failover_enabled",
        "enable_automatic_failover",
        "geo_location",
    ),
    "azurerm_eventhub_namespace": ("zone_redundant",),
    "azurerm_mssql_database": ("zone_redundant", "read_replica_count"),
    "azurerm_mssql_elasticpool": ("zone_redundant",),
    "azurerm_mysql_flexible_server": ("high_availability",),
    "azurerm_postgresql_flexible_server": ("high_availability",),
    "azurerm_redis_cache": ("replicas_per_master", "replicas_per_primary"),
    "azurerm_servicebus_namespace": ("zone_redundant",),
    "azurerm_storage_account": ("account_replication_type",),
    "digitalocean_database_cluster": ("node_count",),
    "google_alloydb_instance": ("availability_type",),
    "google_bigtable_instance": ("cluster",),
    "google_memorystore_instance": ("replica_count",),
    "google_redis_cluster": ("replica_count",),
    "google_redis_instance": ("replica_count",),
    "google_sql_database_instance": ("settings.0.availability_type",),
    "mongodbatlas_cluster": ("replication_factor",),
    "scaleway_rdb_instance": ("is_ha_cluster",),
}
"""Where a database keeps its standby, replicas and zones."""

PUBLIC_SWITCHES: Final[dict[str, tuple[str, ...]]] = {
    "aws_db_instance": ("publicly_accessible",),
    "aws_dms_replication_instance": ("publicly_accessible",),
    "aws_mq_broker": ("publicly_accessible",),
    "aws_neptune_cluster_instance": ("publicly_accessible",),
    "aws_rds_cluster_instance": ("publicly_accessible",),
    "aws_redshift_cluster": ("publicly_accessible",),
    "aws_redshiftserverless_workgroup": ("publicly_accessible",),
    "azurerm_cosmosdb_account": ("public_network_access_enabled",),
    "azurerm_mariadb_server": ("public_network_access_enabled",),
    "azurerm_mssql_managed_instance": ("public_data_endpoint_enabled",),
    "azurerm_mssql_server": ("public_network_access_enabled",),
    "azurerm_mysql_flexible_server": ("public_network_access_enabled",),
    "azurerm_mysql_server": ("public_network_access_enabled",),
    "azurerm_postgresql_flexible_server": ("public_network_access_enabled",),
    "azurerm_postgresql_server": ("public_network_access_enabled",),
    "azurerm_redis_cache": ("public_network_access_enabled",),
    "azurerm_search_service": ("public_network_access_enabled",),
    "azurerm_synapse_workspace": ("public_network_access_enabled",),
    "google_alloydb_instance": ("network_config.0.enable_public_ip",),
}
"""Switches that give a database a public address or let the internet ask it."""

CLOSED_WITHOUT_RULES: Final = frozenset(
    {
        "azurerm_mariadb_server",
        "azurerm_mssql_server",
        "azurerm_mysql_flexible_server",
        "azurerm_mysql_server",
        "azurerm_postgresql_flexible_server",
        "azurerm_postgresql_server",
        "azurerm_synapse_workspace",
    }
)
"""Behind the switch they admit nobody until a firewall rule does."""

ADMITTED_SOURCES: Final[dict[str, str]] = {
    "aiven_cassandra": "cassandra_user_config.0.ip_filter",
    "aiven_kafka": "kafka_user_config.0.ip_filter",
    "aiven_mysql": "mysql_user_config.0.ip_filter",
    "aiven_opensearch": "opensearch_user_config.0.ip_filter",
    "aiven_pg": "pg_user_config.0.ip_filter",
    "aiven_redis": "redis_user_config.0.ip_filter",
    "azurerm_cosmosdb_account": "ip_range_filter",
    "azurerm_mariadb_firewall_rule": "",
    "azurerm_mssql_firewall_rule": "",
    "azurerm_mysql_firewall_rule": "",
    "azurerm_mysql_flexible_server_firewall_rule": "",
    "azurerm_postgresql_firewall_rule": "",
    "azurerm_postgresql_flexible_server_firewall_rule": "",
    "azurerm_redis_firewall_rule": "",
    "azurerm_sql_firewall_rule": "",
    "azurerm_synapse_firewall_rule": "",
    "digitalocean_database_firewall": "rule",
    "google_sql_database_instance": "settings.0.ip_configuration.0.authorized_networks",
    "linode_database_mysql": "allow_list",
    "linode_database_mysql_v2": "allow_list",
    "linode_database_postgresql": "allow_list",
    "linode_database_postgresql_v2": "allow_list",
    "mongodbatlas_project_ip_access_list": "cidr_block",
    "ovh_cloud_project_database": "ip_restrictions",
    "ovh_cloud_project_database_ip_restriction": "ip",
    "scaleway_rdb_acl": "acl_rules",
    "vultr_database": "trusted_ips",
}
"""Where a database or its firewall lists who may ask; "" is azurerm's first and last address."""

ADDRESS_ARGUMENTS: Final[dict[str, tuple[str, ...]]] = {
    "aws_db_instance": ("identifier", "port"),
    "aws_rds_cluster": ("port",),
    "aws_redshift_cluster": ("cluster_identifier", "port"),
    "aws_redshiftserverless_workgroup": ("port",),
    "azurerm_redis_cache": ("enable_non_ssl_port", "non_ssl_port_enabled"),
}
"""Arguments that can be changed in place and are part of how clients reach the database."""

PARAMETER_GROUP_ARGUMENTS: Final[dict[str, tuple[str, ...]]] = {
    "aws_db_instance": ("parameter_group_name", "option_group_name"),
    "aws_docdb_cluster": ("db_cluster_parameter_group_name",),
    "aws_elasticache_cluster": ("parameter_group_name",),
    "aws_elasticache_replication_group": ("parameter_group_name",),
    "aws_memorydb_cluster": ("parameter_group_name",),
    "aws_neptune_cluster": ("neptune_cluster_parameter_group_name",),
    "aws_neptune_cluster_instance": ("neptune_parameter_group_name",),
    "aws_rds_cluster": ("db_cluster_parameter_group_name",),
    "aws_rds_cluster_instance": ("db_parameter_group_name",),
    "aws_redshift_cluster": ("cluster_parameter_group_name",),
}
"""The arguments that name a database's set of parameters."""

PARAMETER_GROUPS: Final = frozenset(
    {
        "aws_db_parameter_group",
        "aws_docdb_cluster_parameter_group",
        "aws_neptune_cluster_parameter_group",
        "aws_neptune_parameter_group",
        "aws_rds_cluster_parameter_group",
        "aws_redshift_parameter_group",
    }
)
"""Sets of parameters, in blocks called `parameter`."""

SERVER_PARAMETERS: Final = frozenset(
    {
        "azurerm_mysql_flexible_server_configuration",
        "azurerm_postgresql_flexible_server_configuration",
    }
)
"""One parameter of a server, by `name` and `value`."""

STATIC_PARAMETERS: Final = frozenset(
    {
        "autovacuum_freeze_max_age",
        "autovacuum_max_workers",
        "back_log",
        "huge_pages",
        "innodb_buffer_pool_instances",
        "innodb_buffer_pool_size",
        "innodb_log_file_size",
        "innodb_read_io_threads",
        "innodb_write_io_threads",
        "log_bin",
        "lower_case_table_names",
        "max_connections",
        "max_locks_per_transaction",
        "max_prepared_transactions",
        "max_replication_slots",
        "max_wal_senders",
        "max_worker_processes",
        "performance_schema",
        "shared_buffers",
        "shared_preload_libraries",
        "skip_name_resolve",
        "table_open_cache_instances",
        "track_activity_query_size",
        "wal_level",
    }
)
"""Parameters of PostgreSQL and MySQL that are read at the start of the server only."""

FLAGS: Final[dict[str, tuple[str, ...]]] = {
    "google_alloydb_instance": ("database_flags",),
    "google_sql_database_instance": ("settings.0.database_flags",),
}
"""Flags, some of which restart the instance when they change."""

TLS_PARAMETERS: Final = frozenset(
    {"neptune_enforce_ssl", "rds.force_ssl", "require_secure_transport", "require_ssl", "tls"}
)
"""Parameters that refuse connections without TLS."""

TLS_SWITCHES: Final[dict[str, dict[str, frozenset[bool | str]]]] = {
    "aws_elasticache_replication_group": {"transit_encryption_mode": frozenset({"required"})},
    "azurerm_mysql_server": {"ssl_enforcement_enabled": frozenset({True})},
    "azurerm_postgresql_server": {"ssl_enforcement_enabled": frozenset({True})},
    "google_sql_database_instance": {
        "settings.0.ip_configuration.0.require_ssl": frozenset({True}),
        "settings.0.ip_configuration.0.ssl_mode": frozenset(
            {"ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"}
        ),
    },
}
"""Switches with the values that refuse connections without TLS."""

LEAST_TLS: Final[dict[str, tuple[str, ...]]] = {
    "azurerm_cosmosdb_account": ("minimal_tls_version",),
    "azurerm_mssql_managed_instance": ("minimum_tls_version",),
    "azurerm_mssql_server": ("minimum_tls_version",),
    "azurerm_redis_cache": ("minimum_tls_version",),
}
"""The lowest TLS version that is accepted."""

PASSWORDS: Final[dict[str, tuple[str, ...]]] = {
    "aws_db_instance": ("password", "password_wo_version", "manage_master_user_password"),
    "aws_docdb_cluster": ("master_password", "manage_master_user_password"),
    "aws_elasticache_replication_group": ("auth_token",),
    "aws_neptune_cluster": ("master_password",),
    "aws_rds_cluster": (
        "master_password",
        "master_password_wo_version",
        "manage_master_user_password",
    ),
    "aws_redshift_cluster": ("master_password", "manage_master_password"),
    "azurerm_mssql_server": ("administrator_login_password",),
    "azurerm_mysql_flexible_server": ("administrator_password",),
    "azurerm_mysql_server": ("administrator_login_password",),
    "azurerm_postgresql_flexible_server": ("administrator_password",),
    "azurerm_postgresql_server": ("administrator_login_password",),
    "google_sql_user": ("password",),
    "mongodbatlas_database_user": ("password",),
    "mysql_user": ("plaintext_password",),
    "postgresql_role": ("password",),
}
"""Passwords of databases and their users."""

INDEX_TYPES: Final = frozenset(
    {"google_datastore_index", "google_firestore_index", "mongodbatlas_search_index"}
)
"""Indexes that are resources of their own."""
