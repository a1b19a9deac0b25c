"""The audit log: what was decided and approved, each line chained to the one before."""

from iacrisk.audit.events import approval_made, decision_made
from iacrisk.audit.log import Event, Verified, record, verify_log

__all__ = ["Event", "Verified", "approval_made", "decision_made", "record", "verify_log"]
