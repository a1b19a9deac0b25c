"""The commits of a change, asked of Git; their texts stay what they are: somebody's."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from iacrisk.errors import SettingsError
from iacrisk.patterns import regex
from iacrisk.provenance.record import Commit, Person
from iacrisk.source.git import Git

MOST: Final = 500
_FORMAT: Final = "%H%x00%an%x00%ae%x00%cn%x00%ce%x00%B"
_FIELDS: Final = 6
_IF_SHALLOW: Final = (
    "The clone is shallow, so commits of the change may be missing (on GitHub: fetch-depth: 0).",
)
_PLAIN_REVISION: Final = regex(r"[0-9A-Za-z_][0-9A-Za-z_./@+-]*")
"""What a host may name: a commit or a reference, and no expression of Git's."""


def stated_commits(stated: str, folder: Path) -> tuple[tuple[Commit, ...], tuple[str, ...]]:
    """The commits of `BASE..HEAD`, or of `BASE` up to HEAD; raises SettingsError."""
    base, _, head = stated.partition("..")
    git = Git(folder)
    found = git.commit(base), git.commit(head or "HEAD")
    if not all(found):
        raise SettingsError(f"There is no range of commits {stated} at {folder}.")
    return _read(git, *found)


def told_commits(base: str, head: str, folder: Path) -> tuple[tuple[Commit, ...], tuple[str, ...]]:
    """The commits between two that the host names, and what could not be read of them."""
    git = Git(folder)
    found = [git.commit(name) if _PLAIN_REVISION.fullmatch(name) else "" for name in (base, head)]
    if not all(found):
        return (), (
            "The commits of the change are not in this clone, so they were not read: "
            "fetch them (on GitHub: fetch-depth: 0).",
        )
    return _read(git, *found)


def _read(git: Git, base: str, head: str) -> tuple[tuple[Commit, ...], tuple[str, ...]]:
    listed = git.ask(
        "log",
        "-z",
        "--no-notes",
        "--no-mailmap",
        "--encoding=UTF-8",
        f"--max-count={MOST + 1}",
        f"--format=tformat:{_FORMAT}",
        f"{base}..{head}",
        "--",
    )
    if listed is None:
        return (), ("git could not list the commits of the change.",)
    fields = listed.decode("utf-8", "replace").split("\0")[:-1]
    rows = [fields[at : at + _FIELDS] for at in range(0, len(fields), _FIELDS)]
    commits = tuple(_commit(row) for row in rows if len(row) == _FIELDS)
    if len(commits) > MOST:
        return commits[:MOST], (f"Only the newest {MOST} commits of the change were read.",)
    return commits, _IF_SHALLOW if git.ask(
        "rev-parse", "--is-shallow-repository"
    ) == b"true\n" else ()


def _commit(row: list[str]) -> Commit:
    sha, author, author_email, committer, committer_email, message = row
    return Commit(
        id=sha,
        author=Person(author, author_email),
        committer=Person(committer, committer_email),
        message=message.rstrip("\n"),
    )
