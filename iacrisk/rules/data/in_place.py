"""D27: settings that decide what can be brought back."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog.settings import types_with_settings
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.settings import flags_of_settings
from iacrisk.rules.rule import Confidence, Harm, Outcome, Severity, rule


@rule(
    id="D27",
    name="recovery-setting",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.RECOVERY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=types_with_settings("D27"),
)
def recovery_setting(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A setting that decides what can be brought back tomorrow changes in place.

    What it flags
        A change of a retention, snapshot, replication or history setting after which less can be
        restored.
        The table below is the whole list.

    Why it matters
        Nothing is lost today, so nobody notices until it is needed.

    When it is fine
        The data has another copy that is kept as long.

    What to do instead
        Take a copy first, and keep it as long as the old setting did.

    References
        The providers' documentation of each argument.
    """
    yield from flags_of_settings("D27", change, context)
