"""The wall clock jumps while runs are held: nothing fails early, nothing is held for ever."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path

from tests.service.fake_hcp import FakeHcp
from tests.service.faults.arena import HOLDING, Arena, Tally

_SMALL_JUMPS = (-7200, 0, 1800)
_LARGE_JUMP = 10_800


def library() -> Path | None:
    """The shared library that shifts a process's clock; None where it is not installed."""
    found = importlib.util.find_spec("libfaketime")
    if found is None or found.origin is None:
        return None
    return next(Path(found.origin).parent.rglob("libfaketime.so.1"), None)


def clock_jumps(folder: Path, *, pause: float = 4.0) -> Tally:
    """Back, forth, and then further than anybody is waited for.

    Small jumps end no wait. A large one does, as after a machine that slept: the run fails, it is
    not let go, and its approval counts for the next run.
    """
    shifting = library()
    assert shifting is not None
    offset = folder / "offset"
    offset.write_text("+0")
    clock = {
        "LD_PRELOAD": str(shifting),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with FakeHcp() as hcp, Arena(hcp, folder, settings=HOLDING | clock) as arena:
        arena.service.start()
        results = [arena.run(number) for number in range(4)]
        for result in results:
            hcp.deliver(result, arena.service.webhook)
        arena.wait_waiting(*results)
        for jump in _SMALL_JUMPS:
            offset.write_text(f"{jump:+d}")
            time.sleep(pause)
        assert [result.finals for result in results] == [[]] * len(results)
        approved, late = results[:2], results[2:]
        for result in approved:
            arena.approve(result)
        hcp.wait_final(*approved, timeout=60)
        offset.write_text(f"{_LARGE_JUMP:+d}")
        hcp.wait_final(*late, timeout=60)
        offset.write_text("+0")
        arena.approve(late[0])
        again = arena.run(2)
        hcp.deliver(again, arena.service.webhook)
        tally = arena.finish(
            "clock jumps while runs are held",
            [*results, again],
            "passed",
            "failed",
            remark="2 h back, 30 min on, 3 h on",
        )
        ended = [result.final.status for result in (*approved, *late, again)]
        assert ended == ["passed", "passed", "failed", "failed", "passed"]
        return tally
