"""`iacrisk rules --test PLAN`: what each own rule says of a plan, and why it says nothing."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.assess import Assessment
from iacrisk.catalog import Basis, resource_type
from iacrisk.plan import Redactor
from iacrisk.report.plain import count, plain
from iacrisk.rules import Finding, Rule

_INDENT = "  "


def render_trial(assessment: Assessment, rules: tuple[Rule, ...]) -> str:
    """One part for each of `rules`."""
    redactor = assessment.plan.redactor
    lines: list[str] = []
    for rule in rules:
        seen = _seen(assessment, rule)
        lines.append(plain(f"{rule.id} {rule.name}: {count(seen, 'change')} seen"))
        lines += [f"{_INDENT}{plain(line)}" for line in _told(assessment, rule, redactor)]
    return "\n".join(lines) + "\n"


def _seen(assessment: Assessment, rule: Rule) -> int:
    pending = assessment.plan.pending
    if rule.on_plan is not None:
        return len(pending)
    return sum(rule.applies_to(resource_type(item.type), item.kind) for item in pending)


def _told(assessment: Assessment, rule: Rule, redactor: Redactor) -> Iterator[str]:
    for what, finding in _findings(assessment):
        if finding.rule == rule.id:
            yield f"{what}: {redactor.address(finding.address) or 'the plan'}"
    for change in assessment.changes:
        for item in change.undecided:
            if item.rule == rule.id:
                paths = f" ({', '.join(item.paths)})" if item.paths else ""
                yield f"undecided: {redactor.address(change.address)}{paths}"
    for failure in assessment.failures:
        if failure.rule == rule.id:
            where = redactor.address(failure.address) or "the plan"
            yield f"failed: {where}: {failure.error}"
    for name in sorted(rule.types or ()):
        if resource_type(name).basis is Basis.UNKNOWN:
            yield f"note: the catalog does not know the type {name}"


def _findings(assessment: Assessment) -> Iterator[tuple[str, Finding]]:
    """Every finding, with what became of it."""
    for change in assessment.changes:
        yield from (("flagged", finding) for finding in change.findings)
        for item in change.suppressed:
            yield f"flagged, taken back by {item.by}", item.finding
    yield from (("flagged", finding) for finding in assessment.plan_findings)
    yield from (("flagged, waived", item.finding) for item in assessment.waived)
    yield from (("flagged, not enabled", finding) for finding in assessment.disabled)
