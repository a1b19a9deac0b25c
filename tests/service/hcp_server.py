"""The HTTP side of the tests' HCP Terraform: routes, tokens, redirects, answers that are cut."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.service.fake_hcp import FakeHcp, TaskResult

_CHUNK = 1 << 20


class HcpServer(ThreadingHTTPServer):
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
    server: HcpServer

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
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        if len(raw) < length:  # whoever sent it died in the middle
            self.close_connection = True
            return
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
