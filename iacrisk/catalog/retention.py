"""How long things are kept: backups, versions, logs, messages.

Argument names from the providers' documentation: registry.terraform.io/providers.
"""

from typing import Final

BACKUP_PERIODS: Final = frozenset(
    {
        "automated_snapshot_retention_period",
        "automatic_backup_retention_days",
        "backup_retention_days",
        "backup_retention_period",
        "daily_automatic_backup_retention_days",
        "snapshot_retention_limit",
        "snapshot_retention_period",
        "soft_delete_retention_days",
        "transaction_log_retention_days",
    }
)
"""Arguments that say for how many days backups are kept; 0 switches them off."""

RECOVERY_SWITCHES: Final = {
    "aws_dynamodb_table": ("point_in_time_recovery.0.enabled",),
    "aws_s3_bucket": ("versioning.0.enabled",),
    "aws_s3_bucket_versioning": ("versioning_configuration.0.status",),
    "aws_keyspaces_table": ("point_in_time_recovery.0.status",),
    "aws_efs_backup_policy": ("backup_policy.0.status",),
    "azurerm_cosmosdb_account": ("continuous_backup_enabled",),
    "azurerm_mssql_database": ("geo_backup_enabled",),
    "azurerm_mysql_flexible_server": ("geo_redundant_backup_enabled",),
    "azurerm_postgresql_flexible_server": ("geo_redundant_backup_enabled",),
    "azurerm_storage_account": (
        "blob_properties.0.versioning_enabled",
        "blob_properties.0.delete_retention_policy.0.days",
        "blob_properties.0.container_delete_retention_policy.0.days",
    ),
    "google_firestore_database": ("point_in_time_recovery_enablement",),
    "google_sql_database_instance": (
        "settings.0.backup_configuration.0.enabled",
        "settings.0.backup_configuration.0.point_in_time_recovery_enabled",
        "settings.0.backup_configuration.0.binary_log_enabled",
    ),
    "google_storage_bucket": (
        "versioning.0.enabled",
        "soft_delete_policy.0.retention_duration_seconds",
    ),
    "google_alloydb_cluster": ("automated_backup_policy.0.enabled",),
    "digitalocean_droplet": ("backups",),
    "hcloud_server": ("backups",),
    "mongodbatlas_advanced_cluster": ("backup_enabled", "pit_enabled"),
    "mongodbatlas_cluster": ("cloud_backup", "pit_enabled"),
}
"""Where a type says that it can be brought back; off, "" or 0 means that it cannot."""

ON: Final = frozenset({"enabled", "enable", "true", "on", "point_in_time_recovery_enabled"})
"""The words, in small letters, by which a switch is on."""

BACKUP_TYPES: Final = frozenset(
    {
        "aws_backup_plan",
        "aws_backup_selection",
        "aws_dlm_lifecycle_policy",
        "aws_efs_backup_policy",
        "aws_s3_bucket_replication_configuration",
        "aws_s3_bucket_versioning",
        "azurerm_backup_policy_file_share",
        "azurerm_backup_policy_vm",
        "azurerm_backup_protected_file_share",
        "azurerm_backup_protected_vm",
        "azurerm_data_protection_backup_instance_blob_storage",
        "azurerm_data_protection_backup_instance_disk",
        "azurerm_data_protection_backup_instance_postgresql",
        "google_backup_dr_backup_plan",
        "google_backup_dr_backup_plan_association",
        "azurerm_mssql_failover_group",
        "google_compute_disk_resource_policy_attachment",
        "google_compute_region_disk_resource_policy_attachment",
        "google_firestore_backup_schedule",
        "google_gke_backup_backup_plan",
        "google_spanner_backup_schedule",
    }
)
"""Types whose whole purpose is that something else can be brought back."""

RETENTION: Final = {
    "aws_cloudwatch_log_group": "retention_in_days",
    "aws_kinesis_stream": "retention_period",
    "aws_sqs_queue": "message_retention_seconds",
    "azurerm_application_insights": "retention_in_days",
    "azurerm_eventhub": "message_retention",
    "azurerm_log_analytics_workspace": "retention_in_days",
    "google_logging_organization_bucket_config": "retention_days",
    "google_logging_project_bucket_config": "retention_days",
    "google_pubsub_subscription": "message_retention_duration",
    "google_pubsub_topic": "message_retention_duration",
    "datadog_logs_index": "retention_days",
}
"""The argument that says how long a type keeps what it holds, in the unit of the provider."""

KEPT_FOREVER_WHEN_UNSET: Final = frozenset({"aws_cloudwatch_log_group"})
"""Types for which 0 or nothing means "for ever"."""

EXPIRATIONS: Final = {
    "aws_s3_bucket": ("lifecycle_rule", "expiration"),
    "aws_s3_bucket_lifecycle_configuration": ("rule", "expiration"),
    "google_storage_bucket": ("lifecycle_rule", "condition"),
    "azurerm_storage_management_policy": ("rule", "actions"),
}
"""Lists of rules that delete objects after some days: the list, and the block that deletes."""

IMAGE_POLICIES: Final = frozenset({"aws_ecr_lifecycle_policy"})
"""Types whose policy deletes container images."""

BACKED_UP: Final = frozenset(
    {
        "aws_aurora_dsql_cluster",
        "aws_db_instance",
        "aws_docdb_cluster",
        "aws_dynamodb_table",
        "aws_ebs_volume",
        "aws_efs_file_system",
        "aws_fsx_lustre_file_system",
        "aws_fsx_ontap_volume",
        "aws_fsx_openzfs_volume",
        "aws_fsx_windows_file_system",
        "aws_instance",
        "aws_neptune_cluster",
        "aws_rds_cluster",
        "aws_redshift_cluster",
        "aws_s3_bucket",
        "aws_timestreamwrite_table",
    }
)
"""Types that AWS Backup can copy.

https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html
"""
