"""S09, S10, S17: plans and objects that are only half there."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.plan import (
    ActionKind,
)
from iacrisk.rules.context import Context
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    plan_rule,
)
from iacrisk.rules.state.severity import severity_of_loss


@plan_rule(
    id="S09",
    name="incomplete-plan",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    harm=Harm.HYGIENE,
)
def incomplete_plan(context: Context) -> Iterator[Outcome]:
    """The plan covers only a part of the configuration.

    What it flags
        `complete: false`: `-target` was used, or Terraform deferred changes.

    Why it matters
        What depends on the targets is not in the plan, so nobody sees how far it reaches.

    When it is fine
        To get out of a broken state, with a full plan right afterwards.

    What to do instead
        Plan without `-target`.

    References
    ----------
        Incident R208.
    """
    document = context.plan.document
    if document.complete is False and not document.errored:  # an errored plan is never complete
        yield Flag(what="The plan is partial; what depends on the changes may be missing from it.")


@plan_rule(
    id="S10",
    name="deposed-object",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    harm=Harm.HYGIENE,
)
def deposed_object(context: Context) -> Iterator[Outcome]:
    """The plan deletes the old half of a replacement that did not finish.

    What it flags
        A deposed object: `create_before_destroy` made the new one, and the old one could not
        be deleted at the time. It weighs more where the old one holds data.

    Why it matters
        Something still held the old object when the last apply failed, and may do so still.

    When it is fine
        The new object serves everybody.

    What to do instead
        Find out what holds the old object before you delete it.

    References
    ----------
        Incident R172.
    """
    for change in context.plan.pending:
        severity = severity_of_loss(context.type_of(change))
        if change.deposed and change.destroys and severity is not None:
            holds_data = severity is Severity.CRITICAL
            yield Flag(
                address=change.label,
                what="The old object of an unfinished replacement is deleted.",
                severity=Severity.MEDIUM if holds_data else Severity.LOW,
            )


@plan_rule(
    id="S17",
    name="errored-plan",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    harm=Harm.HYGIENE,
)
def errored_plan(context: Context) -> Iterator[Outcome]:
    """Terraform could not finish the plan, or will not apply it.

    What it flags
        `errored: true`, and `applyable: false` on a plan that has changes. A `prevent_destroy`
        that was hit ends like this.

    Why it matters
        The plan is blocked, not safe. The next edit often removes the guard that blocked it.

    When it is fine
        Never as a plan to approve.

    What to do instead
        Read the error. Change what ran into the guard, not the guard.

    References
    ----------
        Incident R207.
    """
    document = context.plan.document
    pending = any(change.kind is not ActionKind.READ for change in context.plan.pending)
    if document.errored:
        yield Flag(what="Terraform stopped with an error; the plan is partial.")
    elif document.applyable is False and pending:
        yield Flag(what="The plan has changes that Terraform will not apply.")
