"""C33: the capacity that came by the calendar no longer comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_TYPE = "aws_autoscaling_schedule"


@rule(
    id="C33",
    name="scheduled-capacity-gone",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.DELETE},
    types={_TYPE},
    since="0.2",
)
def scheduled_capacity_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A schedule goes that gave a group more machines, and one that takes them stays.

    What it flags
        The delete of a scheduled action whose minimum is above that of another action of the
        same group, which stays.

    Why it matters
        The group shrinks at night as before, and in the morning nothing brings it back.

    When it is fine
        Another action or a policy makes the group grow in time.

    What to do instead
        Delete both, or move the minimum of the group first.

    References
        https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scheduled-scaling.html
    """
    group, size = change.before.get("autoscaling_group_name"), _least(change.before)
    others = [
        one
        for one in context.changes_of(_TYPE)
        if one.kind is not ActionKind.DELETE and one.after.get("autoscaling_group_name") == group
    ]
    sizes = [_least(one.after) for one in others]
    if sizes and min(sizes) < size and max(sizes) < size:
        groups = [
            one.label
            for one in context.changes_of("aws_autoscaling_group")
            if stays(one) and one.before.get("name") == group
        ]
        yield Flag(
            what=f"The group no longer grows to {size:g}; what shrinks it stays.",
            paths=(("min_size",),),
            hurts=tuple(groups),
        )


def _least(values: dict[str, Any]) -> float:
    found = [values.get(name) for name in ("min_size", "desired_capacity")]
    return max((float(value) for value in found if isinstance(value, int | float)), default=0.0)
