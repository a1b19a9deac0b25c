"""One change as the page shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from iacrisk.assess import AssessedChange, Assessment
from iacrisk.catalog import resource_type
from iacrisk.graph import Hit
from iacrisk.plan import ActionKind, Redactor, ResourceChange
from iacrisk.report.page.attributes import IN_BRIEF, IN_FULL, attributes_of
from iacrisk.report.page.values import (
    ChangeView,
    ContributionView,
    EvidenceView,
    FindingView,
    HitsView,
    HitView,
    InfluenceView,
    NoteView,
    OpinionView,
    ScoreView,
    StepView,
    Subject,
)
from iacrisk.report.picture import Scene, scene_of
from iacrisk.report.plain import visible
from iacrisk.report.words import ITSELF, describe, meaning_of
from iacrisk.rules import SUPPRESSORS, Finding
from iacrisk.score import Part

HITS_NAMED: Final = 25
_INFLUENCES_NAMED: Final = 12
_SCENES: Final = 40
"""Changes that are drawn, the gravest first: a drawing takes about as much room as all else."""
_SYMBOLS: Final = {
    ActionKind.CREATE: "+",
    ActionKind.UPDATE: "~",
    ActionKind.DELETE: "-",
    ActionKind.READ: "<=",
    ActionKind.FORGET: "x",
    ActionKind.NO_OP: "=",
    ActionKind.UNKNOWN: "?",
}


class Changes:
    """Makes the views of one assessment's changes."""

    def __init__(self, assessment: Assessment, waiting: frozenset[str]) -> None:
        """`waiting`: the addresses that the verdict's reasons name."""
        self._assessment = assessment
        self._redactor = assessment.plan.redactor
        self._waiting = waiting
        self._index = {item.address: index for index, item in enumerate(assessment.changes)}
        self._scenes_left = _SCENES
        self._benign = {item.id: item.name for item in SUPPRESSORS}
        self._reasons: dict[str, list[str]] = defaultdict(list)
        for reason in assessment.decision.reasons:
            self._reasons[reason.address].append(reason.what)
        self._waived: dict[str, list[NoteView]] = defaultdict(list)
        for waived in assessment.waived:
            waiver, finding = waived.waiver, waived.finding
            text = f"waived by {waiver.owner} until {waiver.expires}: {waiver.reason}"
            self._waived[finding.address].append(self._note(finding.rule, finding.name, text))
        self._failed: dict[str, list[NoteView]] = defaultdict(list)
        for failure in assessment.failures:
            self._failed[failure.address].append(self._note(failure.rule, "", failure.error))

    def view(self, number: int, item: AssessedChange, *, folded: bool) -> ChangeView:
        """The change, told in brief where nobody has to read it."""
        change, redactor = item.change, self._redactor
        return ChangeView(
            number=number,
            index=self._index[item.address],
            subject=subject_of(change, redactor),
            type=visible(redactor.text(change.type)),
            resource_class=resource_type(change.type).resource_class.value,
            action=change.kind.value,
            symbol=symbol_of(change),
            deed=visible(describe(change, redactor)),
            waits=item.address in self._waiting,
            folded=folded,
            benign=self._benign.get(item.benign, item.benign),
            place=self._place(item),
            reasons=list(map(visible, self._reasons.get(item.address, ()))),
            findings=list(map(finding_view, item.findings)),
            undecided=[self._note(u.rule, u.name, u.why) for u in item.undecided],
            suppressed=[
                self._note(s.finding.rule, s.finding.name, f"{s.reason} ({s.by})")
                for s in item.suppressed
            ],
            waived=self._waived.get(item.address, []),
            failed=self._failed.get(item.address, []),
            attributes=attributes_of(change, redactor, IN_BRIEF if folded else IN_FULL),
            hits=self._hits(item),
            score=_score(item),
            opinion=self._opinion(item),
            scene=None if folded else self._scene(item),
        )

    def _scene(self, item: AssessedChange) -> Scene | None:
        if not item.radius.reached or self._scenes_left <= 0:
            return None
        self._scenes_left -= 1
        return scene_of(self._assessment, item)

    def _place(self, item: AssessedChange) -> str:
        if item.place is None:
            return ""
        return visible(f"was in {item.place}" if item.place.in_base else str(item.place))

    def _note(self, rule: str, name: str, text: str) -> NoteView:
        return NoteView(rule=rule, name=name, text=visible(self._redactor.text(text)))

    def _hits(self, item: AssessedChange) -> HitsView:
        radius = item.radius
        named = radius.named
        noticing = [hit for hit in radius.hits if hit.folded]
        return HitsView(
            effect=radius.effect.value,
            itself=ITSELF if radius.names_itself else "",
            itself_chance=_chance(radius.itself),
            total=len(named) + radius.names_itself,
            complete=not radius.more,
            named=list(map(self._hit, named[:HITS_NAMED])),
            more=len(named[HITS_NAMED:]),
            may_notice=list(map(self._hit, noticing[:HITS_NAMED])),
            more_may_notice=len(noticing[HITS_NAMED:]),
            noticing=len(noticing),
        )

    def _hit(self, hit: Hit) -> HitView:
        redactor = self._redactor
        node = self._assessment.graph.node(hit.address)
        return HitView(
            subject=_subject(node.module if node else "", hit.address, redactor),
            type=visible(redactor.text(hit.type)),
            hops=hit.hops,
            sure=round(100 * hit.strength),
            chance=_chance(hit.chance),
            path=[
                StepView(
                    address=visible(redactor.address(step.address)),
                    reference=visible(redactor.text(step.reference)),
                    origin=step.origin.value,
                    precision=step.precision.value,
                )
                for step in hit.path
            ],
        )

    def _opinion(self, item: AssessedChange) -> OpinionView | None:
        asked, opinion = self._assessment.model, item.opinion
        if asked is None or opinion is None:
            return None
        named, rest = (
            opinion.influences[:_INFLUENCES_NAMED],
            opinion.influences[_INFLUENCES_NAMED:],
        )
        return OpinionView(
            chance=round(opinion.prediction.chance, 4),
            bar=round(asked.bar, 4),
            counts=opinion.counts,
            log_odds=round(opinion.prediction.log_odds, 4),
            intercept=round(asked.intercept, 4),
            influences=[
                InfluenceView(
                    meaning=" and ".join(map(meaning_of, influence.columns)),
                    amount=round(influence.amount, 4),
                )
                for influence in named
            ],
            more=len(rest),
            more_amount=round(sum(influence.amount for influence in rest), 4),
        )


