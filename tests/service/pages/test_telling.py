"""What starts to wait and what is decided on a page is told."""

from __future__ import annotations

from sqlalchemy import select

from iacrisk.service.notifying import announce
from iacrisk.service.people.roles import Role
from iacrisk.service.secret import Secret
from iacrisk.service.settings import Notifying, Settings
from iacrisk.service.storage.tables import notifications
from tests.service.fake_hcp import FakeHcp
from tests.service.in_process import Serve
from tests.service.pages.conftest import Site, decide
from tests.service.seeding import plan_file


def told(site: Site, settings: Settings) -> list[str]:
    with site.store.begin() as connection:
        announce(connection, settings, site.now())  # as the sender does before it sends
        rows = connection.execute(select(notifications.c.happening))
        return sorted(row.happening for row in rows)


def test_reviewers_are_told_of_a_held_run_and_others_of_the_decision(
    serve: Serve, hcp: FakeHcp
) -> None:
    nowhere = Notifying(slack_url=Secret("https://127.0.0.1:9/nobody-listens"))
    service = serve(notifying=nowhere, public_url="http://testserver.local")
    settings = Settings(notifying=nowhere)
    site = Site(service.client, service.store)
    result = hcp.run(plan_file("ingress-narrowed").read_bytes())
    service.finish(result)
    assert told(site, settings) == ["run.waiting"]

    site.come_as("alice", Role.APPROVER)
    made = service.assessed(result).id
    assert decide(site, made, "approve").status_code == 303
    assert told(site, settings) == ["run.decided", "run.waiting"]
