"""C15: settings of workloads that change in place."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog.settings import types_with_settings
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.settings import flags_of_settings
from iacrisk.rules.rule import Confidence, Harm, Outcome, Severity, rule


@rule(
    id="C15",
    name="workload-setting",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=types_with_settings("C15"),
)
def workload_setting(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A setting on which running work depends changes in place.

    What it flags
        A change of a service, function, queue consumer, schedule or rollout setting that stops
        work, makes it fail or restarts all of it at once.
        The table below is the whole list.

    Why it matters
        The object stays and its work does not.

    When it is fine
        Nothing runs on it, or the new value was tried elsewhere.

    What to do instead
        Try it in another environment first; roll out in steps.

    References
        The providers' documentation of each argument.
    """
    yield from flags_of_settings("C15", change, context)
