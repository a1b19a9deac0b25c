"""From a thing in the cloud to its resource address, through the state before the edit.

Used only after judging, to say in Terraform's words who was hit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from iacrisk.training.terraform import managed_resources

TYPES: Mapping[str, tuple[str, ...]] = {
    "address": ("aws_eip",),
    "alarm": ("aws_cloudwatch_metric_alarm",),
    "alb": ("aws_lb", "aws_alb"),
    "api": ("aws_apigatewayv2_api",),
    "asg": ("aws_autoscaling_group",),
    "bucket": ("aws_s3_bucket",),
    "cache": ("aws_elasticache_cluster",),
    "cluster": ("aws_ecs_cluster",),
    "database": ("aws_db_instance",),
    "delivery-stream": ("aws_kinesis_firehose_delivery_stream",),
    "distribution": ("aws_cloudfront_distribution",),
    "egress": ("aws_security_group",),
    "eks": ("aws_eks_cluster",),
    "event-source": ("aws_lambda_event_source_mapping",),
    "event-target": ("aws_cloudwatch_event_rule",),
    "file-system": ("aws_efs_file_system",),
    "function": ("aws_lambda_function",),
    "glue-crawler": ("aws_glue_crawler",),
    "glue-job": ("aws_glue_job",),
    "glue-table": ("aws_glue_catalog_table",),
    "ingress": ("aws_security_group",),
    "instance": ("aws_instance",),
    "instance-profile": ("aws_iam_instance_profile",),
    "key": ("aws_kms_key", "aws_kms_alias"),
    "listener": ("aws_lb_listener",),
    "listener-rule": ("aws_lb_listener_rule",),
    "log-group": ("aws_cloudwatch_log_group",),
    "nat": ("aws_nat_gateway",),
    "parameter": ("aws_ssm_parameter",),
    "peering": ("aws_vpc_peering_connection",),
    "policy-attachment": ("aws_iam_role",),
    "queue": ("aws_sqs_queue",),
    "record": ("aws_route53_record",),
    "repository": ("aws_ecr_repository",),
    "role": ("aws_iam_role",),
    "route": ("aws_route_table",),
    "rule": ("aws_cloudwatch_event_rule",),
    "search": ("aws_opensearch_domain", "aws_elasticsearch_domain"),
    "secret": ("aws_secretsmanager_secret",),
    "security-group": ("aws_security_group",),
    "service": ("aws_ecs_service",),
    "stream": ("aws_kinesis_stream",),
    "subnet": ("aws_subnet",),
    "subscription": ("aws_sns_topic_subscription",),
    "table": ("aws_dynamodb_table",),
    "target-group": ("aws_lb_target_group",),
    "topic": ("aws_sns_topic",),
    "trail": ("aws_cloudtrail",),
    "user": ("aws_iam_user",),
    "user-pool": ("aws_cognito_user_pool",),
    "volume": ("aws_ebs_volume",),
    "warehouse": ("aws_redshift_cluster",),
    "zone": ("aws_route53_zone",),
}
"""Which resource types are the thing itself, best first."""

_NAMING = (
    "arn",
    "id",
    "url",
    "name",
    "bucket",
    "function_name",
    "identifier",
    "cluster_identifier",
    "cluster_id",
    "creation_token",
    "key_id",
    "resource_id",
    "alarm_name",
    "fqdn",
    "zone_id",
    "unique_id",
    "repository_url",
    "allocation_id",
    "public_ip",
    "uuid",
)
"""Attributes whose value names the thing; earlier ones are surer."""


class Addresses:
    """An index of the state: who is called what."""

    def __init__(self, shown_state: Mapping[str, Any]) -> None:
        """Index `terraform show -json` of the state before the edit."""
        self._by_name: dict[str, list[tuple[int, str, str]]] = {}
        for item in managed_resources(shown_state):
            values = item["values"]
            tag = (values.get("tags") or {}).get("Name")
            named = [*(values.get(key) for key in _NAMING), tag]
            for rank, value in enumerate(named):
                if isinstance(value, str) and value:
                    entry = (rank, item["address"], item["type"])
                    self._by_name.setdefault(value, []).append(entry)

    def of(self, label: str, handles: Iterable[str]) -> str:
        """The address of a thing; empty when the state does not have it."""
        kind, _, name = label.partition(":")
        types = TYPES.get(kind, ())
        name = name.rpartition("/")[2] if kind == "service" else name
        for handle in (*handles, name):
            found = [entry for entry in self._by_name.get(handle, ()) if entry[2] in types]
            if found:
                return min(found, key=lambda entry: (types.index(entry[2]), entry[0], entry[1]))[1]
        return ""

    def anything(self, handles: Iterable[str]) -> str:
        """The address of whatever has one of the handles, of any type."""
        for handle in handles:
            if found := self._by_name.get(handle):
                return min(found)[1]
        return ""
