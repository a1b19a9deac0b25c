"""Who is started from images that come by an endpoint of the network, and whether it lets them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ResourceChange
from iacrisk.plan.policy_document import Effect, Matcher, Policy, action_covers, pattern_covers
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.endpoint_callers import lives_behind
from iacrisk.rules.readers.siblings import stays

_SERVICE: Final = "aws_ecs_service"
_TASK: Final = "aws_ecs_task_definition"
_NODES: Final = "aws_eks_node_group"
_PROFILE: Final = "aws_eks_fargate_profile"
_REGISTRY: Final = b".dkr.ecr."
_READ: Final = Matcher(("s3:GetObject",))
_OWNERS: Final = frozenset({"aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"})
"""What tells whose bucket it is: that of the layers belongs to AWS."""


def layers_cut(
    endpoint: ResourceChange, before: Policy, after: Policy, context: Context
) -> tuple[str, list[str]]:
    """The bucket of image layers that is let through no more, and who is started from there.

    ECR hands out manifests itself and layers from a bucket of its own in each region:
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
    """
    parts = str(endpoint.before.get("service_name")).split(".")
    if len(parts) < 4 or parts[-1] != "s3" or not _carries(endpoint):
        return "", []
    bucket = f"prod-{parts[-2]}-starport-layer-bucket"
    if not _lets(before, bucket) or _lets(after, bucket):
        return "", []
    return bucket, [*dict.fromkeys(_started(endpoint, context))]


def _carries(endpoint: ResourceChange) -> bool:
    """Whether calls of the network pass it: by its route tables, or by the name of the service."""
    values = endpoint.before
    return bool(values.get("route_table_ids") or values.get("private_dns_enabled"))


def _lets(policy: Policy, bucket: str) -> bool:
    wanted = f"arn:aws:s3:::{bucket}/x"
    return any(
        one.effect is Effect.ALLOW
        and any(action_covers(action, _READ) for action in one.actions)
        and any(_names(resource, wanted) for resource in one.resources)
        and not any(
            clause.key in _OWNERS and "not" not in clause.operator for clause in one.condition
        )
        for one in policy.statements
    )


def _names(resource: Matcher, wanted: str) -> bool:
    named = any(pattern_covers(pattern, wanted) for pattern in resource.patterns)
    return named is not resource.negated


def _started(endpoint: ResourceChange, context: Context) -> Iterator[str]:
    """Services with images of ECR; nodes and pods of EKS, whose own parts come from there."""
    for one in context.changes_of(_SERVICE, _NODES, _PROFILE):
        if not stays(one) or not lives_behind(one, endpoint, context):
            continue
        tasks = _tasks(one, context) if one.type == _SERVICE else []
        if one.type != _SERVICE or tasks:
            yield one.label
            yield from tasks


def _tasks(service: ResourceChange, context: Context) -> list[str]:
    """The service's task definitions that are started from an image of ECR."""
    named = str(service.before.get("task_definition"))
    return [
        task.label
        for task in context.changes_of(_TASK)
        if named in {task.before.get("arn"), task.before.get("arn_without_revision"), _short(task)}
        and _REGISTRY in bytes(task.raw.change.before)
    ]


def _short(task: ResourceChange) -> str:
    return f"{task.before.get('family')}:{task.before.get('revision')}"
