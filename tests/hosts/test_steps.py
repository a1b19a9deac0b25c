"""Every command line of the hosts' pages is run by some test here, or stands below with a reason.

The last test looks at what ran in this session, so this file comes after the others by its name
and says nothing where some of them were not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.hosts.conftest import ALLOWED, PAGES, Host
from tests.hosts.ran import SCRIPTS

TERRAFORM = f"""
case "$*" in
  "init -input=false") ;;
  "plan -input=false -out plan.bin") cp "{ALLOWED}" plan.bin ;;
  "show -json plan.bin") cat plan.bin ;;
  "apply -input=false plan.bin") cat plan.bin > applied ;;
  *) exit 9 ;;
esac
"""
"""A terraform that takes the recipes' commands and no others."""

NOT_RUN = {
    "docker build --file Containerfile --tag iacrisk .": "no container engine is at hand",
    'docker run --rm --network none --volume "$PWD:/work:ro" iacrisk score plan.json': "the same",
    "pip install iacrisk": "takes a package from an index",
    "./store-plan plan.bin": "stands for the reader's own program",
    "./fetch-plan plan.bin": "the same",
    "./plan-all plans": "the same",
    "echo approved": "the job is there for its environment",
}
ELSEWHERE = {
    "$(Build.ArtifactStagingDirectory)": "FOLDER/staging",
    "/etc/iacrisk/allowed_signers": "FOLDER/allowed_signers",
}
"""What tests put into a line in place of a host's own folders."""
SCRIPT_KEYS = {"run", "script", "after_script", "after_plan"}
LANGUAGES = {"sh", "yaml", "groovy", "rego"}
OTHERS = {"rego": "test_other_hosts.py runs the policy"}


def fenced(text: str) -> list[tuple[str, str]]:
    """Language and text of each code block."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def scripts_of(language: str, text: str) -> list[str]:
    """The shell scripts in a block of a page."""
    if language == "sh":
        return [text]
    if language == "yaml":
        return list(_scripts_in(yaml.safe_load(text)))
    found = re.findall(r"'''(.*?)'''|\bsh '(?!')(.*?)'", text, re.DOTALL)
    return [long or short for long, short in found]


def _scripts_in(value: Any, *, is_script: bool = False) -> Iterator[str]:
    if isinstance(value, str) and is_script:
        yield value
    elif isinstance(value, list) and is_script:
        yield "\n".join(value)
    elif isinstance(value, list):
        for each in value:
            yield from _scripts_in(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _scripts_in(each, is_script=key in SCRIPT_KEYS)


def lines_of(script: str) -> list[str]:
    """The command lines of a script, continued ones in one piece."""
    joined = re.sub(r"\\\n\s*", "", script)
    return [line.strip() for line in joined.splitlines() if line.strip()]


WRITTEN = [
    (page.name, script)
    for page in sorted(PAGES.glob("*.md"))
    for language, text in fenced(page.read_text("utf-8"))
    if language not in OTHERS
    for script in scripts_of(language, text)
]
PLANNING = [(page, script) for page, script in WRITTEN if "terraform plan" in script]
APPLYING = "terraform apply -input=false plan.bin"


@pytest.mark.parametrize(("page", "script"), PLANNING, ids=[page for page, _ in PLANNING])
def test_the_steps_that_plan_leave_the_plan_as_json(page: str, script: str, host: Host) -> None:
    host.program("terraform", TERRAFORM)
    ran = host.run("set -e\n" + script)

    assert ran.code == 0, (page, ran.err)
    assert (host.folder / "plan.json").read_bytes() == ALLOWED.read_bytes()
    assert host.run(f"set -e\n{APPLYING}").code == 0
    assert (host.folder / "applied").read_bytes() == ALLOWED.read_bytes()


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.name)
def test_blocks_are_in_languages_that_are_run(page: Any) -> None:
    languages = {language for language, _ in fenced(page.read_text("utf-8"))}

    assert languages <= LANGUAGES


def test_every_command_line_of_the_pages_was_run(request: pytest.FixtureRequest) -> None:
    asked = {item.path.name for item in request.session.items}
    files = {path.name for path in (ROOT / "tests" / "hosts").glob("test_*.py")}
    if not files <= asked:
        pytest.skip("only some of the hosts' tests were asked for")
    if hasattr(request.config, "workerinput"):
        pytest.skip("the hosts' tests run in several processes; .ci/run runs them in one as well")
    ran = {line for script in SCRIPTS for line in lines_of(script)}
    written = [(page, line) for page, script in WRITTEN for line in lines_of(script)]

    assert [each for each in written if placed(each[1]) not in ran and each[1] not in NOT_RUN] == []
    assert set(NOT_RUN) <= {line for _, line in written}, "a reason for a line that no page has"


def placed(line: str) -> str:
    """A line of a page as the tests run it."""
    for theirs, ours in ELSEWHERE.items():
        line = line.replace(theirs, ours)
    return line
