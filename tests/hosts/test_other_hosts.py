"""The shorter recipes, each run as its host runs it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import yaml

from tests.conftest import ROOT
from tests.hosts.conftest import ALLOWED, BLOCKED, PAGES, PLANS, Host, blocks
from tests.plans import delete, document
from tests.schemas import AZURE_PIPELINES, published

BOTH = pytest.mark.parametrize(("source", "code"), [(ALLOWED, 0), (BLOCKED, 4)])
CAT = 'test "$1 $2" = "show -json" && exec cat "$3"'
"""A terraform whose plan files are plan JSON."""


def held(host: Host, name: str) -> None:
    """A plan that waits for a person."""
    gone = delete("aws_db_instance.a", {"identifier": "a", "skip_final_snapshot": False})
    (host.folder / name).write_text(json.dumps(document(gone)), "utf-8")


# Azure Pipelines

AZURE: Any = yaml.safe_load(blocks("azure.md", "yaml")[0])


def on_azure(script: str, host: Host) -> str:
    """A script after the agent put its variables in."""
    return script.replace("$(Build.ArtifactStagingDirectory)", str(host.folder / "staging"))


def test_the_azure_pipeline_follows_the_schema() -> None:
    jsonschema.validate(AZURE, published(AZURE_PIPELINES))


@BOTH
def test_azure_gets_issues_a_summary_and_results(source: Path, code: int, host: Host) -> None:
    host.plan("plan.json", source)
    (host.folder / "staging").mkdir()
    steps = {step["displayName"]: step for step in AZURE["steps"]}
    ran = host.run("set -e\n" + on_azure(steps["iacrisk"]["script"], host))

    assert ran.code == code, ran.err
    assert ("##vso[task.logissue type=error;" in ran.out) == (code == 4)
    summary = host.run(on_azure(steps["summary"]["script"], host)).out
    uploaded = re.fullmatch(r"##vso\[task\.uploadsummary\](.*)\n", summary)
    assert uploaded is not None
    assert "risk" in Path(uploaded[1]).read_text("utf-8")
    results = on_azure(steps["results"]["inputs"]["testResultsFiles"], host)
    assert ElementTree.parse(results).getroot().tag == "testsuites"  # noqa: S314 - our own output


# Jenkins


@BOTH
def test_the_jenkins_stage_gives_the_exit_code_and_the_results(
    source: Path, code: int, host: Host
) -> None:
    [pipeline] = blocks("jenkins.md", "groovy")
    scripts = re.findall(r"sh returnStatus: true, script: '''(.*?)'''", pipeline, re.DOTALL)
    [written] = re.findall(r"junit testResults: '(.*?)'", pipeline)
    host.plan("plan.json", source)
    ran = host.run("set -e\n" + scripts[0])

    assert ran.code == code
    assert ElementTree.parse(host.folder / written).getroot().tag == "testsuites"  # noqa: S314
    assert "if (code == 3) {\n            input " in pipeline
    assert "else if (code != 0) {\n            error " in pipeline


# Terragrunt


def test_terragrunt_s_units_have_one_verdict(host: Host) -> None:
    units = "for unit in a b/c; do mkdir -p plans/$unit; cp"
    host.program(
        "terragrunt",
        f'test "$*" = "run --all --json-out-dir $PWD/plans -- plan" || exit 9\n'
        f'{units} "{ALLOWED}" plans/$unit/tfplan.json; done\n'
        f'cp "{BLOCKED}" plans/a/tfplan.json',
    )
    [recipe] = blocks("terragrunt.md", "sh")
    ran = host.run(recipe)

    assert ran.code == 4
    assert ran.out.startswith("BLOCKED: the worst of 2 plans\n")
    assert "plans/b/c/tfplan.json" in (host.folder / "comment.md").read_text("utf-8")


# Spacelift

HOOK = yaml.safe_load(blocks("spacelift.md", "yaml")[0])["stack_defaults"]["after_plan"][0]
METADATA = "iacrisk.custom.spacelift.json"


@pytest.mark.parametrize(
    ("plan", "denied", "warned"),
    [
        ("allowed", [], []),
        ("held", [], ["iacrisk: a person has to approve"]),
        ("blocked", ["iacrisk: blocked"], []),
        ("missing", ["iacrisk: could-not-review"], []),
    ],
)
def test_spacelift_s_policy_decides(
    plan: str, denied: list[str], warned: list[str], host: Host
) -> None:
    host.program("terraform", CAT)
    if plan == "held":
        held(host, "spacelift.plan")
    elif plan != "missing":
        host.plan("spacelift.plan", {"allowed": ALLOWED, "blocked": BLOCKED}[plan])
    ran = host.run(HOOK)
    path = host.folder / METADATA
    custom = {"iacrisk": json.loads(path.read_text("utf-8"))} if path.exists() else {}
    rego = pytest.importorskip("regopy", reason="regopy is in the extra `dev`")
    policy = rego.Interpreter()
    policy.add_module("iacrisk", blocks("spacelift.md", "rego")[0])
    policy.set_input({"third_party_metadata": {"custom": custom}})

    assert ran.code == 0
    assert answers(policy, "deny") == denied
    assert answers(policy, "warn") == warned


def answers(policy: Any, rule: str) -> Any:
    """What a rule of the policy yields."""
    [said] = json.loads(str(policy.query(f"data.spacelift.{rule}")))["expressions"]
    return said


# env0 and Scalr

ENV0: Any = yaml.safe_load(blocks("env0.md", "yaml")[0])


@pytest.mark.parametrize(("plan", "code"), [("held", 0), ("blocked", 4), ("missing", 2)])
def test_env0_s_step_stops_what_is_blocked(plan: str, code: int, host: Host) -> None:
    [step] = ENV0["deploy"]["steps"]["terraformPlan"]["after"]
    host.program("terraform", CAT)
    if plan == "held":
        held(host, ".tf-plan")
    elif plan == "blocked":
        host.plan(".tf-plan", BLOCKED)

    assert host.run(step["run"]).code == code


@pytest.mark.parametrize(
    ("plan", "planned", "code"),
    [("held", "0", 0), ("blocked", "0", 4), ("missing", "0", 2), ("missing", "1", 0)],
)
def test_scalr_s_hook_stops_what_is_blocked(plan: str, planned: str, code: int, host: Host) -> None:
    [hook] = blocks("scalr.md", "sh")
    host.program("terraform", CAT)
    host.program("pip", 'test "$*" = "install --quiet --user iacrisk"')
    installed = host.folder.parent / "home" / ".local" / "bin" / "iacrisk"
    installed.parent.mkdir(parents=True)
    installed.symlink_to(host.which("iacrisk"))
    held(host, "held")
    host.plan("blocked", BLOCKED)
    ran = host.run(
        hook,
        PLAN=plan,
        SCALR_RUN_CONTENT_ROOT=str(host.folder),
        SCALR_TERRAFORM_EXIT_CODE=planned,
    )

    assert ran.code == code, ran.err


# pre-commit

HOOKS: Any = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


def git(folder: Path, *words: str) -> None:
    """Run Git with a name of its own."""
    name = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    command = ["git", *name, *words]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603


@pytest.mark.parametrize("soft", [False, True])
def test_the_hook_looks_at_what_a_commit_would_do(soft: bool, host: Host) -> None:
    [hook] = HOOKS
    [repo] = yaml.safe_load(blocks("pre-commit.md", "yaml")[0])["repos"]
    [used] = repo["hooks"]
    root = host.folder / used["args"][1]
    root.mkdir(parents=True)
    pair = PLANS / "guard-vanished-danger"
    git(host.folder, "init", "--quiet")
    (root / "main.tf").write_bytes((pair / "before.tf").read_bytes())
    git(host.folder, "add", ".")
    git(host.folder, "commit", "--quiet", "-m", "before")
    (root / "main.tf").write_bytes((pair / "after.tf").read_bytes())
    words = [*hook["entry"].split(), *used["args"], *["--soft"] * soft]
    ran = host.process(words, {})

    assert used["id"] == hook["id"]
    assert ran.returncode == (0 if soft else 4), ran.stderr
    assert ran.stdout.startswith("PROVISIONAL")
    assert re.search(hook["files"], "envs/prod/main.tf")
    assert hook["pass_filenames"] is False


# The container image


def test_the_containerfile_copies_what_there_is_and_runs_without_rights() -> None:
    lines = (ROOT / "Containerfile").read_text("utf-8").splitlines()
    copied = [line.split()[1:-1] for line in lines if re.match(r"COPY (?!--from)", line)]
    installs = [line for line in lines if "pip install" in line]
    by_action = (ROOT / ".ci" / "github" / "install.sh").read_text("utf-8")

    assert [path for paths in copied for path in paths if not (ROOT / path).exists()] == []
    assert [line for line in lines if line.startswith("USER")] == ["USER 65532:65532"]
    assert lines[-1] == 'ENTRYPOINT ["iacrisk"]'
    for options in ("--require-hashes --requirement", "--no-deps --no-build-isolation"):
        assert sum(options in line for line in installs) == 1
        assert options in by_action
    assert "curl" not in "".join(lines)


# All pages


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.name)
def test_every_page_is_listed_and_every_format_named(page: Path) -> None:
    index = (PAGES / "README.md").read_text("utf-8")

    assert page.name == "README.md" or f"]({page.name})" in index


def test_nothing_is_piped_from_the_network_into_a_shell() -> None:
    files = [*PAGES.glob("*.md"), *(ROOT / ".ci").rglob("*"), ROOT / "action.yml"]
    texts = [path.read_text("utf-8") for path in files if path.is_file()]

    assert [text for text in texts if re.search(r"(curl|wget)[^\n]*\|\s*(ba)?sh", text)] == []
