"""Every page at two widths, light and dark: nothing sticks out, and axe finds nothing."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from iacrisk.service.storage.assessments import State
from tests.service.browser.conftest import DESKTOP, PHONE, Running, serving, settings_in
from tests.service.browser.people import sign_in_by_token
from tests.service.seeding import QUORUM, decided, plan_file, seed

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

Visitor = Callable[..., Any]
Shoot = Callable[[Any, str], None]
LOOKS: Final[dict[str, dict[str, Any]]] = {
    "desktop-light": {"viewport": DESKTOP, "color_scheme": "light"},
    "desktop-dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone-light": {"viewport": PHONE, "color_scheme": "light", "is_mobile": True},
    "phone-dark": {"viewport": PHONE, "color_scheme": "dark", "is_mobile": True},
}
HOUR: Final = datetime.timedelta(hours=1)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, dict[str, str]]]:
    """A service with something on every page, and where to find it."""
    folder = tmp_path_factory.mktemp("service")
    policy = folder / "iacrisk.toml"
    policy.write_text(QUORUM)
    with serving(settings_in(folder)) as running:
        now, store = running.now(), running.store
        seed(
            store,
            plan_file("tags-only"),
            now - 30 * HOUR,
            workspace="blog",
            author="amir",
            message="Tag everything",
            settled=State.ALLOWED,
        )
        rejected = seed(
            store,
            plan_file("policy-wildcard"),
            now - 9 * HOUR,
            workspace="iam-core",
            author="bob",
            message="Let the deployer do its work",
        )
        decided(store, rejected, "alice", now - 8 * HOUR, against=True)
        approved = seed(
            store,
            plan_file("ingress-narrowed"),
            now - 5 * HOUR,
            workspace="network-prod",
            author="vera",
            message="Narrow the range",
        )
        decided(store, approved, "alice", now - 4 * HOUR)
        quorum = seed(
            store,
            plan_file("rds-replaced"),
            now - 3 * HOUR,
            workspace="orders-prod",
            policy=policy,
            author="bob",
            message="Encrypt the orders database (#482)",
        )
        decided(store, quorum, "alice", now - 2 * HOUR)
        seed(
            store,
            plan_file("ssh-open-danger"),
            now - HOUR,
            workspace="bastion",
            author="renovate[bot]",
            message="Open SSH for the migration weekend; closed again on Monday, see the ticket",
        )
        paths = {
            "waiting": "/",
            "assessment-quorum": f"/assessments/{quorum}",
            "assessment-approved": f"/assessments/{approved}",
            "assessment-rejected": f"/assessments/{rejected}",
            "history": "/history",
            "history-of-one": "/history?organisation=acme&workspace=orders-prod",
            "people": "/people",
            "audit": "/audit",
            "no-such-page": "/nowhere",
        }
        yield running, paths


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_whole_and_axe_finds_nothing(
    furnished: tuple[Running, dict[str, str]], visitor: Visitor, shoot: Shoot, look: str
) -> None:
    running, paths = furnished
    page = visitor(**LOOKS[look])
    page.goto(f"{running.url}/sign-in")
    faults = {"sign-in": faults_of(page, "sign-in", look, shoot)}
    sign_in_by_token(page, running, "Ada Admin")
    for name, path in paths.items():
        page.goto(running.url + path)
        faults[name] = faults_of(page, name, look, shoot)
    page.goto(running.url + paths["assessment-quorum"])
    page.locator("details.change > summary").first.click()
    faults["change-open"] = faults_of(page, "change-open", look, shoot)
    assert {name: found for name, found in faults.items() if found} == {}


def faults_of(page: Any, name: str, look: str, shoot: Shoot) -> list[str]:
    """What axe finds on the page, and what sticks out to the side."""
    shoot(page, f"{name}-{look}")
    response = axe.Axe().run(page).response
    assert len(response["passes"]) > 10, "axe looked at the page"
    found = response["violations"]
    faults = [
        f"{each['id']}: {json.dumps([node['target'] for node in each['nodes']][:4])}"
        for each in found
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return faults + ([f"sticks out by {wide}"] if wide > 0 else [])
