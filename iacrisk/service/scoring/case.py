"""What has to be known of a judged plan to judge approvals of it later, without the plan."""

from __future__ import annotations

import msgspec

from iacrisk.approval import Bond, Statement
from iacrisk.gate import Approvals, Held, Verdict


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A held plan. `draft` is what an approver signs, without the approver.

    `named`: who wrote a part of the change, beside the run's author.
    """

    verdict: Verdict
    bond: Bond
    held: tuple[Held, ...]
    approvals: Approvals
    draft: Statement
    named: tuple[str, ...] = ()


def write_case(case: Case) -> bytes:
    """As it is kept."""
    return msgspec.json.encode(case)


def read_case(data: bytes) -> Case:
    """As it was kept; raises msgspec's errors for what another release wrote."""
    return msgspec.json.decode(data, type=Case)
