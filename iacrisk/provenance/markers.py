"""The signs by which AI assistants mark what they write, looked for in a change's record.

The table is `markers.csv`. Nobody has to leave such a sign, so that none proves nothing; and
anybody can write one, so that it only ever asks for more care.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.provenance.record import Account, ChangeRecord, Commit, Person, short

CONFIDENCE: Final = {"H": 1.0, "M": 0.8, "L": 0.3}
"""H: the vendor or the host sets it; M: default text that can be switched off; L: a habit."""
SPOKEN_OF: Final = 0.5
"""At most this sure is what only stands in the description of the change, not in its commits."""
_NUMBERED: Final = regex(r"(\d+)\+[^@]+@users\.noreply\.github\.com", re.IGNORECASE)
_TRAILER: Final = regex(r"^[ \t*]*([A-Za-z][A-Za-z-]{2,40})[ \t]*:[ \t]*(\S.*)$", re.MULTILINE)
_ADDRESS: Final = regex(r"<([^<>\s]+@[^<>\s]+)>")
_READERS_OF_CODE: Final = frozenset(
    {"acked-by", "cc", "reported-by", "reviewed-by", "suggested-by", "tested-by", "thanks-to"}
)
"""Trailers that name somebody who did not write the change."""
_ASSISTANCE: Final = frozenset(
    {
        "ai-assisted-by",
        "assisted-by",
        "co-authored-by",
        "co-developed-by",
        "generated-by",
        "made-with",
        "on-behalf-of",
    }
)
_LONGEST_QUOTE: Final = 80


class Marker(msgspec.Struct, frozen=True, kw_only=True):
    """A sign of a tool. `quote` is text of the change, to be shown masked and escaped only."""

    tool: str
    where: str
    quote: str
    confidence: float


def find_markers(record: ChangeRecord) -> tuple[Marker, ...]:
    """Every sign in the record, the surest first; what several commits share is told once."""
    found: dict[tuple[str, str, str], Marker] = {}
    commits: dict[tuple[str, str, str], list[str]] = {}
    for marker, commit in _all(record):
        key = (marker.tool, marker.where, marker.quote)
        found.setdefault(key, marker)
        commits.setdefault(key, []).append(commit)
    markers = [
        msgspec.structs.replace(marker, where=_with_commits(marker.where, commits[key]))
        for key, marker in found.items()
    ]
    return tuple(sorted(markers, key=lambda item: (-item.confidence, item.tool, item.where)))


def _with_commits(where: str, commits: list[str]) -> str:
    named = list(dict.fromkeys(filter(None, commits)))
    if not named:
        return where
    return f"{where} {short(named[0])}" + (f" and {len(named) - 1} more" if named[1:] else "")


def _all(record: ChangeRecord) -> Iterator[tuple[Marker, str]]:
    for commit in record.commits:
        for marker in _in_commit(commit):
            yield marker, commit.id
    for marker in _of_account(record.account):
        yield marker, ""
    for marker in _in_branch(record.branch):
        yield marker, ""
    for text, where in (
        (record.title, "title of the pull request"),
        (record.body, "description of the pull request"),
    ):
        for marker in _in_text(text, where):
            capped = min(marker.confidence, SPOKEN_OF)
            yield msgspec.structs.replace(marker, confidence=capped), ""


def _in_commit(commit: Commit) -> Iterator[Marker]:
    yield from _of_person(commit.author, "author of commit")
    yield from _of_person(commit.committer, "committer of commit")
    yield from _in_text(commit.message, "message of commit")


def _of_person(person: Person, where: str) -> Iterator[Marker]:
    yield from _of_address(person.email, where)
    for ending, tool, confidence in _rows("name-ending"):
        if person.name.strip().casefold().endswith(ending):
            yield _marker(tool, where, person.name, confidence)
    for login, tool, confidence in _rows("login"):
        if login.endswith("[bot]") and person.name.strip().casefold() == login:
            yield _marker(tool, where, person.name, min(confidence, CONFIDENCE["M"]))


def _of_address(address: str, where: str) -> Iterator[Marker]:
    folded = address.strip().casefold()
    numbered = _NUMBERED.fullmatch(folded)
    for number, tool, confidence in _rows("account") if numbered else ():
        if numbered is not None and numbered[1] == number:
            yield _marker(tool, where, address, confidence)
    for known, tool, confidence in _rows("email"):
        if folded == known:
            yield _marker(tool, where, address, confidence)
    for domain, tool, confidence in _rows("domain"):
        if folded.endswith(f"@{domain}"):
            yield _marker(tool, where, address, confidence)


def _of_account(account: Account) -> Iterator[Marker]:
    """By number where the host tells one; the name decides only where it does not."""
    where = "author of the pull request"
    if account.number:
        for number, tool, confidence in _rows("account"):
            if account.number == number:
                yield _marker(tool, where, account.login or number, confidence)
    for login, tool, confidence in _rows("login"):
        if account.login.casefold() == login and (not account.number or login.endswith("[bot]")):
            yield _marker(tool, where, account.login, confidence)


def _in_branch(branch: str) -> Iterator[Marker]:
    for prefix, tool, confidence in _rows("branch"):
        if branch.casefold().startswith(prefix):
            yield _marker(tool, "name of the branch", branch, confidence)


def _in_text(text: str, where: str) -> Iterator[Marker]:
    folded = text.casefold()
    for prefix, tool, confidence in _rows("subject"):
        if folded.startswith(prefix):
            yield _marker(tool, where, prefix, confidence)
    for known, tool, confidence in _rows("text"):
        if known in folded:
            yield _marker(tool, where, known, confidence)
    for trailer in _TRAILER.finditer(text):
        yield from _in_trailer(trailer[1].casefold(), trailer[2], where)


def _in_trailer(key: str, value: str, where: str) -> Iterator[Marker]:
    if key in _READERS_OF_CODE:
        return
    line = f"{key}: {value.casefold()}"
    for known, tool, confidence in _rows("trailer"):
        if line.startswith(known):
            yield _marker(tool, where, known, confidence)
    people = list(_ADDRESS.finditer(value)) if key.endswith("-by") or key == "on-behalf-of" else []
    found = [marker for person in people for marker in _of_address(person[1], where)]
    yield from found
    if key in _ASSISTANCE and not found:
        yield from _assistance(value, where, is_a_person=bool(people))


def _assistance(value: str, where: str, *, is_a_person: bool) -> Iterator[Marker]:
    """A tool that a trailer names; a person may be called Claude or Jules, which is a hint."""
    for name, tool, confidence in _rows("assistance"):
        if re.search(rf"(?<![\w]){re.escape(name)}", value.casefold()):
            sure = CONFIDENCE["L"] if is_a_person else confidence
            yield _marker(tool, where, value, sure)


def _marker(tool: str, where: str, quote: str, confidence: float) -> Marker:
    quote = quote.strip()
    short_quote = quote if len(quote) <= _LONGEST_QUOTE else f"{quote[: _LONGEST_QUOTE - 1]}…"
    return Marker(tool=tool, where=where, quote=short_quote, confidence=confidence)


@cache
def _rows(where: str) -> tuple[tuple[str, str, float], ...]:
    """Marker, tool and confidence of the table's rows of one kind."""
    return tuple(
        (marker, tool, CONFIDENCE[letter])
        for kind, marker, tool, letter in all_markers()
        if kind == where
    )


@cache
def all_markers() -> tuple[tuple[str, str, str, str], ...]:
    """The table: where, marker, tool, confidence."""
    text = Path(__file__).with_name("markers.csv").read_text(encoding="utf-8")
    rows = (line.split(",") for line in text.splitlines()[1:])
    return tuple((where, marker, tool, letter) for where, marker, tool, letter in rows)
