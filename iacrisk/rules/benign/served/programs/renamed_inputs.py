"""BL-inputrenamed, BL-inputsame: what pods read has another name and the same content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import ResourceChange
from iacrisk.plan.kubernetes import KubernetesObject, Tree, names_used
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.kubernetes.objects import (
    Seen,
    objects_of,
    seen,
    words_after,
    workloads_of,
)

_INPUTS: Final = ("ConfigMap", "Secret")


def why_input_renamed(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the name: the same content stands under another, and all read that."""
    if change.label in _renamed(context):
        return "all pods of the plan that read it turn to the same content under another name"
    return None


def why_input_same(change: ResourceChange, context: Context) -> str | None:
    """Why the pods get what they had: only names of config maps and secrets differ."""
    item = seen(change)
    if item is None or item.before is None or item.after is None:
        return None
    names = {
        (kind, item.after.namespace, new): old
        for kind, space, old, new in _renamed(context).values()
        if space == item.after.namespace
    }
    if not names:
        return None
    turned = {**item.after.body, "spec": _with_names(item.after.spec, item.after, names)}
    if turned == item.before.body:
        return "it reads the same content under another name"
    return None


Renaming = tuple[str, str, str, str]
"""Kind, namespace, old name and new name."""


def _renamed(context: Context) -> dict[str, Renaming]:
    """The config maps and secrets that get another name and are read by that alone."""

    def build() -> dict[str, Renaming]:
        found = {}
        for kind in _INPUTS:
            for item in objects_of(context, kind):
                new = _renaming(item)
                if new is not None and _all_follow(new, context):
                    found[item.change.label] = new
        return found

    return once(context.plan, "renamed inputs of pods", build)


def _renaming(item: Seen) -> Renaming | None:
    before, after = item.before, item.after
    if before is None or after is None or not item.change.creates_first or not after.name:
        return None
    if before.namespace != after.namespace or before.name == after.name:
        return None
    if _content(before) != _content(after):
        return None
    return before.kind, before.namespace, before.name, after.name


def _content(one: KubernetesObject) -> list[Any]:
    names = ("data", "binaryData", "stringData", "type")
    return [one.body.get(name) or None for name in names]


def _all_follow(new: Renaming, context: Context) -> bool:
    """Whether a workload reads it by the new name, and nothing has the old one any more."""
    kind, space, old, name = new
    readers = [
        work.after
        for work in workloads_of(context, space)
        if work.after is not None and (kind, name) in names_used(work.after)
    ]
    return bool(readers) and old.encode() not in words_after(context)


_REFS: Final = {
    "configMap": ("ConfigMap", "name"),
    "configMapKeyRef": ("ConfigMap", "name"),
    "configMapRef": ("ConfigMap", "name"),
    "secret": ("Secret", "secretName"),
    "secretKeyRef": ("Secret", "name"),
    "secretRef": ("Secret", "name"),
}


def _with_names(tree: Any, work: KubernetesObject, names: dict[tuple[str, str, str], str]) -> Any:
    """The tree with the old names put back."""
    if isinstance(tree, list):
        return [_with_names(item, work, names) for item in tree]
    if not isinstance(tree, dict):
        return tree
    return dict(_put_back(tree, work, names))


def _put_back(
    tree: Tree, work: KubernetesObject, names: dict[tuple[str, str, str], str]
) -> Iterator[tuple[str, Any]]:
    for step, value in tree.items():
        kind, argument = _REFS.get(step, ("", ""))
        used = value.get(argument) if isinstance(value, dict) else None
        old = names.get((kind, work.namespace, str(used)))
        if old is not None and isinstance(value, dict):
            yield step, {**value, argument: old}
        else:
            yield step, _with_names(value, work, names)
