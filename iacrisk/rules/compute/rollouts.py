"""C04: a rollout that may take everything down at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_TEMPLATE: Final = frozenset({"launch_configuration", "launch_template", "mixed_instances_policy"})
_ENOUGH: Final = 50
"""Percent of the machines that have to stay healthy."""
_DEFAULT: Final = 90


@rule(
    id="C04",
    name="refresh-of-all-at-once",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={"aws_autoscaling_group"},
)
def refresh_of_all_at_once(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A new template starts a refresh that may replace most machines at the same time.

    What it flags
        An auto scaling group with an `instance_refresh` whose template, or a trigger, changes in
        the plan, where less than half of the machines have to stay healthy.

    Why it matters
        The plan shows one update. The group then takes its machines out of service faster than
        new ones answer, and a template that does not boot takes all of them.

    When it is fine
        `min_healthy_percentage` is high, or nothing depends on the group.

    What to do instead
        Keep 90 percent healthy, with checkpoints and `auto_rollback`.

    References
        Incident R181.
        https://docs.aws.amazon.com/autoscaling/ec2/userguide/understand-instance-refresh-default-values.html
    """
    del context
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
