"""JUnit XML: a suite for each plan, a test case for each rule on each change.

What holds the plan fails, what only informs passes, what is undecided is skipped, and what could
not be reviewed is an error. There is no standard; Jenkins, GitLab and Azure read this much.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from iacrisk.gate import Verdict
from iacrisk.patterns import regex
from iacrisk.report.batch import Batch, JudgedPlan
from iacrisk.report.plain import plain
from iacrisk.report.remarks import Remark, left_out, remarks_on
from iacrisk.report.words import SOFT, counts_line, headline, verdict_words

MOST_CASES: Final = 10_000
"""In the file as a whole."""
_NOT_IN_XML = regex("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One test case; `outcome` is "", failure, error or skipped."""

    name: str
    where: str
    outcome: str = ""
    kind: str = ""
    text: str = ""


def render_junit(batch: Batch) -> str:
    """The document with a final newline."""
    share = max(2, MOST_CASES // len(batch.plans))
    suites = [_suite(judged, batch, share) for judged in batch.plans]
    return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="iacrisk">\n' + (
        "".join(suites) + "</testsuites>\n"
    )


def _suite(judged: JudgedPlan, batch: Batch, most: int) -> str:
    cases = list(_cases(judged, batch))
    if len(cases) > most:
        rest = left_out(len(cases) - most + 1, judged)
        cases = [*cases[: most - 1], Case(name=rest.rule, where=_where(judged), text=rest.text)]
    numbers = {kind: sum(case.outcome == kind for case in cases) for kind in _OUTCOMES}
    head = (
        f'<testsuite name="{_quoted(_where(judged))}" tests="{len(cases)}" '
        f'failures="{numbers["failure"]}" errors="{numbers["error"]}" '
        f'skipped="{numbers["skipped"]}" time="0">\n'
    )
    return head + _properties(judged, batch) + "".join(map(_written, cases)) + "</testsuite>\n"


_OUTCOMES: Final = ("failure", "error", "skipped")


def _properties(judged: JudgedPlan, batch: Batch) -> str:
    values = {"verdict": str(judged.verdict)}
    if judged.assessment is not None:
        values |= {"score": str(judged.assessment.score)}
        values |= {"counts": counts_line(judged.assessment)}
    if batch.soft:
        values |= {"soft": SOFT}
    listed = "".join(
        f'<property name="{name}" value="{_quoted(value)}"/>\n' for name, value in values.items()
    )
    return f"<properties>\n{listed}</properties>\n"


def _cases(judged: JudgedPlan, batch: Batch) -> Iterator[Case]:
    """The verdict itself is the first case, so that no suite is empty."""
    yield _verdict_case(judged)
    yield from _of_remarks(remarks_on(judged, batch), judged)
    if judged.assessment is None:
        return
    redactor = judged.assessment.plan.redactor
    for item in judged.assessment.changes:
        for undecided in item.undecided:
            address = redactor.address(item.address)
            yield Case(
                name=f"{undecided.rule} {undecided.name}",
                where=f"{_where(judged)}.{address}",
                outcome="skipped",
                kind="undecided",
                text=undecided.why,
            )


def _verdict_case(judged: JudgedPlan) -> Case:
    said = headline(judged.assessment) if judged.assessment else "COULD NOT REVIEW"
    return Case(
        name="verdict",
        where=_where(judged),
        outcome=_outcome(judged.verdict),
        kind=verdict_words(judged.verdict),
        text=said,
    )


def _of_remarks(remarks: Iterable[Remark], judged: JudgedPlan) -> Iterator[Case]:
    for item in remarks:
        subject = f".{item.subject}" if item.subject else ""
        yield Case(
            name=f"{item.rule} {item.name}",
            where=f"{_where(judged)}{subject}",
            outcome=_outcome(item.verdict),
            kind=verdict_words(item.verdict),
            text=f"{item.text} ({item.file}:{item.line})",
        )


def _outcome(verdict: Verdict) -> str:
    match verdict:
        case Verdict.ALLOWED:
            return ""
        case Verdict.APPROVAL_REQUIRED | Verdict.BLOCKED:
            return "failure"
        case Verdict.COULD_NOT_REVIEW:
            return "error"


def _where(judged: JudgedPlan) -> str:
    return f"iacrisk.{judged.name}" if judged.name else "iacrisk"


def _written(case: Case) -> str:
    head = f'<testcase classname="{_quoted(case.where)}" name="{_quoted(case.name)}" time="0">'
    text = _quoted(case.text)
    match case.outcome:
        case "":
            body = f"<system-out>{text}</system-out>"
        case "skipped":
            body = f'<skipped message="{text}"/>'
        case _:  # GitLab has ignored `message`, Jenkins shows it
            body = (
                f'<{case.outcome} message="{text}" type="{_quoted(case.kind)}">'
                f"{text}</{case.outcome}>"
            )
    return f"{head}{body}</testcase>\n"


def _quoted(text: str) -> str:
    """Text for an element or a quoted attribute, without what XML 1.0 forbids."""
    clean = _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", plain(text)).replace("&", "&amp;")
    return clean.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
