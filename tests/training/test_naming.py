"""The model that says whom a change hurts: fitted, exported, and the same without scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("sklearn")

import msgspec  # noqa: E402

from iacrisk.classifier import HitArtifact, HitModel  # noqa: E402
from iacrisk.features import HitRow  # noqa: E402
from iacrisk.training import naming as training  # noqa: E402
from iacrisk.training.encoding import Vector  # noqa: E402
from iacrisk.training.examples import to_example  # noqa: E402
from iacrisk.training.naming import (  # noqa: E402
    HITS_FILE,
    Fitted,
    Naming,
    choose_bar,
    named_at,
    tally,
    told_of,
    train_hits,
    unseen_log_odds,
)
from iacrisk.training.splits import Origin  # noqa: E402
from iacrisk.training.told import LEARNT_FROM, Party, Told, learnt_pairs, read_pairs  # noqa: E402
from tests.training.made_up import rows  # noqa: E402

STACKS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta")


def made_up() -> list[Told]:
    return told_of(list(map(to_example, rows(120, STACKS))))


@pytest.fixture(scope="module")
def naming() -> Naming:
    return Naming(made_up())


def party(address: str, *, waits: bool = True, by_rule: bool = False) -> Party:
    return Party(change="c", address=address, values={"hits": 1.0}, waits=waits, by_rule=by_rule)


def told(*parties: Party) -> Told:
    return Told(
        source="lab",
        name="case",
        group="alpha",
        origin=Origin(stack="alpha", families=frozenset()),
        victims=frozenset({"role", "queue"}),
        programs={"role": frozenset({"function", "service"})},
        parties=parties,
    )


def test_the_shipped_tables_say_what_scikit_learn_says(naming: Naming, tmp_path: Path) -> None:
    manifest = train_hits(naming.plans, tmp_path)
    assert manifest is not None
    artifact = msgspec.json.decode((tmp_path / HITS_FILE).read_bytes(), type=HitArtifact)
    shipped = HitModel(artifact)
    everything = range(len(naming.plans))
    expected = Fitted(naming, everything).log_odds(everything)
    parties = [item for plan in naming.plans for item in plan.parties]
    answers = [shipped.log_odds(item.values) for item in parties]

    assert len(answers) > 20
    assert answers == pytest.approx(list(expected), abs=1e-9)
    assert 0 < artifact.bar < 1
    assert artifact.pairs
    chance = shipped.chance(HitRow(address="a", values=parties[0].values))
    assert chance == pytest.approx(1 / (1 + np.exp(-expected[0])), abs=1e-9)


def test_the_same_plans_give_the_same_bytes(tmp_path: Path) -> None:
    for folder in (tmp_path / "one", tmp_path / "two"):
        train_hits(made_up(), folder)

    assert (tmp_path / "one" / HITS_FILE).read_bytes() == (
        tmp_path / "two" / HITS_FILE
    ).read_bytes()


def test_nothing_is_written_where_nobody_is_known_to_suffer(tmp_path: Path) -> None:
    assert train_hits([], tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_plan_is_judged_by_a_model_that_saw_neither_its_stack_nor_its_families(
    naming: Naming, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[int] = []

    class Watched(Fitted):
        def __init__(self, given: Naming, plans: Sequence[int]) -> None:
            super().__init__(given, plans)
            self.seen = [given.plans[number].origin for number in plans]

        def log_odds(self, plans: Sequence[int]) -> Vector:
            for own in (naming.plans[number].origin for number in plans):
                assert all(own.stack != other.stack for other in self.seen)
                assert all(own.families.isdisjoint(other.families) for other in self.seen)
            judged.extend(plans)
            return super().log_odds(plans)

    monkeypatch.setattr(training, "Fitted", Watched)
    log_odds = unseen_log_odds(naming)

    assert len(judged) == len(set(judged)) > 10
    assert 0 < choose_bar(naming, log_odds) < 1


def test_a_program_that_acts_as_a_victim_is_rightly_named_and_names_it() -> None:
    counted = tally(told(), frozenset({"function", "bucket"}))

    assert (counted.named, counted.right, counted.victims, counted.found) == (2, 1, 2, 1)


def test_whom_a_rule_names_is_named_however_unlikely() -> None:
    plan = told(party("role"), party("queue"), party("bucket", by_rule=True))

    assert named_at(plan, np.array([0.9, 0.1, 0.1]), 0.5) == {"role", "bucket"}


def test_a_set_of_pairs_that_is_newer_than_the_model_only_judges_it() -> None:
    pairs, learnt = read_pairs(), learnt_pairs()

    assert len(learnt) == 177
    assert {plan.group for plan in learnt} == LEARNT_FROM
    assert {plan.group for plan in pairs} > LEARNT_FROM
    assert all(plan.victims and plan.source == "pairs" for plan in pairs)
