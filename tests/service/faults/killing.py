"""Kill -9: before every commit, in the middle of requests, and the process that judges."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.benchmark.generate import make_plan
from tests.service.crashing import AT, FOLDER
from tests.service.fake_hcp import FakeHcp, Manners, TaskResult
from tests.service.faults.arena import HOLDING, Arena, Tally
from tests.service.process import Service

Begin = Callable[[Arena, int, Path], TaskResult]

_CRASHING = ("-m", "tests.service.crashing")
_MOST = 100
"""Commits of one run, at the very most."""
_LARGE = 1500
"""Changes of a plan that takes long enough to be killed while it is judged."""


def kill_before_commits(
    folder: Path, database_url: str = "", *, points: Sequence[int] = ()
) -> Tally:
    """Die before the n-th commit of a run and start again, for each n there is, or for some."""

    def deliver(arena: Arena, number: int, armed: Path) -> TaskResult:
        result = arena.run(number)
        armed.touch()
        arena.hcp.deliver(result, arena.service.webhook)
        return result

    name = f"kill -9 before each commit of a run, {_kind(database_url)}"
    return _sweep(name, folder, database_url, points, deliver, "failed")


def kill_after_approvals(
    folder: Path, database_url: str = "", *, points: Sequence[int] = ()
) -> Tally:
    """The same from the approval of a run that is held on: none is lost, each passes once."""

    def deliver_and_approve(arena: Arena, number: int, armed: Path) -> TaskResult:
        result = arena.run(number)
        arena.hcp.deliver(result, arena.service.webhook, tries=20)
        arena.wait_waiting(result)
        armed.touch()
        arena.approve(result)
        return result

    name = f"kill -9 before each commit once a held run is approved, {_kind(database_url)}"
    return _sweep(name, folder, database_url, points, deliver_and_approve, "passed", HOLDING)


def kill_in_requests(folder: Path, database_url: str = "") -> Tally:
    """Die while HCP is asked for the plan, for its link, and after it took the callback."""
    with FakeHcp() as hcp, Arena(hcp, folder, database_url=database_url) as arena:
        results = []
        for number, what in enumerate(("plan", "archive", "callback")):
            arena.service.start()
            result = arena.run(number)
            result.manners = Manners(meanwhile=_once(what, arena.service))
            hcp.deliver(result, arena.service.webhook)
            arena.service.wait_dead()
            results.append(result)
        arena.service.start()
        return arena.finish(
            f"kill -9 during each request to HCP, {_kind(database_url)}", results, remark="3 kills"
        )


def stop_politely(folder: Path, *, times: int = 4, runs: int = 4) -> Tally:
    """SIGTERM in the middle of work, again and again: it ends in time, and goes on afterwards."""
    with FakeHcp() as hcp, Arena(hcp, folder, settings={"IACRISK_DRAIN_SECONDS": "5"}) as arena:
        results: list[TaskResult] = []
        longest = 0.0
        for _ in range(times):
            arena.service.start()
            batch = [arena.run(len(results) + number) for number in range(runs)]
            for result in batch:
                hcp.deliver(result, arena.service.webhook)
            results += batch
            began = time.monotonic()
            assert arena.service.stop() in (0, -signal.SIGTERM)
            longest = max(longest, time.monotonic() - began)
        arena.service.start()
        for result in results:
            if result.delivered != 200:
                hcp.deliver(result, arena.service.webhook, tries=20)
        said = f"{times} stops, the longest took {longest:.0f} s"
        return arena.finish("SIGTERM in the middle of work", results, remark=said)


def kill_main_alone(folder: Path) -> Tally:
    """Kill the service but not what it started: the judge ends by itself, and its plan is gone."""
    with FakeHcp() as hcp, Arena(hcp, folder) as arena:
        arena.service.start()
        result = hcp.run(make_plan(_LARGE))
        hcp.deliver(result, arena.service.webhook)
        judge = _find_judge(arena.service, result)
        family = _below(arena.service.pid)
        assert judge in family
        os.kill(arena.service.pid, signal.SIGKILL)
        _wait_gone(family)
        arena.service.wait_dead()
        arena.service.start()
        tally = arena.finish(
            "kill -9 of the service alone, while it judges", [result], remark="no process is left"
        )
        left = list(Path(arena.service.environment["IACRISK_DATA_FOLDER"], "plans").iterdir())
        assert left == []
        return tally


def kill_judges(folder: Path, *, runs: int = 3) -> Tally:
    """Kill the process that judges, as the kernel does when memory is short: never `passed`."""
    with FakeHcp() as hcp, Arena(hcp, folder) as arena:
        arena.service.start()
        results = []
        for _ in range(runs):
            result = hcp.run(make_plan(_LARGE))
            hcp.deliver(result, arena.service.webhook)
            _kill_judge(arena.service, result)
            hcp.wait_final(result, timeout=60)
            message = result.final.body["data"]["attributes"]["message"]
            assert "died" in message, message
            results.append(result)
        after = hcp.run(b"{}")
        hcp.deliver(after, arena.service.webhook)
        return arena.finish(
            "kill -9 of the process that judges",
            [*results, after],
            remark="fails, with the reason; the next run is looked at",
        )


def _sweep(
    name: str,
    folder: Path,
    database_url: str,
    points: Sequence[int],
    begin: Begin,
    status: str,
    settings: dict[str, str] | None = None,
) -> Tally:
    """One run for each point; each start of the process recovers a run, then dies on the next."""
    crash = folder / "crash"
    crash.mkdir()
    armed, commits = crash / "armed", crash / "commits"
    results: list[TaskResult] = []
    kills = 0
    with (
        FakeHcp() as hcp,
        Arena(
            hcp,
            folder,
            database_url=database_url,
            settings={FOLDER: str(crash), **(settings or {})},
            program=_CRASHING,
        ) as arena,
    ):
        for number in points or range(1, _MOST):
            _recover(arena, results, at=number)
            commits.unlink(missing_ok=True)
            results.append(begin(arena, number, armed))
            lived = _lives(arena.service, results[-1])
            armed.unlink()
            if lived:
                break
            kills += 1
        else:
            _recover(arena, results, at=0)
        count = len(commits.read_text().splitlines())
        said = f"{kills} kills" + ("" if points else f"; a run has {count} commits")
        return arena.finish(name, results, status, remark=said)


def _recover(arena: Arena, results: Sequence[TaskResult], *, at: int) -> None:
    """Start; HCP delivers again what it got no 200 for; everything comes to its end."""
    arena.service.kill()
    arena.service.start(environment={AT: str(at)})
    for result in results:
        if result.delivered != 200:
            arena.hcp.deliver(result, arena.service.webhook, tries=20)
    arena.hcp.wait_final(*results, timeout=90)
    arena.wait_settled()


def _lives(service: Service, result: TaskResult, seconds: float = 60) -> bool:
    """Whether the run came to its end, with all commits, and the process lives."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and service.running:
        if result.finals:
            time.sleep(1.5)
            return service.running
        time.sleep(0.02)
    assert not service.running, f"{result.id} hangs:\n{service.output()[-3000:]}"
    return False


