"""Held plans in a store, judged as the service judges them, for tests of the pages."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Final

from iacrisk.service.deciding import Identity, approve, reject
from iacrisk.service.scoring.job import Job
from iacrisk.service.scoring.worker import score_plan
from iacrisk.service.storage import Store
from iacrisk.service.storage.assessments import (
    Judgment,
    NewAssessment,
    Source,
    State,
    add_assessment,
    find_assessment,
    keep_judgment,
    let_wait,
    settle,
)
from tests.conftest import ROOT

PLANS: Final = ROOT / "fixtures" / "plans"
QUORUM: Final = """
[approvals]
agents = ["*-robot@*"]
rules = [{ quorum = 2, may_unblock = true }]
"""


def plan_file(name: str) -> Path:
    """The plan of a fixture."""
    return PLANS / name / "plan.json"


def seed(
    store: Store,
    plan: Path,
    now: datetime.datetime,
    *,
    policy: Path | None = None,
    author: str = "mallory",
    workspace: str = "shop-prod",
    message: str = "",
    settled: State | None = None,
) -> str:
    """A judged plan that waits, or is settled; its id."""
    job = Job(
        plan=str(plan),
        policy=str(policy) if policy else "",
        workspace=workspace,
        subject=f"acme/{workspace}",
    )
    scored = score_plan(job)
    run = f"run-{workspace}"
    new = NewAssessment(
        source=Source.RUN_TASK,
        organisation="acme",
        workspace=workspace,
        author=author,
        run=run,
        run_url=f"https://app.terraform.io/app/acme/workspaces/{workspace}/runs/{run}",
        run_message=message,
        stage="post_plan",
    )
    judgment = Judgment(
        verdict=scored.verdict,
        score=scored.score,
        fingerprint=scored.fingerprint,
        loose_fingerprint=scored.loose_fingerprint,
        report=scored.report,
        bond=scored.case,
        view=scored.view,
    )
    with store.begin() as connection:
        made = add_assessment(connection, new, now)
        keep_judgment(connection, made, judgment, now)
        found = find_assessment(connection, made)
        assert found is not None
        if settled is None:
            let_wait(connection, found, now)
        else:
            settle(connection, made, settled, now)
    return made


def person(name: str) -> Identity:
    """Somebody who signed in at the tests' provider."""
    return Identity(who=f"{name}@example.com", subject=name, issuer="https://id.example")


def decided(
    store: Store,
    made: str,
    who: str,
    now: datetime.datetime,
    *,
    against: bool = False,
    reason: str = "Not before the freeze ends.",
) -> None:
    """Somebody decides."""
    with store.begin() as connection:
        if against:
            reject(connection, made, person(who), reason, now)
        else:
            approve(connection, made, person(who), "Seen with the team.", now)
