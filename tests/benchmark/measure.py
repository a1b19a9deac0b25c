"""Measure whole runs of `iacrisk score` against `json.load` of the same file.

    python -m tests.benchmark.measure [CHANGES ...] [--runs N]

For each size a plan is generated, then both programs run in turn, N times, as processes of their
own; the tables show medians of CPU time (user and system), wall time and peak memory. The second
table shows what starting up costs beside `python -c pass`. Nothing is asserted: the machine
decides about seconds, ratios are what to compare.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

SIZES = (10, 100, 1000, 5000, 50_000)
LOAD = "import json, sys; json.load(open(sys.argv[1]))"
_BYTES = 1 if sys.platform == "darwin" else 1024
_MB = 1_000_000

Command = Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run of a process took."""

    cpu: float
    wall: float
    memory: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description="Measure iacrisk score against json.load.")
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, metavar="CHANGES")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        plans = [(size, _generated(size, Path(folder))) for size in asked.sizes]
        print(score_table(plans, asked.runs))
        print()
        print(start_table(min(plans)[1], asked.runs))


def score_table(plans: Sequence[tuple[int, Path]], runs: int) -> str:
    """`iacrisk score` beside `json.load`, one row for each plan."""
    rows = []
    for size, plan in plans:
        score, load = _in_turn([_iacrisk("score", str(plan)), _python(LOAD, str(plan))], runs)
        rows.append(
            [
                f"{size:,}",
                f"{plan.stat().st_size / _MB:.1f}",
                *_pair(score.cpu, load.cpu, 2),
                f"{score.wall:.2f}",
                f"{load.wall:.2f}",
                *_pair(score.memory, load.memory, 0),
            ]
        )
    title = "changes|MB|score CPU s|json.load CPU s|ratio|score wall s|json.load wall s"
    return _table(f"{title}|score MB|json.load MB|ratio".split("|"), rows)


def start_table(plan: Path, runs: int) -> str:
    """What starting costs, beside an interpreter that does nothing."""
    commands = {
        "python -c pass": _python("pass"),
        "iacrisk --version": _iacrisk("--version"),
        "iacrisk --help": _iacrisk("--help"),
        "iacrisk score, smallest plan": _iacrisk("score", str(plan)),
    }
    costs = _in_turn(list(commands.values()), runs)
    rows = [
        [name, f"{cost.cpu:.3f}", f"{cost.wall:.3f}", f"{cost.wall - costs[0].wall:+.3f}"]
        for name, cost in zip(commands, costs, strict=True)
    ]
    return _table(["command", "CPU s", "wall s", "more than python"], rows)


def run(command: Command) -> Cost:
    """Run a process to its end and say what it took.

    A new process starts with the memory of the one that starts it, so this one stays small:
    the plans are generated elsewhere.
    """
    started = os.times().elapsed
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3, 4):
        raise RuntimeError(f"exit code {process.returncode}: {' '.join(command)}")
    return Cost(
        cpu=usage.ru_utime + usage.ru_stime,
        wall=os.times().elapsed - started,
        memory=usage.ru_maxrss * _BYTES / _MB,
    )


def _in_turn(commands: Sequence[Command], runs: int) -> list[Cost]:
    """The median costs; one run of each goes ahead, to fill caches."""
    for command in commands:
        run(command)
    rounds = [[run(command) for command in commands] for _ in range(runs)]
    return [
        Cost(
            cpu=median(cost.cpu for cost in costs),
            wall=median(cost.wall for cost in costs),
            memory=median(cost.memory for cost in costs),
        )
        for costs in zip(*rounds, strict=True)
    ]


def _generated(size: int, folder: Path) -> Path:
    plan = folder / f"{size}.json"
    run([sys.executable, "-m", "tests.benchmark.generate", str(size), str(plan)])
    return plan


def _python(code: str, *arguments: str) -> Command:
    return [sys.executable, "-c", code, *arguments]


def _iacrisk(*arguments: str) -> Command:
    return [sys.executable, "-m", "iacrisk", *arguments]


def _pair(ours: float, theirs: float, digits: int) -> list[str]:
    return [f"{ours:.{digits}f}", f"{theirs:.{digits}f}", f"{ours / theirs:.2f}"]


def _table(title: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [title, ["---:"] * len(title), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    main()
