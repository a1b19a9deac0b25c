"""Plan JSON made from two versions of a configuration, without Terraform.

It claims what the text alone shows: blocks and keys that came or went, and literal values that
differ. Whether an update is a replacement is told by the catalog's table of what forces one, where
the type stands in it; a difference between two expressions is undecided.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from iacrisk.catalog.replacing import arguments_of
from iacrisk.errors import SettingsError
from iacrisk.source.configured import KEYS, MENTION, configuration, prior_state, texts
from iacrisk.source.differing import Around, Compared, Path, compare_values, marked, without
from iacrisk.source.expansion import Expanded, Instance, Module, expand, is_expression
from iacrisk.source.hcl import Parsing
from iacrisk.source.reading import LARGE, read_versions
from iacrisk.source.replacing import Follower, Life, follow, lives, readers
from iacrisk.source.trees import Tree

_UNSETTLED: Final = "whether it is changed in place or replaced is for the provider to say"


class Provisional(msgspec.Struct, frozen=True, kw_only=True):
    """The plan JSON, and what the text could not decide, as sentences."""

    plan_json: bytes
    undecided: tuple[str, ...]


def provisional_plan(
    base: Tree,
    head: Tree,
    progress: Callable[[int], None] = lambda _: None,
    parse: Parsing | None = None,
) -> Provisional:
    """What `head` does to what `base` built; raises SettingsError where one holds nothing."""
    reader = _Reader(progress, parse or Parsing())
    modules = read_versions(base, head, reader.parse, LARGE)
    for tree, module in zip((base, head), modules, strict=True):
        if module is None:
            raise SettingsError(f"{tree.show(tree.root, '')} holds no Terraform configuration.")
    before, after = (module or Module() for module in modules)
    comparison = _Comparison(before, after)
    changes = list(comparison.changes())
    document = {
        "format_version": "1.2",
        "terraform_version": "",
        "planned_values": {"root_module": {}},
        "resource_changes": changes,
        "configuration": {"root_module": configuration(after)},
        "prior_state": {"values": {"root_module": prior_state(expand(before), before)}},
    }
    undecided = (*reader.problems, *_changed_values(base, head), *comparison.undecided())
    return Provisional(plan_json=json.dumps(document).encode(), undecided=undecided)


def _changed_values(base: Tree, head: Tree) -> Iterator[str]:
    """Files with values of variables that differ; which of them Terraform is given nobody knows."""
    old, new = base.values(), head.values()
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield f"{name} changed; what uses its variables may change with it."


class _Reader:
    """Parses the texts and keeps what is wrong with them."""

    def __init__(self, progress: Callable[[int], None], parse: Parsing) -> None:
        self._progress, self._parse = progress, parse
        self._read: set[str] = set()
        self._problems: dict[str, None] = {}

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(self._problems)

    def parse(self, shown: str, text: str | None) -> Any:
        if text is None:
            self._problems[f"{shown} cannot be read as text."] = None
            return {}
        if text not in self._read:
            self._read.add(text)
            self._progress(len(self._read))
        try:
            return self._parse(shown, text)
        except SettingsError as error:
            self._problems[str(error)] = None
            return {}


class _Comparison:
    """Instance by instance, what became of it."""

    def __init__(self, before: Module, after: Module) -> None:
        self._before: Expanded = expand(before)
        self._after: Expanded = expand(after)
        self._lives = lives(after)
        self._arounds: dict[str, Around] = {}
        self._module = after
        self._replaced: set[str] = set()
        """Blocks that are replaced."""
        self._following: set[str] = set()
        """Blocks that change because another one is replaced."""
        self._moves = dict(_moves(after, ""))
        self._kept = set(_kept(after, ""))
        self._notes: dict[str, str] = {}
        self._touched: set[str] = set()
        """Blocks that differ."""
        unfollowed = _unfollowed(self._before, self._after)
        self._definitions = tuple(_changed_definitions(before, after, unfollowed))

    def undecided(self) -> tuple[str, ...]:
        read = readers(self._module, frozenset(self._replaced), frozenset(self._touched))
        for where, note in read:
            if where not in self._replaced | self._following:
                self._notes.setdefault(where, note)
        sides = (f"{where}: {why}." for where, why in sorted(self._unexpanded()))
        grouped: dict[str, list[str]] = {}
        for address, note in sorted(self._notes.items()):
            grouped.setdefault(note, []).append(address)
        notes = (f"{', '.join(named)}: {note}." for note, named in sorted(grouped.items()))
        return (*self._definitions, *sides, *notes)

    def _unexpanded(self) -> Iterator[tuple[str, str]]:
        """What could not be expanded, where it or something in it changed."""
        old, new = self._before.undecided, self._after.undecided
        for where, why in {**old, **new}.items():
            is_touched = any(at == where or at.startswith(f"{where}.") for at in self._touched)
            if is_touched or old.get(where) != new.get(where):
                yield where, why

    def changes(self) -> Iterator[dict[str, Any]]:
        old = {self._now(address): item for address, item in self._before.instances.items()}
        pairs = {
            address: (old.get(address), self._after.instances.get(address))
            for address in sorted(old.keys() | self._after.instances.keys())
        }
        stay = {becomes.block for was, becomes in pairs.values() if was and becomes}
        fresh = {item.block for item in self._after.instances.values()} - stay
        compared = {
            address: self._compared(was, becomes, fresh)
            for address, (was, becomes) in pairs.items()
            if was and becomes
        }
        followers = self._followers(compared)
        for address, (was, becomes) in pairs.items():
            if was is None and becomes is not None:
                yield self._created(becomes)
            elif was is not None and becomes is None:
                yield from self._gone(was)
            elif was is not None and becomes is not None:
                found = compared[address]
                yield self._kept_on(was, becomes, found, followers.get(address))

    def _compared(self, was: Instance, becomes: Instance, fresh: set[str]) -> Compared:
        life = self._lives.get(becomes.block, Life())
        known = arguments_of(becomes.type)
        around = self._around(becomes.block.removesuffix(f"{becomes.type}.{becomes.name}"), fresh)
        return compare_values(was.values, becomes.values, known, life.ignored, around)

    def _around(self, prefix: str, fresh: set[str]) -> Around:
        """What became of the blocks of one module, by their addresses inside it."""
        if prefix not in self._arounds:
            moves = ((KEYS.sub("", old), KEYS.sub("", new)) for old, new in self._moves.items())
            self._arounds[prefix] = Around(
                fresh=frozenset(at.removeprefix(prefix) for at in fresh if at.startswith(prefix)),
                moved={old.removeprefix(prefix): new.removeprefix(prefix) for old, new in moves},
            )
        return self._arounds[prefix]

    def _followers(self, compared: Mapping[str, Compared]) -> dict[str, Follower]:
        replaced = frozenset(address for address, found in compared.items() if found.replaces)
        updated = frozenset(address for address, found in compared.items() if found.changed)
        stay = {address: self._after.instances[address] for address in compared}
        return follow(stay, replaced, updated, self._lives)

    def _now(self, address: str) -> str:
        """Where the text's `moved` blocks take an instance, with or without keys."""
        for _ in range(len(self._moves)):
            new = next(
                (
                    to + address[len(start) :]
                    for start, to in self._moves.items()
                    if address == start or address.startswith((f"{start}.", f"{start}["))
                ),
                address,
            )
            if new == address:
                break
            address = new
        return self._first_of_count(address)

    def _first_of_count(self, address: str) -> str:
        """Terraform moves `a` to `a[0]` where a count comes, and back where it goes."""
        other = address.removesuffix("[0]") if address.endswith("[0]") else f"{address}[0]"
        have = self._after.instances
        return other if address not in have and other in have else address

    def _gone(self, was: Instance) -> Iterator[dict[str, Any]]:
        self._touched.add(was.block)
        if self._is_unexpanded(was.block):
            self._notes[was.address] = "whether it goes is not told by the text"
            return
        if KEYS.sub("", was.address) in self._kept:
            yield _entry(was, ["forget"], was.values, None)
            return
        stays = any(item.block == was.block for item in self._after.instances.values())
        reason = "delete_because_no_resource_config"
        if stays:
            by_index = isinstance(was.key, int)
            reason = f"delete_because_{'count_index' if by_index else 'each_key'}"
        yield _entry(was, ["delete"], was.values, None, action_reason=reason)

    def _created(self, item: Instance) -> dict[str, Any]:
        self._touched.add(item.block)
        had_some = any(other.block == item.block for other in self._before.instances.values())
        if had_some and self._is_unexpanded(item.block):
            self._notes[item.address] = "whether it is new is not told by the text"
            return _entry(item, ["no-op"], item.values, item.values)
        known = {name: value for name, value in item.values.items() if not is_expression(value)}
        unknown = {name: True for name in item.values if name not in known}
        unknown |= {"id": True, "arn": True}
        return _entry(item, ["create"], None, known, after_unknown=unknown)

    def _kept_on(
        self, was: Instance, becomes: Instance, found: Compared, follower: Follower | None
    ) -> dict[str, Any]:
        more: dict[str, Any] = {}
        if was.address != becomes.address:
            more["previous_address"] = was.address
        if found.changed or found.opaque or found.reordered or follower:
            self._touched.add(becomes.block)
            self._following |= {becomes.block} if follower else set()
        self._note(becomes, found, follower)
        if not found.changed and not follower:
            return _entry(becomes, ["no-op"], was.values, was.values, **more)
        lost = [*((name,) for name in found.unknown), *(follower.unknown if follower else ())]
        after = found.after
        for path in lost:
            after = without(after, path)
        unknown = marked(lost)
        replaces = [*found.replaces, *(follower.replaces if follower else ())]
        if not replaces and not (follower and follower.triggered):
            return _entry(becomes, ["update"], was.values, after, after_unknown=unknown, **more)
        self._replaced.add(becomes.block)
        actions = ["delete", "create"]
        if self._lives.get(becomes.block, Life()).creates_first:
            actions.reverse()
        more |= _replacement(replaces)
        unknown |= {"id": True, "arn": True}
        return _entry(becomes, actions, was.values, after, after_unknown=unknown, **more)

    def _note(self, item: Instance, found: Compared, follower: Follower | None) -> None:
        """What of an instance's change is not decided."""
        parts = []
        if plain := [path for path in found.opaque if path not in found.forcing]:
            parts.append(f"{', '.join(plain)} changed as an expression")
        if found.forcing:
            parts.append(
                f"{', '.join(found.forcing)} changed as an expression; another value replaces it"
            )
        if found.reordered:
            parts.append(f"{', '.join(found.reordered)} stands in another order")
        if not found.replaces and (found.unsettled or (follower and follower.unsettled)):
            parts.append(_UNSETTLED)
        if parts:
            self._notes[item.address] = "; ".join(parts)

    def _is_unexpanded(self, block: str) -> bool:
        sides = {**self._before.undecided, **self._after.undecided}
        return any(block == where or block.startswith(f"{where}.") for where in sides)


