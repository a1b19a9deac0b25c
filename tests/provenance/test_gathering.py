"""What the CI hosts and Git say of a change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iacrisk.errors import SettingsError
from iacrisk.provenance import commits as reading
from iacrisk.provenance.gathering import gather, told_of
from iacrisk.provenance.record import Account, ChangeRecord, Commit, Person, author_identities
from tests.provenance.repository import Repository

ALICE = Person("Alice", "alice@example.com")
ZEROS = "0" * 40
NOT_IN_CLONE = (
    "The commits of the change are not in this clone, so they were not read: "
    "fetch them (on GitHub: fetch-depth: 0).",
)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def event(tmp_path: Path, **content: Any) -> dict[str, str]:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(content))
    return {"GITHUB_EVENT_PATH": str(path)}


def pull_request(repository: Repository, head: str, **fields: Any) -> dict[str, Any]:
    return {
        "title": "Add a bucket",
        "body": None,
        "user": {"login": "alice", "id": 7},
        "head": {"ref": "alice/bucket", "sha": head},
        "base": {"ref": "main", "sha": repository.base},
        **fields,
    }


def test_a_pull_request_at_github_is_read_with_its_commits(
    tmp_path: Path, repository: Repository
) -> None:
    first = repository.commit("Add a bucket\n\nWith a NUL-free body")
    second = repository.commit("Fix it", "Bob", "bob@example.com")
    variables = event(tmp_path, pull_request=pull_request(repository, second))

    assert gather(variables, repository.path) == ChangeRecord(
        host="GitHub",
        title="Add a bucket",
        branch="alice/bucket",
        account=Account("alice", "7"),
        base=repository.base,
        head=second,
        commits=(
            Commit(
                id=second,
                author=Person("Bob", "bob@example.com"),
                committer=Person("Bob", "bob@example.com"),
                message="Fix it",
            ),
            Commit(
                id=first,
                author=ALICE,
                committer=ALICE,
                message="Add a bucket\n\nWith a NUL-free body",
            ),
        ),
    )


def test_commits_that_the_clone_lacks_are_said_to_be_missing(
    tmp_path: Path, repository: Repository
) -> None:
    variables = event(tmp_path, pull_request=pull_request(repository, "1" * 40))
    record = gather(variables, repository.path)

    assert record is not None
    assert (record.commits, record.problems) == ((), NOT_IN_CLONE)


def test_a_folder_outside_git_is_no_fault(tmp_path: Path, repository: Repository) -> None:
    variables = event(tmp_path, pull_request=pull_request(repository, repository.base))
    record = gather(variables, tmp_path)

    assert record is not None
    assert record.problems == NOT_IN_CLONE


def test_a_push_tells_its_commits_itself(tmp_path: Path) -> None:
    pushed = {
        "id": "abc1234",
        "message": "Add",
        "author": {"name": "Alice", "email": "alice@example.com", "username": "alice"},
        "committer": {"name": "GitHub", "email": "noreply@github.com"},
    }
    variables = event(tmp_path, ref="refs/heads/main", before=ZEROS, commits=[pushed])

    assert gather(variables, tmp_path) == ChangeRecord(
        host="GitHub",
        branch="main",
        commits=(
            Commit(
                id="abc1234",
                author=ALICE,
                committer=Person("GitHub", "noreply@github.com"),
                message="Add",
            ),
        ),
    )


def test_a_comment_at_github_tells_who_opened_the_pull_request(tmp_path: Path) -> None:
    issue = {
        "title": "Add a bucket",
        "body": None,
        "user": {"login": "Copilot", "id": 198982749},
        "pull_request": {"url": "x"},
    }
    assert gather(event(tmp_path, issue=issue, comment={"body": "plan"}), tmp_path) == ChangeRecord(
        host="GitHub",
        title="Add a bucket",
        account=Account("Copilot", "198982749"),
        problems=("The event of a comment names no commits; give --commits to have them read.",),
    )


@pytest.mark.parametrize(
    "content", [{}, {"schedule": "* * * * *"}, {"inputs": {}, "ref": "refs/heads/main"}]
)
def test_an_event_without_a_change_says_nothing(tmp_path: Path, content: dict[str, Any]) -> None:
    assert gather(event(tmp_path, **content), tmp_path) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"pull_request": 1}', b"\xff\xfe"])
def test_a_broken_event_is_a_problem_and_no_fault(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "event.json"
    path.write_bytes(content)
    record = gather({"GITHUB_EVENT_PATH": str(path), "GITHUB_HEAD_REF": "codex/x"}, tmp_path)

    assert record == ChangeRecord(
        host="GitHub",
        branch="codex/x",
        problems=("The file of the GitHub event cannot be read.",),
    )


def test_a_merge_request_at_gitlab(tmp_path: Path, repository: Repository) -> None:
    head = repository.commit("Add")
    variables = {
        "GITLAB_CI": "true",
        "CI_MERGE_REQUEST_IID": "3",
        "CI_MERGE_REQUEST_TITLE": "Add a bucket",
        "CI_MERGE_REQUEST_DESCRIPTION": "For logs",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "bucket",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": repository.base,
        "CI_COMMIT_SHA": head,
        "CI_COMMIT_AUTHOR": "Alice <alice@example.com>",
        "CI_COMMIT_MESSAGE": "Add",
    }
    commit = Commit(id=head, author=ALICE, committer=ALICE, message="Add")
    expected = ChangeRecord(
        host="GitLab",
        title="Add a bucket",
        body="For logs",
        branch="bucket",
        base=repository.base,
        head=head,
        commits=(commit,),
    )
    assert gather(variables, repository.path) == expected

    outside = gather(variables, tmp_path)
    assert outside is not None
    assert outside.commits == (Commit(id=head, author=ALICE, message="Add"),)


def test_a_branch_that_is_new_at_gitlab_has_no_base(tmp_path: Path) -> None:
    variables = {"GITLAB_CI": "true", "CI_COMMIT_BEFORE_SHA": ZEROS, "CI_COMMIT_BRANCH": "codex/a"}
    assert gather(variables, tmp_path) == ChangeRecord(host="GitLab", branch="codex/a")


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (
            {
                "PULL_NUM": "4",
                "PULL_AUTHOR": "devin-ai-integration[bot]",
                "HEAD_BRANCH_NAME": "devin/x",
                "BASE_BRANCH_NAME": "main",
                "HEAD_COMMIT": "HEAD",
            },
            ("Atlantis", "devin/x", "devin-ai-integration[bot]"),
        ),
        (
            {
                "SYSTEM_PULLREQUEST_PULLREQUESTID": "5",
                "SYSTEM_PULLREQUEST_SOURCEBRANCH": "refs/heads/topic/x",
                "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
                "SYSTEM_PULLREQUEST_SOURCECOMMITID": "HEAD",
            },
            ("Azure Pipelines", "topic/x", ""),
        ),
        (
            {
                "BITBUCKET_PR_ID": "6",
                "BITBUCKET_BRANCH": "topic",
                "BITBUCKET_PR_DESTINATION_COMMIT": "main",
                "BITBUCKET_COMMIT": "HEAD",
            },
            ("Bitbucket", "topic", ""),
        ),
    ],
)
def test_the_other_hosts_name_branch_and_commits(
    repository: Repository, variables: dict[str, str], expected: tuple[str, str, str]
) -> None:
    repository.git("update-ref", "refs/remotes/origin/main", repository.base)
    repository.git("switch", "-q", "-c", "topic")
    head = repository.commit("Add")
    record = gather(variables, repository.path)

    assert record is not None
    assert (record.host, record.branch, record.account.login) == expected
    assert [item.id for item in record.commits] == [head]


def test_hcp_terraform_names_a_branch(tmp_path: Path) -> None:
    variables = {"TFC_CONFIGURATION_VERSION_GIT_BRANCH": "claude/x"}
    assert gather(variables, tmp_path) == ChangeRecord(host="HCP Terraform", branch="claude/x")


def test_without_a_host_and_unasked_nothing_is_read(tmp_path: Path) -> None:
    assert gather({"CI_COMMIT_SHA": "abc"}, tmp_path) is None


@pytest.mark.parametrize(
    "name", ["--output=x", "main..HEAD", "HEAD^{/x}", "@{-1}", "-n", "HEAD~1", "a b"]
)
def test_what_a_host_names_is_no_expression_of_gits(repository: Repository, name: str) -> None:
    variables = {
        "BITBUCKET_PR_ID": "6",
        "BITBUCKET_PR_DESTINATION_COMMIT": name,
        "BITBUCKET_COMMIT": "HEAD",
    }
    record = gather(variables, repository.path)

    assert record is not None
    assert record.problems == NOT_IN_CLONE
    assert not (repository.path / "x").exists()


def test_a_range_is_read_where_it_is_asked_for(repository: Repository) -> None:
    head = repository.commit("Add")
    repository.commit("Later")
    record = gather({}, repository.path, f"main~2..{head}")
    newest = gather({}, repository.path, "main~1")

    assert record is not None
    assert newest is not None
    assert [item.message for item in record.commits] == ["Add"]
    assert [item.message for item in newest.commits] == ["Later"]


@pytest.mark.parametrize("stated", ["nowhere", "main..nowhere", "--help", "main...x"])
def test_a_range_that_is_none_is_an_error(repository: Repository, stated: str) -> None:
    with pytest.raises(SettingsError, match="There is no range of commits"):
        gather({}, repository.path, stated)


def test_very_many_commits_are_read_in_part_and_said_to_be(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST", 2)
    for number in range(3):
        repository.commit(f"Commit {number}")
    record = gather({}, repository.path, repository.base)

    assert record is not None
    assert [item.message for item in record.commits] == ["Commit 2", "Commit 1"]
    assert record.problems == ("Only the newest 2 commits of the change were read.",)


def test_a_shallow_clone_is_said_to_be_one(repository: Repository, tmp_path: Path) -> None:
    repository.commit("Add")
    repository.commit("Fix")
    shallow = tmp_path / "shallow"
    repository.git("clone", "-q", "--depth=2", f"file://{repository.path}", str(shallow))
    record = gather({}, shallow, "HEAD~1")

    assert record is not None
    assert [item.message for item in record.commits] == ["Fix"]
    assert record.problems == (
        "The clone is shallow, so commits of the change may be missing "
        "(on GitHub: fetch-depth: 0).",
    )


def test_a_mailmap_of_the_change_renames_nobody(repository: Repository) -> None:
    (repository.path / ".mailmap").write_text(
        "Alice <alice@example.com> <209825114+claude[bot]@users.noreply.github.com>\n"
    )
    repository.commit("Add", "claude[bot]", "209825114+claude[bot]@users.noreply.github.com")
    told = told_of(gather({}, repository.path, repository.base), None, 0.5)

    assert [(m.tool, m.where[:9]) for m in told.provenance.markers][:1] == [("Claude", "author of")]


def test_settings_of_the_repository_start_nothing(repository: Repository, tmp_path: Path) -> None:
    head = repository.commit("Add")
    signed = repository.git("cat-file", "commit", head).replace(
        "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n", 1
    )
    (tmp_path / "commit").write_text(signed)
    head = repository.git("hash-object", "-t", "commit", "-w", str(tmp_path / "commit")).strip()
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path / 'started'}\n")
    program.chmod(0o755)
    repository.git("config", "log.showSignature", "true")
    repository.git("config", "gpg.program", str(program))
    repository.git("config", "core.pager", str(program))
    record = gather({}, repository.path, f"{repository.base}..{head}")

    assert record is not None
    assert [item.message for item in record.commits] == ["Add"]
    assert not (tmp_path / "started").exists()


def test_the_identities_of_all_authors_are_listed_once() -> None:
    text = "Add\n\nCo-authored-by: Bob <bob@example.com>\nReviewed-by: Eve <eve@example.com>"
    record = ChangeRecord(
        account=Account("alice-at-work", "7"),
        commits=(
            Commit(id="1", author=ALICE, committer=Person("GitHub", "noreply@github.com")),
            Commit(
                id="2", author=ALICE, committer=Person("Carl", "carl@example.com"), message=text
            ),
        ),
    )
    assert author_identities(record) == (
        "Alice <alice@example.com>",
        "Bob <bob@example.com>",
        "Carl <carl@example.com>",
        "alice-at-work",
    )
