"""Where moto answers otherwise than AWS, and the provider or a probe would be misled.

Each function closes one gap, says which, and is listed in `GAPS`. Nothing here makes an edit
harmless or harmful by itself: it brings moto's answer to what AWS documents. Modules are imported
by name because moto is not installed where the code is type-checked.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from hashlib import sha256
from importlib import import_module
from itertools import count
from types import SimpleNamespace
from typing import Any

from iacrisk.training.emulation.in_use import refuse_to_delete_what_is_in_use
from iacrisk.training.intents import ACCOUNT, REGION


def answer_queue_urls_like_aws() -> None:
    """Moto puts its own host and port into queue URLs, which would differ on every run."""
    sqs: Any = import_module("moto.sqs.models")
    sqs.Queue.url = lambda queue, _request: (
        f"https://sqs.{queue.region}.amazonaws.com/{queue.account_id}/{queue.name}"
    )


def answer_queue_json_like_aws() -> None:
    """AWS returns the redrive policy without spaces; the provider compares strings."""
    sqs: Any = import_module("moto.sqs.models")
    sqs.json = SimpleNamespace(
        loads=json.loads,
        JSONDecodeError=json.JSONDecodeError,
        dumps=lambda value, **options: json.dumps(value, separators=(",", ":"), **options),
    )


def keep_messages_in_their_queue() -> None:
    """An event source mapping would try to start the function in a container."""
    sqs: Any = import_module("moto.sqs.models")
    sqs.Queue.lambda_event_source_mappings = property(lambda _: {}, lambda _queue, _value: None)


def hand_out_messages_at_once() -> None:
    """A delay of the queue only delays; a probe does not wait for it."""
    sqs: Any = import_module("moto.sqs.models")
    sqs.Message.delayed = property(lambda _message: False)


def keep_queue_policy_when_other_attributes_are_set() -> None:
    """SetQueueAttributes changes what it names; moto drops the policy whenever it is not named."""
    sqs: Any = import_module("moto.sqs.models")
    set_attributes = sqs.Queue._set_attributes  # noqa: SLF001 - no public seam

    def patched(queue: Any, attributes: Any, now: Any = None) -> None:
        policy = getattr(queue, "policy", None)
        set_attributes(queue, attributes, now)
        if "Policy" not in attributes and policy is not None:
            queue.policy = policy

    sqs.Queue._set_attributes = patched  # noqa: SLF001


def deliver_events_to_each_target() -> None:
    """A rule that is disabled or has no pattern takes no events, and every target gets its own.

    Moto ignores the state, fails on the first target that it cannot reach, and changes the event
    for the next one.
    """
    events: Any = import_module("moto.events.models")
    send = events.Rule.send_to_targets

    def patched(rule: Any, original_event: Any, *arguments: Any, **options: Any) -> None:
        if rule.state != "ENABLED" or getattr(rule.event_pattern, "_raw_pattern", None) is None:
            return
        targets = rule.targets
        try:
            for target in targets:
                rule.targets = [target]
                with suppress(NotImplementedError):
                    send(rule, deepcopy(original_event), *arguments, **options)
        finally:
            rule.targets = targets

    events.Rule.send_to_targets = patched


def leave_bucket_policies_to_the_probes() -> None:
    """Moto refuses objects wherever a statement has a condition, since it is told no values.

    Whether a policy lets somebody in is evaluated by `iam.py`, conditions included; the lab itself
    fills buckets and uploads as somebody whom no policy stops.
    """
    s3: Any = import_module("moto.s3.models")
    neutral = import_module("moto.iam.access_control").PermissionResult.NEUTRAL
    s3.FakeBucket.get_permission = lambda _bucket, _action, _resource: neutral


def name_the_caller_by_a_user_id() -> None:
    """Moto answers with an access key where AWS has a user id."""
    sts: Any = import_module("moto.sts.models")
    sts.STSBackend.get_caller_identity = lambda backend, _access_key_id, _region: (
        "AIDATEST",
        f"arn:aws:iam::{backend.account_id}:user/test",
        backend.account_id,
    )


def make_zones_with_a_vpc_private() -> None:
    """A zone that is created for a VPC is private."""
    route53: Any = import_module("moto.route53.responses")
    create = route53.Route53.create_hosted_zone

    def create_hosted_zone(request: Any) -> Any:
        if request._get_param("VPC.VPCId"):  # noqa: SLF001
            read = request._get_bool_param  # noqa: SLF001
            request._get_bool_param = lambda name, default=None: (  # noqa: SLF001
                name.endswith("PrivateZone") or read(name, default)
            )
        return create(request)

    route53.Route53.create_hosted_zone = create_hosted_zone


def create_node_groups_without_remote_access() -> None:
    """Moto invents a key pair for node groups, which the provider would replace for ever."""
    eks: Any = import_module("moto.eks.models")
    eks.DEFAULT_REMOTE_ACCESS = None


def mark_parameters_as_set_by_the_user() -> None:
    """The provider lists database parameters by source; moto stores none."""
    rds: Any = import_module("moto.rds.models")
    update = rds.DBParameterGroup.update_parameters

    def update_parameters(group: Any, parameters: Any) -> Any:
        parameters = list(parameters)
        for parameter in parameters:
            parameter.setdefault("Source", "user")
        return update(group, parameters)

    rds.DBParameterGroup.update_parameters = update_parameters


def give_each_database_its_own_id() -> None:
    """Moto gives every instance the same resource id, and the provider looks databases up by it.

    The id belongs to the creation, not to the name: renaming keeps it, recreating does not.
    """
    rds: Any = import_module("moto.rds.models")
    births = count()

    def resource_id(instance: Any) -> str:
        if "lab_resource_id" not in vars(instance):
            born = f"{instance.db_instance_identifier} {next(births)}"
            vars(instance)["lab_resource_id"] = (
                f"db-{sha256(born.encode()).hexdigest()[:26].upper()}"
            )
        found: str = vars(instance)["lab_resource_id"]
        return found

    # A property that swallows the value moto assigns.
    rds.DBInstance.dbi_resource_id = property(resource_id, lambda _instance, _value: None)
    become_replica = rds.DBInstance.set_as_replica

    def set_as_replica(instance: Any) -> None:
        vars(instance).pop("lab_resource_id", None)  # a replica begins as a copy of its source
        become_replica(instance)

    rds.DBInstance.set_as_replica = set_as_replica


def report_what_ecs_services_report() -> None:
    """The provider reads a field that moto does not have."""
    ecs: Any = import_module("moto.ecs.models")
    ecs.Service.availability_zone_rebalancing = "DISABLED"


def report_what_autoscaling_groups_report() -> None:
    """The provider reads a field that moto does not have."""
    groups: Any = import_module("moto.autoscaling.models")
    groups.FakeAutoScalingGroup.capacity_reservation_specification = {
        "CapacityReservationPreference": "default"
    }


def give_cache_nodes_an_endpoint() -> None:
    """Cache clusters answer on a name and a port."""
    cache: Any = import_module("moto.elasticache.models")

    domain = "use1.cache.amazonaws.com"

    def nodes(cluster: Any) -> list[dict[str, Any]]:
        return [
            {
                "CacheNodeId": f"{number:04d}",
                "CacheNodeStatus": "available",
                "CustomerAvailabilityZone": f"{REGION}a",
                "Endpoint": {
                    "Address": f"{cluster.cache_cluster_id}.lab.{number:04d}.{domain}",
                    "Port": int(getattr(cluster, "port", None) or 6379),
                },
            }
            for number in range(1, int(cluster.num_cache_nodes or 1) + 1)
        ]

    cache.CacheCluster.cache_nodes = property(nodes)


def report_the_groups_of_cache_clusters() -> None:
    """Cache clusters tell their security groups; moto keeps them to itself."""
    cache: Any = import_module("moto.elasticache.models")
    cache.CacheCluster.security_groups = property(
        lambda cluster: [
            {"SecurityGroupId": group, "Status": "active"} for group in cluster.security_group_ids
        ]
    )


def finish_deleting_cache_clusters() -> None:
    """Moto keeps a deleted cluster in the state deleting."""
    cache: Any = import_module("moto.elasticache.models")
    delete = cache.ElastiCacheBackend.delete_cache_cluster

    def patched(backend: Any, cache_cluster_id: str) -> Any:
        cluster = delete(backend, cache_cluster_id)
        backend.cache_clusters.pop(cache_cluster_id, None)
        return cluster

    cache.ElastiCacheBackend.delete_cache_cluster = patched


def list_tags_of_untagged_workgroups() -> None:
    """Athena answers with an empty list, moto with nothing."""
    athena: Any = import_module("moto.athena.models")
    listed = athena.AthenaBackend.list_tags_for_resource
    athena.AthenaBackend.list_tags_for_resource = lambda backend, resource_arn: (
        listed(backend, resource_arn) or {"Tags": []}
    )


def report_what_redshift_reports() -> None:
    """The provider waits for the availability status and reads several fields moto lacks."""
    redshift: Any = import_module("moto.redshift.models")
    cluster = redshift.Cluster
    cluster.cluster_availability_status = "Available"
    cluster.availability_zone_relocation_status = "disabled"
    cluster.multi_az = "Disabled"
    cluster.maintenance_track_name = "current"
    cluster.manual_snapshot_retention_period = -1
    cluster.cluster_nodes = property(
        lambda self: [
            {"NodeRole": f"COMPUTE-{number}"} for number in range(int(self.number_of_nodes or 1))
        ]
    )
    create = cluster.__init__

    def patched(self: Any, *arguments: Any, **options: Any) -> None:
        create(self, *arguments, **options)
        self.preferred_maintenance_window = str(self.preferred_maintenance_window).lower()

    cluster.__init__ = patched


def keep_security_groups_of_an_interface_block() -> None:
    """Groups given through a network interface are the instance's groups."""
    instances: Any = import_module("moto.ec2.models.instances")
    prepare = instances.Instance.prep_nics

    def patched(instance: Any, *arguments: Any, **options: Any) -> Any:
        result = prepare(instance, *arguments, **options)
        if not instance.security_groups and instance.nics.get(0) is not None:
            instance.security_groups = list(instance.nics[0].group_set)
        return result

    instances.Instance.prep_nics = patched


