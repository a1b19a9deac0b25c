"""Every edit that operators make of a sample, as text: what the tests compare.

`python -m tests.training.operators.edits` writes the expected texts anew. Read the difference as
carefully as code before it is committed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from iacrisk.training.operators.registry import OPERATORS
from iacrisk.training.operators.stack import Operator, Stack

SAMPLES = Path(__file__).parent / "samples"
"""A file of configuration for each family, and beside it what becomes of it."""


def families() -> list[str]:
    """The families that operators belong to."""
    return sorted({operator.family for operator in OPERATORS})


def expected_path(family: str) -> Path:
    """Where the expected text of a family is."""
    return SAMPLES / f"{family}.txt"


def edits_of_family(family: str) -> str:
    """All edits that the operators of a family make of their sample."""
    stack = read_sample(family)
    chosen = [operator for operator in OPERATORS if operator.family == family]
    return "\n".join(line for operator in chosen for line in edits(operator, stack)) + "\n"


def read_sample(family: str) -> Stack:
    """The sample of a family, a file or a folder, as a stack."""
    folder = SAMPLES / family
    if folder.is_dir():
        return Stack.read(folder)
    text = (SAMPLES / f"{family}.tf").read_text(encoding="ascii")
    return Stack(family, {"main.tf": text})


def edits(operator: Operator, stack: Stack) -> Iterator[str]:
    """The operator's name, then each site with the lines that go and come."""
    yield f"== {operator.name}"
    for site in operator.find(stack):
        yield " | ".join(filter(None, (site.where, site.parameter)))
        edited = stack.edited(site.splices)
        for path in sorted({*stack.texts, *edited}):
            before, after = stack.texts.get(path, ""), edited.get(path, "")
            lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
            yield from (line for line in lines if not line.startswith(("---", "+++", "@@")))


if __name__ == "__main__":
    for name in families():
        expected_path(name).write_text(edits_of_family(name), encoding="ascii")
