"""What nobody looks after any more is looked after."""

from __future__ import annotations

import datetime
from functools import partial
from typing import Any

import msgspec
from dbos import DBOS

from iacrisk.service.hcp.payload import Payload
from iacrisk.service.secret import Secret
from iacrisk.service.storage.assessments import NewAssessment, Source, add_assessment
from iacrisk.service.storage.deliveries import add_delivery
from iacrisk.service.storage.replicas import list_silent, show_up
from iacrisk.service.workflow import Engine
from iacrisk.service.workflow.supervision import sweep, take_over, tidy
from tests.conftest import ROOT
from tests.service.fake_hcp import FakeHcp, TaskResult
from tests.service.in_process import Serve, Service

ALLOWED = (ROOT / "fixtures" / "plans" / "tags-only" / "plan.json").read_bytes()
MINUTE = datetime.timedelta(minutes=1)


def _keep(service: Service, result: TaskResult) -> None:
    """What a process that died right after keeping a delivery leaves."""
    engine: Engine = service.client.app.state["engine"]
    payload = msgspec.convert(result.payload, Payload)
    with service.store.begin() as connection:
        made = add_assessment(connection, NewAssessment(source=Source.RUN_TASK), engine.now())
        add_delivery(
            connection,
            result.id,
            made,
            msgspec.json.encode(payload),
            engine.cipher.seal(Secret(result.token)),
            engine.now() - MINUTE,
        )


def test_a_delivery_that_was_kept_and_not_started_is_started(serve: Serve, hcp: FakeHcp) -> None:
    service, result = serve(), hcp.run(ALLOWED)
    _keep(service, result)
    assert service.client.blocking_portal is not None
    service.client.blocking_portal.call(sweep, service.client.app.state["engine"])

    assert service.end(result)[0] == "passed"


def test_what_is_under_way_is_not_started_twice(serve: Serve, hcp: FakeHcp) -> None:
    service, result = serve(), hcp.run(ALLOWED)
    _keep(service, result)
    portal, engine = service.client.blocking_portal, service.client.app.state["engine"]
    assert portal is not None
    for _ in range(3):
        portal.call(sweep, engine)
    service.end(result)

    known = portal.call(partial(DBOS.list_workflows_async, workflow_id_prefix=result.id))
    assert [each.workflow_id for each in known] == [result.id]


def test_tidying_forgets_workflows_that_are_long_over(serve: Serve, hcp: FakeHcp) -> None:
    service, result = serve(), hcp.run(ALLOWED)
    service.finish(result)
    portal, engine = service.client.blocking_portal, service.client.app.state["engine"]
    assert portal is not None
    known = partial(DBOS.list_workflows_async, workflow_id_prefix=result.id)
    portal.call(tidy, engine)
    assert len(portal.call(known)) == 1
    handle: Any = portal.call(DBOS.retrieve_workflow_async, result.id)
    assert portal.call(handle.get_result) == "passed"

    engine.now = lambda: datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=8)
    portal.call(tidy, engine)
    assert portal.call(known) == []


def test_a_replica_that_fell_silent_is_forgotten_once_its_work_is_taken_over(
    serve: Serve,
) -> None:
    service = serve()
    portal, engine = service.client.blocking_portal, service.client.app.state["engine"]
    assert portal is not None
    now = datetime.datetime.now(datetime.UTC)
    with service.store.begin() as connection:
        show_up(connection, "dead", now - MINUTE)
        show_up(connection, "alive", now)
    portal.call(take_over, engine)

    with service.store.begin() as connection:
        assert list(list_silent(connection, "nobody", now + MINUTE)) == ["alive", engine.replica]
