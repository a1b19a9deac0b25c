"""BL-unusedright: whoever loses a right can be seen not to use what it was on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.values import mapping
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.access.cloud_grants import GOOGLE_IAM
from iacrisk.rules.readers.access.role_grant import RoleGrant
from iacrisk.rules.readers.access.role_losses import role_losses
from iacrisk.rules.readers.kubernetes.objects import (
    MANIFESTS,
    Seen,
    objects_of,
    seen,
    types_of,
    workloads_of,
)
from iacrisk.rules.readers.programs.running import (
    names,
    names_another,
    object_named,
    programs_naming,
    shows_all_names,
    words_of,
)
from iacrisk.rules.readers.shapes import last_part
from iacrisk.rules.readers.siblings import stays

_MEMBERS: Final = frozenset({"members", "subject", "etag"})
_AZURE_SCOPES: Final = {
    "azurerm_key_vault_access_policy": "key_vault_id",
    "azurerm_role_assignment": "scope",
}
_BINDINGS: Final = frozenset(
    {
        "kubernetes_cluster_role_binding",
        "kubernetes_cluster_role_binding_v1",
        "kubernetes_role_binding",
        "kubernetes_role_binding_v1",
    }
)
ACCOUNTS: Final = types_of("ServiceAccount") - MANIFESTS
_IDENTITIES: Final = ("azurerm_user_assigned_identity",)
_PODS: Final = regex(r"^serviceAccount:[\w-]+\.svc\.id\.goog\[([\w.-]+)/([\w.-]+)\]$")
_ACCOUNT: Final = "iam.gke.io/gcp-service-account"
_AGENT: Final = regex(r"^serviceAccount:[\w-]+@(?:gcp-sa-)?([\w-]+)\.iam\.gserviceaccount\.com$")
_AGENTS: Final = {
    "bigquery-encryption": "bigquery",
    "cloud-filer": "filestore",
    "cloud-sql": "sql",
    "compute-system": "compute",
    "container-engine-robot": "container",
    "dataproc-accounts": "dataproc",
    "gs-project-accounts": "storage",
    "serverless-robot-prod": "cloudrun",
}
"""Domains of service agents that are not called like the resources of their service."""

_NUMBER: Final = regex(r"(service-|bq-)\d+@")


def why_right_unused(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the grants that go, None where somebody may."""
    if change.type in ACCOUNTS:
        return _account_without_pods(change, context)
    if not (
        change.type in _AZURE_SCOPES or change.type in _BINDINGS or GOOGLE_IAM.match(change.type)
    ):
        return None
    if change.kind is ActionKind.UPDATE:
        rest = change.changed - _MEMBERS
        if rest and explain(change, context, *rest) is None:
            return None
    lost = role_losses(change, context)
    if lost and all(_is_unused(grant, change, context) for grant in lost):
        return "who loses it can be seen not to use what it was on"
    return None


def _account_without_pods(change: ResourceChange, context: Context) -> str | None:
    """An account of a namespace loses its link to a cloud identity."""
    item = seen(change)
    one = item.before if item is not None else None
    notes = all("annotations" in item.path for item in change.differences())
    if change.kind is not ActionKind.UPDATE or not notes or one is None:
        return None
    if _no_pods_as(f"ServiceAccount {one.namespace}/{one.name}", context):
        return "no pod of the namespace runs as the account"
    return None


def _is_unused(grant: RoleGrant, change: ResourceChange, context: Context) -> bool:
    if change.type in _BINDINGS:
        return _no_pods_as(grant.principal, context)
    pods = _PODS.match(grant.principal)
    if pods is not None:
        return _acts_as_another(pods[1], pods[2], change, context)
    scope = _scope_of(change, context)
    if scope is None:
        return False
    if _NUMBER.search(grant.principal):
        return _agent_has_no_use(grant.principal, scope, context)
    users = _users_of(grant.principal, context)
    return bool(users) and all(_uses_another(user, scope, context) for user in users)


def _scope_of(change: ResourceChange, context: Context) -> ResourceChange | None:
    """The one object that the right was on; None for projects and whatever is not in the plan."""
    argument = _AZURE_SCOPES.get(change.type)
    if argument is not None:
        wanted = change.before.get(argument)
        return _by_id(context).get(wanted.lower()) if isinstance(wanted, str) else None
    matched = GOOGLE_IAM.match(change.type)
    if matched is None or matched[1] in {"project", "folder", "organization"}:
        return None
    for name in sorted(change.before.keys() - {"id", "etag", "role", "member", "members"}):
        found = object_named((f"google_{matched[1]}",), change.before[name], context)
        if found is not None and name not in {"location", "project", "region", "zone"}:
            return found
    return None


