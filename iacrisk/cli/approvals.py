"""The commands that make and check approvals, and what they do to the verdict of `score`."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import msgspec

from iacrisk.approval import (
    Bench,
    Situation,
    approve_by_folder,
    bond_of,
    digest_of,
    judge_file,
    make_statement,
    name_in_git,
    pack,
    sign,
    with_approvals,
    write_statement,
)
from iacrisk.assess import Assessment
from iacrisk.cli import commands
from iacrisk.cli.output import emit, write
from iacrisk.config import workspace_name
from iacrisk.errors import SettingsError
from iacrisk.gate import Verdict
from iacrisk.report.approval import render_judged, render_request


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """How a person wants to approve."""

    key: Path
    reason: str
    expires: str
    approver: str
    folder: Path
    is_sure: bool


def considered(
    assessment: Assessment, inputs: commands.Inputs, approving: commands.Approving
) -> Assessment:
    """The assessment with what the approvals do to it."""
    if approving.folder is None:
        return assessment
    situation = _situation(inputs, approving.subject)
    return approve_by_folder(assessment, situation, approving.folder, _bench(assessment, approving))


def approve(inputs: commands.Inputs, asked: Asked, subject: str, audit: Path | None) -> None:
    """Show what is approved, sign it and write the file; raises SettingsError, SigningFailed."""
    assessment = commands.assess_for_gate(inputs)
    approver = asked.approver or name_in_git()
    if not approver:
        raise SettingsError("Say under which name the allowed signers list you: --approver.")
    statement = make_statement(
        assessment, _situation(inputs, subject), approver, asked.reason, _now(), asked.expires
    )
    payload = write_statement(statement)
    emit(render_request(assessment, statement))
    if not asked.is_sure:
        _ask()
    signed = sign(payload, asked.key)
    digest = digest_of(payload)
    asked.folder.mkdir(parents=True, exist_ok=True)
    path = asked.folder / f"{digest.partition(':')[2]}.json"
    write(path, pack(signed).decode("ascii"))
    if audit is not None:
        from iacrisk.audit import approval_made, record  # noqa: PLC0415 - only with --audit

        record(audit, approval_made(statement, digest), _now())
    emit(f"Signed: {path}\n")


def verify_approval(file: Path, inputs: commands.Inputs, approving: commands.Approving) -> int:
    """Tell what an approval says and whether it counts for the plan; 0 where it does."""
    assessment = commands.assess_for_gate(inputs)
    situation, bench = _situation(inputs, approving.subject), _bench(assessment, approving)
    judged = judge_file(file, bond_of(assessment, situation), assessment.policy.approvals, bench)
    after = with_approvals(assessment, [(file.name, judged)], bench)
    emit(render_judged(judged, after))
    counts = Verdict.ALLOWED if judged.grant is not None else Verdict.APPROVAL_REQUIRED
    return counts.exit_code


def _ask() -> None:
    if not sys.stdin.isatty():
        raise SettingsError("There is no terminal to ask on; give --yes to approve unasked.")
    emit("Approve this plan? [y/N] ")
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise SettingsError("Nothing was approved.")


def _situation(inputs: commands.Inputs, subject: str) -> Situation:
    return Situation(
        workspace=inputs.workspace or workspace_name(Path.cwd()),
        subject=subject,
    )


def _bench(assessment: Assessment, approving: commands.Approving) -> Bench:
    """What approvals are judged by, with the authors that are stated and those that are named."""
    signers = approving.allowed_signers
    if signers is None:
        raise SettingsError("Approvals count by the keys you trust: give --allowed-signers FILE.")
    try:
        with signers.open("rb"):
            pass
    except OSError as error:
        raise SettingsError(f"Cannot read {signers}: {error.strerror}.") from error
    return Bench(
        allowed_signers=signers,
        now=_now(),
        authors=approving.authors,
        named=assessment.told.authors,
    )


def _now() -> datetime.datetime:
    return datetime.datetime.now(tz=datetime.UTC)
