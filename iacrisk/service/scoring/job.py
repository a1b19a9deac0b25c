"""One plan to judge, and what comes of it; both cross the border between two processes as bytes."""

from __future__ import annotations

import msgspec


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A plan in a file, and what it is judged by. `policy`: path of a policy file, or ""."""

    plan: str
    policy: str = ""
    workspace: str = ""
    subject: str = ""
    environment: str = ""


class Scored(msgspec.Struct, frozen=True, kw_only=True, tag="scored"):
    """A judged plan, masked. `report`, `case` and `view` are JSON."""

    verdict: str
    score: int
    fingerprint: str
    loose_fingerprint: str
    report: bytes
    case: bytes
    view: bytes = b""


class Unscored(msgspec.Struct, frozen=True, kw_only=True, tag="unscored"):
    """Why a plan was not judged, in words for the user."""

    problem: str


Result = Scored | Unscored
