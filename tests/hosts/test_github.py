"""The GitHub action, run as the runner runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.conftest import ROOT
from tests.hosts.actions import Ended, commands, evaluate, install_gh, run_action
from tests.hosts.conftest import ALLOWED, BLOCKED, Host, blocks
from tests.plans import delete, document
from tests.schemas import GITHUB_ACTION, GITHUB_WORKFLOW, SARIF, published

ACTION: Any = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
WORKFLOWS = [yaml.safe_load(text) for text in blocks("github.md", "yaml")]
PULL_REQUEST = {"pull_request": "7"}


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    """The file with the comments of the pull request."""
    return tmp_path / "comments.json"


def act(host: Host, comments: Path, source: Path = BLOCKED, **inputs: str) -> Ended:
    """One run on a pull request; underscores stand for hyphens."""
    if not (host.folder / "plan.json").exists():
        host.plan("plan.json", source)
    install_gh(host, comments)
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    return run_action(host, {"plan": "plan.json", **given}, PULL_REQUEST)


def test_the_action_follows_the_schema() -> None:
    jsonschema.validate(ACTION, published(GITHUB_ACTION))


def test_no_text_of_others_becomes_part_of_a_script() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]

    assert [script for script in scripts if "${{" in script] == []


@pytest.mark.parametrize(
    ("source", "code", "verdict", "score"),
    [(ALLOWED, 0, "allowed", "0"), (BLOCKED, 4, "blocked", "97")],
)
def test_the_verdict_decides_and_is_an_output(
    source: Path, code: int, verdict: str, score: str, host: Host, comments: Path
) -> None:
    ended = act(host, comments, source)

    assert ended.code == code, ended.log
    assert ended.outputs["verdict"] == verdict
    assert ended.outputs["score"] == score
    assert ended.outputs["exit-code"] == str(code)
    assert ended.outputs["held"] == ("1" if code else "0")
    assert ended.outputs["headline"].startswith(verdict.upper())
    report = json.loads(Path(ended.outputs["report"]).read_text("utf-8"))
    assert report["verdict"] == verdict
    jsonschema.validate(json.loads(Path(ended.outputs["sarif"]).read_text()), published(SARIF))


def test_the_summary_and_the_comment_are_the_report(host: Host, comments: Path) -> None:
    ended = act(host, comments)
    [comment] = json.loads(comments.read_text())

    assert ended.summary.startswith("<!-- iacrisk -->\n## BLOCKED: risk 97 of 100")
    assert comment["body"] == "<!-- iacrisk-comment iacrisk -->\n" + ended.summary


def test_the_comment_is_kept_up_to_date(host: Host, comments: Path) -> None:
    act(host, comments)
    host.plan("plan.json", ALLOWED)
    act(host, comments)
    [comment] = json.loads(comments.read_text())

    assert "## ALLOWED" in comment["body"]


def test_jobs_with_other_names_have_comments_of_their_own(host: Host, comments: Path) -> None:
    act(host, comments, name="prod / eu -->")
    act(host, comments, name="staging")
    bodies = [comment["body"].partition("\n")[0] for comment in json.loads(comments.read_text())]

    assert bodies == ["<!-- iacrisk-comment prod-/-eu---- -->", "<!-- iacrisk-comment staging -->"]


def test_the_comment_of_somebody_else_is_left_alone(host: Host, comments: Path) -> None:
    theirs = {"id": 1, "user": {"login": "mallory"}, "body": "<!-- iacrisk-comment iacrisk -->"}
    comments.write_text(json.dumps([theirs]))
    act(host, comments)
    first, second = json.loads(comments.read_text())

    assert first == theirs
    assert second["user"]["login"] == "github-actions[bot]"


def test_a_token_that_may_not_write_fails_nothing(host: Host, comments: Path) -> None:
    host.plan("plan.json", ALLOWED)
    install_gh(host, comments, refused=True)
    ended = run_action(host, {"plan": "plan.json"}, PULL_REQUEST)

    assert ended.code == 0
    assert "The comment could not be written" in ended.log


def test_without_a_pull_request_there_is_no_comment(host: Host, comments: Path) -> None:
    host.plan("plan.json", ALLOWED)
    install_gh(host, comments)

    assert run_action(host, {"plan": "plan.json"}, {}).code == 0
    assert not comments.exists()


def test_names_in_a_plan_command_nothing(host: Host, comments: Path) -> None:
    name = "x\n::set-output name=verdict::allowed\n::stop-commands::y"
    evil = document(delete(f"aws_db_instance.a[{json.dumps(name)}]", {"identifier": name}))
    (host.folder / "plan.json").write_text(json.dumps(evil), "utf-8")
    ended = act(host, comments)

    assert ended.outputs["verdict"] == "approval-required"
    kinds = {line.split("::")[1].split(" ")[0] for line in commands(ended.log)}
    assert kinds <= {"group", "endgroup", "error", "warning", "notice"}


def test_annotations_name_file_and_line(host: Host, comments: Path) -> None:
    (host.folder / ".git").mkdir()
    host.plan("envs/prod/plan.json", BLOCKED)
    (host.folder / "envs/prod/db.tf").write_text('\n\nresource "aws_db_instance" "main" {}\n')
    ended = act(host, comments, plan="plan.json", working_directory="envs/prod")
    errors = [line for line in commands(ended.log) if line.startswith("::error")]

    assert errors
    assert all(line.startswith("::error file=envs/prod/db.tf,line=3,") for line in errors)


def test_annotations_can_be_switched_off(host: Host, comments: Path) -> None:
    ended = act(host, comments, annotations="false")

    assert [line for line in commands(ended.log) if "group" not in line] == []


def test_a_soft_run_passes_and_says_so(host: Host, comments: Path) -> None:
    ended = act(host, comments, soft="true")

    assert (ended.code, ended.outputs["verdict"]) == (0, "blocked")
    assert "--soft" in ended.summary


def test_several_plans_have_one_verdict(host: Host, comments: Path) -> None:
    host.plan("plans/a/plan.json", BLOCKED)
    host.plan("plans/b/plan.json", ALLOWED)
    ended = act(host, comments, plan="plans\nmissing.json\n")

    assert (ended.code, ended.outputs["verdict"]) == (2, "could-not-review")
    assert ended.outputs["score"] == "97"
    assert "| blocked | 97 |" in ended.summary


@pytest.mark.parametrize("wrong", [{"exit_map": "2=0"}, {"arguments": "--nonsense"}])
def test_a_wrong_input_could_not_be_reviewed(
    wrong: dict[str, str], host: Host, comments: Path
) -> None:
    ended = act(host, comments, BLOCKED, **wrong)

    assert (ended.code, ended.outputs["verdict"]) == (2, "could-not-review")
    assert "COULD NOT REVIEW" in ended.summary


def test_further_arguments_stand_on_lines_of_their_own(host: Host, comments: Path) -> None:
    ended = act(host, comments, arguments="--environment\npreview")

    assert json.loads(Path(ended.outputs["report"]).read_text())["environment"]["name"] == "preview"


def test_sarif_is_uploaded_where_asked_for(host: Host, comments: Path) -> None:
    assert act(host, comments).used == []
    [used] = act(host, comments, sarif="true", name="prod").used

    assert used["category"] == "iacrisk/prod"
    assert Path(used["sarif_file"]).exists()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=[each["name"] for each in WORKFLOWS])
def test_the_workflows_follow_the_schema(workflow: Any) -> None:
    jsonschema.validate(
        {("on" if k is True else k): v for k, v in workflow.items()}, published(GITHUB_WORKFLOW)
    )


def steps_with_ours(workflow: Any) -> list[Any]:
    """The steps that use the action."""
    jobs = workflow["jobs"].values()
    steps = [step for job in jobs for step in job.get("steps", ())]
    return [step for step in steps if step.get("uses", "").startswith("iacrisk/iacrisk@")]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=[each["name"] for each in WORKFLOWS])
def test_the_steps_of_the_workflows_run(workflow: Any, host: Host, comments: Path) -> None:
    for name in ("plan.json", "plans/a/plan.json", "envs/prod/plan.json"):
        host.plan(name, BLOCKED)
    [step] = steps_with_ours(workflow)
    inputs = {name: evaluate(value, {"github": {}}) for name, value in step["with"].items()}
    install_gh(host, comments)
    ended = run_action(host, inputs, PULL_REQUEST)

    assert ended.outputs["verdict"] == "blocked"


@pytest.mark.parametrize(
    ("verdict", "approved", "applies"),
    [
        ("allowed", "skipped", True),
        ("approval-required", "success", True),
        ("approval-required", "failure", False),
        ("approval-required", "skipped", False),
        ("blocked", "skipped", False),
        ("blocked", "success", False),
        ("could-not-review", "skipped", False),
        ("", "skipped", False),
    ],
)
def test_only_what_is_allowed_or_approved_is_applied(
    verdict: str, approved: str, applies: bool
) -> None:
    jobs = next(each for each in WORKFLOWS if "approve" in each["jobs"])["jobs"]
    needs = {"plan": {"outputs": {"verdict": verdict}}, "approve": {"result": approved}}
    context = {"needs": needs, "github": {}}

    assert evaluate(jobs["approve"]["if"], context) == str(verdict == "approval-required").lower()
    assert jobs["approve"]["environment"]
    assert evaluate(jobs["apply"]["if"], context) == str(applies).lower()
    assert set(jobs["apply"]["needs"]) == {"plan", "approve"}
