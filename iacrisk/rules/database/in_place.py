"""B11: settings of data stores that change in place."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog.settings import types_with_settings
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.settings import flags_of_settings
from iacrisk.rules.rule import Confidence, Harm, Outcome, Severity, rule


@rule(
    id="B11",
    name="data-store-setting",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=types_with_settings("B11"),
)
def data_store_setting(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A setting of a data store changes in place to the harm of who uses it.

    What it flags
        A change of a database, queue, stream, cache or topic setting that refuses clients, slows
        them down or hands them the wrong thing.
        The table below is the whole list.

    Why it matters
        The store keeps its name and its data; what clients rely on is gone.

    When it is fine
        No client relies on the old value.

    What to do instead
        Change clients first.

    References
        The providers' documentation of each argument.
    """
    yield from flags_of_settings("B11", change, context)
