"""What is kept for how long."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from iacrisk.service.settings import Keeping, Settings
from iacrisk.service.storage import Store, open_store
from iacrisk.service.storage.assessments import (
    Judgment,
    NewAssessment,
    Source,
    State,
    add_assessment,
    find_assessment,
    finish,
    keep_judgment,
    let_wait,
    read_bond,
    read_report,
    read_view,
)
from iacrisk.service.storage.decisions import Choice, NewDecision, add_decision, decisions_on
from iacrisk.service.storage.deliveries import (
    add_delivery,
    claim_final,
    close_delivery,
    find_delivery,
    fix_final,
    list_open,
)
from iacrisk.service.storage.retention import clean_up

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
JUDGED = Judgment(
    verdict="approval-required",
    score=50,
    fingerprint="strict",
    loose_fingerprint="loose",
    report=b"{}",
    bond=b"{}",
    view=b"{}",
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = open_store(Settings(data_folder=str(tmp_path)))
    opened.migrate()
    return opened


def _held(store: Store, *, answered: bool = True) -> str:
    with store.begin() as connection:
        made = add_assessment(connection, NewAssessment(source=Source.RUN_TASK), NOW)
        keep_judgment(connection, made, JUDGED, NOW)
        found = find_assessment(connection, made)
        assert found is not None
        let_wait(connection, found, NOW)
        add_delivery(connection, f"taskrs-{made}", made, b"{}", b"sealed", NOW)
        decision = NewDecision(
            assessment=made,
            loose_fingerprint="loose",
            who="alice",
            subject="a",
            issuer="i",
            verdict=Choice.APPROVE,
            reason="fine",
            at=NOW,
        )
        add_decision(connection, decision)
        if answered:
            close_delivery(connection, f"taskrs-{made}", 200, NOW)
            finish(connection, made, NOW)
    return made


def _clean(store: Store, days: int) -> dict[str, int]:
    keeping = Keeping(waiting_days=10, page_days=20, assessment_days=30)
    with store.begin() as connection:
        return dict(clean_up(connection, Settings(keeping=keeping), NOW + days * DAY))


def test_the_queue_is_left_first_then_the_page_then_all_of_it(store: Store) -> None:
    made = _held(store)
    assert _clean(store, 9) == {"lapsed": 0, "pages": 0, "assessments": 0}
    assert _clean(store, 11) == {"lapsed": 1, "pages": 0, "assessments": 0}
    assert _clean(store, 21) == {"lapsed": 0, "pages": 1, "assessments": 0}
    with store.begin() as connection:
        found = find_assessment(connection, made)
        assert found is not None
        assert (found.state, found.score) == (State.SUPERSEDED, 50)
        assert (read_view(connection, made), read_report(connection, made)) == (None, None)
        assert read_bond(connection, made) == b"{}"
        assert len(decisions_on(connection, made)) == 1
    assert _clean(store, 31) == {"lapsed": 0, "pages": 0, "assessments": 1}
    with store.begin() as connection:
        assert find_assessment(connection, made) is None
        assert find_delivery(connection, f"taskrs-{made}") is None
        assert decisions_on(connection, made) == []


def test_what_hcp_still_waits_for_is_kept(store: Store) -> None:
    made = _held(store, answered=False)
    assert _clean(store, 1000)["assessments"] == 0
    with store.begin() as connection:
        assert list_open(connection, NOW + DAY) == [f"taskrs-{made}"]


def test_a_final_answer_is_fixed_once_and_sent_by_one_at_a_time(store: Store) -> None:
    task = f"taskrs-{_held(store, answered=False)}"
    soon, later = NOW + datetime.timedelta(seconds=30), NOW + datetime.timedelta(seconds=91)
    with store.begin() as connection:
        assert fix_final(connection, task, "failed", b"first") == b"first"
        assert fix_final(connection, task, "passed", b"second") == b"first"
        assert claim_final(connection, task, "a", NOW)
        assert not claim_final(connection, task, "b", soon)
        assert claim_final(connection, task, "a", soon)
        assert not claim_final(connection, task, "b", later)
        assert claim_final(connection, task, "b", later + DAY)
        close_delivery(connection, task, 200, later + DAY)
        assert not claim_final(connection, task, "b", later + 2 * DAY)
        found = find_delivery(connection, task)
    assert found is not None
    assert (found.token, found.final_answer, found.final_attempts) == (None, 200, 3)
