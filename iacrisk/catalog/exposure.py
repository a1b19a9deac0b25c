"""Facts about arguments that open, encrypt or record: which value is the safe one.

From the providers' schemas and documentation (aws 5.100, google 7.x, azurerm 4.x and before).
A path is dotted; a block of the provider's is a list, so its first item is `0`.
"""

import msgspec

Value = bool | str | int | None


class Switch(msgspec.Struct, frozen=True):
    """An argument with a safe side: `safe` values there, all others are `open` or unlisted.

    Without `open` every value but the safe ones, and none at all, counts as open.
    """

    path: str
    safe: frozenset[Value]
    says: str
    severity: int = 4
    sure: bool = True
    open: frozenset[Value] = frozenset()
    on_create: bool = False
    """Worth a finding also on a new object, where the open value is written down."""


def _on(path: str, says: str, severity: int = 4, *, sure: bool = True) -> Switch:
    return Switch(path, frozenset({True, "true"}), says, severity, sure)


def _off(path: str, says: str, severity: int = 4, *, sure: bool = True) -> Switch:
    return Switch(
        path, frozenset({False, None, "false"}), says, severity, sure, frozenset({True, "true"})
    )


def _not(
    path: str, opened: set[Value], says: str, severity: int = 4, *, on_create: bool = False
) -> Switch:
    return Switch(path, frozenset(), says, severity, True, frozenset(opened), on_create)


PUBLIC_ACCESS_BLOCKS: dict[str, str] = {
    "aws_s3_access_point": "public_access_block_configuration.0.",
    "aws_s3_account_public_access_block": "",
    "aws_s3_bucket_public_access_block": "",
    "aws_s3control_multi_region_access_point": "details.0.public_access_block.0.",
}
"""Types with the four switches of S3's public access block, and where they stand."""

BLOCK_SWITCHES: dict[str, str] = {
    "block_public_acls": "public ACLs may be set",
    "block_public_policy": "public policies may be set",
    "ignore_public_acls": "public ACLs count",
    "restrict_public_buckets": "a public policy lets everyone in",
}
"""The four switches, and what holds when one is off."""

PUBLIC_ACLS: frozenset[str] = frozenset(
    {"authenticated-read", "public-read", "public-read-write", "publicRead", "publicReadWrite",
     "authenticatedRead"}
)  # fmt: skip
"""Canned ACLs that let in everyone, or everyone with an account."""

ACL_ARGUMENTS: dict[str, str] = {
    "aws_s3_bucket": "acl",
    "aws_s3_bucket_acl": "acl",
    "aws_s3_bucket_object": "acl",
    "aws_s3_object": "acl",
    "aws_s3_object_copy": "acl",
    "digitalocean_spaces_bucket": "acl",
    "digitalocean_spaces_bucket_object": "acl",
    "google_storage_bucket_acl": "predefined_acl",
    "google_storage_default_object_acl": "predefined_acl",
    "google_storage_object_acl": "predefined_acl",
}
"""Types to the argument with a canned ACL."""

