"""Too much, twice, at once, in the wrong order, and from people who may not."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from iacrisk.service.storage.tables import deliveries
from tests.service.fake_hcp import FakeHcp, TaskResult
from tests.service.faults.arena import HOLDING, PATIENCE, Arena, Tally

_THREADS = 16


def duplicates(folder: Path, *, runs: int, times: int) -> Tally:
    """Every webhook many times, from many connections at once, in random order."""
    with FakeHcp() as hcp, Arena(hcp, folder) as arena:
        arena.service.start()
        results = [arena.run(number) for number in range(runs)]
        storm = results * times
        random.Random(7).shuffle(storm)  # noqa: S311 - an order, no secret
        answers = _deliver(hcp, storm, [arena.service.webhook])
        for result in results:  # and once more when all is over
            hcp.wait_final(result, timeout=PATIENCE)
            assert hcp.deliver(result, arena.service.webhook) == 200
        said = f"{len(storm) + runs:,} deliveries; answers {dict(answers)}"
        return arena.finish("duplicates, at once and out of order", results, remark=said)


def stages_out_of_order(folder: Path) -> Tally:
    """The stages of one run in the wrong order, and under the names of an older edition."""
    stages = ("post_apply", "pre_apply", "post-plan", "pre_plan", "no_such_stage", "post_plan")
    with FakeHcp() as hcp, Arena(hcp, folder) as arena:
        arena.service.start()
        results = [hcp.run(arena.run(0).plan, stage=stage, run_id="run-1") for stage in stages]
        hcp.results = {result.id: result for result in results}
        for result in results:
            hcp.deliver(result, arena.service.webhook)
        tally = arena.finish("stages out of order", results, "passed", "failed")
    said = {result.payload["stage"]: result.final.status for result in results}
    assert said == {
        "post_apply": "passed",
        "pre_apply": "failed",
        "post-plan": "failed",
        "pre_plan": "passed",
        "no_such_stage": "passed",
        "post_plan": "failed",
    }
    return tally


def approvals_at_once(folder: Path, database_url: str = "", *, runs: int = 4) -> Tally:
    """Two people approve at the same moment where two have to: neither approval is lost."""
    policy = folder / "iacrisk.toml"
    policy.write_text("[approvals]\nrules = [{ quorum = 2 }]\n")
    settings = HOLDING | {"IACRISK_POLICY": str(policy)}
    with (
        FakeHcp() as hcp,
        Arena(hcp, folder, database_url=database_url, settings=settings) as arena,
    ):
        arena.service.start()
        results = [arena.run(number) for number in range(runs)]
        for result in results:
            hcp.deliver(result, arena.service.webhook)
        arena.wait_waiting(*results)
        for result in results:
            _at_once([partial(arena.approve, result, who) for who in ("alice", "bob")])
        return arena.finish(
            f"two approvals at once, {'PostgreSQL' if database_url else 'SQLite'}",
            results,
            "passed",
        )


def approvals_used(folder: Path, database_url: str, *, runs: int = 4) -> Tally:
    """Two runs of one approved plan are about to be applied at the same moment: one may."""
    settings = HOLDING | {"IACRISK_MODE": "fail-then-rerun"}
    with (
        FakeHcp() as hcp,
        Arena(hcp, folder, database_url=database_url, settings=settings) as arena,
    ):
        other = arena.replica("other")
        arena.service.start()
        other.start()
        first = [arena.run(number) for number in range(runs)]
        _deliver(hcp, first, [arena.service.webhook])
        hcp.wait_final(*first, timeout=PATIENCE)
        for result in first:
            arena.approve(result)
        rivals = [arena.run(number, stage="pre_apply") for number in range(runs) for _ in "ab"]
        webhooks = [arena.service.webhook, other.webhook] * runs
        _at_once([partial(hcp.deliver, *job) for job in zip(rivals, webhooks, strict=True)])
        tally = arena.finish(
            "two runs and one approval, PostgreSQL", [*first, *rivals], "passed", "failed"
        )
    passed = Counter(
        result.payload["workspace_name"] for result in rivals if result.final.status == "passed"
    )
    assert sorted(passed.values()) == [1] * runs, passed
    return tally


def forgeries(folder: Path) -> Tally:
    """Unsigned, forged, replayed, malformed: nothing is begun, and what is true goes on."""
    with FakeHcp() as hcp, Arena(hcp, folder) as arena:
        arena.service.start()
        true = arena.run(0)
        body = json.dumps(arena.run(1).payload).encode()
        other = FakeHcp(key="another key")
        answers = {
            "unsigned": hcp.post(arena.service.webhook, body, ""),
            "signed with another key": hcp.post(arena.service.webhook, body, other.sign(body)),
            "signature of another body": hcp.post(arena.service.webhook, body, hcp.sign(b"{}")),
            "changed after it was signed": hcp.post(
                arena.service.webhook, body.replace(b"mallory", b"alice"), hcp.sign(body)
            ),
            "upper-case signature": hcp.post(arena.service.webhook, body, hcp.sign(body).upper()),
            "signed nonsense": hcp.post(arena.service.webhook, b"\xff{"),
            "signed, callback elsewhere": hcp.post(
                arena.service.webhook, _elsewhere(arena.run(2), "https://evil.example/x")
            ),
            "signed, callback without TLS": hcp.post(
                arena.service.webhook, _elsewhere(arena.run(3), f"http://localhost:{hcp.port}/x")
            ),
        }
        other.close()
        assert {answer for answer in answers.values() if not 400 <= answer < 500} == set(), answers
        assert hcp.ping(arena.service.webhook) == 200
        hcp.deliver(true, arena.service.webhook)
        hcp.wait_final(true, timeout=PATIENCE)
        replayed = hcp.deliver(true, arena.service.webhook)
        with arena.store() as store, store.begin() as connection:
            assert (
                connection.execute(select(func.count()).select_from(deliveries)).scalar_one() == 1
            )
        others = [one for one in hcp.results.values() if one is not true]
        assert [one.plan_requests + len(one.callbacks) for one in others] == [0] * len(others)
        said = f"{len(answers)} refused; a replay is answered {replayed} and begins nothing"
        return arena.finish("forged, unsigned, replayed", [true], remark=said)


def queue(
    folder: Path, database_url: str = "", *, runs: int, workers: int = 2, kills: int = 0
) -> Tally:
    """Many runs at once; the service may be killed in the middle."""
    settings = {"IACRISK_SCORING_WORKERS": str(workers)}
    with (
        FakeHcp() as hcp,
        Arena(hcp, folder, database_url=database_url, settings=settings) as arena,
    ):
        arena.service.start()
        results = [arena.run(number, "tags-only") for number in range(runs)]
        began = time.monotonic()
        answers = _deliver(hcp, results, [arena.service.webhook])
        accepted = time.monotonic() - began
        for number in range(1, kills + 1):
            _wait_share(results, number / (kills + 1), PATIENCE + runs)
            arena.service.kill()
            arena.service.start()
        for result in results:
            if result.delivered != 200:
                hcp.deliver(result, arena.service.webhook, tries=20)
        hcp.wait_final(*results, timeout=PATIENCE + runs)
        said = (
            f"taken in {accepted:.0f} s, answers {dict(answers)}; "
            f"{workers} workers; killed {kills} times; "
            f"{arena.service.memory_mb():.0f} MB at the end, "
            f"{arena.service.peak_mb():.0f} MB at most"
        )
        return arena.finish(
            f"queued runs, {'PostgreSQL' if database_url else 'SQLite'}",
            results,
            "passed",
            remark=said,
            seconds=PATIENCE + runs,
        )


def replicas_race(
    folder: Path, database_url: str, *, runs: int, times: int = 2, kill: bool = False
) -> Tally:
    """Two replicas on one database get every webhook, at once; one may die in the middle."""
    with FakeHcp() as hcp, Arena(hcp, folder, database_url=database_url) as arena:
        arena.service.start(wait=False)
        other = arena.replica("other")
        other.start()
        arena.service.wait_ready()
        results = [arena.run(number) for number in range(runs)]
        webhooks = [arena.service.webhook, other.webhook]
        answers = _deliver(hcp, results * times, webhooks)
        if kill:
            _wait_share(results, 0.3, PATIENCE)
            other.kill()
        for result in results:
            if result.delivered != 200:
                hcp.deliver(result, arena.service.webhook, tries=20)
        name = "two replicas race; one is killed" if kill else "two replicas race"
        said = f"{len(results) * times * 2:,} deliveries; answers {dict(answers)}"
        return arena.finish(name, results, remark=said, seconds=PATIENCE + runs)


def _deliver(hcp: FakeHcp, results: Sequence[TaskResult], webhooks: Sequence[str]) -> Counter[int]:
    """Deliver each result to each webhook, from many threads; how it was answered."""
    jobs = [(result, webhook) for result in results for webhook in webhooks]
    with ThreadPoolExecutor(_THREADS) as pool:
        return Counter(pool.map(lambda job: hcp.deliver(*job), jobs))


def _at_once(works: Sequence[Callable[[], object]]) -> None:
    """Run all of them at the same moment; what one raises is raised."""
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        barrier.wait()
        work()

    with ThreadPoolExecutor(len(works)) as pool:
        list(pool.map(run, works))


def _elsewhere(result: TaskResult, url: str) -> bytes:
    return json.dumps(result.payload | {"task_result_callback_url": url}).encode()


def _wait_share(results: Sequence[TaskResult], share: float, seconds: float) -> None:
    """Until this share of the results is final."""
    until = time.monotonic() + seconds
    while sum(bool(result.finals) for result in results) < share * len(results):
        assert time.monotonic() < until, "the queue does not move"
        time.sleep(0.05)
