"""Whether a target can take requests: it is on, gets a share, and something runs behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from iacrisk.catalog.requests import OUT_OF_USE
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once

_NUMBERS: Final = ("desired_count", "instances", "replicas", "target_size")
"""Arguments that say how many run behind a target of this name."""

_OWN_SCALE: Final = (
    "google_compute_autoscaler",
    "google_compute_region_autoscaler",
)
_RUNNING: Final = (
    "cloudflare_load_balancer_pool",
    "google_compute_instance_group_manager",
    "google_compute_region_instance_group_manager",
)
_NAMES: Final = ("id", "self_link", "instance_group")


def takes_requests(values: Mapping[str, Any]) -> bool:
    """Whether a target's own switches let it take requests."""
    return not any(values.get(name) in off for name, off in OUT_OF_USE.items() if name in values)


def is_idle(text: object, context: Context) -> bool:
    """Whether a target named by id is in the plan and nothing answers there afterwards."""
    found = once(context.plan, "what runs by id", lambda: _by_id(context))
    change = found.get(text) if isinstance(text, str) else None
    if change is None or change.kind is ActionKind.DELETE:
        return False
    if any(change.after.get(name) == 0 for name in _NUMBERS):
        return not _is_scaled(change, context)
    return change.after.get("enabled") is False


def _by_id(context: Context) -> dict[object, ResourceChange]:
    return {
        value: one
        for one in context.changes_of(*_RUNNING)
        for value in map(one.before.get, _NAMES)
        if isinstance(value, str) and value
    }


def _is_scaled(change: ResourceChange, context: Context) -> bool:
    """Whether an autoscaler sets the number instead."""
    targets = {value for value in map(change.before.get, _NAMES) if value}
    return any(
        one.kind is not ActionKind.DELETE and one.after.get("target") in targets
        for one in context.changes_of(*_OWN_SCALE)
    )
