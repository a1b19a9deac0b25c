"""BL-ceilingfar: what may run at most falls, and stays far above what runs."""

from __future__ import annotations

from typing import Final

from iacrisk.catalog.capacity import CAPACITY, Role
from iacrisk.plan import ResourceChange, lookup
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.hurt.left_out import schedules_beyond
from iacrisk.rules.readers.programs.running import object_named
from iacrisk.rules.readers.settings.settings import steps_of
from iacrisk.rules.readers.shapes import last_part
from iacrisk.rules.readers.siblings import stays

_ROOM: Final = 3
"""So many times what runs has to be left."""

CEILINGS: Final = frozenset(
    {
        "aws_appautoscaling_target",
        "aws_autoscaling_group",
        "aws_eks_node_group",
        "azurerm_kubernetes_cluster_node_pool",
        "google_compute_autoscaler",
        "google_compute_region_autoscaler",
    }
)


_SERVICE: Final = "aws_ecs_service"
_MANAGERS: Final = (
    "google_compute_instance_group_manager",
    "google_compute_region_instance_group_manager",
)


def why_ceiling_far(change: ResourceChange, context: Context) -> str | None:
    """Why nothing that runs has to go: three times as much may still run."""
    places = {steps_of(one.path) for one in CAPACITY[change.type] if one.role is Role.CEILING}
    moved = {path for path in places if path[0] in change.changed}
    rest = change.changed - {str(path[0]) for path in moved}
    if not moved or (rest and explain(change, context, *rest) is None):
        return None
    roots = {path[0] for path in moved}
    differing = {tuple(one.path) for one in change.differences() if one.path[0] in roots}
    if not differing or not differing <= moved:
        return None
    running = _running_now(change, context)
    left = [_number(change.planned(path)) or 0 for path in differing]
    if not running or min(left) < running * _ROOM or any(schedules_beyond(change, context)):
        return None
    return f"{running:g} run, and {min(left):g} still may"


def _running_now(change: ResourceChange, context: Context) -> float | None:
    """How many run, by the object itself or by what it scales."""
    if change.type == "aws_appautoscaling_target":
        one = _service_of(change, context)
        return _steady(one, "desired_count") if one is not None else None
    if change.type.endswith("_autoscaler"):
        one = object_named(_MANAGERS, change.before.get("target"), context)
        return _steady(one, "target_size") if one is not None else None
    paths = (one.path for one in CAPACITY[change.type] if one.role is Role.RUNNING)
    path = next(paths, None)
    return _steady(change, path) if path else None


def _service_of(change: ResourceChange, context: Context) -> ResourceChange | None:
    """The service that an autoscaling target names by its cluster and its own name."""
    kind, _, where = str(change.before.get("resource_id")).partition("/")
    cluster, _, name = where.partition("/")
    for one in context.changes_of(_SERVICE) if kind == "service" else ():
        here = last_part(one.before.get("cluster"))
        if one.before.get("name") == name and here == cluster and stays(one):
            return one
    return None


def _steady(one: ResourceChange, path: str) -> float | None:
    """The number today, where this plan does not set another one."""
    now = _number(lookup(one.before, steps_of(path)))
    return now if _number(one.planned(steps_of(path))) == now else None


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
