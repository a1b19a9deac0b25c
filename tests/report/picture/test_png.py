"""The drawing as PNG: sized, with its words, and a plain word where something is missing."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from iacrisk.errors import SettingsError
from iacrisk.report.picture import nothing_scene
from iacrisk.report.picture.png import plain_style, render_png
from tests.conftest import RunCli
from tests.plans import delete, document

SIGNATURE = b"\x89PNG\r\n\x1a\n"
resvg_py = pytest.importorskip("resvg_py", reason="the extra `png` is not installed")


def test_a_scene_is_drawn_at_twice_its_size() -> None:
    scene = nothing_scene()
    data = render_png(scene)
    assert data.startswith(SIGNATURE)
    assert struct.unpack(">II", data[16:24]) == (2 * scene.width, 2 * scene.height)


def test_the_style_has_neither_variables_nor_media_queries() -> None:
    style = plain_style()
    assert ".ir-hit .ir-card, .ir-waits .ir-card { stroke: #b3261e;" in style
    for unknown in ("var(", "--", "@media"):
        assert unknown not in style


def test_without_a_font_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = resvg_py.svg_to_bytes
    monkeypatch.setattr(
        resvg_py, "svg_to_bytes", lambda **options: draw(**options, skip_system_fonts=True)
    )
    with pytest.raises(SettingsError, match="There is no font on this machine"):
        render_png(nothing_scene())


def test_without_the_extra_the_command_says_what_to_install(
    cli: RunCli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    Path("plan.json").write_text(json.dumps(document(delete("aws_instance.a", {"id": "i-1"}))))
    ran = cli("graph", "plan.json", "--format", "png")
    assert (ran.code, ran.out) == (2, "")
    assert "pip install 'iacrisk[png]'" in ran.err


def test_the_command_line_prints_the_file(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(document()))
    command = [sys.executable, "-m", "iacrisk", "graph", "plan.json", "--format", "png"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)  # noqa: S603
    assert ran.stdout.startswith(SIGNATURE)
    assert ran.stdout == render_png(nothing_scene())
