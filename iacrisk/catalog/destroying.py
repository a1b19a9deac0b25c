"""Facts about deletes and replacements that `facts` does not hold, each with where it comes from.

"schema" is the provider's own schema (aws 5.100.0), "documentation" its documentation.
"""

from typing import Final

MORE_GUARDS: Final[dict[str, frozenset[bool | str]]] = {
    "cluster_deletion_protection": frozenset({True}),
    "delete_protected": frozenset({True}),
    "deletion_protection": frozenset({"PROTECTED"}),
    "firewall_policy_change_protection": frozenset({True}),
    "is_deletion_protected": frozenset({True}),
    "managed_termination_protection": frozenset({"ENABLED"}),
    "persistent_volume_reclaim_policy": frozenset({"Retain"}),
    "prevent_deletion_if_contains_resources": frozenset({True}),
    "reclaim_policy": frozenset({"Retain"}),
    "subnet_change_protection": frozenset({True}),
}
"""Guards beside `facts.GUARD_ATTRIBUTES`. Documentation.

"PROTECTED" is google_bigtable_table, "ENABLED" aws_ecs_capacity_provider, "Retain" the reclaim
policy of a Kubernetes volume.
"""

ON_WORDS: Final = frozenset({"on", "enabled", "active", "protected", "true"})
"""How providers that use words instead of booleans say that a guard is on. Documentation."""

NEW_INSTANCES_ONLY: Final = frozenset({"aws_launch_configuration", "aws_launch_template"})
"""Types whose guard attributes count for machines started later, not for those that run."""

KEPT_ON_DELETE: Final[dict[str, bool]] = {"auto_delete": False, "delete_on_termination": False}
"""Disk settings and the value with which the disk outlives its machine. Schema, documentation."""

MORE_FORCE_DESTROY: Final = frozenset(
    {
        "force_delete_repository",
        "force_drop",
        "ignore_active_certificates_on_deletion",
        "skip_deletion_check",
        "skip_resource_in_use_check",
    }
)
"""Force-destroy arguments beside `facts.FORCE_DESTROY_ATTRIBUTES`. Documentation."""

REFUSES_WHILE_FULL: Final[dict[str, str]] = {
    "aws_athena_database": "force_destroy",
    "aws_backup_vault": "force_destroy",
    "aws_ecr_repository": "force_delete",
    "aws_ecrpublic_repository": "force_destroy",
    "aws_s3_bucket": "force_destroy",
    "aws_s3_directory_bucket": "force_destroy",
    "aws_s3tables_table_bucket": "force_destroy",
    "digitalocean_spaces_bucket": "force_destroy",
    "google_bigquery_dataset": "delete_contents_on_destroy",
    "google_storage_bucket": "force_destroy",
}
"""Types whose delete fails while something is inside, and the argument that empties them first."""

CONTENT_IN_CONFIGURATION: Final = frozenset(
    {
        "aws_ssm_parameter",
        "azurerm_app_configuration_feature",
        "azurerm_app_configuration_key",
        "azurerm_storage_share_file",
        "github_release",
        "github_repository_file",
        "kubernetes_config_map",
        "kubernetes_config_map_v1",
        "kubernetes_secret",
        "kubernetes_secret_v1",
    }
)
"""Types whose content stands in the configuration, so that a re-apply writes it again."""

FLOWING: Final = frozenset(
    {
        "aws_kinesis_firehose_delivery_stream",
        "aws_kinesis_stream",
        "aws_sqs_queue",
        "azurerm_eventhub",
        "azurerm_servicebus_queue",
        "azurerm_servicebus_subscription",
        "azurerm_servicebus_topic",
        "google_cloud_tasks_queue",
        "google_pubsub_subscription",
        "google_pubsub_topic",
    }
)
"""Types that hold data on its way: what is not read yet is lost."""

REPLICA_OF: Final[dict[str, tuple[str, ...]]] = {
    "aws_db_instance": ("replicate_source_db",),
    "azurerm_mysql_flexible_server": ("source_server_id",),
    "azurerm_postgresql_flexible_server": ("source_server_id",),
    "google_sql_database_instance": ("master_instance_name",),
}
"""Types that are a copy kept up to date by another object when this argument names one.

Azure's `source_server_id` also stands for a restore: `create_mode` has to be "Replica".
"""

