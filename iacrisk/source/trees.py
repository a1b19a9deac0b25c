"""Where configuration is read from: a directory, or a Git revision that nobody checks out."""

from __future__ import annotations

import posixpath
import subprocess
from pathlib import Path
from typing import Final, Protocol

from iacrisk.errors import SettingsError
from iacrisk.source.files import configuration_files, is_configuration

LOCK_FILE: Final = ".terraform.lock.hcl"
_TIMEOUT_SECONDS: Final = 120
_QUIET: Final = ("--no-optional-locks", "-c", "protocol.allow=never", "-c", "core.fsmonitor=false")
"""Git neither writes nor fetches nor starts what the repository's settings name."""


class Tree(Protocol):
    """Folders with configuration; a folder is a path with slashes, in the tree's own notation."""

    root: str

    def read(self, folder: str) -> dict[str, str | None]:
        """The configuration files of a folder by name; None for what is no text."""

    def lock_file(self) -> str:
        """The text of the root's dependency lock file, empty where there is none."""

    def show(self, folder: str, name: str) -> str:
        """A file as a message names it."""


def open_tree(stated: str, beside: Path | None) -> Tree:
    """The directory `stated`, or else that revision of the repository that holds `beside`.

    Raises SettingsError where it is neither.
    """
    if Path(stated).is_dir():
        return Directory(Path(stated))
    if beside is None or not beside.is_dir():
        raise SettingsError(f"There is no folder {stated}, and no --source to find a revision by.")
    return Revision(stated, beside)


class Directory:
    """Configuration on disk."""

    def __init__(self, path: Path) -> None:
        """Raises SettingsError where there is no such folder."""
        if not path.is_dir():
            raise SettingsError(f"There is no folder {path}.")
        self.root = path.as_posix()

    def read(self, folder: str) -> dict[str, str | None]:
        """The configuration files of a folder by name; None for what is no text."""
        return {path.name: _text(path) for path in configuration_files(Path(folder))}

    def lock_file(self) -> str:
        """The text of the root's dependency lock file, empty where there is none."""
        path = Path(self.root, LOCK_FILE)
        return (_text(path) or "") if path.is_file() else ""

    def show(self, folder: str, name: str) -> str:
        """A file as a message names it."""
        return posixpath.join(folder, name)


class Revision:
    """Configuration as it stands in a Git revision, read through `git ls-tree` and `cat-file`."""

    def __init__(self, revision: str, beside: Path) -> None:
        """Raises SettingsError where `beside` is in no repository or has no such revision."""
        self._revision = revision
        self._beside = beside
        wanted = f"{revision}^{{commit}}"
        commit = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
        prefix = self._git("rev-parse", "--show-prefix")
        if not commit or prefix is None:
            raise SettingsError(f"There is no folder and no Git revision {revision} at {beside}.")
        self._commit = commit.decode().split()[-1]
        self.root = posixpath.normpath(prefix.decode().strip() or ".")

    def read(self, folder: str) -> dict[str, str | None]:
        """The configuration files of a folder by name; None for what is no text."""
        files = {name: blob for name, blob in self._listed(folder) if is_configuration(name)}
        return dict(zip(files, self._texts(list(files.values())), strict=True))

    def lock_file(self) -> str:
        """The text of the root's dependency lock file, empty where there is none."""
        blobs = [blob for name, blob in self._listed(self.root) if name == LOCK_FILE]
        return next(iter(self._texts(blobs)), None) or ""

    def show(self, folder: str, name: str) -> str:
        """A file as a message names it."""
        return f"{self._revision}:{posixpath.normpath(posixpath.join(folder, name))}"

    def _listed(self, folder: str) -> list[tuple[str, str]]:
        """Name and blob of each file of a folder; nothing where the revision has none."""
        if folder == ".." or folder.startswith(("../", "/")):
            return []
        tree = f"{self._commit}:{'' if folder == '.' else folder}"
        listed = self._git("ls-tree", "-z", "--full-tree", tree) or b""
        entries = [entry.partition("\t") for entry in _decoded(listed).split("\0") if entry]
        return [(name, facts.split()[2]) for facts, _, name in entries if _is_file(facts)]

    def _texts(self, blobs: list[str]) -> list[str | None]:
        if not blobs:
            return []
        out = self._git("cat-file", "--batch", stdin="".join(f"{blob}\n" for blob in blobs))
        if out is None:
            return [None] * len(blobs)
        texts: list[str | None] = []
        position = 0
        for _ in blobs:
            line_end = out.index(b"\n", position)
            header = out[position:line_end].split()
            size = int(header[2]) if len(header) == 3 else 0
            start = line_end + 1
            texts.append(_as_text(out[start : start + size]) if len(header) == 3 else None)
            position = start + size + 1 if len(header) == 3 else start
        return texts

    def _git(self, *arguments: str, stdin: str = "") -> bytes | None:
        """What git prints, or None where it fails."""
        try:
            ran = subprocess.run(  # noqa: S603 - no shell, and nothing that changes the repository
                ["git", *_QUIET, "-C", str(self._beside), *arguments],  # noqa: S607 - as on PATH
                input=stdin.encode(),
                capture_output=True,
                check=False,
                timeout=_TIMEOUT_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return ran.stdout if ran.returncode == 0 else None


def _is_file(facts: str) -> bool:
    mode, kind, _ = facts.split()
    return kind == "blob" and mode.startswith("100")


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _text(path: Path) -> str | None:
    try:
        return _as_text(path.read_bytes())
    except OSError:
        return None


def _as_text(data: bytes) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
