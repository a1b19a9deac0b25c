"""What the README promises holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.parts import EXAMPLE
from iacrisk.gate import Verdict
from tests.conftest import ROOT, RunCli

README = (ROOT / "README.md").read_text("utf-8")
PAGES = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "fixtures").glob("*.md"),
    *(ROOT / "models").glob("*.md"),
]


def test_the_picture_is_what_the_command_prints(cli: RunCli) -> None:
    ran = cli("score", ROOT / EXAMPLE)

    assert f"```text\n$ iacrisk score {EXAMPLE}\n{ran.out}```" in README


def test_there_are_two_commands_on_a_fresh_machine() -> None:
    section = README.partition("## Try it")[2].partition("\n## ")[0]
    commands = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)

    assert [command.count("\n") for command in commands] == [1, 1]
    assert EXAMPLE in commands[0]
    assert "pytest" in commands[1]


def test_the_exit_codes_are_those_of_the_verdicts() -> None:
    listed = dict(re.findall(r"^\| (\d) \| ([^:|]+?)(?::[^|]*)? \|$", README, re.MULTILINE))

    assert {code: str(listed[str(code)]) for code in range(5)} == {
        Verdict.ALLOWED.exit_code: "allowed",
        1: "iacrisk itself failed",
        Verdict.COULD_NOT_REVIEW.exit_code: "could not review",
        Verdict.APPROVAL_REQUIRED.exit_code: "a person has to approve",
        Verdict.BLOCKED.exit_code: "blocked",
    }


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))

    assert [target for target in targets if not (page.parent / target).exists()] == []
