"""Git as it is asked here: it neither writes nor fetches nor starts what a repository names."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

_TIMEOUT_SECONDS: Final = 120
_QUIET: Final = (
    "--no-optional-locks",
    "--no-replace-objects",
    "-c",
    "protocol.allow=never",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "log.showSignature=false",
)


class Git:
    """The repository that holds the folder `beside`."""

    def __init__(self, beside: Path) -> None:
        self._beside = beside

    def command(self, *arguments: str) -> list[str]:
        """The command line that asks."""
        return ["git", *_QUIET, "-C", str(self._beside), *arguments]

    def ask(self, *arguments: str) -> bytes | None:
        """What git prints, or None where it fails."""
        try:
            ran = subprocess.run(  # noqa: S603 - no shell, and nothing that changes the repository
                self.command(*arguments),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=_TIMEOUT_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return ran.stdout if ran.returncode == 0 else None

    def commit(self, revision: str) -> str:
        """The full id of the commit that a revision names, or ""."""
        wanted = f"{revision}^{{commit}}"
        found = self.ask("rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
        return found.decode().split()[-1] if found and found.strip() else ""
