"""Look-alikes in Kubernetes: the same pods, ports nobody names, enough under a limit, caches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.kubernetes import WORKLOADS, KubernetesObject, Tree, required_label, selects
from iacrisk.plan.values import mapping, members
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.kubernetes.objects import (
    MANIFESTS,
    Seen,
    is_cache_path,
    objects_of,
    seen,
    workloads_of,
)
from iacrisk.rules.readers.kubernetes.pod_needs import amount, needs_of, total
from iacrisk.rules.readers.programs.running import programs_naming, words_of

_SPEC: Final = frozenset({"manifest", "object", "spec"})


def _sides(change: ResourceChange) -> tuple[KubernetesObject, KubernetesObject] | None:
    """The object before and after, where nothing but its spec changes."""
    item = seen(change)
    if item is None or item.before is None or item.after is None:
        return None
    rest = [{**side.body, "spec": None} for side in (item.before, item.after)]
    if change.type in MANIFESTS and rest[0] != rest[1]:
        return None
    return item.before, item.after


def rest_is_explained(change: ResourceChange, context: Context) -> bool:
    rest = change.changed - _SPEC
    return not rest or explain(change, context, *rest) is not None


# Services


def why_same_pods(change: ResourceChange, context: Context) -> str | None:
    """Why a service with another selector has the same pods."""
    chosen = selection(change, context)
    if chosen is not None and chosen[0] and chosen[0] == chosen[1]:
        return "the pods in the plan that it selects are the same"
    return None


def selection(
    change: ResourceChange, context: Context
) -> tuple[frozenset[str], frozenset[str]] | None:
    """What the service selects before and after, where nothing but its selector changes."""
    sides = _sides(change)
    if sides is None or not rest_is_explained(change, context):
        return None
    before, after = sides
    if _without(before.spec, "selector") != _without(after.spec, "selector"):
        return None
    return _selected(before, context), _selected(after, context)


def _without(spec: Tree, *names: str) -> Tree:
    return {name: value for name, value in spec.items() if name not in names}


def _selected(service: KubernetesObject, context: Context) -> frozenset[str]:
    """The workloads that the service selects, as they run today and as they will."""
    labels = {"matchLabels": mapping(service.spec.get("selector"))}
    first = required_label(labels)
    if first is None:
        return frozenset()
    found = set()
    near = (
        *workloads_of(context, service.namespace, first),
        *_relabelled(context).get(service.namespace, ()),
    )
    for work in near:
        sides = [side for side in (work.before, work.after) if side is not None]
        chosen = {selects(labels, side.pod_labels) for side in sides}
        if len(chosen) > 1:
            return frozenset()
        if chosen == {True}:
            found.add(work.change.label)
    return frozenset(found)


def _relabelled(context: Context) -> dict[str, list[Seen]]:
    """Workloads whose pods get other labels in this plan, by namespace."""

    def build() -> dict[str, list[Seen]]:
        found: dict[str, list[Seen]] = {}
        for kind in sorted(WORKLOADS):
            for item in objects_of(context, kind):
                if item.before is None or item.after is None:
                    continue
                if item.before.pod_labels != item.after.pod_labels:
                    found.setdefault(item.after.namespace, []).append(item)
        return found

    return once(context.plan, "relabelled workloads", build)


def why_port_unused(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the ports that a service loses."""
    sides = _sides(change)
    if sides is None or not rest_is_explained(change, context):
        return None
    before, after = sides
    if _without(before.spec, "ports", "port") != _without(after.spec, "ports", "port"):
        return None
    was, becomes = _ports(before), _ports(after)
    gone = [port for port in was if port not in becomes]
    if not gone or not becomes or any(port not in was for port in becomes):
        return None
    if str(before.spec.get("type") or "ClusterIP") != "ClusterIP":
        return None
    if _is_routed(before, gone, context) or _is_called(before, gone, context):
        return None
    return "nothing in the plan names the port that goes"


def _ports(service: KubernetesObject) -> list[Tree]:
    return members(service.spec.get("ports") or service.spec.get("port"))


def _is_routed(service: KubernetesObject, gone: list[Tree], context: Context) -> bool:
    marks = {str(port.get("name")) for port in gone if port.get("name")}
    marks |= set(map(_number_of, gone))
    for item in objects_of(context, "Ingress"):
        for backend in backends(item.after):
            port = next(iter(members(backend.get("ports"))), mapping(backend.get("port")))
            named = {str(port.get("name")), str(port.get("number"))}
            if backend.get("name") == service.name and (named & marks or not port):
                return True
    return False


