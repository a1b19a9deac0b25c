"""Writes down what is to be told, in the transaction that makes it true."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from iacrisk.service.settings import Settings
from iacrisk.service.storage.notifications import put_notification
from iacrisk.service.storage.tables import assessments, decisions


class Happening(StrEnum):
    """What is told; the name is the webhook's `type`."""

    WAITING = "run.waiting"
    DECIDED = "run.decided"


class Channel(StrEnum):
    """Where it is told."""

    WEBHOOK = "webhook"
    SLACK = "slack"


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What one person decided, as it is told."""

    who: str
    verdict: str
    reason: str
    at: datetime.datetime


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of an assessment: where it is and how it stands; nothing of the plan itself."""

    assessment: str
    url: str
    source: str
    organisation: str
    workspace: str
    run: str
    run_url: str
    author: str
    stage: str
    mode: str
    state: str
    verdict: str
    score: int | None
    outcome: str
    """How it was decided, such as `approved`; empty while it waits."""
    decisions: tuple[Decided, ...]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The body of the webhook."""

    type: Happening
    timestamp: datetime.datetime
    data: Told


_MANY: Final = 20
"""Decisions in one notification."""
_SLACK_TEXT: Final = 300
"""Characters of one value; Slack takes 3,000 in a section."""


def announce(
    connection: Connection,
    settings: Settings,
    assessment: str,
    happening: Happening,
    *,
    outcome: str = "",
    now: datetime.datetime | None = None,
) -> None:
    """Tell of an assessment on every channel that the settings name, once for each happening."""
    channels = tuple(_channels(settings))
    if not channels:
        return
    now = now or datetime.datetime.now(datetime.UTC)
    told = _told(connection, settings, assessment, outcome)
    event = Event(type=happening, timestamp=now, data=told)
    for channel in channels:
        body: Any = event if channel is Channel.WEBHOOK else slack_message(event)
        put_notification(
            connection,
            assessment=assessment,
            happening=happening,
            channel=channel,
            body=msgspec.json.encode(body),
            now=now,
        )


def slack_message(event: Event) -> dict[str, Any]:
    """The event as an incoming webhook of Slack takes it."""
    told = event.data
    place = " / ".join(_plain(name) for name in (told.organisation, told.workspace) if name)
    if event.type is Happening.WAITING:
        head = f"{place or 'A plan'} waits for approval"
    else:
        head = f"{place or 'A plan'}: {_plain(told.outcome) or 'decided'}"
    score = "" if told.score is None else f", score {told.score}/100"
    lines = [f"*<{told.url}|{head}>*", f"Verdict {_plain(told.verdict)}{score}"]
    if told.author:
        lines.append(f"Run {_plain(told.run)} by {_plain(told.author)}")
    lines += [
        f"{_plain(each.verdict)} by {_plain(each.who)}: {_plain(each.reason)}"
        for each in told.decisions
    ]
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(lines)[:2900]}}
    return {"text": head, "blocks": [section]}


def _channels(settings: Settings) -> Iterator[Channel]:
    if settings.notifying.webhook_url:
        yield Channel.WEBHOOK
    if settings.notifying.slack_url:
        yield Channel.SLACK


def _told(connection: Connection, settings: Settings, assessment: str, outcome: str) -> Told:
    row = connection.execute(select(assessments).where(assessments.c.id == assessment)).one()
    return Told(
        assessment=assessment,
        url=f"{settings.public_url.rstrip('/')}/assessments/{assessment}",
        source=row.source,
        organisation=row.organisation,
        workspace=row.workspace,
        run=row.run,
        run_url=row.run_url,
        author=row.author,
        stage=row.stage,
        mode=row.mode,
        state=row.state,
        verdict=row.verdict,
        score=row.score,
        outcome=outcome,
        decisions=tuple(_decided(connection, assessment)),
    )


def _decided(connection: Connection, assessment: str) -> Iterator[Decided]:
    table = decisions
    rows = connection.execute(
        select(table.c.who, table.c.verdict, table.c.reason, table.c.at)
        .where(table.c.assessment == assessment, table.c.revoked_at.is_(None))
        .order_by(table.c.at)
        .limit(_MANY)
    )
    for row in rows:
        yield Decided(who=row.who, verdict=row.verdict, reason=row.reason, at=row.at)


def _plain(text: str) -> str:
    """A text of others, with nothing in it that Slack acts on: no mention, no link, no markup."""
    short = " ".join(text.split())[:_SLACK_TEXT]
    escaped = short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\u200b{each}" if each in _MARKUP else each for each in escaped)


_MARKUP: Final = frozenset("*_~`|@")
