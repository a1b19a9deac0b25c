"""Outcomes that users record: rows like the lab's, and nothing secret in them."""

from __future__ import annotations

import datetime
import gzip
import json
import lzma
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from iacrisk.errors import InputError
from iacrisk.features import extract_features
from iacrisk.graph import build_graph
from iacrisk.plan import Plan, decode_plan
from iacrisk.plan.masking import mask_plan
from iacrisk.training.examples import rules_say, to_example
from iacrisk.training.outcome import Said
from iacrisk.training.recording import Feedback, to_row
from iacrisk.training.rows import Row, read_rows
from tests.conftest import ROOT, TODAY, RunCli
from tests.plans import document, noop, replace, update
from tests.report.test_secrets import PLANTERS, QUOTED, TEXT, Planter, forms_of

FIXTURES = sorted((ROOT / "fixtures" / "plans").glob("**/plan.json"))
CORPUS = ROOT.parent / "shared" / "corpus" / "plans"
RDS = ROOT / "fixtures" / "plans" / "rds-replaced" / "plan.json"
OUTCOMES = Path(".iacrisk/outcomes")
STORED_AS_COLUMNS = 2
"""Plans of the corpus whose secrets are words that columns go by: what was seen is kept."""


def recorded(folder: Path = OUTCOMES) -> list[Row]:
    return list(read_rows(folder))


