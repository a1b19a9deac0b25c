"""Where configuration is read from: a directory, or a Git revision that nobody checks out."""

from __future__ import annotations

import posixpath
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Final, Protocol

from iacrisk.errors import SettingsError
from iacrisk.source.files import configuration_files, holds_values, is_configuration
from iacrisk.source.git import Git

LOCK_FILE: Final = ".terraform.lock.hcl"
_LINK: Final = "120000"
_HOPS: Final = 8


class Tree(Protocol):
    """Folders with configuration; a folder is a path with slashes, in the tree's own notation."""

    root: str

    def read(self, folder: str) -> dict[str, str | None]:
        """The configuration files of a folder by name; None for what is no text."""

    def lock_file(self) -> str:
        """The text of the root's dependency lock file, empty where there is none."""

    def values(self) -> dict[str, str | None]:
        """The root's files with values of variables, by name."""

    def show(self, folder: str, name: str) -> str:
        """A file as a message names it."""


@contextmanager
def open_tree(stated: str, beside: Path | None) -> Iterator[Tree]:
    """The directory `stated`, or else that revision of the repository that holds `beside`.

    Raises SettingsError where it is neither.
    """
    if Path(stated).is_dir():
        yield Directory(Path(stated))
        return
    if beside is None or not beside.is_dir():
        raise SettingsError(f"There is no folder {stated}, and no --source to find a revision by.")
    with closing(Revision(stated, beside)) as revision:
        yield revision


class Directory:
    """Configuration on disk."""

    def __init__(self, path: Path) -> None:
        """Raises SettingsError where there is no such folder."""
        if not path.is_dir():
            raise SettingsError(f"There is no folder {path}.")
        self.root = path.as_posix()

    def read(self, folder: str) -> dict[str, str | None]:
        """The configuration files of a folder by name; None for what is no text."""
        return {path.name: _text_of(path) for path in configuration_files(Path(folder))}

    def lock_file(self) -> str:
        """The text of the root's dependency lock file, empty where there is none."""
        path = Path(self.root, LOCK_FILE)
        return (_text_of(path) or "") if path.is_file() else ""

    def values(self) -> dict[str, str | None]:
        """The root's files with values of variables, by name."""
        files = sorted(Path(self.root).glob("*.tfvars*"))
        return {path.name: _text_of(path) for path in files if holds_values(path.name)}

    def show(self, folder: str, name: str) -> str:
        """A file as a message names it."""
        return posixpath.normpath(posixpath.join(folder, name))


class Revision:
    """Configuration as it stands in a Git revision, read through `git ls-tree` and `cat-file`."""

    def __init__(self, revision: str, beside: Path) -> None:
        """Raises SettingsError where `beside` is in no repository or has no such revision."""
        self._revision = revision
        self._git = Git(beside)
        self._blobs: subprocess.Popen[bytes] | None = None
        self._commit = self._git.commit(revision)
        prefix = self._git.ask("rev-parse", "--show-prefix")
        if not self._commit or prefix is None:
            raise SettingsError(f"There is no folder and no Git revision {revision} at {beside}.")
        self.root = posixpath.normpath(prefix.decode().strip() or ".")

    def read(self, folder: str) -> dict[str, str | None]:
        """The configuration files of a folder by name; None for what is no text."""
        return {
            name: self._text(blob) for name, blob in self._listed(folder) if is_configuration(name)
        }

    def lock_file(self) -> str:
        """The text of the root's dependency lock file, empty where there is none."""
        blobs = (blob for name, blob in self._listed(self.root) if name == LOCK_FILE)
        return next((self._text(blob) or "" for blob in blobs), "")

    def values(self) -> dict[str, str | None]:
        """The root's files with values of variables, by name."""
        listed = self._listed(self.root)
        return {name: self._text(blob) for name, blob in listed if holds_values(name)}

    def show(self, folder: str, name: str) -> str:
        """A file as a message names it."""
        return f"{self._revision}:{posixpath.normpath(posixpath.join(folder, name))}"

    def close(self) -> None:
        """End the process that hands out texts."""
        if self._blobs is not None:
            self._blobs.communicate()
            self._blobs = None

    def _listed(self, folder: str) -> list[tuple[str, str]]:
        """Name and blob of each file of a folder; nothing where the revision has none."""
        return self._files.get(folder, [])

    @cached_property
    def _files(self) -> dict[str, list[tuple[str, str]]]:
        """Name and blob of the files that matter, by folder, in one listing."""
        listed = self._git.ask("ls-tree", "-r", "-z", "--full-tree", self._commit)
        if listed is None:
            raise SettingsError(f"git cannot list the files of {self._revision}.")
        blobs, links = self._sorted(listed.decode("utf-8", "surrogateescape").split("\0"))
        for path, blob in links.items():
            if target := self._target(path, blob, blobs, links):
                blobs[path] = target
        found: dict[str, list[tuple[str, str]]] = {}
        for path, blob in sorted(blobs.items()):
            folder, name = posixpath.split(path)
            found.setdefault(folder or ".", []).append((name, blob))
        return found

    def _sorted(self, entries: list[str]) -> tuple[dict[str, str], dict[str, str]]:
        """Files that matter and links to such, each with its blob."""
        blobs, links = {}, {}
        for entry in entries:
            facts, _, path = entry.partition("\t")
            name = posixpath.basename(path)
            if is_configuration(name) or holds_values(name) or name == LOCK_FILE:
                if facts.startswith("100"):
                    blobs[path] = facts.split()[2]
                elif facts.startswith(_LINK):
                    links[path] = facts.split()[2]
        return blobs, links

    def _target(
        self, path: str, blob: str, blobs: dict[str, str], links: dict[str, str]
    ) -> str | None:
        """The blob of the file that a link leads to inside the revision, over other links."""
        for _ in range(_HOPS):
            step = posixpath.join(posixpath.dirname(path), self._text(blob) or "")
            path = posixpath.normpath(step)
            if path in blobs:
                return blobs[path]
            if path not in links:
                return None
            blob = links[path]
        return None

    def _text(self, blob: str) -> str | None:
        """A blob's text, from one process that stays open."""
        if self._blobs is None:
            self._blobs = subprocess.Popen(  # noqa: S603 - no shell, reads only
                self._git.command("cat-file", "--batch"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        asked, told = self._blobs.stdin, self._blobs.stdout
        if asked is None or told is None:
            return None
        try:
            asked.write(f"{blob}\n".encode())
            asked.flush()
        except OSError:
            return None
        header = told.readline().split()
        if len(header) != 3:
            return None
        return _as_text(told.read(int(header[2]) + 1)[:-1])


def _text_of(path: Path) -> str | None:
    try:
        return _as_text(path.read_bytes())
    except OSError:
        return None


def _as_text(data: bytes) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
