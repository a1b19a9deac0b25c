"""Facts about arguments and small sets of types, each with where it comes from.

"schema" is the provider's own schema (aws 5.100.0), "documentation" its documentation
(google 7.45, azurerm 5.2 and before), "lab" a measured plan (rule catalogue, lab_aws_actions).
A fact holds for the value in the *state*, that is for `before`: a destroy uses the old values.
"""

Scalar = bool | str | int

# --- Deleting -----------------------------------------------------------------------------------

GUARD_ATTRIBUTES: dict[str, frozenset[Scalar]] = {
    "deletion_protection": frozenset({True, "ACTIVE"}),
    "deletion_protection_enabled": frozenset({True}),
    "delete_protection": frozenset({True}),
    "delete_protection_state": frozenset({"DELETE_PROTECTION_ENABLED"}),
    "deletion_policy": frozenset({"PREVENT"}),
    "enable_deletion_protection": frozenset({True}),
    "enable_drop_protection": frozenset({True}),
    "disable_api_termination": frozenset({True}),
    "disable_api_stop": frozenset({True}),
    "protect_from_scale_in": frozenset({True}),
    "purge_protection_enabled": frozenset({True}),
    "rebuild_protection": frozenset({True}),
    "termination_protection": frozenset({True}),
    "termination_protection_enabled": frozenset({True}),
    "deletion_allowed": frozenset({False}),
}
"""Argument to the values that mean guarded. Schema and documentation.

"ACTIVE" is aws_cognito_user_pool, "PREVENT" google's deletion_policy, `deletion_allowed`
vault_transit_secret_backend_key, `delete_protection` hcloud and aws_networkfirewall_firewall.
"""

GUARD_TYPES: frozenset[str] = frozenset(
    {
        "aws_backup_vault_lock_configuration",
        "aws_glacier_vault_lock",
        "aws_s3_bucket_object_lock_configuration",
        "azurerm_management_lock",
        "cloudflare_r2_bucket_lock",
        "cloudflare_zone_hold",
        "google_resource_manager_lien",
    }
)
"""Types that exist to stop another object from being deleted. Documentation."""

PROVIDER_GUARDS: dict[str, bool] = {
    "prevent_deletion_if_contains_resources": True,
    "prevent_cancellation_on_destroy": True,
    "purge_soft_delete_on_destroy": False,
    "purge_soft_deleted_secrets_on_destroy": False,
    "purge_soft_deleted_keys_on_destroy": False,
    "purge_soft_deleted_certificates_on_destroy": False,
}
"""Settings in the azurerm provider's `features` block, not of a resource, to their safe value."""

FORCE_DESTROY_ATTRIBUTES: frozenset[str] = frozenset(
    {
        "delete_all_versions",
        "delete_contents_on_destroy",
        "force_delete",
        "force_destroy",
    }
)
"""Arguments that let a delete go through although the object is not empty. Schema, documentation.

The value counts from the state: setting it in the same apply does not help the delete (lab).
"""

FORCE_DESTROY_HARMLESS: frozenset[tuple[str, str]] = frozenset(
    {
        ("aws_autoscaling_group", "force_delete"),
        ("aws_cloudwatch_event_rule", "force_destroy"),
        ("aws_cloudwatch_event_target", "force_destroy"),
        ("aws_ecs_service", "force_delete"),
        ("aws_ecs_task_set", "force_delete"),
        ("aws_rds_cluster_instance", "force_destroy"),
        ("google_dataproc_job", "force_delete"),
    }
)
"""Where such an argument only skips a wait or a managed-by check and no data is at stake."""

ABANDON: dict[str, Scalar] = {"skip_destroy": True}
"""On any type, this value in the state makes a delete leave the real object alone. Schema."""

