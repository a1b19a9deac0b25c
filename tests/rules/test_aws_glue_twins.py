"""What small attachments, grants and combinations do on AWS: the danger waits, its twin passes."""

from __future__ import annotations

from typing import Final

import pytest

from tests.pairs import Pair, is_held
from tests.rules.aws_glue_twins import PAIRS

UNDECIDABLE: Final = {
    "a queue's policy loses the topic": "another stack may publish to the queue",
    "a topic's policy loses the alarms": "a budget may stand in another stack",
    "a key's policy loses the log service": "a topic elsewhere may use the key",
    "a bucket's policy loses the distribution": "the distribution may stand in another stack",
    "a worker loses its right on the queue": "a right and the mapping go together, told apart",
    "a listener loses the certificate": "the name may have its record in another stack",
    "the routes to a network are no longer": "a second propagation is not compared",
    "a grant on a key goes that": "a second grant is not compared",
}
"""Twins that wait although their author said that they need not, with the reason."""


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name[:60])
def test_the_danger_waits(pair: Pair) -> None:
    assert is_held(pair.danger)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name[:60])
def test_its_twin_passes_but_for_what_the_plan_cannot_tell(pair: Pair) -> None:
    assert is_held(pair.twin) == any(map(pair.name.startswith, UNDECIDABLE))
