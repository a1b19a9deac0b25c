"""X19: a schedule with hours in which nobody is on call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.messages.on_call_hours import (
    PAGER,
    ROTATION,
    covered_hours,
    length_of,
)
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import blocks
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

Values = Mapping[str, Any]
_LISTS: Final = {PAGER: "layer", ROTATION: "time_restriction"}


@rule(
    id="X19",
    name="nobody-on-call",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.DETECTION,
    kinds={ActionKind.UPDATE, ActionKind.DELETE},
    types=_LISTS,
    since="0.2",
)
def nobody_on_call(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A schedule that had somebody on call has hours without anybody.

    What it flags
        A PagerDuty schedule whose layers with people in them, or an Opsgenie schedule whose
        rotations, leave hours of the week open that were covered, where nobody else is named at
        the first step of an escalation policy that uses it.

    Why it matters
        Whatever happens in these hours pages nobody, or only whoever comes next, later.

    When it is fine
        Another schedule of the same step covers the hours.

    What to do instead
        Add the second layer in the same plan.

    References
        https://support.pagerduty.com/main/docs/schedule-basics
    """
    name = _LISTS[change.type]
    goes = change.kind is ActionKind.DELETE
    if (goes and change.type == PAGER) or not (goes or name in change.changed):
        return
    if holds_unknown(change.after.get(name)):
        yield Undecided(why="Who is on call when is not known.", paths=((name,),))
        return
    before, after = (covered_hours(change, context, planned=planned) for planned in (False, True))
    open_hours = (length_of(before) - length_of(after)) // 3600
    if open_hours < 1:
        return
    steps = [one for one in context.changes_of(*_STEPS) if stays(one) and _uses(one, change)]
    alone = [one for one in steps if not _has_others(one, change)]
    if steps and not alone:
        return
    yield Flag(
        what=f"Nobody is on call for {open_hours} hours of the week that were covered.",
        paths=() if goes else ((name,),),
        hurts=tuple(_leaning(alone, context)),
    )


_STEPS: Final = ("pagerduty_escalation_policy", "opsgenie_escalation")


def _uses(step: ResourceChange, change: ResourceChange) -> bool:
    return _identity(change) in {name for rule_ in _rules(step) for name in _targets(rule_)}


def _has_others(step: ResourceChange, change: ResourceChange) -> bool:
    """Whether whoever asks the schedule at a step asks somebody else there as well."""
    own = _identity(change)
    asking = [targets for rule_ in _rules(step) if own in (targets := _targets(rule_))]
    return all(len(targets) > 1 for targets in asking)


def _identity(change: ResourceChange) -> object:
    return change.before.get("id" if change.type == PAGER else "schedule_id")


def _rules(step: ResourceChange) -> list[Values]:
    return blocks(step.after.get("rule")) + blocks(step.after.get("rules"))


def _targets(step: Values) -> list[object]:
    return [one.get("id") for name in ("target", "recipient") for one in blocks(step.get(name))]


def _leaning(steps: list[ResourceChange], context: Context) -> Iterator[str]:
    """The escalation policies and the services that they are for."""
    for step in steps:
        yield step.label
        for service in filter(stays, context.changes_of("pagerduty_service")):
            if service.before.get("escalation_policy") == step.before.get("id"):
                yield service.label
