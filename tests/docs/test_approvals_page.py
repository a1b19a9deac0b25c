"""The commands on the page on approvals do what it says, in the order it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from iacrisk.config import parse_policy_file
from iacrisk.gate import Policy
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "approvals.md").read_text("utf-8")
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()
]
IACRISK = f'#!/bin/sh\nexec "{sys.executable}" -m iacrisk "$@"\n'


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="there is no ssh-keygen on PATH")
def test_the_commands_exit_as_the_page_says(tmp_path: Path) -> None:
    environment = _machine(tmp_path)
    tools = {command.split()[0] for command in COMMANDS} - {"iacrisk"}
    assert len(COMMANDS) == 8
    for command in COMMANDS:
        if command.startswith("jq") and shutil.which("jq") is None:
            pytest.skip(f"of {sorted(tools)} jq is not on PATH")
        said = re.search(r"# exits (\d)$", command)
        ran = subprocess.run(  # noqa: S602 - our own page
            command, shell=True, cwd=tmp_path, env=environment, capture_output=True, check=False
        )
        assert ran.returncode == int(said[1] if said else 0), (command, ran.stdout, ran.stderr)


def test_the_settings_on_the_page_can_be_used(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "iacrisk.toml"
    file.write_text(block, "utf-8")
    assert parse_policy_file(file) != Policy()


def _machine(folder: Path) -> dict[str, str]:
    """A home with a key, the plan, and iacrisk on PATH."""
    key = folder / ".ssh" / "id_ed25519"
    key.parent.mkdir()
    keygen = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)]
    subprocess.run(keygen, check=True)  # noqa: S603 - the test's own key
    public = " ".join(key.with_suffix(".pub").read_text().split()[:2])
    (folder / "allowed_signers").write_text(f"alice@example.com {public}\n")
    shutil.copy(ROOT / "fixtures/plans/ingress-narrowed/plan.json", folder / "plan.json")
    shim = folder / "bin" / "iacrisk"
    shim.parent.mkdir()
    shim.write_text(IACRISK)
    shim.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    paths = f"{shim.parent}{os.pathsep}{os.environ['PATH']}"
    return kept | {"HOME": str(folder), "PATH": paths, "PYTHONPATH": str(ROOT)}
