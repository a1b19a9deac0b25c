"""What a run has to say, one remark for each finding on a change.

The common ground of the formats that hosts read: SARIF, annotations, JUnit, code quality. A change
that waits without a finding has a remark of its own, and so have doubts, reasons that concern the
plan as a whole, and a plan that could not be read. All text is masked and plain.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

import msgspec

from iacrisk.assess import AssessedChange, Assessment
from iacrisk.gate import Verdict, gravest
from iacrisk.plan import Redactor
from iacrisk.report.batch import Batch, Fault, JudgedPlan
from iacrisk.report.plain import count, plain
from iacrisk.report.words import SOFT, approval_lines, describe, is_approved, verdict_words
from iacrisk.rules import Finding, Severity
from iacrisk.source import Place

HELD: Final = "iacrisk-held"
WHOLE_PLAN: Final = "iacrisk-plan"
APPROVED: Final = "iacrisk-approved"
UNREAD: Final = "iacrisk-unread"
LEFT_OUT: Final = "iacrisk-left-out"
SOFT_RUN: Final = "iacrisk-soft"
_DOUBT: Final = "iacrisk-doubt-"
OUR_RULES: Final = {
    HELD: "A change waits for its score or by the policy, without a finding of a rule.",
    WHOLE_PLAN: "The plan as a whole waits.",
    APPROVED: "Approvals of the plan, and what is missing.",
    UNREAD: "A plan could not be read.",
    LEFT_OUT: "More was found than the format may hold.",
    SOFT_RUN: "The run is soft: its exit code is 0 whatever the verdict.",
}
LONGEST: Final = 1_000
"""Characters of a remark's text."""


class Level(StrEnum):
    """How loudly a host shows a remark."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to show. `verdict`: what it makes of the plan; `allowed` where it only informs.

    `subject` is the address, "" for the plan as a whole. `file` is seen from the repository;
    `is_placed` tells a block's own line from the fallback.
    """

    verdict: Verdict
    rule: str
    name: str
    severity: Severity
    subject: str
    text: str
    file: str
    line: int = 1
    is_placed: bool = False

    @property
    def level(self) -> Level:
        """An error blocks or could not be reviewed, a warning waits for a person."""
        match self.verdict:
            case Verdict.ALLOWED:
                return Level.NOTE
            case Verdict.APPROVAL_REQUIRED:
                return Level.WARNING
            case Verdict.BLOCKED | Verdict.COULD_NOT_REVIEW:
                return Level.ERROR


def remarks_on(judged: JudgedPlan, batch: Batch) -> list[Remark]:
    """The remarks on one plan, the gravest first."""
    if judged.assessment is None:
        return [_unread(judged, judged.fault or Fault(problem="It was not judged."))]
    found = list(_Remarks(judged, judged.assessment, batch))
    order = list(Verdict)
    found.sort(key=lambda item: (-order.index(item.verdict), -item.severity))
    return found


def left_out(number: int, judged: JudgedPlan) -> Remark:
    """That there is more than a format may hold."""
    return _remark(
        Verdict.ALLOWED,
        LEFT_OUT,
        f"{count(number, 'remark')} more on this plan, left out here; the JSON report has all.",
        judged.main,
    )


def softness(main: str) -> Remark:
    """That the verdict does not decide the exit code."""
    return _remark(Verdict.ALLOWED, SOFT_RUN, SOFT, main)


def _remark(verdict: Verdict, rule: str, text: str, main: str) -> Remark:
    return Remark(
        verdict=verdict,
        rule=rule,
        name=rule.removeprefix("iacrisk-"),
        severity=Severity.INFO if verdict is Verdict.ALLOWED else Severity.HIGH,
        subject="",
        text=shortened(plain(text)),
        file=main,
    )


def _unread(judged: JudgedPlan, fault: Fault) -> Remark:
    text = f"{plain(judged.name)}: {fault.problem} {fault.remedy}".strip()
    return _remark(Verdict.COULD_NOT_REVIEW, UNREAD, text, judged.main)