def _number_of(port: Tree) -> str:
    """The number; in the words of the API the block `port` is a list, and so is its number."""
    return str(port.get("port", port.get("ports")))


def backends(ingress: KubernetesObject | None) -> Iterator[Tree]:
    if ingress is None:
        return
    yield default_backend(ingress)
    for rule in members(ingress.spec.get("rules")):
        for path in members(mapping(rule.get("http")).get("paths")):
            yield mapping(mapping(path.get("backend")).get("service"))


def default_backend(ingress: KubernetesObject) -> Tree:
    """Where requests go that no rule of the ingress fits; {} for nowhere."""
    found = mapping(ingress.spec.get("defaultBackend"))
    return mapping(found.get("service"))


def _is_called(service: KubernetesObject, gone: list[Tree], context: Context) -> bool:
    """Whether a program names the service with the port, or a monitor asks for it by name."""
    names = {str(port.get("name")) for port in gone if port.get("name")}
    numbers = set(map(_number_of, gone))
    at_port = re.compile(
        rb"[/\"@=,\s]"
        + re.escape(service.name).encode()
        + rb"(?:\.[\w.-]+)?(?::(\d+))?(?=[/\"\s?])"
    )
    for one in programs_naming(service.name, context):
        raw = bytes(one.raw.change.after)
        asked = [found[1].decode() if found[1] else "80" for found in at_port.finditer(raw)]
        if numbers.intersection([*asked, "443"] if "80" in asked else asked):
            return True
    monitors = context.changes_of("kubernetes_manifest", "kubectl_manifest", "helm_release")
    return any(names & words_of(one, context) for one in monitors)


# Limits


def why_enough(change: ResourceChange, context: Context) -> str | None:
    """Why all pods of the plan fit under a smaller quota."""
    sides = _sides(change)
    if sides is None or not rest_is_explained(change, context):
        return None
    before, after = sides
    if _without(before.spec, "hard") != _without(after.spec, "hard"):
        return None
    was, becomes = mapping(before.spec.get("hard")), mapping(after.spec.get("hard"))
    needs = needs_of(context, after.namespace)
    if not needs:
        return None
    for name in becomes:
        if was.get(name) != becomes[name]:
            asked, limit = total(needs, str(name), at_most=True), amount(becomes[name])
            if asked is None or limit is None or asked > limit:
                return None
    return "all pods of the plan fit in, at the most that may run"


# Claims

_CACHE_NAME: Final = regex(r"(^|-)cache(-|$)")
_JOBS: Final = frozenset({"CronJob", "Job"})


def why_only_cache(change: ResourceChange, context: Context) -> str | None:
    """Why nothing of value is on a volume: it holds a cache, and nobody waits for it."""
    item = seen(change)
    one = item.before if item is not None else None
    if one is None:
        return None
    mounts = list(_mounts_of(one, context))
    if not mounts or not all(_is_cache(path, work, one) for work, path in mounts):
        return None
    if change.kind is ActionKind.DELETE:
        if any(one.name in _claims(work.after) for work, _ in mounts):
            return None
    elif any(work.before is None or work.before.kind not in _JOBS for work, _ in mounts):
        return None
    return "it holds a cache that is filled again, and no service waits for it"


def _is_cache(path: str, work: Seen, claim: KubernetesObject) -> bool:
    if work.before is None or work.before.kind == "StatefulSet":
        return False
    if is_cache_path(path):
        return True
    return bool(_CACHE_NAME.search(claim.name)) and work.before.kind in _JOBS


def _mounts_of(claim: KubernetesObject, context: Context) -> Iterator[tuple[Seen, str]]:
    for work in workloads_of(context, claim.namespace):
        pod = mapping(work.before.pod.get("spec")) if work.before is not None else {}
        volume = _claims(work.before).get(claim.name)
        for container in (*members(pod.get("containers")), *members(pod.get("initContainers"))):
            for mount in members(container.get("volumeMounts")):
                if volume is not None and mount.get("name") == volume:
                    yield work, str(mount.get("mountPath"))


def _claims(one: KubernetesObject | None) -> dict[str, Any]:
    """The claims that the pods mount, with the name of the volume."""
    pod = mapping(one.pod.get("spec")) if one is not None else {}
    return {
        str(mapping(volume.get("persistentVolumeClaim")).get("claimName")): volume.get("name")
        for volume in members(pod.get("volumes"))
        if volume.get("persistentVolumeClaim")
    }
