"""BL-callersadmitted, BL-previewled: who in the plan calls the pods, and by which way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.kubernetes import (
    WORKLOADS,
    KubernetesObject,
    Tree,
    label_pairs,
    required_label,
    selects,
)
from iacrisk.plan.values import mapping, members
from iacrisk.rules.benign.served.networks.addresses import is_preview
from iacrisk.rules.benign.served.programs.pods import (
    backends,
    default_backend,
    rest_is_explained,
    selection,
)
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.kubernetes.objects import Seen, objects_of, seen, workloads_of
from iacrisk.rules.readers.programs.running import programs_naming, words_of

_ROUTES: Final = ("GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute")
"""Routes of the Gateway API, by which strangers come in as by an ingress."""


def why_callers_admitted(change: ResourceChange, context: Context) -> str | None:
    """Why everybody in the plan who calls the pods is still admitted."""
    item = seen(change)
    if item is None or item.after is None:
        return None
    if change.kind is ActionKind.UPDATE and not rest_is_explained(change, context):
        return None
    policy = item.after
    if not _is_about_ingress(policy) or (item.before and not _is_about_ingress(item.before)):
        return None
    if item.before is not None and _selector(item.before) != _selector(policy):
        return None
    guarded = [
        work
        for work in workloads_of(context, policy.namespace, required_label(_selector(policy)))
        if work.after is not None and selects(_selector(policy), work.after.pod_labels)
    ]
    services = [name for work in guarded for name in _services_of(work, context)]
    if not guarded or not services or any(map(_is_scraped, guarded)):
        return None
    if any(_is_open(name, policy.namespace, context) for name in services):
        return None
    running = _all_workloads(context)
    near = {one.label for name in services for one in programs_naming(name, context)}
    callers = [
        running[label]
        for label in sorted(near & running.keys())
        if running[label] not in guarded
        and _names_one(running[label].change, services, policy.namespace, context)
    ]
    if callers and all(_is_admitted(work.after, policy) for work in callers):
        return "every workload of the plan that calls these pods is admitted"
    return None


def _selector(policy: KubernetesObject) -> Tree:
    return mapping(policy.spec.get("podSelector"))


def _is_about_ingress(policy: KubernetesObject) -> bool:
    kinds = policy.spec.get("policyTypes")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return [str(kind) for kind in listed] == ["Ingress"]


def _all_workloads(context: Context) -> dict[str, Seen]:
    def build() -> dict[str, Seen]:
        return {
            item.change.label: item
            for kind in sorted(WORKLOADS)
            for item in objects_of(context, kind)
            if item.before is not None and item.after is not None
        }

    return once(context.plan, "workloads by label", build)


def _services_of(work: Seen, context: Context) -> Iterator[str]:
    """The names of the services that select the pods."""

    def build() -> dict[tuple[str, tuple[str, str] | None], list[KubernetesObject]]:
        index: dict[tuple[str, tuple[str, str] | None], list[KubernetesObject]] = {}
        for item in objects_of(context, "Service"):
            one = item.after
            if one is not None and mapping(one.spec.get("selector")):
                label = required_label({"matchLabels": mapping(one.spec.get("selector"))})
                index.setdefault((one.namespace, label), []).append(one)
        return index

    one = work.after
    index = once(context.plan, "services by label", build)
    for label in label_pairs(one.pod_labels) if one is not None else ():
        for service in index.get((one.namespace, label), ()) if one is not None else ():
            wanted = {"matchLabels": mapping(service.spec.get("selector"))}
            if one is not None and selects(wanted, one.pod_labels):
                yield service.name


def _is_scraped(work: Seen) -> bool:
    pod = work.after.pod if work.after is not None else {}
    notes = mapping(mapping(pod.get("metadata")).get("annotations"))
    return str(notes.get("prometheus.io/scrape")).lower() == "true"


def _is_open(service: str, namespace: str, context: Context) -> bool:
    """Whether strangers come in by the service: through an ingress, or by an address of its own."""

    def build() -> frozenset[tuple[str, str]]:
        routed = {
            (item.after.namespace, str(backend.get("name")))
            for item in objects_of(context, "Ingress")
            if item.after is not None
            for backend in backends(item.after)
        }
        routed |= {
            (str(to.get("namespace") or item.after.namespace), str(to.get("name")))
            for kind in _ROUTES
            for item in objects_of(context, kind)
            if item.after is not None
            for rule in members(item.after.spec.get("rules"))
            for to in members(rule.get("backendRefs"))
        }
        outside = {
            (item.after.namespace, item.after.name)
            for item in objects_of(context, "Service")
            if item.after is not None
            and str(item.after.spec.get("type") or "ClusterIP") != "ClusterIP"
        }
        return frozenset(routed | outside)

    return (namespace, service) in once(context.plan, "services open to strangers", build)


def _names_one(
    change: ResourceChange, services: list[str], namespace: str, context: Context
) -> bool:
    """Whether the workload calls one of the services, by its short or its long name."""
    words = words_of(change, context)
    own = seen(change)
    here = own is not None and own.after is not None and own.after.namespace == namespace
    for name in services:
        long = (
            f"{name}.{namespace}",
            f"{name}.{namespace}.svc",
            f"{name}.{namespace}.svc.cluster.local",
        )
        if any(word in words for word in long):
            return True
        if here and re.search(rb"[/@\"=]" + re.escape(name).encode() + rb"[:/\"]", _env_of(change)):
            return True
    return False


def _env_of(change: ResourceChange) -> bytes:
    """The values of the pods' variables and arguments; their own names are no call."""
    found: list[str] = []
    item = seen(change)
    pod = mapping(item.after.pod.get("spec")) if item is not None and item.after else {}
    for container in members(pod.get("containers")):
        found += [str(one.get("value")) for one in members(container.get("env"))]
        for name in ("args", "command"):
            listed = container.get(name)
            found += map(str, listed if isinstance(listed, list) else [])
    return "".join(f'"{text}"' for text in found).encode()