OPENINGS: dict[str, tuple[Switch, ...]] = {
    "aws_alb": (_on("internal", "The load balancer becomes public.", 5),),
    "aws_ami_launch_permission": (
        _not("group", {"all"}, "The image is shared with everyone.", 5, on_create=True),
    ),
    "aws_api_gateway_method": (
        _not("authorization", {"NONE"}, "The method asks for no authorization any more."),
    ),
    "aws_apigatewayv2_route": (
        _not("authorization_type", {"NONE"}, "The route asks for no authorization any more."),
    ),
    "aws_db_snapshot": (),
    "aws_dms_replication_instance": (_off("publicly_accessible", "It gets a public address."),),
    "aws_ebs_snapshot_block_public_access": (
        Switch(
            "state",
            frozenset({"block-all-sharing", "block-new-sharing"}),
            "Snapshots may be shared with everyone again.",
        ),
    ),
    "aws_ec2_image_block_public_access": (
        Switch(
            "state",
            frozenset({"block-new-sharing"}),
            "Images may be shared with everyone again.",
        ),
    ),
    "aws_eks_cluster": (
        _off("vpc_config.0.endpoint_public_access", "The control plane becomes public."),
    ),
    "aws_elb": (_on("internal", "The load balancer becomes public.", 5),),
    "aws_emr_block_public_access_configuration": (
        _on("block_public_security_group_rules", "Clusters may be opened to the world again."),
    ),
    "aws_instance": (
        _off("associate_public_ip_address", "The instance gets a public address.", 3),
    ),
    "aws_lambda_function_url": (
        _not(
            "authorization_type",
            {"NONE"},
            "Everyone on the internet may call the function.",
            on_create=True,
        ),
    ),
    "aws_lb": (_on("internal", "The load balancer becomes public.", 5),),
    "aws_mq_broker": (_off("publicly_accessible", "The broker gets a public address."),),
    "aws_msk_cluster": (
        _not(
            "broker_node_group_info.0.connectivity_info.0.public_access.0.type",
            {"SERVICE_PROVIDED_EIPS"},
            "The brokers get public addresses.",
        ),
    ),
    "aws_opensearch_domain": (
        _on("advanced_security_options.0.enabled", "Fine-grained access control goes."),
    ),
    "aws_elasticsearch_domain": (
        _on("advanced_security_options.0.enabled", "Fine-grained access control goes."),
    ),
    "aws_s3_bucket_ownership_controls": (
        Switch(
            "rule.0.object_ownership",
            frozenset({"BucketOwnerEnforced"}),
            "ACLs count again, those of old objects included.",
            3,
            False,
        ),
    ),
    "aws_sagemaker_notebook_instance": (
        _not("direct_internet_access", {"Enabled"}, "The notebook gets to the internet.", 3),
    ),
    "aws_subnet": (_off("map_public_ip_on_launch", "What starts in it gets a public address.", 3),),
    "azurerm_container_registry": (
        _off("anonymous_pull_enabled", "Everyone may pull the images."),
        _off("admin_enabled", "The shared administrator account is enabled.", 3),
        _off("public_network_access_enabled", "It may be reached from public networks."),
    ),
    "azurerm_storage_account": (
        _off("allow_blob_public_access", "Containers may be made public."),
        _off("allow_nested_items_to_be_public", "Containers may be made public."),
        _off("public_network_access_enabled", "It may be reached from public networks."),
        _not("network_rules.0.default_action", {"Allow"}, "All networks get in."),
    ),
    "azurerm_storage_account_network_rules": (
        _not("default_action", {"Allow"}, "All networks get in."),
    ),
    "azurerm_storage_container": (
        _not(
            "container_access_type",
            {"blob", "container"},
            "Everyone may read what is in it.",
            5,
            on_create=True,
        ),
    ),
    "azurerm_key_vault": (
        _not("network_acls.0.default_action", {"Allow"}, "All networks get in."),
        _off("public_network_access_enabled", "It may be reached from public networks."),
    ),
    "azurerm_kubernetes_cluster": (
        _on("private_cluster_enabled", "The control plane becomes public."),
    ),
    "cloudflare_r2_managed_domain": (_off("enabled", "Everyone may read what is in it."),),
    "github_repository": (
        _not("visibility", {"public"}, "Everyone may read the code and its history.", 5),
        _on("private", "Everyone may read the code and its history.", 5),
    ),
    "gitlab_group": (_not("visibility_level", {"public"}, "Everyone may read it.", 5),),
    "gitlab_project": (
        _not("visibility_level", {"public"}, "Everyone may read the code and its history.", 5),
    ),
    "google_cloud_run_v2_service": (
        _not("ingress", {"INGRESS_TRAFFIC_ALL"}, "The service is reachable from the internet."),
    ),
    "google_cloudfunctions2_function": (
        _not("service_config.0.ingress_settings", {"ALLOW_ALL"}, "The internet reaches it."),
    ),
    "google_cloudfunctions_function": (
        _not("ingress_settings", {"ALLOW_ALL"}, "The internet reaches it."),
    ),
    "google_compute_forwarding_rule": (
        _not(
            "load_balancing_scheme",
            {"EXTERNAL", "EXTERNAL_MANAGED"},
            "The load balancer becomes public.",
            5,
        ),
    ),
    "google_container_cluster": (
        _on("private_cluster_config.0.enable_private_endpoint", "The control plane is public."),
        _on("private_cluster_config.0.enable_private_nodes", "Nodes get public addresses."),
    ),
    "google_storage_bucket": (
        Switch(
            "public_access_prevention",
            frozenset({"enforced"}),
            "The bucket may be made public.",
        ),
        _on("uniform_bucket_level_access", "ACLs of single objects count again.", 3),
    ),
}
"""Arguments that keep the world out (X01). Databases are rule B06's, network filters N10's."""

