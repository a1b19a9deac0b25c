"""The audit log: a chain that shows tampering, and writers that neither tear nor lose lines."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from iacrisk.audit import Event, record, verify_log
from iacrisk.audit.log import Verified
from iacrisk.errors import BrokenLog
from tests.conftest import ROOT

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
WRITERS, EACH = 4, 25
WRITE_MANY = """\
import datetime, sys
from pathlib import Path
from iacrisk.audit import Event, record
for number in range(int(sys.argv[2])):
    event = Event(kind="decision", data={"writer": sys.argv[3], "number": number})
    record(Path(sys.argv[1]), event, datetime.datetime.now(tz=datetime.UTC))
"""
DIE_IN_MID_WRITE = """\
import datetime, os, sys
from pathlib import Path
import iacrisk.audit.log as log
real = os.write
def torn(descriptor, text):
    real(descriptor, text[: int(sys.argv[2])])
    os._exit(9)
os.write = torn
log.record(
    Path(sys.argv[1]), log.Event(kind="decision", data={"lost": "x" * 200}),
    datetime.datetime.now(tz=datetime.UTC),
)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


def write(path: Path, *numbers: int) -> list[str]:
    """Append an event for each number; returns the digests."""
    return [record(path, Event(kind="decision", data={"n": number}), NOW) for number in numbers]


def start(script: str, *arguments: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT)  # noqa: S603 - this interpreter


def broken(path: Path, holds: str = "") -> str:
    with pytest.raises(BrokenLog) as caught:
        verify_log(path, holds)
    return str(caught.value).removeprefix(str(path))


def test_each_line_carries_the_digest_of_the_one_before(path: Path) -> None:
    digests = write(path, 1, 2, 3)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["previous"] for line in lines] == ["0" * 64, *digests[:2]]
    assert [line["number"] for line in lines] == [1, 2, 3]
    assert verify_log(path) == Verified(entries=3, last=digests[2], repairs=())


def test_an_empty_log_holds_together(path: Path) -> None:
    path.touch()
    assert verify_log(path).entries == 0


def test_a_log_that_is_not_there_is_an_error(path: Path) -> None:
    assert "Cannot read the audit log" in broken(path)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"n":2', '"n":9', ", line 2: it was altered."),
        ('"number":2', '"number":5', ", line 2: it was altered."),
        ('"n":2}', '"n":2,"m":1}', ", line 2: it was altered."),
        ('"time":', ' "time":', ", line 1: it was altered."),
    ],
)
def test_an_altered_line_is_named(path: Path, old: str, new: str, why: str) -> None:
    write(path, 1, 2, 3)
    path.write_text(path.read_text().replace(old, new, 1))
    assert broken(path) == why


def test_a_line_left_out_is_told_from_what_follows(path: Path) -> None:
    write(path, 1, 2, 3)
    first, _, third = path.read_text().splitlines(keepends=True)
    path.write_text(first + third)
    assert broken(path).startswith(", line 2: it does not follow the line before")


def test_lines_that_changed_places_are_told(path: Path) -> None:
    write(path, 1, 2, 3)
    first, second, third = path.read_text().splitlines(keepends=True)
    path.write_text(first + third + second)
    assert broken(path).startswith(", line 2: it does not follow the line before")


def test_a_line_put_between_is_told(path: Path) -> None:
    write(path, 1, 2)
    first, second = path.read_text().splitlines(keepends=True)
    path.write_text(first + "approved by all\n" + second)
    assert broken(path).startswith(", line 2: it was cut short")


def test_what_was_cut_off_at_the_end_is_told_by_a_digest_kept_elsewhere(path: Path) -> None:
    kept = write(path, 1, 2, 3)[-1]
    assert verify_log(path, kept).entries == 3
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    assert verify_log(path).entries == 2
    assert f"holds no entry {kept}" in broken(path, kept)


def test_nobody_writes_on_behind_a_line_that_was_altered(path: Path) -> None:
    write(path, 1, 2)
    path.write_text(path.read_text().replace('"n":2', '"n":9'))
    with pytest.raises(BrokenLog, match="was altered"):
        write(path, 3)


def test_writers_at_the_same_time_make_one_chain(path: Path) -> None:
    writers = [start(WRITE_MANY, path, EACH, name) for name in range(WRITERS)]
    assert [writer.wait() for writer in writers] == [0] * WRITERS
    assert verify_log(path).entries == WRITERS * EACH
    lines = [json.loads(line)["data"] for line in path.read_text().splitlines()]
    for name in range(WRITERS):
        own = [line["number"] for line in lines if line["writer"] == str(name)]
        assert own == list(range(EACH))


@pytest.mark.parametrize("written", [0, 1, 7, 150, 300])
def test_a_crash_in_mid_write_leaves_a_record_of_what_was_lost(path: Path, written: int) -> None:
    write(path, 1)
    whole = path.read_bytes()
    assert start(DIE_IN_MID_WRITE, path, written).wait() == 9
    torn = path.read_bytes().removeprefix(whole)
    assert len(torn) == written
    if written:
        assert "line 2: it was cut short, and no repair tells of it yet" in broken(path)
    write(path, 2)
    found = verify_log(path)
    assert found.repairs == ((3,) if written else ())
    assert found.entries == (3 if written else 2)
    assert path.read_bytes().startswith(whole + torn)


def test_a_crash_in_the_repair_is_repaired_as_well(path: Path) -> None:
    write(path, 1)
    for written in (20, 1, 30):
        assert start(DIE_IN_MID_WRITE, path, written).wait() == 9
    write(path, 2)
    assert verify_log(path).entries == 3
    assert len(verify_log(path).repairs) == 1


def test_an_entry_that_lacks_its_line_end_alone_is_whole(path: Path) -> None:
    write(path, 1, 2)
    os.truncate(path, path.stat().st_size - 1)
    assert verify_log(path).entries == 2
    write(path, 3)
    assert verify_log(path) == Verified(entries=3, last=verify_log(path).last, repairs=())


def test_an_altered_repair_is_told(path: Path) -> None:
    write(path, 1)
    assert start(DIE_IN_MID_WRITE, path, 40).wait() == 9
    write(path, 2)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1][:20] + b"\n" + b"".join(lines[2:]))
    assert ", line 2: it was cut short, and what follows does not tell of it." in broken(path)


def test_a_long_torn_line_is_found_from_the_end(path: Path) -> None:
    write(path, 1)
    with path.open("ab") as file:
        file.write(b'{"data":{"x":"' + b"y" * 300_000)
    write(path, 2)
    assert verify_log(path).repairs == (3,)


def test_a_log_that_was_rotated_away_begins_anew(path: Path, tmp_path: Path) -> None:
    write(path, 1)
    path.rename(tmp_path / "audit.jsonl.1")
    write(path, 2)
    assert verify_log(path).entries == 1


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BrokenLog, match="Cannot write the audit log"):
        write(tmp_path / "none" / "audit.jsonl", 1)
