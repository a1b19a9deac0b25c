"""AWS refuses to delete a security group or a subnet that something uses; moto does not."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from iacrisk.training.intents import ACCOUNT, REGION

_Use = tuple[str, set[str], set[str]]
"""Who holds network interfaces, in which security groups, and in which subnets."""


def refuse_to_delete_what_is_in_use() -> None:
    """Answer DependencyViolation, as AWS does."""
    groups: Any = import_module("moto.ec2.models.security_groups").SecurityGroupBackend
    subnets: Any = import_module("moto.ec2.models.subnets").SubnetBackend
    violation: Any = import_module("moto.ec2.exceptions").DependencyViolationError
    delete_group = groups._delete_security_group  # noqa: SLF001 - no public seam
    delete_subnet = subnets.delete_subnet

    def patched_group(backend: Any, vpc_id: Any, group_id: str) -> Any:
        users = [name for name, held, _ in _uses(backend) if group_id in held]
        users += _groups_naming(backend, group_id)
        if users:
            raise violation(f"resource {group_id} has a dependent object ({min(users)})")
        return delete_group(backend, vpc_id, group_id)

    def patched_subnet(backend: Any, subnet_id: str) -> Any:
        users = [name for name, _, held in _uses(backend) if subnet_id in held]
        if users:
            raise violation(f"The subnet '{subnet_id}' has dependencies ({min(users)})")
        return delete_subnet(backend, subnet_id)

    groups._delete_security_group = patched_group  # noqa: SLF001
    subnets.delete_subnet = patched_subnet


def _groups_naming(backend: Any, group_id: str) -> list[str]:
    """Other groups with a rule that names this one."""
    return [
        str(group.id)
        for groups in backend.groups.values()
        for group in groups.values()
        if group.id != group_id
        and any(
            (getattr(rule, "source_group", None) or {}).get("GroupId") == group_id
            for rule in (*group.ingress_rules, *group.egress_rules)
        )
    ]


def _uses(backend: Any) -> Iterator[_Use]:
    yield from _uses_of_ec2(backend)
    for database in _backend("rds").databases.values():
        group = getattr(database, "db_subnet_group", None)
        subnets = _ids(group.subnets) if group else set()
        yield database.db_instance_identifier, set(database.vpc_security_group_ids), subnets
    for balancer in _backend("elbv2").load_balancers.values():
        yield balancer.name, set(balancer.security_groups or ()), _ids(balancer.subnets)
    for mount in _backend("efs").mount_targets_by_id.values():
        yield mount.mount_target_id, set(mount.security_groups or ()), {mount.subnet_id}
    for function in _backend("lambda").list_functions():
        vpc = getattr(function, "vpc_config", None) or {}
        yield (
            function.function_name,
            set(vpc.get("SecurityGroupIds", ())),
            set(vpc.get("SubnetIds", ())),
        )
    for cache in _backend("elasticache").cache_clusters.values():
        yield cache.cache_cluster_id, set(cache.security_group_ids), set()
    for service in _backend("ecs").services.values():
        if service.status == "ACTIVE" and service.desired_count:
            placed = (service.network_configuration or {}).get("awsvpcConfiguration", {})
            groups, subnets = placed.get("securityGroups", ()), placed.get("subnets", ())
            yield service.arn, set(groups), set(subnets)


def _uses_of_ec2(backend: Any) -> Iterator[_Use]:
    for instance in backend.all_running_instances():
        yield instance.id, _ids(instance.security_groups), {instance.subnet_id}
    for gateway in backend.nat_gateways.values():
        if gateway.state != "deleted":
            yield gateway.id, set(), {gateway.subnet_id}
    for endpoint in backend.vpc_end_points.values():
        if endpoint.state != "deleted":
            yield endpoint.id, set(endpoint.security_group_ids), set(endpoint.subnet_ids or ())


def _ids(items: Any) -> set[str]:
    return {getattr(item, "id", item) for item in items}


def _backend(service: str) -> Any:
    found: Any = import_module("moto.backends").get_backend(service)
    return found[ACCOUNT][REGION]
