"""`iacrisk explain`: everything about one change."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.assess import AssessedChange, Assessment
from iacrisk.graph import Hit
from iacrisk.plan import UNKNOWN, Path, Redactor, ResourceChange, unset
from iacrisk.report.console import WIDTH, finding_lines
from iacrisk.report.plain import count, plain, wrap
from iacrisk.report.words import ITSELF, describe, likely, meaning_of, waiting_addresses
from iacrisk.score import Part

_INDENT = "  "
_DEEP = "    "
_INFLUENCES_NAMED = 12


def render_explanation(assessment: Assessment, item: AssessedChange) -> str:
    """The story of one change as plain text with a final newline."""
    return "\n".join(_lines(assessment, item)) + "\n"


def _lines(assessment: Assessment, item: AssessedChange) -> Iterator[str]:
    redactor = assessment.plan.redactor
    waits = item.address in waiting_addresses(assessment)
    yield plain(redactor.address(item.address))
    if item.place:
        was = "was " if item.place.in_base else ""
        yield from wrap(f"{was}declared in {item.place}", WIDTH, _INDENT)
    yield from wrap(describe(item.change, redactor), WIDTH, _INDENT)
    yield f"{_INDENT}scores {item.score.score} of 100; it {'waits' if waits else 'may go through'}"
    yield from _reasons(assessment, item)
    yield from _section("What differs", _differences(item.change, redactor))
    yield from _section("Rules that fired", _fired(item))
    yield from _section("Suppressed", _suppressed(item))
    yield from _section("Undecided", _undecided(item))
    yield from _section("Waived by the policy", _waived(assessment, item))
    yield from _section("Rules that failed", _failed(assessment, item))
    yield from _section(f"Who is hit: {item.radius.effect}", _hits(item, redactor))
    yield from _section("Who may notice as well", _folded(item, redactor))
    yield from _section("What the trained model says", _opinion(assessment, item))
    yield from _section("How the score came about", _score(item))


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    collected = list(lines)
    if collected:
        yield ""
        yield title
        yield from collected


def _reasons(assessment: Assessment, item: AssessedChange) -> Iterator[str]:
    for reason in assessment.decision.reasons:
        if reason.address == item.address:
            yield from wrap(f"{reason.verdict}: {reason.what}", WIDTH, _INDENT, _DEEP)


def _differences(change: ResourceChange, redactor: Redactor) -> Iterator[str]:
    unknown: dict[str, None] = {}
    shown: set[Path] = set()
    for difference in change.differences():
        path = change.shown_path(difference.path)
        if difference.after is UNKNOWN and not change.is_forcing(path):
            unknown[redactor.path(path)] = None
        elif path not in shown and not (unset(difference.before) and unset(difference.after)):
            shown.add(path)
            sensitive = change.is_sensitive(path)
            before = redactor.value(difference.before, sensitive=sensitive)
            after = redactor.value(difference.after, sensitive=sensitive)
            yield from wrap(f"{redactor.path(path)}: {before} -> {after}", WIDTH, _INDENT, _DEEP)
    if unknown:
        yield from wrap(f"known after apply: {', '.join(unknown)}", WIDTH, _INDENT, _DEEP)


def _fired(item: AssessedChange) -> Iterator[str]:
    for finding in item.findings:
        yield from finding_lines(finding)


def _suppressed(item: AssessedChange) -> Iterator[str]:
    for suppressed in item.suppressed:
        finding = suppressed.finding
        text = f"{finding.rule} {finding.name}, by {suppressed.by}: {suppressed.reason}"
        yield from wrap(text, WIDTH, _INDENT, _DEEP)
    if item.benign and not item.suppressed:
        yield from wrap(f"{item.benign} explains the whole change as harmless", WIDTH, _INDENT)


def _undecided(item: AssessedChange) -> Iterator[str]:
    for undecided in item.undecided:
        text = f"{undecided.rule} {undecided.name}: {undecided.why}"
        yield from wrap(text, WIDTH, _INDENT, _DEEP)


def _waived(assessment: Assessment, item: AssessedChange) -> Iterator[str]:
    for waived in assessment.waived:
        if waived.finding.address == item.address:
            waiver = waived.waiver
            text = (
                f"{waived.finding.rule} by {waiver.owner} until {waiver.expires}: {waiver.reason}"
            )
            yield from wrap(text, WIDTH, _INDENT, _DEEP)


def _failed(assessment: Assessment, item: AssessedChange) -> Iterator[str]:
    for failure in assessment.failures:
        if failure.address == item.address:
            yield f"{_INDENT}{failure.rule}: {failure.error}"


def _hits(item: AssessedChange, redactor: Redactor) -> Iterator[str]:
    radius = item.radius
    if radius.itself is not None:
        yield from wrap(f"{ITSELF}: {likely(radius.itself)}", WIDTH, _INDENT, _DEEP)
    for hit in radius.named:
        yield from _hit(hit, redactor)


def _folded(item: AssessedChange, redactor: Redactor) -> Iterator[str]:
    for hit in item.radius.hits:
        if hit.folded:
            yield from _hit(hit, redactor)


def _hit(hit: Hit, redactor: Redactor) -> Iterator[str]:
    said = [count(hit.hops, "hop"), f"path {hit.strength:.0%} sure"]
    said += [likely(hit.chance)] if hit.chance is not None else []
    where = f"{redactor.address(hit.address)} ({', '.join(said)})"
    yield from wrap(where, WIDTH, _INDENT, _DEEP)
    for step in hit.path:
        reference = redactor.text(step.reference)
        via = f"{redactor.address(step.address)}: {reference} [{step.origin}, {step.precision}]"
        yield from wrap(via, WIDTH, _DEEP, _DEEP + _INDENT)


def _opinion(assessment: Assessment, item: AssessedChange) -> Iterator[str]:
    asked, opinion = assessment.model, item.opinion
    if asked is None or opinion is None:
        return
    prediction = opinion.prediction
    text = f"a chance of {prediction.chance:.2f} that it breaks something; its bar: {asked.bar:.2f}"
    yield from wrap(text, WIDTH, _INDENT, _DEEP)
    if not opinion.counts:
        yield from wrap("only shown: it moves neither score nor verdict", WIDTH, _INDENT, _DEEP)
    yield f"{_INDENT}{asked.intercept:+7.2f}  any change"
    for influence in opinion.influences[:_INFLUENCES_NAMED]:
        meaning = " and ".join(map(meaning_of, influence.columns))
        yield from wrap(f"{influence.amount:+7.2f}  {meaning}", WIDTH, _INDENT, " " * 11)
    rest = opinion.influences[_INFLUENCES_NAMED:]
    if rest:
        amount = sum(influence.amount for influence in rest)
        yield f"{_INDENT}{amount:+7.2f}  {count(len(rest), 'further influence')}"
    yield f"{_INDENT}{prediction.log_odds:+7.2f}  log odds, calibrated to {prediction.chance:.2f}"


def _score(item: AssessedChange) -> Iterator[str]:
    for part in Part:
        for contribution in item.score.contributions:
            if contribution.part is part:
                yield f"{_INDENT}{part:<11}{contribution.value:>7.2f}  {contribution.source}"
    impact, likelihood = item.score.impact, item.score.likelihood
    yield f"{_INDENT}impact {impact:.2f} x likelihood {likelihood:.2f} = {item.score.score} of 100"
