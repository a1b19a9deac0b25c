"""Operators: what they find in a sample and what becomes of it, complete."""

from __future__ import annotations

import pytest

pytest.importorskip("tree_sitter_hcl", reason="the lab's libraries are not installed")

from iacrisk.training.operators.registry import OPERATORS
from iacrisk.training.operators.soundness import faults
from iacrisk.training.operators.stack import Operator
from tests.training.operators.edits import (
    edits_of_family,
    expected_path,
    families,
    read_sample,
)


@pytest.mark.parametrize("family", families())
def test_the_edits_of_a_family_are_those_expected(family: str) -> None:
    assert edits_of_family(family) == expected_path(family).read_text(encoding="ascii")


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
def test_an_operator_has_named_sites_in_its_sample_and_they_change_it(operator: Operator) -> None:
    stack = read_sample(operator.family)
    sites = list(operator.find(stack))
    names = [(site.where, site.parameter) for site in sites]
    assert names
    assert len(names) == len(set(names))
    for site in sites:
        assert stack.edited(site.splices) != stack.texts


@pytest.mark.parametrize("family", families())
def test_a_sample_is_sound(family: str) -> None:
    assert faults(read_sample(family)) == ()


def test_names_of_operators_are_unique() -> None:
    names = [operator.name for operator in OPERATORS]
    assert len(names) == len(set(names))
