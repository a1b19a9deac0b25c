"""BL-innerapi: all that call the API of a cluster reach it from inside the network."""

from __future__ import annotations

from typing import Any, Final

from iacrisk.plan import ResourceChange, lookup
from iacrisk.plan.policy_document import every_grant, parse_policy
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.benign.served.networks.inner_callers import THROUGH_API, all_call_from_inside
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

_ARGUMENT: Final = "vpc_config"
_LIST: Final = "public_access_cidrs"
_NODES: Final = ("aws_eks_fargate_profile", "aws_eks_node_group")
_OWN_LOGINS: Final = "oidc.eks."


def why_inner_api(change: ResourceChange, context: Context) -> str | None:
    """Why nothing of the plan is turned away: all of it comes by the private endpoint."""
    rest = change.changed - {_ARGUMENT}
    if rest and explain(change, context, *rest) is None:
        return None
    before, after = (lookup(tree, (_ARGUMENT, 0)) for tree in (change.before, change.after))
    if not isinstance(before, dict) or not isinstance(after, dict) or holds_unknown(after):
        return None
    if not _has_nodes(change, context):
        return None
    if _is_only_narrowed(before, after):
        if any(_comes_from_outside(one, change) for one in context.plan.changes):
            return None
        return "nodes and pods reach the API by its private endpoint, and nothing else does"
    if _is_only_shut(before, after) and all_call_from_inside(change, context):
        return "all that may call the API and are in the plan do so from inside, and people can"
    return None


def _is_only_narrowed(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether the whole internet gives way to some addresses, with the private endpoint on."""
    others = (before.keys() | after.keys()) - {_LIST}
    same = all(before.get(name) == after.get(name) for name in others)
    return (
        same
        and after.get("endpoint_private_access") is True
        and after.get("endpoint_public_access") is True
        and "0.0.0.0/0" in texts(before.get(_LIST))
        and bool(texts(after.get(_LIST)))
    )


def _is_only_shut(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether the public endpoint goes off, with the private one on as before."""
    others = (before.keys() | after.keys()) - {_LIST, "endpoint_public_access"}
    same = all(before.get(name) == after.get(name) for name in others)
    return (
        same
        and after.get("endpoint_private_access") is True
        and after.get("endpoint_public_access") is False
    )


def _has_nodes(cluster: ResourceChange, context: Context) -> bool:
    return any(
        stays(one) and one.before.get("cluster_name") == cluster.before.get("name")
        for one in context.changes_of(*_NODES)
    )


def _comes_from_outside(one: ResourceChange, cluster: ResourceChange) -> bool:
    """Whether it calls the API from a place that nobody knows: the run itself, or a pipeline."""
    if one.type.startswith(THROUGH_API):
        return True
    values = one.after or one.before
    if one.type == "aws_codebuild_project":
        return True
    if one.type == "aws_eks_access_entry":
        return values.get("type") in {None, "STANDARD"} and values.get(
            "cluster_name"
        ) == cluster.before.get("name")
    return one.type == "aws_iam_role" and _is_assumed_elsewhere(values.get("assume_role_policy"))


def _is_assumed_elsewhere(trust: Any) -> bool:
    """Whether a login of another house, such as that of a pipeline, assumes the role."""
    policy = parse_policy(trust)
    if policy is None:
        return True
    return any(
        ":oidc-provider/" in name and _OWN_LOGINS not in name
        for grant in every_grant(policy)
        for name in grant.principal.patterns
    )
