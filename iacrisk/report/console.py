"""The console report: 80 columns, readable without colour, short for a large plan."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.assess import AssessedChange, Assessment
from iacrisk.graph import Hit, Precision
from iacrisk.plan import Redactor
from iacrisk.report.grouping import Group, share_out
from iacrisk.report.plain import count, plain, wrap
from iacrisk.report.words import (
    ITSELF,
    approval_lines,
    asked_lines,
    claim_lines,
    describe,
    environment_line,
    folded,
    footnotes,
    headline,
    may_notice,
    model_line,
    provenance_line,
    provenance_signs,
    provisional_line,
    tally,
    undecided_by_text,
)
from iacrisk.rules import Evidence, Finding

WIDTH = 80
_IN_DETAIL = 10
_IN_BRIEF = 15
_HITS_NAMED = 8
_EVIDENCE_NAMED = 4
_ALIKE_NAMED = 3


def render_console(assessment: Assessment) -> str:
    """The report as plain text with a final newline; the verdict is the first line."""
    return "\n".join(_lines(assessment)) + "\n"


def _lines(assessment: Assessment) -> Iterator[str]:
    redactor = assessment.plan.redactor
    yield headline(assessment)
    yield from wrap(f"{tally(assessment)} {environment_line(assessment)}", WIDTH, "")
    for line in approval_lines(assessment):
        yield from wrap(line, WIDTH, "", "  ")
    yield from wrap(provisional_line(assessment), WIDTH, "")
    yield from _provenance(assessment)
    yield from _doubts(assessment)
    yield from _plan_findings(assessment)
    shares = share_out(assessment, _IN_DETAIL, _IN_BRIEF)
    for number, group in enumerate(shares.detailed, start=1):
        yield ""
        yield from _detail(number, group, assessment)
    yield from _brief("Also waiting", [group for group in shares.named if group.waits], redactor)
    yield from _brief("Lower risk", [g for g in shares.named if not g.waits], redactor)
    yield from _folded(shares.folded)
    yield from _undecided(assessment)
    yield from _footnotes(assessment)


def _provenance(assessment: Assessment) -> Iterator[str]:
    yield from wrap(provenance_line(assessment), WIDTH, "")
    for sign, quote in provenance_signs(assessment):
        yield from wrap(f"{sign}: {quote}", WIDTH, "  ", "    ")
    for problem in assessment.told.provenance.problems:
        yield from wrap(problem, WIDTH, "  ", "    ")
    for line in (*claim_lines(assessment), *asked_lines(assessment)):
        yield from wrap(assessment.plan.redactor.text(line), WIDTH, "", "  ")


def _doubts(assessment: Assessment) -> Iterator[str]:
    for doubt in assessment.doubts:
        yield ""
        yield from wrap(f"! {doubt.problem}", WIDTH, "", "  ")
        for address in doubt.addresses[:_HITS_NAMED]:
            yield f"    {plain(assessment.plan.redactor.address(address))}"
        yield from wrap(doubt.remedy, WIDTH, "  ")


def _plan_findings(assessment: Assessment) -> Iterator[str]:
    redactor = assessment.plan.redactor
    for finding in assessment.plan_findings:
        yield ""
        yield plain(redactor.address(finding.address)) or "The plan as a whole"
        yield from finding_lines(finding)


def _detail(number: int, group: Group, assessment: Assessment) -> Iterator[str]:
    item, redactor = group.first, assessment.plan.redactor
    yield f"{number:>2}. [{item.score.score:>3}] {plain(redactor.address(item.address))}"
    yield from _others(group, redactor, " " * 10)
    if item.place:
        was = "was in " if item.place.in_base else ""
        yield from wrap(f"{was}{item.place}", WIDTH, "    ")
    yield from wrap(describe(item.change, redactor), WIDTH, "    ")
    for finding in item.findings:
        yield from finding_lines(finding)
    said = model_line(assessment, item) if group.waits else ""
    if said:
        yield from wrap(said, WIDTH, "    ", "      ")
    yield from _who_is_hit(item, redactor)


def _others(group: Group, redactor: Redactor, indent: str) -> Iterator[str]:
    for item in group.others[:_ALIKE_NAMED]:
        yield f"{indent}{plain(redactor.address(item.address))}"
    rest = len(group.others) - _ALIKE_NAMED
    if rest > 0:
        yield f"{indent}and {rest:,} more like these"


def finding_lines(finding: Finding) -> Iterator[str]:
    """A finding with its evidence, indented and wrapped."""
    label = f"{finding.rule} {finding.name} ({finding.severity.name.lower()})"
    yield from wrap(f"{label}: {finding.what}", WIDTH, "    ", "      ")
    for evidence in finding.evidence[:_EVIDENCE_NAMED]:
        yield from _evidence(evidence)


def _evidence(evidence: Evidence) -> Iterator[str]:
    text = f"{evidence.path}: {evidence.before} -> {evidence.after}"
    yield from wrap(text, WIDTH, "        ", "          ")


def _who_is_hit(item: AssessedChange, redactor: Redactor) -> Iterator[str]:
    radius = item.radius
    named = radius.named
    total, rest = len(named) + radius.names_itself, len(radius.hits) - len(named)
    if not total and not rest:
        return
    yield f"    who is hit ({total:,}):"
    if radius.names_itself:
        yield f"      {ITSELF}"
    for hit in named[:_HITS_NAMED]:
        yield from _hit(hit, redactor)
    unshown = len(named[_HITS_NAMED:])
    if unshown:
        yield f"      and {unshown:,} more (see `iacrisk explain`)"
    if rest:
        yield f"      {may_notice(rest, total)} (see `iacrisk explain`)"


def _hit(hit: Hit, redactor: Redactor) -> Iterator[str]:
    step = hit.path[-1]
    sure = "" if step.precision in {Precision.EXACT, Precision.BY_KEY} else f", {step.precision}"
    where = f"{plain(redactor.address(hit.address))} ({count(hit.hops, 'hop')}{sure})"
    reference = f"by {redactor.text(step.reference)}"
    if len(where) + len(reference) + 8 <= WIDTH:
        yield f"      {where} {plain(reference)}"
    else:
        yield f"      {where}"
        yield from wrap(reference, WIDTH, "        ", "          ")


def _brief(title: str, groups: list[Group], redactor: Redactor) -> Iterator[str]:
    if groups:
        yield ""
        yield title
    for group in groups:
        item = group.first
        alike = f" and {len(group.others):,} like it" if group.others else ""
        yield f"    [{item.score.score:>3}] {plain(redactor.address(item.address))}{alike}"
        yield from wrap(describe(item.change, redactor), WIDTH, " " * 10)


def _folded(items: tuple[AssessedChange, ...]) -> Iterator[str]:
    if items:
        yield ""
        yield "Folded"
    for line in folded(items):
        yield from wrap(line, WIDTH, "    ", "      ")


def _undecided(assessment: Assessment) -> Iterator[str]:
    if assessment.provisional:
        yield ""
        yield "Undecided without a plan"
    for text in undecided_by_text(assessment):
        yield from wrap(assessment.plan.redactor.text(text), WIDTH, "    ", "      ")


def _footnotes(assessment: Assessment) -> Iterator[str]:
    notes = list(footnotes(assessment))
    if notes:
        yield ""
    for note in notes:
        yield from wrap(note, WIDTH, "", "  ")
