"""What GitLab reads from artifacts: the Terraform widget and the code quality report."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import Any, Final

import msgspec

from iacrisk.gate import Verdict
from iacrisk.report.batch import Batch, JudgedPlan
from iacrisk.report.remarks import Remark, left_out, remarks_on, softness
from iacrisk.rules import Severity

MOST_ENTRIES: Final = 1_000
"""Of the code quality report as a whole."""
_BY_SEVERITY: Final = {
    Severity.CRITICAL: "major",
    Severity.HIGH: "major",
    Severity.MEDIUM: "minor",
    Severity.LOW: "info",
    Severity.INFO: "info",
}


def render_terraform(batch: Batch) -> str:
    """How many objects all plans create, update and delete; a replacement counts twice.

    The widget knows these three numbers and nothing else: no verdict, no soft run.
    """
    numbers: Counter[str] = Counter()
    for judged in batch.plans:
        if judged.assessment is not None:
            for change in judged.assessment.plan.pending:
                numbers.update(set(change.actions))
    report = {name: numbers[name] for name in ("create", "update", "delete")}
    return msgspec.json.encode(report).decode() + "\n"


def render_code_quality(batch: Batch) -> str:
    """One entry for each remark, the gravest first."""
    entries: list[dict[str, Any]] = []
    seen: Counter[str] = Counter()
    if batch.soft:
        entries.append(_entry(softness(batch.plans[0].main), "", seen))
    for number, judged in enumerate(batch.plans):
        share = max(1, (MOST_ENTRIES - len(entries)) // (len(batch.plans) - number))
        found = remarks_on(judged, batch)
        if len(found) > share:
            found = [*found[: share - 1], left_out(len(found) - share + 1, judged)]
        entries += [_entry(item, _name(judged, batch), seen) for item in found]
    return msgspec.json.format(msgspec.json.encode(entries), indent=2).decode() + "\n"


def _name(judged: JudgedPlan, batch: Batch) -> str:
    return judged.name if batch.several else ""


def _entry(item: Remark, plan: str, seen: Counter[str]) -> dict[str, Any]:
    subject = f"{item.subject}: " if item.subject else ""
    return {
        "description": f"{item.rule} {item.name}: {subject}{item.text}",
        "check_name": item.rule,
        "fingerprint": _fingerprint(item, plan, seen),
        "severity": _severity(item),
        "location": {"path": item.file, "lines": {"begin": item.line}},
    }


def _fingerprint(item: Remark, plan: str, seen: Counter[str]) -> str:
    """Its rule and address, so that it stays the same when lines move; unique in the report."""
    identity = "\0".join([plan, item.rule, item.subject or item.text])
    seen[identity] += 1
    return sha256(f"{identity}\0{seen[identity]}".encode()).hexdigest()[:32]


def _severity(item: Remark) -> str:
    match item.verdict:
        case Verdict.ALLOWED:
            return _BY_SEVERITY[item.severity]
        case Verdict.APPROVAL_REQUIRED:
            return "critical"
        case Verdict.BLOCKED | Verdict.COULD_NOT_REVIEW:
            return "blocker"
