"""The JSON report: a versioned schema of our own, so that the inside may change."""

from __future__ import annotations

from typing import Final

import msgspec

from iacrisk.assess import AssessedChange, Assessment, ModelAsked, Opinion
from iacrisk.gate import ApprovalOutcome, WaivedFinding, policy_digest
from iacrisk.graph import Hit
from iacrisk.plan import Redactor
from iacrisk.provenance import Claim, Provenance
from iacrisk.report.words import describe
from iacrisk.rules import Finding, SuppressedFinding, UndecidedRule
from iacrisk.source import Place

SCHEMA_VERSION: Final = "1.6"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Base of the schema's values."""


class EvidenceItem(Item, frozen=True, kw_only=True):
    """An attribute that proves a finding; sensitive values are masked."""

    path: str
    before: str
    after: str


class FindingItem(Item, frozen=True, kw_only=True):
    """What a rule found."""

    rule: str
    name: str
    severity: str
    confidence: str
    harm: str
    what: str
    evidence: list[EvidenceItem]


class PlanFindingItem(Item, frozen=True, kw_only=True):
    """A finding on the plan as a whole, or on a resource that stays as it is."""

    address: str
    finding: FindingItem


class SuppressedItem(Item, frozen=True, kw_only=True):
    """A finding that a benign look-alike took back."""

    finding: FindingItem
    by: str
    reason: str


class UndecidedItem(Item, frozen=True, kw_only=True):
    """A rule that could not decide because a value is not known yet."""

    rule: str
    name: str
    why: str
    paths: list[str]


class StepItem(Item, frozen=True, kw_only=True):
    """One hop: the resource reached and the reference that leads there."""

    address: str
    reference: str
    origin: str
    precision: str


class HitItem(Item, frozen=True, kw_only=True):
    """A resource hit by the change. `strength` in (0, 1]: how sure the path is.

    `chance`: how likely it suffers where the change does harm, null where nobody was asked.
    `named`: whether reports name it, or only count it among those that may notice.
    """

    address: str
    type: str
    hops: int
    strength: float
    chance: float | None
    named: bool
    path: list[StepItem]


class ContributionItem(Item, frozen=True, kw_only=True):
    """One term of a score."""

    part: str
    source: str
    value: float


class InfluenceItem(Item, frozen=True, kw_only=True):
    """What one column of docs/features.md, or two together, add to the log odds."""

    columns: list[str]
    amount: float


class OpinionItem(Item, frozen=True, kw_only=True):
    """What the trained model says of one change.

    `chance`: calibrated, that a plan with this change alone breaks something. The influences
    and the model's intercept add up to `log_odds`. `counts`: whether it moves the score.
    """

    chance: float
    log_odds: float
    counts: bool
    influences: list[InfluenceItem]


class ModelItem(Item, frozen=True, kw_only=True):
    """The trained model that was asked. From the chance `bar` on a change waits."""

    sha256: str
    kind: str
    iacrisk_version: str
    counts: bool
    bar: float
    intercept: float
    plan_chance: float


class PlaceItem(Item, frozen=True, kw_only=True):
    """Where a block is declared; `in_base`: where it stood before it was removed."""

    file: str
    line: int
    in_base: bool


class ChangeItem(Item, frozen=True, kw_only=True):
    """One change. `itself`: how likely the changed resource suffers, as `chance` of a hit."""

    address: str
    type: str
    actions: list[str]
    action_reason: str | None
    score: int
    impact: float
    likelihood: float
    waits: bool
    benign: str | None
    summary: str
    effect: str
    findings: list[FindingItem]
    suppressed: list[SuppressedItem]
    undecided: list[UndecidedItem]
    hits: list[HitItem]
    hits_complete: bool
    itself: float | None
    names_itself: bool
    contributions: list[ContributionItem]
    opinion: OpinionItem | None
    place: PlaceItem | None


class WaivedItem(Item, frozen=True, kw_only=True):
    """A finding that the policy waives."""

    address: str
    finding: FindingItem
    owner: str
    reason: str
    expires: str


