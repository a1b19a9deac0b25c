"""Starting the emulator, and talking to it: checkpoints, the call log, and AWS clients."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from iacrisk.training.intents import REGION

_START_TIMEOUT = 120.0


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One request that the emulated AWS got."""

    time: float
    service: str
    """As it is called in the signature: ec2, rds, elasticloadbalancing."""
    operation: str
    """The API's operation where the protocol names it, else the HTTP method."""
    path: str
    query: str
    body: str
    """Its beginning."""
    status: int

    @property
    def succeeded(self) -> bool:
        """Whether AWS did it."""
        return 200 <= self.status < 400

    @property
    def writes(self) -> bool:
        """Whether it may have changed anything; what is not clearly a question is taken to."""
        asking = ("Get", "Describe", "List", "HEAD", "GET", "Lookup", "Search", "Test", "Validate")
        return not self.operation.startswith((*asking, "BatchGet"))


class Emulator:
    """One emulated AWS in a process of its own."""

    def __init__(self, log: Path) -> None:
        """Start it; its output goes to `log`."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        with log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", "iacrisk.training.emulation.server", str(self.port)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={key: value for key, value in os.environ.items() if key[:4] != "AWS_"},
            )
        self._wait()
        self._clients: dict[str, Any] = {}

    def _wait(self) -> None:
        deadline = time.monotonic() + _START_TIMEOUT
        while time.monotonic() < deadline:
            try:
                self.ask("ping")
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.3)
            else:
                return
        raise RuntimeError("the emulator did not start; is iacrisk[lab] installed?")

    def ask(self, verb: str) -> Any:
        """One of the lab's own requests."""
        with urllib.request.urlopen(f"{self.url}/lab/{verb}", timeout=120) as answer:  # noqa: S310
            return json.loads(answer.read())

    @contextmanager
    def checkpoint(self) -> Iterator[None]:
        """What happens inside is undone at the end."""
        self.ask("checkpoint")
        try:
            yield
        finally:
            self.ask("rollback")

    def calls(self) -> tuple[Call, ...]:
        """What was asked of AWS since the log was cleared, in order."""
        return tuple(msgspec.convert(self.ask("log"), list[Call]))

    def clear_log(self) -> None:
        """Forget the calls so far."""
        self.ask("clear")

    def client(self, service: str) -> Any:
        """A boto3 client of the emulated AWS."""
        if service not in self._clients:
            boto3: Any = import_module("boto3")
            config: Any = import_module("botocore.config")
            self._clients[service] = boto3.client(
                service,
                region_name=REGION,
                endpoint_url=self.url,
                aws_access_key_id="test",
                aws_secret_access_key="test",  # noqa: S106 - moto accepts anything
                config=config.Config(
                    retries={"max_attempts": 1},
                    s3={"addressing_style": "path"},
                    parameter_validation=False,
                ),
            )
        return self._clients[service]

    def stop(self) -> None:
        """End the server with all its checkpoints."""
        try:
            self.ask("quit")
        except OSError:
            self._process.terminate()
        self._process.wait(timeout=20)


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
