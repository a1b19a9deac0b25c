"""What the policy asks for beyond the score, by who wrote the change. It only makes stricter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from iacrisk.gate.decision import Reason, Verdict
from iacrisk.gate.policy import Policy, Scrutiny
from iacrisk.provenance import Author, Told
from iacrisk.rules import Finding, Severity

_WHO = {Author.AI: "an AI wrote it", Author.UNKNOWN: "who wrote it is unknown"}


def scrutiny_of(policy: Policy, told: Told) -> Scrutiny:
    """What the policy asks of a change by this author."""
    match told.provenance.answer:
        case Author.AI:
            return policy.provenance.ai
        case Author.UNKNOWN:
            return policy.provenance.unknown
        case Author.HUMAN:
            return Scrutiny()


def scrutiny_reasons(
    scrutiny: Scrutiny,
    told: Told,
    findings: Iterable[Finding],
    never_held: Callable[[str], bool],
    *,
    has_changes: bool,
) -> Iterator[Reason]:
    """Why the plan has to wait beyond its score."""
    who = _WHO.get(told.provenance.answer, "")
    if scrutiny.always_approve is not None:
        least = Severity[scrutiny.always_approve.name]
        for finding in findings:
            if finding.severity >= least and not never_held(finding.address):
                severity = finding.severity.name.lower()
                yield Reason(
                    verdict=Verdict.APPROVAL_REQUIRED,
                    what=f"{who}, and {finding.rule} is {severity}",
                    address=finding.address,
                )
    if scrutiny.require_claim and has_changes and not _is_claimed(told):
        yield Reason(
            verdict=Verdict.APPROVAL_REQUIRED,
            what=f"{who}, and nothing that could be understood says what it does (--claim)",
        )


def _is_claimed(told: Told) -> bool:
    """Whether the plan was held against some claim."""
    return any(claim.is_understood for claim in told.claims)
