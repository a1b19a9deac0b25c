"""Break the service in every way at full size, and print the table of docs/service-faults.md.

    python -m tests.service.faults [PART_OF_A_NAME ...] [--runs N] [--outage SECONDS]

CI runs the same scenarios at a smaller size (`test_faults.py`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from tests.service.faults import clocks, killing, outages, plans, storms
from tests.service.faults.arena import Tally
from tests.service.postgres import Postgres

Scenario = Callable[[Path, str], Tally]
"""Takes a folder of its own, and an empty PostgreSQL database."""


def scenarios(runs: int, outage: float) -> Mapping[str, Scenario]:
    """All there are, at full size."""
    return {
        "kill-commits-sqlite": lambda folder, _: killing.kill_before_commits(folder),
        "kill-commits-postgresql": killing.kill_before_commits,
        "kill-approvals-sqlite": lambda folder, _: killing.kill_after_approvals(folder),
        "kill-approvals-postgresql": killing.kill_after_approvals,
        "kill-requests": lambda folder, _: killing.kill_in_requests(folder),
        "kill-main": lambda folder, _: killing.kill_main_alone(folder),
        "stop": lambda folder, _: killing.stop_politely(folder),
        "kill-judges": lambda folder, _: killing.kill_judges(folder),
        "database-gone": lambda folder, _: outages.database_gone(folder, seconds=outage, runs=20),
        "database-gone-held": lambda folder, _: outages.database_gone_while_held(
            folder, seconds=outage
        ),
        "hcp-fails": lambda folder, _: outages.hcp_fails(folder),
        "hcp-refuses": lambda folder, _: outages.hcp_refuses(folder),
        "hcp-flaps": lambda folder, _: outages.hcp_flaps(folder, runs=40, seconds=30),
        "duplicates": lambda folder, _: storms.duplicates(folder, runs=50, times=40),
        "stages": lambda folder, _: storms.stages_out_of_order(folder),
        "approvals-sqlite": lambda folder, _: storms.approvals_at_once(folder, runs=10),
        "approvals-postgresql": lambda folder, url: storms.approvals_at_once(folder, url, runs=20),
        "approvals-used-postgresql": lambda folder, url: storms.approvals_used(
            folder, url, runs=20
        ),
        "forgeries": lambda folder, _: storms.forgeries(folder),
        "replicas-race": lambda folder, url: storms.replicas_race(folder, url, runs=60),
        "replicas-die": lambda folder, url: storms.replicas_race(folder, url, runs=60, kill=True),
        "clock": lambda folder, _: clocks.clock_jumps(folder),
        "plans-hostile": lambda folder, _: plans.hostile(folder),
        "plans-too-large": lambda folder, _: plans.too_large(folder),
        "plan-200-mb": lambda folder, _: plans.large(folder, megabytes=200),
        "queue-sqlite": lambda folder, _: storms.queue(folder, runs=runs, kills=2),
        "queue-postgresql": lambda folder, url: storms.queue(folder, url, runs=runs, kills=2),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a row for each scenario whose name holds one of the words; 1 if any failed."""
    parser = argparse.ArgumentParser(description="Break the service in every way.")
    parser.add_argument("words", nargs="*", metavar="PART_OF_A_NAME")
    parser.add_argument("--runs", type=int, default=10_000, help="queued runs")
    parser.add_argument("--outage", type=float, default=60, help="seconds without a database")
    asked = parser.parse_args(arguments)
    failed = 0
    print("| scenario | runs | finals sent again | seconds | |")  # noqa: T201
    print("| --- | ---: | ---: | ---: | --- |")  # noqa: T201
    for name, scenario in scenarios(asked.runs, asked.outage).items():
        if asked.words and not any(word in name for word in asked.words):
            continue
        try:
            print(_play(name, scenario).row(), flush=True)  # noqa: T201
        except AssertionError:
            failed += 1
            print(f"FAILED: {name}", file=sys.stderr)  # noqa: T201
            traceback.print_exc()
    return bool(failed)


def _play(name: str, scenario: Scenario) -> Tally:
    needed = "postgresql" in name or "replicas" in name
    server: AbstractContextManager[Postgres | None] = Postgres() if needed else nullcontext()
    with tempfile.TemporaryDirectory() as folder, server as postgres:
        return scenario(Path(folder), postgres.create("faults") if postgres else "")


if __name__ == "__main__":
    sys.exit(main())