class DoubtItem(Item, frozen=True, kw_only=True):
    """Why the plan cannot be fully judged."""

    doubt: str
    problem: str
    remedy: str
    addresses: list[str]


class ReasonItem(Item, frozen=True, kw_only=True):
    """A reason for the verdict."""

    verdict: str
    what: str
    address: str


class EnvironmentItem(Item, frozen=True, kw_only=True):
    """The environment and what says so."""

    name: str
    known: bool
    evidence: list[str]


class GraphItem(Item, frozen=True, kw_only=True):
    """How complete the graph is."""

    nodes: int
    edges: int
    has_configuration: bool
    unresolved: list[str]


class OwnRuleItem(Item, frozen=True, kw_only=True):
    """A rule that is not built in, and where it comes from."""

    id: str
    name: str
    origin: str


class PluginItem(Item, frozen=True, kw_only=True):
    """An installed package whose rules were asked; `sha256` is of its files."""

    name: str
    distribution: str
    version: str
    sha256: str


class PolicyItem(Item, frozen=True, kw_only=True):
    """What the plan was judged by beside the release. `sha256`: of all settings, own rules too."""

    sha256: str
    own_rules: list[OwnRuleItem]
    plugins: list[PluginItem]


class RuleFailureItem(Item, frozen=True, kw_only=True):
    """A rule that failed, and so did not judge."""

    rule: str
    address: str
    error: str


class GrantItem(Item, frozen=True, kw_only=True):
    """An approval that counts; `person` is whom the policy takes the signer for."""

    person: str
    signer: str
    key: str
    statement: str
    reason: str
    approved_at: str
    expires: str


class RefusalItem(Item, frozen=True, kw_only=True):
    """An approval that does not count."""

    source: str
    why: str


class ApprovalItem(Item, frozen=True, kw_only=True):
    """What approvals did; `verdict` is the one without them."""

    verdict: str
    approved: bool
    granted: list[GrantItem]
    refused: list[RefusalItem]
    missing: list[str]
    notes: list[str]


class SignItem(Item, frozen=True, kw_only=True):
    """A sign that an AI wrote a part of the change. `quote` is text of the change."""

    tool: str
    where: str
    quote: str
    confidence: float


class ProvenanceItem(Item, frozen=True, kw_only=True):
    """Who wrote the change: `ai`, `unknown`, or `human` where that is stated.

    `looked`: whether a CI host or Git was asked. `contradicted`: a person is stated, and a sign
    is beyond doubt. `problems`: what could not be read.
    """

    answer: str
    stated: str | None
    confidence: float
    contradicted: bool
    looked: bool
    signs: list[SignItem]
    problems: list[str]


class ClaimItem(Item, frozen=True, kw_only=True):
    """What the plan was held against. `understood` is empty where nothing was."""

    source: str
    is_exact: bool
    understood: list[str]


class Report(Item, frozen=True, kw_only=True):
    """An assessment. `soft`: the run exits with 0 whatever `exit_code` says."""

    schema_version: str
    iacrisk_version: str
    terraform_version: str
    format_version: str
    verdict: str
    exit_code: int
    soft: bool
    score: int
    hold: int
    block: int
    environment: EnvironmentItem
    reasons: list[ReasonItem]
    doubts: list[DoubtItem]
    plan_findings: list[PlanFindingItem]
    changes: list[ChangeItem]
    waived: list[WaivedItem]
    rule_failures: list[RuleFailureItem]
    graph: GraphItem
    policy: PolicyItem
    model: ModelItem | None
    source_problems: list[str]
    provisional: list[str] | None
    approval: ApprovalItem | None
    provenance: ProvenanceItem
    claims: list[ClaimItem]


def render_json(assessment: Assessment) -> str:
    """The report as indented JSON with a final newline."""
    encoded = msgspec.json.encode(to_report(assessment))
    return msgspec.json.format(encoded, indent=2).decode() + "\n"


