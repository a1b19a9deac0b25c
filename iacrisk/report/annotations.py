"""Lines that a CI host reads as commands: GitHub's annotations, the issues of Azure Pipelines.

Both show about ten of a kind for each step and drop the rest, so the tenth counts the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from iacrisk.gate import Verdict
from iacrisk.patterns import regex
from iacrisk.report.batch import Batch, JudgedPlan
from iacrisk.report.plain import count, plain
from iacrisk.report.remarks import Level, Remark, remarks_on
from iacrisk.report.words import SOFT, counts_line, headline

MOST: Final = 10
"""Lines of a level."""
_GITHUB: Final = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
_TEXT = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_TEXT, ":": "%3A", ",": "%2C"}
_AZURE = {";": "%3B", "\r": "%0D", "\n": "%0A", "]": "%5D"}
_LOOKS_ESCAPED = regex(r"%(?=3B|0D|0A|5D|AZP25)")


def render_github(batch: Batch) -> str:
    """Workflow commands, the gravest first, and a notice with the verdict of each plan."""
    return "".join(_lines(batch, _github, lambda text: f"::notice title=iacrisk::{_esc(text)}"))


def render_azure(batch: Batch) -> str:
    """Logging commands of Azure Pipelines; a soft run that holds something ends with issues."""
    text = "".join(_lines(batch, _azure, plain))
    if batch.soft and batch.verdict is not Verdict.ALLOWED:
        text += "##vso[task.complete result=SucceededWithIssues;]iacrisk, soft run\n"
    return text


def _lines(
    batch: Batch, line: Callable[[Remark], str], note: Callable[[str], str]
) -> Iterator[str]:
    found = [item for judged in batch.plans for item in remarks_on(judged, batch)]
    for level in Level:
        of_level = [item for item in found if item.level is level]
        most = MOST if level is not Level.NOTE else MOST - _NOTES_OF_OURS
        shown = of_level if len(of_level) <= most else of_level[: most - 1]
        for item in shown:
            yield line(item) + "\n"
        rest = len(of_level) - len(shown)
        if rest:
            text = f"{rest:,} more of the kind '{level}'; the report has all."
            yield line(_counting(of_level[-1], text)) + "\n"
    yield note(_verdict(batch)) + "\n"
    if batch.soft:
        yield note(SOFT) + "\n"


_NOTES_OF_OURS: Final = 2


def _counting(like: Remark, text: str) -> Remark:
    return Remark(
        verdict=like.verdict,
        rule="iacrisk-left-out",
        name="left-out",
        severity=like.severity,
        subject="",
        text=text,
        file=like.file,
    )


def _verdict(batch: Batch) -> str:
    if batch.several:
        return f"{batch.verdict}: the worst of {count(len(batch.plans), 'plan')}"
    return "; ".join(map(_of_plan, batch.plans))


def _of_plan(judged: JudgedPlan) -> str:
    if judged.assessment is None:
        return "COULD NOT REVIEW"
    return f"{headline(judged.assessment)}; {counts_line(judged.assessment)}"


def _github(item: Remark) -> str:
    """Without a place of its own an annotation belongs to the run, not to a file."""
    where = f"file={_esc(item.file, _PROPERTY)},line={item.line}," if item.is_placed else ""
    title = _esc(f"iacrisk {item.rule} {item.name}", _PROPERTY)
    return f"::{_GITHUB[item.level]} {where}title={title}::{_esc(_told(item))}"


def _azure(item: Remark) -> str:
    kind = "error" if item.level is Level.ERROR else "warning"
    if item.level is Level.NOTE:
        return plain(f"iacrisk {item.rule} {item.name}: {_told(item)}")
    where = ""
    if item.is_placed:
        file = _esc(_guarded(item.file), _AZURE)
        where = f"sourcepath={file};linenumber={item.line};columnnumber=1;"
    code = _esc(_guarded(item.rule), _AZURE)
    return (
        f"##vso[task.logissue type={kind};{where}code={code};]{_esc(_guarded(_told(item)), _AZURE)}"
    )


def _told(item: Remark) -> str:
    return f"{item.subject}: {item.text}" if item.subject else item.text


def _guarded(text: str) -> str:
    """A percent sign that the agent would take for an escape of its own."""
    return _LOOKS_ESCAPED.sub("%AZP25", plain(text))


def _esc(text: str, escapes: dict[str, str] | None = None) -> str:
    return "".join((escapes or _TEXT).get(char, char) for char in plain(text))
