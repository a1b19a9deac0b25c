"""C18: what running pods read goes from under them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.kubernetes import KubernetesObject
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.kubernetes.objects import (
    MANIFESTS,
    objects_of,
    seen,
    types_of,
    workloads_of,
)
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_REFS: Final = {"ConfigMap": "configMapKeyRef", "Secret": "secretKeyRef"}
_WHOLE: Final = {"ConfigMap": "configMapRef", "Secret": "secretRef"}
_METRICS: Final = ("metrics.k8s.io", "custom.metrics.k8s.io", "external.metrics.k8s.io")


@rule(
    id="C18",
    name="pod-input-gone",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE, ActionKind.DELETE},
    types=types_of("ConfigMap", "Secret", "APIService") - MANIFESTS,
)
def pod_input_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A key that running pods read goes from its secret or config map, or an API that scales them.

    What it flags
        A key removed from a secret or config map which a workload of the plan names, or reads
        whole into its environment; and the removal of the metrics API while autoscalers ask it.

    Why it matters
        Pods that run keep what they have. The next one that starts waits for ever with
        `CreateContainerConfigError`, at the worst time.

    When it is fine
        The workload stops to name the key in the same plan.

    What to do instead
        Roll the workload out without the key first, then remove the key.

    References
        https://kubernetes.io/docs/concepts/configuration/secret/
    """
    item = seen(change)
    if item is None or item.before is None:
        return
    if item.before.kind == "APIService":
        yield from _metrics_gone(change, item.before, context)
    elif change.kind is ActionKind.UPDATE:
        yield from _keys_gone(change, item.before, context)


def _keys_gone(
    change: ResourceChange, item: KubernetesObject, context: Context
) -> Iterator[Outcome]:
    readers = _readers(context, item.namespace)
    for name in ("data", "string_data", "binary_data"):
        before, after = change.before.get(name), change.after.get(name)
        if name not in change.changed or not isinstance(before, dict):
            continue
        if after is UNKNOWN:
            if (item.kind, item.name) in readers:
                yield Undecided(why="Which keys stay is not known.", paths=((name,),))
            continue
        lost = before.keys() - (after.keys() if isinstance(after, dict) else ())
        read = readers.get((item.kind, item.name), frozenset[str]())
        missed = sorted(str(key) for key in lost if key in read)
        if missed:
            yield Flag(what="A key goes that running pods read.", paths=((name,),))
        elif lost and "*" in read:
            yield Flag(
                what="A key goes from what running pods read whole.",
                paths=((name,),),
                confidence=Confidence.MEDIUM,
            )


def _readers(context: Context, namespace: str) -> dict[tuple[str, str], frozenset[str]]:
    """The keys that workloads will read after the plan, by kind and name; `*` for all."""

    def build() -> dict[tuple[str, str], frozenset[str]]:
        found: dict[tuple[str, str], frozenset[str]] = {}
        for work in workloads_of(context, namespace):
            for kind, name, key in _reads(work.after.pod if work.after else {}):
                found[kind, name] = found.get((kind, name), frozenset()) | {key}
        return found

    return once(context.plan, ("keys that pods read", namespace), build)


def _reads(tree: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(tree, list):
        for item in tree:
            yield from _reads(item)
    elif isinstance(tree, dict):
        for kind, name in _REFS.items():
            reference = tree.get(name)
            if isinstance(reference, dict) and not reference.get("optional"):
                yield kind, str(reference.get("name")), str(reference.get("key"))
        for kind, name in _WHOLE.items():
            if isinstance(tree.get(name), dict):
                yield kind, str(tree[name].get("name")), "*"
        for value in tree.values():
            yield from _reads(value)


def _metrics_gone(
    change: ResourceChange, item: KubernetesObject, context: Context
) -> Iterator[Outcome]:
    if change.kind is not ActionKind.DELETE or not item.name.endswith(_METRICS):
        return
    scaled = [one for one in objects_of(context, "HorizontalPodAutoscaler") if one.after]
    if scaled:
        yield Flag(what=f"{len(scaled)} autoscalers no longer get the numbers they act on.")
