"""The data set: one row per case, and how it is kept in the repository.

`fixtures/lab/rows/STACK.jsonl.xz` holds the rows of one stack, sorted by case name, one compact
JSON object per line. Plans of one stack differ little, so the whole-file dictionary of xz brings
a row down to a few kilobytes, and a line is still read by itself.

    for row in read_rows(Path("fixtures/lab/rows")):
        plan = decode_plan(row.plan_json)      # iacrisk.plan; ready to build the graph from
        row.case.stack, row.case.edits[0].family
        row.outcome.harmful, row.outcome.victims, row.outcome.broken

Outcomes that users record (`recording`) have the same format, one file for each plan.

Rows whose `outcome.artefact` is set or that are not `stable` are skipped by `usable_rows`; train
and evaluate on those. A control has no edits.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from iacrisk.training.case import Case
from iacrisk.training.outcome import Outcome, Said

_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 26}]
"""The dictionary spans hundreds of plans, which is where the compression comes from."""

_DROPPED_FROM_PLAN = ("planned_values", "timestamp", "relevant_attributes", "checks")
"""`planned_values` repeats `resource_changes`; the others are not read by iacrisk."""


class Recorded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a user said of a plan, beside what the row's `outcome` makes of it."""

    outcome: Said
    plan: str
    """Hash of the masked plan and of when it was made: the same plan has the same."""
    on: str
    """The day it was recorded."""
    note: str = ""
    seen: msgspec.Raw = msgspec.Raw(b"null")
    """`examples.Seen`: what iacrisk saw in the plan before it was masked, where it sees something
    else in the masked one; null where it does not."""


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One case: what was planned, and what it did."""

    case: Case
    plan: msgspec.Raw
    """`terraform show -json`, without the keys in `_DROPPED_FROM_PLAN`; otherwise unchanged. The
    stacks hold no secrets, so values are kept and every feature can be computed again."""
    outcome: Outcome
    recorded: Recorded | None = None
    """Of outcomes that a user recorded."""
    versions: dict[str, str] = {}
    """Of terraform, the provider, moto and the lab."""
    runs: int = 1
    """How often the case was run."""
    agreeing: int = 1
    """How many of the runs had this very outcome: the same probes broken, the same apply and
    replan result."""

    @property
    def plan_json(self) -> bytes:
        """The plan as `iacrisk.plan.decode_plan` reads it."""
        return bytes(self.plan)

    @property
    def stable(self) -> bool:
        """Whether every run agreed; a case that was run once counts as stable."""
        return self.runs == self.agreeing


def compact_plan(shown: bytes) -> msgspec.Raw:
    """The plan as a row keeps it, from the output of `terraform show -json`."""
    plan: dict[str, Any] = msgspec.json.decode(shown)
    kept = {key: value for key, value in plan.items() if key not in _DROPPED_FROM_PLAN}
    return msgspec.Raw(msgspec.json.encode(kept))


def read_rows(folder: Path) -> Iterator[Row]:
    """Every row under `folder`, artefacts and unstable ones included, in a fixed order."""
    decoder = msgspec.json.Decoder(Row)
    for path in sorted(folder.glob("*.jsonl.xz")):
        with lzma.open(path) as lines:
            yield from map(decoder.decode, lines)


def rows_hash(folder: Path) -> str:
    """One hash for all rows."""
    digest = sha256()
    for path in sorted(folder.glob("*.jsonl.xz")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def usable_rows(folder: Path) -> Iterator[Row]:
    """The rows to train and evaluate on: no artefacts, and every run agreed."""
    return (row for row in read_rows(folder) if row.stable and not row.outcome.artefact)


def write_rows(rows: Iterable[Row], path: Path) -> None:
    """Write one stack's rows, sorted by case; the same rows give the same bytes."""
    encoder = msgspec.json.Encoder(order="deterministic")
    with lzma.open(path, "wb", format=lzma.FORMAT_XZ, filters=_FILTERS) as file:
        for row in sorted(rows, key=lambda row: row.case.name):
            file.write(encoder.encode(row) + b"\n")