def subject_of(change: ResourceChange, redactor: Redactor) -> Subject:
    """The address of a change in its two pieces."""
    return _subject(change.module_address, change.label, redactor)


def _subject(module: str, address: str, redactor: Redactor) -> Subject:
    shown = visible(redactor.address(address))
    start = visible(redactor.address(module)) + "."
    if module and shown.startswith(start):
        return Subject(module=start[:-1], name=shown[len(start) :])
    return Subject(module="", name=shown)


def _chance(chance: float | None) -> float | None:
    return None if chance is None else round(chance, 2)


def symbol_of(change: ResourceChange) -> str:
    """The action as Terraform draws it."""
    if change.kind is ActionKind.REPLACE:
        return "+/-" if change.creates_first else "-/+"
    return _SYMBOLS[change.kind]


def finding_view(finding: Finding) -> FindingView:
    """What a rule found; the engine has masked it."""
    return FindingView(
        rule=finding.rule,
        name=finding.name,
        severity=finding.severity.name.lower(),
        confidence=finding.confidence.value,
        harm=finding.harm.value,
        what=visible(finding.what),
        evidence=[
            EvidenceView(path=visible(e.path), before=visible(e.before), after=visible(e.after))
            for e in finding.evidence
        ],
    )


def gravest_of(findings: Sequence[Finding]) -> Finding | None:
    """The finding that is told where there is room for one; the first of the gravest."""
    return max(findings, key=lambda finding: finding.severity, default=None)


def _score(item: AssessedChange) -> ScoreView:
    score = item.score
    return ScoreView(
        score=score.score,
        impact=score.impact,
        likelihood=score.likelihood,
        contributions=[
            ContributionView(part=part.value, source=visible(term.source), value=term.value)
            for part in Part
            for term in score.contributions
            if term.part is part
        ],
    )
