"""Whatever the service writes while things go well and badly, no secret is in it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from tests.service.fake_hcp import FakeHcp, Manners
from tests.service.faults.arena import HOLDING, Arena, plan
from tests.service.postgres import PASSWORD
from tests.service.process import SECRET_KEY, free_port

_KEY = "whsec_" + base64.b64encode(b"key of the notifications, 32 b.").decode()
_METRICS = "token-of-the-metrics"
_SENSITIVE = "hunter2-in-the-plan"


def _plan() -> bytes:
    """A plan with a sensitive value that changes."""
    body = json.loads(plan())
    for change in body["resource_changes"]:
        if change["address"] == "aws_security_group.app":
            change["change"]["after"]["description"] = _SENSITIVE
            change["change"]["after_sensitive"] = {"description": True}
    return json.dumps(body).encode()


def test_no_secret_is_in_any_output(tmp_path: Path, database_url: str) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    settings = HOLDING | {
        "IACRISK_OPERATIONS_LOG_LEVEL": "debug",
        "IACRISK_OPERATIONS_METRICS_TOKEN": _METRICS,
        "IACRISK_NOTIFYING_WEBHOOK_URL": f"{nobody}/hooks/secret-path-of-the-hook",
        "IACRISK_NOTIFYING_WEBHOOK_KEY": _KEY,
        "IACRISK_NOTIFYING_SLACK_URL": f"{nobody}/services/T0/B0/secret-path-of-slack",
    }
    with (
        FakeHcp(key="key-of-the-run-task") as hcp,
        Arena(hcp, tmp_path, database_url=database_url, settings=settings) as arena,
    ):
        arena.service.start()
        manners = (
            Manners(not_ready=1),
            Manners(plan_answers=(401,)),
            Manners(
                redirect_to="https://user:secret-in-a-link@files.example/secret-path-of-a-link"
            ),
            Manners(callback_answers=(500,), cut_answers=1),
        )
        results = [
            hcp.run(_plan(), each, workspace_name=f"network-{number}")
            for number, each in enumerate(manners)
        ]
        for result in results:
            assert hcp.deliver(result, arena.service.webhook) == 200
        assert hcp.post(arena.service.webhook, b"{}", "forged") == 401
        assert hcp.post(arena.service.webhook, b"{") == 400
        arena.service.get("/metrics", {"Authorization": f"Bearer {_METRICS}"})
        arena.wait_waiting(results[0], results[3])
        arena.service.kill()
        arena.service.start()
        for result in (results[0], results[3]):
            arena.approve(result)
        arena.finish("secrets", results, "passed", "failed")
        written = arena.service.output()

    assert '"answered"' in written
    assert '"level": "debug"' in written
    links = hcp.links()
    assert links
    for secret in (
        *("key-of-the-run-task", SECRET_KEY, PASSWORD, _KEY, _METRICS, _SENSITIVE),
        *("secret-path-of-the-hook", "secret-path-of-slack"),
        *("secret-in-a-link", "secret-path-of-a-link"),
        *(result.token for result in results),
        *links,
    ):
        assert secret not in written
