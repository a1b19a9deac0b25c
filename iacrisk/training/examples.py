"""Rows of the outcome lab as examples to learn from: columns of each change, and the label.

examples = read_examples(Path("fixtures/lab/rows"))
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Final

import msgspec

from iacrisk.assess import Assessment, Circumstances, assess
from iacrisk.catalog import attachment
from iacrisk.features import FEATURE_SCHEMA, extract_features
from iacrisk.gate import Policy, Verdict
from iacrisk.graph import Effect, Graph, blast_radius
from iacrisk.plan import ActionKind, Plan, ResourceChange, decode_plan
from iacrisk.score import score_finding
from iacrisk.training.outcome import BETWEEN, HARD
from iacrisk.training.rows import Row, usable_rows
from iacrisk.training.splits import Origin
from iacrisk.training.told import Told, parties_of, programs_of

_TODAY: Final = datetime.date(2026, 1, 1)
_TUTORIAL_WEIGHTS: Final = {
    ActionKind.DELETE: 10,
    ActionKind.REPLACE: 11,
    ActionKind.CREATE: 1,
    ActionKind.UPDATE: 1,
}
"""The score of Open Policy Agent's Terraform tutorial: delete 10, create 1, modify 1."""


class ChangeExample(msgspec.Struct, frozen=True, kw_only=True):
    """One change: its columns, and the addresses it touches or can reach."""

    label: str
    values: dict[str, float]
    reaches: frozenset[str]
    type: str = ""
    fired: frozenset[str] = frozenset()
    """Rules that found something in it: for comparison alone, no model is trained on them."""


class RulesSay(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules alone make of the plan."""

    scores: dict[str, int]
    """Of each change, by its label."""
    others: tuple[int, ...]
    """Of findings that belong to no single change."""
    held: bool
    benign: frozenset[str]
    """Changes that a harmless look-alike explains as a whole; the model is not heard on them."""
    named: dict[str, frozenset[str]]
    """For each change the addresses that a report names: its own, and of those it hits."""


class Seen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What columns and rules made of a plan before it was masked, where masking changes that."""

    feature_schema: str
    """Of the columns; other ones are taken from the masked plan."""
    columns: dict[str, dict[str, float]] = {}
    """Of the changes that look different, by label."""
    rules: RulesSay | None = None


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One case."""

    name: str
    origin: Origin
    operators: tuple[str, ...]
    harmful: bool
    worst: str
    victims: frozenset[str]
    concerned: frozenset[str]
    """The victims and the other parties: a flow's target, an access's resource."""
    changes: tuple[ChangeExample, ...]
    rules: RulesSay
    destroys: bool
    tutorial: int
    told: Told | None = None
    """Everybody whom a report could name, where somebody is known to have suffered."""

    @property
    def is_between(self) -> bool:
        """Neither harmful nor harmless.

        A guard is gone, less than needed is left, or the apply stopped half way. Nothing learns
        from such plans and no area counts them; a person may well want to see them.
        """
        return not self.harmful and self.worst in BETWEEN

    @property
    def suspects(self) -> tuple[bool, ...]:
        """Which changes may have done the harm: those that touch or reach somebody concerned.

        All of them where none does; none where nothing was harmed.
        """
        if not self.harmful:
            return (False,) * len(self.changes)
        found = tuple(not self.concerned.isdisjoint(item.reaches) for item in self.changes)
        return found if any(found) else (True,) * len(self.changes)


def read_examples(folder: Path, workers: int = 2) -> list[Example]:
    """The usable rows under `folder` as examples, in the order of the rows."""
    if workers == 1:
        return _every(folder, 0, 1)
    with ProcessPoolExecutor(workers) as pool:
        asked = [pool.submit(_every, folder, turn, workers) for turn in range(workers)]
        parts = [future.result() for future in asked]
    dealt = zip_longest(*parts)
    return [example for hand in dealt for example in hand if example is not None]


def _every(folder: Path, first: int, step: int) -> list[Example]:
    return list(map(to_example, islice(usable_rows(folder), first, None, step)))


def to_example(row: Row) -> Example:
    """The row with its columns and what the rules say."""
    plan = decode_plan(row.plan_json)
    assessment = _assess(plan)
    graph = assessment.graph
    outcome = row.outcome
    seen = _seen(row)
    fired = {
        item.address: frozenset(finding.rule for finding in item.findings)
        for item in assessment.changes
    }
    hard = [item for item in outcome.broken if item.harm in HARD]
    origin = Origin(
        stack=row.case.stack, families=frozenset(edit.family for edit in row.case.edits)
    )
    return Example(
        name=row.case.name,
        origin=origin,
        operators=tuple(edit.operator for edit in row.case.edits),
        harmful=outcome.harmful,
        worst=outcome.worst,
        victims=outcome.victims,
        concerned=outcome.victims | frozenset(chain.from_iterable(item.also for item in hard)),
        changes=tuple(
            ChangeExample(
                label=item.label,
                values=seen.columns.get(item.label, item.values),
                reaches=frozenset(_reaches(plan.by_label[item.label], graph)),
                type=plan.by_label[item.label].type,
                fired=fired.get(item.label, frozenset()),
            )
            for item in extract_features(plan, graph)
        ),
        rules=seen.rules or _rules_say(assessment),
        destroys=any(change.destroys for change in plan.pending),
        tutorial=sum(_TUTORIAL_WEIGHTS.get(change.kind, 0) for change in plan.pending),
        told=_told(row.case.name, origin, outcome.victims, assessment),
    )


def _told(
    name: str, origin: Origin, victims: frozenset[str], assessment: Assessment
) -> Told | None:
    if not victims:
        return None
    return Told(
        source="lab",
        name=name,
        group=origin.stack,
        origin=origin,
        victims=victims,
        programs=programs_of(assessment.graph, victims),
        parties=parties_of(assessment, "lab"),
    )


def _seen(row: Row) -> Seen:
    nothing = Seen(feature_schema=FEATURE_SCHEMA)
    if row.recorded is None:
        return nothing
    seen = msgspec.json.decode(row.recorded.seen, type=Seen | None) or nothing
    return seen if seen.feature_schema == FEATURE_SCHEMA else nothing


def _reaches(change: ResourceChange, graph: Graph) -> Iterator[str]:
    """The change itself, what an attachment acts on, and everyone harm can travel to."""
    yield change.label
    if attachment(change.type):
        yield from (use.node.label for use in graph.dependencies(change.label))
    for effect in (Effect.GONE, Effect.IMPAIRED):
        for hit in blast_radius(graph, change.label, effect).reached:
            yield from (step.address for step in hit.path)


def rules_say(plan: Plan) -> RulesSay:
    """What the rules alone make of the plan, in production and without a policy."""
    return _rules_say(_assess(plan))


def _assess(plan: Plan) -> Assessment:
    return assess(plan, Policy(), Circumstances(today=_TODAY, environment="production"))


def _rules_say(assessment: Assessment) -> RulesSay:
    return RulesSay(
        scores={item.address: item.score.score for item in assessment.changes},
        others=tuple(score_finding(item).score for item in assessment.plan_findings),
        held=assessment.decision.verdict is not Verdict.ALLOWED,
        benign=frozenset(item.address for item in assessment.changes if item.benign),
        named={
            item.address: frozenset(
                [item.change.address, *(hit.address for hit in item.radius.hits)]
            )
            for item in assessment.changes
        },
    )
