"""Measure `iacrisk diff` on a large configuration against plain parsing of its files.

    python -m tests.benchmark.measure_diff [CHANGED ...] [--files N]

Prints CPU time (user and system) of whole processes, all from one run on one machine: parsing every
file once with python-hcl2, then `iacrisk diff` with so many files changed, and `--base` of
`iacrisk score` on the same two folders. Ratios are what to compare.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.benchmark.measure import Command, run
from tests.benchmark.tree import FILES, edit, write_tree
from tests.plans import document, tweak

CHANGED: Final = (1, 20, 2000)
_PARSE: Final = (
    "import sys, hcl2, pathlib\n"
    "for p in sorted(pathlib.Path(sys.argv[1]).rglob('*.tf')): hcl2.loads(p.read_text('utf-8'))"
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure iacrisk diff against python-hcl2.")
    parser.add_argument("changed", type=int, nargs="*", default=CHANGED, metavar="CHANGED")
    parser.add_argument("--files", type=int, default=FILES)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        print(diff_table(Path(name), asked.files, asked.changed))


def diff_table(folder: Path, files: int, changed: Sequence[int]) -> str:
    """A row for parsing and one for each number of changed files."""
    base = folder / "base"
    write_tree(base, files)
    plan = folder / "plan.json"
    change = tweak("aws_sns_topic.part_0", {"name": "a"}, display_name="b")
    plan.write_text(json.dumps(document(change)), "utf-8")
    parse = run([sys.executable, "-c", _PARSE, str(base)])
    lines = [
        f"parsing {files:,} files with python-hcl2: {parse.cpu:.1f} s",
        "",
        "| files changed | diff CPU s | ratio | score --base CPU s | ratio |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    for number in changed:
        head = folder / f"head-{number}"
        edit_tree(base, head, number)
        diff = run(_iacrisk("diff", str(base), str(head)))
        score = _iacrisk("score", str(plan), "--base", str(base), "--source", str(head))
        told = run(score)
        lines.append(
            f"| {number:,} | {diff.cpu:.1f} | {diff.cpu / parse.cpu:.2f} "
            f"| {told.cpu:.1f} | {told.cpu / parse.cpu:.2f} |"
        )
    return "\n".join(lines)


def edit_tree(base: Path, head: Path, number: int) -> None:
    """Write a copy with so many files changed."""
    shutil.copytree(base, head)
    files = sorted(head.rglob("*.tf"))
    step = max(1, len(files) // number)
    for place, path in enumerate(files[::step][:number]):
        path.write_text(edit(path.read_text("utf-8"), place), "utf-8", newline="")


def _iacrisk(*arguments: str) -> Command:
    return [sys.executable, "-m", "iacrisk", *arguments]


if __name__ == "__main__":
    main()
