"""Rules of installed packages, loaded only because the policy names them.

What a package's import raises is shown as it is: no plan has been read by then.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final

import msgspec

from iacrisk.errors import SettingsError
from iacrisk.gate.policy import OWN_ID
from iacrisk.rules import Plugin, Rule

GROUP: Final = "iacrisk.rules"


def load_plugin(name: str) -> tuple[Plugin, tuple[Rule, ...]]:
    """The plugin behind the entry point and its rules; raises SettingsError."""
    point = _entry_point(name)
    try:
        with redirect_stdout(sys.stderr):  # a report may go to standard output
            found = point.load()
    except (Exception, SystemExit) as error:
        raise SettingsError(f"it cannot be imported: {type(error).__name__}: {error}.") from error
    dist = point.dist
    plugin = Plugin(
        name=name,
        distribution=dist.metadata["Name"] if dist else "",
        version=dist.version if dist else "",
        sha256=_digest(point.module),
    )
    return plugin, tuple(_rules(found, plugin))


def _entry_point(name: str) -> EntryPoint:
    installed = entry_points(group=GROUP)
    found = {
        (item.value, item.dist.name if item.dist else ""): item
        for item in installed.select(name=name)
    }
    if len(found) > 1:
        holders = ", ".join(sorted(holder for _, holder in found))
        raise SettingsError(f"several packages have an entry point of this name: {holders}.")
    if not found:
        names = ", ".join(sorted({item.name for item in installed})) or "none"
        raise SettingsError(
            f"no installed package has such an entry point in the group {GROUP}; there are: "
            f"{names}."
        )
    return next(iter(found.values()))


def _rules(found: Any, plugin: Plugin) -> Iterator[Rule]:
    if not isinstance(found, tuple | list) or not all(isinstance(item, Rule) for item in found):
        raise SettingsError("its entry point has to lead to a tuple of rules.")
    for item in found:
        if re.fullmatch(OWN_ID, item.id) is None:
            raise SettingsError(
                f"the id {item.id!r} is not one of an own rule, such as 'ACME-001'."
            )
        yield msgspec.structs.replace(item, origin=f"{plugin.distribution} {plugin.version}")


def _digest(module_name: str) -> str:
    """SHA-256 over the names and bytes of the package's files, wherever they are installed."""
    files = dict(_files(module_name))
    if not files:
        raise SettingsError("its files cannot be read, so no digest can be made of them.")
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(module_name: str) -> Iterator[tuple[str, Path]]:
    """The files of the outermost regular package that holds the module, or the module's own."""
    parts = module_name.split(".")
    for length in range(1, len(parts) + 1):
        module = sys.modules[".".join(parts[:length])]
        origin = getattr(module, "__file__", None)
        if not origin:
            continue  # a namespace package: others may have files in it
        file = Path(origin)
        if not hasattr(module, "__path__"):
            yield file.name, file
        else:
            yield from _package_files(file.parent)
        return


def _package_files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(folder).as_posix(), path
