"""The pipeline: the product on one screen.

decode the plan -> build the graph -> run the rules, and beside them ask the model -> apply the
policy -> score the changes -> decide the gate. Rendering is `report`'s business.
Everything here is pure: the same plan, policy, date and model give the same assessment.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from iacrisk import __version__
from iacrisk.classifier import HitModel, Influence, Manifest, Model, Prediction
from iacrisk.features import extract_features, hit_rows
from iacrisk.gate import (
    ApprovalOutcome,
    Decision,
    Environment,
    EnvironmentEvidence,
    EnvironmentSettings,
    ModelUse,
    Policy,
    TreatedReview,
    WaivedFinding,
    decide,
    detect_environment,
    environment_of,
    is_disposable,
    never_held,
    own_environment,
    scrutiny_of,
    scrutiny_reasons,
    strictest,
    treat,
    waives_model,
)
from iacrisk.graph import (
    BlastRadius,
    Effect,
    Graph,
    Hit,
    Origin,
    blast_radius,
    build_graph,
    with_named,
)
from iacrisk.plan import Doubt, DoubtFound, Plan, ResourceChange
from iacrisk.provenance import NOTHING_TOLD, Told
from iacrisk.rules import (
    Context,
    Finding,
    OwnRules,
    Review,
    RuleFailure,
    SuppressedFinding,
    UndecidedRule,
    review,
)
from iacrisk.score import (
    ChangeScore,
    Contribution,
    effect_of,
    model_contribution,
    plan_score,
    score_benign,
    score_change,
    score_finding,
)
from iacrisk.source import NO_SOURCE, Place, SourceFacts

_HITS_FOR_THE_SCORE = 64
_NAMED_IN_FULL = 200
_PROBLEMS_TOLD = 5
_HITS_WEIGHED = 1000
_HITS_WEIGHED_OF_ONE = 100
"""Whom the model weighs, in all and of one change: reports show a few."""

T = TypeVar("T")


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What an assessment depends on beside the plan, the policy and the models.

    `model_problem` says why a model that should be asked cannot be, `naming_problem` the same of
    the one that says who suffers.
    """

    today: datetime.date
    workspace: str = ""
    environment: str = ""
    source: SourceFacts = NO_SOURCE
    model_problem: str = ""
    naming_problem: str = ""
    own: OwnRules = OwnRules()
    told: Told = NOTHING_TOLD


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """What the model says of one change and why, the largest influence first.

    `counts` is False where it is only shown: the model is advisory, or somebody waives it here.
    """

    prediction: Prediction
    influences: tuple[Influence, ...]
    counts: bool


class ModelAsked(msgspec.Struct, frozen=True, kw_only=True):
    """The model that was asked, and what it says of the plan as a whole."""

    manifest: Manifest
    bar: float
    intercept: float
    plan_chance: float
    counts: bool


class AssessedChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change with all that is known about it. `benign` is the look-alike that explains it.

    `place`: where its block is declared, given the configuration's text.
    """

    change: ResourceChange
    score: ChangeScore
    findings: tuple[Finding, ...]
    suppressed: tuple[SuppressedFinding, ...]
    undecided: tuple[UndecidedRule, ...]
    radius: BlastRadius
    benign: str = ""
    opinion: Opinion | None = None
    place: Place | None = None
    environment: Environment = Environment.PRODUCTION
    """The one whose bars hold for this change."""

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
    policy: Policy = Policy()
    own: OwnRules = OwnRules()
    model: ModelAsked | None = None
    model_problems: tuple[str, ...] = ()
    """Why models that would only have advised could not be asked."""
    source_problems: tuple[str, ...] = ()
    provisional: tuple[str, ...] | None = None
    """What is undecided because no plan was at hand; None where there was one."""
    approval: ApprovalOutcome | None = None
    """What approvals did to the verdict; None where none were asked for."""
    told: Told = NOTHING_TOLD
    """Who wrote the change and what is said of it; no input to the score."""


def assess(
    plan: Plan,
    policy: Policy,
    circumstances: Circumstances,
    model: Model | None = None,
    naming: HitModel | None = None,
) -> Assessment:
    """Judge `plan` under `policy`, by the rules alone where there is no model.

    `naming` tells the likely among those hit from the others; without it all are named. It moves
    no score. Raises SettingsError for an expired waiver.
    """
    graph = build_graph(plan)
    environment = detect_environment(
        plan, policy.environments, circumstances.workspace, circumstances.environment
    )
    places = _Places(plan, graph, environment, policy)
    told = circumstances.told
    context = Context(plan, graph, circumstances.source, places.environment, told)
    said = review(context, own=circumstances.own.rules)
    treated = treat(said, policy, places.settings, circumstances.today)
    benign = _explained(said, treated, circumstances)
    opinions = _Opinions(plan, graph, policy, places, model, benign)
    names = _Names(plan, graph, None if policy.model.use is ModelUse.OFF else naming)
    changes = _score_changes(plan, graph, said, treated, benign, opinions, names, circumstances)
    changing = {item.address for item in changes}
    plan_findings = tuple(item for item in treated.findings if item.address not in changing)
    scores = (*(item.score for item in changes), *map(score_finding, plan_findings))
    doubts = (
        *plan.doubts(),
        *_rule_doubts(said.failures, circumstances.own),
        *_model_doubts(circumstances.model_problem, policy),
        *_source_doubts(circumstances.source.edits.problems),
    )
    types = {item.address: item.change.type for item in changes}
    scrutiny = scrutiny_of(policy, told)
    asked = scrutiny_reasons(
        scrutiny,
        told,
        treated.findings,
        lambda address: never_held(policy, address, types),
        has_changes=bool(changes),
    )
    return Assessment(
        version=__version__,
        plan=plan,
        graph=graph,
        environment=environment,
        decision=decide(scores, types, doubts, policy, places.settings(""), scrutiny, asked),
        score=plan_score(scores),
        changes=changes,
        plan_findings=plan_findings,
        waived=treated.waived,
        disabled=treated.disabled,
        failures=said.failures,
        doubts=doubts,
        policy=policy,
        own=circumstances.own,
        model=opinions.asked,
        model_problems=tuple(_model_problems(circumstances, policy)),
        source_problems=circumstances.source.problems,
        provisional=circumstances.source.provisional,
        told=told,
    )


class _Opinions:
    """What the model says of each change, and how much that counts there.

    It is not asked about what a look-alike explains as a whole (`benign`).
    """

    def __init__(
        self,
        plan: Plan,
        graph: Graph,
        policy: Policy,
        places: _Places,
        model: Model | None,
        benign: Mapping[str, str],
    ) -> None:
        self.places = places
        self._policy = policy
        self._model = None if policy.model.use is ModelUse.OFF else model
        self._values: Mapping[str, dict[str, float]] = {}
        self._predictions: Mapping[str, Prediction] = {}
        self.asked: ModelAsked | None = None
        if self._model is not None:
            self._ask(self._model, plan, graph, benign)

    def _ask(self, model: Model, plan: Plan, graph: Graph, benign: Container[str]) -> None:
        rows = extract_features(plan, graph, benign)
        predictions = model.predict(rows)
        self._values = {row.label: row.values for row in rows}
        self._predictions = {item.label: item for item in predictions}
        self.asked = ModelAsked(
            manifest=model.manifest,
            bar=model.artifact.hold,
            intercept=model.artifact.intercept,
            plan_chance=model.plan_chance(predictions),
            counts=model.moves_verdict and self._policy.model.use is ModelUse.AS_SHIPPED,
        )

    def of(self, label: str) -> Opinion | None:
        prediction = self._predictions.get(label)
        if prediction is None or self._model is None or self.asked is None:
            return None
        return Opinion(
            prediction=prediction,
            influences=self._model.influences(self._values[label]),
            counts=self.asked.counts and not waives_model(self._policy, label),
        )

    def warn(self, item: AssessedChange) -> AssessedChange:
        """The change, with what the model says of it where that is alarming."""
        prediction = self._predictions.get(item.address)
        if prediction is None or self.asked is None or prediction.chance < self.asked.bar:
            return item
        return msgspec.structs.replace(item, opinion=self.of(item.address))

    def holds(self, label: str) -> bool:
        """Whether the model counts here and says that something breaks."""
        prediction = self._predictions.get(label)
        return (
            prediction is not None
            and self.asked is not None
            and self.asked.counts
            and prediction.chance >= self.asked.bar
            and not waives_model(self._policy, label)
        )

    def contributions(self, label: str, lower: int) -> tuple[Contribution, ...]:
        prediction = self._predictions.get(label)
        if prediction is None or self.asked is None or not self.asked.counts:
            return ()
        if waives_model(self._policy, label):
            return ()
        return (model_contribution(prediction.chance, self.asked.bar, lower),)


class _Names:
    """Who of those hit is likely to suffer."""

    def __init__(self, plan: Plan, graph: Graph, model: HitModel | None) -> None:
        self._plan = plan
        self._graph = graph
        self._model = model
        self._left = _HITS_WEIGHED

    def weigh(self, change: ResourceChange, radius: BlastRadius) -> BlastRadius:
        """The radius with the likeliest first, and with the unlikely folded.

        Who is named by a rule stays named. Of thousands that are hit the nearest are weighed.
        """
        model = self._model
        if model is None or self._left <= 0:
            return radius
        most = min(self._left, _HITS_WEIGHED_OF_ONE)
        itself, *rows = hit_rows(self._plan, self._graph, change, radius, most)
        self._left -= len(rows) + 1
        weighed = [
            _weighed(hit, model.chance(row), model.bar)
            for hit, row in zip(radius.reached, rows, strict=False)
        ]
        weighed.sort(key=lambda hit: -(hit.chance or 0))
        rest = (msgspec.structs.replace(hit, folded=True) for hit in radius.reached[most:])
        own = model.chance(itself)
        return msgspec.structs.replace(
            radius, reached=(*weighed, *rest), itself=own, names_itself=own >= model.bar
        )


def _weighed(hit: Hit, chance: float, bar: float) -> Hit:
    is_ruled = hit.path[-1].origin is Origin.RULE
    return msgspec.structs.replace(hit, chance=chance, folded=chance < bar and not is_ruled)


class _Places:
    """The settings of the environment that holds at an address."""

    def __init__(
        self, plan: Plan, graph: Graph, whole: EnvironmentEvidence, policy: Policy
    ) -> None:
        self._plan = plan
        self._graph = graph
        self._whole = whole
        self._environments = policy.environments
        self._found: dict[str, Environment] = {}

    def settings(self, label: str) -> EnvironmentSettings:
        return self.environment(label).settings(self._environments)

    def environment(self, label: str) -> Environment:
        if label not in self._found:
            change = self._plan.by_label.get(label)
            whole = self._whole.environment
            self._found[label] = whole if change is None else self._environment(change)
        return self._found[label]

    def _environment(self, change: ResourceChange) -> Environment:
        """The change's own, unless something of a stricter one uses the object."""
        found = environment_of(change, self._whole)
        if found is self._whole.environment or is_disposable(change):
            return found
        users = (use.node.change for use in self._graph.consumers(change.label))
        others = [own_environment(user) for user in users if user is not None]
        return strictest([found, *(other for other in others if other is not None)])


