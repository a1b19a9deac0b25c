"""People sign in, look at a held plan, and decide on it, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.service.browser.conftest import PHONE, Running
from tests.service.browser.people import sign_in_at_provider, sign_in_by_token
from tests.service.seeding import QUORUM, decided, plan_file, seed

Visitor = Callable[..., Any]
Shoot = Callable[[Any, str], None]


def test_a_stranger_signs_in_by_the_printed_token_and_approves(
    running: Running, visitor: Visitor, shoot: Shoot
) -> None:
    seed(running.store, plan_file("ingress-narrowed"), running.now(), message="Narrow the range")
    page = visitor()
    page.goto(running.url)
    assert page.url == f"{running.url}/sign-in"
    shoot(page, "sign-in")
    sign_in_by_token(page, running, "Ada Admin")
    shoot(page, "waiting")
    page.get_by_role("link", name="shop-prod").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "APPROVAL REQUIRED"
    shoot(page, "assessment")
    page.get_by_label("Reason").fill("The old range has had no traffic for a week.")
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("heading", name="What was decided").wait_for()
    assert "Ada Admin approved" in page.inner_text("#decide")
    assert "approved" in page.inner_text(".where-state")
    shoot(page, "assessment-approved")
    page.get_by_role("link", name="Waiting").click()
    assert "Nothing waits" in page.inner_text("main")
    shoot(page, "waiting-nothing")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    page.goto(running.url)
    assert page.url == f"{running.url}/sign-in"


def test_two_people_of_the_provider_make_a_quorum(
    running_with_provider: Running, visitor: Visitor, shoot: Shoot, tmp_path: Path
) -> None:
    running = running_with_provider
    policy = tmp_path / "iacrisk.toml"
    policy.write_text(QUORUM)
    made = seed(running.store, plan_file("rds-replaced"), running.now(), policy=policy)
    alice, bob = visitor(), visitor()
    alice.goto(f"{running.url}/assessments/{made}")
    shoot(alice, "sign-in-provider")
    sign_in_at_provider(alice, running.url, "alice")
    alice.goto(f"{running.url}/assessments/{made}")
    assert "0 of 2 approvals" in alice.inner_text("#decide")
    alice.get_by_label("Reason").fill("A snapshot exists.")
    alice.get_by_role("button", name="Approve").click()
    alice.get_by_text("1 of 2 approvals").wait_for()
    shoot(alice, "assessment-one-of-two")

    sign_in_at_provider(bob, running.url, "bob")
    bob.get_by_role("link", name="shop-prod").first.click()
    assert "alice@example.com approved" in bob.inner_text("#decide")
    bob.get_by_label("Reason").fill("Seen too.")
    bob.get_by_role("button", name="Approve").click()
    bob.get_by_role("heading", name="What was decided").wait_for()
    assert "bob@example.com approved" in bob.inner_text("#decide")
    assert "of 2 approvals" not in bob.inner_text("#decide")


def test_the_way_back_from_the_provider_leads_to_the_page_that_was_asked_for(
    running_with_provider: Running, visitor: Visitor
) -> None:
    running = running_with_provider
    made = seed(running.store, plan_file("ingress-narrowed"), running.now())
    page = visitor()
    sign_in_at_provider(page, f"{running.url}/assessments/{made}", "vera")
    page.wait_for_url(f"{running.url}/assessments/{made}")
    assert "may look but not decide" in page.inner_text("#decide")
    assert page.get_by_role("button", name="Approve").count() == 0


def test_the_author_is_not_offered_an_approval(
    running_with_provider: Running, visitor: Visitor, shoot: Shoot
) -> None:
    running = running_with_provider
    made = seed(running.store, plan_file("ingress-narrowed"), running.now(), author="alice")
    page = visitor()
    sign_in_at_provider(page, f"{running.url}/assessments/{made}", "alice")
    assert "may not approve it" in page.inner_text("#decide")
    assert page.get_by_role("button", name="Approve").count() == 0
    assert page.get_by_role("button", name="Reject").count() == 1
    shoot(page, "assessment-author")


@pytest.mark.parametrize("login", ["nora", "ulf"])
def test_who_has_no_role_or_no_verified_address_stays_outside(
    running_with_provider: Running, visitor: Visitor, shoot: Shoot, login: str
) -> None:
    page = visitor()
    sign_in_at_provider(page, running_with_provider.url, login)
    text = page.inner_text("main")
    assert ("has no role here yet" in text) or ("e-mail is verified" in text)
    shoot(page, f"refused-{login}")
    page.goto(running_with_provider.url)
    assert page.url.endswith("/sign-in")


def test_everything_works_without_javascript_on_a_phone(running: Running, visitor: Visitor) -> None:
    seed(running.store, plan_file("rds-replaced"), running.now(), author="bob")
    decided_before = seed(running.store, plan_file("ingress-narrowed"), running.now())
    decided(running.store, decided_before, "alice", running.now(), against=True)
    page = visitor(java_script_enabled=False, viewport=PHONE, has_touch=True, is_mobile=True)
    sign_in_by_token(page, running, "Ada")
    assert "rejected" in page.inner_text("main")
    page.get_by_role("link", name="shop-prod").first.tap()
    assert page.get_by_role("heading", level=1).inner_text() == "BLOCKED"
    page.locator("details.change > summary").first.tap()
    assert page.locator("details.change").first.evaluate("each => each.open")
    page.get_by_label("Reason").fill("Not now.")
    page.get_by_role("button", name="Reject").tap()
    page.get_by_role("button", name="Withdraw").wait_for()
    assert "Ada rejected" in page.inner_text("#decide")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"], "nothing sticks out to the side"


def test_the_keyboard_is_enough(running: Running, visitor: Visitor) -> None:
    seed(running.store, plan_file("ingress-narrowed"), running.now())
    page = visitor()
    sign_in_by_token(page, running, "Ada")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="APPROVAL REQUIRED").wait_for()
    page.get_by_label("Reason").focus()
    page.keyboard.type("Read and found harmless.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What was decided").wait_for()
