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
import socket
import ssl
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

from tests.service.callback_schema import faults_of

API_HOST = "localhost"
ARCHIVE_HOST = "127.0.0.1"  # another name than the API's, so a forwarded token is a leak
FINAL = ("passed", "failed")
_CHUNK = 1 << 20


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
        self._server = _Server((ARCHIVE_HOST, 0), self, self._context)
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


class _Server(ThreadingHTTPServer):
    """TLS by connection, so that a slow handshake holds up nobody else."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], hcp: FakeHcp, context: ssl.SSLContext) -> None:
        self.hcp = hcp
        self._context = context
        super().__init__(address, _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        request.settimeout(60)
        try:
            with self._context.wrap_socket(request, server_side=True) as secure:
                super().finish_request(secure, client_address)
        except (OSError, ValueError):
            return  # a client that was killed or does not trust us; what matters is recorded

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: tests kill clients in the middle of requests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """The plan's address, or its link."""
        parts = self.path.strip("/").split("/")
        match parts:
            case ["api", "v2", "plans", task, "json-output"]:
                self._plan(task)
            case ["archive", key]:
                self._archive(key)
            case _:
                self._strange()

    def do_PATCH(self) -> None:
        """A callback."""
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        match self.path.strip("/").split("/"):
            case ["api", "v2", "task-results", task, "callback"]:
                result = self._known(task)
                if result is not None:
                    self._callback(result, raw)
            case _:
                self._strange()

    def do_POST(self) -> None:
        """Nothing here takes a POST."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._strange()

    def _plan(self, task: str) -> None:
        hcp, result = self.server.hcp, self._known(task)
        if result is None:
            return
        number = result.plan_requests
        result.plan_requests += 1
        self._meanwhile("plan", result)
        early = [*result.manners.plan_answers, *[204] * result.manners.not_ready]
        if hcp.fault is not None:
            self._answer(hcp.fault)
        elif number < len(early):
            self._answer(early[number])
        else:
            self._answer(307, headers={"Location": hcp.link(result)})

    def _archive(self, key: str) -> None:
        hcp = self.server.hcp
        if self.headers.get("Authorization") is not None:
            hcp.leaks.append(self.path)
        result = hcp.linked(key)
        if result is None:
            self._answer(403)
            return
        number = result.archive_requests
        result.archive_requests += 1
        self._meanwhile("archive", result)
        if hcp.fault is not None or number < len(result.manners.archive_answers):
            self._answer(hcp.fault or result.manners.archive_answers[number])
            return
        headers = {"Content-Type": "application/json", **result.manners.archive_headers}
        self._answer(200, result.plan, headers)

    def _meanwhile(self, what: str, result: TaskResult) -> None:
        time.sleep(result.manners.delay)
        result.manners.meanwhile(what)

    def _callback(self, result: TaskResult, raw: bytes) -> None:
        try:
            body = json.loads(raw)
        except ValueError:
            body = {"not JSON": raw.decode(errors="replace")}
        if self.headers.get_content_type() != "application/vnd.api+json":
            body = {"wrong content type": self.headers.get("Content-Type")}
        answer, cut, faults = self.server.hcp.take(result, body)
        self._meanwhile("callback", result)
        if cut:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        errors = {"errors": [{"status": str(answer), "title": fault} for fault in faults]}
        self._answer(answer, json.dumps(errors if faults else {}).encode())

    def _known(self, task: str) -> TaskResult | None:
        """The task result, after its token was checked; the answer is given when it is not."""
        hcp = self.server.hcp
        result = hcp.results.get(task)
        if result is None:
            self._strange()
            return None
        if self.headers.get("Authorization") != f"Bearer {result.token}":
            hcp.strangers.append(f"{self.command} {self.path} with a wrong token")
            self._answer(401)
            return None
        return result

    def _strange(self) -> None:
        self.server.hcp.strangers.append(f"{self.command} {self.path}")
        self._answer(404)

    def _answer(
        self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for start in range(0, len(body), _CHUNK):
            self.wfile.write(body[start : start + _CHUNK])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is inherited
        """Say nothing."""


def _id(kind: str) -> str:
    return f"{kind}-{secrets.token_hex(8)}"
