"""The outcome lab's command: ``python -m iacrisk.training.lab run|repeat|pack|status``.

    run      run the cases of all stacks, or of those named; goes on where it was interrupted
    repeat   run a sample again, to see how far the outcomes repeat
    pack     write what was run into fixtures/lab/rows
    status   count what was run

Results are appended to files under --results as they come, so that nothing is lost when the
machine stops; what is packed counts as run, so that any machine can go on. The cases and their
order follow from --seed and --count alone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from iacrisk.training.card import summarise
from iacrisk.training.case import Case
from iacrisk.training.operators.mutation import STACKS, all_cases
from iacrisk.training.results import REJECTED_FILE, Results
from iacrisk.training.rows import Row, write_rows
from iacrisk.training.workers import Plan, run_all

ROWS = Path("fixtures/lab/rows")
RESULTS = Path(tempfile.gettempdir()) / "iacrisk-lab"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked; returns the exit code."""
    asked = _read(arguments)
    results = Results(asked.results, STACKS, ROWS)
    match asked.verb:
        case "run":
            done = results.done()
            todo = [case for case in _wanted(asked) if case.name not in done]
            run_all(_plan(asked, todo), asked.results)
        case "repeat":
            run_all(_plan(asked, _sample(asked, results)), asked.results)
        case "pack":
            _pack(results)
        case _:
            _say_status(results, _wanted(asked))
    return 0


def _read(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="iacrisk-lab",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("verb", choices=("run", "repeat", "pack", "status"))
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="all without any")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2500, help="cases over all stacks")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--benches", type=int, default=5, help="cases in flight; most only wait")
    parser.add_argument("--cores", type=int, default=2, help="how many of them may work at once")
    parser.add_argument("--share", type=float, default=0.1, help="repeat: part of the cases")
    parser.add_argument("--times", type=int, default=2, help="repeat: how often more")
    return parser.parse_intermixed_args(arguments)


def _wanted(asked: argparse.Namespace) -> list[Case]:
    cases = all_cases(STACKS, asked.count, asked.seed)
    return [case for case in cases if _chosen(asked, case)]


def _chosen(asked: argparse.Namespace, case: Case) -> bool:
    return not asked.stacks or case.stack in asked.stacks


def _plan(asked: argparse.Namespace, cases: list[Case]) -> Plan:
    return Plan(cases=tuple(cases), benches=asked.benches, cores=asked.cores)


def _sample(asked: argparse.Namespace, results: Results) -> list[Case]:
    """Every so many-th case that was run, as often as it is still to be repeated."""
    rows = sorted(results.rows(), key=lambda row: row.case.name)
    picked = [row for row in rows if _chosen(asked, row.case)][:: max(1, round(1 / asked.share))]
    return [row.case for row in picked for _ in range(asked.times - (row.runs - 1))]


def _pack(results: Results) -> None:
    rows, rejected = results.rows(), results.rejected()
    stacks: dict[str, list[Row]] = {}
    for row in rows:
        stacks.setdefault(row.case.stack, []).append(row)
    ROWS.mkdir(parents=True, exist_ok=True)
    for stack, of_stack in sorted(stacks.items()):
        path = ROWS / f"{stack}.jsonl.xz"
        write_rows(of_stack, path)
        sys.stdout.write(f"{path}: {len(of_stack)} rows, {path.stat().st_size // 1024} kB\n")
    lines = [
        msgspec.json.encode(each) for each in sorted(rejected, key=lambda each: each.case.name)
    ]
    (ROWS / REJECTED_FILE).write_bytes(b"".join(line + b"\n" for line in lines))
    card = msgspec.json.encode(
        summarise(rows, rejected, {stack: results.version(stack) for stack in stacks})
    )
    (ROWS / "card.json").write_bytes(msgspec.json.format(card, indent=2) + b"\n")


def _say_status(results: Results, wanted: Sequence[Case]) -> None:
    rows = list(results.rows())
    words = Counter("artefact" if row.outcome.artefact else row.outcome.worst for row in rows)
    repeated = [row for row in rows if row.runs > 1]
    unstable = [row for row in repeated if not row.stable]
    done = len(results.done())
    sys.stdout.write(
        f"{done} of {len(wanted)} cases, {len(rows)} rows, {len(results.rejected())} rejected\n"
        f"{', '.join(f'{count} {word}' for word, count in words.most_common())}\n"
        f"{len(repeated)} repeated, {len(unstable)} of them unstable\n"
    )


if __name__ == "__main__":
    sys.exit(main())
