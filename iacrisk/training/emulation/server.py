"""moto's server with checkpoints: ``python -m iacrisk.training.emulation.server PORT``.

moto keeps all state in the memory of the process, so a checkpoint is a fork: the child goes on
serving the same listening socket with its copy of the state, the parent sleeps. To roll back, the
child exits and the parent goes on. Checkpoints nest. One request is served at a time; forking a
process that has other threads would copy their locks.

Beside AWS's own paths it answers, on /lab/...: ping, log, clear, checkpoint, rollback, quit.
"""

from __future__ import annotations

import gc
import io
import json
import os
import re
import selectors
import socket
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from iacrisk.training.emulation.shims import close_gaps, load_services

HOST = "127.0.0.1"
QUIT_STATUS = 7
"""Exit status with which a child tells its sleeping parents to end, too."""

_KEPT_BODY = 2000
_RECEIVE_TIMEOUT = 30.0

_Environ = dict[str, Any]
_Start = Callable[..., Any]


class Desk:
    """The WSGI application: the lab's own requests, and AWS's with a log of them."""

    def __init__(self, aws: Callable[[_Environ, _Start], Iterable[bytes]]) -> None:
        """Put the log before the emulated AWS."""
        self.aws = aws
        self.log: list[dict[str, Any]] = []
        self.depth = 0
        self.wanted = ""
        """checkpoint, rollback or quit: to be done once the answer is sent."""

    def __call__(self, environ: _Environ, start: _Start) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if path.startswith("/lab/"):
            return self._control(path.removeprefix("/lab/"), start)
        return self._serve(environ, start)

    def _control(self, verb: str, start: _Start) -> Iterable[bytes]:
        answer: Any = {"depth": self.depth}
        if verb == "log":
            answer = self.log
        elif verb == "clear":
            self.log = []
        elif verb in ("checkpoint", "quit") or (verb == "rollback" and self.depth):
            self.wanted = verb
        elif verb != "ping":
            start("400 Bad Request", [("Content-Length", "0")])
            return [b""]
        body = json.dumps(answer).encode()
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _serve(self, environ: _Environ, start: _Start) -> Iterable[bytes]:
        call = {"time": time.time(), **_describe(environ)}
        self.log.append(call)

        def note(status: str, headers: Any, trouble: Any = None) -> Any:
            call["status"] = int(status[:3])
            return start(status, headers, trouble)

        return self.aws(environ, note)


def _describe(environ: _Environ) -> dict[str, Any]:
    """Service, operation and the beginning of the body, which stays readable for moto."""
    scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    size = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(size) if size else b""
    environ["wsgi.input"] = io.BytesIO(body)
    text = body[:_KEPT_BODY].decode("utf-8", "replace")
    target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    query = re.search(r"(?:^|&)Action=(\w+)", text)
    path = environ.get("PATH_INFO", "")
    return {
        "service": scope[1] if scope else "",
        "operation": target or (query[1] if query else environ.get("REQUEST_METHOD", "")),
        "path": path,
        "query": environ.get("QUERY_STRING", ""),
        "body": text,
        "status": 0,
    }


def serve(port: int) -> None:
    """Accept and answer until told to quit."""
    serving: Any = import_module("werkzeug.serving")

    class Handler(serving.WSGIRequestHandler):  # type: ignore[misc] # moto's server is untyped here
        """HTTP without an access log."""

        protocol_version = "HTTP/1.0"

        def log(self, *_arguments: Any) -> None:
            """Say nothing."""

    moto: Any = import_module("moto.server")
    desk = Desk(moto.DomainDispatcherApplication(moto.create_backend_app))
    server = serving.BaseWSGIServer(HOST, port, desk, handler=Handler)
    gc.collect()
    gc.freeze()  # what is loaded now is shared by every fork for good
    print("ready", flush=True)  # noqa: T201 - the signal to whoever started the server
    _Loop(server, desk).run()


class _Loop:
    """Waits on all connections, but serves only one that has something to say.

    Go's HTTP client opens connections ahead of need; to block on one of those would stop all.
    """

    def __init__(self, server: Any, desk: Desk) -> None:
        self.server = server
        self.desk = desk
        self.waiting: dict[socket.socket, Any] = {}
        self.watch()

    def watch(self) -> None:
        """(Re)build the selector; a select-based one holds nothing that a fork would share."""
        self.selector = selectors.SelectSelector()
        self.selector.register(self.server.socket, selectors.EVENT_READ)
        for connection in self.waiting:
            self.selector.register(connection, selectors.EVENT_READ)

    def run(self) -> None:
        while True:
            for key, _ in self.selector.select():
                ready: Any = key.fileobj
                if ready is self.server.socket:
                    self.accept()
                    continue
                self.answer(ready)
                if self.desk.wanted:
                    self.turn(self.desk.wanted)
                    break  # the other keys may be closed by now

    def accept(self) -> None:
        try:
            connection, address = self.server.get_request()
        except OSError:
            return
        self.waiting[connection] = address
        self.selector.register(connection, selectors.EVENT_READ)

    def answer(self, connection: socket.socket) -> None:
        self.selector.unregister(connection)
        address = self.waiting.pop(connection)
        connection.settimeout(_RECEIVE_TIMEOUT)
        try:
            self.server.process_request(connection, address)
        except OSError:
            self.server.shutdown_request(connection)

    def turn(self, verb: str) -> None:
        """Carry out a checkpoint, a rollback or the end."""
        self.desk.wanted = ""
        if verb == "rollback":
            os._exit(0)
        if verb == "quit":
            os._exit(QUIT_STATUS)
        child = os.fork()
        if child == 0:
            self.desk.depth += 1
            return
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            os._exit(QUIT_STATUS)
        for connection in self.waiting:
            connection.close()  # the child has answered on these
        self.waiting = {}
        self.watch()


def main() -> None:
    """Fill moto's gaps, load every service before the first fork, and serve."""
    os.environ.update(
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",  # noqa: S106 - moto accepts anything
        AWS_DEFAULT_REGION="us-east-1",
        MOTO_IAM_LOAD_MANAGED_POLICIES="true",
        MOTO_EC2_LOAD_DEFAULT_AMIS="true",
        VALIDATE_LAMBDA_S3="false",
    )
    close_gaps()
    load_services()
    serve(int(sys.argv[1]))


if __name__ == "__main__":
    main()