def _explained(
    said: Review, treated: TreatedReview, circumstances: Circumstances
) -> Mapping[str, str]:
    """The changes that a look-alike explains as a whole; a team's own rule knows better."""
    own = {rule.id for rule in circumstances.own.rules}
    asked = {finding.address for finding in treated.findings if finding.rule in own}
    return {label: by for label, by in said.benign.items() if label not in asked}


def _score_changes(
    plan: Plan,
    graph: Graph,
    said: Review,
    treated: TreatedReview,
    benign: Mapping[str, str],
    opinions: _Opinions,
    names: _Names,
    circumstances: Circumstances,
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
            benign.get(change.label, ""),
            opinions,
            circumstances.source.place_of(change),
        )
        for change in plan.pending
    ]
    assessed.sort(key=lambda item: (-item.score.score, item.address))
    named = [_in_full(graph, item, opinions, names) for item in assessed[:_NAMED_IN_FULL]]
    others = [opinions.warn(item) for item in assessed[_NAMED_IN_FULL:]]
    return (*named, *others)


def _assess_change(
    graph: Graph,
    change: ResourceChange,
    findings: Sequence[Finding],
    suppressed: Sequence[SuppressedFinding],
    undecided: Sequence[UndecidedRule],
    benign: str,
    opinions: _Opinions,
    place: Place | None,
) -> AssessedChange:
    effect, changed = Effect.NONE, frozenset[str]()
    if not benign:
        holds = opinions.holds(change.label)
        effect, changed = effect_of(change, findings, model_holds=holds)
    radius = blast_radius(graph, change.label, effect, changed, _HITS_FOR_THE_SCORE)
    radius = with_named(graph, radius, _named_by(findings))
    if benign:
        score = score_benign(change)
    else:
        lower = opinions.places.settings(change.label).lower
        said = opinions.contributions(change.label, lower)
        score = score_change(change, findings, radius, said, lower)
    return AssessedChange(
        change=change,
        score=score,
        findings=tuple(findings),
        suppressed=tuple(suppressed),
        undecided=tuple(undecided),
        radius=radius,
        benign=benign,
        place=place,
        environment=opinions.places.environment(change.label),
    )


