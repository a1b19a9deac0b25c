"""What people do at the pages, as more than one test needs it."""

from __future__ import annotations

from typing import Any

from tests.service.browser.conftest import Running


def sign_in_at_provider(page: Any, url: str, login: str) -> None:
    """From our sign-in page through the provider's and back."""
    page.goto(url)
    page.get_by_role("link", name="Sign in with Example ID").click()
    page.fill('input[name="login"]', login)
    page.fill('input[name="password"]', "any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()
    home = "/".join(url.split("/")[:3])
    page.wait_for_url(lambda found: found.startswith(home))


def sign_in_by_token(page: Any, running: Running, name: str) -> None:
    """With a token as it is printed at boot."""
    page.goto(running.url)
    page.get_by_label("Your name or e-mail").fill(name)
    page.get_by_label("Admin token").fill(running.admin_token())
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Waiting for a decision").wait_for()
