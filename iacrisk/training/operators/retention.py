"""Retention: how long logs, messages, backups and old versions are kept."""

from __future__ import annotations

from iacrisk.training.operators.literals import change
from iacrisk.training.operators.numbers import doubled, halved, lowered_to, stepped
from iacrisk.training.operators.stack import Operator

_LOGS = frozenset({"retention_in_days", "log_retention", "log_days", "web", "worker", "audit"})
_LOG_DAYS = (1, 3, 7, 14, 30, 60, 90, 180, 365, 731)
_MESSAGES = frozenset({"message_retention_seconds"})
_STREAMS = frozenset({"retention_period", "stream_hours"})
_EXPIRY = frozenset({"days", "noncurrent_days", "expire_days"})
_BACKUPS = frozenset(
    {
        "automated_snapshot_retention_period",
        "backup_days",
        "backup_retention_days",
        "backup_retention_period",
        "snapshot_retention_limit",
    }
)
_WINDOWS = frozenset({"deletion_window_in_days", "recovery_window_in_days"})
_FAMILY = "retention"
_NUMBER = ("number",)

OPERATORS: tuple[Operator, ...] = (
    change("keep-logs-longer", _FAMILY, _LOGS, _NUMBER, stepped(_LOG_DAYS, up=True), calm=True),
    change("keep-logs-shorter", _FAMILY, _LOGS, _NUMBER, stepped(_LOG_DAYS[::-1], up=False)),
    change("keep-messages-longer", _FAMILY, _MESSAGES, _NUMBER, doubled(1209600), calm=True),
    change("keep-messages-shorter", _FAMILY, _MESSAGES, _NUMBER, lowered_to(86400, 600)),
    change("keep-stream-longer", _FAMILY, _STREAMS, _NUMBER, doubled(8760), calm=True),
    change("keep-stream-shorter", _FAMILY, _STREAMS, _NUMBER, halved(24)),
    change("expire-later", _FAMILY, _EXPIRY, _NUMBER, doubled(3650), calm=True),
    change("expire-sooner", _FAMILY, _EXPIRY, _NUMBER, lowered_to(60, 30, 1)),
    change("keep-backups-longer", _FAMILY, _BACKUPS, _NUMBER, doubled(35), calm=True),
    change("keep-backups-shorter", _FAMILY, _BACKUPS, _NUMBER, lowered_to(3, 1, 0)),
    change("shorten-deletion-window", _FAMILY, _WINDOWS, _NUMBER, lowered_to(7)),
    change("lengthen-deletion-window", _FAMILY, _WINDOWS, _NUMBER, doubled(30), calm=True),
)
