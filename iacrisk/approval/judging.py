"""Whether an approval counts for this plan, here and now.

First the signature over the bytes, then the bytes' own form, then what they say. Whatever cannot
be read or verified is a refusal, never a pass.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from iacrisk.approval import statement as st
from iacrisk.approval.binding import Bond, Situation, bond_of, held_by, subject_digest
from iacrisk.approval.envelope import LARGEST, Signed, unpack
from iacrisk.approval.ssh import Signer, verify
from iacrisk.assess import Assessment
from iacrisk.errors import ApprovalRefused, SigningFailed
from iacrisk.gate import ApprovalOutcome, Approvals, Grant, Held, Refusal, Verdict, decide_approved
from iacrisk.gate.approving import (
    belongs,
    duration,
    is_agent,
    missing_approvals,
    person_of,
)
from iacrisk.gate.policy import FingerprintForm, UnknownAuthor
from iacrisk.patterns import regex

SKEW: Final = datetime.timedelta(minutes=5)
"""How far an approver's clock may be ahead."""
_MOST_FILES: Final = 1000
_AUTHOR: Final = regex(r"<([^<>]*)>\s*\Z")

Verify = Callable[[Signed, Path, datetime.datetime], Signer]


class Hearing(msgspec.Struct, frozen=True, kw_only=True):
    """What approvals are judged by, beside the plan, whoever vouches for the approver.

    `authors` are stated. `named`: whom commits and the CI host name as well; they may not approve
    either, but anybody can write a name into a commit, so that they make no author known.
    """

    now: datetime.datetime
    authors: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    @property
    def known_authors(self) -> tuple[str, ...]:
        """Their addresses; an empty variable of a pipeline names nobody."""
        return tuple(filter(None, map(_address, self.authors)))

    @property
    def all_authors(self) -> tuple[str, ...]:
        """The addresses of all who may not approve because they wrote the change."""
        return (*self.known_authors, *filter(None, map(_address, self.named)))


class Bench(Hearing, frozen=True, kw_only=True):
    """The same where SSH keys vouch for the approver."""

    allowed_signers: Path
    verify: Verify = verify


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """An approval that was verified, and either counts or does not."""

    statement: st.Statement | None
    grant: Grant | None
    why: str = ""


def approve_by_folder(
    assessment: Assessment, situation: Situation, folder: Path, bench: Bench
) -> Assessment:
    """The assessment with what the approvals in `folder` do to its verdict."""
    if assessment.decision.verdict is Verdict.ALLOWED:
        return assessment
    bond = bond_of(assessment, situation)
    files, problems = _files(folder)
    found = [
        (path.name, judge_file(path, bond, assessment.policy.approvals, bench)) for path in files
    ]
    return with_approvals(assessment, found, bench, problems)


def with_approvals(
    assessment: Assessment,
    found: Iterable[tuple[str, Judged]],
    hearing: Hearing,
    notes: Sequence[str] = (),
) -> Assessment:
    """The assessment with what these approvals, by the names of their files, do to its verdict."""
    outcome = outcome_of(
        assessment.decision.verdict,
        held_by(assessment),
        assessment.policy.approvals,
        found,
        hearing,
        notes,
    )
    return msgspec.structs.replace(
        assessment, approval=outcome, decision=decide_approved(assessment.decision, outcome)
    )


def outcome_of(
    verdict: Verdict,
    held: Sequence[Held],
    approvals: Approvals,
    found: Iterable[tuple[str, Judged]],
    hearing: Hearing,
    notes: Sequence[str] = (),
) -> ApprovalOutcome:
    """What these approvals, by the names of where they lie, do to a verdict."""
    judged = sorted(found, key=lambda item: item[0])
    refused = [Refusal(source=name, why=item.why) for name, item in judged if item.grant is None]
    grants = [(name, item.grant) for name, item in judged if item.grant is not None]
    granted, doubled = _one_each(grants)
    return ApprovalOutcome(
        verdict=verdict,
        granted=granted,
        refused=(*refused, *doubled),
        missing=missing_approvals(held, granted, approvals),
        notes=(*notes, *_notes(hearing)),
    )


def judge_file(path: Path, bond: Bond, approvals: Approvals, bench: Bench) -> Judged:
    """Whether the approval in the file at `path` counts."""
    try:
        signed = unpack(_read(path))
        signer = bench.verify(signed, bench.allowed_signers, bench.now)
    except (ApprovalRefused, SigningFailed) as error:
        return Judged(statement=None, grant=None, why=str(error))
    return judge_statement(signed.payload, signer, bond, approvals, bench)


def judge_statement(
    payload: bytes, signer: Signer, bond: Bond, approvals: Approvals, hearing: Hearing
) -> Judged:
    """Whether an approval counts that `signer` gave in just these bytes."""
    statement = None
    try:
        digest = st.digest_of(payload)
        statement = st.read_statement(payload)
        _check_person(statement.predicate, signer, digest, approvals, hearing)
        _check_bond(statement, bond, approvals)
        _check_time(statement.predicate, approvals, hearing.now)
    except ApprovalRefused as error:
        return Judged(statement=statement, grant=None, why=str(error))
    return Judged(statement=statement, grant=_grant(statement, signer, digest, approvals))


def _grant(statement: st.Statement, signer: Signer, digest: str, approvals: Approvals) -> Grant:
    predicate = statement.predicate
    return Grant(
        person=person_of(predicate.approver, approvals),
        signer=predicate.approver,
        key=signer.key,
        statement=digest,
        reason=predicate.reason,
        approved_at=predicate.approved_at,
        expires=predicate.expires,
    )


