"""Many benches at once: most of a case is waiting, so more are in flight than there are cores.

Every bench is a process of its own. It takes a batch of cases of one stack, applies the stack, and
runs them one after the other; a token is needed to work, none to wait.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from importlib.metadata import version
from itertools import zip_longest
from multiprocessing.synchronize import Semaphore
from pathlib import Path
from typing import Any

import msgspec

from iacrisk.training.bench import Base, Bench, CaseRejected
from iacrisk.training.case import Case
from iacrisk.training.operators.mutation import STACKS
from iacrisk.training.provider import VERSION, find_provider
from iacrisk.training.results import Rejected, Results
from iacrisk.training.terraform import TerraformFailed, terraform_version

BATCH = 25
"""Cases of one stack that a bench takes at a time; each batch applies the stack once."""

LAB_VERSION = "1"
"""Goes up when a probe or a shim changes what outcomes mean."""

_NICE = 10


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to run, and with how much of the machine."""

    cases: tuple[Case, ...]
    benches: int
    cores: int


def run_all(plan: Plan, folder: Path) -> None:
    """Run every case; returns when all are done."""
    spawning = multiprocessing.get_context("spawn")
    batches = list(_batches(plan.cases))
    queue: Any = spawning.Queue()
    for batch in batches:
        queue.put(batch)
    busy = spawning.Semaphore(plan.cores)
    count = min(plan.benches, len(batches))
    processes = [
        spawning.Process(target=_work, args=(f"bench{number}-{os.getpid()}", queue, busy, folder))
        for number in range(count)
    ]
    for _ in processes:
        queue.put(None)
    for process in processes:
        process.start()
    for process in processes:
        process.join()


def _batches(cases: tuple[Case, ...]) -> Iterator[list[Case]]:
    """Batches of one stack each, the stacks taking turns."""
    stacks: dict[str, list[Case]] = {}
    for case in cases:
        stacks.setdefault(case.stack, []).append(case)
    cut = [[all_[at : at + BATCH] for at in range(0, len(all_), BATCH)] for all_ in stacks.values()]
    for turn in zip_longest(*cut):
        yield from (batch for batch in turn if batch)


def _work(name: str, queue: Any, busy: Semaphore, results_folder: Path) -> None:
    os.nice(_NICE)
    results = Results(results_folder, STACKS)
    folder = Path(tempfile.mkdtemp(prefix=f"iacrisk-{name}-"))
    versions = {
        "terraform": terraform_version(),
        "provider": VERSION,
        "moto": version("moto"),
        "lab": LAB_VERSION,
    }
    errand = _Errand(name, results, folder, busy, versions)
    try:
        while (batch := queue.get()) is not None:
            errand.run(batch)
    finally:
        errand.leave()
        shutil.rmtree(folder, ignore_errors=True)


class _Errand:
    """A process's work: batch after batch at one bench, at a new one after a failure."""

    def __init__(
        self,
        name: str,
        results: Results,
        folder: Path,
        busy: Semaphore,
        versions: dict[str, str],
    ) -> None:
        self.name = name
        self.results = results
        self.versions = versions
        self._folder = folder
        self._busy = busy
        self._bench: Bench | None = None

    def run(self, batch: list[Case]) -> None:
        stack = batch[0].stack
        started = time.monotonic()
        try:
            if self._bench is None:
                self._bench = Bench(self._folder, find_provider(), self._busy)
            with self._bench.prepare(STACKS / stack) as base:
                _say(f"{stack}: ready after {time.monotonic() - started:.0f} s, {_described(base)}")
                for case in batch:
                    _run_case(self, self._bench, base, case)
        except (TerraformFailed, OSError, subprocess.SubprocessError) as error:
            _say(f"{stack}: the base cannot be applied: {error}")
            self.leave()

    def leave(self) -> None:
        if self._bench is not None:
            self._bench.stop()
            self._bench = None


def _described(base: Base) -> str:
    failing = [name for name, answer in base.answers.items() if answer.state != "works"]
    failing = [name for name in failing if not name.startswith("exposed")]
    return (
        f"{len(base.answers)} probes; not working at base: {failing}; "
        f"not clean at base: {sorted(base.noise)}"
    )


def _run_case(errand: _Errand, bench: Bench, base: Base, case: Case) -> None:
    started = time.monotonic()
    try:
        versions = errand.versions | {"stack": errand.results.version(case.stack)}
        row = bench.run(base, case, versions)
    except CaseRejected as error:
        errand.results.reject(errand.name, Rejected(case=case, reason=str(error)))
        _say(f"{case.name}: rejected: {error}")
        return
    except Exception:  # noqa: BLE001 - one case must not stop the others; the reason is kept
        reason = traceback.format_exc()[-1500:]
        errand.results.reject(errand.name, Rejected(case=case, reason=reason, own_fault=True))
        _say(f"{case.name}: failed: {reason}")
        return
    errand.results.add(errand.name, row)
    word = row.outcome.artefact or row.outcome.worst
    _say(f"{time.monotonic() - started:5.0f} s  {word:<12} {case.name}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
