"""What the recipes of docs/hosts run on: their code blocks, and `iacrisk` on a PATH of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.conftest import ROOT, Ran
from tests.hosts.ran import SCRIPTS

PAGES = ROOT / "docs" / "hosts"
PLANS = ROOT / "fixtures" / "plans"
ALLOWED = PLANS / "tags-only" / "plan.json"
BLOCKED = PLANS / "rds-replaced" / "plan.json"


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of a page in one language, in order."""
    text = (PAGES / page).read_text("utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


class Host:
    """A machine of a CI host: a working directory, and programs of the test on PATH."""

    def __init__(self, folder: Path) -> None:
        """With `iacrisk` from this checkout."""
        self.folder = folder / "work"
        self.folder.mkdir()
        self._programs = folder / "bin"
        self._programs.mkdir()
        self.program("iacrisk", f'exec "{sys.executable}" -m iacrisk "$@"')
        self._home = folder / "home"
        self._home.mkdir()

    def program(self, name: str, script: str) -> None:
        """A program that is this shell script."""
        path = self._programs / name
        path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        path.chmod(0o755)

    def plan(self, name: str, source: Path) -> Path:
        """A plan in the working directory."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, path)
        return path

    def which(self, name: str) -> Path:
        """Where a program lies; `python` is the interpreter of this test."""
        return Path(sys.executable) if name == "python" else self._programs / name

    def run(self, script: str, **variables: str) -> Ran:
        """What a shell script does under these variables and no other of ours."""
        done = self.process(("sh", "-c", script), variables)
        return Ran(done.returncode, done.stdout, done.stderr)

    def process(
        self, command: Sequence[str], variables: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """What a program does under these variables and no other of ours."""
        SCRIPTS.append(command[-1].replace(str(self.folder), "FOLDER"))
        around = {
            "PATH": f"{self._programs}:{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "HOME": str(self._home),
            "LANG": os.environ.get("LANG", "C.UTF-8"),
            **variables,
        }
        return subprocess.run(  # noqa: S603 - our own recipes
            command,
            cwd=self.folder,
            env=around,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A fresh machine."""
    return Host(tmp_path)
