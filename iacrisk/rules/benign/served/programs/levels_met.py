"""BL-levelmet: a stricter level of pod security refuses nobody, for all pods meet it."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.kubernetes import KINDS, WORKLOADS
from iacrisk.plan.values import mapping
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import MANIFESTS, objects_of, seen
from iacrisk.rules.readers.kubernetes.pod_levels import meets

_ENFORCE: Final = "pod-security.kubernetes.io/enforce"


def why_level_met(change: ResourceChange, context: Context) -> str | None:
    """Why nobody is refused: all that runs in the namespace meets the level."""
    space, level = _level_of(change)
    running = [
        item.after
        for kind in sorted(WORKLOADS)
        for item in objects_of(context, kind)
        if item.after is not None and item.after.namespace == space
    ]
    if not space or not running or runs_unseen(space, context):
        return None
    if all(meets(one, level) for one in running):
        return f"all pods that the plan shows in the namespace meet the level {level}"
    return None


def _level_of(change: ResourceChange) -> tuple[str, str]:
    """The namespace and the level that is enforced on it afterwards."""
    item = seen(change)
    if item is None or item.after is None or item.after.kind != "Namespace":
        return "", ""
    return item.after.name, str(mapping(item.after.metadata.get("labels")).get(_ENFORCE))


def runs_unseen(space: str, context: Context) -> bool:
    """Whether a chart or an object of a controller may run pods there that the plan hides."""
    for change in context.changes_of("helm_release"):
        if change.kind is not ActionKind.DELETE and change.after.get("namespace") == space:
            return True
    known = frozenset(KINDS.values())
    for change in context.changes_of(*sorted(MANIFESTS)):
        item = seen(change)
        one = item.after if item is not None else None
        if change.kind is not ActionKind.DELETE and (
            one is None or (one.namespace == space and one.kind not in known)
        ):
            return True
    return False
