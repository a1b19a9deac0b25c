"""The service runs for months, so it does not keep what only cycles hold."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from iacrisk.service import serving
from iacrisk.service.settings import Settings

if TYPE_CHECKING:
    import pytest


def test_garbage_is_collected_though_the_command_line_does_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(serving, "configure_logs", lambda _: None)
    monkeypatch.setattr(uvicorn.Server, "run", lambda _: seen.append(gc.isenabled()))
    gc.disable()
    try:
        serving.serve(Settings(data_folder=str(tmp_path)))
    finally:
        gc.enable()
    assert seen == [True]
