"""The console report of a run: one plan as it is, several under one table."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.gate import Verdict
from iacrisk.report.batch import Batch, JudgedPlan
from iacrisk.report.console import WIDTH, render_console
from iacrisk.report.plain import count, plain, wrap
from iacrisk.report.words import SOFT, verdict_words, waiting_addresses


def render_console_batch(batch: Batch) -> str:
    """The verdict first; below the table, what holds plans is told in full."""
    text = "".join(_several(batch)) if batch.several else "".join(map(_report, batch.plans))
    return text + (f"\n{SOFT}\n" if batch.soft else "")


def _several(batch: Batch) -> Iterator[str]:
    worst = verdict_words(batch.verdict).upper()
    yield f"{worst}: the worst of {count(len(batch.plans), 'plan')}\n"
    for judged in batch.plans:
        yield _row(judged)
    for judged in batch.plans:
        if judged.verdict is not Verdict.ALLOWED:
            name = plain(judged.name)
            yield f"\n{'=' * WIDTH}\n{name}\n{'=' * WIDTH}\n{_report(judged)}"


def _row(judged: JudgedPlan) -> str:
    verdict, score, held = verdict_words(judged.verdict), "-", ""
    if judged.assessment is not None:
        score = str(judged.assessment.score)
        waiting = len(waiting_addresses(judged.assessment))
        held = f"{waiting:,} of {count(len(judged.assessment.changes), 'change')} held"
    return f"  {verdict:<18} {score:>3}  {held:<24} {plain(judged.name)}\n"


def _report(judged: JudgedPlan) -> str:
    if judged.assessment is not None:
        return render_console(judged.assessment)
    if judged.fault is None:
        return ""
    lines = (judged.fault.problem, judged.fault.remedy)
    return "".join(f"{line}\n" for text in lines for line in wrap(text, WIDTH, ""))
