"""What may change without anybody noticing, and look-alikes that act. From documentation."""

from typing import Final

TAG_PROVIDERS: Final = frozenset({"aws", "azurerm", "google"})
"""Providers whose tags or labels only describe. DigitalOcean's and Hetzner's choose the targets
of firewalls and load balancers, Kubernetes' select."""

NOT_JUST_TAGS: Final = frozenset({("google", "tags")})
"""Provider and argument: google's `tags` are network tags or bind policies."""

POLICY_ARGUMENTS: Final = frozenset(
    {
        "access_policies",
        "access_policy",
        "assume_role_policy",
        "definition",
        "key_policy",
        "policy",
        "policy_document",
        "redrive_allow_policy",
        "redrive_policy",
        "registry_policy",
        "repository_policy",
        "resource_policy",
    }
)
"""Arguments that hold a document in JSON."""

UNORDERED: Final = frozenset(
    {
        "access",
        "access_policy",
        "allow",
        "availability_zones",
        "cidr_blocks",
        "deny",
        "destination_ranges",
        "egress",
        "ingress",
        "ip_rules",
        "ipv6_cidr_blocks",
        "members",
        "oauth_scopes",
        "prefix_list_ids",
        "route",
        "scopes",
        "security_group_ids",
        "security_groups",
        "security_rule",
        "source_ranges",
        "source_tags",
        "subnet_ids",
        "subnets",
        "target_tags",
        "vpc_security_group_ids",
        "zones",
    }
)
"""Lists in which the order says nothing. Everywhere else an order may decide: cache behaviours,
firewall rule sets, commands."""

IMPORT_ONLY: Final = frozenset(
    {
        "apply_immediately",
        "bypass_policy_lockout_safety_check",
        "create_timeout",
        "deletion_window_in_days",
        "delete_automated_backups",
        "filename",
        "final_snapshot_identifier",
        "force_delete",
        "force_destroy",
        "force_detach_policies",
        "force_overwrite_replica_secret",
        "publish",
        "recovery_window_in_days",
        "replace_security_groups_on_destroy",
        "revoke_rules_on_delete",
        "skip_destroy",
        "skip_final_snapshot",
        "source_code_hash",
        "timeouts",
        "user_data_replace_on_change",
        "wait_for_capacity_timeout",
        "wait_for_deployment",
        "wait_for_steady_state",
    }
)
"""Arguments that only Terraform knows, so that every import sets them for the first time."""

RISKY_AT_IMPORT: Final[dict[str, tuple[bool | int, ...]]] = {
    "bypass_policy_lockout_safety_check": (True,),
    "force_delete": (True,),
    "force_destroy": (True,),
    "recovery_window_in_days": (0,),
    "skip_final_snapshot": (True,),
    "revoke_rules_on_delete": (True,),
}
"""Of these the values that prepare a loss."""

MARKERS: Final = frozenset(
    {
        "null_resource",
        "random_bytes",
        "random_id",
        "random_integer",
        "random_pet",
        "random_shuffle",
        "random_string",
        "random_uuid",
        "terraform_data",
        "time_offset",
        "time_rotating",
        "time_sleep",
        "time_static",
    }
)
"""Types that exist in the state only. `random_password` is a credential and not one of them."""

RUN_PROVISIONERS: Final = frozenset({"null_resource", "terraform_data"})
"""Of these the types that people give provisioners to."""

IMAGE_ONLY: Final[dict[str, str]] = {
    "google_cloud_run_service": "image",
    "google_cloud_run_v2_job": "image",
    "google_cloud_run_v2_service": "image",
}
"""Services whose new release is a new image. The leaf argument that names it."""

SOURCE_ONLY: Final[dict[str, frozenset[str]]] = {
    "google_cloudfunctions_function": frozenset({"source_archive_object"}),
    "aws_lambda_function": frozenset(
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
    ),
}
"""Functions, and what a new release of their code changes. Schema."""

TASK_COMPUTED: Final = frozenset(
    {"arn", "arn_without_revision", "enable_fault_injection", "id", "revision", "tags_all"}
)
"""What every new revision of aws_ecs_task_definition recomputes. Schema."""

TEMPLATE_RELEASE: Final = frozenset(
    {
        "arn",
        "default_version",
        "description",
        "image_id",
        "latest_version",
        "tag_specifications",
        "tags",
        "tags_all",
        "update_default_version",
    }
)
"""What a new image in aws_launch_template changes. Schema, lab."""

MORE_RETENTION: Final[dict[str, str]] = {
    "aws_cloudwatch_log_group": "retention_in_days",
    "aws_kinesis_stream": "retention_period",
    "aws_sqs_queue": "message_retention_seconds",
    "azurerm_application_insights": "retention_in_days",
    "azurerm_log_analytics_workspace": "retention_in_days",
    "google_logging_project_bucket_config": "retention_days",
}
"""How long a store keeps; 0 is for ever in aws_cloudwatch_log_group."""

GROWS_WITH_A_PAUSE: Final = frozenset(
    {"aws_redshift_cluster", "aws_elasticache_cluster", "azurerm_redis_cache", "aws_dax_cluster"}
)
"""Types that stop or move data to grow."""

CALM_GROWTH: Final[dict[str, tuple[str, ...]]] = {
    "aws_db_instance": ("allocated_storage", "iops", "max_allocated_storage", "storage_throughput"),
}
"""Sizes of a database that grow while it runs."""

INSTANCE_SIZES: Final = (
    "micro",
    "small",
    "medium",
    "large",
    "xlarge",
    "2xlarge",
    "4xlarge",
    "8xlarge",
    "10xlarge",
    "12xlarge",
    "16xlarge",
    "24xlarge",
    "32xlarge",
    "48xlarge",
)
"""Instance sizes, smallest first."""

INERT_ANNOTATIONS: Final = frozenset(
    {
        "change-cause",
        "contact",
        "cost-center",
        "commit",
        "description",
        "documentation",
        "git-commit",
        "oncall",
        "owner",
        "repository",
        "runbook",
        "team",
    }
)
"""Last parts of Kubernetes annotation keys that only people read."""

INERT_LABELS: Final = frozenset(
    {"app.kubernetes.io/managed-by", "app.kubernetes.io/version", "helm.sh/chart"}
)
"""Kubernetes labels that nothing selects by."""

QUORUM_WORDS: Final = (
    "cassandra", "clickhouse", "consul", "controlplane", "control-plane", "control_plane",
    "database", "db", "elastic", "etcd", "kafka", "leader", "manager", "master", "mongo", "mysql",
    "nats", "nomad", "opensearch", "patroni", "postgres", "primary", "quorum", "rabbit", "raft",
    "redis", "server", "storage", "vault", "zookeeper",
)  # fmt: skip
"""Words in names of machines that keep data or vote: one less is not nothing."""

DERIVED: Final = {
    "google_bigquery_table": ("materialized_view.0.query", "view.0.query"),
}
"""Where a type says that it is computed from other objects, and holds nothing of its own."""
