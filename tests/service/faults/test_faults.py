"""Whatever breaks, each run gets exactly one final callback, and no approval is lost or used twice.

The scenarios say what they do and check; here they are small. `python -m tests.service.faults`
plays them at full size.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.faults import clocks, killing, outages, plans, storms
from tests.service.postgres import found

needs_postgresql = pytest.mark.skipif(found() is None, reason="no PostgreSQL server is installed")


def test_a_process_that_dies_before_a_commit_goes_on_after_it(tmp_path: Path) -> None:
    assert killing.kill_before_commits(tmp_path, points=(1, 2, 9)).runs == 3


def test_a_process_that_dies_on_postgresql_goes_on(tmp_path: Path, database_url: str) -> None:
    assert killing.kill_before_commits(tmp_path, database_url, points=(6,)).runs == 1


def test_an_approval_outlives_the_process(tmp_path: Path) -> None:
    assert killing.kill_after_approvals(tmp_path, points=(1,)).runs == 1


def test_a_process_that_dies_during_a_request_goes_on(tmp_path: Path) -> None:
    assert killing.kill_in_requests(tmp_path).runs == 3


def test_a_service_that_is_asked_to_stop_goes_on_later(tmp_path: Path) -> None:
    assert killing.stop_politely(tmp_path, times=2).runs == 8


def test_a_service_that_dies_alone_leaves_nothing_behind(tmp_path: Path) -> None:
    assert killing.kill_main_alone(tmp_path).runs == 1


def test_a_judge_that_dies_lets_nothing_pass(tmp_path: Path) -> None:
    assert killing.kill_judges(tmp_path, runs=1).runs == 2


@needs_postgresql
def test_a_database_that_goes_away_and_comes_back_loses_nothing(tmp_path: Path) -> None:
    assert outages.database_gone(tmp_path, seconds=3).runs == 6


def test_faults_of_hcp_pass(tmp_path: Path) -> None:
    assert outages.hcp_fails(tmp_path).runs == 7


def test_refusals_of_hcp_and_strange_links_fail(tmp_path: Path) -> None:
    assert outages.hcp_refuses(tmp_path).runs == 7


def test_an_hcp_that_flaps_gets_every_answer(tmp_path: Path) -> None:
    assert outages.hcp_flaps(tmp_path, runs=4, seconds=3).runs == 4


def test_duplicates_change_nothing(tmp_path: Path) -> None:
    assert storms.duplicates(tmp_path, runs=4, times=10).runs == 4


def test_stages_in_any_order_are_answered(tmp_path: Path) -> None:
    assert storms.stages_out_of_order(tmp_path).runs == 6


def test_two_approvals_at_once_both_count(tmp_path: Path) -> None:
    assert storms.approvals_at_once(tmp_path, runs=2).runs == 2


def test_two_approvals_at_once_both_count_on_postgresql(tmp_path: Path, database_url: str) -> None:
    assert storms.approvals_at_once(tmp_path, database_url, runs=4).runs == 4


def test_one_approval_lets_one_run_apply(tmp_path: Path, database_url: str) -> None:
    assert storms.approvals_used(tmp_path, database_url, runs=2).runs == 6


def test_forged_and_replayed_webhooks_begin_nothing(tmp_path: Path) -> None:
    assert storms.forgeries(tmp_path).runs == 1


def test_two_replicas_answer_once(tmp_path: Path, database_url: str) -> None:
    assert storms.replicas_race(tmp_path, database_url, runs=5).runs == 5


def test_a_queue_outlives_the_process(tmp_path: Path) -> None:
    assert storms.queue(tmp_path, runs=12, kills=1).runs == 12


@pytest.mark.skipif(clocks.library() is None, reason="libfaketime is not installed")
def test_a_clock_that_jumps_lets_nothing_go(tmp_path: Path) -> None:
    assert clocks.clock_jumps(tmp_path, pause=1.5).runs == 5


def test_hostile_plans_fail_with_a_reason(tmp_path: Path) -> None:
    assert plans.hostile(tmp_path, bomb_mb=300).runs == 10


def test_plans_above_the_limits_fail(tmp_path: Path) -> None:
    assert plans.too_large(tmp_path).runs == 2
