"""Danger and its harmless look-alike, for Azure, Entra ID and Azure DevOps."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pairs import Pair, is_held, told
from tests.rules.azure.data import DATA
from tests.rules.azure.entries import ENTRIES
from tests.rules.azure.governance import GOVERNANCE
from tests.rules.azure.identity import IDENTITY
from tests.rules.azure.network import NETWORK
from tests.rules.azure.workloads import WORKLOADS
from tests.rules.azure.world import apply

CASES = [*NETWORK, *ENTRIES, *IDENTITY, *DATA, *WORKLOADS, *GOVERNANCE]
PAIRS = [Pair(name, apply(danger), apply(twin)) for name, danger, twin in CASES]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_the_danger_waits_and_its_twin_passes(pair: Pair) -> None:
    assert (is_held(pair.danger), is_held(pair.twin)) == (True, False)


def test_what_is_said_of_the_dangers_is_complete() -> None:
    assert told(PAIRS) == Path(__file__).with_name("azure_pairs.txt").read_text("utf-8")


def test_the_estate_as_it_stands_passes() -> None:
    assert not is_held(apply([]))