ABANDON_BY_TYPE: dict[str, dict[str, Scalar]] = {
    "argocd_application": {"cascade": False},
    "aws_api_gateway_account": {"reset_on_delete": False},
    "aws_cloudformation_stack_instances": {"retain_stacks": True},
    "aws_cloudformation_stack_set_instance": {"retain_stack": True},
    "aws_servicecatalog_provisioned_product": {"retain_physical_resources": True},
    "github_repository": {"archive_on_destroy": True},
    "google_app_engine_flexible_app_version": {"noop_on_destroy": True},
    "google_app_engine_standard_app_version": {"noop_on_destroy": True},
    "google_project_service": {"disable_on_destroy": False},
    "kubectl_manifest": {"apply_only": True},
    "vault_generic_endpoint": {"disable_delete": True},
}
"""The same, where the argument has this meaning on these types only. Schema, documentation.

Left out on purpose: aws_cloudfront_distribution.retain_on_delete, which disables the distribution
and so stops its traffic, and github_membership.downgrade_on_destroy, which takes the role away.
"""

ABANDON_BY_PROVIDER: dict[str, dict[str, Scalar]] = {"google": {"deletion_policy": "ABANDON"}}
"""The same for every type of a provider: google has it on nearly all types since 7.x."""

DELETE_ONLY_FORGETS: frozenset[str] = frozenset(
    {
        "aws_acm_certificate_validation",
        "aws_default_network_acl",
        "aws_default_route_table",
        "aws_default_security_group",
        "aws_default_vpc_dhcp_options",
        "azapi_update_resource",
        "google_app_engine_application",
        "google_kms_key_ring",
    }
)
"""Types whose delete takes them out of the state and touches nothing real. Documentation.

aws_default_vpc and aws_default_subnet belong here unless their force_destroy is true.
"""

FINAL_COPY: dict[str, dict[str, Scalar]] = {
    "aws_db_instance": {"skip_final_snapshot": True},
    "aws_docdb_cluster": {"skip_final_snapshot": True},
    "aws_ebs_volume": {"final_snapshot": False},
    "aws_fsx_lustre_file_system": {"skip_final_backup": True},
    "aws_fsx_ontap_volume": {"skip_final_backup": True},
    "aws_fsx_openzfs_file_system": {"skip_final_backup": True},
    "aws_fsx_windows_file_system": {"skip_final_backup": True},
    "aws_lightsail_database": {"skip_final_snapshot": True},
    "aws_neptune_cluster": {"skip_final_snapshot": True},
    "aws_neptune_cluster_instance": {"skip_final_snapshot": True},
    "aws_rds_cluster": {"skip_final_snapshot": True},
    "aws_redshift_cluster": {"skip_final_snapshot": True},
    "google_compute_disk": {"create_snapshot_before_destroy": False},
    "google_compute_region_disk": {"create_snapshot_before_destroy": False},
    "mongodbatlas_advanced_cluster": {"retain_backups_enabled": False},
    "mongodbatlas_cluster": {"retain_backups_enabled": False},
}
"""Per type, the argument and the value with which a delete keeps no copy. Schema, documentation."""

FINAL_COPY_NAME: dict[str, str] = {
    "aws_elasticache_cluster": "final_snapshot_identifier",
    "aws_elasticache_replication_group": "final_snapshot_identifier",
    "aws_memorydb_cluster": "final_snapshot_name",
}
"""Per type, the argument that must name the final copy; null or empty keeps none. Schema."""

AUTOMATED_BACKUPS: dict[str, dict[str, Scalar]] = {
    "aws_db_instance": {"delete_automated_backups": True},
    "aws_rds_cluster": {"delete_automated_backups": True},
}
"""Backups that go with the object at this value, which is also the default. Schema.

Weaker than FINAL_COPY: with a final snapshot only the points in time are lost.
"""

# --- Identity of an object -----------------------------------------------------------------------

IDENTITY_ATTRIBUTES: frozenset[str] = frozenset(
    {
        "account_id",
        "availability_zone",
        "bucket",
        "cluster_identifier",
        "column",
        "database_name",
        "email",
        "encrypt_at_rest",
        "encrypted",
        "hash_key",
        "identifier",
        "image",
        "kms_key_id",
        "local_secondary_index",
        "location",
        "master_username",
        "name",
        "path",
        "range_key",
        "region",
        "schema",
        "snapshot_identifier",
        "ssh_keys",
        "storage_encrypted",
        "table_id",
        "user_data",
        "username",
    }
)
"""Arguments that say which object it is: a replacement through one is a new, empty object (D08)."""

