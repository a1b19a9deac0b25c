"""From an assessment to what the page shows of it. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.assess import Assessment
from iacrisk.gate import policy_digest
from iacrisk.graph import BlastRadius
from iacrisk.plan.fingerprint import fingerprint
from iacrisk.report.grouping import Group, share_out
from iacrisk.report.page.changes import Changes, finding_view, gravest_of, subject_of, symbol_of
from iacrisk.report.page.values import (
    ApprovalView,
    CountsView,
    DoubtView,
    GrantView,
    MatterView,
    PageView,
    PlanFindingView,
    Subject,
)
from iacrisk.report.plain import visible
from iacrisk.report.words import (
    asked_lines,
    claim_lines,
    describe,
    environment_line,
    folded,
    footnotes,
    headline,
    is_approved,
    may_notice,
    model_line,
    provenance_line,
    provenance_signs,
    provisional_line,
    tally,
    undecided_by_text,
    verdict_title,
    waiting_addresses,
)

__all__ = ["PageView", "view_of"]

_MATTER: Final = 3
_HIT_NAMED: Final = 3
_ADDRESSES_NAMED: Final = 8
_ALL: Final = 1_000_000


def view_of(assessment: Assessment) -> PageView:
    """Everything that the page shows, masked."""
    prints = fingerprint(assessment.plan)
    shares = share_out(assessment, _ALL, _ALL)
    told = [*shares.detailed, *shares.named]
    read = [item for group in told for item in group.items]
    order = [*read, *shares.folded]
    changes = Changes(assessment, waiting_addresses(assessment))
    numbers = {item.address: number for number, item in enumerate(order, start=1)}
    redactor = assessment.plan.redactor
    thresholds = assessment.decision.thresholds
    return PageView(
        iacrisk_version=assessment.version,
        terraform_version=visible(redactor.text(assessment.plan.document.terraform_version)),
        verdict=assessment.decision.verdict.value,
        verdict_words=verdict_title(assessment),
        headline=headline(assessment),
        score=assessment.score,
        hold=thresholds.hold,
        block=thresholds.block,
        tally=tally(assessment),
        environment=visible(environment_line(assessment)),
        provisional=provisional_line(assessment),
        undecided_by_text=[visible(redactor.text(text)) for text in undecided_by_text(assessment)],
        counts=_counts(assessment, len(shares.folded)),
        reasons=list(_whole_plan(assessment)),
        matters=[_matter(group, numbers, assessment) for group in told[:_MATTER]],
        doubts=list(_doubts(assessment)),
        plan_findings=[
            PlanFindingView(
                subject=visible(redactor.address(finding.address)), finding=finding_view(finding)
            )
            for finding in assessment.plan_findings
        ],
        authorship=list(_authorship(assessment)),
        approval=_approval(assessment),
        changes=[
            changes.view(number, item, folded=number > len(read))
            for number, item in enumerate(order, start=1)
        ],
        folded=folded(shares.folded),
        notes=list(map(visible, footnotes(assessment))),
        fingerprint=prints.strict,
        loose_fingerprint=prints.loose,
        policy=policy_digest(assessment.policy),
    )


def _whole_plan(assessment: Assessment) -> Iterator[str]:
    """The reasons that concern the plan as a whole, beside its doubts."""
    doubts = {doubt.problem for doubt in assessment.doubts}
    for reason in assessment.decision.reasons:
        if not reason.address and reason.what not in doubts:
            yield visible(reason.what)


def _counts(assessment: Assessment, number_folded: int) -> CountsView:
    changes = assessment.changes
    waiting = waiting_addresses(assessment)
    return CountsView(
        changes=len(changes),
        waiting=sum(item.address in waiting for item in changes),
        folded=number_folded,
        undecided=sum(len(item.undecided) for item in changes),
        suppressed=sum(len(item.suppressed) for item in changes),
        waived=len(assessment.waived),
        disabled=len(assessment.disabled),
    )


def _matter(group: Group, numbers: dict[str, int], assessment: Assessment) -> MatterView:
    item, redactor = group.first, assessment.plan.redactor
    gravest = gravest_of(item.findings)
    why = gravest.what if gravest else model_line(assessment, item)
    if not why:
        reasons = [r.what for r in assessment.decision.reasons if r.address == item.address]
        why = "; ".join(reasons)
    subject = subject_of(item.change, redactor)
    return MatterView(
        number=numbers[item.address],
        score=item.score.score,
        subject=subject,
        alike=len(group.others),
        action=item.change.kind.value,
        symbol=symbol_of(item.change),
        deed=visible(describe(item.change, redactor)),
        why=_nearby(visible(why), subject),
        rules=[f"{finding.rule} {finding.name}" for finding in item.findings],
        hit=_hit_words(item.radius, assessment),
        waits=group.waits,
    )


def _nearby(text: str, subject: Subject) -> str:
    """`text` with the addresses of the change's own module as that module would write them."""
    return text.replace(f"{subject.module}.", "") if subject.module else text


def _hit_words(radius: BlastRadius, assessment: Assessment) -> str:
    named, rest = radius.named, len(radius.hits) - len(radius.named)
    if not named:
        return may_notice(rest, 0) if rest else ""
    shown = assessment.plan.redactor
    nodes = [assessment.graph.node(hit.address) for hit in named[:_HIT_NAMED]]
    words = [
        visible(shown.address(hit.address.removeprefix(f"{node.module}." if node else "")))
        for hit, node in zip(named, nodes, strict=False)
    ]
    more = len(named) - len(words)
    text = ", ".join(words) + (f" and {more:,} more" if more else "")
    return f"{text}; {may_notice(rest, 0)}" if rest else text


def _doubts(assessment: Assessment) -> Iterator[DoubtView]:
    redactor = assessment.plan.redactor
    for doubt in assessment.doubts:
        yield DoubtView(
            problem=visible(doubt.problem),
            remedy=visible(doubt.remedy),
            addresses=[
                visible(redactor.address(address)) for address in doubt.addresses[:_ADDRESSES_NAMED]
            ],
            more=len(doubt.addresses[_ADDRESSES_NAMED:]),
        )


def _authorship(assessment: Assessment) -> Iterator[str]:
    """Who wrote the change, what it is claimed to do, and what the policy makes of that."""
    redactor = assessment.plan.redactor
    line = provenance_line(assessment)
    if line:
        yield line
    for sign, quote in provenance_signs(assessment):
        yield visible(f"{sign}: {quote}")
    yield from map(visible, assessment.told.provenance.problems)
    for said in (*claim_lines(assessment), *asked_lines(assessment)):
        yield visible(redactor.text(said))


def _approval(assessment: Assessment) -> ApprovalView | None:
    outcome = assessment.approval
    if outcome is None:
        return None
    redactor = assessment.plan.redactor
    return ApprovalView(
        verdict=outcome.verdict.value,
        is_enough=is_approved(assessment),
        granted=[
            GrantView(
                signer=visible(grant.signer),
                reason=visible(redactor.text(grant.reason)),
                approved_at=grant.approved_at.strftime("%Y-%m-%d %H:%M UTC"),
                expires=grant.expires.strftime("%Y-%m-%d %H:%M UTC"),
            )
            for grant in outcome.granted
        ],
        refused=[visible(f"{refusal.source}: {refusal.why}") for refusal in outcome.refused],
        missing=list(map(visible, outcome.missing)),
        notes=list(map(visible, outcome.notes)),
    )
