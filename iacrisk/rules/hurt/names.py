"""Ties by name: who calls a service of a cluster, uses a server, or holds a policy or a grant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog import resource_type
from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.kubernetes import KubernetesObject, names_used, required_label, selects
from iacrisk.plan.values import mapping
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.kubernetes.objects import objects_of, seen, workloads_of
from iacrisk.rules.readers.networks.packet_filters import FILTER_OWNERS, server_of
from iacrisk.rules.readers.programs.running import programs_naming, programs_using, words_of
from iacrisk.rules.readers.shapes import last_part, texts
from iacrisk.rules.readers.siblings import stays

_MOST: Final = 50
_LISTS: Final = regex(r"^(google_\w+_iam)_binding$")
_LOGINS: Final = (
    "vault_approle_auth_backend_role",
    "vault_jwt_auth_backend_role",
    "vault_kubernetes_auth_backend_role",
)
_PATH: Final = regex(r'path\s+"([^"]+)"')
_ISSUERS: Final = (
    "vault_aws_secret_backend_role",
    "vault_database_secret_backend_role",
    "vault_pki_secret_backend_role",
)


def pods_and_callers(change: ResourceChange, context: Context) -> Iterator[str]:
    """The pods that a service led to, and the programs that call it by name."""
    item = seen(change)
    one = item.before if item is not None else None
    if one is not None and one.kind == "Ingress":
        yield from behind_ingress(one, context)
    if one is None or one.kind != "Service":
        return
    yield from pods_selected(change, context)
    callers = [found for found in _callers(one, context) if stays(found)]
    yield from (found.label for found in callers if len(callers) <= _MOST)


def behind_ingress(ingress: KubernetesObject, context: Context) -> Iterator[str]:
    """The services to which an ingress leads, and their pods."""
    names = {name for kind, name in names_used(ingress) if kind == "Service"}
    for item in objects_of(context, "Service"):
        one = item.before
        if one is not None and one.namespace == ingress.namespace and one.name in names:
            yield item.change.label
            yield from pods_selected(item.change, context)


def scaled_by(change: ResourceChange, context: Context) -> Iterator[str]:
    """The workload that an autoscaler scales."""
    item = seen(change)
    one = item.before if item is not None else None
    if one is None or one.kind != "HorizontalPodAutoscaler":
        return
    targets = set(names_used(one))
    for work in workloads_of(context, one.namespace):
        if work.before is not None and (work.before.kind, work.before.name) in targets:
            yield work.change.label


def pods_selected(change: ResourceChange, context: Context) -> Iterator[str]:
    """The pods that a service leads to."""
    item = seen(change)
    one = item.before if item is not None else None
    if one is None or one.kind != "Service":
        return
    wanted = mapping(one.spec.get("selector"))
    first = required_label({"matchLabels": wanted})
    for work in workloads_of(context, one.namespace, first) if wanted else ():
        if work.before is not None and selects({"matchLabels": wanted}, work.before.pod_labels):
            yield work.change.label


def _callers(service: KubernetesObject, context: Context) -> Iterator[ResourceChange]:
    """Programs with the long name of the service in their values."""
    name = f"{service.name}.{service.namespace}".lower()
    for form in (name, f"{name}.svc", f"{name}.svc.cluster.local"):
        yield from programs_naming(form, context)


def users_of_server(change: ResourceChange, context: Context) -> Iterator[str]:
    """The programs that use the database server whose list of addresses gets shorter."""
    server = server_of(change, context) if change.type in FILTER_OWNERS else None
    if server is None:
        return
    users = [one for one in programs_using(server, context) if stays(one)]
    yield from (one.label for one in users if len(users) <= _MOST)
    for use in context.consumers(server):
        is_part = use.argument in {"server_id", "server_name"}
        if is_part and resource_type(use.node.type).stateful and use.node.change is not None:
            yield use.node.label


def holders_of_policy(change: ResourceChange, context: Context) -> Iterator[str]:
    """The roles that log in with the Vault policy, and those whose credentials it gave."""
    if change.type != "vault_policy" or change.kind is ActionKind.CREATE:
        return
    name = str(change.before.get("name"))
    roles = [
        one
        for one in context.changes_of(*_LOGINS)
        if stays(one) and name in texts(one.before.get("token_policies"))
    ]
    yield from (one.label for one in roles)
    gone = set(_paths(change.before)) - set(_paths(change.after))
    wanted = {last_part(path) for path in gone if "/creds/" in path or "/issue/" in path}
    for issuer in context.changes_of(*_ISSUERS):
        if stays(issuer) and str(issuer.before.get("name")) in wanted:
            yield issuer.label
    for role in roles:
        yield from _pods_with(role, context)


def _paths(values: dict[str, Any]) -> list[str]:
    text = values.get("policy")
    return _PATH.findall(text) if isinstance(text, str) else []


def _pods_with(role: ResourceChange, context: Context) -> Iterator[str]:
    """Workloads whose pods name the role, in the namespaces that it knows."""
    name = str(role.before.get("role_name")).lower()
    for space in texts(role.before.get("bound_service_account_namespaces")):
        for work in workloads_of(context, space):
            if name in words_of(work.change, context):
                yield work.change.label


def accounts_left_out(change: ResourceChange, context: Context) -> Iterator[str]:
    """The accounts, and the programs that run as them, that a list of members leaves out."""
    matched = _LISTS.match(change.type)
    if matched is None:
        return
    before = texts(change.before.get("members"))
    if change.kind is ActionKind.CREATE:
        before = [
            str(one.before.get("member"))
            for one in context.changes_of(f"{matched[1]}_member")
            if stays(one) and _same_place(one, change)
        ]
    left = texts(change.after.get("members"))
    accounts = once(
        context.plan,
        "accounts by address",
        lambda: {
            f"serviceAccount:{one.before.get('email')}": one
            for one in context.changes_of("google_service_account")
            if stays(one)
        },
    )
    for member in before:
        if member not in left and member in accounts:
            yield accounts[member].label
            yield from (
                one.label
                for one in programs_naming(member.partition(":")[2], context)
                if stays(one)
            )


def _same_place(grant: ResourceChange, listed: ResourceChange) -> bool:
    """Whether a single grant gives the list's role on the same thing."""
    names = (grant.before.keys() & listed.after.keys()) - {"condition", "etag", "id", "members"}
    return "role" in names and all(grant.before[name] == listed.after[name] for name in names)
