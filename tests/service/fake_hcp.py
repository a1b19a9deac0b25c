"""An HCP Terraform that lives in the tests: run tasks as ../shared/CONTRACTS.md section 1 tells.

It is a real HTTP server over TLS, with a certificate of a throw-away authority. It delivers signed
webhooks, serves plans behind a link that lives a minute and points to another host name, and takes
callbacks only when they satisfy the published schema. Everything that arrives is recorded, so that
a test can say "exactly one final callback".
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import json
import secrets
import ssl
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme

from tests.service.callback_schema import faults_of
from tests.service.hcp_server import HcpServer

API_HOST = "localhost"
ARCHIVE_HOST = "127.0.0.1"  # another name than the API's, so a forwarded token is a leak
FINAL = ("passed", "failed")


@dataclass(slots=True, kw_only=True)
class Manners:
    """How HCP treats one run; left alone, it is a healthy HCP."""

    not_ready: int = 0
    """How often the plan is answered with 204 first."""

    plan_answers: Sequence[int] = ()
    """Statuses of the first requests for the plan, such as 401, 404, 422, 500."""

    archive_answers: Sequence[int] = ()
    callback_answers: Sequence[int] = ()
    """Statuses of the first callbacks, which are then not taken."""

    cut_answers: int = 0
    """How many callbacks are taken and then not answered: the connection is cut."""

    link_life: float = 60.0
    redirect_to: str | None = None
    """Where the plan's link points instead of the archive."""

    archive_headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before each answer."""

    meanwhile: Callable[[str], None] = lambda _: None
    """Called with `plan`, `archive` or `callback` when such a request came, before its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """One PATCH of a task result, as it arrived and as it was answered."""

    at: float
    status: str | None
    answer: int
    body: Any
    faults: Sequence[str] = ()

    @property
    def taken(self) -> bool:
        return self.answer == 200


@dataclass(slots=True, kw_only=True, eq=False)
class TaskResult:
    """One run task of one run."""

    id: str
    token: str
    payload: dict[str, Any]
    plan: bytes
    manners: Manners
    callbacks: list[Callback] = field(default_factory=list)
    delivered: int = 0
    """What the last delivery of the webhook was answered with."""

    plan_requests: int = 0
    archive_requests: int = 0

    @property
    def finals(self) -> list[Callback]:
        """The final callbacks that were taken: one, if all is well."""
        return [
            callback for callback in self.callbacks if callback.taken and callback.status in FINAL
        ]

    @property
    def final(self) -> Callback:
        """The only final callback.

        Raises:
            AssertionError: if there is none, or more than one.

        """
        finals = self.finals
        assert len(finals) == 1, f"{self.id}: {[callback.status for callback in self.callbacks]}"
        return finals[0]


