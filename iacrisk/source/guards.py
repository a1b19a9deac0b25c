"""Which resources lost `prevent_destroy` between two versions of a configuration.

Only modules with a local source are followed. What a module call of the head hides (a registry or
Git source, a missing folder) counts as unseen, not as lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from iacrisk.errors import SettingsError
from iacrisk.source.hcl import blocks, labelled, read_folder

_KEY: Final = re.compile(r"\[[^\]]*\]")
_OFF: Final = ("false", False, None)


def vanished_guards(base: Path, head: Path | None) -> frozenset[str]:
    """Block addresses that have prevent_destroy in `base` and lack it in `head`.

    Addresses hold the module path and no instance keys. Without `head`, every guarded address of
    `base`. An object that a `moved` block renames counts as lost, under its old and new address,
    only where the new block has no guard. Raises SettingsError for a folder that is not there, a
    base without configuration, and a file that does not parse.
    """
    before = _scan(base)
    if not before.has_files:
        raise SettingsError(f"{base} holds no Terraform configuration.")
    if head is None:
        return frozenset(before.guarded)
    after = _scan(head)
    lost: set[str] = set()
    for address in before.guarded:
        now = _moved(address, after.moves)
        if now not in after.guarded and not _is_hidden(now, after.hidden):
            lost |= {address, now}
    return frozenset(lost)


class _Scan(msgspec.Struct):
    """What a configuration says, addresses with their module path."""

    guarded: set[str] = msgspec.field(default_factory=set)
    hidden: set[str] = msgspec.field(default_factory=set)
    """Module calls whose content is not at hand."""
    moves: dict[str, str] = msgspec.field(default_factory=dict)
    has_files: bool = False


def _scan(folder: Path) -> _Scan:
    if not folder.is_dir():
        raise SettingsError(f"There is no folder {folder}.")
    scan = _Scan()
    _add(scan, folder.resolve(), "", ())
    return scan


def _add(scan: _Scan, folder: Path, prefix: str, callers: tuple[Path, ...]) -> None:
    documents = read_folder(folder)
    scan.has_files |= bool(documents)
    guards: dict[str, bool] = {}
    sources: dict[str, str] = {}
    for document in documents:
        guards |= dict(_guards(document))
        sources |= dict(_sources(document))
        scan.moves |= {prefix + old: prefix + new for old, new in _moves(document)}
    scan.guarded |= {prefix + address for address, guarded in guards.items() if guarded}
    for name, source in sources.items():
        inner = (folder / source).resolve()
        is_local = source.startswith(("./", "../")) and inner.is_dir()
        if is_local and inner not in (*callers, folder):
            _add(scan, inner, f"{prefix}module.{name}.", (*callers, folder))
        else:
            scan.hidden.add(f"{prefix}module.{name}.")


def _guards(document: Any) -> Iterator[tuple[str, bool]]:
    """Each resource block that says something about prevent_destroy, and whether it is on.

    An expression (OpenTofu allows one) counts as on: somebody wants a guard there.
    """
    for type_name, named in labelled(document, "resource"):
        for block in named if isinstance(named, list) else (named,):
            for name, bodies in block.items() if isinstance(block, dict) else ():
                for value in _settings(bodies):
                    yield f"{type_name}.{name}", value not in _OFF


def _settings(bodies: Any) -> Iterator[Any]:
    for body in bodies if isinstance(bodies, list) else (bodies,):
        for lifecycle in blocks(body, "lifecycle"):
            if isinstance(lifecycle, dict) and "prevent_destroy" in lifecycle:
                yield lifecycle["prevent_destroy"]


def _sources(document: Any) -> Iterator[tuple[str, str]]:
    for name, bodies in labelled(document, "module"):
        for body in bodies if isinstance(bodies, list) else (bodies,):
            source = body.get("source") if isinstance(body, dict) else None
            if isinstance(source, str):
                yield name, source


def _moves(document: Any) -> Iterator[tuple[str, str]]:
    for block in blocks(document, "moved"):
        if isinstance(block, dict):
            yield _address(block.get("from")), _address(block.get("to"))


def _address(reference: Any) -> str:
    text = str(reference or "").removeprefix("${").removesuffix("}")
    return _KEY.sub("", text)


def _moved(address: str, moves: dict[str, str]) -> str:
    """Where the object stands now; chains of moves are followed."""
    for _ in range(len(moves)):
        new = _step(address, moves)
        if new == address:
            break
        address = new
    return address


def _step(address: str, moves: dict[str, str]) -> str:
    for old, new in moves.items():
        if address == old or address.startswith(f"{old}."):
            return new + address[len(old) :]
    return address


def _is_hidden(address: str, hidden: set[str]) -> bool:
    return any(address.startswith(prefix) for prefix in hidden)
