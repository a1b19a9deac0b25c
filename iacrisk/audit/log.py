"""An append-only file of JSON lines, in which each line carries the digest of the one before.

Writers on one machine take turns by a lock on the file. A line that a crash cut short stays where
it is: the next writer puts a record behind it that says how long it is and what its digest is, so
nothing is dropped in silence. The chain shows what was altered, left out or moved; what was cut
off at the end only a digest tells that was kept elsewhere.
"""

from __future__ import annotations

import datetime
import os
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec

from iacrisk.errors import BrokenLog

FIRST: Final = "0" * 64
REPAIR: Final = "repair"
_BLOCK: Final = 64 * 1024


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something worth a line."""

    kind: str
    data: dict[str, Any]


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line. `digest` is over the line without it, `previous` is the digest before."""

    number: int
    time: str
    kind: str
    data: dict[str, Any]
    previous: str
    digest: str = ""


class Torn(msgspec.Struct, frozen=True, kw_only=True):
    """A line that a crash cut short, as a repair tells of it."""

    size: int
    sha256: str


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """A log that holds together: how many entries, the last digest, the lines with repairs."""

    entries: int
    last: str
    repairs: tuple[int, ...]


def record(path: Path, event: Event, now: datetime.datetime) -> str:
    """Append an event and return its digest; raises BrokenLog where that cannot be."""
    try:
        descriptor = _locked(path)
        try:
            return _append(descriptor, path, event, now)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise BrokenLog(f"Cannot write the audit log {path}: {error.strerror}.") from error


def chained(event: Event, time: str, *, number: int, previous: str) -> Entry:
    """The entry of this number, sealed behind the one with the digest `previous`."""
    draft = Entry(number=number, time=time, kind=event.kind, data=event.data, previous=previous)
    return msgspec.structs.replace(draft, digest=_digest(draft))


def spelled(moment: datetime.datetime) -> str:
    """A moment as entries spell it."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="seconds")


def write_entry(entry: Entry) -> bytes:
    """The line of an entry."""
    return msgspec.json.encode(entry, order="sorted") + b"\n"


def verify_log(path: Path, holds: str = "") -> Verified:
    """What a log consists of; raises BrokenLog with the first line that is wrong.

    `holds` is the digest of an entry that has to be there.
    """
    check = _Chain(path)
    try:
        with path.open("rb") as file:
            for line in file:
                check.take(line)
    except OSError as error:
        raise BrokenLog(f"Cannot read the audit log {path}: {error.strerror}.") from error
    verified = check.finish()
    if holds and holds not in check.digests:
        raise BrokenLog(f"{path} holds no entry {holds}: lines were cut off, or it is another log.")
    return verified


class _Chain:
    """The state of a check that goes through a log line by line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._line = 0
        self._entries = 0
        self._last = FIRST
        self._torn: list[tuple[int, bytes]] = []
        self._repairs: list[int] = []
        self.digests: set[str] = set()

    def take(self, line: bytes) -> None:
        self._line += 1
        body = line.removesuffix(b"\n")
        entry = _entry(body)
        if entry is None:
            if not _is_torn(body):
                raise self._wrong("it was altered")
            self._torn.append((self._line, body))
            return
        if entry.previous != self._last:
            raise self._wrong("it does not follow the line before: one was altered or left out")
        if entry.number != self._entries + 1:
            raise self._wrong(f"it has the number {entry.number} and not {self._entries + 1}")
        self._settle(entry)
        self._entries += 1
        self._last = entry.digest
        self.digests.add(entry.digest)

    def finish(self) -> Verified:
        if self._torn:
            self._line = self._torn[0][0]
            raise self._wrong("it was cut short, and no repair tells of it yet")
        return Verified(entries=self._entries, last=self._last, repairs=tuple(self._repairs))

    def _settle(self, entry: Entry) -> None:
        """A repair, and nothing else, stands behind lines that were cut short."""
        told = [msgspec.to_builtins(_torn(body)) for _, body in self._torn]
        if entry.kind == REPAIR:
            self._repairs.append(self._line)
        if (entry.kind == REPAIR or told) and entry.data != {"torn": told}:
            self._line = self._torn[0][0] if self._torn else self._line
            raise self._wrong("it was cut short, and what follows does not tell of it")
        self._torn.clear()

    def _wrong(self, why: str) -> BrokenLog:
        return BrokenLog(f"{self._path}, line {self._line}: {why}.")


def _locked(path: Path) -> int:
    """The file, opened to append and locked until it is closed."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        raise BrokenLog("The audit log needs file locks of a POSIX system.") from None
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is_still(path, descriptor):
            return descriptor
        os.close(descriptor)


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether the path still names the file that was locked; it may have been rotated away."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def _append(descriptor: int, path: Path, event: Event, now: datetime.datetime) -> str:
    last, torn, is_ended = _tail(descriptor, path)
    time = spelled(now)
    text = b"" if is_ended else b"\n"
    if torn:
        told = {"torn": [msgspec.to_builtins(_torn(body)) for body in torn]}
        last = _next(last, Event(kind=REPAIR, data=told), time)
        text += write_entry(last)
    entry = _next(last, event, time)
    _write_all(descriptor, text + write_entry(entry), path)
    return entry.digest


def _next(last: Entry | None, event: Event, time: str) -> Entry:
    if last is None:
        return chained(event, time, number=1, previous=FIRST)
    return chained(event, time, number=last.number + 1, previous=last.digest)


def _tail(descriptor: int, path: Path) -> tuple[Entry | None, list[bytes], bool]:
    """The last entry, what was cut short behind it, and whether the last line is ended."""
    size = os.fstat(descriptor).st_size
    want = _BLOCK
    while True:
        start = max(0, size - want)
        lines = os.pread(descriptor, size - start, start).split(b"\n")
        is_ended = not lines[-1]
        known = lines if start == 0 else lines[1:]
        torn: list[bytes] = []
        for body in reversed(known[:-1] if is_ended else known):
            entry = _entry(body)
            if entry is not None:
                return entry, torn[::-1], is_ended
            if not _is_torn(body):
                raise BrokenLog(f"The end of {path} was altered: run `iacrisk audit verify`.")
            torn.append(body)
        if start == 0:
            return None, torn[::-1], is_ended
        want *= 2


def _entry(body: bytes) -> Entry | None:
    """The entry that a line holds; None where it is not spelled and sealed as we do it."""
    try:
        entry = msgspec.json.decode(body, type=Entry)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return entry if write_entry(entry) == body + b"\n" and _digest(entry) == entry.digest else None


def _is_torn(body: bytes) -> bool:
    """Whether a crash can have left it: the head of a line is never a whole JSON value."""
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return True
    return False


def _torn(body: bytes) -> Torn:
    return Torn(size=len(body), sha256=sha256(body).hexdigest())


def _digest(entry: Entry) -> str:
    return sha256(write_entry(msgspec.structs.replace(entry, digest=""))).hexdigest()


def _write_all(descriptor: int, text: bytes, path: Path) -> None:
    written = os.write(descriptor, text)
    if written < len(text):
        raise BrokenLog(f"The audit log {path} could not be written to the end: is the disk full?")
    os.fsync(descriptor)
