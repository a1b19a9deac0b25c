"""Rows survive the archive, plans stay readable, and the label's words follow the harms."""

from pathlib import Path

import msgspec
import pytest

from iacrisk.plan import decode_plan
from iacrisk.training.case import Case, Edit
from iacrisk.training.outcome import Breakage, Harm, Outcome, Probe, Transient, compare
from iacrisk.training.rows import Row, compact_plan, read_rows, usable_rows, write_rows

PLAN = Path(__file__).parents[2] / "fixtures" / "plans" / "bucket-renamed-danger" / "plan.json"


def make_row(operator: str, outcome: Outcome, agreeing: int = 1) -> Row:
    edit = Edit(operator=operator, family="rename", site="main.tf:aws_s3_bucket.media")
    return Row(
        case=Case(stack="shop", edits=(edit,)),
        plan=compact_plan(PLAN.read_bytes()),
        outcome=outcome,
        versions={"terraform": "1.11.0"},
        agreeing=agreeing,
    )


def breakage(harm: Harm, address: str = "") -> Breakage:
    return Breakage(
        probe=f"{harm} {address}", harm=harm, concern="data", object="bucket:x", address=address
    )


def test_rows_come_back_as_they_were_written(tmp_path: Path) -> None:
    lost = Outcome(broken=(breakage("data_loss", "aws_s3_bucket.media"),), probes=12)
    rows = [make_row("b", lost), make_row("a", Outcome())]
    write_rows(rows, tmp_path / "shop.jsonl.xz")
    assert list(read_rows(tmp_path)) == [rows[1], rows[0]]


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    rows = [make_row("a", Outcome()), make_row("b", Outcome())]
    write_rows(rows, tmp_path / "1.xz")
    write_rows(reversed(rows), tmp_path / "2.xz")
    assert (tmp_path / "1.xz").read_bytes() == (tmp_path / "2.xz").read_bytes()


def test_a_compacted_plan_has_the_same_changes_and_configuration() -> None:
    row = make_row("a", Outcome())
    whole, kept = decode_plan(PLAN.read_bytes()), decode_plan(row.plan_json)
    assert kept.document.configuration == whole.document.configuration
    assert [change.address for change in kept.changes] == [
        change.address for change in whole.changes
    ]
    assert len(row.plan_json) < len(PLAN.read_bytes())


def test_artefacts_and_unstable_rows_are_not_used(tmp_path: Path) -> None:
    rows = [
        make_row("artefact", Outcome(artefact="the emulator answered 500")),
        make_row("good", Outcome()),
        msgspec.structs.replace(make_row("unstable", Outcome()), runs=3, agreeing=2),
    ]
    write_rows(rows, tmp_path / "shop.jsonl.xz")
    assert [row.case.edits[0].operator for row in usable_rows(tmp_path)] == ["good"]


@pytest.mark.parametrize(
    ("outcome", "harmful", "worst"),
    [
        (Outcome(), False, "clean"),
        (Outcome(transient=(Transient(object="rds:DBInstance x"),)), False, "transient"),
        (Outcome(broken=(breakage("latent"),)), False, "latent"),
        (Outcome(broken=(breakage("latent"), breakage("degraded"))), False, "degraded"),
        (Outcome(broken=(breakage("latent"),), apply_errors=("no",)), False, "apply_error"),
        (Outcome(broken=(breakage("outage"),), apply_errors=("no",)), True, "outage"),
        (Outcome(broken=(breakage("exposure"), breakage("data_loss"))), True, "data_loss"),
    ],
)
def test_the_worst_harm_gives_the_word(outcome: Outcome, harmful: bool, worst: str) -> None:
    assert (outcome.harmful, outcome.worst) == (harmful, worst)


def test_victims_are_addresses_that_suffered_hard_harm() -> None:
    outcome = Outcome(
        broken=(breakage("outage", "a.b"), breakage("latent", "c.d"), breakage("data_loss"))
    )
    assert outcome.victims == {"a.b"}


def probe(state: str, harm: Harm = "outage", handles: tuple[str, ...] = ()) -> Probe:
    return msgspec.convert(
        {"state": state, "harm": harm, "concern": "x", "object": "x:y", "handles": handles}, Probe
    )


def test_only_what_worked_before_can_break() -> None:
    before = {"a": probe("works"), "b": probe("broken"), "c": probe("works"), "d": probe("works")}
    after = {"a": probe("broken"), "b": probe("broken"), "c": probe("unknown"), "d": probe("works")}
    broken, unknown = compare(before, after)
    assert [name for name, _ in broken] == ["a"]
    assert unknown == ("c",)


def test_something_new_counts_when_it_lets_strangers_in() -> None:
    after = {"new hole": probe("broken", "exposure"), "new fault": probe("broken")}
    broken, _ = compare({}, after)
    assert [name for name, _ in broken] == ["new hole"]


def test_a_breakage_keeps_the_handles_known_before() -> None:
    broken, _ = compare({"a": probe("works", handles=("i-1",))}, {"a": probe("broken", handles=())})
    assert broken[0][1].handles == ("i-1",)
