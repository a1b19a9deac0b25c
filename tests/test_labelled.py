"""What the tool says of labelled plans that look alike: as their labellers, but for known misses.

No accuracy: rules were made with these plans in sight. It shows when something is lost.
"""

from __future__ import annotations

import tomllib

import pytest

from tests.labelled import FOLDER, SETS, judged

MISSES = tomllib.loads((FOLDER / "misses.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", SETS)
def test_the_verdicts_are_those_of_the_labellers_but_for_known_misses(name: str) -> None:
    other = {item.label.name for item in judged(name) if item.is_held != item.label.is_danger}
    assert sorted(other) == sorted(MISSES.get(name, {}))


def test_each_known_miss_has_its_reason() -> None:
    assert set(MISSES) <= set(SETS)
    assert all(len(why) > 20 for misses in MISSES.values() for why in misses.values())
