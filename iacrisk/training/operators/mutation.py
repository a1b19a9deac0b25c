"""What the lab calls: the cases of a stack, and the edited copy of its folder for one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from iacrisk.errors import SettingsError
from iacrisk.training.case import Case, Edit
from iacrisk.training.operators.draw import draw
from iacrisk.training.operators.registry import OPERATORS
from iacrisk.training.operators.stack import Splice, Stack

STACKS = Path("fixtures/lab/stacks")
"""Where the base stacks are, in the repository."""
_BY_NAME = {operator.name: operator for operator in OPERATORS}


def all_cases(folder: Path, count: int, seed: int) -> list[Case]:
    """The first `count` cases over all stacks of a folder, a case of each stack in turn.

    Fewer when the stacks have no more sites. The list for a smaller count is its beginning.
    """
    names = sorted(path.name for path in folder.iterdir() if path.is_dir())
    drawn = [draw(Stack.read(folder / name), seed) for name in names]
    return list(islice(_in_turn(drawn), count))


def cases(stack: str, source: Path, seed: int) -> Sequence[Case]:
    """Every case of one stack, single and combined, in the order that the seed fixes."""
    read = Stack.read(source)
    return list(draw(Stack(stack, read.texts), seed))


def apply_edits(case: Case, source: Path, target: Path) -> None:
    """Write the edited copy of `source` into the existing, empty folder `target`.

    Raises SettingsError when an edit has no site there or two edits collide.
    """
    stack = Stack.read(source)
    splices = [splice for edit in case.edits for splice in _splices(stack, edit)]
    for path, text in stack.edited(splices).items():
        written = target / path
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(text, encoding="ascii")


def _splices(stack: Stack, edit: Edit) -> tuple[Splice, ...]:
    operator = _BY_NAME.get(edit.operator)
    for site in operator.find(stack) if operator else ():
        if (site.where, site.parameter) == (edit.site, edit.parameter):
            return site.splices
    raise SettingsError(f"{edit.operator} has no site {edit.site} {edit.parameter} in {stack.name}")


def _in_turn(drawn: list[Iterator[Case]]) -> Iterator[Case]:
    waiting = drawn
    while waiting:
        left = []
        for cases_of_stack in waiting:
            if (case := next(cases_of_stack, None)) is not None:
                yield case
                left.append(cases_of_stack)
        waiting = left
