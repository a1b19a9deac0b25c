"""The draw: fixed by the seed, sound, and what is drawn can be applied."""

from __future__ import annotations

import shutil
from itertools import islice
from pathlib import Path

import pytest

pytest.importorskip("tree_sitter_hcl", reason="the lab's libraries are not installed")

from iacrisk.errors import SettingsError
from iacrisk.source.hcl import read_folder
from iacrisk.training.case import Case, Edit
from iacrisk.training.intents import read_intents
from iacrisk.training.operators.draw import draw
from iacrisk.training.operators.mutation import all_cases, apply_edits, cases
from iacrisk.training.operators.registry import OPERATORS
from iacrisk.training.operators.soundness import faults
from iacrisk.training.operators.stack import Stack

STACKS = Path(__file__).parents[3] / "fixtures" / "lab" / "stacks"
NAMES = sorted(path.name for path in STACKS.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_a_base_stack_is_sound_and_its_intents_are_valid(name: str) -> None:
    stack = Stack.read(STACKS / name)
    assert faults(stack) == ()
    assert len(list(stack.resources())) >= 10
    assert read_intents(STACKS / name / "intents.toml").summary


@pytest.fixture
def some(tmp_path: Path) -> Path:
    """A folder with three of the stacks."""
    for name in NAMES[:3]:
        shutil.copytree(STACKS / name, tmp_path / "stacks" / name)
    return tmp_path / "stacks"


def test_the_same_seed_gives_the_same_cases_and_a_shorter_list_is_the_beginning(
    some: Path,
) -> None:
    long = all_cases(some, 60, 7)
    assert long[:20] == all_cases(some, 20, 7)
    assert long == all_cases(some, 60, 7)
    assert long != all_cases(some, 60, 8)
    assert len({case.name for case in long}) == 60


def test_each_stack_begins_with_controls_that_change_no_resource(some: Path) -> None:
    silent = {operator.name for operator in OPERATORS if operator.silent}
    drawn = all_cases(some, 9, 7)
    assert [case.stack for case in drawn[:3]] == NAMES[:3]
    assert all(edit.operator in silent for case in drawn for edit in case.edits)


@pytest.mark.parametrize("name", NAMES)
def test_drawn_cases_give_files_that_parse_and_hang_together(name: str, tmp_path: Path) -> None:
    base = Stack.read(STACKS / name)
    for number, case in enumerate(islice(draw(base, 11), 8)):
        target = tmp_path / str(number)
        target.mkdir()
        apply_edits(case, STACKS / case.stack, target)
        stack = Stack.read(target)
        assert faults(stack) == ()
        changed = {path for path, text in stack.texts.items() if text != base.texts.get(path)}
        assert bool(changed) == bool(case.edits)
        for path in changed:
            (tmp_path / "one").mkdir(exist_ok=True)
            (tmp_path / "one" / "main.tf").write_text(stack.texts[path], encoding="ascii")
            assert read_folder(tmp_path / "one")


def test_a_stack_gives_its_own_cases_as_among_all(some: Path) -> None:
    alone = cases(NAMES[0], some / NAMES[0], 7)
    among = [case for case in all_cases(some, 60, 7) if case.stack == NAMES[0]]
    assert list(alone[: len(among)]) == among


def test_an_edit_without_its_site_is_refused(tmp_path: Path) -> None:
    edit = Edit(operator="rename", family="names", site="main.tf:aws_vpc.nowhere.name")
    with pytest.raises(SettingsError, match=r"^rename has no site main\.tf:aws_vpc\.nowhere\.name"):
        apply_edits(Case(stack=NAMES[0], edits=(edit,)), STACKS / NAMES[0], tmp_path)
