"""Health, metrics and traces of a service that runs inside the test."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from litestar.testing import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from iacrisk.service.app import make_app
from iacrisk.service.operations import start_tracing, stop_tracing, tracing
from iacrisk.service.secret import Secret
from iacrisk.service.settings import Operations, Settings

if TYPE_CHECKING:
    from litestar import Litestar


def _client(folder: Path, operations: Operations | None = None) -> TestClient[Litestar]:
    settings = Settings(data_folder=str(folder), operations=operations or Operations())
    return TestClient(make_app(settings))


def test_a_service_that_runs_is_healthy_and_ready(tmp_path: Path) -> None:
    with _client(tmp_path) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").json() == {"status": "ok"}


def test_without_its_store_it_is_healthy_but_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> bool:
        raise OSError("the database is gone")

    with _client(tmp_path) as client:
        monkeypatch.setattr(client.app.state["store"], "answers", gone)
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()) == (503, {"status": "store"})


def test_while_it_drains_it_is_not_ready(tmp_path: Path) -> None:
    with _client(tmp_path) as client:
        client.app.state["draining"] = True
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()) == (503, {"status": "draining"})


def test_metrics_tell_of_requests_and_of_the_backlog(tmp_path: Path) -> None:
    with _client(tmp_path) as client:
        client.get("/healthz")
        text = client.get("/metrics").text

    assert 'iacrisk_request_seconds_count{method="GET",route="/healthz",status="200"}' in text
    assert re.search(r"^iacrisk_waiting 0\.0$", text, re.MULTILINE)
    assert re.search(r"^iacrisk_unfinished 0\.0$", text, re.MULTILINE)
    assert re.search(r"^iacrisk_oldest_unfinished_seconds 0\.0$", text, re.MULTILINE)


def test_metrics_without_a_store_are_not_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 - of this test alone

    def gone() -> None:
        raise OperationalError("SELECT", {}, OSError("gone"))

    with _client(tmp_path) as client:
        monkeypatch.setattr(client.app.state["store"], "begin", gone)
        assert re.search(r"^iacrisk_waiting NaN$", client.get("/metrics").text, re.MULTILINE)


def test_a_token_for_metrics_is_asked_for(tmp_path: Path) -> None:
    token = Operations(metrics_token=Secret("metrics-token"))
    with _client(tmp_path, token) as client:
        assert client.get("/metrics").status_code == 401
        wrong = client.get("/metrics", headers={"Authorization": "Bearer metrics-tokeN"})
        assert wrong.status_code == 401
        right = client.get("/metrics", headers={"Authorization": "Bearer metrics-token"})
        assert right.status_code == 200


def test_routes_that_do_not_exist_make_no_label(tmp_path: Path) -> None:
    with _client(tmp_path) as client:
        client.get("/no/such/thing/8c1f")
        assert "8c1f" not in client.get("/metrics").text


class _Collector(http.server.BaseHTTPRequestHandler):
    """Takes what OpenTelemetry sends."""

    received: list[bytes]

    def do_POST(self) -> None:
        self.received.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is inherited
        """Say nothing."""


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[bytes]]]:
    received: list[bytes] = []
    handler = type("Handler", (_Collector,), {"received": received})
    server = http.server.HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    monkeypatch.setattr(tracing, "_provider", None)
    yield f"http://127.0.0.1:{server.server_address[1]}/v1/traces", received
    if tracing._provider is not None:  # noqa: SLF001 - its threads end with it
        tracing._provider.shutdown()  # noqa: SLF001 - the same
    server.shutdown()
    thread.join()
    server.server_close()


def test_traces_go_where_the_settings_say(
    tmp_path: Path, collector: tuple[str, list[bytes]]
) -> None:
    endpoint, received = collector
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    with _client(tmp_path, Operations(otlp_endpoint=endpoint)) as client:
        client.get("/healthz", headers={"traceparent": parent})
        start_tracing(Settings(operations=Operations(otlp_endpoint=endpoint)))  # a second time
        with tracing.traced("score", task_result="taskrs-1"):
            pass
    stop_tracing()

    spans = [
        span
        for each in received
        for resource in ExportTraceServiceRequest.FromString(each).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    names = {span.name: span for span in spans}
    assert names["GET /healthz"].trace_id.hex() == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert names["score"].attributes[0].value.string_value == "taskrs-1"