DESCRIPTION_ATTRIBUTES: frozenset[str] = frozenset(
    {"comment", "description", "display_name", "friendly_name", "name_tag", "notes"}
)
"""Words for people. An in-place change of these alone does nothing (BL-desc).

On aws_security_group and aws_iam_policy a description change is a replacement (lab).
"""

CODE_ATTRIBUTES: frozenset[str] = frozenset(
    {
        "code_sha256",
        "filename",
        "image_uri",
        "last_modified",
        "layers",
        "publish",
        "qualified_arn",
        "qualified_invoke_arn",
        "s3_bucket",
        "s3_key",
        "s3_object_version",
        "source_code_hash",
        "source_code_size",
        "version",
    }
)
"""What a new release of function code changes, and nothing else does (BL-lambda). Schema."""

COMPUTED_NOISE: frozenset[str] = frozenset(
    {
        "arn",
        "create_time",
        "created_at",
        "creation_timestamp",
        "etag",
        "fingerprint",
        "generation",
        "id",
        "last_modified",
        "last_updated",
        "latest_version",
        "metageneration",
        "resource_version",
        "self_link",
        "tags_all",
        "update_time",
        "updated_at",
        "version_id",
    }
)
"""Attributes that providers compute; a difference in them alone is no decision of anybody."""

TAG_ATTRIBUTES: frozenset[str] = frozenset(
    {
        "annotations",
        "effective_annotations",
        "effective_labels",
        "labels",
        "tags",
        "tags_all",
        "terraform_labels",
        "user_labels",
    }
)
"""Arguments that hold tags or labels. Schema, documentation."""

TAG_KEYS_READ_BY_AUTOMATION: tuple[str, ...] = (
    "aws:",
    "aws-backup",
    "backup",
    "eks:",
    "k8s.io/cluster-autoscaler/",
    "karpenter.sh/",
    "kubernetes.io/cluster/",
    "kubernetes.io/role/",
    "map-migrated",
)
"""Prefixes of tag keys, in lower case, that machines act on. Kubernetes, Karpenter, AWS Backup."""

TAGS_THAT_ACT: dict[str, frozenset[str]] = {
    "aws_eks_node_group": frozenset({"labels", "taint"}),
    "azurerm_kubernetes_cluster_node_pool": frozenset({"node_labels", "node_taints"}),
    "google_compute_instance": frozenset({"tags"}),
    "google_compute_instance_template": frozenset({"tags"}),
    "google_compute_region_instance_template": frozenset({"tags"}),
    "google_container_node_pool": frozenset({"node_config"}),
    "kubernetes_labels": frozenset({"labels"}),
    "kubernetes_annotations": frozenset({"annotations"}),
    "kubernetes_node_taint": frozenset({"taint"}),
}
"""Per type, arguments that look like tags and are not: network tags, node labels, taints.

google's instance `tags` decide which firewall rules and routes apply. Documentation.
"""

# --- Size ----------------------------------------------------------------------------------------

