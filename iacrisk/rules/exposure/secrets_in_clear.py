"""X06: a credential stands where everybody who sees the plan or the state can read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan import Path, ResourceChange, format_path
from iacrisk.rules.context import Context
from iacrisk.rules.rule import (
    CHANGES,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    plan_rule,
)

_CREDENTIALS: Final = (
    ("a private key", r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY-----"),
    ("an access key of AWS", r"(?:AKIA|ASIA)[A-Z2-7]{16}"),
    ("a token of GitHub", r"(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})"),
    ("a token of GitLab", r"glpat-[A-Za-z0-9_-]{20,}"),
    ("a token of Slack", r"xox[abeoprs]-[A-Za-z0-9-]{10,}"),
    ("a key of Stripe", r"[rs]k_live_[A-Za-z0-9]{20,}"),
)
_HEADS: Final = (
    b"-----BEGIN", b"AKIA", b"ASIA", b"gho_", b"ghp_", b"ghr_", b"ghs_", b"ghu_", b"github_pat_",
    b"glpat-", b"k_live_", b"xox",
)  # fmt: skip
"""With which all of them begin; nearly no text holds any."""

_PATTERNS: Final = tuple(
    (what, re.compile(rf"(?<![A-Za-z0-9]){pattern}(?![A-Z0-9])\s*\S{{0,60}}"))
    for what, pattern in _CREDENTIALS
)
_PLACEHOLDER: Final = regex(
    r"example|placeholder|dummy|changeme|redacted|x{6}|0{8}|\.\.\.", re.IGNORECASE
)
_KEYS_BY_NATURE: Final = frozenset({"aws_iam_access_key"})
"""Types whose own attributes are the credential that they make."""


@plan_rule(
    id="X06",
    name="credential-in-clear",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.EXPOSURE,
)
def credential_in_clear(context: Context) -> Iterator[Outcome]:
    """A credential is written where Terraform does not hide it.

    What it flags
        A text with the form of a private key, or of a token of AWS, GitHub, GitLab, Slack or
        Stripe in a planned attribute that is not marked as sensitive, or in an output that is
        not, and was not there before. The value is never shown.

    Why it matters
        It stands in the plan that is posted to the pull request, in the state, in the service's
        own console and mostly in the repository too. Who reads any of them can use it.

    When it is fine
        The key is an example or was withdrawn. Texts that say so themselves pass.

    What to do instead
        Withdraw the credential, put a new one into a secret store, and refer to it by name.

    References
        Incident R015. https://developer.hashicorp.com/terraform/language/manage-sensitive-data
    """
    for change in context.plan.pending:
        if change.kind in CHANGES and change.type not in _KEYS_BY_NATURE:
            yield from _in_change(change)
    for name, output in sorted((context.plan.document.output_changes or {}).items()):
        if b"true" in bytes(output.after_sensitive):
            continue
        for found in _new_ones(output.before, output.after):
            what = f"The output {name} holds {found.what} and is not marked as sensitive."
            yield Flag(what=what)
            break


class _Credential(msgspec.Struct, frozen=True):
    path: Path
    what: str
    text: str


def _in_change(change: ResourceChange) -> Iterator[Outcome]:
    for found in _new_ones(change.raw.change.before, change.raw.change.after):
        if not change.is_sensitive(found.path):
            what = f"{found.what.capitalize()} stands in clear in {_place(found.path)}."
            yield Flag(address=change.label, what=what)
            return


def _new_ones(before: msgspec.Raw, after: msgspec.Raw) -> list[_Credential]:
    """The credentials in `after` that are not in `before`; mostly seen without decoding."""
    text = bytes(after)
    if not any(head in text for head in _HEADS):
        return []
    known = {found.text for found in _credentials(_decoded(before))}
    return [found for found in _credentials(_decoded(after)) if found.text not in known]


def _place(path: Path) -> str:
    """The path down to the first list: keys below it may tell more than they should."""
    return format_path(path[:2])


def _credentials(tree: Any) -> Iterator[_Credential]:
    for path, text in _texts(tree):
        for what, pattern in _PATTERNS:
            for match in pattern.finditer(text):
                if not _PLACEHOLDER.search(match.group()):
                    yield _Credential(path, what, match.group())


def _texts(tree: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(tree, str):
        yield path, tree
    elif isinstance(tree, dict):
        for name, item in tree.items():
            yield from _texts(item, (*path, name))
    elif isinstance(tree, list):
        for index, item in enumerate(tree):
            yield from _texts(item, (*path, index))


def _decoded(raw: msgspec.Raw) -> Any:
    try:
        return msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return None
