"""What an approval is bound to: the plan, how it was judged, by what, and where it is applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from iacrisk.approval import statement as st
from iacrisk.assess import AssessedChange, Assessment
from iacrisk.gate import Held, Reason, Verdict, policy_digest, strictest
from iacrisk.plan import Redactor
from iacrisk.plan.fingerprint import Fingerprint, fingerprint
from iacrisk.rules import Finding

_ROOT: Final = Path(__file__).parent.parent
_JUDGES: Final = (
    "assess.py",
    "catalog",
    "classifier",
    "config",
    "features",
    "gate",
    "graph",
    "plan",
    "provenance",
    "rules",
    "score",
    "source",
)
_DEFAULT_WORKSPACE: Final = "default"
_DEPENDENTS_SHOWN: Final = 50
_ROOM: Final = 200_000
"""Bytes of a statement for changes, and for reasons, so that the file stays below its limit."""

S = TypeVar("S", bound=st.Part)


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """Where the plan is to be applied, beside what the assessment says of it."""

    workspace: str = ""
    subject: str = ""


class Bond(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that has to be the same for an approval to hold."""

    plan: Fingerprint
    verdict: str
    judged: str
    policy: str
    tool: st.Tool
    place: st.Place


def bond_of(assessment: Assessment, situation: Situation) -> Bond:
    """What an approval of this plan, judged this way, is bound to."""
    model = assessment.model
    return Bond(
        plan=fingerprint(assessment.plan),
        verdict=assessment.decision.verdict.value,
        judged=_judged(assessment),
        policy=policy_digest(assessment.policy),
        tool=st.Tool(
            iacrisk=assessment.version,
            judgment=judgment_digest(),
            plugins={item.name: item.sha256 for item in assessment.own.plugins},
            model=model.manifest.sha256 if model else "",
        ),
        place=st.Place(
            workspace=situation.workspace or _DEFAULT_WORKSPACE,
            subject=situation.subject,
            environment=assessment.environment.environment.value,
        ),
    )


@cache
def judgment_digest() -> str:
    """The digest of the code and tables that lead to a verdict, as they are installed."""
    found = sha256()
    for path in _judging_files():
        found.update(f"{path.relative_to(_ROOT).as_posix()}\0".encode())
        found.update(sha256(path.read_bytes()).digest())
    return found.hexdigest()


def held_by(assessment: Assessment) -> tuple[Held, ...]:
    """Each reason of the verdict, with what the rules on approvals ask for."""
    changes = {item.address: item for item in assessment.changes}
    return tuple(_held(reason, changes, assessment) for reason in assessment.decision.reasons)


def subject_digest(plan: Fingerprint) -> dict[str, str]:
    """Both fingerprints as an in-toto digest set: `iacrisk-plan/1:strict:sha256` to HEX."""
    return dict(text.rsplit(":", 1) for text in (plan.strict, plan.loose))


def changes_shown(assessment: Assessment) -> tuple[st.Change, ...]:
    """The changes that the approver has to see: those that score, the riskiest first."""
    redactor = assessment.plan.redactor
    telling = [item for item in assessment.changes if item.score.score or item.findings]
    return tuple(_fitting(_change(item, redactor) for item in telling))


def reasons_shown(assessment: Assessment) -> tuple[st.Reason, ...]:
    """The reasons of the verdict."""
    redactor = assessment.plan.redactor
    return tuple(
        _fitting(
            st.Reason(verdict=item.verdict, what=item.what, address=redactor.address(item.address))
            for item in assessment.decision.reasons
        )
    )


def _fitting(parts: Iterable[S]) -> Iterator[S]:
    """The first of them that there is room for; all are in the digest of what was judged."""
    room = _ROOM
    for part in parts:
        room -= len(msgspec.json.encode(part))
        if room < 0:
            return
        yield part


def _held(reason: Reason, changes: dict[str, AssessedChange], assessment: Assessment) -> Held:
    item = changes.get(reason.address)
    whole = assessment.environment.environment
    own = [item] if item else assessment.changes
    return Held(
        verdict=reason.verdict,
        what=reason.what,
        address=assessment.plan.redactor.address(reason.address),
        environment=strictest([whole, *(each.environment for each in own)]),
        findings=tuple(
            (finding.rule, finding.severity) for finding in _findings(reason, item, assessment)
        ),
    )


def _findings(
    reason: Reason, item: AssessedChange | None, assessment: Assessment
) -> tuple[Finding, ...]:
    """What rules said of it: of a doubt nothing, of the sum of all changes everything."""
    if item is not None:
        return item.findings
    if any(reason.what == doubt.problem for doubt in assessment.doubts):
        return ()
    at_the_address = (each for each in assessment.plan_findings if each.address == reason.address)
    if reason.address or reason.verdict is Verdict.BLOCKED:
        return tuple(at_the_address)
    of_changes = (finding for each in assessment.changes for finding in each.findings)
    return (*of_changes, *assessment.plan_findings)


def _judged(assessment: Assessment) -> str:
    """The digest of what was found and who is hit; not of scores, which move with values."""
    redactor = assessment.plan.redactor
    return _digest(
        {
            "verdict": assessment.decision.verdict,
            "reasons": sorted(
                [item.verdict, redactor.address(item.address)]
                for item in assessment.decision.reasons
            ),
            "doubts": sorted(item.doubt for item in assessment.doubts),
            "plan findings": _listed(assessment.plan_findings, redactor),
            "changes": [
                [
                    redactor.address(item.address),
                    _listed(item.findings, redactor),
                    sorted(redactor.address(hit.address) for hit in item.radius.hits),
                ]
                for item in sorted(assessment.changes, key=lambda each: each.address)
            ],
        }
    )


def _listed(findings: Iterable[Finding], redactor: Redactor) -> list[list[str]]:
    return sorted(
        [item.rule, item.severity.name, redactor.address(item.address)] for item in findings
    )


def _change(item: AssessedChange, redactor: Redactor) -> st.Change:
    hits = item.radius.hits
    return st.Change(
        address=redactor.address(item.address),
        what="/".join(map(redactor.text, item.change.actions)),
        score=item.score.score,
        findings=tuple(
            st.Finding(rule=each.rule, severity=each.severity.name.lower(), what=each.what)
            for each in item.findings
        ),
        dependents=tuple(redactor.address(hit.address) for hit in hits[:_DEPENDENTS_SHOWN]),
        hit=len(hits),
    )


def _digest(value: Any) -> str:
    return sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()


def _judging_files() -> Iterator[Path]:
    for name in _JUDGES:
        place = _ROOT / name
        inside = place.rglob("*") if place.is_dir() else [place]
        yield from sorted(path for path in inside if path.suffix in {".py", ".csv", ".json"})
