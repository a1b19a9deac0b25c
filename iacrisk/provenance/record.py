"""What the host and Git say of a change. All of it is text of others and proves nothing good."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from iacrisk.patterns import regex

_HOSTS_OWN: Final = frozenset({"noreply@github.com"})
"""Committers that only say in which editor or by which button a commit was made."""
_PEOPLE: Final = regex(
    r"^[ \t*]*co-authored-by[ \t]*:[ \t]*(?P<name>[^<\n]*)<(?P<email>[^<>\s]+)>",
    re.IGNORECASE | re.MULTILINE,
)


class Person(msgspec.Struct, frozen=True):
    """A name with an e-mail address, as Git writes authors."""

    name: str = ""
    email: str = ""

    def __str__(self) -> str:
        """`Name <address>`."""
        return f"{self.name.strip()} <{self.email.strip()}>".strip()


class Account(msgspec.Struct, frozen=True):
    """An account at the host: its name may change, its number does not."""

    login: str = ""
    number: str = ""


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """A commit of the change."""

    id: str
    author: Person = Person()
    committer: Person = Person()
    message: str = ""

    @property
    def co_authors(self) -> tuple[Person, ...]:
        """Whom its message names as co-authors."""
        found = _PEOPLE.finditer(self.message)
        return tuple(Person(item["name"], item["email"]) for item in found)


class ChangeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request, a push or a range of commits.

    `base` and `head` are what Git may be asked about. `problems`: what could not be read.
    """

    host: str = ""
    title: str = ""
    body: str = ""
    branch: str = ""
    account: Account = Account()
    base: str = ""
    head: str = ""
    commits: tuple[Commit, ...] = ()
    problems: tuple[str, ...] = ()


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A text that somebody wrote about the change; `where` is ours, `text` is not."""

    where: str
    text: str


def texts_of(record: ChangeRecord) -> tuple[Text, ...]:
    """Every text that comes with the change."""
    found = [
        Text(where="title of the pull request", text=record.title),
        Text(where="description of the pull request", text=record.body),
        Text(where="name of the branch", text=record.branch),
        *(
            Text(where=f"message of commit {short(item.id)}", text=item.message)
            for item in record.commits
        ),
    ]
    return tuple(item for item in found if item.text)


def author_identities(record: ChangeRecord) -> tuple[str, ...]:
    """All who wrote a part of the change, each once: `Name <address>`, or an account's name.

    Authors, co-authors and committers of the commits, and who opened the pull request. Whoever
    has to keep the author from approving takes them all.
    """
    return tuple(dict.fromkeys(_identities(record)))


def _identities(record: ChangeRecord) -> Iterator[str]:
    for commit in record.commits:
        for person in (commit.author, *commit.co_authors, commit.committer):
            if person.email.strip() and person.email.lower() not in _HOSTS_OWN:
                yield str(person)
    if record.account.login:
        yield record.account.login


def short(commit: str) -> str:
    """A commit's id as people write it."""
    return commit[:7]
