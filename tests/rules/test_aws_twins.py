"""Each dangerous plan of a pair is held, and its harmless twin is not."""

from __future__ import annotations

import pytest

from iacrisk.gate import Verdict
from tests.pairs import judge
from tests.rules.aws_twins import DANGERS, HARMLESS


@pytest.mark.parametrize("name", DANGERS)
def test_the_dangerous_one_is_held(name: str) -> None:
    assert judge(DANGERS[name]).decision.verdict is not Verdict.ALLOWED


@pytest.mark.parametrize("name", HARMLESS)
def test_its_harmless_twin_is_not(name: str) -> None:
    assert judge(HARMLESS[name]).decision.verdict is Verdict.ALLOWED
