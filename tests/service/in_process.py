"""The service in this process: quick to start, its store at hand."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from iacrisk.service.deciding import Identity
from iacrisk.service.secret import Secret
from iacrisk.service.settings import Hcp
from iacrisk.service.storage import Store
from iacrisk.service.storage.assessments import Assessed, find_assessment
from iacrisk.service.storage.deliveries import Delivery, find_delivery
from iacrisk.service.webhook.signature import HEADER
from iacrisk.service.workflow import wake
from tests.service.fake_hcp import ARCHIVE_HOST, FakeHcp, TaskResult

if TYPE_CHECKING:
    from litestar.testing import TestClient

ALICE = Identity(who="alice@example.com", subject="alice", issuer="https://sign-in.example")


class Service:
    """The service in this process, with an HCP that it trusts."""

    def __init__(self, client: TestClient[Any], hcp: FakeHcp) -> None:
        self.client = client
        self.hcp = hcp
        self.store: Store = client.app.state["store"]

    def deliver(self, result: TaskResult) -> int:
        """Post its webhook; the answer's status."""
        body = msgspec.json.encode(result.payload)
        return self.post(body, self.hcp.sign(body))

    def post(self, body: bytes, signature: str) -> int:
        headers = {HEADER: signature, "Content-Type": "application/json"}
        return self.client.post("/v1/run-task", content=body, headers=headers).status_code

    def finish(self, result: TaskResult) -> tuple[str, str]:
        """Deliver it and wait for its end: the final status and its message."""
        assert self.deliver(result) == 200
        return self.end(result)

    def end(self, result: TaskResult) -> tuple[str, str]:
        self.hcp.wait_final(result, timeout=60)
        attributes = result.final.body["data"]["attributes"]
        return attributes["status"], attributes["message"]

    def delivery(self, result: TaskResult) -> Delivery:
        with self.store.begin() as connection:
            found = find_delivery(connection, result.id)
        assert found is not None
        return found

    def assessed(self, result: TaskResult) -> Assessed:
        with self.store.begin() as connection:
            found = find_assessment(connection, self.delivery(result).assessment)
        assert found is not None
        return found

    def decide(self, result: TaskResult, how: Callable[..., Any], who: Identity = ALICE) -> None:
        now = datetime.datetime.now(datetime.UTC)
        with self.store.begin() as connection:
            how(connection, self.delivery(result).assessment, who, "looked at it", now)
        assert self.client.blocking_portal is not None
        self.client.blocking_portal.call(wake, result.id)


Serve = Callable[..., Service]


def hcp_settings(hcp: FakeHcp) -> Hcp:
    """That trust this HCP on this machine."""
    return Hcp(
        hmac_key=Secret(hcp.key),
        hosts=("localhost",),
        download_hosts=(ARCHIVE_HOST,),
        allow_private_addresses=True,
        ca_file=str(hcp.authority),
    )
