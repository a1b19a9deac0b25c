"""Q03: what keeps costs down is taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog.settings import types_with_settings
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, parse_path
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.settings import flags_of_settings
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_CEILINGS: Final = {
    "aws_appautoscaling_target": "max_capacity",
    "aws_autoscaling_group": "max_size",
    "aws_eks_node_group": "scaling_config.0.max_size",
    "aws_rds_cluster": "serverlessv2_scaling_configuration.0.max_capacity",
    "azurerm_kubernetes_cluster_node_pool": "max_count",
    "google_compute_autoscaler": "autoscaling_policy.0.max_replicas",
    "google_compute_region_autoscaler": "autoscaling_policy.0.max_replicas",
    "google_container_node_pool": "autoscaling.0.max_node_count",
}
_TIMES: Final = 3
_LARGE: Final = 10


@rule(
    id="Q03",
    name="cost-brake-removed",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    harm=Harm.COST,
    kinds={ActionKind.UPDATE},
    types={*types_with_settings("Q03"), *_CEILINGS},
)
def cost_brake_removed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """What is kept or started may grow without the limit it had.

    What it flags
        The most machines that may be started, raised to three times or more and above ten; and
        the settings of the table below. It is a remark. Alarms on costs that go are told by X10.

    Why it matters
        Nothing happens today. The limit was what kept a loop, a flood of requests or years of
        objects from showing on the bill.

    When it is fine
        The limit was in the way of real load, or the law wants the objects kept.

    What to do instead
        Raise limits in steps, and set an alarm on the costs first.

    References
        Incident R201.
    """
    yield from flags_of_settings("Q03", change, context)
    if change.type in _CEILINGS:
        yield from _raised(change, _CEILINGS[change.type])


def _raised(change: ResourceChange, path: str) -> Iterator[Outcome]:
    before, after = change.was(path), change.becomes(path)
    if before == after or not isinstance(before, int | float):
        return
    if after is UNKNOWN:
        why = "How many may be started is not known yet."
        yield Undecided(why=why, paths=(parse_path(path),))
    elif isinstance(after, int | float) and after >= max(_LARGE, _TIMES * before) and before > 0:
        what = f"Up to {after} may be started instead of {before}."
        yield Flag(what=what, paths=(parse_path(path),))
