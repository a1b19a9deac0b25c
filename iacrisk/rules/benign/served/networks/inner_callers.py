"""Who may call the API of a cluster of EKS, and whether all of them come from inside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange, lookup
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

THROUGH_API: Final = ("argocd_", "flux_", "helm_", "kubectl_", "kubernetes_")
_ENTRY: Final = "aws_eks_access_entry"
_OF_NODES: Final = frozenset({"EC2_LINUX", "EC2_WINDOWS", "EC2", "FARGATE_LINUX", "HYBRID_LINUX"})
_PLACES: Final[dict[str, tuple[str, tuple[str | int, ...]]]] = {
    "aws_codebuild_project": ("service_role", ("vpc_config", 0)),
    "aws_lambda_function": ("role", ("vpc_config", 0)),
}
"""What can be told where it runs: who it runs as, and the block of its network."""

_PEOPLE: Final = "aws_ec2_client_vpn_endpoint"
_RULE: Final = "aws_vpc_security_group_ingress_rule"
_HTTPS: Final = 443


def all_call_from_inside(cluster: ResourceChange, context: Context) -> bool:
    """Whether every principal with an entry runs inside, and people have a way into the network."""
    if lookup(cluster.before, ("access_config", 0, "authentication_mode")) != "API":
        return False  # a map inside the cluster lets in others, whom the plan does not show
    if any(one.type.startswith(THROUGH_API) for one in context.plan.changes):
        return False
    entries = [one for one in context.changes_of(_ENTRY) if _is_of(one, cluster)]
    callers = [one for one in entries if str(one.after.get("type")) not in _OF_NODES]
    if not all(stays(one) and _runs_inside(one, cluster, context) for one in callers):
        return False
    return bool(callers) and _lets_people_in(cluster, context)


def _is_of(entry: ResourceChange, cluster: ResourceChange) -> bool:
    name = cluster.before.get("name")
    return entry.kind is not ActionKind.DELETE and entry.after.get("cluster_name") == name


def _runs_inside(entry: ResourceChange, cluster: ResourceChange, context: Context) -> bool:
    """Whether the plan shows who runs as the principal, and each in a place that is let in."""
    principal = entry.before.get("principal_arn")
    if not isinstance(principal, str) or not principal:
        return False
    there = [
        one
        for one in context.plan.changes
        if one.mode == "managed"
        and one.kind is not ActionKind.DELETE
        and one.type not in {_ENTRY, "aws_iam_role", "aws_eks_access_policy_association"}
        and principal.encode() in bytes(one.raw.change.after)
    ]
    return bool(there) and all(_is_let_in(one, principal, cluster, context) for one in there)


def _is_let_in(
    one: ResourceChange, principal: str, cluster: ResourceChange, context: Context
) -> bool:
    if one.type not in _PLACES:
        return False
    name, path = _PLACES[one.type]
    block = lookup(one.after, path)
    if one.after.get(name) != principal or not isinstance(block, dict):
        return False
    subnets = set(texts(block.get("subnets"), block.get("subnet_ids")))
    groups = set(texts(block.get("security_group_ids")))
    home = set(texts(lookup(cluster.after, ("vpc_config", 0, "subnet_ids"))))
    admitted = {text for rule in _admitting(cluster, context) for text in _groups(rule)}
    return bool(subnets) and subnets <= home and bool(groups & (admitted | _own_groups(cluster)))


def _own_groups(cluster: ResourceChange) -> set[str]:
    block = lookup(cluster.before, ("vpc_config", 0))
    values: dict[str, Any] = block if isinstance(block, dict) else {}
    return {*texts(values.get("cluster_security_group_id"), values.get("security_group_ids"))}


def _admitting(cluster: ResourceChange, context: Context) -> Iterator[dict[str, Any]]:
    """The entries on the port of the API, of the groups that the cluster has."""
    own = _own_groups(cluster)
    for one in filter(stays, context.changes_of(_RULE, "aws_security_group_rule")):
        values = one.before
        is_entry = one.type == _RULE or values.get("type") == "ingress"
        if is_entry and values.get("security_group_id") in own and _holds_https(values):
            yield values
    for one in filter(stays, context.changes_of("aws_security_group")):
        if one.before.get("id") in own:
            yield from filter(_holds_https, members(one.before.get("ingress")))


def _holds_https(values: dict[str, Any]) -> bool:
    first, last = values.get("from_port"), values.get("to_port")
    if str(values.get("ip_protocol", values.get("protocol"))) == "-1":
        return True
    return isinstance(first, int) and isinstance(last, int) and first <= _HTTPS <= last


def _groups(values: dict[str, Any]) -> list[str]:
    names = ("referenced_security_group_id", "source_security_group_id", "security_groups")
    return texts(*(values.get(name) for name in names))


def _ranges(values: dict[str, Any]) -> list[str]:
    return texts(values.get("cidr_ipv4"), values.get("cidr_blocks"))


def _lets_people_in(cluster: ResourceChange, context: Context) -> bool:
    """Whether a VPN for people ends in a network that the API's groups let in."""
    if not any(stays(one) and one.before.get("vpc_id") for one in context.changes_of(_PEOPLE)):
        return False
    return any(_ranges(values) for values in _admitting(cluster, context))
