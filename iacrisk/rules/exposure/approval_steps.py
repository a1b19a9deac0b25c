"""X30: a pipeline no longer waits for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.shapes import blocks
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule


@rule(
    id="X30",
    name="approval-step-removed",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.UPDATE},
    types={"aws_codepipeline"},
    since="0.2",
)
def approval_step_removed(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """A pipeline loses the step in which somebody approves.

    What it flags
        An action of the category `Approval` that a pipeline had and no longer has.

    Why it matters
        Whatever is pushed reaches the end of the pipeline without anybody looking at it.

    When it is fine
        Another place asks for the same approval.

    What to do instead
        Keep the step, and let more people approve.

    References
        https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html
    """
    if "stage" not in change.changed or change.after.get("stage") is UNKNOWN:
        return
    before, after = _approvals(change.before), _approvals(change.after)
    if len(after) < len(before):
        gone = [name for name in before if name not in after] or before
        yield Flag(what=f"Nobody approves any more: {some_of(gone)}.", paths=(("stage",),))


def _approvals(values: dict[str, Any]) -> list[str]:
    return [
        str(action.get("name"))
        for stage in blocks(values.get("stage"))
        for action in blocks(stage.get("action"))
        if action.get("category") == "Approval"
    ]
