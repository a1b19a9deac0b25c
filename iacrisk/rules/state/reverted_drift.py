"""S14: the plan takes back what somebody changed outside of Terraform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iacrisk.catalog import facts
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange, unset
from iacrisk.rules.context import Context
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    plan_rule,
)

_WORDS = facts.TAG_ATTRIBUTES | facts.DESCRIPTION_ATTRIBUTES | facts.COMPUTED_NOISE
_TAKES_BACK = frozenset({ActionKind.UPDATE, ActionKind.REPLACE})


@plan_rule(
    id="S14",
    name="drift-reverted",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    harm=Harm.AVAILABILITY,
)
def drift_reverted(context: Context) -> Iterator[Outcome]:
    """The plan takes back a change that was made outside of Terraform.

    What it flags
        An argument that the refresh found changed (`resource_drift`) and that the plan sets to
        what the state had. Tags, descriptions, what the provider computes, and null beside
        an empty list, false or 0 pass. It is a remark beside what other rules say of the update.

    Why it matters
        Changes by hand are mostly made in an incident. The configuration never heard of it, and
        the apply brings the incident back; a plan made before somebody else's apply does so too.

    When it is fine
        The change by hand was a mistake.

    What to do instead
        Ask who made it (the audit trail knows), write it into the configuration, plan again.

    References
        Incidents R006, R025, R117, R118, R134.
    """
    for drift in context.plan.drift:
        change = context.change_at(drift.label)
        if drift.kind is not ActionKind.UPDATE or change is None or change.kind not in _TAKES_BACK:
            continue
        yield from _reverted(drift, change)


def _reverted(drift: ResourceChange, change: ResourceChange) -> Iterator[Outcome]:
    paths: list[Path] = []
    unknown: list[Path] = []
    for difference in drift.differences():
        root = str(difference.path[0])
        if root in _WORDS or root not in change.changed:
            continue
        if _is_default(difference.before, difference.after):
            continue
        planned = change.planned(difference.path)
        if planned is UNKNOWN:
            unknown.append(difference.path)
        elif _same(planned, difference.before):
            paths.append(difference.path)
    if paths:
        yield Flag(
            address=change.label,
            what="What was changed outside of Terraform goes back to what it was.",
            paths=tuple(paths[:3]),
        )
    elif unknown:
        yield Undecided(
            address=change.label,
            why="Whether a change made outside of Terraform stays is not known yet.",
            paths=tuple(unknown[:3]),
        )


def _is_default(one: Any, other: Any) -> bool:
    """Whether the two only differ in how "not set" is written: null, "", [], false or 0."""
    if not unset(one) and not unset(other):
        return False
    return all(unset(value) or value is False or value == 0 for value in (one, other))


def _same(planned: Any, before: Any) -> bool:
    if isinstance(planned, list) and isinstance(before, list):
        return sorted(map(repr, planned)) == sorted(map(repr, before))
    return bool(planned == before) or _is_default(planned, before)
