"""Pairs of plans that look alike: one has to wait for a person, its twin must pass.

A pair says what the whole tool decides in production, not what one rule says: the verdict, the
rules with the addresses they fire on, and whom the dangerous plan hits.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import NamedTuple

from iacrisk.assess import Assessment, Circumstances, assess
from iacrisk.classifier import HitModel
from iacrisk.gate import Policy, Verdict
from iacrisk.plan import Plan

TODAY = datetime.date(2026, 3, 1)


class Pair(NamedTuple):
    """`danger` must be held, `twin` must pass."""

    name: str
    danger: Plan
    twin: Plan


def told(pairs: Sequence[Pair]) -> str:
    """What the tool says of every pair: the findings of the danger, and whom it hits."""
    return "".join(map(_told, pairs))


def _told(pair: Pair) -> str:
    danger = judge(pair.danger)
    lines = [pair.name, *(f"  {item}" for item in findings_of(danger))]
    lines += [f"  hits {item}" for item in victims_of(danger)]
    return "\n".join(lines) + "\n"


def is_held(plan: Plan) -> bool:
    """Whether the plan waits for a person."""
    return judge(plan).decision.verdict is not Verdict.ALLOWED


def judge(plan: Plan, naming: HitModel | None = None) -> Assessment:
    """The assessment under the default policy, in an environment that nothing names."""
    return assess(plan, Policy(), Circumstances(today=TODAY), naming=naming)


def findings_of(assessment: Assessment) -> tuple[str, ...]:
    """Each finding as `rule address`, sorted."""
    found = [item for change in assessment.changes for item in change.findings]
    found += assessment.plan_findings
    return tuple(sorted({f"{item.rule} {item.address}" for item in found}))


def victims_of(assessment: Assessment) -> tuple[str, ...]:
    """Who is hit by a change that has findings, sorted."""
    hit = {one.address for item in assessment.changes if item.findings for one in item.radius.hits}
    return tuple(sorted(hit))