def _check_person(
    predicate: st.Predicate, signer: Signer, digest: str, approvals: Approvals, hearing: Hearing
) -> None:
    name = predicate.approver
    if name not in signer.names:
        raise ApprovalRefused(f"It says that {name} approves, but {signer.names[0]} signed it.")
    if digest in approvals.revoked:
        raise ApprovalRefused("It was revoked by the policy.")
    if signer.key in approvals.revoked:
        raise ApprovalRefused(f"The key {signer.key} was revoked by the policy.")
    if is_agent(name, approvals):
        raise ApprovalRefused(f"{name} is no person by the policy, and may never approve.")
    if approvals.hardware_keys and not signer.is_hardware:
        raise ApprovalRefused(f"The policy asks for a key on a security key; it is {signer.kind}.")
    person = person_of(name, approvals)
    if person in {person_of(author, approvals) for author in hearing.all_authors}:
        raise ApprovalRefused(f"{name} wrote the change, and may not approve it.")
    if not hearing.known_authors and approvals.unknown_author is UnknownAuthor.REFUSE:
        raise ApprovalRefused("Nobody said who wrote the change (--author).")
    if not any(belongs(person, name, rule, approvals) for rule in approvals.rules):
        raise ApprovalRefused(f"{name} is in no group that may approve.")


def _check_bond(statement: st.Statement, bond: Bond, approvals: Approvals) -> None:
    """Refuse what was signed for another plan, place, policy or release."""
    predicate = statement.predicate
    _check_plan(statement, bond, approvals)
    pairs = (
        ("workspace", predicate.place.workspace, bond.place.workspace),
        ("subject", predicate.place.subject, bond.place.subject),
        ("environment", predicate.place.environment, bond.place.environment),
    )
    for what, signed, here in pairs:
        if signed != here:
            raise ApprovalRefused(f"It is for the {what} {signed!r}, not for {here!r}.")
    tool, own = predicate.tool, bond.tool
    if tool.iacrisk != own.iacrisk:
        raise ApprovalRefused(f"iacrisk {tool.iacrisk} judged the plan then, {own.iacrisk} now.")
    if tool.judgment != own.judgment:
        raise ApprovalRefused("Other rules or tables judged the plan then than do now.")
    if tool.plugins != own.plugins:
        raise ApprovalRefused("Other plugins judged the plan then than do now.")
    if tool.model != own.model:
        raise ApprovalRefused("Another trained model was asked then than is now.")
    if predicate.policy != bond.policy:
        raise ApprovalRefused("Another policy held when it was approved than does now.")
    if predicate.verdict != bond.verdict:
        raise ApprovalRefused(f"It approves the verdict {predicate.verdict}, not {bond.verdict}.")
    if predicate.judged != bond.judged:
        raise ApprovalRefused("Other findings or dependents were approved than there are now.")


def _check_plan(statement: st.Statement, bond: Bond, approvals: Approvals) -> None:
    here = subject_digest(bond.plan)
    signed = statement.subject[0].digest if len(statement.subject) == 1 else {}
    if set(signed) != set(here):
        raise ApprovalRefused("Its fingerprints are not of the kind that this release makes.")
    differs = {name.split(":")[1] for name in here if signed[name] != here[name]}
    if FingerprintForm.LOOSE in differs:
        raise ApprovalRefused("It is for another plan.")
    if FingerprintForm.STRICT in differs and approvals.fingerprint is FingerprintForm.STRICT:
        raise ApprovalRefused("It is for a plan with other values.")


def _check_time(predicate: st.Predicate, approvals: Approvals, now: datetime.datetime) -> None:
    if predicate.expires - predicate.approved_at > duration(approvals.longest):
        raise ApprovalRefused(f"It was made to hold for longer than {approvals.longest}.")
    if predicate.approved_at > now + SKEW:
        raise ApprovalRefused(f"It begins to hold at {_at(predicate.approved_at)}.")
    if predicate.expires <= now:
        raise ApprovalRefused(f"It expired at {_at(predicate.expires)}.")


def _address(author: str) -> str:
    """`Alice <alice@example.com>`, as Git writes authors, is alice@example.com."""
    found = _AUTHOR.search(author)
    return (found[1] if found else author).strip()


def _at(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")


def _one_each(
    found: Sequence[tuple[str, Grant]],
) -> tuple[tuple[Grant, ...], tuple[Refusal, ...]]:
    """One approval for each person and each key, the one that holds longest."""
    kept: list[Grant] = []
    doubled: list[Refusal] = []
    for name, grant in sorted(found, key=lambda item: (-item[1].expires.timestamp(), item[0])):
        same_person = next((item for item in kept if item.person == grant.person), None)
        same_key = next((item for item in kept if item.key == grant.key), None)
        if same_person is not None:
            why = f"{grant.signer} counts once, and approved already as {same_person.signer}."
            doubled.append(Refusal(source=name, why=why))
        elif same_key is not None:
            why = f"Its key counts once, and approved already as {same_key.signer}."
            doubled.append(Refusal(source=name, why=why))
        else:
            kept.append(grant)
    return tuple(kept), tuple(doubled)


def _notes(hearing: Hearing) -> Iterator[str]:
    if not hearing.known_authors:
        yield "Nobody said who wrote the change (--author), so it may approve itself."


def _files(folder: Path) -> tuple[list[Path], list[str]]:
    if not folder.is_dir():
        return [], [f"There is no folder {folder} with approvals."]
    found = sorted(path for path in folder.glob("*.json") if path.is_file())
    if len(found) > _MOST_FILES:
        return found[:_MOST_FILES], [f"Only {_MOST_FILES:,} approvals of {folder} were looked at."]
    return found, []


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise ApprovalRefused(f"The file cannot be read: {error.strerror}.") from None
