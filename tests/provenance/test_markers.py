"""Which signs are seen, how sure each is, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacrisk.provenance.markers import CONFIDENCE, SPOKEN_OF, Marker, all_markers, find_markers
from iacrisk.provenance.provenance import Author, Provenance
from iacrisk.provenance.record import Account, ChangeRecord, Commit, Person

ALICE = Person("Alice", "alice@example.com")
SHA = "1a2b3c4d5e6f"


def commit(message: str, author: Person = ALICE, committer: Person = ALICE) -> Commit:
    return Commit(id=SHA, author=author, committer=committer, message=message)


def signs(record: ChangeRecord) -> list[tuple[str, str, str, float]]:
    return [(m.tool, m.where, m.quote, m.confidence) for m in find_markers(record)]


@pytest.mark.parametrize(
    ("message", "tool", "quote", "confidence"),
    [
        (
            "Add a bucket\n\nCo-Authored-By: Claude <noreply@anthropic.com>",
            "Claude",
            "noreply@anthropic.com",
            1.0,
        ),
        (
            "Add\n\nCo-authored-by: Claude Opus 4.6 <noreply@anthropic.com>\n",
            "Claude",
            "noreply@anthropic.com",
            1.0,
        ),
        (
            "Add\n\nCo-authored-by: Cursor <cursoragent@cursor.com>",
            "Cursor",
            "cursoragent@cursor.com",
            1.0,
        ),
        (
            "Add\n\nCo-authored-by: x <198982749+Renamed@users.noreply.github.com>",
            "GitHub Copilot",
            "198982749+Renamed@users.noreply.github.com",
            1.0,
        ),
        (
            "Add\n\nReplit-Commit-Author: Agent",
            "Replit",
            "replit-commit-author: agent",
            1.0,
        ),
        (
            "Add\n\n🤖 Generated with [Claude Code](https://claude.com/x)",
            "Claude",
            "generated with [claude code]",
            0.8,
        ),
        ("Add\n\nAssisted-by: Codex CLI", "OpenAI Codex", "Codex CLI", 0.8),
        ("Add\n\nAssisted-by: Claude:claude-opus-5", "Claude", "Claude:claude-opus-5", 0.8),
        ("aider: Add a bucket", "Aider", "aider:", 0.8),
    ],
)
def test_a_message_tells_its_tool(message: str, tool: str, quote: str, confidence: float) -> None:
    found = signs(ChangeRecord(commits=(commit(message),)))

    assert found == [(tool, "message of commit 1a2b3c4", quote, confidence)]


@pytest.mark.parametrize(
    "message",
    [
        "Reviewed-by: Claude <noreply@anthropic.com>",
        "Review: greptile and coderabbit found nothing",
        "Co-authored-by: dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>",
        "Co-authored-by: Bob <12345+bob@users.noreply.github.com>",
        "Move the cursor\n\nThe copilot of the plane and the gemini twins",
        "Update AGENTS.md, which asks for no Co-authored-by of an assistant",
        "Tested-by: Devin <158243242+devin-ai-integration[bot]@users.noreply.github.com>",
    ],
)
def test_what_only_looks_like_a_sign_is_none(message: str) -> None:
    assert signs(ChangeRecord(commits=(commit(message),))) == []


def test_a_person_who_is_called_like_a_tool_is_a_hint_at_most() -> None:
    record = ChangeRecord(commits=(commit("Add\n\nCo-authored-by: Jules V <jules@example.com>"),))
    [found] = find_markers(record)

    assert (found.tool, found.confidence) == ("Jules", 0.3)
    assert Provenance(looked=True, markers=(found,)).answer is Author.UNKNOWN


def test_the_number_of_an_account_tells_and_its_name_does_not() -> None:
    claude = Person("x", "209825114+anything[bot]@users.noreply.github.com")
    other = Person("x", "1+claude-like@users.noreply.github.com")

    assert signs(ChangeRecord(commits=(commit("Add", claude, claude),))) == [
        ("Claude", "author of commit 1a2b3c4", claude.email, 1.0),
        ("Claude", "committer of commit 1a2b3c4", claude.email, 1.0),
    ]
    assert signs(ChangeRecord(commits=(commit("Add", other, other),))) == []


def test_the_hosts_own_committer_is_no_sign() -> None:
    web = Person("GitHub", "noreply@github.com")
    assert signs(ChangeRecord(commits=(commit("Add", committer=web),))) == []


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (Account("Copilot", "198982749"), [("GitHub Copilot", 1.0)]),
        (Account("renamed", "198982749"), [("GitHub Copilot", 1.0)]),
        (Account("Copilot", "7"), []),
        (Account("Copilot", ""), [("GitHub Copilot", 0.8)]),
        (Account("devin-ai-integration[bot]", ""), [("Devin", 1.0)]),
        (Account("renovate[bot]", "29139614"), []),
        (Account("coderabbitai[bot]", "136622811"), []),
    ],
)
def test_who_opened_the_request(account: Account, expected: list[tuple[str, float]]) -> None:
    found = find_markers(ChangeRecord(account=account))
    assert [(item.tool, item.confidence) for item in found] == expected


def test_what_only_the_description_says_is_at_most_half_sure() -> None:
    text = "Co-authored-by: Claude <noreply@anthropic.com>"
    found = find_markers(ChangeRecord(title="[codex] Add a bucket", body=text, branch="codex/x"))

    assert [(m.tool, m.where, m.confidence) for m in found] == [
        ("OpenAI Codex", "name of the branch", 0.8),
        ("Claude", "description of the pull request", SPOKEN_OF),
        ("OpenAI Codex", "title of the pull request", SPOKEN_OF),
    ]


def test_what_several_commits_share_is_told_once() -> None:
    text = "Add\n\nCo-authored-by: Claude <noreply@anthropic.com>"
    commits = tuple(Commit(id=f"{number}a2b3c4d", message=text) for number in range(3))
    [found] = find_markers(ChangeRecord(commits=commits))

    assert found.where == "message of commit 0a2b3c4 and 2 more"


def test_a_long_quote_is_cut() -> None:
    text = f"Assisted-by: Claude {'x' * 500}"
    [found] = find_markers(ChangeRecord(commits=(commit(f"Add\n\n{text}"),)))

    assert (len(found.quote), found.quote[-1]) == (80, "…")


def test_every_row_of_the_table_is_of_a_known_kind_and_unique() -> None:
    kinds = {
        "account",
        "assistance",
        "branch",
        "domain",
        "email",
        "login",
        "name-ending",
        "subject",
        "text",
        "trailer",
    }
    rows = all_markers()

    assert {where for where, *_ in rows} == kinds
    assert all(
        marker == marker.casefold() and letter in CONFIDENCE for _, marker, _, letter in rows
    )
    assert len({(where, marker) for where, marker, *_ in rows}) == len(rows)


@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_read_without_a_fault(text: str, name: str, email: str) -> None:
    person = Person(name, email)
    record = ChangeRecord(
        title=text,
        body=text,
        branch=text,
        account=Account(name, email),
        commits=(Commit(id=name, author=person, committer=person, message=text),),
    )
    assert all(0 < marker.confidence <= 1 for marker in find_markers(record))


@pytest.mark.parametrize(
    ("stated", "confidence", "answer", "contradicted"),
    [
        (None, 0.0, Author.UNKNOWN, False),
        (None, 0.3, Author.UNKNOWN, False),
        (None, 0.5, Author.AI, False),
        (Author.UNKNOWN, 0.0, Author.UNKNOWN, False),
        (Author.UNKNOWN, 0.8, Author.AI, False),
        (Author.AI, 0.0, Author.AI, False),
        (Author.HUMAN, 0.0, Author.HUMAN, False),
        (Author.HUMAN, 0.8, Author.HUMAN, False),
        (Author.HUMAN, 1.0, Author.AI, True),
    ],
)
def test_the_answer(
    stated: Author | None, confidence: float, answer: Author, contradicted: bool
) -> None:
    marker = Marker(tool="Claude", where="author", quote="x", confidence=confidence)
    found = Provenance(stated=stated, looked=True, markers=(marker,) if confidence else ())

    assert (found.answer, found.contradicted) == (answer, contradicted)


@given(st.sampled_from([None, Author.UNKNOWN]), st.lists(st.sampled_from(all_markers())))
def test_no_sign_is_ever_taken_for_a_person(
    stated: Author | None, rows: list[tuple[str, str, str, str]]
) -> None:
    text = "\n".join(marker for _, marker, _, _ in rows)
    found = find_markers(ChangeRecord(title=text, commits=(commit(text),)))

    assert Provenance(stated=stated, looked=True, markers=found).answer is not Author.HUMAN
