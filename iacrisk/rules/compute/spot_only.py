"""C35: what strangers reach comes to run on spare capacity alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange, lookup
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.entries.public_entries import public_entries
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_SERVICE: Final = "aws_ecs_service"
_GROUP: Final = "aws_autoscaling_group"
_DISTRIBUTION: Final = ("mixed_instances_policy", 0, "instances_distribution", 0)


@rule(
    id="C35",
    name="spare-capacity-only",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={_SERVICE, _GROUP},
    since="0.2",
)
def spare_capacity_only(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A service or group of machines behind a public balancer comes to run on spot alone.

    What it flags
        A container service whose strategy names `FARGATE_SPOT` alone from now on, a group of
        machines without any on demand that had some, where a public entry leads there.

    Why it matters
        Spare capacity is taken back with two minutes' notice, from all copies at the same time
        where a zone runs short; and nothing takes its place until there is some again.

    When it is fine
        Seldom for what strangers reach. Not flagged: workers, what internal balancers lead to,
        a base or a share that stays on demand.

    What to do instead
        Keep a base on demand that carries the load alone, and let spot take what comes on top.

    References
        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
    """
    argument = "mixed_instances_policy" if change.type == _GROUP else "capacity_provider_strategy"
    if argument not in change.changed:
        return
    reads = _spot_machines if change.type == _GROUP else _spot_tasks
    if not reads(change.after) or reads(change.before):
        return
    entries = public_entries(change, context)
    if entries:
        yield Flag(
            what="Strangers reach it, and all of it runs on capacity that may be taken back.",
            paths=((argument,),),
            hurts=entries,
        )


def _spot_tasks(values: dict[str, Any]) -> bool:
    used = [
        str(block.get("capacity_provider"))
        for block in members(values.get("capacity_provider_strategy"))
        if block.get("weight") or block.get("base")
    ]
    return bool(used) and all(name == "FARGATE_SPOT" for name in used)


def _spot_machines(values: dict[str, Any]) -> bool:
    told = lookup(values, _DISTRIBUTION)
    if not isinstance(told, dict):
        return False
    share = told.get("on_demand_percentage_above_base_capacity")
    return share == 0 and not told.get("on_demand_base_capacity")
