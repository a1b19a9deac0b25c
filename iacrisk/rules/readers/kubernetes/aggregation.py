"""Cluster roles that are put together from others by their labels, and what each adds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog.permissions import Power
from iacrisk.plan.kubernetes import KubernetesObject, selects
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.role_grant import RoleGrant
from iacrisk.rules.readers.kubernetes.grants import cluster_role
from iacrisk.rules.readers.kubernetes.objects import objects_of

_LABEL: Final = "rbac.authorization.k8s.io/aggregate-to-"
_CHAIN: Final[dict[str, tuple[str, ...]]] = {"view": ("edit", "admin"), "edit": ("admin",)}
"""Kubernetes puts its own roles together in this order."""

_OWN: Final = frozenset({"admin", "edit", "view"})
_WRITES: Final = frozenset({"*", "create", "delete", "deletecollection", "patch", "update"})
_RUNNING: Final = frozenset({"", "*", "apps", "batch"})
"""Groups whose objects run programs; who writes them runs what he likes."""

_INTO_PODS: Final = frozenset({"attach", "ephemeralcontainers", "exec", "portforward", "proxy"})
_HARMLESS: Final = frozenset({"events"})
_IN_NAMESPACE: Final = frozenset({"rolebindings", "roles"})


def targets_of(role: KubernetesObject | None, context: Context, *, planned: bool) -> frozenset[str]:
    """Names of the cluster roles that take over what the role gives."""
    if role is None:
        return frozenset()
    labels = mapping(role.metadata.get("labels"))
    named = {
        str(key).removeprefix(_LABEL)
        for key, value in labels.items()
        if str(key).startswith(_LABEL) and str(value) == "true"
    }
    found = {further for name in named for further in (name, *_CHAIN.get(name, ()))}
    for item in objects_of(context, "ClusterRole"):
        other = item.after if planned else item.before
        if other is not None and any(selects(one, labels) for one in _selectors(other)):
            found.add(other.name)
    return frozenset(found - {role.name})


def grants_of(role: KubernetesObject | None) -> frozenset[RoleGrant]:
    """What the role gives by its own rules."""
    return frozenset(cluster_role("kubernetes_cluster_role", role.body) if role else ())


def is_more(grant: RoleGrant, target: str) -> bool:
    """Whether it is more than the target is meant to give: secrets to those who look, for one."""
    verb, _, what = grant.role.partition(":")
    group, _, path = what.partition("/")
    kind, _, part = path.partition("/")
    if target in _OWN and target != "view":
        theirs = _IN_NAMESPACE if target == "admin" else frozenset[str]()
        usual = kind == "secrets" or kind in theirs or (kind == "serviceaccounts" and group == "")
        return grant.power >= Power.STRONG and not usual
    if grant.power >= Power.BROAD:
        return True
    if target not in _OWN:
        return False
    if group == "" and (part in _INTO_PODS or path == "serviceaccounts/token"):
        return verb in _WRITES | {"get"}
    return verb in _WRITES and group in _RUNNING and kind not in _HARMLESS


def reads_secrets(grant: RoleGrant) -> bool:
    """Whether whoever has it reads secrets."""
    verb, _, what = grant.role.partition(":")
    return verb in {"*", "get", "list", "watch"} and what in {"/secrets", "/*", "*/*", "*/secrets"}


def _selectors(role: KubernetesObject) -> Iterator[object]:
    listed = mapping(role.body.get("aggregationRule")).get("clusterRoleSelectors")
    yield from [listed] if isinstance(listed, dict) else members(listed)
