"""X10: what guards or watches something is destroyed."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog.removals import types_with_removals
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.removals import flag_of_removal
from iacrisk.rules.rule import DESTROYS, Confidence, Harm, Outcome, Severity, rule


@rule(
    id="X10",
    name="guard-destroyed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.DETECTION,
    kinds=DESTROYS,
    types=types_with_removals("X10"),
)
def guard_destroyed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Something that shields or watches others is destroyed.

    What it flags
        The delete of branch protections, logins and filters before an application, alert rules,
        escalations, integrations by which alarms arrive, masking and network policies; and the
        replacement of those that others know by a key. `removals.csv` of the catalog is the list.

    Why it matters
        Everything works as before. Nobody notices until it is needed.

    When it is fine
        What it guards goes in the same plan, or another one guards the same.

    What to do instead
        Put the new guard up first, see it hold something, then remove the old one.

    References
        The providers' documentation of each type.
    """
    flag = flag_of_removal("X10", change, context)
    if flag is not None:
        yield flag
