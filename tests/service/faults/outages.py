"""What others do to the service: the database goes away, HCP fails, is slow, or flaps."""

from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path

from tests.service.fake_hcp import FakeHcp, Manners
from tests.service.faults.arena import HOLDING, Arena, Tally
from tests.service.postgres import Postgres


def database_gone(folder: Path, *, seconds: float, runs: int = 6) -> Tally:
    """The database stops while runs are judged and delivered, and comes back after a time."""
    with Postgres() as server, FakeHcp() as hcp:
        url = server.create("gone")
        with Arena(hcp, folder, database_url=url) as arena:
            arena.service.start()
            results = [arena.run(number) for number in range(runs)]
            for result in results[: runs // 2]:
                hcp.deliver(result, arena.service.webhook)
            server.stop()
            assert arena.service.get("/healthz")[0] == 200
            assert arena.service.get("/readyz")[0] == 503
            refused = sum(
                hcp.deliver(result, arena.service.webhook) != 200 for result in results[runs // 2 :]
            )
            time.sleep(seconds)
            server.start()
            arena.service.wait_ready()
            for result in results[runs // 2 :]:
                hcp.deliver(result, arena.service.webhook, tries=20)
            said = f"{seconds:.0f} s; {refused} of {runs - runs // 2} webhooks refused meanwhile"
            return arena.finish("database gone", results, remark=said, seconds=180)


def database_gone_while_held(folder: Path, *, seconds: float) -> Tally:
    """The same while runs wait for people: the approval that comes afterwards still counts."""
    with Postgres() as server, FakeHcp() as hcp:
        url = server.create("gone")
        with Arena(hcp, folder, database_url=url, settings=HOLDING) as arena:
            arena.service.start()
            results = [arena.run(number) for number in range(3)]
            for result in results:
                hcp.deliver(result, arena.service.webhook)
            arena.wait_waiting(*results)
            server.stop()
            time.sleep(seconds)
            server.start()
            arena.service.wait_ready()
            for result in results:
                arena.approve(result)
            return arena.finish(
                "database gone while runs are held",
                results,
                "passed",
                remark=f"{seconds:.0f} s",
                seconds=180,
            )


def hcp_fails(folder: Path) -> Tally:
    """HCP answers 5xx to the first requests of each kind, cuts answers, is not ready, is slow."""
    manners = (
        Manners(plan_answers=(500, 502)),
        Manners(archive_answers=(503, 500)),
        Manners(callback_answers=(500, 503, 502)),
        Manners(cut_answers=1),
        Manners(not_ready=2),
        Manners(delay=1.0),
        Manners(plan_answers=(429,), callback_answers=(429,)),
    )
    with FakeHcp() as hcp, Arena(hcp, folder) as arena:
        arena.service.start()
        results = []
        for number, each in enumerate(manners):
            result = arena.run(number)
            result.manners = each
            hcp.deliver(result, arena.service.webhook)
            results.append(result)
        return arena.finish("HCP answers 5xx, 429, 204, cuts, is slow", results)


def hcp_refuses(folder: Path) -> Tally:
    """HCP will not give the plan out, or what it gives is none: `failed`, never `passed`."""
    manners = {
        **{f"status {status}": Manners(plan_answers=(status,) * 99) for status in (401, 404, 422)},
        "link that is over": Manners(link_life=-1.0),
        "link to a stranger": Manners(redirect_to="https://files.example/plan"),
        "link without TLS": Manners(redirect_to="http://127.0.0.1/plan"),
        "link to a file": Manners(redirect_to="file:///etc/passwd"),
    }
    with FakeHcp() as hcp, Arena(hcp, folder) as arena:
        arena.service.start()
        results = []
        for number, each in enumerate(manners.values()):
            result = arena.run(number, "tags-only")
            result.manners = each
            hcp.deliver(result, arena.service.webhook)
            results.append(result)
        return arena.finish(
            "HCP refuses the plan, or sends us elsewhere",
            results,
            "failed",
            remark="; ".join(manners),
        )


def hcp_flaps(folder: Path, *, runs: int, seconds: float) -> Tally:
    """HCP is there and away in turn, all the while that runs are delivered."""
    with FakeHcp() as hcp, Arena(hcp, folder) as arena:
        arena.service.start()
        stop = threading.Event()
        flapping = threading.Thread(target=_flap, args=(hcp, stop, seconds))
        flapping.start()
        try:
            results = [arena.run(number) for number in range(runs)]
            for result in results:
                hcp.deliver(result, arena.service.webhook)
                time.sleep(seconds / runs)
            stop.wait(seconds)
        finally:
            stop.set()
            flapping.join()
        return arena.finish("HCP flaps: 503 for every other second", results)


def _flap(hcp: FakeHcp, stop: threading.Event, seconds: float) -> None:
    for fault in itertools.islice(itertools.cycle((503, None)), int(2 * seconds)):
        hcp.fault = fault
        if stop.wait(1.0):
            break
    hcp.fault = None