CAPACITY_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "aws_appautoscaling_target": ("min_capacity", "max_capacity"),
    "aws_autoscaling_group": ("desired_capacity", "min_size", "max_size"),
    "aws_autoscaling_schedule": ("desired_capacity", "min_size", "max_size"),
    "aws_dax_cluster": ("replication_factor",),
    "aws_dynamodb_table": ("read_capacity", "write_capacity"),
    "aws_ecs_service": ("desired_count",),
    "aws_elasticache_cluster": ("num_cache_nodes",),
    "aws_elasticache_replication_group": (
        "num_cache_clusters",
        "num_node_groups",
        "replicas_per_node_group",
    ),
    "aws_emr_instance_group": ("instance_count",),
    "aws_kinesis_stream": ("shard_count",),
    "aws_lambda_function": ("reserved_concurrent_executions",),
    "aws_lambda_provisioned_concurrency_config": ("provisioned_concurrent_executions",),
    "aws_memorydb_cluster": ("num_shards", "num_replicas_per_shard"),
    "aws_msk_cluster": ("number_of_broker_nodes",),
    "aws_redshift_cluster": ("number_of_nodes",),
    "aws_redshiftserverless_workgroup": ("base_capacity", "max_capacity"),
    "aws_spot_fleet_request": ("target_capacity",),
    "azurerm_eventhub_namespace": ("capacity",),
    "azurerm_kubernetes_cluster_node_pool": ("node_count", "min_count", "max_count"),
    "azurerm_linux_virtual_machine_scale_set": ("instances",),
    "azurerm_orchestrated_virtual_machine_scale_set": ("instances",),
    "azurerm_redis_cache": ("capacity", "replicas_per_primary", "shard_count"),
    "azurerm_service_plan": ("worker_count",),
    "azurerm_servicebus_namespace": ("capacity",),
    "azurerm_windows_virtual_machine_scale_set": ("instances",),
    "digitalocean_database_cluster": ("node_count",),
    "digitalocean_kubernetes_node_pool": ("node_count", "min_nodes", "max_nodes"),
    "google_compute_instance_group_manager": ("target_size",),
    "google_compute_region_instance_group_manager": ("target_size",),
    "google_container_node_pool": ("node_count",),
    "google_redis_cluster": ("replica_count", "shard_count"),
    "google_redis_instance": ("replica_count",),
    "google_spanner_instance": ("num_nodes", "processing_units"),
    "google_vpc_access_connector": ("min_instances", "max_instances"),
}
"""Per type, top-level arguments that say how many. Schema, documentation.

Nested ones are not here: aws_eks_node_group.scaling_config, google_container_node_pool.autoscaling,
kubernetes_deployment.spec.replicas. For aws_lambda_function, 0 stops it and -1 is no limit.
"""

# --- Sets of types -------------------------------------------------------------------------------

PUBLIC_ADDRESS_TYPES: frozenset[str] = frozenset(
    {
        "aws_eip",
        "aws_eip_association",
        "aws_lightsail_static_ip",
        "aws_nat_gateway",
        "azurerm_nat_gateway",
        "azurerm_nat_gateway_public_ip_association",
        "azurerm_public_ip",
        "azurerm_public_ip_prefix",
        "digitalocean_floating_ip",
        "digitalocean_floating_ip_assignment",
        "digitalocean_reserved_ip",
        "digitalocean_reserved_ip_assignment",
        "digitalocean_reserved_ipv6",
        "google_compute_address",
        "google_compute_global_address",
        "google_compute_router_nat",
        "hcloud_floating_ip",
        "hcloud_floating_ip_assignment",
        "hcloud_primary_ip",
    }
)
"""Types whose delete or replacement can give up an address for good (N07)."""

ADMIN_ACCESS_TYPES: frozenset[str] = frozenset(
    {"aws_ec2_instance_connect_endpoint", "azurerm_bastion_host", "oci_bastion_bastion"}
)
"""Ways in for administrators; the service itself does not need them. Documentation."""

ZONE_TYPES: frozenset[str] = frozenset(
    {
        "aws_route53_zone",
        "azurerm_dns_zone",
        "azurerm_private_dns_zone",
        "cloudflare_zone",
        "digitalocean_domain",
        "google_dns_managed_zone",
        "hcloud_zone",
    }
)
"""DNS zones (E01)."""

