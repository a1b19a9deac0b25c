"""D28: columns that go with what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.tables import column_names
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_COLUMNS: Final[dict[str, str]] = {
    "google_bigquery_table": "schema",
    "snowflake_table": "column",
}
_SHOWN: Final = 3


@rule(
    id="D28",
    name="columns-dropped",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds={ActionKind.UPDATE},
    types=_COLUMNS,
)
def columns_dropped(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """A column of a table is dropped in place, with what is in it.

    What it flags
        A column that stands in the old definition of a table and not in the new one.

    Why it matters
        The plan shows a plain update. Queries that name the column fail, and its values are
        gone when the time to travel back has passed. A rename looks the same.

    When it is fine
        Nobody reads the column, and its values are kept elsewhere.

    What to do instead
        Add the new column, copy, move the readers, and drop the old one in a later plan.

    References
        The providers' documentation of each type.
    """
    name = _COLUMNS[change.type]
    if name not in change.changed:
        return
    if change.after.get(name) is UNKNOWN:
        yield Undecided(why="The new columns are not known.", paths=((name,),))
        return
    after = column_names(change.after.get(name))
    lost = [item for item in column_names(change.before.get(name)) if item not in after]
    if lost and after:
        shown = ", ".join(lost[:_SHOWN])
        yield Flag(what=f"Columns go with what is in them: {shown}.", paths=((name,),))
