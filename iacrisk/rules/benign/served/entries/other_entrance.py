"""BL-sameentrance: an ingress moves to another controller that the same people reach."""

from __future__ import annotations

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.ingress_controllers import (
    class_of,
    controllers_of,
    names_follow,
)
from iacrisk.rules.readers.kubernetes.objects import seen


def why_same_entrance(change: ResourceChange, context: Context) -> str | None:
    """Why the same people come in as before."""
    item = seen(change)
    if item is None or item.before is None or item.after is None:
        return None
    rest = [
        {**side.body, "spec": {**side.spec, "ingressClassName": None}}
        for side in (item.before, item.after)
    ]
    old, new = (controllers_of(class_of(side), context) for side in (item.before, item.after))
    if rest[0] != rest[1] or len(old) != 1 or len(new) != 1:
        return None
    if not all(one.change.kind is ActionKind.NO_OP for one in (*old, *new)):
        return None
    same = old[0].chart == new[0].chart and old[0].is_public == new[0].is_public is not None
    if same and names_follow(context):
        return "both controllers run, the same people reach them, and records follow by themselves"
    return None
