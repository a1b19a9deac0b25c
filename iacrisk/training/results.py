"""Results as they come: append-only files, one for each bench, read back as one whole."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from iacrisk.training.case import Case
from iacrisk.training.outcome import Outcome
from iacrisk.training.rows import Row, read_rows

_T = TypeVar("_T")

REJECTED_FILE: Final = "rejected.jsonl"


class Rejected(msgspec.Struct, frozen=True, kw_only=True):
    """A case that gave no row, and why."""

    case: Case
    reason: str
    own_fault: bool = False
    """The lab failed, not the case."""


class _Named(msgspec.Struct):
    """As much of a row as says which case of which stack it is."""

    case: Case
    versions: dict[str, str] = {}


def stack_version(stack: Path) -> str:
    """Changes whenever a file of the stack does: its rows are out of date then."""
    digest = sha256()
    for path in sorted(path for path in stack.rglob("*") if path.is_file()):
        digest.update(path.relative_to(stack).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def read_rejected(packed: Path) -> list[Rejected]:
    """The committed cases that gave no row; none where the folder has no such file."""
    path = packed / REJECTED_FILE
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [msgspec.json.decode(line, type=Rejected) for line in lines]


class Results:
    """The folder of one run of the lab, together with what was packed before."""

    def __init__(self, folder: Path, stacks: Path, packed: Path | None = None) -> None:
        """The folder is made when it is not there.

        `stacks` holds the base stacks of today, `packed` the rows and rejected cases that are
        committed: a run goes on from them on any machine.
        """
        self.folder = folder
        self._stacks = stacks
        self._packed = packed
        self._versions: dict[str, str] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def version(self, stack: str) -> str:
        """The version of a stack as it is now."""
        if stack not in self._versions:
            self._versions[stack] = stack_version(self._stacks / stack)
        return self._versions[stack]

    def add(self, bench: str, row: Row) -> None:
        """Append a row; a second one of the same case counts as a repetition."""
        self._append(f"{bench}.rows.jsonl", row)

    def reject(self, bench: str, rejected: Rejected) -> None:
        """Append a case that gave no row."""
        self._append(f"{bench}.rejected.jsonl", rejected)

    def _append(self, name: str, value: msgspec.Struct) -> None:
        with (self.folder / name).open("ab") as file:
            file.write(msgspec.json.encode(value) + b"\n")

    def rows(self) -> list[Row]:
        """One row for each case: its first, with the number of runs and how many agreed.

        Rows of an earlier version of the stack count only until the case was run again. What was
        packed counts where this folder does not hold the case.
        """
        runs: dict[str, list[Row]] = {}
        for row in self._read("*.rows.jsonl", Row):
            runs.setdefault(row.case.name, []).append(row)
        merged = {name: _merged(self._newest(each)) for name, each in runs.items()}
        for row in self._packed_rows():
            own = merged.get(row.case.name)
            if own is None or self._worth(row) > self._worth(own):
                merged[row.case.name] = row
        return list(merged.values())

    def _worth(self, row: Row) -> tuple[bool, int]:
        """A row of the stack as it is now is worth more, then one that was run more often."""
        return self._is_current(row), row.runs

    def _packed_rows(self) -> Iterator[Row]:
        return read_rows(self._packed) if self._packed else iter(())

    def _is_current(self, row: Row | _Named) -> bool:
        return _made_of(row) == self.version(row.case.stack)

    def _newest(self, rows: list[Row]) -> list[Row]:
        current = self.version(rows[0].case.stack)
        wanted = current if any(_made_of(row) == current for row in rows) else _made_of(rows[0])
        return [row for row in rows if _made_of(row) == wanted]

    def rejected(self) -> list[Rejected]:
        """Every case that gave no row, once; the lab's own failures are tried again instead."""
        found = [
            *(read_rejected(self._packed) if self._packed else ()),
            *self._read("*.rejected.jsonl", Rejected),
        ]
        return list({each.case.name: each for each in found if not each.own_fault}.values())

    def done(self) -> set[str]:
        """Names of the cases that need not be run: the stack is still as it was."""
        run: Iterator[Row | _Named] = self._read("*.rows.jsonl", _Named)
        names = {row.case.name for row in chain(run, self._packed_rows()) if self._is_current(row)}
        return names | {each.case.name for each in self.rejected()}

    def _read(self, pattern: str, type_: type[_T]) -> Iterator[_T]:
        decoder = msgspec.json.Decoder(type_)
        for path in sorted(self.folder.glob(pattern)):
            with path.open("rb") as lines:
                for line in lines:
                    if line.endswith(b"\n"):  # the last one may have been cut off
                        yield decoder.decode(line)


def _made_of(row: Row | _Named) -> str:
    return row.versions.get("stack", "")


def _merged(rows: list[Row]) -> Row:
    first = signature(rows[0].outcome)
    agreeing = sum(signature(row.outcome) == first for row in rows)
    return msgspec.structs.replace(rows[0], runs=len(rows), agreeing=agreeing)


def signature(outcome: Outcome) -> object:
    """What has to be the same for two runs to agree: ids and messages may differ."""
    return (
        sorted({(each.probe, each.harm) for each in outcome.broken}),
        bool(outcome.apply_errors),
        outcome.replan,
        sorted({each.object.partition(":")[0] for each in outcome.transient}),
        bool(outcome.artefact),
    )
