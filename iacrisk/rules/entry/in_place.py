"""E08: settings of entry points that change in place."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog.settings import types_with_settings
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.settings import flags_of_settings
from iacrisk.rules.rule import Confidence, Harm, Outcome, Severity, rule


@rule(
    id="E08",
    name="entry-point-setting",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=types_with_settings("E08"),
)
def entry_point_setting(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A setting on which clients depend changes in place.

    What it flags
        A change of a balancer, target group, listener, API, CDN or DNS setting after which clients
        are no longer answered, or are answered by somebody else.
        The table below is the whole list.

    Why it matters
        The entry point keeps its address, so nothing looks changed until clients fail.

    When it is fine
        What stands behind it was prepared for the new value.

    What to do instead
        Add the new way beside the old one, shift traffic, then remove the old one.

    References
        The providers' documentation of each argument.
    """
    yield from flags_of_settings("E08", change, context)
