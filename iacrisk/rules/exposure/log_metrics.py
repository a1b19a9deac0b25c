"""X41: a metric that alarms go by counts other lines of the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.alternatives import alternatives
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_METRIC: Final = "google_logging_metric"
_READERS: Final = ("google_monitoring_alert_policy", "google_monitoring_slo")


@rule(
    id="X41",
    name="alarm-on-other-lines",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.DETECTION,
    kinds={ActionKind.UPDATE},
    types={_METRIC},
    since="0.2",
)
def alarm_on_other_lines(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A metric made of log lines counts other lines, or none, and an alarm goes by it.

    What it flags
        A log metric of Google Cloud whose filter no longer finds all that it found, or that is
        switched off, while an alert policy or objective of the plan reads it.

    Why it matters
        An alarm without data is calm. Nobody is called, and nothing says so.

    When it is fine
        The programs write the new lines already. Not flagged: an alternative more, a metric that
        nothing in the plan reads.

    What to do instead
        Let the filter find the old lines and the new ones until all programs write the new ones.

    References
        https://cloud.google.com/logging/docs/logs-based-metrics
    """
    if not change.changed & {"disabled", "filter"}:
        return
    after = change.after.get("filter")
    if after is UNKNOWN:
        yield Undecided(why="Which lines it counts is not known yet.", paths=(("filter",),))
        return
    off = change.after.get("disabled") is True and change.before.get("disabled") is not True
    if not off and _finds_all(str(change.before.get("filter")), str(after)):
        return
    waiting = _waiting(change, context)
    if waiting:
        yield Flag(
            what=f"{waiting[0]} goes by it, "
            + ("and gets no data any more." if off else "and it counts other lines."),
            paths=(("disabled",),) if off else (("filter",),),
            hurts=waiting,
        )


def _finds_all(before: str, after: str) -> bool:
    """Whether each alternative of the old filter is held by one of the new ones."""
    new = [frozenset(parts) for parts in alternatives(after)]
    return all(any(one <= frozenset(old) for one in new) for old in alternatives(before))


def _waiting(change: ResourceChange, context: Context) -> tuple[str, ...]:
    name = change.before.get("name")
    if not isinstance(name, str) or not name:
        return ()
    marks = [f"/user/{name}{end}".encode() for end in ('\\"', '"', "'")]
    return tuple(
        one.label
        for one in context.changes_of(*_READERS)
        if stays(one)
        and one.after.get("enabled") is not False
        and any(mark in bytes(one.raw.change.after) for mark in marks)
    )
