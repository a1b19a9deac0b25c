"""Measure the service: webhooks taken, plans judged, memory; beside the cost of judging alone.

    python -m tests.benchmark.measure_service [--runs N] [--rounds N] [--plan NAME]

The service runs as a process of its own, with an HCP Terraform of the tests and a poster in two
more. Webhooks are posted as fast as they are taken, on as many connections as asked for, while the
plans are judged. CPU is that of the service with all it started. Nothing is asserted: the machine
decides about seconds, and the load average beside the table tells how busy it was with others;
CPU and ratios are what to compare.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from iacrisk.service.scoring.job import Job
from iacrisk.service.scoring.worker import score_plan
from tests.conftest import ROOT
from tests.service.fake_hcp import FakeHcp, TaskResult
from tests.service.postgres import Postgres, found
from tests.service.process import Service

_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE = 1800.0
Signed = tuple[bytes, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one load did: seconds for each webhook, and until the last run was answered."""

    answers: Sequence[tuple[int, float]]
    taking: float
    whole: float
    cpu: float
    memory: float

    def row(self, name: str, workers: int, alone: float) -> str:
        """As a row of the table. `alone`: CPU seconds of judging the same plan."""
        waits = sorted(seconds for _, seconds in self.answers)
        runs = len(waits)
        cells = (
            name,
            str(workers),
            f"{runs:,}",
            f"{sum(status != 200 for status, _ in self.answers)}",
            f"{runs / self.taking:.0f}",
            f"{1000 * waits[runs // 2]:.0f}",
            f"{1000 * waits[min(runs - 1, runs * 99 // 100)]:.0f}",
            f"{1000 * waits[-1]:.0f}",
            f"{runs / self.whole:.1f}",
            f"{1000 * self.cpu / runs:.0f}",
            f"{self.cpu / runs / alone:.1f}",
        )
        return f"| {' | '.join(cells)} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Measure the service.")
    parser.add_argument("--runs", type=int, default=400, help="runs of each load")
    parser.add_argument("--rounds", type=int, default=10, help="loads for the figure on memory")
    parser.add_argument("--plan", default="tags-only", help="a fixture")
    parser.add_argument("--connections", type=int, default=32)
    asked = parser.parse_args(arguments)
    file = ROOT / "fixtures" / "plans" / asked.plan / "plan.json"
    print(f"load average at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n")
    alone, process = judging_alone(file), a_process_each(file)
    print(f"judging `{asked.plan}` alone, in a warm process: {1000 * alone:.0f} ms of CPU")
    print(f"`iacrisk score`, a process for each: {1000 * process:.0f} ms of CPU\n")
    titles = [
        *("store", "workers", "runs", "refused", "webhooks/s", "p50 ms", "p99 ms", "max ms"),
        *("runs/s", "CPU ms a run", "beside judging alone"),
    ]
    print(f"| {' | '.join(titles)} |\n| --- |{' ---: |' * (len(titles) - 1)}")
    for name in ("SQLite", *(["PostgreSQL"] if found() else [])):
        for workers in (1, 2):
            with _running(name, workers) as (hcp, service):
                _load(hcp, service, file, 20, asked.connections)  # warm
                load = _load(hcp, service, file, asked.runs, asked.connections)
            print(load.row(name, workers, alone), flush=True)
    print("\n" + memory_table(file, asked.rounds, asked.runs // 2, asked.connections))
    print(f"\nload average at the end: {os.getloadavg()[0]:.1f}")


def memory_table(file: Path, rounds: int, runs: int, connections: int) -> str:
    """What the service itself holds after each round of runs; its workers end with their plan."""
    lines = ["| runs so far | resident MB |", "| ---: | ---: |"]
    with _running("PostgreSQL" if found() else "SQLite", 2) as (hcp, service):
        for number in range(1, rounds + 1):
            load = _load(hcp, service, file, runs, connections)
            hcp.results.clear()
            lines.append(f"| {number * runs:,} | {load.memory:.0f} |")
    return "\n".join(lines)


def judging_alone(file: Path, times: int = 20) -> float:
    """CPU seconds of judging the plan once, in this process, when everything is imported."""
    job = Job(plan=str(file))
    score_plan(job)
    started = time.process_time()
    for _ in range(times):
        score_plan(job)
    return (time.process_time() - started) / times


def a_process_each(file: Path, times: int = 5) -> float:
    """CPU seconds of `iacrisk score`, starting included."""

    def spent() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    started = spent()
    for _ in range(times):
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "iacrisk", "score", str(file)], capture_output=True, check=False
        )
    return (spent() - started) / times


@contextlib.contextmanager
def _running(store: str, workers: int) -> Iterator[tuple[FakeHcp, Service]]:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        hcp = stack.enter_context(FakeHcp())
        url = ""
        if store == "PostgreSQL":
            url = stack.enter_context(Postgres()).create("load")
        settings = {"IACRISK_SCORING_WORKERS": str(workers)}
        service = Service(hcp, folder, database_url=url, settings=settings)
        yield hcp, stack.enter_context(service)


def _load(hcp: FakeHcp, service: Service, file: Path, runs: int, connections: int) -> Load:
    results = [hcp.run(file.read_bytes()) for _ in range(runs)]
    bodies = [_signed(hcp, result) for result in results]
    cpu, started = _cpu(service.pid), time.monotonic()
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        answers, taking = apart.submit(_post, service.webhook, bodies, connections).result()
    for result, (status, _) in zip(results, answers, strict=True):
        if status != 200:
            hcp.deliver(result, service.webhook, tries=20)
    hcp.wait_final(*results, timeout=_PATIENCE)
    whole = time.monotonic() - started
    time.sleep(1.0)  # what is done after the last answer
    return Load(
        answers=answers,
        taking=taking,
        whole=whole,
        cpu=_cpu(service.pid) - cpu,
        memory=service.memory_mb(),
    )


def _signed(hcp: FakeHcp, result: TaskResult) -> Signed:
    body = json.dumps(result.payload).encode()
    return body, hcp.sign(body)


def _post(
    webhook: str, bodies: Sequence[Signed], connections: int
) -> tuple[list[tuple[int, float]], float]:
    """Post everything, each connection one after the other; status and seconds of each."""
    where = urllib.parse.urlsplit(webhook)

    def post(signed: Signed) -> tuple[int, float]:
        body, signature = signed
        headers = {"Content-Type": "application/json", "X-TFC-Task-Signature": signature}
        started = time.monotonic()
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
        with contextlib.closing(connection):
            try:
                connection.request("POST", where.path, body, headers)
                status = connection.getresponse().status
            except (OSError, http.client.HTTPException):
                status = 0
        return status, time.monotonic() - started

    started = time.monotonic()
    with ThreadPoolExecutor(connections) as pool:
        answers = list(pool.map(post, bodies))
    return answers, time.monotonic() - started


def _cpu(pid: int) -> float:
    """CPU seconds of a process, of all below it, and of those that ended and were waited for."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").glob("*/children")
            for child in task.read_text().split()
        ]
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS + sum(map(_cpu, children))


if __name__ == "__main__":
    main()
