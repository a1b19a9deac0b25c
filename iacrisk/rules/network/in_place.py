"""N14: settings of networks and links that change in place."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog.settings import types_with_settings
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.settings import flags_of_settings
from iacrisk.rules.rule import Confidence, Harm, Outcome, Severity, rule


@rule(
    id="N14",
    name="network-setting",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=types_with_settings("N14"),
)
def network_setting(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A setting on which packets depend changes in place.

    What it flags
        A change of a network, route, link or resolver setting that stops or diverts traffic.
        The table below is the whole list.

    Why it matters
        The plan says one update; those who send the packets are other resources.

    When it is fine
        Nobody sends traffic that way, or the other side was prepared.

    What to do instead
        Change one side at a time, and watch traffic in between.

    References
        The providers' documentation of each argument.
    """
    yield from flags_of_settings("N14", change, context)
