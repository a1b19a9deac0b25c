"""E50: a small object goes by which something was served, reached or given."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog.removals import types_with_removals
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.removals import flag_of_removal
from iacrisk.rules.rule import DESTROYS, Confidence, Harm, Outcome, Severity, rule


@rule(
    id="E50",
    name="needed-part-gone",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds=DESTROYS,
    types=types_with_removals("E50"),
    since="0.2",
)
def needed_part_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A small object goes by which something was served, reached or given.

    What it flags
        The delete of a name of a site or program, of the binding that brings messages to a queue,
        of name servers and routes of a private network, of flags, schedules and stored values
        that programs read. `removals.csv` of the catalog is the list.

    Why it matters
        It holds no data and is made again in a moment; until then clients find nobody.

    When it is fine
        Nobody uses it any more, what it belongs to goes in the same plan, or another object does
        the same.

    What to do instead
        Put the new one beside it first.

    References
        The providers' documentation of each type.
    """
    flag = flag_of_removal("E50", change, context)
    if flag is not None:
        yield flag
