"""A05, A08: what the plan does beside what was claimed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog import ResourceClass
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.provenance.claim import Claim, planned_counts
from iacrisk.rules.context import Context
from iacrisk.rules.rule import (
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    plan_rule,
    rule,
)

_DEEDS: Final = {
    ActionKind.CREATE: "created",
    ActionKind.UPDATE: "changed",
    ActionKind.DELETE: "destroyed",
    ActionKind.REPLACE: "replaced",
    ActionKind.FORGET: "dropped from the state",
    ActionKind.UNKNOWN: "changed in a way that is not known",
}


@rule(
    id="A05",
    name="outside-the-claim",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    harm=Harm.HYGIENE,
    kinds=_DEEDS.keys(),
)
def outside_the_claim(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """The plan does something that its author did not say it would do.

    What it flags
        Given a claim (`--claim`, `--claim-file`): a managed resource whose change is in no part
        of it, or one of which it says that it does not happen. What is destroyed or replaced
        outside the claim is medium, unless nothing is lost with it; what is created or changed
        is low. A claim in plain words is read generously and with lower confidence.

    Why it matters
        Authors and assistants misreport plans, in good faith: a rename of a variable's default
        that was to keep the old tables replaced them, and a plan of more than fifty changes was
        told as one of none. Who approves what was said has not approved what is done.

    When it is fine
        The claim forgot what comes with the change, such as the policy beside a bucket.

    What to do instead
        Correct the claim, or take the change out of the plan, and plan again.

    References
        Incidents R103 and R105.
    """
    if change.mode != "managed":
        return
    for claim in context.told.claims:
        if claim.denies(change):
            what = f"It is {_DEEDS[change.kind]}, and the claim ({claim.source}) says it is not."
            yield Flag(what=what, severity=_severity(change, context))
        elif not claim.covers(change):
            yield Flag(
                what=f"It is {_DEEDS[change.kind]}, which is outside the claim ({claim.source}).",
                severity=_severity(change, context),
                confidence=_confidence(claim, change),
            )


def _severity(change: ResourceChange, context: Context) -> Severity:
    is_lost = context.type_of(change).resource_class is not ResourceClass.STATELESS
    return Severity.MEDIUM if change.kind in DESTROYS and is_lost else Severity.LOW


def _confidence(claim: Claim, change: ResourceChange) -> Confidence:
    if claim.is_exact:
        return Confidence.HIGH
    return Confidence.MEDIUM if change.kind in DESTROYS else Confidence.LOW


@plan_rule(
    id="A08",
    name="claimed-numbers-differ",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    harm=Harm.HYGIENE,
)
def numbers_differ(context: Context) -> Iterator[Outcome]:
    """The plan counts otherwise than its author said.

    What it flags
        Numbers in a claim (`Plan: 1 to add, 0 to change, 0 to destroy`, `no changes`, or `counts`
        in a claim file) that differ from the plan's. They are counted as Terraform counts: managed
        resources, a replacement as one to add and one to destroy, moves not at all. It is low
        where the plan does less than was said.

    Why it matters
        The numbers are copied from another plan, or were never read from one: what was reviewed
        is not what is applied.

    When it is fine
        Something else was merged between the two plans.

    What to do instead
        Plan again, and let the numbers be filled in from the plan that is applied.

    References
        Incident R105.
    """
    for claim in context.told.claims:
        planned = dict(planned_counts(context.plan).named())
        told = [(name, n, planned[name]) for name, n in claim.counts.named() if n != planned[name]]
        if told:
            numbers = ", ".join(f"{found} to {name} and not {n}" for name, n, found in told)
            is_more = any(found > n for _, n, found in told)
            yield Flag(
                what=f"Unlike the claim ({claim.source}), the plan has {numbers}.",
                severity=Severity.MEDIUM if is_more else Severity.LOW,
            )
