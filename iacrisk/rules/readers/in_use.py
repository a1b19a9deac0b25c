"""Whether a part of an entry point is used at present."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context

_HOLDERS: Final = ("load_balancer_arns", "load_balancer_rules")
"""Computed lists of those who use it at present."""

_NOT_STAYING: Final = frozenset({ActionKind.CREATE, ActionKind.DELETE})


def is_in_use(change: ResourceChange, context: Context) -> bool:
    """Whether something that exists and stays uses it; True where the plan cannot tell."""
    if not context.graph.has_configuration or any(change.was(name) for name in _HOLDERS):
        return True
    return any(
        use.node.change is None or use.node.change.kind not in _NOT_STAYING
        for use in context.consumers(change)
        if use.node.is_resource
    )
