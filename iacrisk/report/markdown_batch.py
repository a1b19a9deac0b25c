"""The comment on a run: one plan as it is, several under one table, together in one comment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.gate import Verdict
from iacrisk.report.batch import Batch, Fault, JudgedPlan
from iacrisk.report.markdown import LARGEST, MARKER, RESERVE, code, prose, render_markdown
from iacrisk.report.plain import count
from iacrisk.report.words import SOFT, verdict_words, waiting_addresses

_ROWS: Final = 100
_SMALLEST: Final = 2_000
"""Characters below which a plan's own report is not worth its place."""
_NOTE: Final = f"> [!NOTE]\n> {SOFT}\n"


def render_markdown_batch(batch: Batch) -> str:
    """The verdict first, within the size of a GitHub comment."""
    room = LARGEST - (len(_NOTE) if batch.soft else 0)
    if not batch.several and batch.plans[0].assessment is not None:
        text = render_markdown(batch.plans[0].assessment, room)
    else:
        text = _several(batch, room)
    return text + (_NOTE if batch.soft else "")


def _several(batch: Batch, room: int) -> str:
    parts = [_head(batch)]
    held = [item for item in batch.plans if item.verdict is not Verdict.ALLOWED]
    left_out = 0
    used = len(parts[0])
    for number, judged in enumerate(held):
        share = (room - RESERVE - used) // (len(held) - number)
        if share < _SMALLEST:
            left_out += 1
            continue
        parts.append(_section(judged, share, named=batch.several))
        used += len(parts[-1])
    if left_out:
        parts.append(f"_{count(left_out, 'report')} left out to fit the comment._\n")
    return "".join(parts)


def _head(batch: Batch) -> str:
    if not batch.several:
        return f"{MARKER}\n## {verdict_words(batch.verdict).upper()}\n\n"
    worst = verdict_words(batch.verdict).upper()
    title = f"{MARKER}\n## {worst}: the worst of {count(len(batch.plans), 'plan')}\n\n"
    rows = "".join(map(_row, batch.plans[:_ROWS]))
    rest = len(batch.plans) - _ROWS
    more = f"\n_and {rest:,} more._\n" if rest > 0 else ""
    return f"{title}| verdict | risk | held | plan |\n| --- | ---: | --- | --- |\n{rows}{more}\n"


def _row(judged: JudgedPlan) -> str:
    score, held = "", ""
    if judged.assessment is not None:
        score = str(judged.assessment.score)
        waiting = len(waiting_addresses(judged.assessment))
        held = f"{waiting:,} of {count(len(judged.assessment.changes), 'change')}"
    name = code(judged.name).replace("|", "\\|")
    return f"| {verdict_words(judged.verdict)} | {score} | {held} | {name} |\n"


def _section(judged: JudgedPlan, room: int, *, named: bool) -> str:
    title = f"### {code(judged.name)}\n\n" if named else ""
    if judged.assessment is None:
        return title + "".join(_fault(judged.fault or Fault(problem="It was not judged.")))
    text = render_markdown(judged.assessment, room - len(title))
    return title + text.removeprefix(f"{MARKER}\n").replace("## ", "#### ", 1)


def _fault(fault: Fault) -> Iterator[str]:
    yield f"> [!WARNING]\n> {prose(fault.problem)}"
    yield f" {prose(fault.remedy)}\n\n" if fault.remedy else "\n\n"
