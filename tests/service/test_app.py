"""The application starts by itself and makes what it needs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from litestar.testing import TestClient

from iacrisk.service.app import make_app
from iacrisk.service.settings import Settings


def test_a_service_without_any_setting_starts(tmp_path: Path) -> None:
    with TestClient(make_app(Settings(data_folder=str(tmp_path / "data")))) as client:
        assert client.get("/nowhere").status_code == 404
    assert (tmp_path / "data" / "iacrisk.sqlite").is_file()
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_serve_starts_and_leaves_when_asked(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if "IACRISK" not in name}
    environment |= {"IACRISK_DATA_FOLDER": str(tmp_path), "IACRISK_PORT": "0"}
    with subprocess.Popen(
        [sys.executable, "-m", "iacrisk", "serve"], env=environment, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith(b"iacrisk: serving on")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) in (0, -signal.SIGTERM)


def test_serve_tells_a_wrong_setting(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if "IACRISK" not in name}
    ran = subprocess.run(
        [sys.executable, "-m", "iacrisk", "serve"],
        env=environment | {"IACRISK_PORT": "many", "IACRISK_DATA_FOLDER": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert "port" in ran.stderr
