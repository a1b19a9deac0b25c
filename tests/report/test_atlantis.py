"""The text of a custom policy check, judged as each release of Atlantis judges it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.assess import Assessment, Circumstances, assess
from iacrisk.gate import Policy, Verdict
from iacrisk.plan import decode_plan
from iacrisk.report import Format, renderer
from iacrisk.report.atlantis import NAMED, render_atlantis
from iacrisk.report.batch import Batch, Fault, JudgedPlan
from tests.conftest import ROOT, TODAY, Ran, RunCli
from tests.plans import Json, create, delete, document, update

PLANS = ROOT / "fixtures" / "plans"
Judges = Callable[[str, int], bool]


def before_0_33(output: str, exit_code: int) -> bool:
    """0.26 to 0.32: no "fail" in the text, whatever the exit code."""
    del exit_code
    return "fail" not in output.lower()


def before_0_38(output: str, exit_code: int) -> bool:
    """0.33 to 0.37: the text of a program that failed is dropped, and nothing can be parsed."""
    return exit_code == 0 and "fail" not in output.lower()


def of_0_38(output: str, exit_code: int) -> bool:
    """0.38: nothing is no pass either."""
    return exit_code == 0 and output != "" and "fail" not in output.lower()


def since_0_39(output: str, exit_code: int) -> bool:
    """0.39 to 0.47: counted failures, or FAIL at the beginning."""
    if exit_code != 0 or output == "":
        return False
    counts = re.search(r'([1-9][0-9]* failure|failures": \[)', output)
    return not counts and not output.strip().startswith("FAIL")


RELEASES: list[Judges] = [before_0_33, before_0_38, of_0_38, since_0_39]


def verdicts(ran: Ran) -> set[bool]:
    """What the releases make of a run; Atlantis reads both streams as one."""
    return {passes(ran.out + ran.err, ran.code) for passes in RELEASES}


def judged(plan_json: Json) -> Assessment:
    """The assessment with the real rules, in production."""
    decoded = decode_plan(json.dumps(plan_json).encode())
    return assess(decoded, Policy(), Circumstances(today=TODAY, environment="production"))


def answer(plan_json: Json) -> str:
    """What is printed for one plan."""
    return renderer(Format.ATLANTIS)(judged(plan_json))


def items(output: str) -> set[str]:
    """The hashes that a sticky approval with the recipe's regular expression remembers."""
    return {sha256(item.encode()).hexdigest() for item in re.findall(r"(?m)^FAIL .*", output)}


def databases(number: int, **tags: str) -> Json:
    """A plan that deletes this many databases and creates a bucket."""
    gone = [delete(f"aws_db_instance.db_{n:03}", {"identifier": f"db-{n}"}) for n in range(number)]
    return document(*gone, create("aws_s3_bucket.logs", {"bucket": "logs", "tags": tags}))


@pytest.mark.parametrize("fixture", ["tags-only", "rds-replaced"])
def test_every_release_reads_the_verdict(fixture: str, cli: RunCli) -> None:
    ran = cli("score", PLANS / fixture / "plan.json", "--format", "atlantis")

    assert ran.code == 0
    assert verdicts(ran) == {fixture == "tags-only"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["missing.json"],
        ["broken.json"],
        ["empty"],
        ["--nonsense", "plan.json"],
        [],
        ["plan.json", "--environment", "nowhere"],
        ["plan.json", "--exit-map", "2=0"],
        ["plan.json", "--config", "missing.toml"],
        ["plan.json", "--format", "json", "--output", "nowhere/report.json"],
    ],
)
def test_what_goes_wrong_never_passes(arguments: list[str], cli: RunCli) -> None:
    Path("broken.json").write_text("{", "utf-8")
    Path("plan.json").write_text(json.dumps(document()), "utf-8")
    Path("empty").mkdir()
    ran = cli("score", *arguments, "--format", "atlantis")

    assert ran.code == 0
    assert verdicts(ran) == {False}