def to_report(assessment: Assessment) -> Report:
    """The assessment as values of the published schema."""
    redactor = assessment.plan.redactor
    decision = assessment.decision
    return Report(
        schema_version=SCHEMA_VERSION,
        iacrisk_version=assessment.version,
        terraform_version=assessment.plan.document.terraform_version,
        format_version=assessment.plan.document.format_version,
        verdict=decision.verdict,
        exit_code=decision.verdict.exit_code,
        soft=False,
        score=assessment.score,
        hold=decision.thresholds.hold,
        block=decision.thresholds.block,
        environment=EnvironmentItem(
            name=assessment.environment.environment,
            known=assessment.environment.known,
            evidence=list(assessment.environment.evidence),
        ),
        reasons=[
            ReasonItem(verdict=r.verdict, what=r.what, address=redactor.address(r.address))
            for r in decision.reasons
        ],
        doubts=[
            DoubtItem(
                doubt=d.doubt,
                problem=d.problem,
                remedy=d.remedy,
                addresses=list(map(redactor.address, d.addresses)),
            )
            for d in assessment.doubts
        ],
        plan_findings=[
            PlanFindingItem(address=redactor.address(f.address), finding=_finding(f))
            for f in assessment.plan_findings
        ],
        changes=_changes(assessment),
        waived=[_waived(item, redactor) for item in assessment.waived],
        rule_failures=[
            RuleFailureItem(rule=f.rule, address=redactor.address(f.address), error=f.error)
            for f in assessment.failures
        ],
        graph=GraphItem(
            nodes=len(assessment.graph.nodes),
            edges=sum(1 for _ in assessment.graph.edges()),
            has_configuration=assessment.graph.has_configuration,
            unresolved=[
                redactor.text(f"{u.address}: {u.reference}: {u.why}")
                for u in assessment.graph.unresolved
            ],
        ),
        policy=_policy(assessment),
        model=_model(assessment.model),
        source_problems=list(assessment.source_problems),
        provisional=_provisional(assessment),
        approval=_approval(assessment.approval, redactor),
        provenance=_provenance(assessment.told.provenance, redactor),
        claims=[_claim(claim, redactor) for claim in assessment.told.claims],
    )


def _claim(claim: Claim, redactor: Redactor) -> ClaimItem:
    return ClaimItem(
        source=claim.source,
        is_exact=claim.is_exact,
        understood=list(map(redactor.text, claim.understood)),
    )


def _provenance(found: Provenance, redactor: Redactor) -> ProvenanceItem:
    return ProvenanceItem(
        answer=found.answer,
        stated=found.stated,
        confidence=found.confidence,
        contradicted=found.contradicted,
        looked=found.looked,
        signs=[
            SignItem(
                tool=sign.tool,
                where=sign.where,
                quote=redactor.text(sign.quote),
                confidence=sign.confidence,
            )
            for sign in found.markers
        ],
        problems=list(found.problems),
    )


def _approval(outcome: ApprovalOutcome | None, redactor: Redactor) -> ApprovalItem | None:
    if outcome is None:
        return None
    return ApprovalItem(
        verdict=outcome.verdict,
        approved=outcome.is_enough,
        granted=[
            GrantItem(
                person=grant.person,
                signer=grant.signer,
                key=grant.key,
                statement=grant.statement,
                reason=redactor.text(grant.reason),
                approved_at=grant.approved_at.isoformat(),
                expires=grant.expires.isoformat(),
            )
            for grant in outcome.granted
        ],
        refused=[RefusalItem(source=item.source, why=item.why) for item in outcome.refused],
        missing=list(outcome.missing),
        notes=list(outcome.notes),
    )


def _policy(assessment: Assessment) -> PolicyItem:
    return PolicyItem(
        sha256=policy_digest(assessment.policy),
        own_rules=[
            OwnRuleItem(id=rule.id, name=rule.name, origin=rule.origin)
            for rule in assessment.own.rules
        ],
        plugins=[
            PluginItem(name=p.name, distribution=p.distribution, version=p.version, sha256=p.sha256)
            for p in assessment.own.plugins
        ],
    )


def _place(place: Place | None) -> PlaceItem | None:
    if place is None:
        return None
    return PlaceItem(file=place.file, line=place.line, in_base=place.in_base)


