"""The commands of the quickstart do what the page says, in its order."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.hosts.conftest import ALLOWED, BLOCKED, PLANS, Host
from tests.plans import delete, document

PAGE = (ROOT / "docs" / "quickstart.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
INSTALL, SCORE, LOOK, OWN, PIPELINE, DIFF = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
TERRAFORM = """
case "$*" in
  "plan -out plan.bin") cp {plan} plan.bin ;;
  "show -json plan.bin") cat plan.bin ;;
  "apply plan.bin") cp plan.bin applied ;;
  *) exit 9 ;;
esac
"""


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A clone's fixtures, and a terraform whose plan is harmless."""
    made = Host(tmp_path)
    (made.folder / "fixtures").symlink_to(ROOT / "fixtures")
    made.program("terraform", TERRAFORM.format(plan=ALLOWED))
    return made


def commands(block: str) -> Iterator[tuple[str, int]]:
    """Each line with the exit code that it says, or 0."""
    for line in block.splitlines():
        said = re.search(r"# exits (\d)$", line)
        yield line, int(said[1]) if said else 0


def test_installing_is_what_the_readme_does() -> None:
    """CI runs the README's command; here the page is held to it."""
    first, second = INSTALL.splitlines()

    assert f"{first} && " in README
    assert second == ". .venv/bin/activate"


def test_the_commands_on_plans_exit_as_the_page_says(host: Host) -> None:
    for block in (SCORE, LOOK, OWN):
        for line, code in commands(block):
            ran = host.run(line)
            assert (ran.code, ran.err) == (code, ""), line
    assert (host.folder / "plan.json").read_bytes() == ALLOWED.read_bytes()
    assert "<h1" in (host.folder / "report.html").read_text("utf-8")


def test_looking_closer_shows_the_database(host: Host) -> None:
    host.plan("plan.json", BLOCKED)
    explain, graph, rule = (host.run(line).out for line, _ in commands(LOOK))

    assert explain.startswith("aws_db_instance.main\n")
    assert graph.startswith("flowchart")
    assert rule.startswith("D02 stateful-replace")


@pytest.mark.parametrize(
    ("plan", "code", "done"), [("allowed", 0, "applied"), ("held", 0, "asked"), ("blocked", 4, "")]
)
def test_the_pipeline_applies_asks_or_stops(plan: str, code: int, done: str, host: Host) -> None:
    (host.folder / "request-approval").write_text('#!/bin/sh\ncp "$1" asked\n')
    (host.folder / "request-approval").chmod(0o755)
    host.plan("plan.bin", BLOCKED)
    if plan == "held":
        gone = delete("aws_db_instance.a", {"identifier": "a", "skip_final_snapshot": False})
        (host.folder / "plan.json").write_text(json.dumps(document(gone)), "utf-8")
    else:
        host.plan("plan.json", {"allowed": ALLOWED, "blocked": BLOCKED}[plan])
    ran = host.run(PIPELINE)

    assert ran.code == code, ran.err
    assert [name for name in ("applied", "asked") if (host.folder / name).exists()] == [
        name for name in [done] if name
    ]
    assert ran.out.splitlines()[0] in (host.folder / "comment.md").read_text("utf-8")


def test_a_branch_is_compared_with_main(host: Host) -> None:
    pair = PLANS / "guard-vanished-danger"
    main = host.folder / "main.tf"
    main.write_bytes((pair / "before.tf").read_bytes())
    name = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    for words in (
        ("init", "--quiet"),
        ("add", "main.tf"),
        (*name, "commit", "--quiet", "-m", "before"),
        ("update-ref", "refs/remotes/origin/main", "HEAD"),
    ):
        subprocess.run(("git", *words), cwd=host.folder, check=True)  # noqa: S603, S607
    same = host.run(DIFF)
    main.write_bytes((pair / "after.tf").read_bytes())
    changed = host.run(DIFF)

    assert (same.code, changed.code) == (0, 4)
    assert changed.out.startswith("PROVISIONAL")
