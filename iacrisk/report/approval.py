"""What a person is about to approve, and what an approval says."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from iacrisk.approval import Judged, Statement, digest_of, still_missing, write_statement
from iacrisk.assess import Assessment
from iacrisk.report.console import WIDTH, render_console
from iacrisk.report.plain import count, wrap
from iacrisk.report.words import approval_lines

_CHANGES_NAMED = 20
_DEPENDENTS_NAMED = 8


def render_request(assessment: Assessment, statement: Statement) -> str:
    """The report, and under it what a signature would say."""
    lines = ["", "You are about to approve this plan, judged like this, and no other:"]
    lines += _terms(statement)
    for line in still_missing(assessment, statement):
        lines += wrap(f"With yours alone it still waits: {line}", WIDTH, "", "  ")
    return render_console(assessment) + "\n".join(lines) + "\n"


def render_judged(judged: Judged, assessment: Assessment) -> str:
    """What an approval says, whether it counts, and what is missing beside it."""
    lines: list[str] = []
    if judged.statement is not None:
        lines += [*_terms(judged.statement), *_changes(judged.statement), ""]
    if assessment.approval is None or judged.grant is None:
        lines += wrap(f"It does not count: {judged.why}", WIDTH, "", "  ")
    else:
        lines += ["It counts."]
    if judged.grant is not None:
        for line in approval_lines(assessment):
            lines += wrap(line, WIDTH, "", "  ")
    return "\n".join(lines) + "\n"


def _terms(statement: Statement) -> Iterator[str]:
    predicate = statement.predicate
    place, tool = predicate.place, predicate.tool
    facts = {
        "approver": predicate.approver,
        "reason": predicate.reason,
        "holds": f"{_at(predicate.approved_at)} to {_at(predicate.expires)}",
        "verdict": f"{predicate.verdict}, risk {predicate.score} of 100",
        "workspace": place.workspace,
        "subject": place.subject or "(not stated)",
        "environment": place.environment,
        "policy": predicate.policy,
        "judged by": f"iacrisk {tool.iacrisk}, rules and tables {tool.judgment}",
        "model": tool.model or "(not asked)",
        "statement": digest_of(write_statement(statement)),
    }
    for name, value in facts.items():
        yield from wrap(f"{name}: {value}", WIDTH, "  ", "    ")
    for subject in statement.subject:
        for name, value in subject.digest.items():
            yield from wrap(f"{name}: {value}", WIDTH, "  ", "    ")


def _changes(statement: Statement) -> Iterator[str]:
    changes = statement.predicate.changes
    for change in changes[:_CHANGES_NAMED]:
        rules = ", ".join(f"{each.rule} ({each.severity})" for each in change.findings)
        said = f"[{change.score:>3}] {change.address}: {change.what}"
        yield from wrap(f"{said}; {rules}" if rules else said, WIDTH, "  ", "    ")
        named = ", ".join(change.dependents[:_DEPENDENTS_NAMED])
        if named:
            yield from wrap(f"hits {change.hit:,}: {named}", WIDTH, "    ", "      ")
    rest = len(changes) - _CHANGES_NAMED
    if rest > 0:
        yield f"  and {count(rest, 'change')} more"


def _at(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
