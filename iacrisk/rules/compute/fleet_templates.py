"""C11: the template from which machines are started gets weaker."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog.settings import types_with_settings
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.settings import flags_of_settings
from iacrisk.rules.rule import Confidence, Harm, Outcome, Severity, rule


@rule(
    id="C11",
    name="fleet-template-weakened",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE, ActionKind.REPLACE},
    types=types_with_settings("C11"),
)
def fleet_template_weakened(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A template gives the machines started from it less disk or a smaller size.

    What it flags
        A launch template, launch configuration, instance template or scale set whose root disk
        shrinks, or whose machine type becomes a smaller one of its kind. The latter is only a
        remark.

    Why it matters
        Nothing happens in the apply. Each new machine is weaker, and when the last old one has
        gone the whole fleet runs full.

    When it is fine
        The old size was measured to be far too large.

    What to do instead
        Look at what the disks hold today. After the upgrade of a module, write out the size that
        its new default takes away.

    References
        Incident R013.
    """
    yield from flags_of_settings("C11", change, context)
