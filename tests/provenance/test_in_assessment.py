"""Provenance in the verdict and in the reports: no input to the score, and never a bonus."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iacrisk.gate import Policy, Verdict
from iacrisk.gate.policy import (
    AiScrutiny,
    Environments,
    ProvenanceSettings,
    SeverityName,
    Staging,
    UnknownScrutiny,
)
from iacrisk.provenance import Author, Provenance, Told
from iacrisk.provenance.markers import Marker
from iacrisk.report.console import render_console
from iacrisk.report.markdown import render_markdown
from iacrisk.rules import Severity
from tests.conftest import Judge, RunCli
from tests.gate.test_decision import flags_all
from tests.plans import create, document, plan, tweak
from tests.provenance.repository import Repository

UPDATE = tweak("aws_iam_policy.p", {"policy": "a"}, policy="b")
LOW = flags_all(Severity.LOW)
SIGN = Marker(
    tool="Claude",
    where="message of commit 1a2b3c4",
    quote="noreply@anthropic.com",
    confidence=1.0,
)
AI = Told(provenance=Provenance(looked=True, markers=(SIGN,)))
UNKNOWN = Told(provenance=Provenance(looked=True))
HUMAN = Told(provenance=Provenance(stated=Author.HUMAN))
CONTRADICTED = Told(provenance=Provenance(stated=Author.HUMAN, looked=True, markers=(SIGN,)))


def policy(**provenance: Any) -> Policy:
    return Policy(provenance=ProvenanceSettings(**provenance))


def test_by_default_it_changes_neither_score_nor_verdict(judge: Judge) -> None:
    made = plan(UPDATE)
    found = [judge(made, LOW, told=told) for told in (AI, UNKNOWN, HUMAN, CONTRADICTED)]

    assert len({(item.score, item.decision) for item in found}) == 1


def test_a_policy_may_hold_what_an_ai_wrote_earlier(judge: Judge) -> None:
    strict = policy(ai=AiScrutiny(hold=20, block=23))
    made = plan(UPDATE)
    verdicts = {
        name: judge(made, LOW, policy=strict, told=told).decision.verdict
        for name, told in (
            ("ai", AI),
            ("unknown", UNKNOWN),
            ("human", HUMAN),
            ("contradicted", CONTRADICTED),
        )
    }
    assert judge(made, LOW).score == 23
    assert verdicts == {
        "ai": Verdict.BLOCKED,
        "unknown": Verdict.ALLOWED,
        "human": Verdict.ALLOWED,
        "contradicted": Verdict.BLOCKED,
    }


def test_it_makes_no_threshold_milder(judge: Judge) -> None:
    mild = Policy(
        environments=Environments(staging=Staging(hold=20)),
        provenance=ProvenanceSettings(ai=AiScrutiny(hold=90, block=101)),
    )
    found = judge(plan(UPDATE), LOW, policy=mild, told=AI, environment="staging").decision

    assert (found.thresholds.hold, found.thresholds.block) == (20, 101)
    assert found.verdict is Verdict.APPROVAL_REQUIRED


def test_a_severity_may_always_need_a_person(judge: Judge) -> None:
    strict = policy(
        ai=AiScrutiny(always_approve=SeverityName.LOW),
        unknown=UnknownScrutiny(always_approve=SeverityName.MEDIUM),
    )
    by_ai = judge(plan(UPDATE), LOW, policy=strict, told=AI).decision
    by_nobody = judge(plan(UPDATE), LOW, policy=strict, told=UNKNOWN).decision

    assert [(r.verdict, r.what, r.address) for r in by_ai.reasons] == [
        (Verdict.APPROVAL_REQUIRED, "an AI wrote it, and D01 is low", "aws_iam_policy.p")
    ]
    assert by_nobody.reasons == ()


def test_reports_say_what_the_policy_asks_of_an_ai(judge: Judge) -> None:
    strict = policy(ai=AiScrutiny(always_approve=SeverityName.LOW, require_claim=True))
    console = render_console(judge(plan(UPDATE), LOW, policy=strict, told=AI))
    lines = " ".join(console.split())

    assert "It waits by the policy: an AI wrote it, and D01 is low." in lines
    assert (
        "It waits by the policy: an AI wrote it, and nothing that could be understood says what it "
        "does (--claim)." in lines
    )


def test_what_never_holds_is_not_held_for_its_author(judge: Judge) -> None:
    strict = Policy(
        never_hold=("aws_iam_policy",),
        provenance=ProvenanceSettings(ai=AiScrutiny(always_approve=SeverityName.LOW)),
    )
    assert judge(plan(UPDATE), LOW, policy=strict, told=AI).decision.reasons == ()


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (AI, "Written by an AI, at least in part (confidence 1.0)."),
        (Told(provenance=Provenance(stated=Author.AI)), "Written by an AI, as stated."),
        (HUMAN, "Written by a person, as stated."),
        (UNKNOWN, "Who wrote the change is unknown: that no AI signed it proves nothing."),
    ],
)
def test_reports_say_who_wrote_it(judge: Judge, told: Told, line: str) -> None:
    assessment = judge(plan(UPDATE), told=told)

    assert line in render_console(assessment)
    assert line in render_markdown(assessment)


def test_a_contradiction_is_told(judge: Judge) -> None:
    text = " ".join(render_console(judge(plan(UPDATE), told=CONTRADICTED)).split())

    assert "so it counts as written by an AI." in text
    assert (
        "Sign of Claude (confidence 1.0), message of commit 1a2b3c4: noreply@anthropic.com" in text
    )


def test_a_sign_is_quoted_masked_and_escaped(judge: Judge) -> None:
    secret = "hunter2-hunter2"  # noqa: S105 - a test's own
    after = {"policy": secret}
    made = plan(create("aws_iam_policy.p", after, after_sensitive={"policy": True}))
    quote = f"x` @team <b> [a](http://b) {secret}\x1b[31m\n::error::"
    sign = Marker(tool="Claude", where="author of commit 1", quote=quote, confidence=0.8)
    told = Told(provenance=Provenance(looked=True, markers=(sign,)))
    assessment = judge(made, told=told)
    console, markdown = render_console(assessment), render_markdown(assessment)

    assert secret not in console + markdown
    assert "\x1b" not in console + markdown
    assert "`` x` @team <b> [a](http://b) (sensitive value)\\x1b[31m\\n::error:: ``" in markdown
    assert "\n::error" not in console


def test_a_run_that_nobody_asked_says_nothing_of_it(judge: Judge) -> None:
    assert "rote" not in render_console(judge(plan(UPDATE)))


def write_plan(path: Path) -> Path:
    path.write_text(json.dumps(document(UPDATE)))
    return path


def test_the_command_line_reads_the_commits_it_is_told_to(cli: RunCli, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    repository.commit("Add\n\nCo-authored-by: Claude <noreply@anthropic.com>")
    sha = repository.git("rev-parse", "--short=7", "HEAD").strip()
    made = write_plan(tmp_path / "plan.json")
    ran = cli(
        "score", made, "--format", "json", "--source", repository.path, "--commits", "main~1..main"
    )
    assert json.loads(ran.out)["provenance"] == {
        "answer": "ai",
        "stated": None,
        "confidence": 1.0,
        "contradicted": False,
        "looked": True,
        "signs": [
            {
                "tool": "Claude",
                "where": f"message of commit {sha}",
                "quote": "noreply@anthropic.com",
                "confidence": 1.0,
            }
        ],
        "problems": [],
    }


def test_the_command_line_reads_the_hosts_variables_unless_told_not_to(
    cli: RunCli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TFC_CONFIGURATION_VERSION_GIT_BRANCH", "codex/bucket")
    made = write_plan(tmp_path / "plan.json")
    told = json.loads(cli("score", made, "--format", "json").out)["provenance"]
    (tmp_path / "iacrisk.toml").write_text("[provenance]\ndetect = false\n")
    untold = json.loads(cli("score", made, "--format", "json").out)["provenance"]

    assert (told["answer"], told["confidence"]) == ("ai", 0.8)
    assert (untold["answer"], untold["looked"]) == ("unknown", False)


def test_a_statement_is_one_of_three(cli: RunCli, tmp_path: Path) -> None:
    made = write_plan(tmp_path / "plan.json")

    assert "Written by a person, as stated." in cli("score", made, "--provenance", "human").out
    assert cli("score", made, "--provenance", "robot").code == 2


def test_a_range_that_is_none_ends_the_run(cli: RunCli, tmp_path: Path) -> None:
    ran = cli("score", write_plan(tmp_path / "plan.json"), "--commits", "main..x")

    assert (ran.code, ran.out) == (2, "")
    assert "There is no range of commits main..x" in ran.err
