"""S11, S12: replacements that the configuration does not explain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import (
    ActionKind,
    ResourceChange,
)
from iacrisk.rules.context import Context
from iacrisk.rules.readers.siblings import is_one_of_many
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    rule,
)
from iacrisk.rules.state.severity import severity_of_loss

_SOON_BACK: Final = 0.8
"""From this recoverability on, the same apply brings an object back as it was."""


@rule(
    id="S11",
    name="tainted-replacement",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.REPLACE},
)
def tainted_replacement(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An object is replaced because it is marked as tainted, not because anything changed.

    What it flags
        A replacement with the reason "tainted" on a type that is not rebuilt without loss.

    Why it matters
        The mark stays from a create that failed half-way or from a person. The object may be
        healthy and in use since.

    When it is fine
        The object really is broken.

    What to do instead
        Look at the object; if it works, run `terraform untaint`.

    References
    ----------
        https://developer.hashicorp.com/terraform/cli/commands/untaint
    """
    known = context.type_of(change)
    severity = severity_of_loss(known)
    if change.action_reason != "replace_because_tainted" or severity is None:
        return
    if not known.stateful and known.recoverability >= _SOON_BACK:
        return
    heavy = severity is Severity.CRITICAL
    if change.destroys and severity >= Severity.MEDIUM:
        yield Flag(
            what="It is replaced only because it is marked as tainted; it may be healthy.",
            severity=Severity.HIGH if heavy else Severity.MEDIUM,
        )


@rule(
    id="S12",
    name="replacement-by-request",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.REPLACE},
)
def replacement_by_request(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Somebody asked for the replacement with -replace.

    What it flags
        A replacement by request of what holds data, or of a machine that is deleted before its
        successor exists, unless three times as many of its count stay.

    Why it matters
        The intent is clear, its consequence may not be: nothing in the configuration says why,
        and the next plan will not show it again.

    When it is fine
        The object holds nothing and its users can wait.

    What to do instead
        Restart or repair the object in place where the service offers it.

    References
    ----------
        Incident R222.
    """
    known = context.type_of(change)
    severity = severity_of_loss(known)
    if change.action_reason != "replace_by_request" or severity is None or not change.destroys:
        return
    if severity is not Severity.CRITICAL:
        loses_disk = known.stateful and not change.creates_first
        if not loses_disk or is_one_of_many(change, context):
            return
        severity = Severity.HIGH
    yield Flag(what="It is replaced because -replace was given.", severity=severity)