def _replacement(paths: Sequence[Path]) -> dict[str, Any]:
    """The fields by which a plan tells why it replaces."""
    if not paths:
        return {"action_reason": "replace_by_triggers"}
    return {
        "action_reason": "replace_because_cannot_update",
        "replace_paths": [list(path) for path in paths],
    }


def _entry(
    item: Instance, actions: list[str], before: Any, after: Any, **fields: Any
) -> dict[str, Any]:
    unknown = fields.pop("after_unknown", {})
    change = {"actions": actions, "before": before, "after": after, "after_unknown": unknown}
    if "replace_paths" in fields:
        change["replace_paths"] = fields.pop("replace_paths")
    return {
        "address": item.address,
        **({"module_address": item.module} if item.module else {}),
        "mode": "managed",
        "type": item.type,
        "name": item.name,
        **({"index": item.key} if item.key is not None else {}),
        "provider_name": f"registry.terraform.io/hashicorp/{item.type.partition('_')[0]}",
        "change": change,
        **fields,
    }


def _moves(module: Module, prefix: str) -> Iterator[tuple[str, str]]:
    for old, new in module.moves:
        yield prefix + old, prefix + new
    for name, child in module.children.items():
        yield from _moves(child, f"{prefix}module.{name}.")


def _kept(module: Module, prefix: str) -> Iterator[str]:
    for address in module.kept:
        yield prefix + KEYS.sub("", address)
    for name, child in module.children.items():
        yield from _kept(child, f"{prefix}module.{name}.")