class FakeHcp:
    """The server. `with FakeHcp() as hcp:` starts and stops it."""

    def __init__(self, *, key: str = "webhook-key", folder: Path | None = None) -> None:
        self.key = key
        self.results: dict[str, TaskResult] = {}
        self.leaks: list[str] = []
        """Requests that carried a token to the archive: none, if all is well."""
        self.strangers: list[str] = []
        """Requests for things that do not exist or with a wrong token."""
        self.fault: int | None = None
        """While set, every request is answered with this status."""
        self._links: dict[str, tuple[float, TaskResult]] = {}
        self._changed = threading.Condition()
        self._own_folder = None if folder else tempfile.TemporaryDirectory()
        self.authority = (
            folder or Path(self._own_folder.name if self._own_folder else "")
        ) / "ca.pem"
        """The throw-away authority's certificate: what the service has to trust."""
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.authority))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(API_HOST, ARCHIVE_HOST).configure_cert(self._context)
        self._server = HcpServer((ARCHIVE_HOST, 0), self, self._context)
        self.port = self._server.server_address[1]
        self.url = f"https://{API_HOST}:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    def __enter__(self) -> FakeHcp:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self.close()

    def close(self) -> None:
        """Give the port back; for one that never started."""
        self._server.server_close()
        if self._own_folder:
            self._own_folder.cleanup()

    # What a test does.

    def run(
        self,
        plan: bytes = b"",
        manners: Manners | None = None,
        *,
        stage: str = "post_plan",
        **fields: Any,
    ) -> TaskResult:
        """A run that has reached a stage with our run task; nothing is delivered yet.

        `fields` replace members of the webhook's payload.
        """
        task, token = _id("taskrs"), f"{secrets.token_hex(8)}.atlasv1.{secrets.token_hex(24)}"
        payload = self._payload(task, token, stage) | fields
        payload = {name: value for name, value in payload.items() if value is not ...}
        result = TaskResult(
            id=payload["task_result_id"],
            token=token,
            payload=payload,
            plan=plan,
            manners=manners or Manners(),
        )
        with self._changed:
            self.results[result.id] = result
        return result

    def ping(self, webhook: str) -> int:
        """The test request of an administrator who saves the run task."""
        names = ("organization_name", "run_id", "task_result_id", "workspace_id", "workspace_name")
        placeholders = dict.fromkeys(names, "xxxxxxxxxxxx")
        ping = {
            "payload_version": 1,
            "stage": "test",
            "access_token": "test-token",
            "task_result_enforcement_level": "test",
            "task_result_callback_url": f"{self.url}/api/v2/task-results/xxxx/callback",
            **placeholders,
        }
        return self.post(webhook, json.dumps(ping).encode())

    def deliver(
        self, result: TaskResult, webhook: str, *, tries: int = 1, pause: float = 0.2
    ) -> int:
        """Post the webhook, again after anything but 200; the last answer (0: no connection)."""
        body = json.dumps(result.payload).encode()
        answer = 0
        for turn in range(tries):
            if turn:
                time.sleep(pause)
            answer = self.post(webhook, body)
            if answer == 200:
                break
        if result.delivered != 200:
            result.delivered = answer
        return answer

    def post(self, webhook: str, body: bytes, signature: str | None = None) -> int:
        """Post a body, signed unless a signature is given; its status, 0 without a connection."""
        where = urllib.parse.urlsplit(webhook)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "TFC/1.0 (+https://app.terraform.io; TFC)",
            "X-TFC-Task-Signature": self.sign(body) if signature is None else signature,
        }
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
        with contextlib.closing(connection):
            try:
                connection.request("POST", where.path or "/", body, headers)
                answer = connection.getresponse()
                answer.read()
            except OSError:
                return 0
            except http.client.HTTPException:
                return 0
            return answer.status

    def sign(self, body: bytes) -> str:
        """The signature of a body: HMAC-SHA512, in lower-case hexadecimal."""
        return hmac.new(self.key.encode(), body, hashlib.sha512).hexdigest()

    def wait_final(self, *results: TaskResult, timeout: float = 30) -> None:
        """Until each result has a final callback.

        Raises:
            AssertionError: if one has none after the time.

        """
        with self._changed:
            done = self._changed.wait_for(lambda: all(one.finals for one in results), timeout)
        waiting = [one.id for one in results if not one.finals]
        assert done, f"no final callback: {waiting[:5]} ({len(waiting)} of {len(results)})"

    def wait_running(self, result: TaskResult, count: int = 1, timeout: float = 30) -> None:
        """Until a result has had this many `running` callbacks.

        Raises:
            AssertionError: if it has fewer after the time.

        """

        def running() -> int:
            return sum(one.taken and one.status == "running" for one in result.callbacks)

        with self._changed:
            done = self._changed.wait_for(lambda: running() >= count, timeout)
        assert done, f"{running()} running callbacks, not {count}"

    # What the handler asks.

    def link(self, result: TaskResult) -> str:
        """Where this run's plan can be had for a while."""
        if result.manners.redirect_to is not None:
            return result.manners.redirect_to
        key = secrets.token_urlsafe(24)
        with self._changed:
            self._links[key] = (time.monotonic() + result.manners.link_life, result)
        return f"https://{ARCHIVE_HOST}:{self.port}/archive/{key}"

    def links(self) -> list[str]:
        """The keys of all links there were; whoever has one can read a plan for a minute."""
        return list(self._links)

    def linked(self, key: str) -> TaskResult | None:
        """The run a link belongs to, unless it is over."""
        with self._changed:
            until, result = self._links.get(key, (0.0, None))
        return result if time.monotonic() < until else None

    def take(self, result: TaskResult, body: object) -> tuple[int, bool, Sequence[str]]:
        """Judge and record one callback: the answer, whether to cut it, what is wrong with it."""
        faults = faults_of(body)
        status = None if faults else body["data"]["attributes"]["status"]  # type: ignore[index]
        manners = result.manners
        with self._changed:
            number = len(result.callbacks)
            if self.fault is not None:
                answer = self.fault
            elif number < len(manners.callback_answers):
                answer = manners.callback_answers[number]
            elif faults:
                answer = 422
            elif result.finals:
                answer, faults = 422, ["status: the task result is final already"]
            else:
                answer = 200
            cut = answer == 200 and sum(one.taken for one in result.callbacks) < manners.cut_answers
            result.callbacks.append(
                Callback(
                    at=time.monotonic(),
                    status=status,
                    answer=answer,
                    body=body,
                    faults=tuple(faults),
                )
            )
            self._changed.notify_all()
        return answer, cut, faults

    def _payload(self, task: str, token: str, stage: str) -> dict[str, Any]:
        run, workspace = _id("run"), _id("ws")
        app = f"{self.url}/app/acme/workspaces/network-prod"
        return {
            "payload_version": 1,
            "stage": stage,
            "access_token": token,
            "capabilities": {"outcomes": True},
            "configuration_version_download_url": None,
            "configuration_version_id": _id("cv"),
            "is_speculative": False,
            "organization_name": "acme",
            "plan_json_api_url": f"{self.url}/api/v2/plans/{task}/json-output"
            if stage.replace("-", "_") != "pre_plan"
            else ...,
            "run_app_url": f"{app}/runs/{run}",
            "run_created_at": "2026-03-01T12:00:00Z",
            "run_created_by": "mallory",
            "run_id": run,
            "run_message": "Narrow the ingress",
            "task_result_callback_url": f"{self.url}/api/v2/task-results/{task}/callback",
            "task_result_enforcement_level": "mandatory",
            "task_result_id": task,
            "vcs_branch": None,
            "vcs_commit_url": None,
            "vcs_pull_request_url": None,
            "vcs_repo_url": None,
            "workspace_app_url": app,
            "workspace_id": workspace,
            "workspace_name": "network-prod",
            "workspace_working_directory": None,
        }


def _id(kind: str) -> str:
    return f"{kind}-{secrets.token_hex(8)}"
