"""Edges between Kubernetes objects that find each other by name, label and namespace.

Nothing in Terraform refers: a pod names its secrets, a policy selects pods by their labels, an
ingress names its certificate. Objects count as one cluster's: a plan for several clusters with the
same names in each gets some edges too many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from iacrisk.graph.graph import Edge
from iacrisk.graph.model import Node, NodeKind, Origin, Precision, Reference
from iacrisk.plan import ActionKind
from iacrisk.plan.kubernetes import (
    WORKLOADS,
    KubernetesObject,
    label_pairs,
    names_used,
    read_object,
    required_label,
    selects,
    writes_kubernetes,
)
from iacrisk.plan.values import mapping, members

_CLUSTER_WIDE = frozenset({"IngressClass", "Namespace", "PersistentVolume", "StorageClass"})
_SELECTING = {"NetworkPolicy": "podSelector", "PodDisruptionBudget": "selector"}
_MOST = 200
"""One selector that takes more workloads than this says nothing about any of them."""

Found = tuple[int, KubernetesObject]
Place = tuple[str, tuple[str, str] | None]
"""A namespace, and a label of pods in it or None for all."""


def kubernetes_edges(
    nodes: Sequence[Node], edges: Sequence[Sequence[Edge]]
) -> Iterator[tuple[int, Edge]]:
    """Edges from each existing object to what it names, and to what selects its pods."""
    objects = list(_objects(nodes))
    if not objects:
        return
    named: dict[tuple[str, str, str], int] = {}
    running: dict[Place, list[Found]] = {}
    for node_id, item in objects:
        named.setdefault((item.namespace, item.kind, item.name), node_id)
        if item.kind in WORKLOADS and _exists(nodes[node_id]):
            for label in (None, *label_pairs(item.pod_labels)):
                running.setdefault((item.namespace, label), []).append((node_id, item))
    for node_id, item in objects:
        for source, target, argument, text in (
            *(_by_name(node_id, item, named) if _exists(nodes[node_id]) else ()),
            *_by_label(node_id, item, running),
        ):
            if target != source and all(known != target for known, _ in edges[source]):
                yield source, (target, _reference(argument, text))


def _objects(nodes: Sequence[Node]) -> Iterator[Found]:
    for node_id, node in enumerate(nodes):
        change = node.change
        if change is None or node.kind is not NodeKind.RESOURCE or not writes_kubernetes(node.type):
            continue
        values = change.after if change.kind is ActionKind.CREATE else change.before
        item = read_object(node.type, values)
        if item is not None:
            yield node_id, item


def _exists(node: Node) -> bool:
    return node.change is not None and node.change.kind is not ActionKind.CREATE


Link = tuple[int, int, str, str]
"""Source, target, the source's argument, and the words of the reference."""


def _by_name(
    node_id: int, item: KubernetesObject, named: dict[tuple[str, str, str], int]
) -> Iterator[Link]:
    used = [*names_used(item), ("Namespace", item.namespace)]
    for kind, name in dict.fromkeys(used):
        target = named.get(("" if kind in _CLUSTER_WIDE else item.namespace, kind, name))
        if target is not None:
            yield node_id, target, "metadata" if kind == "Namespace" else "spec", f"{kind} {name}"
    if item.kind.endswith("RoleBinding"):
        for subject in members(item.body.get("subjects")):
            where = str(subject.get("namespace") or item.namespace)
            target = named.get((where, str(subject.get("kind")), str(subject.get("name"))))
            if target is not None:
                yield node_id, target, "subject", f"{subject.get('kind')} {subject.get('name')}"


def _by_label(
    node_id: int, item: KubernetesObject, running: Mapping[Place, Sequence[Found]]
) -> Iterator[Link]:
    if item.kind in _SELECTING:
        selector = mapping(item.spec.get(_SELECTING[item.kind]))
        near = running.get((item.namespace, required_label(selector)), ())
        chosen = [pods for pods, work in near if selects(selector, work.pod_labels)]
        if len(chosen) <= _MOST:
            for pods in chosen:
                yield pods, node_id, "spec", f"{item.kind} {item.name}"
    elif item.kind == "Service":
        labels = {"matchLabels": mapping(item.spec.get("selector"))}
        first = required_label(labels)
        near = running.get((item.namespace, first), ()) if first else ()
        chosen = [pods for pods, work in near if selects(labels, work.pod_labels)]
        if len(chosen) <= _MOST:
            for pods in chosen:
                yield node_id, pods, "spec", "selector"


def _reference(argument: str, text: str) -> Reference:
    return Reference(
        origin=Origin.MATCHING_VALUE,
        precision=Precision.INFERRED,
        argument=argument,
        text=text,
    )
