"""What can be copied from a page works: its commands are run, its settings are read.

The hosts' pages, the quickstart and the page on approvals have tests of their own. Of every other
page each command line is run here, or stands in NOT_RUN with its reason.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from iacrisk.config import parse_policy_file
from iacrisk.config.claims import read_claim_file
from iacrisk.gate import Policy
from iacrisk.service.settings import Settings, load_service_settings
from tests.conftest import ROOT
from tests.hosts.conftest import ALLOWED, PLANS, Host
from tests.hosts.test_steps import fenced, lines_of

ELSEWHERE = {
    "docs/approvals.md": "tests/docs/test_approvals_page.py",
    "docs/quickstart.md": "tests/docs/test_quickstart.py",
    "docs/service-running.md": "tests/service/test_running_page.py",
    "docs/hosts": "tests/hosts/test_steps.py",
}
"""Pages and folders whose blocks another test takes."""

BY_CI = ".ci/run does it"
CHANGES = "changes the checkout"
NETWORK = "installs from an index"
NOT_RUN = {
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/iacrisk score "
    'fixtures/plans/rds-replaced/plan.json; echo "exit code $?"': BY_CI,
    'python3 -m venv .venv && .venv/bin/pip install ".[test]" && '
    ".venv/bin/python -m pytest -n auto --dist loadfile": BY_CI,
    "python3 -m venv .venv": BY_CI,
    '.venv/bin/pip install -e ".[dev]"': NETWORK,
    ".venv/bin/python -m pytest": BY_CI,
    ".ci/run": "it runs this test",
    "ruff format . && ruff check .": CHANGES,
    "mypy": BY_CI,
    "lint-imports": BY_CI,
    "python -m docs.generate --check": BY_CI,
    "python -m pytest tests/rules": BY_CI,
    "python -m tests.benchmark.measure": "takes minutes, and measures nothing on a busy machine",
    "python -m tests.benchmark.measure_service": "the same",
    "python -m tests.service.faults": "takes an hour; tests/service/faults plays them smaller",
    "python -m pytest tests/catalog tests/test_fixtures.py": BY_CI,
    "python -m pytest tests/test_fixtures.py tests/rules": BY_CI,
    "python -m docs.generate": CHANGES,
    "pip install 'iacrisk[lab]'": NETWORK,
    "python -m iacrisk.training.lab run                # or: iacrisk-lab run; Ctrl-C and again to "
    "go on": "runs for hours",
    "python -m iacrisk.training.lab repeat --share 0.1 # a tenth of them twice more": "the same",
    "python -m iacrisk.training.lab status": "tests/training asks it about a folder of its own",
    "python -m iacrisk.training.lab pack               # write fixtures/lab/rows": CHANGES,
    "pip install 'iacrisk[train]'": NETWORK,
    "iacrisk train": "takes minutes; tests/training/test_learning.py trains on little",
    "iacrisk train --key ~/.ssh/id_ed25519": "the same",
    "iacrisk eval": "takes minutes; .ci/run checks its figures",
    "python -m iacrisk.training.train": "takes minutes, and changes the checkout",
    "python -m iacrisk.training.evaluate": BY_CI,
    'pip install -e ".[docs]"': NETWORK,
    "python -m docs.site ../iacrisk-site": BY_CI,
    'pip install "iacrisk[service]"': NETWORK,
    "python -m tests.service.play_hcp http://127.0.0.1:8080/v1/run-task "
    "fixtures/plans/ingress-narrowed/plan.json --key change-me --folder .": (
        "waits for a person; tests/service uses the same stand-in"
    ),
    "iacrisk serve": "never ends; tests/service/test_app.py starts and stops it",
    "iacrisk token create gitlab": "tests/service/api makes tokens in a store of its own",
    'curl --fail-with-body --data-binary @plan.json -H "Content-Type: application/json" '
    '-H "Authorization: Bearer $TOKEN" "https://risk.example.com/v1/assessments?'
    'organisation=acme&workspace=prod&author=alice"': "tests/service/api asks",
    "SERVICE_SCREENSHOTS=shots python -m pytest tests/service/browser/test_looks.py": BY_CI,
    "python -m http.server --directory ../iacrisk-site": "never ends; tests/docs/site serves it",
}
RUN = {
    "terraform plan -out plan.bin && terraform show -json plan.bin > plan.json": 0,
    "iacrisk score plan.json --format markdown --output comment.md --format console": 0,
    "iacrisk score plan.json --format html --output report.html": 0,
    "iacrisk feedback plan.json --outcome ok": 0,
    "iacrisk feedback plan.json --outcome incident --harm outage --address aws_lb.front": 0,
    'iacrisk feedback plan.json --outcome reverted --note "too slow, taken back"': 0,
    "iacrisk graph plan.json --format svg > picture.svg": 0,
    "iacrisk diff origin/main .": 4,
    "iacrisk diff before/ after/ --format json": 4,
}
"""Each line that is run here with its exit code in the folder that `folder` makes."""
PAGES = [
    page
    for page in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *sorted((ROOT / "docs").glob("**/*.md")),
    )
    if not any(page.relative_to(ROOT).as_posix().startswith(name) for name in ELSEWHERE)
]
OTHER_TOML: dict[str, str | Callable[[Path], object]] = {
    "docs/lab.md": "tests/training/test_intents.py reads it",
    "docs/provenance.md: 0": read_claim_file,
    "docs/own-rules.md: 1": "a pyproject.toml; test_own_rules.py installs it",
    "docs/own-rules.md: 2": "asks for that package; test_own_rules.py installs it",
    "docs/service.md": lambda file: load_service_settings({}, file),
    "docs/service-people.md": lambda file: load_service_settings({}, file),
}
"""TOML that is no iacrisk.toml, by page and number: who reads it, or which test does."""


def without_variables(line: str) -> str:
    """A command line without the variables of the service that it sets; a test reads those."""
    return re.sub(r"^(export )?(IACRISK_\w+=\S+ ?)+", "", line)


def blocks(page: Path, *languages: str) -> list[str]:
    """The code blocks of a page in these languages."""
    return [text for language, text in fenced(page.read_text("utf-8")) if language in languages]


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A repository with a main branch, a harmless plan and two configurations."""
    made = Host(tmp_path)
    show = f'case "$*" in plan*) touch plan.bin ;; show*) cat "{ALLOWED}" ;; *) exit 9 ;; esac'
    made.program("terraform", show)
    made.plan("plan.json", PLANS / "listener-fine" / "plan.json")
    pair = PLANS / "guard-vanished-danger"
    for side in ("before", "after"):
        (made.folder / side).mkdir()
        (made.folder / side / "main.tf").write_bytes((pair / f"{side}.tf").read_bytes())
    main = made.folder / "main.tf"
    main.write_bytes((pair / "before.tf").read_bytes())
    name = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    for words in (
        ("init", "--quiet"),
        ("add", "."),
        (*name, "commit", "--quiet", "-m", "before"),
        ("update-ref", "refs/remotes/origin/main", "HEAD"),
    ):
        subprocess.run(("git", *words), cwd=made.folder, check=True)  # noqa: S603, S607
    main.write_bytes((pair / "after.tf").read_bytes())
    return made