class _Remarks:
    """Walks through one assessment."""

    def __init__(self, judged: JudgedPlan, assessment: Assessment, batch: Batch) -> None:
        self._judged = judged
        self._assessment = assessment
        self._batch = batch
        self._redactor: Redactor = assessment.plan.redactor
        self._verdicts: dict[str, list[Verdict]] = {}
        self._reasons: dict[str, list[str]] = {}
        reasons = () if is_approved(assessment) else assessment.decision.reasons
        for reason in reasons:  # an approved plan keeps its reasons, which hold nothing then
            self._verdicts.setdefault(reason.address, []).append(reason.verdict)
            self._reasons.setdefault(reason.address, []).append(reason.what)
        self._whole = [reason for reason in reasons if not reason.address]

    def __iter__(self) -> Iterator[Remark]:
        for line in approval_lines(self._assessment):
            yield _remark(Verdict.ALLOWED, APPROVED, line, self._judged.main)
        yield from self._doubts()
        yield from self._whole_plan()
        for finding in self._assessment.plan_findings:
            yield self._of_finding(finding, finding.address, "", None)
        for item in self._assessment.changes:
            yield from self._of_change(item)

    def _doubts(self) -> Iterator[Remark]:
        held = {reason.what: reason.verdict for reason in self._whole}
        for doubt in self._assessment.doubts:
            verdict = held.get(doubt.problem, Verdict.ALLOWED)
            text = f"{doubt.problem} {doubt.remedy}"
            yield _remark(verdict, f"{_DOUBT}{doubt.doubt}", text, self._judged.main)

    def _whole_plan(self) -> Iterator[Remark]:
        doubts = {doubt.problem for doubt in self._assessment.doubts}
        for reason in self._whole:
            if reason.what not in doubts:
                text = f"{verdict_words(reason.verdict).capitalize()}: {reason.what}."
                yield _remark(reason.verdict, WHOLE_PLAN, text, self._judged.main)

    def _of_change(self, item: AssessedChange) -> Iterator[Remark]:
        hits = len(item.radius.named) + item.radius.names_itself
        hurt = f" Hits {count(hits, 'resource')}." if hits else ""
        deed = f" It is {describe(item.change, self._redactor)}.{hurt}"
        for finding in item.findings:
            yield self._of_finding(finding, item.address, deed, item.place)
        verdict = self._verdict(item.address)
        if not item.findings and verdict is not Verdict.ALLOWED:
            why = "; ".join(self._reasons.get(item.address, ()))
            text = f"{verdict_words(verdict).capitalize()}: {why}.{deed}"
            yield self._placed(_remark(verdict, HELD, text, ""), item.address, item.place)

    def _of_finding(self, finding: Finding, address: str, deed: str, place: Place | None) -> Remark:
        remark = Remark(
            verdict=self._verdict(address) if address else Verdict.ALLOWED,
            rule=finding.rule,
            name=finding.name,
            severity=finding.severity,
            subject="",
            text=shortened(plain(f"{finding.what}{deed}")),
            file="",
        )
        return self._placed(remark, address, place)

    def _placed(self, remark: Remark, address: str, place: Place | None) -> Remark:
        """With its subject and place.

        The block's line; line 1 of the file that held it; or line 1 of the main file.
        """
        subject = shortened(plain(self._redactor.address(address)))
        text = remark.text
        file = self._file(place) if place else ""
        if place and place.in_base:
            text = shortened(f"{text} Its block was at {plain(str(place))}.")
        is_placed = bool(file and place and not place.in_base)
        return msgspec.structs.replace(
            remark,
            subject=subject,
            text=text,
            file=plain(file) or self._judged.main,
            line=place.line if place and is_placed else 1,
            is_placed=is_placed,
        )

    def _file(self, place: Place) -> str:
        """A revision's files (`main:envs/db.tf`) are named from the repository's top already."""
        _, is_of_revision, path = place.file.partition(":")
        if place.in_base and is_of_revision:
            return path
        return self._batch.in_repository(place.file)

    def _verdict(self, address: str) -> Verdict:
        return gravest(self._verdicts.get(address, ()))


def shortened(text: str, longest: int = LONGEST) -> str:
    """`text` of at most so many characters."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
