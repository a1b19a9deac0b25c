"""A Git repository for tests, made without the settings of whoever runs them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


class Repository:
    """A repository at `path` with one commit at the branch `main`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(exist_ok=True)
        self.git("init", "-q", "-b", "main")
        self.base = self.commit("Begin")

    def commit(
        self, message: str, name: str = "Alice", email: str = "alice@example.com", **committer: str
    ) -> str:
        """An empty commit; its id."""
        by = {"name": name, "email": email} | committer
        who = {
            "GIT_AUTHOR_NAME": name,
            "GIT_AUTHOR_EMAIL": email,
            "GIT_COMMITTER_NAME": by["name"],
            "GIT_COMMITTER_EMAIL": by["email"],
        }
        self.git("commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", message, **who)
        return self.git("rev-parse", "HEAD").strip()

    def git(self, *arguments: str, **variables: str) -> str:
        """What git prints."""
        alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        ran = subprocess.run(  # noqa: S603 - no shell
            ["git", "-C", str(self.path), *arguments],  # noqa: S607 - as users have it
            env={**os.environ, **alone, **variables},
            capture_output=True,
            text=True,
            check=True,
        )
        return ran.stdout
