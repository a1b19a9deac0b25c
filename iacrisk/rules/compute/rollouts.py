"""C04: a rollout that may take everything down at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange, lookup
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_TEMPLATE: Final = frozenset({"launch_configuration", "launch_template", "mixed_instances_policy"})
_ENOUGH: Final = 50
"""Percent of the machines that have to stay healthy."""
_DEFAULT: Final = 90
_POLICIES: Final = {
    "google_compute_instance_group_manager": ("update_policy", ("version",)),
    "google_compute_region_instance_group_manager": ("update_policy", ("version",)),
    "google_container_node_pool": ("upgrade_settings", ("version", "node_config")),
}
"""Where a type says how many may be missing at a time, and what starts a rollout."""

_SIZES: Final = ("target_size", "node_count", "autoscaling.0.max_node_count")
"""How many there are, best known first."""


@rule(
    id="C04",
    name="refresh-of-all-at-once",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={"aws_autoscaling_group", *_POLICIES},
)
def refresh_of_all_at_once(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A new template starts a refresh that may replace most machines at the same time.

    What it flags
        An auto scaling group with an `instance_refresh` whose template, or a trigger, changes in
        the plan, where less than half of the machines have to stay healthy; a managed instance
        group or node pool of Google Cloud with a new template or version, of which more than
        half may be missing at a time, or whose policy comes to say so.

    Why it matters
        The plan shows one update. The group then takes its machines out of service faster than
        new ones answer, and a template that does not boot takes all of them.

    When it is fine
        `min_healthy_percentage` is high, or nothing depends on the group.

    What to do instead
        Keep 90 percent healthy, with checkpoints and `auto_rollback`. On Google Cloud, let the
        group grow by a few (`max_surge_fixed`) and miss none.

    References
        Incident R181.
        https://docs.aws.amazon.com/autoscaling/ec2/userguide/understand-instance-refresh-default-values.html
        https://cloud.google.com/compute/docs/instance-groups/rolling-out-updates-to-managed-instance-groups
    """
    del context
    if change.type in _POLICIES:
        yield from _taken_at_once(change)
        return
    refresh = lookup(change.after, ("instance_refresh", 0))
    if not isinstance(refresh, dict) or not _is_triggered(change, refresh):
        return
    healthy = _healthy(refresh)
    path = ("instance_refresh", 0, "preferences", 0, "min_healthy_percentage")
    if healthy is UNKNOWN:
        yield Undecided(why="How many machines stay healthy is not known.", paths=(path,))
    elif isinstance(healthy, int | float) and healthy < _ENOUGH:
        yield Flag(
            what=f"Its machines are replaced now, and only {healthy} % of them have to stay "
            "healthy meanwhile.",
            paths=(path,),
        )


def _is_triggered(change: ResourceChange, refresh: dict[str, Any]) -> bool:
    triggers = refresh.get("triggers")
    named = {item for item in triggers or () if isinstance(item, str)}
    return bool(change.changed & (_TEMPLATE | named))


def _healthy(refresh: dict[str, Any]) -> Any:
    preferences = lookup(refresh, ("preferences", 0))
    value = preferences.get("min_healthy_percentage") if isinstance(preferences, dict) else None
    return _DEFAULT if value is None else value


def _taken_at_once(change: ResourceChange) -> Iterator[Outcome]:
    policy, starters = _POLICIES[change.type]
    started = bool(change.changed.intersection(starters))
    if not started and policy not in change.changed:
        return
    share = _missing_share(change, policy, change.after)
    path: Path = (policy, 0)
    if share is None:
        yield Undecided(why="How many may be missing at a time is not known.", paths=(path,))
    elif share * 100 > _ENOUGH and _is_forced(lookup(change.after, path)):
        before = _missing_share(change, policy, change.before)
        if started or before is None or before < share:
            yield Flag(
                what=f"{_percent(share)} % of its machines may be replaced at the same time.",
                paths=(path,),
                severity=None if started else Severity.MEDIUM,
            )


def _percent(share: float) -> int:
    return min(100, round(share * 100))


def _is_forced(policy: Any) -> bool:
    """Whether machines that run are taken down for it."""
    known = policy if isinstance(policy, dict) else {}
    return known.get("type") != "OPPORTUNISTIC" and known.get("strategy") != "BLUE_GREEN"


def _missing_share(change: ResourceChange, policy: str, tree: dict[str, Any]) -> float | None:
    """How much of the group may be missing at a time, None where that is not known."""
    values = lookup(tree, (policy, 0))
    if not isinstance(values, dict):
        return None if values is UNKNOWN or tree.get(policy) is UNKNOWN else 0.0
    percent = values.get("max_unavailable_percent")
    fixed = values.get("max_unavailable_fixed", values.get("max_unavailable"))
    if UNKNOWN in (percent, fixed):
        return None
    if _count(percent):
        return _count(percent) / 100
    size = next(filter(None, (_count(change.was(path)) for path in _SIZES)), 0.0)
    return _count(fixed) / size if size else 0.0


def _count(value: Any) -> float:
    """The number, 0 where it is none."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and value > 0 else 0.0
