"""From made-up rows to a model that is loaded, judged and counts as far as it may."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec
import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("sklearn")

from iacrisk.classifier import Combination, Guarantee, Use, load_model  # noqa: E402
from iacrisk.training import judging  # noqa: E402
from iacrisk.training import train as training  # noqa: E402
from iacrisk.training.attribution import find_blame, to_bags  # noqa: E402
from iacrisk.training.evaluate import evaluate, main  # noqa: E402
from iacrisk.training.examples import Example, read_examples, to_example  # noqa: E402
from iacrisk.training.fitting import KINDS, Kind  # noqa: E402
from iacrisk.training.rows import write_rows  # noqa: E402
from iacrisk.training.splits import folds  # noqa: E402
from iacrisk.training.tables import Evaluation  # noqa: E402
from iacrisk.training.train import Choice, choose, claim, settle_use, train  # noqa: E402
from tests.training.made_up import rows  # noqa: E402

STACKS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta")


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return list(map(to_example, rows(120, STACKS)))


@pytest.fixture(autouse=True, scope="module")
def small() -> Iterator[None]:
    """One kind of model and a few folds are enough here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "KINDS", KINDS[:1])
        patch.setattr(judging, "folds", partial(folds, stack_folds=2, family_folds=3))
        yield


@pytest.fixture(scope="module")
def trained(examples: list[Example], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    train(examples, folder, "rows")
    return folder


def test_the_same_rows_give_the_same_bytes(
    examples: list[Example], trained: Path, tmp_path: Path
) -> None:
    train(examples, tmp_path, "rows")

    for file in ("risk.json", "manifest.json"):
        assert (tmp_path / file).read_bytes() == (trained / file).read_bytes()


def test_a_model_without_enough_harmful_cases_is_advisory(
    examples: list[Example], trained: Path
) -> None:
    manifest = load_model(trained).manifest

    assert sum(example.harmful for example in examples) < 59
    assert manifest.guarantee is None
    assert manifest.use is Use.ADVISORY


def test_a_claim_is_the_exact_bound_on_what_passed() -> None:
    harmful = np.array([True] * 60 + [False] * 40)
    together = np.array([True] * 58 + [False] * 42)
    made = claim(together, harmful)

    assert made is not None
    assert (made.cases, made.confidence) == (60, 0.95)
    assert made.alpha == pytest.approx(0.1013, abs=0.001)
    assert claim(together[40:], harmful[40:]) is None


@pytest.mark.parametrize(
    ("stacks", "right", "wrong", "use"),
    [
        (6, 3, 3, Use.VERDICT),
        (6, 3, 4, Use.ADVISORY),
        (6, 0, 0, Use.ADVISORY),
        (5, 3, 0, Use.ADVISORY),
    ],
)
def test_it_counts_where_what_it_adds_is_harmful_as_often_as_not(
    stacks: int, right: int, wrong: int, use: Use
) -> None:
    added = np.array([True] * (right + wrong) + [False] * 5)
    harmful = np.array([True] * right + [False] * (wrong + 5))
    known = Guarantee(alpha=0.1, confidence=0.95, cases=60)

    assert settle_use(known, stacks, added, harmful) is use
    assert settle_use(None, stacks, added, harmful) is Use.ADVISORY


def test_what_hurts_scores_above_what_does_not(trained: Path) -> None:
    model = load_model(trained)
    safe, risky = ({"idle": 1.0}, {"harm.cuts": 2.0, "link.cut": 1.0, "harm.strands": 2.0})

    assert model.log_odds(safe) < model.log_odds(risky)


def test_the_evaluation_covers_every_judge(examples: list[Example], trained: Path) -> None:
    found = evaluate(examples, load_model(trained), "rows")
    judges = [figures.judge for figures in found.sets[0].judges]

    assert found.sets[0].name == "development"
    assert judges == [
        "any destroy",
        "number of changes",
        "OPA tutorial's score",
        "rules",
        "model",
        "rules and model",
    ]
    assert msgspec.json.decode(msgspec.json.encode(found), type=Evaluation) == found


def test_the_command_skips_a_check_on_other_rows(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--rows", str(tmp_path), "--models", str(trained), "--check"])

    assert capsys.readouterr().out.startswith("SKIPPED")


def test_rows_are_read_in_their_order_by_any_number_of_workers(tmp_path: Path) -> None:
    by_stack = defaultdict(list)
    for row in rows(12, STACKS[:3]):
        by_stack[row.case.stack].append(row)
    for stack, its_rows in by_stack.items():
        write_rows(its_rows, tmp_path / f"{stack}.jsonl.xz")

    assert read_examples(tmp_path, workers=2) == read_examples(tmp_path, workers=1)


def test_blame_falls_on_suspects_of_harmful_plans_only(examples: list[Example]) -> None:
    bags = to_bags(examples)
    blame = find_blame(bags)

    assert (blame[~bags.suspect] == 0).all()
    assert (blame[bags.suspect] > 0).all()
    assert blame.max() <= 1


def test_a_lone_suspect_takes_the_whole_blame(examples: list[Example]) -> None:
    bags = to_bags(examples)
    blame = find_blame(bags)
    alone = [
        blame[start]
        for start, example in zip(bags.starts, examples, strict=False)
        if example.harmful and len(example.changes) == 1
    ]

    assert alone == pytest.approx([1.0] * len(alone))


@pytest.mark.parametrize(
    ("aucs", "chosen"),
    [((0.90, 0.904, 0.90), 0), ((0.90, 0.91, 0.92), 2), ((0.90, 0.94, 0.942), 1)],
)
def test_the_simplest_kind_near_the_best_is_taken(
    aucs: tuple[float, ...], chosen: int, examples: list[Example]
) -> None:
    nothing = to_bags(examples).matrix[:0, 0]
    choices = [
        Choice(
            kind=Kind(name=str(rank), rank=rank, settings={}),
            combination=Combination.MAX,
            auc=auc,
            log_odds=nothing,
        )
        for rank, auc in enumerate(aucs)
    ]

    assert choose(choices).kind.rank == chosen