@pytest.mark.parametrize("line", RUN)
def test_a_line_exits_as_it_should(line: str, host: Host) -> None:
    ran = host.run(line)

    assert (ran.code, ran.err) == (RUN[line], "")


def test_every_command_line_is_run_or_has_a_reason() -> None:
    written = [
        (page.relative_to(ROOT).as_posix(), line)
        for page in PAGES
        for block in blocks(page, "sh", "bash", "console", "shell")
        for line in lines_of(block)
    ]

    assert [
        each for each in written if without_variables(each[1]) not in {*RUN, *NOT_RUN, ""}
    ] == []
    assert {*RUN, *NOT_RUN} <= {without_variables(line) for _, line in written}, (
        "stands on no page any more"
    )


def test_variables_of_the_service_on_a_page_are_its_settings() -> None:
    found = [
        dict(re.findall(r"\b(IACRISK_\w+)=(\S+)", block))
        for page in PAGES
        for block in blocks(page, "sh")
    ]
    given = [variables for variables in found if variables]

    assert len(given) > 1
    for variables in given:
        assert load_service_settings(variables) != Settings()


def test_pages_whose_blocks_another_test_takes_are_named_there() -> None:
    for page, test in ELSEWHERE.items():
        assert Path(page).name in (ROOT / test).read_text("utf-8"), page


@pytest.mark.parametrize(
    ("page", "number", "block"),
    [
        pytest.param(page, number, block, id=f"{page.name}-{number}")
        for page in sorted([ROOT / "README.md", *(ROOT / "docs").glob("**/*.md")])
        for number, block in enumerate(blocks(page, "toml"))
    ],
)
def test_settings_on_a_page_are_read(page: Path, number: int, block: str, tmp_path: Path) -> None:
    name = page.relative_to(ROOT).as_posix()
    reader = OTHER_TOML.get(name) or OTHER_TOML.get(f"{name}: {number}") or parse_policy_file
    if isinstance(reader, str):
        pytest.skip(reader)
    (tmp_path / "signers.txt").touch()
    file = tmp_path / "iacrisk.toml"
    file.write_text(block, "utf-8")

    assert reader(file) not in (Policy(), Settings())


def test_no_command_is_hidden_in_a_block_without_a_language() -> None:
    hidden = [
        (page.name, block)
        for page in PAGES
        for block in blocks(page, "")
        if re.match(r"(iacrisk|pip|python|terraform) ", block) and page.name != "commands.md"
    ]

    assert hidden == []
