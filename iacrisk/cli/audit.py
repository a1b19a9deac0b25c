"""`iacrisk audit`."""

from __future__ import annotations

from pathlib import Path

from iacrisk.audit import verify_log as verify
from iacrisk.cli.output import emit
from iacrisk.report.plain import count


def verify_log(path: Path, holds: str) -> None:
    """Say that an audit log holds together; raises BrokenLog where it does not."""
    found = verify(path, holds)
    emit(f"{path}: {count(found.entries, 'entry', 'entries')}, nothing altered.\n")
    for line in found.repairs:
        emit(f"Line {line} tells of lines before it that were cut short.\n")
    emit(f"Last entry: {found.last}\n")