def free_addresses_of_deleted_nat_gateways() -> None:
    """Deleting a NAT gateway gives its elastic address back; moto keeps it associated."""
    gateways: Any = import_module("moto.ec2.models.nat_gateways")
    delete = gateways.NatGatewayBackend.delete_nat_gateway

    def patched(backend: Any, nat_gateway_id: str) -> Any:
        gateway = delete(backend, nat_gateway_id)
        for address in gateway.address_set:
            if allocation := address.get("allocationId"):
                for held in backend.address_by_allocation([allocation]):
                    if held.association_id:
                        backend.disassociate_address(association_id=held.association_id)
        return gateway

    gateways.NatGatewayBackend.delete_nat_gateway = patched


def refuse_to_delete_protected_balancers() -> None:
    """AWS answers OperationNotPermitted; moto keeps the attribute and deletes all the same."""
    balancers: Any = import_module("moto.elbv2.models")
    fault: Any = import_module("moto.elbv2.exceptions").ELBClientError
    delete = balancers.ELBv2Backend.delete_load_balancer

    def patched(backend: Any, arn: str) -> Any:
        balancer = backend.load_balancers.get(arn)
        if balancer and balancer.attrs.get("deletion_protection.enabled") == "true":
            raise fault("OperationNotPermitted", f"{arn} has deletion protection enabled")
        return delete(backend, arn)

    balancers.ELBv2Backend.delete_load_balancer = patched


