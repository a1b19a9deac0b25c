"""What the commands that learn from outcomes do; imported when one of them runs."""

from __future__ import annotations

import datetime
from pathlib import Path

from iacrisk.cli.output import emit
from iacrisk.plan import decode_plan, read_plan
from iacrisk.training.outcome import HardHarm, Said
from iacrisk.training.recording import Feedback, record


def feedback(
    plan: str,
    folder: Path,
    *,
    outcome: Said,
    addresses: tuple[str, ...],
    harm: HardHarm,
    group: str,
    note: str,
) -> None:
    """Record what became of a plan, and say where."""
    said = Feedback(
        outcome=outcome,
        addresses=addresses,
        harm=harm,
        group=group,
        note=note,
        on=datetime.datetime.now(tz=datetime.UTC).date(),
    )
    path, known = record(decode_plan(read_plan(plan)), said, folder)
    emit(f"{'Replaced' if known else 'Recorded'}: {outcome} in {path}\n")