NETWORK_ACCESS: str = "public_network_access_enabled"
"""On most azurerm types: whether public networks reach it."""

_KEY = "Its own key goes; the provider's key is used instead."
_KEY_ALL = "Encryption with its own key goes."

ENCRYPTION: dict[str, tuple[Switch, ...]] = {
    "aws_alb_listener": (),
    "aws_cloudtrail": (Switch("kms_key_id", frozenset(), _KEY, 3),),
    "aws_cloudwatch_log_group": (Switch("kms_key_id", frozenset(), _KEY, 3),),
    "aws_dynamodb_table": (_on("server_side_encryption.0.enabled", _KEY, 3),),
    "aws_ebs_encryption_by_default": (_on("enabled", "New disks are no longer encrypted."),),
    "aws_ebs_volume": (_on("encrypted", "The disk is no longer encrypted."),),
    "aws_efs_file_system": (_on("encrypted", "The file system is no longer encrypted."),),
    "aws_elasticache_replication_group": (
        _on("at_rest_encryption_enabled", "Data at rest is no longer encrypted."),
        _on("transit_encryption_enabled", "Connections are no longer encrypted."),
        _not("transit_encryption_mode", {"preferred"}, "Unencrypted connections are let in."),
    ),
    "aws_elasticsearch_domain": (
        _on("domain_endpoint_options.0.enforce_https", "Plain HTTP is let in."),
        _on("encrypt_at_rest.0.enabled", "Data at rest is no longer encrypted."),
        _on("node_to_node_encryption.0.enabled", "Traffic of the nodes is not encrypted."),
    ),
    "aws_kinesis_firehose_delivery_stream": (
        _on("server_side_encryption.0.enabled", "Records are no longer encrypted."),
    ),
    "aws_kinesis_stream": (_not("encryption_type", {"NONE"}, "Records are no longer encrypted."),),
    "aws_msk_cluster": (
        _not(
            "encryption_info.0.encryption_in_transit.0.client_broker",
            {"TLS_PLAINTEXT", "PLAINTEXT"},
            "Unencrypted clients are let in.",
        ),
        _on(
            "encryption_info.0.encryption_in_transit.0.in_cluster",
            "Traffic of the brokers is not encrypted.",
        ),
    ),
    "aws_opensearch_domain": (
        _on("domain_endpoint_options.0.enforce_https", "Plain HTTP is let in."),
        _on("encrypt_at_rest.0.enabled", "Data at rest is no longer encrypted."),
        _on("node_to_node_encryption.0.enabled", "Traffic of the nodes is not encrypted."),
    ),
    "aws_rds_cluster": (_on("storage_encrypted", "The storage is no longer encrypted."),),
    "aws_db_instance": (_on("storage_encrypted", "The storage is no longer encrypted."),),
    "aws_redshift_cluster": (_on("encrypted", "The cluster is no longer encrypted."),),
    "aws_s3_bucket_server_side_encryption_configuration": (
        Switch(
            "rule.0.apply_server_side_encryption_by_default.0.sse_algorithm",
            frozenset({"aws:kms", "aws:kms:dsse"}),
            "New objects no longer get the bucket's own key.",
            3,
        ),
    ),
    "aws_secretsmanager_secret": (Switch("kms_key_id", frozenset(), _KEY, 3),),
    "aws_sns_topic": (Switch("kms_master_key_id", frozenset(), _KEY_ALL),),
    "aws_sqs_queue": (
        Switch("kms_master_key_id", frozenset(), _KEY, 3),
        Switch(
            "sqs_managed_sse_enabled", frozenset({True}), "Messages are no longer encrypted.", 3
        ),
    ),
    "azurerm_app_service": (_on("https_only", "Plain HTTP is let in."),),
    "azurerm_cdn_endpoint": (_off("is_http_allowed", "Plain HTTP is let in.", 3),),
    "azurerm_function_app": (_on("https_only", "Plain HTTP is let in."),),
    "azurerm_linux_function_app": (_on("https_only", "Plain HTTP is let in."),),
    "azurerm_linux_web_app": (_on("https_only", "Plain HTTP is let in."),),
    "azurerm_mariadb_server": (_on("ssl_enforcement_enabled", "Plain connections are let in."),),
    "azurerm_mssql_database": (
        _on("transparent_data_encryption_enabled", "Data at rest is no longer encrypted."),
    ),
    "azurerm_mysql_server": (_on("ssl_enforcement_enabled", "Plain connections are let in."),),
    "azurerm_postgresql_server": (_on("ssl_enforcement_enabled", "Plain connections are let in."),),
    "azurerm_redis_cache": (
        _off("enable_non_ssl_port", "Plain connections are let in."),
        _off("non_ssl_port_enabled", "Plain connections are let in."),
    ),
    "azurerm_storage_account": (
        _on("enable_https_traffic_only", "Plain HTTP is let in."),
        _on("https_traffic_only_enabled", "Plain HTTP is let in."),
        _on("infrastructure_encryption_enabled", "The second encryption goes.", 3),
    ),
    "azurerm_windows_function_app": (_on("https_only", "Plain HTTP is let in."),),
    "azurerm_windows_web_app": (_on("https_only", "Plain HTTP is let in."),),
    "cloudflare_zone_settings_override": (
        Switch(
            "settings.0.ssl",
            frozenset({"full", "strict", "origin_pull"}),
            "Traffic to the origin is not encrypted or not checked.",
        ),
        Switch("settings.0.always_use_https", frozenset({"on"}), "Plain HTTP is let in.", 3),
    ),
    "google_redis_instance": (
        Switch(
            "transit_encryption_mode",
            frozenset({"SERVER_AUTHENTICATION"}),
            "Connections are no longer encrypted.",
        ),
    ),
    "google_sql_database_instance": (
        _on("settings.0.ip_configuration.0.require_ssl", "Plain connections are let in."),
        _not(
            "settings.0.ip_configuration.0.ssl_mode",
            {"ALLOW_UNENCRYPTED_AND_ENCRYPTED"},
            "Plain connections are let in.",
        ),
    ),
    "helm_release": (_off("skip_tls_verify", "The chart's origin is not checked.", 3),),
    "vault_kubernetes_auth_backend_config": (
        _off("disable_iss_validation", "The issuer of tokens is not checked.", 3),
    ),
}
"""Arguments that encrypt or demand encryption (X02).

An empty `safe` without `open` means: any value is safe, none is not.
"""

