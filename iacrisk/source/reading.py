"""Reads two versions of a configuration, of a large one only what the change can concern.

A module that is the same in both versions, is called in the same words and is given nothing that
changed, stays as it is and is hit by nobody. To parse it would take most of the time.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from iacrisk.source.comparison import called
from iacrisk.source.configured import KEYS, MENTION, texts
from iacrisk.source.expansion import Module, Parse, add_document
from iacrisk.source.trees import Tree

LARGE: Final = 200
"""Files from which on what cannot be concerned is left out."""
Folders = tuple[str | None, str | None]


def read_versions(
    base: Tree, head: Tree, parse: Parse, large: int = LARGE
) -> tuple[Module | None, Module | None]:
    """The root modules of both versions; None for one that holds no configuration."""
    return _Reading((base, head), parse, large).read((base.root, head.root), frozenset(), ())


class _Reading:
    """Goes through both versions side by side."""

    def __init__(self, trees: tuple[Tree, Tree], parse: Parse, large: int) -> None:
        self._trees, self._parse = trees, parse
        self._files: dict[tuple[int, str], dict[str, str | None]] = {}
        self._marks: dict[tuple[int, str], tuple[str, int]] = {}
        self._is_large = any(
            self._mark(side, tree.root, ())[1] >= large for side, tree in enumerate(trees)
        )

    def read(
        self, folders: Folders, given: frozenset[str], callers: tuple[Folders, ...]
    ) -> tuple[Module | None, Module | None]:
        """One module of both versions with what it calls; `given` are variables that changed."""
        before, after = (self._one(side, folder) for side, folder in enumerate(folders))
        modules = (before or Module(), after or Module())
        names = sorted(modules[0].calls.keys() | modules[1].calls.keys())
        inner: dict[str, Folders] = {
            name: (
                _inside(folders[0], modules[0].calls.get(name)),
                _inside(folders[1], modules[1].calls.get(name)),
            )
            for name in names
        }
        differing = {f"module.{name}" for name in names if not self._is_same(inner[name])}
        concerned = _concerned(modules, given | differing)
        for name in names:
            if inner[name] in (*callers, folders):
                continue
            if self._is_large and f"module.{name}" not in concerned:
                for module in modules:
                    module.untouched.add(name)
                continue
            children = self.read(inner[name], _given(modules, name, concerned), (*callers, folders))
            for module, child in zip(modules, children, strict=True):
                if child is not None:
                    module.children[name] = child
        return before, after

    def _one(self, side: int, folder: str | None) -> Module | None:
        files = self._read(side, folder) if folder is not None else {}
        if not files:
            return None
        module = Module()
        for name, text in files.items():
            add_document(module, self._parse(self._trees[side].show(folder or "", name), text))
        return module

    def _is_same(self, folders: Folders) -> bool:
        if None in folders:
            return folders == (None, None)
        marks = (self._mark(side, folder or "", ()) for side, folder in enumerate(folders))
        return len(set(marks)) == 1

    def _mark(self, side: int, folder: str, callers: tuple[str, ...]) -> tuple[str, int]:
        """What tells the content of a folder and of the modules it calls, and their files."""
        key = (side, folder)
        if key not in self._marks:
            files = self._read(side, folder)
            parts, count = [f"{name}\0{text}" for name, text in files.items()], len(files)
            for name, source in sorted(called(files).items()):
                inner = _inside(folder, {"source": source})
                if inner is not None and inner not in (*callers, folder):
                    mark, more = self._mark(side, inner, (*callers, folder))
                    parts.append(f"{name}\0{mark}")
                    count += more
            content = "\0\0".join(parts).encode(errors="replace")
            self._marks[key] = (sha256(content).hexdigest(), count)
        return self._marks[key]

    def _read(self, side: int, folder: str | None) -> dict[str, str | None]:
        key = (side, folder or "")
        if key not in self._files:
            self._files[key] = self._trees[side].read(folder or "")
        return self._files[key]


def _inside(folder: str | None, call: Mapping[str, Any] | None) -> str | None:
    """The folder that a module call leads to, where it is a local one."""
    source = str((call or {}).get("source") or "")
    if folder is None or not source.startswith(("./", "../")):
        return None
    return posixpath.normpath(posixpath.join(folder, source))


def _concerned(modules: tuple[Module, Module], first: Iterable[str]) -> set[str]:
    """What differs in a module or reads, at any remove, something that does."""
    said = [dict(_said(module)) for module in modules]
    found = {*first, *_moved(modules)}
    found |= {name for name in said[0].keys() | said[1].keys() if _differs(said, name)}
    readers: dict[str, set[str]] = {}
    for side in said:
        for name, body in side.items():
            for read in _read_by(body):
                readers.setdefault(read, set()).add(name)
    waiting = list(found)
    while waiting:
        fresh = readers.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return found


def _differs(said: list[dict[str, Any]], name: str) -> bool:
    return bool(said[0].get(name) != said[1].get(name))


def _said(module: Module) -> Iterator[tuple[str, Any]]:
    """Everything a module names, with what it says of it."""
    yield from module.resources.items()
    yield from module.data.items()
    for kind, group in (
        ("local", module.locals),
        ("var", module.variables),
        ("module", module.calls),
    ):
        for name, body in group.items():
            yield f"{kind}.{name}", body


def _moved(modules: tuple[Module, Module]) -> Iterator[str]:
    for module in modules:
        for address in (*(end for move in module.moves for end in move), *module.kept):
            yield ".".join(KEYS.sub("", address).split(".")[:2])


def _read_by(body: Any) -> set[str]:
    names = set()
    for text in texts(body):
        for mention in MENTION.findall(text):
            steps = [KEYS.sub("", step) for step in mention.split(".")]
            names.add(".".join(steps[: 3 if steps[0] == "data" else 2]))
    return names


def _given(modules: tuple[Module, Module], name: str, concerned: set[str]) -> frozenset[str]:
    """The variables of a call that get something else, as their module names them."""
    bodies = [module.calls.get(name, {}) for module in modules]
    return frozenset(
        f"var.{argument}"
        for argument in {*bodies[0], *bodies[1]}
        if bodies[0].get(argument) != bodies[1].get(argument)
        or any(_read_by(body.get(argument)) & concerned for body in bodies)
    )
