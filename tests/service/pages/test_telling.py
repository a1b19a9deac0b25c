"""What starts to wait and what is decided is told, in the transactions that make it true."""

from __future__ import annotations

from sqlalchemy import select

from iacrisk.service.people.roles import Role
from iacrisk.service.secret import Secret
from iacrisk.service.settings import Notifying
from iacrisk.service.storage.tables import notifications
from tests.service.fake_hcp import FakeHcp
from tests.service.in_process import Serve
from tests.service.pages.conftest import Site, decide
from tests.service.seeding import plan_file


def told(site: Site) -> list[str]:
    with site.store.begin() as connection:
        rows = connection.execute(select(notifications.c.happening))
        return sorted(row.happening for row in rows)


def test_reviewers_are_told_of_a_held_run_and_others_of_the_decision(
    serve: Serve, hcp: FakeHcp
) -> None:
    nowhere = Notifying(slack_url=Secret("https://127.0.0.1:9/nobody-listens"))
    service = serve(notifying=nowhere, public_url="http://testserver.local")
    site = Site(service.client, service.store)
    result = hcp.run(plan_file("ingress-narrowed").read_bytes())
    service.finish(result)
    assert told(site) == ["run.waiting"]

    site.come_as("alice", Role.APPROVER)
    made = service.assessed(result).id
    assert decide(site, made, "approve").status_code == 303
    assert told(site) == ["run.decided", "run.waiting"]