TLS_VERSIONS: dict[str, str] = {
    "aws_alb_listener": "ssl_policy",
    "aws_api_gateway_domain_name": "security_policy",
    "aws_apigatewayv2_domain_name": "domain_name_configuration.0.security_policy",
    "aws_cloudfront_distribution": "viewer_certificate.0.minimum_protocol_version",
    "aws_elasticsearch_domain": "domain_endpoint_options.0.tls_security_policy",
    "aws_lb_listener": "ssl_policy",
    "aws_opensearch_domain": "domain_endpoint_options.0.tls_security_policy",
    "azurerm_application_gateway": "ssl_policy.0.min_protocol_version",
    "azurerm_eventhub_namespace": "minimum_tls_version",
    "azurerm_linux_function_app": "site_config.0.minimum_tls_version",
    "azurerm_linux_web_app": "site_config.0.minimum_tls_version",
    "azurerm_mssql_server": "minimum_tls_version",
    "azurerm_mysql_server": "ssl_minimal_tls_version_enforced",
    "azurerm_postgresql_server": "ssl_minimal_tls_version_enforced",
    "azurerm_redis_cache": "minimum_tls_version",
    "azurerm_servicebus_namespace": "minimum_tls_version",
    "azurerm_storage_account": "min_tls_version",
    "azurerm_windows_function_app": "site_config.0.minimum_tls_version",
    "azurerm_windows_web_app": "site_config.0.minimum_tls_version",
    "cloudflare_zone_settings_override": "settings.0.min_tls_version",
    "google_compute_ssl_policy": "min_tls_version",
}
"""Type to the argument with the lowest TLS version or a policy whose name tells it."""

PLAIN_PROTOCOLS: dict[str, tuple[str, frozenset[str]]] = {
    "aws_alb_listener": ("protocol", frozenset({"HTTPS", "TLS"})),
    "aws_lb_listener": ("protocol", frozenset({"HTTPS", "TLS"})),
}
"""Listeners: the argument and the values that mean encrypted."""

FORCE_TLS_PARAMETERS: frozenset[str] = frozenset(
    {"rds.force_ssl", "require_secure_transport", "require_ssl", "tls"}
)
"""Database parameters that demand encrypted connections."""

PARAMETER_LISTS: dict[str, str] = {
    "aws_db_parameter_group": "parameter",
    "aws_docdb_cluster_parameter_group": "parameter",
    "aws_rds_cluster_parameter_group": "parameter",
    "aws_redshift_parameter_group": "parameter",
    "google_sql_database_instance": "settings.0.database_flags",
}
"""Types with a list of database parameters, each with a name and a value."""

