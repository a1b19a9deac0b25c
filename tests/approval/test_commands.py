"""Approving through the command line: files, exit codes, reports, refusals."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.approval.world import PLAN, Keys, needs_ssh_keygen
from tests.conftest import ROOT, Ran, RunCli

pytestmark = needs_ssh_keygen

SCORE = ("score", PLAN, "--approvals", "approvals", "--allowed-signers", "signers")
ALICE = "alice@example.com"


@pytest.fixture(autouse=True)
def _signers(keys: Keys, tmp_path: Path) -> None:
    lines = [f"{name}@example.com {keys.public(name)}\n" for name in ("alice", "bob")]
    (tmp_path / "signers").write_text("".join(lines))


def approve(cli: RunCli, keys: Keys, name: str = "alice", *more: object) -> Ran:
    return cli(
        *("approve", PLAN, "--key", keys[name], "--approver", f"{name}@example.com"),
        *("--reason", "the old range is idle", "--yes", *more),
    )


def approval(tmp_path: Path) -> Path:
    (found,) = (tmp_path / "approvals").iterdir()
    return found


def test_a_held_plan_goes_through_once_it_is_approved(cli: RunCli, keys: Keys) -> None:
    before = cli(*SCORE)
    assert before.code == 3
    assert "There is no folder approvals with approvals." in before.out
    assert "Not approved yet: 0 of 1 approvals by a listed signer" in before.out
    assert approve(cli, keys).code == 0
    after = cli(*SCORE, "--author", "bob@example.com")
    assert after.code == 0
    lines = after.out.split("\n")
    assert lines[0].startswith("ALLOWED BY APPROVAL: risk ")
    assert lines[1].startswith("1 of 1 change waited. ")
    assert lines[2].startswith(f"Approved by {ALICE} until ")
    assert lines[2].endswith(": the old range is idle")


def test_without_approvals_the_same_command_holds_it(cli: RunCli, keys: Keys) -> None:
    approve(cli, keys)
    assert cli("score", PLAN).code == 3


def test_what_is_approved_is_shown_first(cli: RunCli, keys: Keys, tmp_path: Path) -> None:
    shown = approve(cli, keys, "alice", "--subject", "shop/infra").out
    for text in (
        "N11 traffic-no-longer-admitted (high)",
        "aws_instance.app[3] (1 hop)",
        "approver: alice@example.com",
        "reason: the old range is idle",
        "verdict: approval-required",
        "subject: shop/infra",
        "environment: production",
        approval(tmp_path).stem,
    ):
        assert text in shown


def test_every_report_says_who_approved_and_what_does_not_count(cli: RunCli, keys: Keys) -> None:
    approve(cli, keys)
    approve(cli, keys, "bob")
    ran = cli(*SCORE, "--author", "bob@example.com", "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, found["verdict"], found["exit_code"]) == (0, "allowed", 0)
    outcome = found["approval"]
    assert (outcome["verdict"], outcome["approved"]) == ("approval-required", True)
    assert [item["signer"] for item in outcome["granted"]] == [ALICE]
    assert outcome["granted"][0]["key"] == keys.digest("alice")
    assert [item["why"] for item in outcome["refused"]] == [
        "bob@example.com wrote the change, and may not approve it."
    ]
    comment = cli(*SCORE, "--author", "bob@example.com", "--format", "markdown").out
    assert "- Approved by alice@\u200bexample.com until " in comment
    assert "does not count: bob@\u200bexample.com wrote the change" in comment


def test_an_approval_explains_itself(cli: RunCli, keys: Keys, tmp_path: Path) -> None:
    approve(cli, keys)
    asked = ("verify-approval", approval(tmp_path), PLAN, "--allowed-signers", "signers")
    counts = cli(*asked, "--author", "bob@example.com")
    assert (counts.code, "It counts." in counts.out) == (0, True)
    assert "aws_security_group.app: update; N11 (high)" in counts.out
    assert "hits 4: aws_instance.app[0]" in counts.out
    other = cli(*asked, "--workspace", "live")
    assert other.code == 3
    assert "It does not count: It is for the workspace 'default'" in other.out


def test_what_was_never_verified_is_not_shown(cli: RunCli, keys: Keys, tmp_path: Path) -> None:
    approve(cli, keys)
    (tmp_path / "signers").write_text(f"bob@example.com {keys.public('bob')}\n")
    ran = cli("verify-approval", approval(tmp_path), PLAN, "--allowed-signers", "signers")
    assert ran.code == 3
    assert ran.out.startswith("It does not count: The allowed signers do not list the key")
    assert "idle" not in ran.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("score", PLAN, "--approvals", "approvals"), "give --allowed-signers FILE"),
        (("score", PLAN, "--approvals", ".", "--allowed-signers", "none"), "Cannot read none"),
    ],
)
def test_whose_keys_count_has_to_be_said(
    cli: RunCli, arguments: tuple[object, ...], said: str
) -> None:
    ran = cli(*arguments)
    assert (ran.code, said in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--expires", "48h"), "--expires is at most 24h by the policy."),
        (("--expires", "soon"), "--expires is a length of time such as 90m, 24h or 7d."),
        (("--reason", " "), "--reason is a text"),
        (("--approver", "ci@example.com"), "ci@example.com is no person"),
        (("--key", "none"), "ssh-keygen could not sign with none."),
    ],
)
def test_what_cannot_be_signed_is_not_written(
    cli: RunCli, keys: Keys, tmp_path: Path, more: tuple[str, ...], said: str
) -> None:
    ran = approve(cli, keys, "alice", *more)
    assert (ran.code, said in ran.err) == (2, True)
    assert not (tmp_path / "approvals").exists()


def test_who_may_not_approve_is_told_before_he_signs(
    cli: RunCli, keys: Keys, tmp_path: Path
) -> None:
    (tmp_path / "iacrisk.toml").write_text(
        '[approvals.groups]\nlead = ["bob@example.com"]\n[[approvals.rules]]\nby = ["lead"]\n'
        "quorum = 2\n"
    )
    alice = approve(cli, keys, "alice")
    assert (alice.code, "alice@example.com in no group that may approve" in alice.err) == (2, True)
    bob = approve(cli, keys, "bob")
    assert "With yours alone it still waits: 1 of 2 approvals by lead" in bob.out
    assert bob.code == 0


def test_an_allowed_plan_needs_no_approval(cli: RunCli, keys: Keys) -> None:
    plan = ROOT / "fixtures/plans/tags-only/plan.json"
    ran = cli(
        "approve", plan, "--key", keys["alice"], "--reason", "x", "--approver", ALICE, "--yes"
    )
    assert (ran.code, "there is nothing to approve" in ran.err) == (2, True)
    scored = cli("score", plan, *SCORE[2:], "--format", "json")
    assert (scored.code, json.loads(scored.out)["approval"]) == (0, None)


def test_without_a_terminal_it_does_not_sign_unasked(cli: RunCli, keys: Keys) -> None:
    ran = cli("approve", PLAN, "--key", keys["alice"], "--reason", "x", "--approver", ALICE)
    assert (ran.code, "give --yes to approve unasked" in ran.err) == (2, True)


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 2), ("", 2)])
def test_on_a_terminal_it_asks(keys: Keys, tmp_path: Path, answer: str, code: int) -> None:
    terminal, inner = os.openpty()
    command = [sys.executable, "-m", "iacrisk", "approve", str(PLAN), "--key", str(keys["alice"])]
    ran = subprocess.Popen(  # noqa: S603 - this interpreter
        [*command, "--reason", "idle", "--approver", ALICE],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=inner,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    os.write(terminal, f"{answer}\n".encode())
    out, _ = ran.communicate()
    os.close(terminal)
    os.close(inner)
    assert b"Approve this plan? [y/N]" in out
    assert (ran.returncode, (tmp_path / "approvals").exists()) == (code, code == 0)


def test_the_name_is_the_one_that_git_commits_under(
    cli: RunCli, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gitconfig").write_text("[user]\n\temail = bob@example.com\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    ran = cli("approve", PLAN, "--key", keys["bob"], "--reason", "x", "--yes")
    assert "approver: bob@example.com" in ran.out


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git on PATH")
def test_whoever_the_commits_name_may_not_approve(cli: RunCli, keys: Keys, tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=Alice", "-c", f"user.email={ALICE}", "-c", "commit.gpgsign=false")
        subprocess.run(  # noqa: S603 - the test's own repository
            [shutil.which("git") or "", "-C", str(tmp_path), *who, *arguments],
            capture_output=True,
            check=True,
        )

    git("init", "-q")
    for message in ("before", "after"):
        git("commit", "-q", "--allow-empty", "-m", message)
    named = ("--commits", "HEAD~1..HEAD", "--source", tmp_path)
    approve(cli, keys, "alice", *named)
    own = cli(*SCORE, *named)
    assert own.code == 3
    assert "alice@example.com wrote the change, and" in own.out
    approve(cli, keys, "bob", *named)
    assert cli(*SCORE, *named).code == 0


def test_without_ssh_keygen_nothing_is_signed_and_nothing_passes(
    cli: RunCli, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(cli, keys)
    found = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if "ssh" in name else found(name))
    scored = cli(*SCORE)
    assert scored.code == 3
    assert "There is no ssh-keygen on PATH" in scored.out.replace("\n ", "")
    signed = approve(cli, keys)
    assert (signed.code, "There is no ssh-keygen on PATH" in signed.err) == (2, True)


def test_the_audit_log_holds_decisions_and_approvals(
    cli: RunCli, keys: Keys, tmp_path: Path
) -> None:
    cli("score", PLAN, "--audit", "log")
    approve(cli, keys, "alice", "--audit", "log")
    cli(*SCORE, "--audit", "log")
    entries = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [(e["kind"], e["data"]["verdict"]) for e in entries] == [
        ("decision", "approval-required"),
        ("approval", "approval-required"),
        ("decision", "allowed"),
    ]
    statement = entries[1]["data"]["statement"]
    assert entries[2]["data"]["approval"]["granted"][0]["statement"] == statement
    checked = cli("audit", "verify", "log", "--holds", entries[1]["digest"])
    assert (checked.code, "3 entries, nothing altered." in checked.out) == (0, True)
    (tmp_path / "log").write_text((tmp_path / "log").read_text().replace("allowed", "blocked"))
    broken = cli("audit", "verify", "log")
    assert (broken.code, "log, line 3: it was altered." in broken.err) == (2, True)


def test_a_decision_that_cannot_be_logged_does_not_pass(cli: RunCli) -> None:
    plan = ROOT / "fixtures/plans/tags-only/plan.json"
    ran = cli("score", plan, "--audit", "none/log")
    assert (ran.code, "Cannot write the audit log" in ran.err) == (2, True)