LOG_RETENTION: Final[dict[str, str]] = {
    "aws_cloudwatch_log_group": "retention_in_days",
    "google_logging_project_bucket_config": "retention_days",
}
"""Log stores and the argument that says for how many days they keep."""

MORE_IDENTITY: Final = frozenset(
    {
        "at_rest_encryption_enabled",
        "cluster_id",
        "cluster_name",
        "creation_token",
        "customer_managed_key",
        "database",
        "database_id",
        "dataset_id",
        "db_name",
        "domain",
        "domain_name",
        "encryption",
        "encryption_configuration",
        "encryption_key_name",
        "encryption_type",
        "infrastructure_encryption_enabled",
        "instance_id",
        "key",
        "key_type",
        "metadata",
        "namespace",
        "project",
        "project_id",
        "replication_group_id",
        "repository",
        "repository_id",
        "resource_group_name",
        "secret_id",
        "server_id",
        "server_name",
        "snapshot_id",
        "storage_account_id",
        "storage_account_name",
        "topic",
        "volume_id",
        "zone",
    }
)
"""Arguments beside `facts.IDENTITY_ATTRIBUTES` that say which object it is. Schema."""

ENCRYPTION_ARGUMENTS: Final = frozenset(
    {
        "at_rest_encryption_enabled",
        "customer_managed_key",
        "encrypt_at_rest",
        "encrypted",
        "encryption",
        "encryption_configuration",
        "encryption_key_name",
        "encryption_type",
        "infrastructure_encryption_enabled",
        "kms_key_id",
        "storage_encrypted",
    }
)
"""Of the identity arguments those that say how it is encrypted."""

PLACE_ARGUMENTS: Final = frozenset(
    {"availability_zone", "location", "region", "resource_group_name", "zone"}
)
"""Of the identity arguments those that say where it is."""

SOURCE_ARGUMENTS: Final = frozenset({"image", "snapshot_id", "snapshot_identifier", "user_data"})
"""Of the identity arguments those that say what it starts from."""

PARENT_KEYS: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "aws_alb_listener": ("load_balancer_arn", "aws_alb", ("arn", "id")),
    "aws_cognito_user_pool_client": ("user_pool_id", "aws_cognito_user_pool", ("id",)),
    "aws_cognito_user_pool_domain": ("user_pool_id", "aws_cognito_user_pool", ("id",)),
    "aws_docdb_cluster_instance": (
        "cluster_identifier", "aws_docdb_cluster", ("cluster_identifier", "id"),
    ),
    "aws_dynamodb_table_replica": ("global_table_arn", "aws_dynamodb_table", ("arn",)),
    "aws_eks_addon": ("cluster_name", "aws_eks_cluster", ("name", "id")),
    "aws_eks_fargate_profile": ("cluster_name", "aws_eks_cluster", ("name", "id")),
    "aws_eks_node_group": ("cluster_name", "aws_eks_cluster", ("name", "id")),
    "aws_lb_listener": ("load_balancer_arn", "aws_lb", ("arn", "id")),
    "aws_neptune_cluster_instance": (
        "cluster_identifier", "aws_neptune_cluster", ("cluster_identifier", "id"),
    ),
    "aws_rds_cluster_instance": (
        "cluster_identifier", "aws_rds_cluster", ("cluster_identifier", "id"),
    ),
    "google_alloydb_instance": ("cluster", "google_alloydb_cluster", ("name", "id")),
    "google_bigtable_table": ("instance_name", "google_bigtable_instance", ("name", "id")),
    "google_container_node_pool": ("cluster", "google_container_cluster", ("name", "id")),
    "google_spanner_database": ("instance", "google_spanner_instance", ("name", "id")),
    "google_sql_database": ("instance", "google_sql_database_instance", ("name", "id")),
    "google_sql_user": ("instance", "google_sql_database_instance", ("name", "id")),
    "hcloud_load_balancer_service": ("load_balancer_id", "hcloud_load_balancer", ("id",)),
    "hcloud_load_balancer_target": ("load_balancer_id", "hcloud_load_balancer", ("id",)),
    "hcloud_volume_attachment": ("server_id", "hcloud_server", ("id",)),
    "mongodbatlas_cloud_backup_schedule": (
        "cluster_name", "mongodbatlas_advanced_cluster", ("name",),
    ),
}  # fmt: skip
"""Child type: its argument that names the parent, the parent's type and what it is compared with.

Only parents that can carry a guard of their own. Schema, documentation.
"""

