"""Signed approvals of one plan: made, kept in files, verified, judged."""

from iacrisk.approval.binding import Situation, bond_of
from iacrisk.approval.envelope import pack
from iacrisk.approval.judging import Bench, Judged, approve_by_folder, judge_file, with_approvals
from iacrisk.approval.making import make_statement, still_missing
from iacrisk.approval.ssh import NAMESPACE, name_in_git, sign
from iacrisk.approval.statement import Statement, digest_of, write_statement

__all__ = [
    "NAMESPACE",
    "Bench",
    "Judged",
    "Situation",
    "Statement",
    "approve_by_folder",
    "bond_of",
    "digest_of",
    "judge_file",
    "make_statement",
    "name_in_git",
    "pack",
    "sign",
    "still_missing",
    "with_approvals",
    "write_statement",
]