def _by_id(context: Context) -> dict[str, ResourceChange]:
    return once(
        context.plan,
        "azure objects by id",
        lambda: {
            str(one.before.get("id")).lower(): one
            for one in context.plan.changes
            if one.type.startswith("azurerm_") and stays(one) and "_role_" not in one.type
        },
    )


def _users_of(principal: str, context: Context) -> Sequence[ResourceChange]:
    """The programs that run as the principal, by its address or by its identity's id."""
    _, _, email = principal.rpartition(":")
    found = list(programs_naming(email, context))
    for identity in context.changes_of(*_IDENTITIES):
        if identity.before.get("principal_id") == principal:
            text = str(identity.before.get("id"))
            found += [
                one
                for one in programs_naming(last_part(text), context)
                if text.encode() in bytes(one.raw.change.after)
            ]
    for namespace, name in _linked(context).get(email, ()):
        found += [
            work.change for work in workloads_of(context, namespace) if _account_of(work) == name
        ]
    return found


def _linked(context: Context) -> dict[str, list[tuple[str, str]]]:
    """The accounts of pods, by the cloud account that they are linked to."""

    def build() -> dict[str, list[tuple[str, str]]]:
        index: dict[str, list[tuple[str, str]]] = {}
        for item in objects_of(context, "ServiceAccount"):
            one = item.after
            link = mapping(one.metadata.get("annotations")).get(_ACCOUNT) if one else None
            if one is not None and isinstance(link, str):
                index.setdefault(link, []).append((one.namespace, one.name))
        return index

    return once(context.plan, "linked accounts", build)


def _uses_another(user: ResourceChange, scope: ResourceChange, context: Context) -> bool:
    """Whether the program names other objects of the kind and not this one."""
    if not shows_all_names(user) or names(user, scope, context):
        return False
    return names_another(user, scope, context)


def _acts_as_another(namespace: str, name: str, change: ResourceChange, context: Context) -> bool:
    """Whether the pods' own account is linked to another account than the one of the grant."""
    granted = last_part(change.before.get("service_account_id"))
    for item in objects_of(context, "ServiceAccount"):
        one = item.after
        if one is not None and (one.namespace, one.name) == (namespace, name):
            link = mapping(one.metadata.get("annotations")).get(_ACCOUNT)
            return isinstance(link, str) and "@" in link and link != granted
    return False


def _agent_has_no_use(principal: str, scope: ResourceChange, context: Context) -> bool:
    """Whether the plan shows objects of the agent's service, none of which names the key."""
    matched = _AGENT.match(principal)
    if matched is None or scope.type != "google_kms_crypto_key":
        return False
    prefix = f"google{_AGENTS.get(matched[1], matched[1].replace('-', ''))}"
    there, encrypted = _encrypted(context)
    users = {use.node.type.replace("_", "") for use in context.consumers(scope)}
    users |= encrypted.get(str(scope.before.get("id")), set())
    return any(kind.startswith(prefix) for kind in there) and not any(
        kind.startswith(prefix) for kind in users
    )


_KEY: Final = regex(rb"projects/[^/\"]+/locations/[^/\"]+/keyRings/[^/\"]+/cryptoKeys/[^/\"]+")


def _encrypted(context: Context) -> tuple[frozenset[str], dict[str, set[str]]]:
    """Types of Google's objects in the plan, and by each key the types of those that name it."""

    def build() -> tuple[frozenset[str], dict[str, set[str]]]:
        there: set[str] = set()
        encrypted: dict[str, set[str]] = {}
        for one in context.plan.changes:
            if not one.type.startswith("google_") or one.mode != "managed" or "_iam_" in one.type:
                continue
            kind = one.type.replace("_", "")
            there.add(kind)
            raw = bytes(one.raw.change.before) + bytes(one.raw.change.after)
            for key in set(_KEY.findall(raw)):
                encrypted.setdefault(key.decode(), set()).add(kind)
        return frozenset(there), encrypted

    return once(context.plan, "encrypted by keys", build)


def _no_pods_as(principal: str, context: Context) -> bool:
    """Whether the plan shows the pods of the namespace, and none runs as the account."""
    kind, _, where = principal.partition(" ")
    namespace, _, name = where.partition("/")
    running = workloads_of(context, namespace)
    if kind != "ServiceAccount" or not running or name == "default":
        return False
    charts = context.changes_of("helm_release", "argocd_application")
    if any(name.lower() in words_of(one, context) for one in charts):
        return False
    return not any(_account_of(work) == name for work in running)


def _account_of(work: Seen) -> object:
    pod = mapping(work.after.pod.get("spec")) if work.after is not None else {}
    return pod.get("serviceAccountName") or pod.get("serviceAccount")