PARAMETER_TYPES: frozenset[str] = frozenset(
    {
        "azurerm_mysql_flexible_server_configuration",
        "azurerm_postgresql_configuration",
        "azurerm_postgresql_flexible_server_configuration",
    }
)
"""Types that are one parameter, with `name` and `value`."""

ALARM_TYPES: frozenset[str] = frozenset(
    {
        "aws_cloudwatch_metric_alarm",
        "aws_shield_subscription",
        "azurerm_monitor_activity_log_alert",
        "azurerm_monitor_metric_alert",
        "google_monitoring_alert_policy",
    }
)
"""Alarms stand among the audit switches and are another rule's (X04)."""

RECORDED: dict[str, tuple[str, ...]] = {
    "aws_flow_log": ("vpc_id", "subnet_id", "eni_id", "transit_gateway_id"),
    "aws_guardduty_detector_feature": ("detector_id", "name"),
    "aws_s3_bucket_logging": ("bucket",),
    "aws_wafv2_web_acl_logging_configuration": ("resource_arn",),
    "azurerm_monitor_diagnostic_setting": ("target_resource_id",),
    "azurerm_mssql_server_extended_auditing_policy": ("server_id",),
    "azurerm_network_watcher_flow_log": ("target_resource_id", "network_security_group_id"),
    "google_folder_iam_audit_config": ("folder", "service"),
    "google_logging_folder_sink": ("folder", "filter"),
    "google_logging_organization_sink": ("org_id", "filter"),
    "google_logging_project_sink": ("project", "filter"),
    "google_organization_iam_audit_config": ("org_id", "service"),
    "google_project_iam_audit_config": ("project", "service"),
    "vault_audit": (),
}
"""Recording types to the arguments that say what is recorded: two with the same are one's twin."""

RECORDS_LESS: frozenset[str] = frozenset(
    {
        "aws_flow_log",
        "aws_s3_bucket_logging",
        "aws_wafv2_web_acl_logging_configuration",
        "azurerm_monitor_diagnostic_setting",
        "azurerm_network_watcher_flow_log",
        "google_logging_project_sink",
    }
)
"""Recordings of one object: their loss is grave, but not the loss of the only witness."""

MORE_AUDIT_TYPES: frozenset[str] = frozenset(
    {
        "aws_cloudtrail_event_data_store",
        "aws_config_organization_managed_rule",
        "aws_guardduty_member",
        "aws_guardduty_organization_admin_account",
        "aws_guardduty_organization_configuration",
        "aws_macie2_organization_admin_account",
        "aws_route53_resolver_query_log_config",
        "aws_route53_resolver_query_log_config_association",
        "aws_securityhub_finding_aggregator",
        "aws_securityhub_organization_admin_account",
        "aws_securityhub_organization_configuration",
        "aws_securityhub_standards_subscription",
        "azurerm_log_analytics_solution",
        "azurerm_security_center_auto_provisioning",
        "azurerm_sentinel_log_analytics_workspace_onboarding",
        "datadog_logs_archive",
        "datadog_logs_index",
        "google_logging_billing_account_sink",
        "google_scc_notification_config",
    }
)
"""Further detection and recording whose delete leaves a gap (X03)."""

MINOR_AUDIT_TYPES: frozenset[str] = frozenset(
    {
        "aws_accessanalyzer_analyzer",
        "aws_config_organization_managed_rule",
        "aws_guardduty_detector_feature",
        "aws_guardduty_member",
        "aws_securityhub_finding_aggregator",
        "aws_securityhub_standards_subscription",
        "azurerm_log_analytics_solution",
        "azurerm_security_center_auto_provisioning",
        "google_scc_notification_config",
    }
)
"""Parts of detection: what stays still sees most."""

LOG_LISTS: dict[str, tuple[str, ...]] = {
    "aws_db_instance": ("enabled_cloudwatch_logs_exports",),
    "aws_docdb_cluster": ("enabled_cloudwatch_logs_exports",),
    "aws_eks_cluster": ("enabled_cluster_log_types",),
    "aws_rds_cluster": ("enabled_cloudwatch_logs_exports",),
    "google_container_cluster": ("logging_config.0.enable_components",),
}
"""Types to lists of logs that are kept; what leaves the list is no longer recorded."""
