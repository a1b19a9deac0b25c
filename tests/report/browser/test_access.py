"""What axe finds on the page: nothing, in light and dark, on a desk and on a phone."""

from __future__ import annotations

import datetime
from typing import Any

import msgspec
import pytest

from iacrisk.assess import Assessment
from iacrisk.gate import ApprovalOutcome, Verdict
from iacrisk.gate.approving import Grant, Refusal
from iacrisk.report.batch import Batch, Fault, JudgedPlan
from iacrisk.report.page.render import render_html_batch
from tests.plans import create, delete, document, tweak
from tests.report.browser.conftest import DESKTOP, PHONE, Open
from tests.report.page.test_view import judged

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")


def complaints(page: Any) -> list[str]:
    """What axe objects to, and where."""
    found = axe.Axe().run(page).response["violations"]
    return [
        f"{item['id']}: {node['html'][:120]} {node['failureSummary']}"
        for item in found
        for node in item["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_page_with_changes_open_is_accessible(
    opened: Open, ordinary: Assessment, scheme: str, size: dict[str, int]
) -> None:
    page = opened(ordinary, color_scheme=scheme, viewport=size)
    page.evaluate(
        "document.querySelectorAll('.change').forEach((row, at) => { row.open = at % 4 == 0 })"
    )
    page.evaluate("document.querySelectorAll('.noise, .inner').forEach(each => each.open = true)")
    assert complaints(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_approvals_doubts_and_an_index_are_accessible(opened: Open, scheme: str) -> None:
    held = judged(document(delete("aws_db_instance.main")))
    now = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
    grant = Grant(
        person="alice",
        signer="alice@example.com",
        key="SHA256:x",
        statement="sha256:y",
        reason="The copy was checked.",
        approved_at=now,
        expires=now + datetime.timedelta(hours=8),
    )
    outcome = ApprovalOutcome(
        verdict=Verdict.BLOCKED,
        granted=(grant,),
        refused=(Refusal(source="b.json", why="It has expired."),),
        missing=("1 of 2 approvals by platform (approval rule 1).",),
        notes=("The policy names two people.",),
    )
    doubtful = judged(
        document(tweak("aws_instance.a", {"id": "i"}, ami="b"), create("aws_x.x"), complete=False)
    )
    plans = (
        JudgedPlan(name="a/plan.json", fault=Fault(problem="No plan.", remedy="Run terraform.")),
        JudgedPlan(name="b/plan.json", assessment=msgspec.structs.replace(held, approval=outcome)),
        JudgedPlan(name="c/plan.json", assessment=doubtful),
        JudgedPlan(name="d/plan.json", assessment=judged(document())),
    )
    page = opened(
        render_html_batch(Batch(plans=plans, several=True, soft=True)), color_scheme=scheme
    )
    assert page.locator(".approvals .granted").is_visible()
    assert page.locator(".doubt").count() > 0
    assert complaints(page) == []
