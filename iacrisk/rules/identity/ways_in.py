"""I16: what somebody logs in with, or through, is destroyed."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog.removals import types_with_removals
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.removals import flag_of_removal
from iacrisk.rules.rule import DESTROYS, Confidence, Harm, Outcome, Severity, rule


@rule(
    id="I16",
    name="way-in-destroyed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.ACCESS,
    kinds=DESTROYS,
    types=types_with_removals("I16"),
)
def way_in_destroyed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A key, account, role or application with which somebody gets in is destroyed.

    What it flags
        The delete of API keys, tokens, database users, login roles, groups and applications of
        login services; and the replacement of those whose holders know the old one.
        `removals.csv` of the catalog is the list.

    Why it matters
        Those who hold it are mostly outside the plan. They are refused at their next call.

    When it is fine
        Its holders have moved to another one, which was tried; or what it leads to goes as well.

    What to do instead
        Create the new one, move the holders, see in the logs that the old one rests, delete it.

    References
        The providers' documentation of each type.
    """
    flag = flag_of_removal("I16", change, context)
    if flag is not None:
        yield flag