def test_a_crash_never_passes(cli: RunCli, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise ZeroDivisionError

    Path("plan.json").write_text(json.dumps(document()), "utf-8")
    monkeypatch.setattr("iacrisk.cli.commands.assess", crash)
    ran = cli("score", "plan.json", "--format", "atlantis")

    assert (ran.code, ran.err) == (0, "")
    assert "ZeroDivisionError" in ran.out
    assert verdicts(ran) == {False}


def test_names_cannot_turn_a_pass_into_a_failure(cli: RunCli) -> None:
    harmless = update(
        'aws_instance.failover["1 failure"]', {"tags": {"a": "FAIL"}}, {"tags": {"a": "failed"}}
    )
    folder = Path("failover-1 failure")
    folder.mkdir()
    (folder / "plan.json").write_text(json.dumps(document(harmless)), "utf-8")
    for plans in ([folder / "plan.json"], [folder], [folder, folder / "plan.json"]):
        ran = cli("score", *plans, "--format", "atlantis", "--environment", "preview")
        assert verdicts(ran) == {True}, ran.out
        assert len(ran.out.splitlines()) == 1


@given(st.text(min_size=1))
def test_no_name_changes_the_verdict(name: str) -> None:
    key = f"aws_instance.a[{json.dumps(name)}]"
    passing = answer(document(update(key, {"tags": {name: name}}, {"tags": {name: ""}})))
    failing = answer(document(delete(f"aws_db_instance.a[{json.dumps(name)}]", {"id": name})))
    assert [passes(passing, 0) for passes in RELEASES] == [True] * len(RELEASES)
    assert [passes(failing, 0) for passes in RELEASES] == [False] * len(RELEASES)
    assert "```" not in failing
    assert all(line.startswith(("FAIL ", "  ")) for line in failing.splitlines())


def test_an_approval_survives_the_same_plan_again() -> None:
    again = databases(3)
    again["resource_changes"].reverse()
    again["timestamp"] = "2026-03-01T10:00:00Z"

    assert items(answer(again)) == items(answer(databases(3))) != set()


@pytest.mark.parametrize(
    "other", [databases(4), databases(2), databases(3, team="other")], ids=["more", "less", "value"]
)
def test_an_approval_dies_with_the_plan(other: Json) -> None:
    approved = items(answer(databases(3)))

    assert not items(answer(other)) <= approved


def test_the_verdict_is_first_and_last_and_what_is_not_named_is_counted() -> None:
    lines = answer(databases(NAMED + 7)).splitlines()

    assert lines[0] == lines[-1] == f"FAIL {NAMED + 7} failures: approval required"
    assert f"FAIL and {7} more" in lines
    assert len(lines) <= NAMED + 8


def test_no_score_stands_in_what_is_approved() -> None:
    assert not re.search(r"\b\d+ of 100\b", answer(databases(3)))


def plans_of(*assessments: Assessment | None) -> Iterator[JudgedPlan]:
    """Plans with the names plan-0, plan-1 and so on."""
    for number, assessment in enumerate(assessments):
        fault = None if assessment else Fault(problem="It is no plan.", remedy="Make one.")
        yield JudgedPlan(name=f"plan-{number}", assessment=assessment, fault=fault)


def test_several_plans_have_one_verdict_and_what_is_held_is_named() -> None:
    held, fine = judged(databases(1)), judged(document())
    batch = Batch(plans=tuple(plans_of(None, held, fine)), several=True)
    output = render_atlantis(batch)

    assert batch.verdict is Verdict.COULD_NOT_REVIEW
    assert output.splitlines()[0] == "FAIL 2 failures: could not review"
    assert "FAIL in plan-0: could not review\nFAIL It is no plan.\n  Make one.\n" in output
    assert "FAIL in plan-1: " in output
    assert "plan-2" not in output


def test_a_soft_run_passes_and_says_what_it_would_have_held(cli: RunCli) -> None:
    ran = cli("score", PLANS / "rds-replaced/plan.json", "--format", "atlantis", "--soft")

    assert verdicts(ran) == {True}
    assert ran.out.startswith("SOFT: blocked (")