NEED_A_SIBLING: Final = frozenset(
    {
        "aws_docdb_cluster_instance",
        "aws_eks_fargate_profile",
        "aws_eks_node_group",
        "aws_lb_listener",
        "aws_alb_listener",
        "aws_neptune_cluster_instance",
        "aws_rds_cluster_instance",
        "google_container_node_pool",
    }
)
"""Children of which the parent can lose one as long as another stays."""

LOCK_SCOPES: Final[dict[str, str]] = {
    "aws_backup_vault_lock_configuration": "backup_vault_name",
    "aws_glacier_vault_lock": "vault_name",
    "aws_s3_bucket_object_lock_configuration": "bucket",
    "azurerm_management_lock": "scope",
    "cloudflare_r2_bucket_lock": "bucket_name",
    "cloudflare_zone_hold": "zone_id",
    "google_resource_manager_lien": "parent",
}
"""Types that are locks: the argument that names what they hold. Documentation."""

KEY_TYPES: Final = frozenset(
    {
        "aws_acmpca_certificate_authority",
        "aws_cloudhsm_v2_cluster",
        "aws_cloudhsm_v2_hsm",
        "aws_kms_custom_key_store",
        "aws_kms_external_key",
        "aws_kms_key",
        "aws_kms_replica_external_key",
        "aws_kms_replica_key",
        "aws_paymentcryptography_key",
        "azurerm_key_vault",
        "azurerm_key_vault_certificate",
        "azurerm_key_vault_key",
        "azurerm_key_vault_managed_hardware_security_module",
        "azurerm_key_vault_managed_hardware_security_module_key",
        "google_kms_crypto_key",
        "google_kms_crypto_key_version",
        "google_privateca_ca_pool",
        "google_privateca_certificate_authority",
        "vault_managed_keys",
        "vault_pki_secret_backend_key",
        "vault_pki_secret_backend_root_cert",
        "vault_transit_secret_backend_key",
    }
)
"""Keys and what holds them: without it, what they locked stays locked."""

KEY_SWITCHES: Final[dict[str, tuple[str, ...]]] = {
    "aws_acmpca_certificate_authority": ("enabled",),
    "aws_kms_external_key": ("enabled",),
    "aws_kms_key": ("is_enabled",),
    "aws_kms_replica_external_key": ("enabled",),
    "aws_kms_replica_key": ("enabled",),
    "aws_paymentcryptography_key": ("enabled",),
}
"""Keys that can be switched off in place. Schema."""

KEY_STATES_OFF: Final = frozenset({"DISABLED", "DESTROYED", "DESTROY_SCHEDULED"})
"""States of google_kms_crypto_key_version and google_privateca_certificate_authority."""

KEY_WINDOWS: Final[dict[str, str]] = {
    "aws_acmpca_certificate_authority": "permanent_deletion_time_in_days",
    "aws_kms_external_key": "deletion_window_in_days",
    "aws_kms_key": "deletion_window_in_days",
    "aws_kms_replica_external_key": "deletion_window_in_days",
    "aws_kms_replica_key": "deletion_window_in_days",
    "azurerm_key_vault": "soft_delete_retention_days",
}
"""How many days a deleted key can be called back. Schema, documentation."""

SECRET_TYPES: Final = frozenset(
    {
        "aws_secretsmanager_secret",
        "azurerm_key_vault_secret",
        "google_secret_manager_regional_secret",
        "google_secret_manager_secret",
        "google_secret_manager_secret_version",
        "vault_generic_secret",
        "vault_kv_secret",
        "vault_kv_secret_v2",
    }
)
"""Secrets that programs read while they run (D12)."""

RECOVERY_WINDOWS: Final = {
    "aws_secretsmanager_secret": "recovery_window_in_days",
}
"""Types that can be restored for some days after the delete, and the argument with the days."""
