"""The Kubernetes objects of a plan, today and after it, by kind and namespace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.kubernetes import (
    KINDS,
    WORKLOADS,
    KubernetesObject,
    Tree,
    label_pairs,
    read_object,
    writes_kubernetes,
)
from iacrisk.plan.values import mapping, members
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once

MANIFESTS = frozenset({"kubectl_manifest", "kubernetes_manifest"})
_CACHE_PATH = regex(r"(^|/)\.?caches?(/|$)|^/tmp(/|$)")
_WORD = regex(rb"[A-Za-z0-9][\w.-]*")


class Seen(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A change with the object it writes: None before a create and after a delete."""

    change: ResourceChange
    before: KubernetesObject | None
    after: KubernetesObject | None

    @property
    def is_new(self) -> bool:
        """Whether the object exists only after this plan."""
        return self.change.kind is ActionKind.CREATE


def is_cache_path(path: str) -> bool:
    """Whether what a program keeps under this path is a cache, or scratch."""
    return bool(_CACHE_PATH.search(path))


def containers_of(one: KubernetesObject) -> list[Tree]:
    """The containers of its pods; those that only prepare them are left out."""
    return members(mapping(one.pod.get("spec")).get("containers"))


def types_of(*kinds: str) -> frozenset[str]:
    """The resource types that may write an object of one of these kinds."""
    stems = [stem for stem, kind in KINDS.items() if kind in kinds]
    versions = ("", "_v1", "_v2", "_v1beta1", "_v2beta2")
    typed = {f"kubernetes_{stem}{version}" for stem in stems for version in versions}
    return frozenset(typed) | MANIFESTS


def seen(change: ResourceChange) -> Seen | None:
    """The object of a change, None where it writes none that can be read."""
    if change.mode != "managed" or not writes_kubernetes(change.type):
        return None
    before = read_object(change.type, change.before)
    after = None if change.kind is ActionKind.DELETE else read_object(change.type, change.after)
    if before is None and after is None:
        return None
    return Seen(change=change, before=before, after=after)


def objects_of(context: Context, kind: str) -> tuple[Seen, ...]:
    """All objects of the kind in the plan, those that stay as they are included."""
    return once(context.plan, "kubernetes objects", lambda: _by_kind(context)).get(kind, ())


def workloads_of(
    context: Context, namespace: str, label: tuple[str, str] | None = None
) -> Sequence[Seen]:
    """The workloads of a namespace that run today and stay; only those with a label if given."""

    def build() -> dict[tuple[str, tuple[str, str] | None], list[Seen]]:
        found: dict[tuple[str, tuple[str, str] | None], list[Seen]] = {}
        for kind in sorted(WORKLOADS):
            for item in objects_of(context, kind):
                if item.before is not None and item.after is not None:
                    for one in (None, *label_pairs(item.before.pod_labels)):
                        found.setdefault((item.before.namespace, one), []).append(item)
        return found

    return once(context.plan, "kubernetes workloads", build).get((namespace, label), ())


def words_after(context: Context) -> frozenset[bytes]:
    """Every word in what Kubernetes and Helm resources will say after the plan."""

    def build() -> frozenset[bytes]:
        words: set[bytes] = set()
        for change in context.plan.changes:
            if change.kind is not ActionKind.DELETE and change.type.startswith(
                ("kubernetes_", "kubectl_", "helm_", "argocd_", "flux_")
            ):
                words.update(_WORD.findall(bytes(change.raw.change.after)))
        return frozenset(words)

    return once(context.plan, "kubernetes words", build)


def _by_kind(context: Context) -> dict[str, tuple[Seen, ...]]:
    found: dict[str, list[Seen]] = {}
    for item in _all(context):
        one = item.before or item.after
        if one is not None:
            found.setdefault(one.kind, []).append(item)
    return {kind: tuple(items) for kind, items in found.items()}


def _all(context: Context) -> Iterator[Seen]:
    for change in context.plan.changes:
        item = seen(change)
        if item is not None and not change.deposed:
            yield item
