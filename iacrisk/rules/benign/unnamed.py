"""BL-unnamed: a Kubernetes object that nobody names any more."""

from __future__ import annotations

from typing import Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.kubernetes import KubernetesObject, kind_of_type
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import objects_of, seen, words_after, workloads_of

_KINDS: Final = frozenset({"ConfigMap", "Secret", "ServiceAccount"})
_SYSTEM: Final = frozenset({"default", "kube-public", "kube-system"})
_OWNED: Final = regex(
    r"sealed-secrets-key|^sh\.helm\.release|-token-|aws-auth|^default$|kubeconfig|^repo-|registry"
)
_OWNED_TYPES: Final = frozenset(
    {"helm.sh/release.v1", "kubernetes.io/dockerconfigjson", "kubernetes.io/service-account-token"}
)


def why_unnamed(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the object, None where somebody may."""
    if change.kind is not ActionKind.DELETE or kind_of_type(change.type) not in _KINDS:
        return None
    item = seen(change)
    one = item.before if item is not None else None
    if one is None or not one.name or one.namespace in _SYSTEM or _is_owned(one, change):
        return None
    if not _shows_users(one, context) or context.consumers(change):
        return None
    if one.name.encode() in words_after(context):
        return None
    return "nothing that runs in its namespace names it any more"


def _is_owned(item: KubernetesObject, change: ResourceChange) -> bool:
    """Whether something reads it by another way than its name."""
    if _OWNED.search(item.name) or change.before.get("type") in _OWNED_TYPES:
        return True
    return bool(item.metadata.get("labels"))


def _shows_users(item: KubernetesObject, context: Context) -> bool:
    """Whether the plan shows who could name it."""
    if workloads_of(context, item.namespace):
        return True
    if item.kind != "Secret" or item.body.get("type") != "kubernetes.io/tls":
        return False
    return any(
        one.after is not None and one.after.namespace == item.namespace
        for one in objects_of(context, "Ingress")
    )
