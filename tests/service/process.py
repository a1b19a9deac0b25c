"""The service as a process of its own: started as a user starts it, killed as nobody should."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.conftest import ROOT
from tests.service.fake_hcp import API_HOST, ARCHIVE_HOST, FakeHcp

SECRET_KEY = "secret-key-of-the-tests-0123456789"  # noqa: S105 - throw-away
_START_SECONDS = 60


class Service:
    """`iacrisk serve` against one HCP Terraform; stopped at the end of `with`."""

    def __init__(
        self,
        hcp: FakeHcp,
        folder: Path,
        *,
        database_url: str = "",
        replica: str = "local",
        settings: Mapping[str, str] | None = None,
        program: Sequence[str] = ("-m", "iacrisk"),
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"{replica}.log"
        self.program = program
        self.environment = {
            "IACRISK_PORT": str(self.port),
            "IACRISK_PUBLIC_URL": self.url,
            "IACRISK_DATA_FOLDER": str(folder / f"data-{replica}"),
            "IACRISK_SECRET_KEY": SECRET_KEY,
            "IACRISK_REPLICA": replica,
            "IACRISK_HCP_HMAC_KEY": hcp.key,
            "IACRISK_HCP_HOSTS": API_HOST,
            "IACRISK_HCP_DOWNLOAD_HOSTS": ARCHIVE_HOST,
            "IACRISK_HCP_ALLOW_PRIVATE_ADDRESSES": "true",
            "IACRISK_HCP_CA_FILE": str(hcp.authority),
            **({"IACRISK_DATABASE_URL": database_url} if database_url else {}),
            **(settings or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Service:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def webhook(self) -> str:
        """Where HCP delivers."""
        return f"{self.url}/v1/run-task"

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self._process is not None
        return self._process.pid

    def start(self, *, wait: bool = True, environment: Mapping[str, str] | None = None) -> None:
        """Start (again), and wait until it is ready unless told otherwise."""
        assert not self.running
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("IACRISK_")
        }
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, *self.program, "serve"],
                env={
                    **inherited,
                    **self.environment,
                    "PYTHONPATH": str(ROOT),
                    **(environment or {}),
                },
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )
        if wait:
            self.wait_ready()

    def wait_ready(self, seconds: float = _START_SECONDS) -> None:
        """Until the service takes requests.

        Raises:
            AssertionError: with its log, if it does not.

        """
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.running:
            if self.get("/readyz")[0] == 200:
                return
            time.sleep(0.05)
        raise AssertionError(f"not ready:\n{self.output()[-4000:]}")

    def wait_dead(self, seconds: float = 60) -> int:
        """Until the process is gone; how it ended."""
        assert self._process is not None
        code = self._process.wait(seconds)
        self._end_group()
        return code

    def kill(self) -> None:
        """Kill -9, with the workers it started."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait(30)
        self._end_group()

    def stop(self, seconds: float = 60) -> int:
        """Ask it to stop, as systemd and Kubernetes do; its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self.wait_dead(seconds)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body of a GET; status 0 without a connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            try:
                connection.request("GET", path, headers=dict(headers or {}))
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                return 0, b""

    def memory_mb(self) -> float:
        """What the process itself holds in memory now; its workers are not counted."""
        return self._status("VmRSS")

    def peak_mb(self) -> float:
        """The most it held so far."""
        return self._status("VmHWM")

    def _status(self, field: str) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith(field))
        return int(line.split()[1]) / 1024

    def output(self) -> str:
        """Everything it wrote so far."""
        return self.log.read_text("utf-8", errors="replace")

    def _end_group(self) -> None:
        """Whatever the process left behind: a machine that dies takes the workers along."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
