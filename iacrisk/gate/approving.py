"""Who may let a held plan go: what is held, who approved it, and what is missing."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from iacrisk.gate.decision import Decision, Verdict
from iacrisk.gate.environment import Environment
from iacrisk.gate.policy import ApprovalRule, Approvals
from iacrisk.plan import matches
from iacrisk.rules import Severity

_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
APPROVABLE: Final = frozenset({Verdict.APPROVAL_REQUIRED, Verdict.BLOCKED})


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One reason of the verdict, with what a rule on approvals may ask of it.

    `findings` are the rules that say so and how bad it is; of the whole plan where `address` is "".
    """

    verdict: Verdict
    what: str
    address: str
    environment: Environment
    findings: tuple[tuple[str, Severity], ...]


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """An approval that counts. `statement` is its digest, `key` the signing key's."""

    person: str
    signer: str
    key: str
    statement: str
    reason: str
    approved_at: datetime.datetime
    expires: datetime.datetime


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """An approval that does not count, and why in one line."""

    source: str
    why: str


class ApprovalOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What the approvals do to a plan that was held with `verdict`."""

    verdict: Verdict
    granted: tuple[Grant, ...] = ()
    refused: tuple[Refusal, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_enough(self) -> bool:
        """Whether the plan may go through."""
        return self.verdict in APPROVABLE and bool(self.granted) and not self.missing


def decide_approved(decision: Decision, outcome: ApprovalOutcome) -> Decision:
    """The decision with the approvals; its reasons stay."""
    if not outcome.is_enough or outcome.verdict is not decision.verdict:
        return decision
    return msgspec.structs.replace(decision, verdict=Verdict.ALLOWED)


def missing_approvals(
    held: Sequence[Held], granted: Sequence[Grant], approvals: Approvals
) -> tuple[str, ...]:
    """What still has to be approved by whom, one line each."""
    lines: dict[str, None] = {}
    for item in held:
        lines.update(dict.fromkeys(_missing_for(item, granted, approvals)))
    return tuple(lines)


def is_approvable(held: Sequence[Held], approvals: Approvals) -> bool:
    """Whether the policy lets anybody approve all of it."""
    return all(_has_approver(item, approvals) for item in held)


def _has_approver(item: Held, approvals: Approvals) -> bool:
    fitting = [rule for rule in approvals.rules if _fits(rule, item)]
    if item.verdict is Verdict.BLOCKED:
        return any(rule.may_unblock for rule in fitting)
    return item.verdict in APPROVABLE and bool(fitting)


def _missing_for(item: Held, granted: Sequence[Grant], approvals: Approvals) -> Iterator[str]:
    if item.verdict not in APPROVABLE:
        yield "The plan could not be reviewed, which nobody can approve."
        return
    fitting = [(at, rule) for at, rule in enumerate(approvals.rules, 1) if _fits(rule, item)]
    where = item.address or "the plan as a whole"
    if item.verdict is Verdict.BLOCKED:
        if not any(rule.may_unblock for _, rule in fitting):
            yield f"{where} is blocked, and the policy names nobody who may approve that."
            return
    elif not fitting:
        yield f"The policy names nobody who may approve {where}."
    for at, rule in fitting:
        persons = {
            grant.person
            for grant in granted
            if belongs(grant.person, grant.signer, rule, approvals)
        }
        if len(persons) < rule.quorum:
            whom = " or ".join(rule.by) or "a listed signer"
            yield f"{len(persons)} of {rule.quorum} approvals by {whom} (approval rule {at})."


def _fits(rule: ApprovalRule, item: Held) -> bool:
    if rule.environments and item.environment.value not in rule.environments:
        return False
    if not rule.rules and rule.severity is None:
        return True
    least = Severity.INFO if rule.severity is None else Severity[rule.severity.name]
    return any(
        severity >= least and (not rule.rules or any(matches(glob, name) for glob in rule.rules))
        for name, severity in item.findings
    )


def belongs(person: str, signer: str, rule: ApprovalRule, approvals: Approvals) -> bool:
    """Whether the rule counts an approval that this person signed under this name."""
    if not rule.by:
        return True
    members = {member.casefold() for group in rule.by for member in approvals.groups.get(group, ())}
    return bool(members & {person.casefold(), signer.casefold()})


def person_of(signer: str, approvals: Approvals) -> str:
    """The person behind a signer: by the policy, or else the signer's name in small letters."""
    folded = signer.casefold()
    for person, signers in approvals.people.items():
        if folded in {person.casefold(), *(other.casefold() for other in signers)}:
            return person.casefold()
    return folded


def is_agent(signer: str, approvals: Approvals) -> bool:
    """Whether the policy says that no person signs under this name."""
    return any(matches(glob.casefold(), signer.casefold()) for glob in approvals.agents)


def duration(text: str) -> datetime.timedelta:
    """`90m`, `24h` or `7d` as a length of time; raises ValueError for anything else."""
    if text[-1:] not in _UNITS or not text[:-1].isascii() or not text[:-1].isdigit():
        raise ValueError(text)
    return datetime.timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
