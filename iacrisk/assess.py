"""The pipeline: the product on one screen.

decode the plan -> build the graph -> run the rules (the classifier will stand beside them) ->
apply the policy -> score the changes -> decide the gate. Rendering is `report`'s business.
Everything here is pure: the same plan, policy and date give the same assessment.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from iacrisk import __version__
from iacrisk.gate import (
    Decision,
    Environment,
    EnvironmentEvidence,
    EnvironmentSettings,
    Policy,
    TreatedReview,
    WaivedFinding,
    decide,
    detect_environment,
    environment_of,
    own_environment,
    strictest,
    treat,
)
from iacrisk.graph import BlastRadius, Effect, Graph, blast_radius, build_graph, with_named
from iacrisk.plan import Doubt, DoubtFound, Plan, ResourceChange
from iacrisk.rules import (
    Context,
    Finding,
    Review,
    RuleFailure,
    SuppressedFinding,
    UndecidedRule,
    review,
)
from iacrisk.score import (
    ChangeScore,
    effect_of,
    plan_score,
    score_benign,
    score_change,
    score_finding,
)

_HITS_FOR_THE_SCORE = 64
_NAMED_IN_FULL = 200

T = TypeVar("T")


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What an assessment depends on beside the plan and the policy."""

    today: datetime.date
    workspace: str = ""
    environment: str = ""
    unguarded: frozenset[str] = frozenset()


class AssessedChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change with all that is known about it. `benign` is the look-alike that explains it."""

    change: ResourceChange
    score: ChangeScore
    findings: tuple[Finding, ...]
    suppressed: tuple[SuppressedFinding, ...]
    undecided: tuple[UndecidedRule, ...]
    radius: BlastRadius
    benign: str = ""

    @property
    def address(self) -> str:
        """The address with the deposed key."""
        return self.change.label


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """The judged plan. `changes` are sorted by falling score, then by address.

    `plan_findings` belong to no single change: their address is "", or of what stays as it is.
    """

    version: str
    plan: Plan
    graph: Graph
    environment: EnvironmentEvidence
    decision: Decision
    score: int
    changes: tuple[AssessedChange, ...]
    plan_findings: tuple[Finding, ...]
    waived: tuple[WaivedFinding, ...]
    disabled: tuple[Finding, ...]
    failures: tuple[RuleFailure, ...]
    doubts: tuple[DoubtFound, ...]


def assess(plan: Plan, policy: Policy, circumstances: Circumstances) -> Assessment:
    """Judge `plan` under `policy`; raises SettingsError for an expired waiver."""
    graph = build_graph(plan)
    said = review(Context(plan, graph, circumstances.unguarded))
    environment = detect_environment(
        plan, policy.environments, circumstances.workspace, circumstances.environment
    )
    places = _Places(plan, graph, environment, policy)
    treated = treat(said, policy, places.settings, circumstances.today)
    changes = _score_changes(plan, graph, said, treated, places)
    changing = {item.address for item in changes}
    plan_findings = tuple(item for item in treated.findings if item.address not in changing)
    scores = (*(item.score for item in changes), *map(score_finding, plan_findings))
    doubts = (*plan.doubts(), *_rule_doubts(said.failures))
    types = {item.address: item.change.type for item in changes}
    return Assessment(
        version=__version__,
        plan=plan,
        graph=graph,
        environment=environment,
        decision=decide(scores, types, doubts, policy, places.settings("")),
        score=plan_score(scores),
        changes=changes,
        plan_findings=plan_findings,
        waived=treated.waived,
        disabled=treated.disabled,
        failures=said.failures,
        doubts=doubts,
    )


class _Places:
    """The settings of the environment that holds at an address."""

    def __init__(
        self, plan: Plan, graph: Graph, whole: EnvironmentEvidence, policy: Policy
    ) -> None:
        self._plan = plan
        self._graph = graph
        self._whole = whole
        self._environments = policy.environments

    def settings(self, label: str) -> EnvironmentSettings:
        change = self._plan.by_label.get(label)
        environment = self._whole.environment if change is None else self._environment(change)
        return environment.settings(self._environments)

    def _environment(self, change: ResourceChange) -> Environment:
        """The change's own, unless something of a stricter one uses the object."""
        found = environment_of(change, self._whole)
        if found is self._whole.environment:
            return found
        users = (use.node.change for use in self._graph.consumers(change.label))
        others = [own_environment(user) for user in users if user is not None]
        return strictest([found, *(other for other in others if other is not None)])


def _score_changes(
    plan: Plan, graph: Graph, said: Review, treated: TreatedReview, places: _Places
) -> tuple[AssessedChange, ...]:
    findings = _by_address(treated.findings, lambda item: item.address)
    suppressed = _by_address(said.suppressed, lambda item: item.finding.address)
    undecided = _by_address(said.undecided, lambda item: item.address)
    assessed = [
        _assess_change(
            graph,
            change,
            findings.get(change.label, ()),
            suppressed.get(change.label, ()),
            undecided.get(change.label, ()),
            said.benign.get(change.label, ""),
            places,
        )
        for change in plan.pending
    ]
    assessed.sort(key=lambda item: (-item.score.score, item.address))
    named = [_with_every_hit(graph, item) for item in assessed[:_NAMED_IN_FULL]]
    return (*named, *assessed[_NAMED_IN_FULL:])


def _assess_change(
    graph: Graph,
    change: ResourceChange,
    findings: Sequence[Finding],
    suppressed: Sequence[SuppressedFinding],
    undecided: Sequence[UndecidedRule],
    benign: str,
    places: _Places,
) -> AssessedChange:
    effect, changed = (Effect.NONE, frozenset[str]()) if benign else effect_of(change, findings)
    radius = blast_radius(graph, change.label, effect, changed, _HITS_FOR_THE_SCORE)
    radius = with_named(graph, radius, _named_by(findings))
    if benign:
        score = score_benign(change)
    else:
        lower = places.settings(change.label).lower
        score = score_change(change, findings, radius, lower=lower)
    return AssessedChange(
        change=change,
        score=score,
        findings=tuple(findings),
        suppressed=tuple(suppressed),
        undecided=tuple(undecided),
        radius=radius,
        benign=benign,
    )


def _named_by(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    """Whom the findings name beside those that the graph leads to."""
    return [(finding.rule, address) for finding in findings for address in finding.hurts]


def _with_every_hit(graph: Graph, item: AssessedChange) -> AssessedChange:
    """The score saturates after some hits; the report names them all."""
    if not item.radius.more:
        return item
    effect, changed = effect_of(item.change, item.findings)
    radius = blast_radius(graph, item.address, effect, changed)
    radius = with_named(graph, radius, _named_by(item.findings))
    return msgspec.structs.replace(item, radius=radius)


def _rule_doubts(failures: Sequence[RuleFailure]) -> Iterator[DoubtFound]:
    if failures:
        rules = ", ".join(sorted({failure.rule for failure in failures}))
        yield DoubtFound(
            doubt=Doubt.RULE_FAILED,
            problem=f"Rules failed on this plan, so their verdict is missing: {rules}.",
            remedy="Please report it; until then a person has to look at these changes.",
            addresses=tuple(sorted({failure.address for failure in failures})),
        )


def _by_address(items: Iterable[T], address: Callable[[T], str]) -> dict[str, list[T]]:
    grouped: dict[str, list[T]] = {}
    for item in items:
        grouped.setdefault(address(item), []).append(item)
    return grouped
