"""Every table of the service. A change here comes with a migration.

Texts that came from a plan are masked before they are stored; tokens are encrypted or hashed.
"""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime.datetime]):
    """A moment in UTC, on databases with time zones and without."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime.datetime | None, dialect: Dialect
    ) -> datetime.datetime | None:
        """Always UTC; without its zone where the database has none."""
        if value is None:
            return None
        moment = value.astimezone(datetime.UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime.datetime | None:
        """Always with its zone."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=datetime.UTC)  # type: ignore[no-any-return]
        return value.astimezone(datetime.UTC)  # type: ignore[no-any-return]


assessments = Table(
    "assessments",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("source", String(20), nullable=False),
    Column("organisation", Text, nullable=False, default=""),
    Column("workspace", Text, nullable=False, default=""),
    Column("run", Text, nullable=False, default=""),
    Column("run_url", Text, nullable=False, default=""),
    Column("run_message", Text, nullable=False, default=""),
    Column("author", Text, nullable=False, default=""),
    Column("stage", String(40), nullable=False, default=""),
    Column("speculative", Boolean, nullable=False, default=False),
    Column("mode", String(20), nullable=False, default=""),
    Column("state", String(20), nullable=False),
    Column("verdict", String(30), nullable=False, default=""),
    Column("score", Integer),
    Column("fingerprint", String(120), nullable=False, default=""),
    Column("loose_fingerprint", String(120), nullable=False, default=""),
    Column("problem", Text, nullable=False, default=""),
    Column("view", LargeBinary),
    Column("report", LargeBinary),
    Column("bond", LargeBinary),
    Column("created_at", Instant, nullable=False),
    Column("scored_at", Instant),
    Column("waiting_since", Instant),
    Column("decided_at", Instant),
    Column("finished_at", Instant),
    Column("applied_at", Instant),
    Index(None, "state", "created_at"),
    Index(None, "organisation", "workspace", "created_at"),
    Index(None, "loose_fingerprint"),
)
"""One judged plan. `bond`: what an approval of it is bound to, and what is held.

`view`, `report` and `bond` are JSON, packed by zlib.
"""

deliveries = Table(
    "deliveries",
    metadata,
    Column("task_result", String(80), primary_key=True),
    Column("assessment", String(40), ForeignKey("assessments.id"), nullable=False, index=True),
    Column("payload", LargeBinary, nullable=False),
    Column("token", LargeBinary),
    Column("received", Integer, nullable=False, default=1),
    Column("received_at", Instant, nullable=False),
    Column("final_status", String(20), nullable=False, default=""),
    Column("final_body", LargeBinary),
    Column("final_attempts", Integer, nullable=False, default=0),
    Column("final_owner", String(80), nullable=False, default=""),
    Column("final_tried_at", Instant),
    Column("final_at", Instant),
    Column("final_answer", Integer),
    Index(None, "final_at", "received_at"),
)
"""One task result of HCP. `token` is encrypted, and erased with the final callback."""

decisions = Table(
    "decisions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("assessment", String(40), ForeignKey("assessments.id"), nullable=False, index=True),
    Column("loose_fingerprint", String(120), nullable=False, index=True),
    Column("who", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("aliases", Text, nullable=False, default=""),
    Column("verdict", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("statement", LargeBinary),
    Column("digest", String(80), nullable=False, default=""),
    Column("at", Instant, nullable=False),
    Column("expires", Instant),
    Column("revoked_at", Instant),
    Column("revoked_by", Text, nullable=False, default=""),
    Column("used_at", Instant),
    Column("used_by", Text, nullable=False, default="", server_default=text("''")),
)
"""What a person decided. `who` by their name, `subject` and `issuer` as they signed in.

`aliases`: other names of theirs, one a line, so that authors are recognised under each.
`used_by`: the run that an approval let apply; it counts for no other.
"""

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("hash", String(80), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False, default=""),
    Column("expires_at", Instant),
    Column("used_at", Instant),
    Column("revoked_at", Instant),
)
"""Bearer tokens of the API, as hashes."""

replicas = Table(
    "replicas",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("seen_at", Instant, nullable=False),
)
"""Who runs, so that the work of a replica that died is taken over."""

people = Table(
    "people",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("aliases", Text, nullable=False, default=""),
    Column("claimed_role", String(20), nullable=False, default=""),
    Column("given_role", String(20), nullable=False, default=""),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
)
"""Who signed in. `given_role`: an administrator's word, which counts more than that of claims."""

sessions = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("person", String(40), ForeignKey("people.id"), nullable=False, index=True),
    Column("began_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False, index=True),
)
"""Who is signed in. `token`: the digest of what the browser holds."""

departures = Table(
    "departures",
    metadata,
    Column("state", String(64), primary_key=True),
    Column("browser", String(64), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(64), nullable=False),
    Column("goes_to", Text, nullable=False),
    Column("began_at", Instant, nullable=False, index=True),
)
"""Sign-ins that are under way at the provider, by the digest of their state."""

admin_tokens = Table(
    "admin_tokens",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)
"""Tokens printed at boot, as digests."""

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("source", String(60), nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "source", "at"),
)
"""Tries to sign in, by address."""

notifications = Table(
    "notifications",
    metadata,
    Column("id", String(40), primary_key=True),
    Column(
        "assessment", String(40), ForeignKey("assessments.id", ondelete="CASCADE"), nullable=False
    ),
    Column("happening", String(20), nullable=False),
    Column("happened_at", Instant, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("answer", Integer),
    Column("created_at", Instant, nullable=False),
    Column("next_at", Instant),
    Column("delivered_at", Instant),
    UniqueConstraint("assessment", "happening", "happened_at", "channel"),
    Index(None, "next_at"),
)
"""What is to be told of an assessment. `next_at`: when it is tried (again); empty when done."""

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("line", LargeBinary, nullable=False),
)
"""The audit log, a line of JSON each; nothing here is ever changed or dropped."""

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
)
"""The one row with the last entry's number and digest."""
