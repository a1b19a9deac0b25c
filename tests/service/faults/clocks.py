"""The wall clock jumps while runs are held: nothing fails early, nothing is held for ever."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path

from tests.service.fake_hcp import FakeHcp
from tests.service.faults.arena import HOLDING, Arena, Tally


def library() -> Path | None:
    """The shared library that shifts a process's clock; None where it is not installed."""
    found = importlib.util.find_spec("libfaketime")
    if found is None or found.origin is None:
        return None
    return next(Path(found.origin).parent.rglob("libfaketime.so.1"), None)


def clock_jumps(folder: Path, *, hours: float, pause: float = 4.0) -> Tally:
    """Forward and back again while runs are held, then they are approved: each passes once."""
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
        results = []
        for number, jump in enumerate((-hours, 0.0, hours / 4, 0.0)):
            result = arena.run(number)
            hcp.deliver(result, arena.service.webhook)
            hcp.wait_running(result, timeout=60)
            results.append(result)
            offset.write_text(f"{round(jump * 3600):+d}")
            time.sleep(pause)
        assert [result.finals for result in results] == [[]] * len(results)
        for result in results:
            arena.approve(result)
        return arena.finish("clock jumps while runs are held", results, "passed")
