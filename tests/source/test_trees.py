"""A configuration read from a Git revision, with nothing checked out."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from iacrisk.errors import SettingsError
from iacrisk.source import Edits
from iacrisk.source.comparison import compare
from iacrisk.source.trees import LOCK_FILE, Directory, Revision, open_tree
from tests.conftest import RunCli
from tests.plans import delete, document

GUARDED = 'resource "aws_sqs_queue" "q" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n'
CALL = 'module "m" {\n  source = "../modules/m"\n}\n'
QUEUE = "module.m.aws_sqs_queue.q"


def git(repository: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(  # noqa: S603 - the test's own arguments
        ["git", *settings, "-C", str(repository), *arguments],  # noqa: S607
        check=True,
        capture_output=True,
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """`prod` calls a module with a guarded queue; the guard is gone in the working directory."""
    root = tmp_path / "repository"
    (root / "prod").mkdir(parents=True)
    (root / "modules" / "m").mkdir(parents=True)
    (root / "prod" / "main.tf").write_text(CALL, "utf-8")
    (root / "prod" / LOCK_FILE).write_text("# lock\n", "utf-8")
    (root / "prod" / "prod.tfvars").write_text("v = 1\n", "utf-8")
    (root / "prod" / "notes.txt").write_text("no configuration", "utf-8")
    (root / "modules" / "m" / "q\N{LATIN SMALL LETTER E WITH ACUTE}.tf").write_text(
        GUARDED, "utf-8"
    )
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "first")
    for file in (root / "modules" / "m").iterdir():
        file.write_text("", "utf-8")
    return root


def test_links_inside_a_revision_are_followed(repository: Path) -> None:
    links = {
        "prod/same.tf": "main.tf",
        "prod/far.tf": "../prod/same.tf",
        "prod/out.tf": "../../x.tf",
        "prod/round.tf": "round.tf",
    }
    for name, target in links.items():
        (repository / name).symlink_to(target)
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "links")
    with open_tree("main", repository / "prod") as tree:
        assert tree.read("prod") == {"far.tf": CALL, "main.tf": CALL, "same.tf": CALL}


def test_a_revision_is_read_like_a_directory(repository: Path) -> None:
    with open_tree("main", repository / "prod") as tree:
        assert isinstance(tree, Revision)
        assert tree.root == "prod"
        assert tree.read("prod") == {"main.tf": CALL}
        assert list(tree.read("modules/m").values()) == [GUARDED]
        assert tree.lock_file() == "# lock\n"
        assert tree.values() == {"prod.tfvars": "v = 1\n"}
        assert tree.read("nowhere") == tree.read("../outside") == tree.read("/") == {}
        assert tree.show("prod", "main.tf") == "main:prod/main.tf"


def since(revision: str, head: Path) -> Edits:
    with open_tree(revision, head) as base:
        return compare(base, Directory(head))


def test_a_guard_that_stood_in_a_revision_is_missed(repository: Path) -> None:
    head = repository / "prod"
    edits = since("HEAD", head)
    assert edits.unguarded == {QUEUE}


def test_the_top_of_a_repository_is_read(repository: Path) -> None:
    (repository / "main.tf").write_text(GUARDED, "utf-8")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "second")
    (repository / "main.tf").write_text("", "utf-8")
    edits = since("HEAD", repository)
    assert edits.unguarded == {"aws_sqs_queue.q"}
    with open_tree("HEAD~1", repository) as tree:
        assert tree.read(".") == {}


def test_what_is_no_text_in_a_revision_is_a_problem(repository: Path) -> None:
    (repository / "prod" / "bad.tf").write_bytes(b"\xff\xfe\x00")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "bad")
    (repository / "prod" / "bad.tf").unlink()
    edits = since("HEAD", repository / "prod")
    assert edits.problems == ("HEAD:prod/bad.tf cannot be read as text.",)


@pytest.mark.parametrize("stated", ["nowhere", "--output=x", "main:prod", "-"])
def test_what_is_neither_folder_nor_revision_is_refused(repository: Path, stated: str) -> None:
    with pytest.raises(SettingsError, match="no folder and no Git revision"):
        since(stated, repository / "prod")


def test_a_revision_needs_a_source_to_be_found_by(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no --source"):
        open_tree("main", None).__enter__()
    with pytest.raises(SettingsError, match="no Git revision main"):
        since("main", tmp_path)


def test_a_directory_goes_before_a_revision_of_the_same_name(repository: Path) -> None:
    with open_tree(str(repository), repository) as tree:
        assert isinstance(tree, Directory)


def test_the_command_line_takes_a_revision(cli: RunCli, repository: Path) -> None:
    plan = repository / "prod" / "plan.json"
    plan.write_text(json.dumps(document(delete(QUEUE, {"name": "q"}))), "utf-8")
    status = _status(repository)
    ran = cli("score", plan, "--base", "HEAD", "--format", "json")
    found = [finding["rule"] for finding in json.loads(ran.out)["changes"][0]["findings"]]
    assert "D06" in found
    assert _status(repository) == status
    assert cli("score", plan, "--base", "v9").code == 2


def _status(repository: Path) -> list[str]:
    """What stands in the repository, Git's own files included."""
    return sorted(str(path) for path in repository.rglob("*"))


def test_an_unread_file_is_a_doubt(cli: RunCli, tmp_path: Path) -> None:
    for name in ("base", "head"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text("x = \n" if name == "head" else "\n", "utf-8")
    (tmp_path / "plan.json").write_text(json.dumps(document()), "utf-8")
    ran = cli("score", "plan.json", "--base", "base", "--source", "head", "--format", "json")
    assert ran.code == 3
    (doubt,) = json.loads(ran.out)["doubts"]
    assert doubt["doubt"] == "configuration-unread"
    assert "head/main.tf, line 1: this is not valid" in doubt["problem"]
