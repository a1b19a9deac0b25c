"""Where a cluster role of Kubernetes is bound, and whether it reads secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from iacrisk.plan import ResourceChange
from iacrisk.plan.kubernetes import KubernetesObject, Tree
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.role_grants import role_grants
from iacrisk.rules.readers.kubernetes.objects import objects_of, seen

ROLES: Final = frozenset({"ClusterRole", "Role"})
READING: Final = ("get:", "list:", "watch:")


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """A binding as it will be: of the whole cluster, or inside a namespace."""

    change: ResourceChange
    is_wide: bool
    namespace: str
    subjects: tuple[Tree, ...]


def role_of(change: ResourceChange) -> KubernetesObject | None:
    """The role that the change writes, as it will be."""
    one = seen(change)
    role = one.after if one is not None else None
    return role if role is not None and role.kind in ROLES else None


def bindings_of(change: ResourceChange, context: Context) -> list[Bound]:
    """The bindings of the plan that name the role afterwards."""
    role = role_of(change)
    if role is None:
        return []
    return [
        Bound(
            change=item.change,
            is_wide=kind == "ClusterRoleBinding",
            namespace=one.namespace,
            subjects=tuple(members(one.body.get("subjects"))),
        )
        for kind in ("ClusterRoleBinding", "RoleBinding")
        for item in objects_of(context, kind)
        if (one := item.after) is not None and _names(one, role)
    ]


def _names(binding: KubernetesObject, role: KubernetesObject) -> bool:
    reference = mapping(binding.body.get("roleRef"))
    inside = role.kind == "ClusterRole" or role.namespace == binding.namespace
    return inside and (reference.get("kind"), reference.get("name")) == (role.kind, role.name)


def reads_secrets(values: Mapping[str, Any]) -> bool:
    """Whether a resource of Terraform for a role lets its holders read secrets."""
    return any(
        grant.role in {f"{verb}/{kind}" for verb in READING for kind in ("secrets", "*")}
        for kind in ("kubernetes_cluster_role_v1", "kubernetes_role_v1")
        if values.get("rule")
        for grant in role_grants(kind, dict(values))
    )
