"""What a person signs: an in-toto statement about one plan, judged one way, for one place.

There is one spelling for each statement, so whatever was reordered, added or doubled is not what
iacrisk wrote, and is refused.
"""

from __future__ import annotations

import datetime
from hashlib import sha256
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from iacrisk.errors import ApprovalRefused

IN_TOTO: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "https://github.com/iacrisk/iacrisk/approval/v1"

Instant = Annotated[datetime.datetime, Meta(tz=True)]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Base of everything that is signed: unknown members are refused."""


class Finding(Part, frozen=True, kw_only=True):
    """What a rule said."""

    rule: str
    severity: str
    what: str


class Change(Part, frozen=True, kw_only=True):
    """One change that the approver was shown: who is hit, in part, and how many."""

    address: str
    what: str
    score: int
    findings: tuple[Finding, ...]
    dependents: tuple[str, ...]
    hit: int


class Reason(Part, frozen=True, kw_only=True):
    """A reason of the verdict."""

    verdict: str
    what: str
    address: str


class Tool(Part, frozen=True, kw_only=True):
    """Who judged, by the digests of code and tables, of the team's plugins, of the model asked."""

    iacrisk: str
    judgment: str
    plugins: dict[str, str]
    model: str


class Place(Part, frozen=True, kw_only=True):
    """Where the plan is to be applied."""

    workspace: str
    subject: str
    environment: str


class Subject(Part, frozen=True, kw_only=True):
    """The plan, by both fingerprints."""

    name: str
    digest: dict[str, str]


class Predicate(Part, frozen=True, kw_only=True):
    """The approval. `judged` is the digest of everything that was found, `changes` its head."""

    approver: str
    reason: str
    approved_at: Instant
    expires: Instant
    verdict: str
    score: int
    reasons: tuple[Reason, ...]
    changes: tuple[Change, ...]
    judged: str
    policy: str
    tool: Tool
    place: Place


class Statement(Part, frozen=True, kw_only=True):
    """An in-toto statement."""

    type_: Literal["https://in-toto.io/Statement/v1"] = msgspec.field(name="_type")
    subject: tuple[Subject, ...]
    predicate_type: Literal["https://github.com/iacrisk/iacrisk/approval/v1"]
    predicate: Predicate


def write_statement(statement: Statement) -> bytes:
    """The bytes that are signed: the only spelling of this statement."""
    return msgspec.json.encode(statement, order="sorted")


def read_statement(payload: bytes) -> Statement:
    """The statement in signed bytes; raises ApprovalRefused."""
    try:
        statement = msgspec.json.decode(payload, type=Statement)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ApprovalRefused(f"The statement is none that this release writes: {error}.") from None
    moments = (statement.predicate.approved_at, statement.predicate.expires)
    if write_statement(statement) != payload or any(moment.utcoffset() for moment in moments):
        raise ApprovalRefused("The statement is not spelled as iacrisk spells it.")
    return statement


def digest_of(payload: bytes) -> str:
    """What an approval is called: `sha256:HEX` of the signed bytes."""
    return f"sha256:{sha256(payload).hexdigest()}"
