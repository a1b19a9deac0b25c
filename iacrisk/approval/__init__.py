"""Signed approvals of one plan: made, kept in files, verified, judged."""

from iacrisk.approval.binding import Bond, Situation, bond_of, held_by
from iacrisk.approval.envelope import pack
from iacrisk.approval.judging import (
    Bench,
    Hearing,
    Judged,
    approve_by_folder,
    judge_file,
    judge_statement,
    outcome_of,
    with_approvals,
)
from iacrisk.approval.making import (
    LONGEST_REASON,
    draft_of,
    fill,
    make_statement,
    refuse_pointless,
    still_missing,
)
from iacrisk.approval.ssh import NAMESPACE, Signer, name_in_git, sign
from iacrisk.approval.statement import Statement, digest_of, write_statement

__all__ = [
    "LONGEST_REASON",
    "NAMESPACE",
    "Bench",
    "Bond",
    "Hearing",
    "Judged",
    "Signer",
    "Situation",
    "Statement",
    "approve_by_folder",
    "bond_of",
    "digest_of",
    "draft_of",
    "fill",
    "held_by",
    "judge_file",
    "judge_statement",
    "make_statement",
    "name_in_git",
    "outcome_of",
    "pack",
    "refuse_pointless",
    "sign",
    "still_missing",
    "with_approvals",
    "write_statement",
]
