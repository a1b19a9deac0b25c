"""X20: something becomes public, or what guards, records or tells of it goes off."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.usual import flags_of_usual_settings
from iacrisk.rules.rule import Confidence, Harm, Outcome, Severity, rule


@rule(
    id="X20",
    name="usual-guard-off",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.UPDATE},
    since="0.2",
    tail=True,
)
def usual_guard_off(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """Something becomes public, or what guards, records or tells of it goes off.

    What it flags
        A setting by a name that means the same almost everywhere (`public`, `tls_enabled`,
        `recipients`), on a type for which no row tells more. The
        table below is the whole list.

    Why it matters
        Nothing fails, so nobody notices.

    When it is fine
        Something else guards it.

    What to do instead
        Keep the guard, or say in the plan's review what replaces it.

    References
        The providers' documentation of each argument.
    """
    yield from flags_of_usual_settings("X20", change)
