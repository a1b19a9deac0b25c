"""Judging in processes: what comes back, and what comes of plans that cannot be judged."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import msgspec
import pytest

from iacrisk.errors import ScoringFailed
from iacrisk.report.json_report import Report
from iacrisk.service.scoring.case import read_case
from iacrisk.service.scoring.job import Job, Scored
from iacrisk.service.scoring.pool import ScoringPool
from iacrisk.service.scoring.warming import SMALL_PLAN
from iacrisk.service.scoring.worker import score_plan
from iacrisk.service.settings import Scoring, Settings
from tests.conftest import ROOT
from tests.plans import create, document

HELD = ROOT / "fixtures" / "plans" / "ingress-narrowed" / "plan.json"


def _score(folder: Path, plan: bytes, **limits: int) -> Scored:
    async def run() -> Scored:
        settings = Settings(data_folder=str(folder), scoring=Scoring(**limits))
        pool = ScoringPool(settings)
        try:
            async with pool.place():
                with pool.plan_file() as (path, file):
                    file.write(plan)
                    file.flush()
                    job = Job(plan=path, workspace="prod", subject="acme/prod")
                    return await pool.score(job)
        finally:
            pool.close()

    return asyncio.run(run())


def test_a_judged_plan_comes_back_masked_and_with_what_approvals_need(tmp_path: Path) -> None:
    scored = _score(tmp_path, HELD.read_bytes())
    report, case = msgspec.json.decode(scored.report, type=Report), read_case(scored.case)

    assert (scored.verdict, report.verdict) == ("approval-required", "approval-required")
    assert report.score == scored.score
    assert case.bond.place.workspace == "prod"
    assert case.bond.plan.loose == scored.loose_fingerprint
    assert case.draft.predicate.approver == ""
    assert [item.address for item in case.held] == ["", "aws_security_group.app"]
    assert list((tmp_path / "plans").iterdir()) == []


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (b"", "empty|not|no plan"),
        (b"PK\x03\x04rest", "plan"),
        (b'{"format_version": "9.0"}', "newer than this release"),
        (b"[" * 200_000, "."),
    ],
)
def test_what_is_no_plan_is_told(tmp_path: Path, plan: bytes, told: str) -> None:
    with pytest.raises(ScoringFailed, match=told):
        _score(tmp_path, plan)


def test_a_plan_that_takes_too_much_memory_is_not_judged(tmp_path: Path) -> None:
    changes = [create(f"aws_instance.a[{n}]", {"text": "x" * 1000}) for n in range(100_000)]
    with pytest.raises(ScoringFailed, match="memory"):
        _score(tmp_path, json.dumps(document(*changes)).encode(), memory_mb=256)


def test_a_plan_that_takes_too_long_is_not_judged(tmp_path: Path) -> None:
    changes = [create(f"aws_instance.a[{n}]", {"text": "x"}) for n in range(60_000)]
    with pytest.raises(ScoringFailed, match="within 1 seconds"):
        _score(tmp_path, json.dumps(document(*changes)).encode(), seconds=1)


def test_plans_that_a_dead_process_left_are_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "4194305-left.json").write_text("{}")  # larger than any process id
    ScoringPool(Settings(data_folder=str(tmp_path))).close()
    assert list(folder.iterdir()) == []


def test_the_plan_that_warms_processes_up_can_be_judged(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_bytes(SMALL_PLAN)
    assert score_plan(Job(plan=str(plan))).verdict == "allowed"
