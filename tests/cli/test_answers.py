"""Exit codes for hosts that want others, soft runs, and several plans in one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from iacrisk.assess import Assessment, assess
from iacrisk.plan import Plan
from iacrisk.report import Format
from iacrisk.report.json_batch import RunReport
from tests.conftest import ROOT, RunCli
from tests.plans import delete, document, tweak

PLANS = ROOT / "fixtures" / "plans"
BLOCKED = PLANS / "rds-replaced" / "plan.json"
ALLOWED = PLANS / "tags-only" / "plan.json"


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """A plan that waits for a person."""
    path = tmp_path / "held.json"
    gone = delete("aws_db_instance.a", {"skip_final_snapshot": False, "identifier": "a"})
    path.write_text(json.dumps(document(gone)), "utf-8")
    return path


@pytest.mark.parametrize(
    ("exit_map", "codes"),
    [
        ("", [0, 3, 4, 2]),
        ("3=0,4=1", [0, 0, 1, 2]),
        ("2=1,3=1,4=1", [0, 1, 1, 1]),
        (" 3=78 , 4=255", [0, 78, 255, 2]),
    ],
)
def test_codes_are_mapped(exit_map: str, codes: list[int], held: Path, cli: RunCli) -> None:
    (held.parent / "broken.json").write_text("{", "utf-8")
    plans = [ALLOWED, held, BLOCKED, "broken.json"]

    assert [cli("score", plan, "--exit-map", exit_map).code for plan in plans] == codes


@pytest.mark.parametrize("wrong", ["2=0", "1=0", "0=1", "5=1", "3=256", "3", "3=x", "3=0,3=1"])
def test_a_map_that_lets_pass_what_nobody_reviewed_is_refused(wrong: str, cli: RunCli) -> None:
    ran = cli("score", ALLOWED, "--exit-map", wrong)

    assert ran.code == 2
    assert "--exit-map" in ran.err


@pytest.mark.parametrize("plan", [str(BLOCKED), str(ALLOWED), "missing.json"])
@pytest.mark.parametrize("format_", list(Format))
def test_a_soft_run_exits_with_0_and_says_so(plan: str, format_: Format, cli: RunCli) -> None:
    ran = cli("score", plan, "--soft", "--format", format_)

    assert ran.code == 0
    if format_ is Format.ATLANTIS:
        assert "--soft" in ran.out or plan == str(ALLOWED)
    else:
        assert "--soft" in ran.out + ran.err


def test_soft_wins_over_a_map(cli: RunCli) -> None:
    assert cli("score", BLOCKED, "--soft", "--exit-map", "4=7").code == 0


def test_a_command_that_is_none_is_never_soft(cli: RunCli) -> None:
    assert cli("score", BLOCKED, "--soft", "--nonsense").code == 2


def test_the_worst_of_several_plans_decides(cli: RunCli) -> None:
    assert cli("score", ALLOWED, BLOCKED).code == 4
    assert cli("score", ALLOWED, ALLOWED).code == 0
    assert cli("score", ALLOWED, BLOCKED, "missing.json").code == 2


def test_the_table_shows_every_plan_and_what_is_held_is_told(cli: RunCli) -> None:
    ran = cli("score", ALLOWED, "missing.json", BLOCKED)
    lines = ran.out.splitlines()

    assert lines[0] == "COULD NOT REVIEW: the worst of 3 plans"
    assert [line.split("  ")[1] for line in lines[1:4]] == [
        "could not review",
        "blocked",
        "allowed",
    ]
    assert "Cannot read missing.json: No such file or directory." in ran.out
    assert "D02 stateful-replace (critical)" in ran.out
    assert ran.err == ""


def test_a_folder_is_searched_for_plans(tmp_path: Path, cli: RunCli) -> None:
    for name in ("a/plan.json", "a/b/tfplan.json", "c/prod.plan.json", ".terraform/plan.json"):
        path = tmp_path / "plans" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(ALLOWED.read_bytes())
    (tmp_path / "plans" / "package.json").write_text("{}", "utf-8")
    report = json.loads(cli("score", "plans", "--format", "json").out)

    assert [item["plan"] for item in report["plans"]] == [
        "plans/a/b/tfplan.json",
        "plans/a/plan.json",
        "plans/c/prod.plan.json",
    ]


def test_a_folder_without_a_plan_could_not_be_reviewed(tmp_path: Path, cli: RunCli) -> None:
    (tmp_path / "empty").mkdir()
    ran = cli("score", "empty", ALLOWED)

    assert ran.code == 2
    assert "empty holds no plan." in ran.out


def test_a_plan_named_twice_is_judged_once(cli: RunCli) -> None:
    report = json.loads(cli("score", ALLOWED, ALLOWED, "--format", "json").out)

    assert len(report["plans"]) == 1


def test_the_report_of_several_plans_is_of_the_schema(cli: RunCli) -> None:
    ran = cli("score", ALLOWED, "missing.json", BLOCKED, "--format", "json")
    report = json.loads(ran.out)
    jsonschema.validate(report, msgspec.json.schema(RunReport))

    assert (report["verdict"], report["exit_code"]) == ("could-not-review", 2)
    assert [item["verdict"] for item in report["plans"]] == [
        "could-not-review",
        "blocked",
        "allowed",
    ]
    assert report["plans"][1]["report"]["score"] == 97


def test_a_crash_on_one_plan_does_not_hide_the_others(
    cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(plan: Plan, *rest: Any) -> Assessment:
        if plan.changes[0].address == "aws_crash.it":
            raise ZeroDivisionError
        return assess(plan, *rest)

    monkeypatch.setattr("iacrisk.cli.commands.assess", crash)
    Path("crash.json").write_text(json.dumps(document(tweak("aws_crash.it", {}, a="b"))), "utf-8")
    ran = cli("score", BLOCKED, "crash.json")

    assert ran.code == 1
    assert "iacrisk failed (ZeroDivisionError)" in ran.out
    assert "D02 stateful-replace (critical)" in ran.out


def test_a_comment_on_many_plans_fits(tmp_path: Path, cli: RunCli) -> None:
    for number in range(150):
        (tmp_path / f"{number:03}-plan.json").write_bytes(BLOCKED.read_bytes())
    ran = cli("score", ".", "--format", "markdown", "--soft")

    assert len(ran.out) <= 65_536
    assert ran.out.startswith("<!-- iacrisk -->\n## BLOCKED: the worst of 150 plans\n")
    assert ran.out.count("<!-- iacrisk -->") == 1
    assert "_and 50 more._" in ran.out
    assert "left out to fit the comment" in ran.out
    assert "--soft" in ran.out


def test_a_comment_tells_a_plan_that_could_not_be_read(cli: RunCli) -> None:
    ran = cli("score", "missing.json", "--format", "markdown")

    assert ran.code == 2
    assert ran.out.startswith("<!-- iacrisk -->\n## COULD NOT REVIEW\n")
    assert "missing.json" in ran.out
    assert "missing.json" in ran.err
