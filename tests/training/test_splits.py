"""Nobody is judged by a model that has seen its stack or its families."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from iacrisk.training.splits import Origin, folds, is_final

ORIGINS = st.lists(
    st.builds(
        Origin,
        stack=st.sampled_from(["web", "lake", "hub", "edge", "shop", "mail"]),
        families=st.frozensets(st.sampled_from(["rename", "network", "policy", "size", "tags"])),
    ),
    max_size=60,
)


@given(ORIGINS)
def test_every_case_is_tested_exactly_once(origins: list[Origin]) -> None:
    tested = [number for fold in folds(origins) for number in fold.tested]

    assert sorted(tested) == list(range(len(origins)))


@given(ORIGINS)
def test_no_judge_has_seen_the_stack_or_a_family_of_a_case(origins: list[Origin]) -> None:
    for fold in folds(origins):
        for tested in fold.tested:
            for trained in fold.trained:
                assert origins[tested].stack != origins[trained].stack
                assert origins[tested].families.isdisjoint(origins[trained].families)


def test_the_final_stacks_are_kept_apart() -> None:
    assert is_final("portal")
    assert not is_final("shop")
