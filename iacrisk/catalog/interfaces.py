"""Where types name their security groups, and in which direction they talk. AWS provider 5.100."""

from typing import Final

_VPC_LIST: Final = ("vpc_security_group_ids",)
_LIST: Final = ("security_group_ids",)
_BALANCER: Final = ("security_groups",)

GROUP_LISTS: Final[dict[str, tuple[str, ...]]] = {
    "aws_alb": _BALANCER,
    "aws_dax_cluster": _LIST,
    "aws_db_instance": _VPC_LIST,
    "aws_docdb_cluster": _VPC_LIST,
    "aws_ecs_service": ("network_configuration.0.security_groups",),
    "aws_efs_mount_target": _BALANCER,
    "aws_eks_cluster": ("vpc_config.0.security_group_ids",),
    "aws_elasticache_cluster": _LIST,
    "aws_elasticache_replication_group": _LIST,
    "aws_elasticsearch_domain": ("vpc_options.0.security_group_ids",),
    "aws_elb": _BALANCER,
    "aws_instance": _VPC_LIST,
    "aws_lambda_function": ("vpc_config.0.security_group_ids",),
    "aws_launch_template": ("vpc_security_group_ids", "network_interfaces.0.security_groups"),
    "aws_lb": _BALANCER,
    "aws_memorydb_cluster": _LIST,
    "aws_mq_broker": _BALANCER,
    "aws_neptune_cluster": _VPC_LIST,
    "aws_network_interface": _BALANCER,
    "aws_opensearch_domain": ("vpc_options.0.security_group_ids",),
    "aws_rds_cluster": _VPC_LIST,
    "aws_redshift_cluster": _VPC_LIST,
    "aws_redshiftserverless_workgroup": _LIST,
    "aws_vpc_endpoint": _LIST,
}
"""Lists of security groups that change in place: on what runs, or by a template on what comes."""

ACCEPTS_ONLY: Final = frozenset(
    {
        "aws_dax_cluster",
        "aws_db_instance",
        "aws_docdb_cluster",
        "aws_efs_mount_target",
        "aws_elasticache_cluster",
        "aws_elasticache_replication_group",
        "aws_elasticsearch_domain",
        "aws_memorydb_cluster",
        "aws_mq_broker",
        "aws_neptune_cluster",
        "aws_opensearch_domain",
        "aws_rds_cluster",
        "aws_redshift_cluster",
        "aws_redshiftserverless_workgroup",
        "aws_vpc_endpoint",
    }
)
"""Types that others connect to and that open no connections themselves worth a word."""

ASKS_ONLY: Final = frozenset({"aws_lambda_function"})
"""Types that only open connections."""

CALLERS: Final = frozenset({"aws_ecs_service", "aws_instance", "aws_lambda_function"})
"""Types that run programs, which call services of AWS."""
