"""Finds what is to be told, and writes it down as it will be sent."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, select

from iacrisk.service.settings import Settings
from iacrisk.service.storage.notifications import Happening, list_untold, put_notification
from iacrisk.service.storage.tables import decisions


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
    """`waiting`, `approved` or `rejected`."""
    verdict: str
    score: int | None
    decisions: tuple[Decided, ...] = ()


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The body of the webhook."""

    type: Happening
    timestamp: datetime.datetime
    data: Told


_AT_A_TIME: Final = 100
_MANY: Final = 20
"""Decisions in one notification."""
_SLACK_TEXT: Final = 300
"""Characters of one value; Slack takes 3,000 in a section."""


def announce(connection: Connection, settings: Settings, now: datetime.datetime) -> int:
    """Write down what has happened and was not told yet, for every channel of the settings.

    Returns how many assessments that were. What is older than a notification is tried for is
    history, and told to nobody.
    """
    channels = tuple(_channels(settings))
    if not channels:
        return 0
    since = now - datetime.timedelta(hours=settings.notifying.give_up_hours)
    count = 0
    for happening in Happening:
        for row in list_untold(connection, happening, since, _AT_A_TIME):
            count += 1
            event = Event(
                type=happening, timestamp=_happened_at(row, happening), data=_told(row, settings)
            )
            if happening is Happening.DECIDED:
                decided = tuple(_decided(connection, row.id))
                told = msgspec.structs.replace(event.data, decisions=decided)
                event = msgspec.structs.replace(event, data=told)
            _put(connection, event, channels, now)
    return count


def _put(
    connection: Connection, event: Event, channels: tuple[Channel, ...], now: datetime.datetime
) -> None:
    for channel in channels:
        body: Any = event if channel is Channel.WEBHOOK else slack_message(event)
        put_notification(
            connection,
            assessment=event.data.assessment,
            happening=event.type,
            happened_at=event.timestamp,
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
        head = f"{place or 'A plan'}: {_plain(told.state)}"
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


def _happened_at(row: Any, happening: Happening) -> datetime.datetime:
    at: datetime.datetime = row.waiting_since
    if happening is Happening.DECIDED:
        at = row.decided_at
    return at


def _told(row: Any, settings: Settings) -> Told:
    return Told(
        assessment=row.id,
        url=f"{settings.public_url.rstrip('/')}/assessments/{row.id}",
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
