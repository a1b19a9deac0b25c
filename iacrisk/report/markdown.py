"""The pull-request comment: GitHub Markdown that fits, with the verdict first.

Text from the plan stands in code spans only, so that it can neither format, link, mention
nor close anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.assess import AssessedChange, Assessment
from iacrisk.graph import Hit
from iacrisk.patterns import regex
from iacrisk.plan import Redactor
from iacrisk.report.graph_formats import mermaid_radius
from iacrisk.report.grouping import Group, share_out
from iacrisk.report.plain import count, plain
from iacrisk.report.words import (
    ITSELF,
    approval_lines,
    asked_lines,
    claim_lines,
    describe,
    environment_line,
    folded,
    headline,
    may_notice,
    model_line,
    model_notes,
    provenance_line,
    provenance_signs,
    provisional_line,
    source_notes,
    tally,
    undecided_by_text,
)
from iacrisk.rules import Finding

LARGEST: Final = 65_536
"""Characters in a GitHub comment."""
RESERVE = 400
_HITS_NAMED = 25
_ALIKE_NAMED = 20
_IN_DETAIL = 60
_IN_A_LINE = 100
_BACKTICKS = regex(r"`+")
_MARKUP = regex(r"[\\`*_\[\]<>#|~]")
MARKER = "<!-- iacrisk -->"


def render_markdown(assessment: Assessment, largest: int = LARGEST) -> str:
    """The comment; sections are left out from the end, and counted, when it would not fit."""
    text, left_out = "", 0
    for number, section in enumerate(_sections(assessment)):
        block = section + "\n\n"
        if number and len(text) + len(block) > largest - RESERVE:
            left_out += 1
        else:
            text += block
    if left_out:
        text += f"_{count(left_out, 'section')} left out to fit the comment._\n"
    return text


def _sections(assessment: Assessment) -> Iterator[str]:
    redactor = assessment.plan.redactor
    yield f"{MARKER}\n## {headline(assessment)}"
    yield f"{tally(assessment)} {prose(environment_line(assessment))}"
    approval = "\n".join(f"- {prose(line)}" for line in approval_lines(assessment))
    if approval:
        yield approval
    if assessment.provisional is not None:
        texts = [prose(provisional_line(assessment))]
        texts += [f"- {prose(redactor.text(text))}" for text in undecided_by_text(assessment)]
        yield "> [!NOTE]\n" + "\n".join(f"> {text}" for text in texts)
    provenance = "\n".join(_provenance(assessment))
    if provenance:
        yield provenance
    for doubt in assessment.doubts:
        yield f"> [!WARNING]\n> {prose(doubt.problem)} {prose(doubt.remedy)}"
    for finding in assessment.plan_findings:
        subject = code(redactor.address(finding.address)) if finding.address else "The plan"
        yield f"**{subject}**\n{_finding(finding)}"
    shares = share_out(assessment, _IN_DETAIL, _IN_A_LINE)
    worst = next((group for group in shares.detailed if group.first.radius.named), None)
    for group in shares.detailed:
        yield _change(group, assessment)
        if group is worst:
            yield _diagram(group.first, redactor)
    for group in shares.named:
        yield _line(group, redactor)
    if shares.folded:
        lines = "\n".join(f"- {line}" for line in folded(shares.folded))
        summary = f"<summary>{count(len(shares.folded), 'folded change')}</summary>"
        yield f"<details>{summary}\n\n{lines}\n</details>"
    notes = "\n".join(f"- {note}" for note in _notes(assessment))
    if notes:
        yield notes


def _provenance(assessment: Assessment) -> Iterator[str]:
    line = provenance_line(assessment)
    if line:
        yield line
    for sign, quote in provenance_signs(assessment):
        yield f"- {prose(sign)}: {code(quote)}"
    for problem in assessment.told.provenance.problems:
        yield f"- {prose(problem)}"
    for said in (*claim_lines(assessment), *asked_lines(assessment)):
        yield f"- {prose(assessment.plan.redactor.text(said))}"


def _change(group: Group, assessment: Assessment) -> str:
    item, redactor = group.first, assessment.plan.redactor
    alike = f" and {len(group.others):,} like it" if group.others else ""
    title = f"<b>{item.score.score}</b> {_html_code(redactor.address(item.address))}{alike}"
    was = "was in " if item.place and item.place.in_base else ""
    body = [was + code(str(item.place))] if item.place else []
    body += [prose(describe(item.change, redactor)), *map(_finding, item.findings)]
    said = model_line(assessment, item) if group.waits else ""
    body += [prose(said)] if said else []
    body += _alike(group, redactor)
    body += _who_is_hit(item, redactor)
    opening = "<details open>" if group.waits else "<details>"
    inner = "\n\n".join(body)
    return f"{opening}<summary>{title}</summary>\n\n{inner}\n</details>"


def _alike(group: Group, redactor: Redactor) -> Iterator[str]:
    if group.others:
        named = [code(redactor.address(item.address)) for item in group.others[:_ALIKE_NAMED]]
        rest = len(group.others) - len(named)
        yield f"The same for {', '.join(named)}" + (f" and {rest:,} more." if rest else ".")


def _line(group: Group, redactor: Redactor) -> str:
    item = group.first
    alike = f" and {len(group.others):,} like it" if group.others else ""
    address = code(redactor.address(item.address))
    return f"- **{item.score.score}** {address}{alike}: {prose(describe(item.change, redactor))}"


def _finding(finding: Finding) -> str:
    severity = finding.severity.name.lower()
    lines = [f"**{finding.rule} {finding.name}** ({severity}): {prose(finding.what)}"]
    lines += [f"- {code(e.path)}: {code(e.before)} → {code(e.after)}" for e in finding.evidence]
    return "\n".join(lines)


def _who_is_hit(item: AssessedChange, redactor: Redactor) -> Iterator[str]:
    radius = item.radius
    named = radius.named
    total, rest = len(named) + radius.names_itself, len(radius.hits) - len(named)
    if not total and not rest:
        return
    lines = [f"**Who is hit ({total:,})**"]
    lines += [f"- {ITSELF}"] if radius.names_itself else []
    lines += [_hit(hit, redactor) for hit in named[:_HITS_NAMED]]
    unshown = len(named[_HITS_NAMED:])
    lines += [f"- and {unshown:,} more"] if unshown else []
    lines += [f"- {may_notice(rest, total)}"] if rest else []
    yield "\n".join(lines)


def _hit(hit: Hit, redactor: Redactor) -> str:
    step = hit.path[-1]
    address = code(redactor.address(hit.address))
    return f"- {address}, {count(hit.hops, 'hop')}, by {code(redactor.text(step.reference))}"


def _diagram(item: AssessedChange, redactor: Redactor) -> str:
    return f"```mermaid\n{mermaid_radius(item.radius, redactor)}\n```"


def _notes(assessment: Assessment) -> Iterator[str]:
    suppressed = sum(len(item.suppressed) for item in assessment.changes)
    undecided = sum(len(item.undecided) for item in assessment.changes)
    if suppressed:
        yield f"{count(suppressed, 'finding')} suppressed as harmless look-alikes."
    if undecided:
        yield f"{count(undecided, 'question')} undecided, because a value is not known yet."
    if assessment.waived:
        yield f"{count(len(assessment.waived), 'finding')} waived by the policy."
    if not assessment.graph.has_configuration:
        yield "No configuration in the plan: who is hit may be incomplete."
    yield from map(prose, model_notes(assessment))
    yield from map(prose, source_notes(assessment))


def code(text: str) -> str:
    """A code span that the text cannot leave."""
    text = plain(text)
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _html_code(text: str) -> str:
    escaped = plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<code>{escaped}</code>"


def prose(text: str) -> str:
    """A sentence with text from the plan in it: everything Markdown could read is escaped."""
    return _MARKUP.sub(r"\\\g<0>", plain(text)).replace("@", "@\N{ZERO WIDTH SPACE}")