def _named_by(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    """Whom the findings name beside those that the graph leads to."""
    return [(finding.rule, address) for finding in findings for address in finding.hurts]


def _in_full(
    graph: Graph, item: AssessedChange, opinions: _Opinions, names: _Names
) -> AssessedChange:
    """With what the model says, and with all hits: the score saturates, the report names them."""
    radius = item.radius
    if radius.more:
        holds = opinions.holds(item.address)
        effect, changed = effect_of(item.change, item.findings, model_holds=holds)
        radius = blast_radius(graph, item.address, effect, changed)
        radius = with_named(graph, radius, _named_by(item.findings))
    if not item.benign:
        radius = names.weigh(item.change, radius)
    return msgspec.structs.replace(item, opinion=opinions.of(item.address), radius=radius)


def _rule_doubts(failures: Sequence[RuleFailure], own: OwnRules) -> Iterator[DoubtFound]:
    if failures:
        rules = sorted({failure.rule for failure in failures})
        are_own = set(rules) <= {rule.id for rule in own.rules}
        corrected = "Correct these rules of yours (`iacrisk rules --test PLAN` says what is wrong)"
        what = corrected if are_own else "Please report it"
        yield DoubtFound(
            doubt=Doubt.RULE_FAILED,
            problem=f"Rules failed on this plan, so their verdict is missing: {', '.join(rules)}.",
            remedy=f"{what}; until then a person has to look at these changes.",
            addresses=tuple(sorted({failure.address for failure in failures})),
        )


def _model_problems(circumstances: Circumstances, policy: Policy) -> Iterator[str]:
    problem, naming = circumstances.model_problem, circumstances.naming_problem
    if problem and policy.model.use is not ModelUse.AS_SHIPPED:
        yield f"The trained model, which only advises, could not be asked: {problem}"
    if naming:
        yield f"Everybody within reach is named as hit, for the model that weighs them: {naming}"


def _model_doubts(problem: str, policy: Policy) -> Iterator[DoubtFound]:
    if problem and policy.model.use is ModelUse.AS_SHIPPED:
        yield DoubtFound(
            doubt=Doubt.MODEL_UNUSABLE,
            problem=f"The trained model could not be asked: {problem}",
            remedy="Install iacrisk anew, retrain your own model with this release, or set "
            'use = "off" under [model] in iacrisk.toml.',
        )


def _source_doubts(problems: Sequence[str]) -> Iterator[DoubtFound]:
    if problems:
        yield DoubtFound(
            doubt=Doubt.CONFIGURATION_UNREAD,
            problem="The configuration could not be compared as a whole, so a guard may have "
            f"gone unseen: {' '.join(problems[:_PROBLEMS_TOLD])}",
            remedy="Correct the file; if terraform reads it, report it, and until then set "
            'configuration_unread = "note" under [doubts].',
        )


def _by_address(items: Iterable[T], address: Callable[[T], str]) -> dict[str, list[T]]:
    grouped: dict[str, list[T]] = {}
    for item in items:
        grouped.setdefault(address(item), []).append(item)
    return grouped
