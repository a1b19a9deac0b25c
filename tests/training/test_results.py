"""Results are read back as one whole, whatever was interrupted or repeated."""

from pathlib import Path

import msgspec

from iacrisk.training.card import Card, Share, summarise
from iacrisk.training.case import Case, Edit
from iacrisk.training.outcome import Breakage, Outcome
from iacrisk.training.results import Rejected, Results, read_rejected, stack_version
from iacrisk.training.rows import Row, read_rows, write_rows

CLEAN = Outcome(probes=3)
LOST = Outcome(
    broken=(
        Breakage(
            probe="data bucket:x",
            harm="data_loss",
            concern="data",
            object="bucket:x",
            address="aws_s3_bucket.x",
        ),
    )
)
NO_FILES = stack_version(Path("/nowhere"))
PLAN = {
    "resource_changes": [
        {"address": "aws_s3_bucket.y", "change": {"actions": ["delete", "create"]}},
        {"address": "aws_s3_bucket.x", "change": {"actions": ["no-op"]}},
    ]
}


def case(operator: str) -> Case:
    return Case(stack="shop", edits=(Edit(operator=operator, family="names", site="main.tf:x"),))


def row(operator: str, outcome: Outcome = CLEAN, version: str = NO_FILES) -> Row:
    return Row(
        case=case(operator),
        plan=msgspec.Raw(msgspec.json.encode(PLAN)),
        outcome=outcome,
        versions={"stack": version},
    )


def test_rows_of_all_benches_are_one_whole(tmp_path: Path) -> None:
    results = Results(tmp_path, tmp_path)
    results.add("one", row("a"))
    results.add("two", row("b"))
    results.reject("two", Rejected(case=case("c"), reason="plan: no"))
    assert sorted(each.case.name for each in results.rows()) == [
        case("a").name,
        case("b").name,
    ]
    assert results.done() == {case(name).name for name in "abc"}


def test_a_row_that_was_cut_off_is_run_again(tmp_path: Path) -> None:
    results = Results(tmp_path, tmp_path)
    results.add("one", row("a"))
    with (tmp_path / "one.rows.jsonl").open("ab") as file:
        file.write(msgspec.json.encode(row("b"))[:-10])
    assert results.done() == {case("a").name}


def test_a_changed_stack_makes_its_rows_out_of_date(tmp_path: Path) -> None:
    results = Results(tmp_path, tmp_path)
    results.add("one", row("a", LOST, version="earlier"))
    assert results.done() == set()
    assert [each.outcome for each in results.rows()] == [LOST]
    results.add("one", row("a", CLEAN))
    assert results.done() == {case("a").name}
    assert [(each.outcome, each.runs) for each in results.rows()] == [(CLEAN, 1)]


def test_what_the_lab_failed_at_is_run_again(tmp_path: Path) -> None:
    results = Results(tmp_path, tmp_path)
    results.reject("one", Rejected(case=case("a"), reason="Traceback", own_fault=True))
    assert results.done() == set()
    assert results.rejected() == []


def test_repetitions_agree_on_what_broke_not_on_words(tmp_path: Path) -> None:
    results = Results(tmp_path, tmp_path)
    worded = msgspec.structs.replace(LOST.broken[0], detail="otherwise worded")
    for outcome in (LOST, Outcome(broken=(worded,)), CLEAN):
        results.add("one", row("a", outcome))
    (merged,) = results.rows()
    assert (merged.runs, merged.agreeing, merged.stable) == (3, 2, False)
    assert merged.outcome == LOST


def test_a_run_goes_on_from_what_was_packed(tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    packed.mkdir()
    thrice = msgspec.structs.replace(row("a", LOST), runs=3, agreeing=3)
    write_rows([thrice, row("b"), row("c", version="earlier")], packed / "shop.jsonl.xz")
    refused = Rejected(case=case("d"), reason="plan: no")
    (packed / "rejected.jsonl").write_bytes(msgspec.json.encode(refused) + b"\n")
    results = Results(tmp_path / "run", tmp_path, packed)
    results.add("one", row("a", LOST))
    results.add("one", row("c", LOST))
    assert results.done() == {case(name).name for name in "abcd"}
    assert {each.case.name: each for each in results.rows()} == {
        case("a").name: thrice,
        case("b").name: row("b"),
        case("c").name: row("c", LOST),
    }
    assert results.rejected() == [refused]


def test_the_card_counts_usable_rows() -> None:
    rows = [
        row("a", LOST),
        row("b"),
        row("c", Outcome(artefact="not implemented: x")),
        msgspec.structs.replace(row("d"), runs=2),
    ]
    card = summarise(rows, [Rejected(case=case("e"), reason="plan: no such")], {})
    assert (card.rows, card.usable, card.harmful, card.unstable) == (4, 2, 1, 1)
    assert card.destroying == Share(rows=2, harmful=1)
    assert card.untouched_victims == 1
    assert card.families == {"names": Share(rows=2, harmful=1)}
    assert (card.artefacts, card.rejected) == ({"not implemented": 1}, {"plan": 1})


def test_the_committed_card_is_of_the_committed_rows() -> None:
    folder = Path(__file__).parents[2] / "fixtures" / "lab" / "rows"
    rejected = read_rejected(folder)
    card = msgspec.json.decode((folder / "card.json").read_bytes(), type=Card)
    rows = list(read_rows(folder))
    assert msgspec.structs.replace(summarise(rows, rejected, {}), outdated=card.outdated) == card