def _is_admitted(caller: KubernetesObject | None, policy: KubernetesObject) -> bool:
    if caller is None:
        return False
    for entry in members(policy.spec.get("ingress")):
        peers = members(entry.get("from"))
        if not peers or any(_matches(peer, caller, policy) for peer in peers):
            return True
    return False


def _matches(peer: Tree, caller: KubernetesObject, policy: KubernetesObject) -> bool:
    if peer.get("namespaceSelector") or peer.get("ipBlock"):
        return False
    return caller.namespace == policy.namespace and selects(
        mapping(peer.get("podSelector")), caller.pod_labels
    )


def why_only_previews(change: ResourceChange, context: Context) -> str | None:
    """Why only previews are led elsewhere: no other ingress and no workload comes this way."""
    chosen, item = selection(change, context), seen(change)
    one = item.after if item is not None else None
    if chosen is None or one is None or not chosen[1] or not chosen[1] <= chosen[0]:
        return None
    if str(one.spec.get("type") or "ClusterIP") != "ClusterIP":
        return None
    hosts = [
        str(rule.get("host") or "")
        for ingress in objects_of(context, "Ingress")
        if ingress.after is not None and ingress.after.namespace == one.namespace
        for rule in members(ingress.after.spec.get("rules"))
        if any(backend.get("name") == one.name for backend in _backends_of(rule))
    ]
    if _is_open_without_host(one, context):
        return None
    running = _all_workloads(context)
    called = any(
        found.label in running and _names_one(found, [one.name], one.namespace, context)
        for found in programs_naming(one.name, context)
    )
    if hosts and all(map(is_preview, hosts)) and not called:
        return "only previews come by it, and it leads to pods that it had before"
    return None


def _is_open_without_host(service: KubernetesObject, context: Context) -> bool:
    """Whether a default backend or a route of a gateway leads to the service."""
    default = any(
        item.after is not None
        and item.after.namespace == service.namespace
        and default_backend(item.after).get("name") == service.name
        for item in objects_of(context, "Ingress")
    )
    return default or any(
        to.get("name") == service.name
        for kind in _ROUTES
        for item in objects_of(context, kind)
        if item.after is not None
        for rule in members(item.after.spec.get("rules"))
        for to in members(rule.get("backendRefs"))
    )


def _backends_of(rule: Tree) -> Iterator[Tree]:
    for path in members(mapping(rule.get("http")).get("paths")):
        yield mapping(mapping(path.get("backend")).get("service"))
