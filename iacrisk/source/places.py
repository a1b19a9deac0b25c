"""File and line of blocks. Only folders of modules that hold one of them are read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from iacrisk.errors import SettingsError
from iacrisk.plan import parse_address
from iacrisk.source.declarations import scan_hcl, scan_json
from iacrisk.source.facts import Place
from iacrisk.source.files import configuration_files, holds_configuration, is_override

_MANIFEST = Path(".terraform", "modules", "modules.json")
ModulePath = tuple[str, ...]


class Located(msgspec.Struct, frozen=True, kw_only=True):
    """The places that were found, and what could not be read or found."""

    places: dict[str, Place]
    problems: tuple[str, ...]


def locate(root: Path, blocks: Iterable[str]) -> Located:
    """Where `blocks` (addresses without keys) are declared in the configuration at `root`.

    A block that two files of a folder declare has no place. Raises SettingsError where `root` is
    no folder.
    """
    if not root.is_dir():
        raise SettingsError(f"There is no folder {root}.")
    modules = _Modules(root)
    places: dict[str, Place] = {}
    for block in sorted(set(blocks)):
        try:
            address = parse_address(block)
        except ValueError:
            continue
        folder = modules.folder(tuple(step.name for step in address.module))
        place = folder.places.get(address.block) if folder else None
        if place is not None:
            places[block] = place
    return Located(places=places, problems=tuple(modules.problems()))


class _Folder(msgspec.Struct, frozen=True, kw_only=True):
    """What the files of one folder declare; None where two files declare the same."""

    path: Path
    places: dict[str, Place | None]
    sources: dict[str, str]
    """Of module calls, by name."""


class _Manifest(msgspec.Struct, frozen=True):
    """`.terraform/modules/modules.json`, which `terraform init` writes."""

    class Module(msgspec.Struct, frozen=True):
        """A module call: its path with dots, and its folder seen from the root."""

        key: str = msgspec.field(name="Key", default="")
        folder: str = msgspec.field(name="Dir", default="")

    modules: tuple[Module, ...] = msgspec.field(name="Modules", default=())


class _Modules:
    """Finds and reads the folder of each module path, once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._problems: list[str] = []
        self._absent: set[str] = set()
        self._found: dict[ModulePath, _Folder | None] = {}
        self._read: dict[Path, _Folder] = {}
        self._installed = self._manifest()

    def folder(self, path: ModulePath) -> _Folder | None:
        if path not in self._found:
            where = self._where(path)
            self._found[path] = self._folder_at(where) if where else None
        return self._found[path]

    def problems(self) -> list[str]:
        if not self._absent:
            return self._problems
        named = ", ".join(sorted(self._absent))
        return [*self._problems, f"The source of these modules is not at hand: {named}."]

    def _where(self, path: ModulePath) -> Path | None:
        if not path:
            return self._root
        caller = self.folder(path[:-1])
        source = caller.sources.get(path[-1], "") if caller else ""
        installed = self._installed.get(".".join(path), "")
        if caller and source.startswith(("./", "../")):
            where = Path(os.path.normpath(caller.path / source))
        elif installed:
            where = Path(os.path.normpath(self._root / installed))
        else:
            where = None
        if where is None or not holds_configuration(where):
            if caller and path[-1] in caller.sources:
                self._absent.add("".join(f".module.{name}" for name in path)[1:])
            return None
        return where

    def _folder_at(self, path: Path) -> _Folder:
        if path not in self._read:
            self._read[path] = self._scan(path)
        return self._read[path]

    def _scan(self, path: Path) -> _Folder:
        folder = _Folder(path=path, places={}, sources={})
        for file in configuration_files(path):
            text = self._text(file)
            if text is None or is_override(file.name):
                continue
            declared = scan_json(text) if file.name.endswith(".json") else scan_hcl(text)
            shown = file.as_posix()
            if declared.fault:
                self._problems.append(f"{shown}, {declared.fault}")
            for block in declared.blocks:
                is_first = block.address not in folder.places
                place = Place(shown, block.line) if is_first else None
                folder.places[block.address] = place
                if block.address.startswith("module."):
                    folder.sources[block.address.removeprefix("module.")] = block.source
        return folder

    def _text(self, file: Path) -> str | None:
        try:
            return file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            self._problems.append(f"{file.as_posix()} cannot be read as text.")
            return None

    def _manifest(self) -> dict[str, str]:
        file = self._root / _MANIFEST
        try:
            decoded = msgspec.json.decode(file.read_bytes(), type=_Manifest)
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError):
            self._problems.append(f"{file.as_posix()} cannot be read.")
            return {}
        return {module.key: module.folder for module in decoded.modules if module.key}
