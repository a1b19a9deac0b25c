"""Notifications are told once, signed, sent until they are taken, and say nothing of the plan."""

from __future__ import annotations

import asyncio
import base64
import datetime
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select, update
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from iacrisk.errors import SettingsError
from iacrisk.service.notifying import Sender, announce, refuse_bad_settings
from iacrisk.service.notifying.sending import pause
from iacrisk.service.secret import Secret
from iacrisk.service.settings import Notifying, Settings
from iacrisk.service.storage import Store, open_store
from iacrisk.service.storage.notifications import claim_notification
from iacrisk.service.storage.tables import assessments, decisions, notifications

KEY = "whsec_" + base64.b64encode(bytes(range(32))).decode()
START = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """On both databases."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("database_url")
    opened = open_store(Settings(data_folder=str(tmp_path), database_url=Secret(url)))
    opened.migrate()
    yield opened
    opened.close()


class World:
    """A sender with a clock and a receiver of its own."""

    def __init__(self, store: Store, **notifying: Any) -> None:
        both: dict[str, Any] = {
            "webhook_url": Secret("https://hooks.example/in"),
            "webhook_key": Secret(KEY),
            "slack_url": Secret("https://hooks.slack.example/T/B/x"),
        }
        self.settings = Settings(
            public_url="https://risk.example/", notifying=Notifying(**both | notifying)
        )
        self.store = store
        self.now = START
        self.requests: list[httpx.Request] = []
        self.answer: Callable[[httpx.Request], httpx.Response] = lambda _: httpx.Response(204)

    def assess(self, name: str = "a1", **values: Any) -> None:
        row: dict[str, Any] = {
            "id": name,
            "source": "run-task",
            "organisation": "acme",
            "workspace": "network",
            "run": "run-1",
            "author": "mallory",
            "state": "waiting",
            "verdict": "approval required",
            "score": 78,
            "view": b"PLAN VIEW",
            "report": b"PLAN REPORT",
            "run_message": "MESSAGE",
            "created_at": START,
            "waiting_since": START,
        }
        with self.store.begin() as connection:
            connection.execute(insert(assessments).values(**row | values))

    def decide(self, state: str, name: str = "a1", who: str = "alice") -> None:
        with self.store.begin() as connection:
            connection.execute(
                insert(decisions).values(
                    id=f"d-{who}-{self.now:%H%M%S}",
                    assessment=name,
                    loose_fingerprint="f",
                    who=who,
                    subject=who,
                    issuer="i",
                    verdict="approve",
                    reason="window agreed",
                    at=self.now,
                )
            )
            connection.execute(
                update(assessments)
                .where(assessments.c.id == name)
                .values(state=state, decided_at=self.now)
            )

    def send_all(self) -> int:
        """Send whatever is due now; how many."""

        def take(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            return self.answer(request)

        async def send() -> int:
            sender = Sender(
                self.settings,
                self.store,
                transport=httpx.MockTransport(take),
                clock=lambda: self.now,
            )
            count = 0
            while await sender.send_one():
                count += 1
            return count

        return asyncio.run(send())

    def rows(self) -> list[Any]:
        with self.store.begin() as connection:
            return list(connection.execute(select(notifications).order_by("channel")))


def test_a_program_gets_a_webhook_that_its_library_verifies(store: Store) -> None:
    world = World(store, slack_url=Secret(""))
    world.assess()
    assert world.send_all() == 1
    (request,) = world.requests

    assert str(request.url) == "https://hooks.example/in"
    assert Webhook(KEY).verify(request.content, dict(request.headers)) == {
        "type": "run.waiting",
        "timestamp": "2026-03-01T12:00:00Z",
        "data": {
            "assessment": "a1",
            "url": "https://risk.example/assessments/a1",
            "source": "run-task",
            "organisation": "acme",
            "workspace": "network",
            "run": "run-1",
            "run_url": "",
            "author": "mallory",
            "stage": "",
            "mode": "",
            "state": "waiting",
            "verdict": "approval required",
            "score": 78,
            "decisions": [],
        },
    }
    with pytest.raises(WebhookVerificationError):
        Webhook(KEY).verify(request.content + b" ", dict(request.headers))


def test_slack_gets_text_without_markup_of_others(store: Store) -> None:
    world = World(store, webhook_url=Secret(""))
    world.assess(workspace="<!channel> *x* <https://evil.example|here>", author="@all & co")
    world.send_all()
    (request,) = world.requests
    sent = json.loads(request.content)
    text = sent["blocks"][0]["text"]["text"]

    assert sent["blocks"][0]["text"]["type"] == "mrkdwn"
    assert "<!" not in text
    assert "<https://evil" not in text
    assert "*x*" not in text
    assert " @all" not in text
    assert "&amp; co" in text
    assert text.startswith("*<https://risk.example/assessments/a1|acme / ")
    assert "webhook-signature" not in request.headers


def test_nothing_of_the_plan_is_told(store: Store) -> None:
    world = World(store)
    world.assess()
    world.send_all()

    for request in world.requests:
        for part in (b"PLAN VIEW", b"PLAN REPORT", b"MESSAGE"):
            assert part not in request.content


def test_a_decision_is_told_with_who_and_why(store: Store) -> None:
    world = World(store)
    world.assess()
    assert world.send_all() == 2
    world.now += HOUR
    world.decide("approved")
    assert world.send_all() == 2
    webhook, slack = sorted(world.requests[2:], key=lambda one: str(one.url))
    told = json.loads(webhook.content)

    assert told["type"] == "run.decided"
    assert told["timestamp"] == "2026-03-01T13:00:00Z"
    assert told["data"]["state"] == "approved"
    assert told["data"]["decisions"] == [
        {
            "who": "alice",
            "verdict": "approve",
            "reason": "window agreed",
            "at": "2026-03-01T13:00:00Z",
        }
    ]
    assert "acme / network: approved" in slack.content.decode()
    assert "approve by alice: window agreed" in slack.content.decode()


def test_the_same_is_told_once_whoever_sends(store: Store) -> None:
    world, other = World(store), World(store)
    world.assess()

    assert [world.send_all(), other.send_all(), world.send_all()] == [2, 0, 0]


def test_what_is_decided_again_is_told_again(store: Store) -> None:
    world = World(store, slack_url=Secret(""))
    world.assess()
    sent = [world.send_all()]
    for state in ("approved", "rejected"):
        world.now += HOUR
        world.decide(state, who=state)
        sent.append(world.send_all())

    assert sent == [1, 1, 1]
    assert [json.loads(one.content)["data"]["state"] for one in world.requests] == [
        "waiting",
        "approved",
        "rejected",
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"state": "scoring", "waiting_since": None},
        {"state": "allowed", "waiting_since": None},
        {"state": "approved", "waiting_since": None, "decided_at": START},
        {"state": "superseded"},
        {"state": "waiting", "waiting_since": START - 25 * HOUR},
    ],
)
def test_nobody_is_told_of_what_never_waited_or_is_history(
    store: Store, values: dict[str, Any]
) -> None:
    world = World(store)
    world.assess(**values)

    assert world.send_all() == 0


def test_without_a_channel_nothing_is_written(store: Store) -> None:
    world = World(store, webhook_url=Secret(""), slack_url=Secret(""))
    world.assess()

    assert world.send_all() == 0
    assert world.rows() == []


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_is_not_taken_is_tried_again_later(store: Store, status: int) -> None:
    world = World(store, slack_url=Secret(""))
    world.assess()
    world.answer = lambda _: httpx.Response(status, headers={"Location": "https://evil.example"})
    assert world.send_all() == 1
    assert world.send_all() == 0
    world.now += HOUR
    world.answer = lambda _: httpx.Response(200)
    assert world.send_all() == 1
    assert world.send_all() == 0
    (row,) = world.rows()

    assert (row.attempts, row.answer, row.delivered_at, row.next_at) == (2, 200, world.now, None)
    assert {str(one.url) for one in world.requests} == {"https://hooks.example/in"}
    assert len({one.headers["webhook-id"] for one in world.requests}) == 1


def test_a_receiver_that_does_not_answer_is_tried_again(store: Store) -> None:
    world = World(store, slack_url=Secret(""))
    world.assess()

    def lost(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    world.answer = lost
    world.send_all()
    (row,) = world.rows()

    assert row.answer == 0
    assert row.next_at > world.now


def test_the_receiver_may_ask_for_patience(store: Store) -> None:
    world = World(store, slack_url=Secret(""))
    world.assess()
    world.answer = lambda _: httpx.Response(429, headers={"Retry-After": "1800"})
    world.send_all()
    (row,) = world.rows()

    assert row.next_at - world.now == datetime.timedelta(seconds=1800)


@pytest.mark.parametrize(("status", "hours"), [(410, 0), (500, 25)])
def test_what_is_gone_or_too_old_is_given_up(store: Store, status: int, hours: int) -> None:
    world = World(store, slack_url=Secret(""))
    world.assess()
    with store.begin() as connection:
        announce(connection, world.settings, START)
    world.now += hours * HOUR
    world.answer = lambda _: httpx.Response(status)
    world.send_all()
    (row,) = world.rows()

    assert (row.next_at, row.delivered_at, row.answer) == (None, None, status)


def test_whoever_dies_while_sending_leaves_it_to_the_next(store: Store) -> None:
    world = World(store, slack_url=Secret(""))
    world.assess()
    with store.begin() as connection:  # and never settled
        assert announce(connection, world.settings, START) == 1
        assert claim_notification(connection, START, datetime.timedelta(seconds=60)) is not None
    assert world.send_all() == 0
    world.now += datetime.timedelta(seconds=61)

    assert world.send_all() == 1


def test_pauses_grow_to_an_hour() -> None:
    assert 2.5 <= pause(1) <= 5
    assert 1800 <= pause(500) <= 3600


@pytest.mark.parametrize(
    "notifying",
    [
        Notifying(webhook_url=Secret("http://hooks.example/in"), webhook_key=Secret(KEY)),
        Notifying(webhook_url=Secret("ftp://localhost/in"), webhook_key=Secret(KEY)),
        Notifying(webhook_url=Secret("https://hooks.example/in")),
        Notifying(webhook_url=Secret("https://hooks.example/in"), webhook_key=Secret("short")),
        Notifying(slack_url=Secret("hooks.slack.example")),
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(notifying: Notifying) -> None:
    with pytest.raises(SettingsError):
        refuse_bad_settings(Settings(notifying=notifying))


def test_this_machine_may_be_told_without_tls() -> None:
    local = Notifying(webhook_url=Secret("http://127.0.0.1:9/in"), webhook_key=Secret(KEY))
    refuse_bad_settings(Settings(notifying=local))
