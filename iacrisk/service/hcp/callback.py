"""The bodies of callbacks, inside the published schema whatever the plan holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

from iacrisk.report.json_report import ChangeItem, FindingItem, PlanFindingItem, Report
from iacrisk.report.markdown import prose
from iacrisk.report.plain import count, plain

_LONGEST_MESSAGE: Final = 1000
_LONGEST_LINE: Final = 300
_LONGEST_BODY: Final = 9000
_LONGEST_URL: Final = 500
_OUTCOMES: Final = 10
_HITS: Final = 20
_LEVELS: Final = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "info",
    "info": "info",
}


class Status(StrEnum):
    """How a task result stands; the last two are final."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"


class Tag(msgspec.Struct, frozen=True):
    """A word that HCP shows in a colour. `level`: none, info, warning or error."""

    label: str
    level: str


_NOTED: Final = Tag("Noted", "info")


def callback_body(
    status: Status, message: str, url: str = "", outcomes: Sequence[dict[str, Any]] = ()
) -> bytes:
    """The body of one callback."""
    attributes = {"status": status.value, "message": _line(message, _LONGEST_MESSAGE)}
    if url and len(url) <= _LONGEST_URL:
        attributes["url"] = url
    data: dict[str, Any] = {"type": "task-results", "attributes": attributes}
    if outcomes:
        data["relationships"] = {"outcomes": {"data": list(outcomes[:_OUTCOMES])}}
    return msgspec.json.encode({"data": data})


def outcomes_of(report: Report, url: str, held: Tag) -> list[dict[str, Any]]:
    """The worst of a report: what waits first, then by falling score. All of it is masked.

    `held`: how those stand that wait by themselves, now that the run has its answer.
    """
    whole = [_of_plan(item, url) for item in report.plan_findings]
    telling = [item for item in report.changes if item.waits or item.findings]
    telling.sort(key=lambda item: (not item.waits, -item.score, item.address))
    return [*(_of_change(item, url, held) for item in telling), *whole][:_OUTCOMES]


def without_outcomes(body: bytes) -> bytes:
    """The same callback in its shortest form, for an HCP that refuses the long one."""
    data = msgspec.json.decode(body)["data"]
    data.pop("relationships", None)
    data["attributes"].pop("url", None)
    return msgspec.json.encode({"data": data})


def has_outcomes(body: bytes) -> bool:
    """Whether there is anything that `without_outcomes` takes away."""
    return without_outcomes(body) != body


def _of_change(item: ChangeItem, url: str, held: Tag) -> dict[str, Any]:
    worst = max(item.findings, key=lambda each: _rank(each.severity), default=None)
    action = "/".join(item.actions)
    says = worst.what if worst else item.summary
    tags = {"Status": [_tag(held if item.waits else _NOTED)]}
    if worst:
        tags["Severity"] = [_severity(worst)]
    tags["Score"] = [{"label": str(item.score), "level": held.level if item.waits else "info"}]
    return _outcome(
        worst.rule if worst else "iacrisk-score",
        f"{item.address} ({action}): {says}",
        "\n\n".join(_story(item)),
        url,
        tags,
    )


def _of_plan(item: PlanFindingItem, url: str) -> dict[str, Any]:
    finding, where = item.finding, item.address or "the plan as a whole"
    tags = {"Severity": [_severity(finding)]}
    text = "\n\n".join(_evidence(finding))
    return _outcome(finding.rule, f"{where}: {finding.what}", text, url, tags)


def _story(item: ChangeItem) -> Iterator[str]:
    yield f"**{prose(item.address)}**: {prose('/'.join(item.actions))}, score {item.score}"
    for finding in item.findings:
        yield from _evidence(finding)
    named = [hit for hit in item.hits if hit.named]
    if named:
        shown = ", ".join(prose(hit.address) for hit in named[:_HITS])
        more = f" and {len(named) - _HITS:,} more" if len(named) > _HITS else ""
        yield f"Hits {count(len(named), 'resource')}: {shown}{more}"


def _evidence(finding: FindingItem) -> Iterator[str]:
    proof = (
        f"  - {prose(each.path)}: {prose(each.before)} → {prose(each.after)}"
        for each in finding.evidence
    )
    yield "\n".join([f"- {finding.rule} ({finding.severity}): {prose(finding.what)}", *proof])


def _outcome(
    name: str, description: str, body: str, url: str, tags: dict[str, list[dict[str, str]]]
) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "outcome-id": name[:64],
        "description": _line(description, _LONGEST_LINE),
        "body": _cut(body, _LONGEST_BODY),
        "tags": tags,
    }
    if url and len(url) <= _LONGEST_URL:
        attributes["url"] = url
    return {"type": "task-result-outcomes", "attributes": attributes}


def _severity(finding: FindingItem) -> dict[str, str]:
    level = _LEVELS.get(finding.severity, "none")
    return {"label": finding.severity.capitalize()[:32], "level": level}


def _tag(tag: Tag) -> dict[str, str]:
    return {"label": tag.label[:32], "level": tag.level}


def _rank(severity: str) -> int:
    return -list(_LEVELS).index(severity) if severity in _LEVELS else -len(_LEVELS)


def _line(text: str, longest: int) -> str:
    return _cut(plain(" ".join(text.split())) or "-", longest)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