RECORD_TYPES: frozenset[str] = frozenset(
    {
        "aws_route53_record",
        "azurerm_dns_a_record",
        "azurerm_dns_aaaa_record",
        "azurerm_dns_caa_record",
        "azurerm_dns_cname_record",
        "azurerm_dns_mx_record",
        "azurerm_dns_ns_record",
        "azurerm_dns_ptr_record",
        "azurerm_dns_srv_record",
        "azurerm_dns_txt_record",
        "azurerm_private_dns_a_record",
        "azurerm_private_dns_aaaa_record",
        "azurerm_private_dns_cname_record",
        "azurerm_private_dns_mx_record",
        "azurerm_private_dns_ptr_record",
        "azurerm_private_dns_srv_record",
        "azurerm_private_dns_txt_record",
        "cloudflare_dns_record",
        "cloudflare_record",
        "digitalocean_record",
        "dnsimple_zone_record",
        "gandi_livedns_record",
        "google_dns_record_set",
        "hcloud_zone_record",
        "hcloud_zone_rrset",
        "linode_domain_record",
        "netlify_dns_record",
        "ns1_record",
        "oci_dns_rrset",
        "ovh_domain_zone_record",
        "scaleway_domain_record",
        "vercel_dns_record",
    }
)
"""DNS records (E02)."""

RECORD_ARGUMENTS: dict[str, tuple[str, str, str, str]] = {
    "gandi_livedns_record": ("name", "type", "values", "zone"),
    "linode_domain_record": ("name", "record_type", "target", "domain_id"),
    "netlify_dns_record": ("hostname", "type", "value", "zone_id"),
    "ns1_record": ("domain", "type", "answers", "zone"),
    "oci_dns_rrset": ("domain", "rtype", "items", "zone_name_or_id"),
    "ovh_domain_zone_record": ("subdomain", "fieldtype", "target", "zone"),
    "scaleway_domain_record": ("name", "type", "data", "dns_zone"),
    "vercel_dns_record": ("name", "type", "value", "domain"),
}
"""Arguments of a record's name, type, values and zone, where they are called otherwise."""

CLUSTER_TYPES: frozenset[str] = frozenset(
    {
        "aws_eks_cluster",
        "azurerm_kubernetes_cluster",
        "azurerm_redhat_openshift_cluster",
        "digitalocean_kubernetes_cluster",
        "google_container_cluster",
    }
)
"""Kubernetes control planes (C01)."""

NODE_POOL_TYPES: frozenset[str] = frozenset(
    {
        "aws_eks_fargate_profile",
        "aws_eks_node_group",
        "azurerm_kubernetes_cluster_node_pool",
        "digitalocean_kubernetes_node_pool",
        "google_container_node_pool",
    }
)
"""Pools of Kubernetes nodes (C02)."""

PARENT_OF: dict[str, tuple[str, ...]] = {
    "aws_docdb_cluster_instance": ("aws_docdb_cluster",),
    "aws_dynamodb_table_replica": ("aws_dynamodb_table",),
    "aws_glue_catalog_table": ("aws_glue_catalog_database",),
    "aws_keyspaces_table": ("aws_keyspaces_keyspace",),
    "aws_neptune_cluster_instance": ("aws_neptune_cluster",),
    "aws_rds_cluster_instance": ("aws_rds_cluster",),
    "aws_timestreamwrite_table": ("aws_timestreamwrite_database",),
    "azurerm_cosmosdb_sql_container": ("azurerm_cosmosdb_sql_database",),
    "azurerm_cosmosdb_sql_database": ("azurerm_cosmosdb_account",),
    "azurerm_mssql_database": ("azurerm_mssql_server",),
    "azurerm_mysql_flexible_database": ("azurerm_mysql_flexible_server",),
    "azurerm_postgresql_flexible_server_database": ("azurerm_postgresql_flexible_server",),
    "azurerm_storage_container": ("azurerm_storage_account",),
    "digitalocean_database_db": ("digitalocean_database_cluster",),
    "google_alloydb_instance": ("google_alloydb_cluster",),
    "google_bigquery_table": ("google_bigquery_dataset",),
    "google_bigtable_table": ("google_bigtable_instance",),
    "google_container_node_pool": ("google_container_cluster",),
    "google_spanner_database": ("google_spanner_instance",),
    "google_sql_database": ("google_sql_database_instance",),
    "google_sql_user": ("google_sql_database_instance",),
    "kubernetes_persistent_volume_claim": ("kubernetes_namespace", "kubernetes_namespace_v1"),
    "kubernetes_persistent_volume_claim_v1": ("kubernetes_namespace", "kubernetes_namespace_v1"),
    "snowflake_schema": ("snowflake_database",),
    "snowflake_table": ("snowflake_schema", "snowflake_database"),
}
"""Child type to parent types: the child is destroyed before the parent's guard is asked (D07)."""

