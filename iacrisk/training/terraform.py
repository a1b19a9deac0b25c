"""Terraform in one folder: the commands of a case, and what they say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

_TIMEOUT = 900
_OVERRIDE = """\
provider "aws" {
  s3_use_path_style = true
}
"""
"""Merged into the stack's own provider block; the emulator has no name for each bucket."""
_KEPT_BETWEEN_CASES = (".terraform",)
STATE = "terraform.tfstate"
PLAN = "plan.bin"


class TerraformFailed(Exception):
    """A command that has to work did not; the text is Terraform's."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a command said."""

    code: int
    output: str

    @property
    def errors(self) -> tuple[str, ...]:
        """Each error as one line: title, where, and what."""
        plain = "\n".join(line.strip("│╷╵ ") for line in self.output.splitlines())
        blocks = re.findall(r"Error: (.*?)(?=\nError: |\Z)", plain, re.DOTALL)
        return tuple(" ".join(block.split())[:500] for block in blocks)


class Workspace:
    """A folder that holds one configuration at a time, and the provider's address."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Commands run in `folder`, which must exist, with `environment` and little else."""
        self.folder = folder
        self._environment = dict(environment)

    def load(self, source: Path, state: bytes | None = None, without: str = "") -> None:
        """Replace the configuration by that of `source`, and the state by `state`.

        Files that match `without` are left out.
        """
        self.clear()
        ignored = shutil.ignore_patterns(".terraform*", *filter(None, [without]))
        shutil.copytree(source, self.folder, dirs_exist_ok=True, ignore=ignored)
        self.finish_loading(state)

    def clear(self) -> None:
        """Remove everything but what `init` installed."""
        for path in self.folder.iterdir():
            if path.name in _KEPT_BETWEEN_CASES:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    def finish_loading(self, state: bytes | None = None) -> None:
        """Add the emulator's settings and the state to a configuration that is in place."""
        (self.folder / "lab_override.tf").write_text(_OVERRIDE, encoding="utf-8")
        if state is not None:
            (self.folder / STATE).write_bytes(state)

    def types(self) -> frozenset[str]:
        """Every resource type that the configuration may mention."""
        texts = (path.read_text(encoding="utf-8") for path in self.folder.rglob("*.tf"))
        return frozenset(word for text in texts for word in re.findall(r"\baws_[a-z0-9_]+", text))

    def init(self) -> Answer:
        """Install modules."""
        return self._run("init", "-input=false", "-no-color")

    def plan(self, *, refresh: bool, only_refresh: bool = False) -> Answer:
        """Plan into PLAN; code 2 means that there are changes."""
        how = "-refresh-only" if only_refresh else f"-refresh={'true' if refresh else 'false'}"
        return self._run(
            "plan", "-input=false", "-no-color", "-detailed-exitcode", f"-out={PLAN}", how,
        )  # fmt: skip

    def apply(self) -> Answer:
        """Apply PLAN."""
        return self._run("apply", "-input=false", "-no-color", PLAN)

    def show(self, *what: str) -> bytes:
        """The plan file as JSON, or the state without an argument."""
        answer = self._run("show", "-json", *what)
        if answer.code:
            raise TerraformFailed(answer.output[-2000:])
        start = answer.output.index('{"format_version"')
        return answer.output[start:].strip().encode()

    def state(self) -> bytes:
        """The state file."""
        return (self.folder / STATE).read_bytes()

    def _run(self, *arguments: str) -> Answer:
        done = subprocess.run(  # noqa: S603 - arguments are our own
            ["terraform", *arguments],  # noqa: S607 - whichever terraform is on PATH
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
        return Answer(code=done.returncode, output=done.stdout)


def terraform_environment(reattach: str, home: Path) -> dict[str, str]:
    """What Terraform's process sees; nothing of the caller's but PATH."""
    settings = home / "terraformrc"
    settings.touch()
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TF_REATTACH_PROVIDERS": reattach,
        "TF_CLI_CONFIG_FILE": str(settings),
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
    }


def terraform_version() -> str:
    """Of the terraform on PATH."""
    done = subprocess.run(
        ["terraform", "version", "-json"],  # noqa: S607
        capture_output=True,
        check=True,
        env={"PATH": os.environ["PATH"], "CHECKPOINT_DISABLE": "1"},
    )
    version: str = json.loads(done.stdout)["terraform_version"]
    return version


def managed_resources(shown_state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every managed resource instance in the JSON of a state, with its values."""
    modules = [shown_state.get("values", {}).get("root_module", {})]
    found: list[dict[str, Any]] = []
    while modules:
        module = modules.pop()
        found += [item for item in module.get("resources", ()) if item["mode"] == "managed"]
        modules += module.get("child_modules", ())
    return found