def _changed_definitions(
    before: Module, after: Module, unfollowed: frozenset[str], prefix: str = ""
) -> Iterator[str]:
    """What changed beside the resources and may change them, where the text does not tell how."""
    for name in _differing(before.variables, after.variables, "var."):
        yield f"{prefix}{name} changed; what uses it may change with it."
    for name in _differing(before.data, after.data, ""):
        yield f"{prefix}{name} changed; what uses it may change with it."
    for name in _differing(before.locals, after.locals, "local."):
        values = (side.locals.get(name.removeprefix("local.")) for side in (before, after))
        if name in unfollowed or any(map(is_expression, values)):
            yield f"{prefix}{name} changed; what uses it may change with it."
    for call in sorted(before.calls.keys() & after.calls.keys()):
        old, new = before.calls[call], after.calls[call]
        for name in _differing(old, new, "var."):
            argument = name.removeprefix("var.")
            is_unseen = call not in after.children or call not in before.children
            is_opaque = is_expression([old.get(argument), new.get(argument)])
            if is_unseen or is_opaque or name in unfollowed:
                yield f"{prefix}module.{call}: {argument} changed; the module may change with it."
        if call in before.children and call in after.children:
            inner = f"{prefix}module.{call}."
            children = before.children[call], after.children[call]
            yield from _changed_definitions(*children, unfollowed, inner)


def _differing(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str) -> list[str]:
    names = sorted(old.keys() | new.keys())
    return [f"{prefix}{name}" for name in names if old.get(name) != new.get(name)]


def _unfollowed(*sides: Expanded) -> frozenset[str]:
    """The locals and variables that still stand in an instance's values."""
    return frozenset(
        ".".join(mention.split(".")[:2])
        for side in sides
        for item in side.instances.values()
        for text in texts(item.values)
        for mention in MENTION.findall(text)
        if mention.startswith(("local.", "var."))
    )
