"""What a custom policy check of Atlantis prints.

Atlantis reads the verdict out of the text, and each release reads it in its own way (see
docs/hosts/atlantis.md). So a pass is one line without any text from the plan, which therefore
never contains "fail", and anything else begins with FAIL and counts its failures. The lines are
the same as long as the plan is: sticky approvals hash them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.assess import Assessment
from iacrisk.gate import Verdict, gravest
from iacrisk.patterns import regex
from iacrisk.report.batch import Batch, Fault, JudgedPlan
from iacrisk.report.plain import plain
from iacrisk.report.remarks import shortened
from iacrisk.report.words import (
    approval_lines,
    counts_line,
    is_approved,
    verdict_words,
    waiting_addresses,
)

NAMED: Final = 50
"""Held changes of one plan that are named."""
_LONGEST_LINE: Final = 300
_SCORE = regex(r"\d+ of 100")


def render_atlantis(batch: Batch) -> str:
    """The verdict first and last, for Atlantis cuts long output at its beginning."""
    if batch.soft or batch.verdict is Verdict.ALLOWED:
        return _passing(batch)
    failures = sum(map(_failures, batch.plans))
    closing = _verdict_line(failures, batch.verdict)
    lines = [closing]
    for judged in batch.plans:
        lines += _plan_lines(judged, batch)
    return "\n".join([*lines, closing]) + "\n"


def render_fault(fault: Fault, soft: bool = False) -> str:
    """The answer where nothing could be judged at all."""
    if soft:
        return "SOFT: could not review, but --soft lets everything through.\n"
    lines = [_verdict_line(1, Verdict.COULD_NOT_REVIEW), *_fault_lines(fault)]
    return "\n".join([*lines, _verdict_line(1, Verdict.COULD_NOT_REVIEW)]) + "\n"


def _passing(batch: Batch) -> str:
    told = [
        f"{counts_line(item.assessment)}, risk {item.assessment.score} of 100"
        for item in batch.plans
        if item.assessment
    ]
    counted = told[0] if len(batch.plans) == 1 and told else f"{len(batch.plans)} plans"
    if batch.verdict is Verdict.ALLOWED:
        approved = any(item.assessment and is_approved(item.assessment) for item in batch.plans)
        return f"PASS: iacrisk lets it through{', approved' if approved else ''} ({counted}).\n"
    held = verdict_words(batch.verdict)
    return f"SOFT: {held} ({counted}), but --soft lets everything through.\n"


def _failures(judged: JudgedPlan) -> int:
    """What holds the plan: its changes, or it as a whole."""
    if judged.assessment is None:
        return 1
    if judged.verdict is Verdict.ALLOWED:
        return 0
    return max(1, len(waiting_addresses(judged.assessment)))


def _verdict_line(failures: int, verdict: Verdict) -> str:
    return f"FAIL {failures} failure{'' if failures == 1 else 's'}: {verdict_words(verdict)}"


def _plan_lines(judged: JudgedPlan, batch: Batch) -> Iterator[str]:
    if batch.several and judged.verdict is not Verdict.ALLOWED:
        yield _line(f"FAIL in {judged.name}: {verdict_words(judged.verdict)}")
    if judged.assessment is None:
        yield from _fault_lines(judged.fault or Fault(problem="It was not judged."))
    elif judged.verdict is not Verdict.ALLOWED:
        yield from _held_lines(judged.assessment)


def _held_lines(assessment: Assessment) -> Iterator[str]:
    """Each held change with its rules; no score, which another release may compute otherwise."""
    from iacrisk.plan.fingerprint import fingerprint  # noqa: PLC0415 - a pass needs none

    verdicts: dict[str, list[Verdict]] = {}
    for reason in assessment.decision.reasons:
        verdicts.setdefault(reason.address, []).append(reason.verdict)
        if not reason.address:
            yield _line(f"FAIL the plan: {verdict_words(reason.verdict)}, {_stable(reason.what)}")
    rules = {
        **{item.address: [f.rule for f in item.findings] for item in assessment.changes},
        **{item.address: [item.rule] for item in assessment.plan_findings},
    }
    held = sorted(waiting_addresses(assessment))
    for address in held[:NAMED]:
        words = verdict_words(gravest(verdicts[address]))
        named = ", ".join(sorted(set(rules.get(address, ())))) or "its score"
        shown = assessment.plan.redactor.address(address)
        yield _line(f"FAIL {shown}: {words} by {named}")
    if len(held) > NAMED:
        yield f"FAIL and {len(held) - NAMED} more"
    yield f"FAIL ={fingerprint(assessment.plan).strict}"
    yield f"  {counts_line(assessment)}"
    for line in approval_lines(assessment):
        yield _line(f"  {line}")


def _stable(what: str) -> str:
    """A reason without its number."""
    return _SCORE.sub("too much", what)


def _fault_lines(fault: Fault) -> Iterator[str]:
    yield _line(f"FAIL {fault.problem}")
    if fault.remedy:
        yield _line(f"  {fault.remedy}")


def _line(text: str) -> str:
    """One line that the code fence around the output survives."""
    indent = "  " if text.startswith("  ") else ""
    return shortened(indent + plain(text.strip()).replace("`", "'"), _LONGEST_LINE)
