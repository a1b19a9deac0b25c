"""A first hour: start the service, see a run held, approve it, see the gate turn green."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.service.fake_hcp import FakeHcp
from tests.service.process import Service
from tests.service.seeding import plan_file


def test_a_run_is_held_approved_in_the_browser_and_passes(
    hcp: FakeHcp,
    tmp_path: Path,
    visitor: Callable[..., Any],
    shoot: Callable[[Any, str], None],
) -> None:
    plan = plan_file("ingress-narrowed").read_bytes()
    hold = {"IACRISK_MODE": "hold", "IACRISK_HOLDING_HEARTBEAT_SECONDS": "2"}
    with Service(hcp, tmp_path, settings=hold) as service:
        result = hcp.run(plan)
        assert hcp.deliver(result, service.webhook) == 200
        hcp.wait_running(result, 2, timeout=90)
        assert result.finals == []

        printed = re.search(r"admin token (\S+)", service.output())
        assert printed, "the token is printed at boot"
        page = visitor()
        page.goto(service.url)
        page.get_by_label("Your name or e-mail").fill("ada@example.com")
        page.get_by_label("Admin token").fill(printed[1])
        page.get_by_role("button", name="Sign in").click()
        page.locator(".ticket h2 a").click()
        page.get_by_role("heading", name="APPROVAL REQUIRED").wait_for()
        shoot(page, "gate-held")
        page.get_by_label("Reason").fill("The old range has had no traffic for a week.")
        page.get_by_role("button", name="Approve").click()
        page.get_by_role("heading", name="What was decided").wait_for()
        shoot(page, "gate-approved")

        hcp.wait_final(result, timeout=90)
        assert result.final.body["data"]["attributes"]["status"] == "passed"
        assert "approved by ada@example.com" in result.final.body["data"]["attributes"]["message"]
