"""D33: data, or copies of it, are kept for less time, or no longer made."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.usual import flags_of_usual_settings
from iacrisk.rules.rule import Confidence, Harm, Outcome, Severity, rule


@rule(
    id="D33",
    name="kept-shorter",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.RECOVERY,
    kinds={ActionKind.UPDATE},
    since="0.2",
    tail=True,
)
def kept_shorter(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """Data, or copies of it, are kept for less time, or no longer made.

    What it flags
        A setting by a name that means the same almost everywhere (`retention_days`,
        `backup_enabled`), on a type for which no row tells more. The
        table below is the whole list.

    Why it matters
        What is older is deleted soon after the apply, and nobody can bring it back.

    When it is fine
        Something else keeps it.

    What to do instead
        Copy what is older to a cheaper place first.

    References
        The providers' documentation of each argument.
    """
    yield from flags_of_usual_settings("D33", change)