def keep_what_distributions_are_given() -> None:
    """Moto forgets who may read an origin, and calls every certificate CloudFront's own."""
    cloudfront: Any = import_module("moto.cloudfront.models")
    make_origin = cloudfront.Origin.__init__
    make_certificate = cloudfront.ViewerCertificate.__init__

    def origin(self: Any, given: Any) -> None:
        make_origin(self, given)
        self.origin_access_control_id = given.get("OriginAccessControlId") or ""

    def certificate(self: Any, given: Any) -> None:
        make_certificate(self, given)
        if self.acm_certificate_arn or self.iam_certificate_id:
            self.cloud_front_default_certificate = False

    cloudfront.Origin.__init__ = origin
    cloudfront.ViewerCertificate.__init__ = certificate


GAPS: tuple[Callable[[], None], ...] = (
    answer_queue_urls_like_aws,
    answer_queue_json_like_aws,
    keep_messages_in_their_queue,
    hand_out_messages_at_once,
    keep_queue_policy_when_other_attributes_are_set,
    deliver_events_to_each_target,
    leave_bucket_policies_to_the_probes,
    name_the_caller_by_a_user_id,
    make_zones_with_a_vpc_private,
    create_node_groups_without_remote_access,
    mark_parameters_as_set_by_the_user,
    give_each_database_its_own_id,
    report_what_ecs_services_report,
    report_what_autoscaling_groups_report,
    give_cache_nodes_an_endpoint,
    report_the_groups_of_cache_clusters,
    finish_deleting_cache_clusters,
    list_tags_of_untagged_workgroups,
    report_what_redshift_reports,
    keep_security_groups_of_an_interface_block,
    refuse_to_delete_what_is_in_use,
    free_addresses_of_deleted_nat_gateways,
    refuse_to_delete_protected_balancers,
    keep_what_distributions_are_given,
)

_REGIONAL = (
    "acm",
    "apigateway",
    "apigatewayv2",
    "applicationautoscaling",
    "athena",
    "autoscaling",
    "backup",
    "batch",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "cognitoidp",
    "config",
    "dynamodb",
    "ec2",
    "ecr",
    "ecs",
    "efs",
    "eks",
    "elasticache",
    "elb",
    "elbv2",
    "events",
    "firehose",
    "glue",
    "guardduty",
    "kafka",
    "kinesis",
    "kms",
    "lambda",
    "logs",
    "opensearch",
    "rds",
    "redshift",
    "scheduler",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "stepfunctions",
    "wafv2",
)
_GLOBAL = ("cloudfront", "iam", "organizations", "route53", "s3", "sts")


def close_gaps() -> None:
    """Close every gap."""
    for gap in GAPS:
        gap()


def load_services() -> None:
    """Create every backend now, so that forks share them and no first call is slow."""
    get_backend: Any = import_module("moto.backends").get_backend
    for service in _REGIONAL:
        get_backend(service)[ACCOUNT][REGION]
    for service in _GLOBAL:
        get_backend(service)[ACCOUNT]["aws"]
