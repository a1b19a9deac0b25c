"""D13: room or speed of what holds data is taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog.settings import types_with_settings
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.settings import flags_of_settings
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_DISK_KIND: Final = {
    "aws_db_instance": "storage_type",
    "aws_ebs_volume": "type",
    "aws_rds_cluster": "storage_type",
}
"""Types that pay for speed, and the argument by which another kind of disk has it built in."""

_SPEEDS: Final = ("iops", "throughput")


@rule(
    id="D13",
    name="capacity-shrunk",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types={*types_with_settings("D13"), *_DISK_KIND},
)
def capacity_shrunk(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A disk, volume or database gets less room, or half of its speed.

    What it flags
        A size of stored data that falls in an update in place; paid operations or throughput of
        a volume or database that fall to half or less while the kind of disk stays. The table
        below lists the sizes. Where the provider replaces the object instead, D02 tells of it.

    Why it matters
        Hardly any service makes a disk smaller. The plan shows one harmless update; the apply
        stops at it, with the rest half done. Where the service does shrink it, what it holds
        runs out of room, and less speed shows at the next peak.

    When it is fine
        The kind of disk changes along and has the speed built in (gp2 to gp3).

    What to do instead
        Put the size back to what runs. To really shrink it, copy the data to a new, smaller one.

    References
        Incident R013. https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modify-volume.html
    """
    yield from flags_of_settings("D13", change, context)
    kind = _DISK_KIND.get(change.type, "")
    for name in _SPEEDS if kind and kind not in change.changed else ():
        yield from _slower(change, name)


def _slower(change: ResourceChange, name: str) -> Iterator[Outcome]:
    before, after = change.was(name), change.becomes(name)
    if not isinstance(before, int | float) or before == after:
        return
    if after is UNKNOWN:
        yield Undecided(why="How fast it will be is not known yet.", paths=((name,),))
    elif isinstance(after, int | float) and 0 < after * 2 <= before:
        yield Flag(
            what=f"It gets {after} {name} instead of {before}.",
            paths=((name,),),
            confidence=Confidence.MEDIUM,
        )