def _provisional(assessment: Assessment) -> list[str] | None:
    """What a plan would decide; None where one was read."""
    if assessment.provisional is None:
        return None
    return [assessment.plan.redactor.text(text) for text in assessment.provisional]


def _changes(assessment: Assessment) -> list[ChangeItem]:
    redactor = assessment.plan.redactor
    waiting = {reason.address for reason in assessment.decision.reasons}
    return [_change(item, redactor, item.address in waiting) for item in assessment.changes]


def _change(item: AssessedChange, redactor: Redactor, waits: bool) -> ChangeItem:
    return ChangeItem(
        address=redactor.address(item.address),
        type=item.change.type,
        actions=list(item.change.actions),
        action_reason=item.change.action_reason,
        score=item.score.score,
        impact=item.score.impact,
        likelihood=item.score.likelihood,
        waits=waits,
        benign=item.benign or None,
        summary=describe(item.change, redactor),
        effect=item.radius.effect,
        findings=list(map(_finding, item.findings)),
        suppressed=list(map(_suppressed, item.suppressed)),
        undecided=list(map(_undecided, item.undecided)),
        hits=[_hit(hit, redactor) for hit in item.radius.hits],
        hits_complete=not item.radius.more,
        itself=_rounded(item.radius.itself),
        names_itself=item.radius.names_itself,
        contributions=[
            ContributionItem(part=c.part, source=c.source, value=c.value)
            for c in item.score.contributions
        ],
        opinion=_opinion(item.opinion),
        place=_place(item.place),
    )


def _model(asked: ModelAsked | None) -> ModelItem | None:
    if asked is None:
        return None
    return ModelItem(
        sha256=asked.manifest.sha256,
        kind=asked.manifest.kind,
        iacrisk_version=asked.manifest.iacrisk,
        counts=asked.counts,
        bar=round(asked.bar, 4),
        intercept=round(asked.intercept, 4),
        plan_chance=round(asked.plan_chance, 4),
    )


def _opinion(opinion: Opinion | None) -> OpinionItem | None:
    if opinion is None:
        return None
    return OpinionItem(
        chance=round(opinion.prediction.chance, 4),
        log_odds=round(opinion.prediction.log_odds, 4),
        counts=opinion.counts,
        influences=[
            InfluenceItem(columns=list(item.columns), amount=round(item.amount, 4))
            for item in opinion.influences
        ],
    )


def _finding(finding: Finding) -> FindingItem:
    return FindingItem(
        rule=finding.rule,
        name=finding.name,
        severity=finding.severity.name.lower(),
        confidence=finding.confidence,
        harm=finding.harm,
        what=finding.what,
        evidence=[
            EvidenceItem(path=e.path, before=e.before, after=e.after) for e in finding.evidence
        ],
    )


def _suppressed(item: SuppressedFinding) -> SuppressedItem:
    return SuppressedItem(finding=_finding(item.finding), by=item.by, reason=item.reason)


def _undecided(item: UndecidedRule) -> UndecidedItem:
    return UndecidedItem(rule=item.rule, name=item.name, why=item.why, paths=list(item.paths))


def _waived(item: WaivedFinding, redactor: Redactor) -> WaivedItem:
    return WaivedItem(
        address=redactor.address(item.finding.address),
        finding=_finding(item.finding),
        owner=item.waiver.owner,
        reason=item.waiver.reason,
        expires=item.waiver.expires.isoformat(),
    )


def _rounded(chance: float | None) -> float | None:
    return None if chance is None else round(chance, 4)


def _hit(hit: Hit, redactor: Redactor) -> HitItem:
    return HitItem(
        address=redactor.address(hit.address),
        type=hit.type,
        hops=hit.hops,
        strength=round(hit.strength, 4),
        chance=_rounded(hit.chance),
        named=not hit.folded,
        path=[
            StepItem(
                address=redactor.address(step.address),
                reference=redactor.text(step.reference),
                origin=step.origin,
                precision=step.precision,
            )
            for step in hit.path
        ],
    )