def written(folder: Path) -> bytes:
    """Every byte in the folder, unpacked where it is packed."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return b"\n".join(lzma.decompress(path.read_bytes()) + str(path).encode() for path in files)


def looks_alike(plan: Plan) -> tuple[bool, bool]:
    """Whether the row is seen as the plan is; and whether it took more than the masked plan."""
    row = to_row(plan, Feedback(outcome=Said.OK, on=TODAY))
    address = mask_plan(plan).address
    example = to_example(row)
    wanted = {
        address(item.label): item.values for item in extract_features(plan, build_graph(plan))
    }
    said = rules_say(plan)
    alike = {item.label: item.values for item in example.changes} == wanted and (
        example.rules.held,
        example.rules.scores,
        example.rules.others,
    ) == (said.held, {address(label): score for label, score in said.scores.items()}, said.others)
    assert row.recorded is not None
    return alike, bytes(row.recorded.seen) != b"null"


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.parent.name)
def test_a_recorded_fixture_gives_the_columns_of_the_plan(path: Path) -> None:
    alike, _ = looks_alike(decode_plan(path.read_bytes()))
    assert alike


@pytest.mark.parametrize("planter", PLANTERS)
def test_a_plan_with_secrets_gives_the_columns_of_the_plan(planter: Planter) -> None:
    alike, _ = looks_alike(decode_plan(json.dumps(planter(TEXT)).encode()))
    assert alike


@pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/corpus is not beside this checkout")
def test_recorded_plans_of_the_corpus_give_the_columns_of_the_plans() -> None:
    different, kept_what_was_seen = [], 0
    for path, plan in corpus():
        alike, seen = looks_alike(plan)
        kept_what_was_seen += seen
        if not alike:
            different.append(path.name)
    assert different == []
    assert kept_what_was_seen <= STORED_AS_COLUMNS


def corpus() -> Iterator[tuple[Path, Plan]]:
    for path in sorted(CORPUS.glob("*.json.gz"))[::3]:
        try:
            yield path, decode_plan(gzip.decompress(path.read_bytes()))
        except InputError:
            continue


def test_what_masking_changes_is_kept_as_columns() -> None:
    """The port is marked, so the stand-in hides that it grew."""
    marks = {"retention": True}
    changed = update(
        "aws_db_instance.a",
        {"backup_retention_period": 7, "retention": 7},
        {"backup_retention_period": 1, "retention": 1},
        before_sensitive=marks,
        after_sensitive=marks,
    )
    plan = decode_plan(json.dumps(document(changed)).encode())
    alike, seen = looks_alike(plan)
    assert (alike, seen) == (True, True)


def test_an_incident_names_its_victim(cli: RunCli) -> None:
    ran = cli(
        "feedback",
        RDS,
        "--outcome",
        "incident",
        "--address",
        "aws_db_instance.main",
        "--harm",
        "data_loss",
        "--note",
        "restored from a copy",
        "--group",
        "shop",
    )
    [row] = recorded()

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"Recorded: incident in {next(OUTCOMES.iterdir())}\n"
    assert row.outcome.harmful
    assert row.outcome.worst == "data_loss"
    assert row.outcome.victims == {"aws_db_instance.main"}
    assert row.case.stack == "shop"
    assert row.recorded is not None
    assert row.recorded.note == "restored from a copy"
    assert row.recorded.on == datetime.datetime.now(tz=datetime.UTC).date().isoformat()


def test_without_a_victim_the_whole_plan_is_suspect(cli: RunCli) -> None:
    cli("feedback", RDS, "--outcome", "incident")
    example = to_example(recorded()[0])
    assert example.harmful
    assert example.suspects == (True,) * len(example.changes)


@pytest.mark.parametrize(
    ("outcome", "harmful", "between"), [("ok", False, False), ("reverted", False, True)]
)
def test_other_outcomes_are_harmless_or_between(
    cli: RunCli, outcome: str, harmful: bool, between: bool
) -> None:
    cli("feedback", RDS, "--outcome", outcome)
    example = to_example(recorded()[0])
    assert (example.harmful, example.is_between) == (harmful, between)


def test_who_records_a_plan_again_replaces_what_was_said(cli: RunCli) -> None:
    cli("feedback", RDS, "--outcome", "ok")
    ran = cli("feedback", "-", "--outcome", "incident", stdin=RDS.read_bytes())
    assert ran.out.startswith("Replaced: incident in ")
    assert [row.outcome.harmful for row in recorded()] == [True]


def test_two_runs_of_one_change_are_two_plans(cli: RunCli) -> None:
    made = json.loads(RDS.read_bytes())
    for time in ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"):
        text = json.dumps(made | {"timestamp": time}).encode()
        cli("feedback", "-", "--outcome", "ok", stdin=text)
    assert len(recorded()) == 2


def test_an_address_that_is_not_in_the_plan_is_an_error(cli: RunCli) -> None:
    ran = cli("feedback", RDS, "--outcome", "incident", "--address", "aws_db_instance.other")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "iacrisk: The plan has no aws_db_instance.other.\n"
    assert not OUTCOMES.exists()


def test_a_plan_that_hurt_nobody_has_no_victims(cli: RunCli) -> None:
    ran = cli("feedback", RDS, "--outcome", "ok", "--address", "aws_db_instance.main")
    assert ran.code == 2
    assert "nobody was" in ran.err
    assert not OUTCOMES.exists()


@pytest.mark.parametrize(
    "arguments", [["--outcome", "fine"], [], ["--outcome", "ok", "--harm", "x"]]
)
def test_other_words_are_refused(cli: RunCli, arguments: list[str]) -> None:
    assert cli("feedback", RDS, *arguments).code == 2
    assert not OUTCOMES.exists()


def test_what_is_no_plan_is_not_recorded(cli: RunCli) -> None:
    assert cli("feedback", "-", "--outcome", "ok", stdin=b"{}").code == 2
    assert not OUTCOMES.exists()


def test_a_folder_that_cannot_be_written_is_an_error(cli: RunCli) -> None:
    Path("taken").write_text("", "utf-8")
    ran = cli("feedback", RDS, "--outcome", "ok", "--data", "taken/outcomes")
    assert ran.code == 2
    assert ran.err.startswith("iacrisk: Cannot write taken/outcomes/")


@pytest.mark.parametrize("secret", [TEXT, QUOTED])
@pytest.mark.parametrize("planter", PLANTERS)
def test_no_secret_is_in_a_written_byte(
    cli: RunCli, planter: Planter, secret: Any, tmp_path: Path
) -> None:
    made = planter(secret)
    ran = cli(
        "feedback",
        "-",
        "--outcome",
        "incident",
        "--address",
        made["resource_changes"][0]["address"],
        "--note",
        f"it was {secret}",
        "--group",
        secret,
        stdin=json.dumps(made).encode(),
    )
    assert ran.code == 0, ran.err
    text = written(tmp_path).decode() + ran.out
    assert {form for form in forms_of(secret) if form in text} == set()


def test_a_victim_whose_key_is_secret_is_still_found_in_the_row(cli: RunCli) -> None:
    victim = f'aws_instance.b["{TEXT}"]'
    made = document(
        replace(
            "aws_db_instance.d",
            {"password": TEXT},
            {"password": "x"},
            before_sensitive={"password": True},
        ),
        noop(victim, {"id": "i-1"}),
        references={"aws_instance.b": {"user_data": ["aws_db_instance.d.endpoint"]}},
    )
    ran = cli(
        "feedback",
        "-",
        "--outcome",
        "incident",
        "--address",
        victim,
        stdin=json.dumps(made).encode(),
    )
    assert ran.code == 0, ran.err
    example = to_example(recorded()[0])
    [change] = example.changes
    assert example.victims <= change.reaches


def test_many_writers_at_once_leave_whole_rows(tmp_path: Path) -> None:
    plans = FIXTURES[:4]
    running = [
        subprocess.Popen(  # noqa: S603 - this interpreter
            [
                sys.executable,
                "-m",
                "iacrisk",
                "feedback",
                str(plan),
                "--outcome",
                outcome,
                "--data",
                str(tmp_path / "outcomes"),
            ],
            stdout=subprocess.DEVNULL,
        )
        for plan in plans
        for outcome in ("ok", "incident", "reverted")
    ]
    assert [process.wait() for process in running] == [0] * len(running)
    rows = recorded(tmp_path / "outcomes")
    assert len(rows) == len(plans)
    assert len(list((tmp_path / "outcomes").iterdir())) == len(plans)


def test_recording_needs_no_extra_library() -> None:
    heavy = "import sys; import iacrisk.training.recording, iacrisk.cli.learning; "
    heavy += "sys.exit(bool({'numpy', 'sklearn', 'networkx', 'hcl2'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", heavy], check=True)  # noqa: S603 - this interpreter