def _once(wanted: str, service: Service) -> Callable[[str], None]:
    """Kills the service at the first request of this kind."""
    killed: list[int] = []

    def meanwhile(what: str) -> None:
        if what == wanted and not killed:
            killed.append(service.pid)
            os.killpg(service.pid, signal.SIGKILL)

    return meanwhile


def _kill_judge(service: Service, result: TaskResult) -> None:
    os.kill(_find_judge(service, result), signal.SIGKILL)


def _wait_gone(family: Sequence[int], seconds: float = 60) -> None:
    """Until none of these processes works any more."""
    until = time.monotonic() + seconds
    while living := [pid for pid in family if _works(pid)]:
        assert time.monotonic() < until, f"{living} live on"
        time.sleep(0.1)


def _works(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _find_judge(service: Service, result: TaskResult, seconds: float = 60) -> int:
    """The process that judges, once the plan was fetched."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        judges = (
            [pid for pid in _below(service.pid) if _is_judge(pid)]
            if result.archive_requests
            else []
        )
        if judges:
            return max(judges)
        time.sleep(0.005)
    raise AssertionError("nobody judged")


def _below(pid: int) -> list[int]:
    """All processes below one."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *_below(child)]
    return found


def _is_judge(pid: int) -> bool:
    """Forked from the fork server, which is itself a child of the service."""
    try:
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        command = Path(f"/proc/{parent}/cmdline").read_bytes()
    except (OSError, ValueError):
        return False
    return b"forkserver" in command


def _kind(database_url: str) -> str:
    return "PostgreSQL" if database_url else "SQLite"
