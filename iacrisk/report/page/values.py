"""What the page shows, as values: masked, on one line each, and the same after a trip through JSON.

Text that came from a plan is plain text here; the templates escape it.
"""

from __future__ import annotations

import msgspec

from iacrisk.report.picture import Scene


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Base of the page's values."""


class Subject(Part, frozen=True, kw_only=True):
    """An address in two pieces: the module path, "" for the root, and the resource in it."""

    module: str
    name: str

    @property
    def address(self) -> str:
        """The whole address."""
        return f"{self.module}.{self.name}" if self.module else self.name


class EvidenceView(Part, frozen=True, kw_only=True):
    """An attribute that proves a finding."""

    path: str
    before: str
    after: str


class FindingView(Part, frozen=True, kw_only=True):
    """What a rule found."""

    rule: str
    name: str
    severity: str
    confidence: str
    harm: str
    what: str
    evidence: list[EvidenceView]


class NoteView(Part, frozen=True, kw_only=True):
    """What a rule says beside findings: undecided, suppressed, waived, failed."""

    rule: str
    name: str
    text: str


class LineView(Part, frozen=True, kw_only=True):
    """A line of a difference. `sign`: "-" before, "+" after, " " both, "@" for lines left out."""

    sign: str
    text: str


class AttributeView(Part, frozen=True, kw_only=True):
    """An attribute that differs. `forces`: the replacement; `masked`: some of it, or all."""

    path: str
    lines: list[LineView]
    forces: bool = False
    masked: bool = False


class AttributesView(Part, frozen=True, kw_only=True):
    """What differs: attributes, those known after apply, and how many more there are."""

    shown: list[AttributeView]
    unknown: list[str]
    more: int = 0


class StepView(Part, frozen=True, kw_only=True):
    """One hop of the path to somebody who is hit."""

    address: str
    reference: str
    origin: str
    precision: str


class HitView(Part, frozen=True, kw_only=True):
    """Somebody who is hit. `sure`: the path in per cent; `chance`: of suffering, where asked."""

    subject: Subject
    type: str
    hops: int
    sure: int
    chance: float | None
    path: list[StepView]


class HitsView(Part, frozen=True, kw_only=True):
    """Who is hit: named, with how many more, and those who may notice.

    `itself`: words for the changed resource where it is one of them, with its chance.
    `complete`: False where the walk stopped and there may be more.
    """

    effect: str
    itself: str
    itself_chance: float | None
    total: int
    named: list[HitView]
    more: int
    may_notice: list[HitView]
    more_may_notice: int
    noticing: int
    complete: bool = True


class ContributionView(Part, frozen=True, kw_only=True):
    """One term of the score, from 0 to 1. `counts`: it is the one of its part that decides."""

    part: str
    source: str
    value: float


class ScoreView(Part, frozen=True, kw_only=True):
    """How the score came about."""

    score: int
    impact: float
    likelihood: float
    contributions: list[ContributionView]


class InfluenceView(Part, frozen=True, kw_only=True):
    """What something adds to the model's log odds."""

    meaning: str
    amount: float


class OpinionView(Part, frozen=True, kw_only=True):
    """What the trained model says. `counts`: it moves the score."""

    chance: float
    bar: float
    counts: bool
    log_odds: float
    intercept: float
    influences: list[InfluenceView]
    more: int
    more_amount: float


class ChangeView(Part, frozen=True, kw_only=True):
    """One change. `number` counts from 1, what waits first, by falling score.

    `index`: its place among the assessment's changes, by which a scene names it.
    `action`: what the action list amounts to; `symbol`: as Terraform draws it. `folded`: nobody
    has to read it, for `benign` or because nothing speaks against it.
    """

    number: int
    index: int
    subject: Subject
    type: str
    resource_class: str
    action: str
    symbol: str
    deed: str
    waits: bool
    folded: bool
    benign: str
    place: str
    reasons: list[str]
    findings: list[FindingView]
    undecided: list[NoteView]
    suppressed: list[NoteView]
    waived: list[NoteView]
    failed: list[NoteView]
    attributes: AttributesView
    hits: HitsView
    score: ScoreView
    opinion: OpinionView | None
    scene: Scene | None = None
    """The picture of it and who is hit, where there is something to draw."""


class MatterView(Part, frozen=True, kw_only=True):
    """One of the changes that matter most, told in a few lines.

    `number` of the change; `alike`: how many share its story; `why`: the gravest of what speaks
    against it; `hit`: who is hit, in words.
    """

    number: int
    score: int
    subject: Subject
    alike: int
    action: str
    symbol: str
    deed: str
    why: str
    rules: list[str]
    hit: str
    waits: bool


class DoubtView(Part, frozen=True, kw_only=True):
    """Why the plan cannot be fully judged."""

    problem: str
    remedy: str
    addresses: list[str]
    more: int


class PlanFindingView(Part, frozen=True, kw_only=True):
    """A finding on the plan as a whole, or on what stays as it is."""

    subject: str
    finding: FindingView


class GrantView(Part, frozen=True, kw_only=True):
    """An approval that counts: who, what for, until when."""

    signer: str
    reason: str
    approved_at: str
    expires: str


class ApprovalView(Part, frozen=True, kw_only=True):
    """What approvals do to the verdict, and what is missing."""

    verdict: str
    is_enough: bool
    granted: list[GrantView]
    refused: list[str]
    missing: list[str]
    notes: list[str]


class CountsView(Part, frozen=True, kw_only=True):
    """How many of what there are."""

    changes: int
    waiting: int
    folded: int
    undecided: int
    suppressed: int
    waived: int
    disabled: int


class PageView(Part, frozen=True, kw_only=True):
    """Everything that the page shows of one judged plan."""

    iacrisk_version: str
    terraform_version: str
    verdict: str
    verdict_words: str
    headline: str
    score: int
    hold: int
    block: int
    tally: str
    environment: str
    provisional: str
    undecided_by_text: list[str]
    counts: CountsView
    reasons: list[str]
    matters: list[MatterView]
    doubts: list[DoubtView]
    plan_findings: list[PlanFindingView]
    authorship: list[str]
    approval: ApprovalView | None
    changes: list[ChangeView]
    folded: list[str]
    notes: list[str]
    fingerprint: str
    loose_fingerprint: str
    policy: str
