"""C21: something is switched off, halved, run less often or led to another server."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.usual import flags_of_usual_settings
from iacrisk.rules.rule import Confidence, Harm, Outcome, Severity, rule


@rule(
    id="C21",
    name="switched-off-or-halved",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    since="0.2",
    tail=True,
)
def switched_off_or_halved(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """Something is switched off, halved, run less often or led to another server.

    What it flags
        A setting by a name that means the same almost everywhere (`enabled`, `replicas`,
        `schedule`, `url`), on a type for which no row tells more. The
        table below is the whole list.

    Why it matters
        The object stays and what it did is no longer done, or only half of it.

    When it is fine
        Nobody relied on it.

    What to do instead
        Try it in another environment first, or ask those who use it.

    References
        The providers' documentation of each argument.
    """
    yield from flags_of_usual_settings("C21", change)
