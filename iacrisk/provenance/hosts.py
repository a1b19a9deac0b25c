"""What a CI host says of the change in its variables and, on GitHub, in the event's file.

The variables are passed in: only `config` reads the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import msgspec

from iacrisk.provenance.record import Account, ChangeRecord, Commit, Person

Variables = Mapping[str, str]

VARIABLES: Final = (
    "BASE_BRANCH_NAME",
    "BITBUCKET_BRANCH",
    "BITBUCKET_COMMIT",
    "BITBUCKET_PR_DESTINATION_COMMIT",
    "BITBUCKET_PR_ID",
    "CI_COMMIT_AUTHOR",
    "CI_COMMIT_BEFORE_SHA",
    "CI_COMMIT_BRANCH",
    "CI_COMMIT_MESSAGE",
    "CI_COMMIT_SHA",
    "CI_MERGE_REQUEST_DESCRIPTION",
    "CI_MERGE_REQUEST_DIFF_BASE_SHA",
    "CI_MERGE_REQUEST_IID",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA",
    "CI_MERGE_REQUEST_TITLE",
    "GITHUB_EVENT_PATH",
    "GITHUB_HEAD_REF",
    "GITLAB_CI",
    "HEAD_BRANCH_NAME",
    "HEAD_COMMIT",
    "PULL_AUTHOR",
    "PULL_NUM",
    "SYSTEM_PULLREQUEST_PULLREQUESTID",
    "SYSTEM_PULLREQUEST_SOURCEBRANCH",
    "SYSTEM_PULLREQUEST_SOURCECOMMITID",
    "SYSTEM_PULLREQUEST_TARGETBRANCH",
    "TFC_CONFIGURATION_VERSION_GIT_BRANCH",
)
_LARGEST_EVENT: Final = 64 * 1024 * 1024
_HEADS: Final = "refs/heads/"


def read_host(variables: Variables) -> ChangeRecord | None:
    """What the host says, or None where no host speaks of a change."""
    for variable, reader in _READERS.items():
        if variables.get(variable):
            return reader(variables)
    return None


def _atlantis(variables: Variables) -> ChangeRecord:
    return ChangeRecord(
        host="Atlantis",
        branch=variables.get("HEAD_BRANCH_NAME", ""),
        account=Account(login=variables.get("PULL_AUTHOR", "")),
        base=_remote(variables.get("BASE_BRANCH_NAME", "")),
        head=variables.get("HEAD_COMMIT", ""),
    )


def _gitlab(variables: Variables) -> ChangeRecord:
    head = variables.get("CI_COMMIT_SHA", "")
    commit = Commit(
        id=head,
        author=_person(variables.get("CI_COMMIT_AUTHOR", "")),
        message=variables.get("CI_COMMIT_MESSAGE", ""),
    )
    request = bool(variables.get("CI_MERGE_REQUEST_IID"))
    base = "CI_MERGE_REQUEST_DIFF_BASE_SHA" if request else "CI_COMMIT_BEFORE_SHA"
    return ChangeRecord(
        host="GitLab",
        title=variables.get("CI_MERGE_REQUEST_TITLE", ""),
        body=variables.get("CI_MERGE_REQUEST_DESCRIPTION", ""),
        branch=variables.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "")
        or variables.get("CI_COMMIT_BRANCH", ""),
        base=_commit_or_none(variables.get(base, "")),
        head=variables.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "") or head,
        commits=(commit,) if head else (),
    )


def _azure(variables: Variables) -> ChangeRecord:
    return ChangeRecord(
        host="Azure Pipelines",
        branch=variables.get("SYSTEM_PULLREQUEST_SOURCEBRANCH", "").removeprefix(_HEADS),
        base=_remote(variables.get("SYSTEM_PULLREQUEST_TARGETBRANCH", "").removeprefix(_HEADS)),
        head=variables.get("SYSTEM_PULLREQUEST_SOURCECOMMITID", ""),
    )


def _bitbucket(variables: Variables) -> ChangeRecord:
    return ChangeRecord(
        host="Bitbucket",
        branch=variables.get("BITBUCKET_BRANCH", ""),
        base=variables.get("BITBUCKET_PR_DESTINATION_COMMIT", ""),
        head=variables.get("BITBUCKET_COMMIT", ""),
    )


def _terraform_cloud(variables: Variables) -> ChangeRecord:
    return ChangeRecord(
        host="HCP Terraform", branch=variables["TFC_CONFIGURATION_VERSION_GIT_BRANCH"]
    )


# GitHub


class _User(msgspec.Struct, frozen=True):
    login: str | None = None
    id: int | None = None


class _Ref(msgspec.Struct, frozen=True):
    ref: str | None = None
    sha: str | None = None


class _Pull(msgspec.Struct, frozen=True):
    title: str | None = None
    body: str | None = None
    user: _User | None = None
    head: _Ref | None = None
    base: _Ref | None = None


class _Committed(msgspec.Struct, frozen=True):
    id: str = ""
    message: str | None = None
    author: dict[str, str | None] | None = None
    committer: dict[str, str | None] | None = None


class _Issue(msgspec.Struct, frozen=True):
    title: str | None = None
    body: str | None = None
    user: _User | None = None
    pull_request: dict[str, object] | None = None


class _Event(msgspec.Struct, frozen=True):
    issue: _Issue | None = None
    pull_request: _Pull | None = None
    ref: str | None = None
    before: str | None = None
    after: str | None = None
    commits: tuple[_Committed, ...] | None = None
    head_commit: _Committed | None = None


def _github(variables: Variables) -> ChangeRecord | None:
    path = Path(variables["GITHUB_EVENT_PATH"])
    branch = variables.get("GITHUB_HEAD_REF", "")
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_EVENT + 1)
        event = msgspec.json.decode(data, type=_Event)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        problem = "The file of the GitHub event cannot be read."
        return ChangeRecord(host="GitHub", branch=branch, problems=(problem,))
    if event.pull_request is not None:
        return _pull_request(event.pull_request, branch)
    if event.issue is not None and event.issue.pull_request is not None:
        return _comment(event.issue)
    return _push(event) if event.commits or event.head_commit else None


def _pull_request(pull: _Pull, branch: str) -> ChangeRecord:
    user, base, head = pull.user or _User(), pull.base or _Ref(), pull.head or _Ref()
    return ChangeRecord(
        host="GitHub",
        title=pull.title or "",
        body=pull.body or "",
        branch=head.ref or branch,
        account=Account(login=user.login or "", number="" if user.id is None else str(user.id)),
        base=base.sha or "",
        head=head.sha or "",
    )


def _comment(issue: _Issue) -> ChangeRecord:
    """A comment on a pull request names neither its branch nor its commits."""
    user = issue.user or _User()
    return ChangeRecord(
        host="GitHub",
        title=issue.title or "",
        body=issue.body or "",
        account=Account(login=user.login or "", number="" if user.id is None else str(user.id)),
        problems=("The event of a comment names no commits; give --commits to have them read.",),
    )


def _push(event: _Event) -> ChangeRecord:
    """A push tells its commits itself, so that Git need not be asked."""
    pushed = event.commits or ((event.head_commit,) if event.head_commit else ())
    return ChangeRecord(
        host="GitHub",
        branch=(event.ref or "").removeprefix(_HEADS),
        commits=tuple(
            Commit(
                id=item.id,
                author=_signature(item.author),
                committer=_signature(item.committer),
                message=item.message or "",
            )
            for item in pushed
        ),
    )


def _signature(raw: dict[str, str | None] | None) -> Person:
    raw = raw or {}
    return Person(raw.get("name") or "", raw.get("email") or "")


_READERS: Final[dict[str, Callable[[Variables], ChangeRecord | None]]] = {
    "GITHUB_EVENT_PATH": _github,
    "GITLAB_CI": _gitlab,
    "PULL_NUM": _atlantis,
    "SYSTEM_PULLREQUEST_PULLREQUESTID": _azure,
    "BITBUCKET_PR_ID": _bitbucket,
    "TFC_CONFIGURATION_VERSION_GIT_BRANCH": _terraform_cloud,
}
"""By the variable that only this host sets when it speaks of a change, asked in this order."""


def _person(text: str) -> Person:
    """`Name <address>` taken apart."""
    name, _, rest = text.partition("<")
    return Person(name.strip(), rest.partition(">")[0].strip())


def _remote(branch: str) -> str:
    return f"refs/remotes/origin/{branch}" if branch else ""


def _commit_or_none(sha: str) -> str:
    """No commit for the row of zeros that stands where there was nothing before."""
    return sha if sha.strip("0") else ""