EXCLUSIVE_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "aws_iam_role": ("inline_policy", "managed_policy_arns"),
    "azurerm_key_vault": ("access_policy",),
    "azurerm_network_security_group": ("security_rule",),
    "azurerm_route_table": ("route",),
    "azurerm_virtual_network": ("subnet",),
    "google_bigquery_dataset": ("access",),
}
"""Types that own a whole list only when this argument is set; otherwise they leave it alone.

Always exclusive types are the catalogue's `authoritative` ones (I01, I02).
"""

INLINE_VERSUS_STANDALONE: dict[str, dict[str, tuple[str, ...]]] = {
    "aws_iam_role": {
        "inline_policy": ("aws_iam_role_policy",),
        "managed_policy_arns": ("aws_iam_role_policy_attachment",),
    },
    "aws_network_acl": {
        "egress": ("aws_network_acl_rule",),
        "ingress": ("aws_network_acl_rule",),
    },
    "aws_route_table": {"route": ("aws_route",)},
    "aws_security_group": {
        "egress": ("aws_security_group_rule", "aws_vpc_security_group_egress_rule"),
        "ingress": ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule"),
    },
    "azurerm_key_vault": {"access_policy": ("azurerm_key_vault_access_policy",)},
    "azurerm_network_security_group": {"security_rule": ("azurerm_network_security_rule",)},
    "azurerm_route_table": {"route": ("azurerm_route",)},
    "azurerm_virtual_network": {"subnet": ("azurerm_subnet",)},
}
"""Type, its inline argument, and the standalone types it fights with (N03). Schema, lab."""

AUDIT_SWITCHES: dict[str, dict[str, Scalar]] = {
    "aws_cloudtrail": {
        "enable_log_file_validation": True,
        "enable_logging": True,
        "include_global_service_events": True,
        "is_multi_region_trail": True,
    },
    "aws_cloudwatch_metric_alarm": {"actions_enabled": True},
    "aws_config_configuration_recorder_status": {"is_enabled": True},
    "aws_guardduty_detector": {"enable": True},
    "aws_guardduty_detector_feature": {"status": "ENABLED"},
    "aws_macie2_account": {"status": "ENABLED"},
    "aws_shield_subscription": {"auto_renew": "ENABLED"},
    "azurerm_monitor_activity_log_alert": {"enabled": True},
    "azurerm_monitor_metric_alert": {"enabled": True},
    "azurerm_mssql_server_extended_auditing_policy": {"enabled": True},
    "azurerm_network_watcher_flow_log": {"enabled": True},
    "azurerm_security_center_subscription_pricing": {"tier": "Standard"},
    "google_logging_project_sink": {"disabled": False},
    "google_monitoring_alert_policy": {"enabled": True},
}
"""Detection and audit: type, switch, and the value that means on (X03). Schema, documentation."""

AUDIT_TYPES: frozenset[str] = frozenset(
    {
        *AUDIT_SWITCHES,
        "aws_accessanalyzer_analyzer",
        "aws_config_configuration_recorder",
        "aws_config_delivery_channel",
        "aws_flow_log",
        "aws_inspector2_enabler",
        "aws_s3_bucket_logging",
        "aws_securityhub_account",
        "aws_wafv2_web_acl_logging_configuration",
        "azurerm_monitor_aad_diagnostic_setting",
        "azurerm_monitor_diagnostic_setting",
        "google_folder_iam_audit_config",
        "google_logging_folder_sink",
        "google_logging_organization_sink",
        "google_organization_iam_audit_config",
        "google_project_iam_audit_config",
        "vault_audit",
    }
)
"""Types whose delete makes a gap in detection that cannot be filled later (X03)."""
