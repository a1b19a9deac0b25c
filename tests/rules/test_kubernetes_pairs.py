"""Danger and its harmless look-alike, for Kubernetes and what deploys into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pairs import Pair, is_held, told
from tests.rules.kubernetes_pairs import PAIRS


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_the_danger_waits_and_its_twin_passes(pair: Pair) -> None:
    assert (is_held(pair.danger), is_held(pair.twin)) == (True, False)


def test_what_is_said_of_the_dangers_is_complete() -> None:
    assert told(PAIRS) == Path(__file__).with_name("kubernetes_pairs.txt").read_text("utf-8")
