"""X82: a silence that stood for some alarms comes to fit those that matter."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.messages.event_conditions import fits_more
from iacrisk.rules.readers.messages.silence_conditions import (
    ARGUMENTS,
    SILENCES_WITH_CONDITIONS,
    silenced,
)
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule


@rule(
    id="X82",
    name="silence-widened",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.DETECTION,
    kinds={ActionKind.UPDATE},
    types=SILENCES_WITH_CONDITIONS,
    since="0.2",
)
def silence_widened(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """A rule that silences some alarms comes to silence others that call people.

    What it flags
        A suppression of Azure Monitor, a muting rule of New Relic, a notification policy of
        Opsgenie that suppresses, an event rule of PagerDuty that suppresses: a further
        alternative for grave severities, for production or for nearly everything, or a condition
        that went and made it narrower.

    Why it matters
        Nobody is called, and nothing fails.

    When it is fine
        The alarms are noise. Not flagged: alternatives for alarms that it names, such as those of
        a test environment.

    What to do instead
        Lower the priority first, and see what nobody misses.

    References
        https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-processing-rules
        https://docs.newrelic.com/docs/alerts/get-notified/muting-rules-suppress-notifications/
    """
    touched = [name for name in ARGUMENTS if name in change.changed]
    if not touched:
        return
    paths = tuple((name,) for name in touched)
    if any(holds_unknown(change.after.get(name)) for name in touched):
        yield Undecided(why="Which alarms it silences is not known.", paths=paths)
        return
    before, after = (silenced(change.type, side) for side in (change.before, change.after))
    if before is not None and after is not None and fits_more(after, before):
        yield Flag(what="Alarms that called people are silenced, too.", paths=paths)
