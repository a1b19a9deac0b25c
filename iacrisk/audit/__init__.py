"""The audit log: what was decided and approved, each line chained to the one before."""

from iacrisk.audit.events import approval_made, decision_made
from iacrisk.audit.log import (
    FIRST,
    Event,
    Verified,
    chained,
    record,
    spelled,
    verify_log,
    write_entry,
)

__all__ = [
    "FIRST",
    "Event",
    "Verified",
    "approval_made",
    "chained",
    "decision_made",
    "record",
    "spelled",
    "verify_log",
    "write_entry",
]
