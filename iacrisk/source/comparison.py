"""What changed between two versions of a configuration that the plan does not show.

Only files that differ are parsed, and those that hold destroy-time provisioners. Modules with a
local source are followed; what another call hides counts as unseen, not as lost.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from iacrisk.errors import SettingsError
from iacrisk.patterns import regex
from iacrisk.source.declarations import Declared, scan_hcl, scan_json
from iacrisk.source.facts import Edits, Place, VersionJump
from iacrisk.source.files import is_override
from iacrisk.source.hcl import Parsing
from iacrisk.source.lifecycle import BlockFacts, CallFacts, backends, block_facts, calls, moves
from iacrisk.source.trees import LOCK_FILE, Tree
from iacrisk.source.versions import jump, locked_versions, module_jump

Progress = Callable[[int], None]
_ON_DESTROY: Final = regex(r"\bwhen\b\"?\s*[=:]\s*\"?(?:\$\{)?destroy\b")


def compare(
    base: Tree,
    head: Tree | None,
    progress: Progress = lambda _: None,
    parse: Parsing | None = None,
) -> Edits:
    """What `head` changed since `base`; without it, the guards of `base` alone count as lost.

    `progress` is told how many files were parsed. Raises SettingsError for a base without
    configuration; a file that does not parse is one of the result's problems.
    """
    walk = _Walk(base, head, progress, parse or Parsing())
    walk.enter("", base.root, head.root if head else None, ())
    if not walk.base_has_files:
        raise SettingsError(f"{base.show(base.root, '')} holds no Terraform configuration.")
    return walk.edits()


class _Side(msgspec.Struct):
    """What one version says, addresses with their module path."""

    blocks: dict[str, BlockFacts] = msgspec.field(default_factory=dict)
    calls: dict[str, CallFacts] = msgspec.field(default_factory=dict)
    moves: dict[str, str] = msgspec.field(default_factory=dict)
    hidden: set[str] = msgspec.field(default_factory=set)
    """Module calls whose content is not at hand."""
    places: dict[str, Place] = msgspec.field(default_factory=dict)
    backend: tuple[str, dict[str, Any]] = ("", {})


class _Walk:
    """Goes through both versions, module by module."""

    def __init__(self, base: Tree, head: Tree | None, progress: Progress, parse: Parsing) -> None:
        self._trees = (base, head)
        self._sides = (_Side(), _Side())
        self._progress, self._parse = progress, parse
        self._parsed: dict[tuple[bool, str], dict[str, Any] | None] = {}
        self._files: dict[tuple[int, str], dict[str, str | None]] = {}
        self._problems: dict[str, None] = {}
        self.base_has_files = False

    def enter(
        self, prefix: str, base: str | None, head: str | None, callers: tuple[object, ...]
    ) -> None:
        """Read one module of both versions, then the modules it calls."""
        folders = (base, head)
        files = tuple(map(self._read, self._trees, folders))
        self.base_has_files |= bool(files[0])
        for side, tree, folder, own, other in zip(
            self._sides, self._trees, folders, files, files[::-1], strict=True
        ):
            if tree and folder is not None:
                self._add(side, prefix, tree, folder, _to_parse(own, other))
        names = [called(own) for own in files]
        for name in sorted(names[0] | names[1]):
            inner = tuple(
                self._inner(side, f"{prefix}module.{name}.", tree, folder, sources.get(name))
                for side, tree, folder, sources in zip(
                    self._sides, self._trees, folders, names, strict=True
                )
            )
            if inner != (None, None) and inner not in (*callers, folders):
                self.enter(f"{prefix}module.{name}.", inner[0], inner[1], (*callers, folders))

    def edits(self) -> Edits:
        before, after = self._sides
        found = _Edits()
        if self._trees[1] is None:
            found.unguarded |= {at for at, block in before.blocks.items() if block.guarded}
            return found.frozen({}, {}, "", tuple(self._problems))
        for address, block in before.blocks.items():
            now = _moved(address, after.moves)
            if now in after.blocks or not _is_hidden(now, after.hidden):
                found.add(address, now, block, after.blocks.get(now))
            if now not in after.blocks and address in before.places:
                found.places[address] = before.places[address]
        found.acts_on_destroy |= {at for at, item in after.blocks.items() if item.acts_on_destroy}
        jumps = {
            address: step
            for address, call in before.calls.items()
            if (step := module_jump(call, after.calls.get(address, CallFacts())))
        }
        backend = _backend_change(before.backend, after.backend)
        return found.frozen(self._provider_jumps(), jumps, backend, tuple(self._problems))

    def _inner(
        self, side: _Side, prefix: str, tree: Tree | None, folder: str | None, source: str | None
    ) -> str | None:
        if tree is None or folder is None or source is None:
            return None
        if source.startswith(("./", "../")):
            inner = posixpath.normpath(posixpath.join(folder, source))
            if self._read(tree, inner):
                return inner
        side.hidden.add(prefix)
        return None

    def _add(
        self, side: _Side, prefix: str, tree: Tree, folder: str, files: Mapping[str, str | None]
    ) -> None:
        stated: dict[str, dict[str, Any]] = {}
        for name, text in files.items():
            document = self._document(tree.show(folder, name), text)
            if document is None:  # what it held is unseen, not lost
                side.hidden.add(prefix)
            if text and side is self._sides[0]:
                side.places |= {
                    prefix + found.address: Place(tree.show(folder, name), found.line, True)
                    for found in _scan(name, text)
                }
            for address, fields in block_facts(document):
                stated.setdefault(prefix + address, {}).update(fields)
            side.calls |= {f"{prefix}module.{call}": facts for call, facts in calls(document)}
            side.moves |= {prefix + old: prefix + new for old, new in moves(document)}
            if not prefix:
                for backend in backends(document):
                    side.backend = backend
        side.blocks |= {address: BlockFacts(**fields) for address, fields in stated.items()}

    def _read(self, tree: Tree | None, folder: str | None) -> dict[str, str | None]:
        if tree is None or folder is None:
            return {}
        key = (id(tree), folder)
        if key not in self._files:
            self._files[key] = tree.read(folder)
        return self._files[key]

    def _document(self, shown: str, text: str | None) -> dict[str, Any] | None:
        """One file as data, the same text once; None where it is a problem."""
        key = (shown.endswith(".json"), text or "")
        if text is None:
            self._problems[f"{shown} cannot be read as text."] = None
        elif key not in self._parsed:
            self._parsed[key] = None
            try:
                self._parsed[key] = self._parse(shown, text)
            except SettingsError as error:
                self._problems[str(error)] = None
            self._progress(len(self._parsed))
        return None if text is None else self._parsed[key]

    def _provider_jumps(self) -> dict[str, VersionJump]:
        base, head = self._trees
        texts = (base.lock_file(), head.lock_file() if head else "")
        if texts[0] == texts[1] or not all(texts):
            return {}
        try:
            before, after = (locked_versions(LOCK_FILE, text) for text in texts)
        except SettingsError as error:
            self._problems[str(error)] = None
            return {}
        steps = {name: jump(old, after.get(name, "")) for name, old in before.items()}
        return {name: step for name, step in steps.items() if step}


class _Edits(msgspec.Struct):
    """The edits as they are collected."""

    unguarded: set[str] = msgspec.field(default_factory=set)
    no_longer_ignored: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    no_longer_creates_first: set[str] = msgspec.field(default_factory=set)
    new_triggers: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    acts_on_destroy: set[str] = msgspec.field(default_factory=set)
    lost_destroy_action: set[str] = msgspec.field(default_factory=set)
    places: dict[str, Place] = msgspec.field(default_factory=dict)

    def add(self, old: str, new: str, before: BlockFacts, after: BlockFacts | None) -> None:
        if before.guarded and not (after and after.guarded):
            self.unguarded |= {old, new}
        if before.acts_on_destroy and not (after and after.acts_on_destroy):
            self.lost_destroy_action |= {old, new}
        if after is None:
            return
        ignored = _only_in(before.ignored, after.ignored)
        if ignored and "all" not in after.ignored:
            self.no_longer_ignored[new] = ignored
        if before.creates_first and not after.creates_first:
            self.no_longer_creates_first.add(new)
        if triggers := _only_in(after.triggers, before.triggers):
            self.new_triggers[new] = triggers

    def frozen(
        self,
        provider_jumps: dict[str, VersionJump],
        module_jumps: dict[str, VersionJump],
        backend_change: str,
        problems: tuple[str, ...],
    ) -> Edits:
        return Edits(
            unguarded=frozenset(self.unguarded),
            no_longer_ignored=self.no_longer_ignored,
            no_longer_creates_first=frozenset(self.no_longer_creates_first),
            new_triggers=self.new_triggers,
            acts_on_destroy=frozenset(self.acts_on_destroy),
            lost_destroy_action=frozenset(self.lost_destroy_action),
            provider_jumps=provider_jumps,
            module_jumps=module_jumps,
            places=self.places,
            backend_change=backend_change,
            problems=problems,
        )


def _to_parse(
    own: Mapping[str, str | None], other: Mapping[str, str | None]
) -> dict[str, str | None]:
    """The files that differ or act on a destroy; all of them where an override differs."""
    differing = {
        name
        for name in own.keys() | other.keys()
        if own.get(name) is None or own[name] != other.get(name)
    }
    if any(map(is_override, differing)):
        return dict(own)
    return {
        name: text
        for name, text in own.items()
        if name in differing or (text and _ON_DESTROY.search(text))
    }


def called(files: Mapping[str, str | None]) -> dict[str, str]:
    """The module calls of a folder, by name, with their source."""
    found: dict[str, str] = {}
    for name, text in files.items():
        for block in _scan(name, text or ""):
            if block.address.startswith("module."):
                found[block.address.removeprefix("module.")] = block.source
    return found


def _scan(name: str, text: str) -> tuple[Declared, ...]:
    return (scan_json if name.endswith(".json") else scan_hcl)(text).blocks


def _only_in(these: tuple[str, ...], those: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(item for item in these if item not in those)


def _backend_change(before: tuple[str, dict[str, Any]], after: tuple[str, dict[str, Any]]) -> str:
    """Kinds or names of arguments that differ; values may be credentials and are left out."""
    if before == after:
        return ""
    if before[0] != after[0]:
        return f"{before[0] or 'local'} -> {after[0] or 'local'}"
    names = before[1].keys() | after[1].keys()
    return ", ".join(sorted(name for name in names if before[1].get(name) != after[1].get(name)))


def _moved(address: str, renamed: Mapping[str, str]) -> str:
    """Where the object stands now; chains of moves are followed."""
    for _ in range(len(renamed)):
        new = _step(address, renamed)
        if new == address:
            break
        address = new
    return address


def _step(address: str, renamed: Mapping[str, str]) -> str:
    for old, new in renamed.items():
        if address == old or address.startswith(f"{old}."):
            return new + address[len(old) :]
    return address


def _is_hidden(address: str, hidden: set[str]) -> bool:
    return any(address.startswith(prefix) for prefix in hidden)
