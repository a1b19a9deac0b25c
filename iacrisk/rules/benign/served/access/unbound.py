"""Names and rights that reach nobody who needs them, or nothing that matters."""

from __future__ import annotations

import re
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.values import mapping
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.role_grants import role_grants
from iacrisk.rules.readers.kubernetes.bound_roles import (
    READING,
    Bound,
    bindings_of,
    role_of,
)
from iacrisk.rules.readers.kubernetes.chart_values import values_of
from iacrisk.rules.readers.kubernetes.ingress_controllers import (
    class_of,
    classes_alone,
    classes_left,
)
from iacrisk.rules.readers.kubernetes.objects import objects_of
from iacrisk.rules.readers.shapes import blocks, texts

_BOOKMARK: Final = "okta_app_bookmark"
_ASSIGNMENT: Final = "okta_app_group_assignment"
_AGGREGATES: Final = "rbac.authorization.k8s.io/aggregate-to"


def why_class_unused(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the class that a controller gives up."""
    before, after = values_of(change.before), values_of(change.after)
    told = change.changed - {"metadata", "manifest", "resources"}
    if before is None or after is None or not told <= {"values", "set"}:
        return None
    left = classes_left(change, context)
    if not left or not classes_alone(before, after) or _is_default(change):
        return None
    ingresses = [one.after for one in objects_of(context, "Ingress") if one.after is not None]
    if not ingresses or not all(map(class_of, ingresses)):
        return None
    named = "|".join(map(re.escape, sorted(left))).encode()
    words = re.compile(rb"(?<![\w-])(" + named + rb")(?![\w-])")
    others = [one for one in context.plan.changes if one.label != change.label]
    if any(words.search(bytes(one.raw.change.after)) for one in others if not _goes(one)):
        return None
    return "Every ingress of the plan names another class, and nothing else names this one."


def _is_default(change: ResourceChange) -> bool:
    """Whether the class is the cluster's default one, before or after."""
    trees = [values_of(side) or {} for side in (change.before, change.after)]
    return any(_default(tree) for tree in trees)


def _default(tree: Any) -> bool:
    if isinstance(tree, dict):
        named = any(
            name in {"default", "isDefaultClass", "watchIngressWithoutClass"} and value is True
            for name, value in tree.items()
        )
        return named or any(map(_default, tree.values()))
    return False


def _goes(change: ResourceChange) -> bool:
    return change.kind is ActionKind.DELETE


def why_bound_inside(change: ResourceChange, context: Context) -> str | None:
    """Why a cluster role that comes to read more gives it inside single namespaces alone."""
    role = role_of(change)
    if role is None or role.kind != "ClusterRole" or role.body.get("aggregationRule"):
        return None
    labels = mapping(role.metadata.get("labels"))
    if any(str(name).startswith(_AGGREGATES) for name in labels):
        return None
    added = role_grants(change.type, change.after) - role_grants(change.type, change.before)
    if not all(grant.role.startswith(READING) and "*" not in grant.role for grant in added):
        return None
    bound = bindings_of(change, context)
    if not bound or not all(map(_is_own, bound)) or _is_gathered(context):
        return None
    return "It is bound to accounts of the namespace alone in which they read."


def _is_own(one: Bound) -> bool:
    return (
        not one.is_wide
        and bool(one.namespace and one.subjects)
        and not one.namespace.startswith("kube-")
        and all(
            subject.get("kind") == "ServiceAccount" and subject.get("namespace") == one.namespace
            for subject in one.subjects
        )
    )


def _is_gathered(context: Context) -> bool:
    """Whether a role of the plan takes in the rules of others."""
    roles = objects_of(context, "ClusterRole")
    return any(one.after is not None and one.after.body.get("aggregationRule") for one in roles)


def why_group_opens_links(change: ResourceChange, context: Context) -> str | None:
    """Why a group that more people come into gives them nothing but links."""
    if change.changed - {"expression_value", "name"}:
        return None
    groups = texts(change.before.get("group_assignments"))
    if not groups or not all(_opens_links(name, context) for name in groups):
        return None
    return "All that its groups are assigned to are bookmarks, which give no right anywhere."


def _opens_links(identity: str, context: Context) -> bool:
    bookmarks = {one.after.get("id") for one in context.changes_of(_BOOKMARK)}
    name, links = "", 0
    for one in context.plan.changes:
        if identity.encode() not in bytes(one.raw.change.after):
            continue
        if one.type == "okta_group" and one.after.get("id") == identity:
            name = str(one.after.get("name"))
        elif one.type == _ASSIGNMENT and one.after.get("app_id") in bookmarks:
            links += 1
        elif one.type != "okta_group_rule" or identity in str(one.after.get("expression_value")):
            return False
    told = any(
        _claims(block, name)
        for app in context.plan.changes
        if app.type.startswith("okta_app_")
        for argument in ("groups_claim", "attribute_statements")
        for block in blocks(app.after.get(argument))
    )
    return bool(name and links) and not told and not context.changes_of("okta_auth_server_claim")


def _claims(block: Any, name: str) -> bool:
    """Whether an application is told of the group by its name."""
    kind = str(block.get("filter_type") or "")
    wanted = str(block.get("value") or block.get("filter_value") or "")
    if kind == "STARTS_WITH":
        return name.startswith(wanted)
    if kind in {"EQUALS", "CONTAINS"}:
        return wanted in name
    return bool(kind) or str(block.get("type")) in {"GROUP", "EXPRESSION"}
