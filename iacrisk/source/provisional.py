"""Plan JSON made from two versions of a configuration, without Terraform.

It claims what the text alone shows: blocks and keys that came or went, and literal values that
differ. Whether an update is a replacement is for the provider to say, and a difference between two
expressions is undecided.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from iacrisk.errors import SettingsError
from iacrisk.source.expansion import Expanded, Instance, Module, expand, is_expression, read_module
from iacrisk.source.hcl import parse_document
from iacrisk.source.trees import Tree

_MENTION: Final = re.compile(r"(?<![\w.\"])([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[[^\]\[]*\])+)")
_KEYS: Final = re.compile(r"\[[^\]]*\]")
_EMPTY: Final[tuple[Any, ...]] = (None, False, "", 0, [], {})
_OWN: Final = frozenset({"each", "count"})
_NAMES: Final = frozenset({"var", "local", "module"})


class Provisional(msgspec.Struct, frozen=True, kw_only=True):
    """The plan JSON, and what the text could not decide, as sentences."""

    plan_json: bytes
    undecided: tuple[str, ...]


def provisional_plan(
    base: Tree, head: Tree, progress: Callable[[int], None] = lambda _: None
) -> Provisional:
    """What `head` does to what `base` built; raises SettingsError where one holds nothing."""
    reader = _Reader(progress)
    modules = tuple(read_module(tree, tree.root, reader.parse) for tree in (base, head))
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
        "configuration": {"root_module": _configuration(after)},
        "prior_state": {"values": {"root_module": _state(expand(before), before)}},
    }
    undecided = (*reader.problems, *comparison.undecided())
    return Provisional(plan_json=json.dumps(document).encode(), undecided=undecided)


class _Reader:
    """Parses each text once."""

    def __init__(self, progress: Callable[[int], None]) -> None:
        self._progress = progress
        self._parsed: dict[str, Any] = {}
        self.problems: list[str] = []

    def parse(self, shown: str, text: str | None) -> Any:
        if text is None:
            self.problems.append(f"{shown} cannot be read as text.")
            return {}
        if text not in self._parsed:
            try:
                self._parsed[text] = parse_document(shown, text)
            except SettingsError as error:
                self.problems.append(str(error))
                self._parsed[text] = {}
            self._progress(len(self._parsed))
        return self._parsed[text]


class _Comparison:
    """Instance by instance, what became of it."""

    def __init__(self, before: Module, after: Module) -> None:
        self._before: Expanded = expand(before)
        self._after: Expanded = expand(after)
        self._moves = dict(_moves(after, ""))
        self._kept = set(_kept(after, ""))
        self._notes: dict[str, str] = {}
        self._touched: set[str] = set()
        """Blocks that differ."""
        unfollowed = _unfollowed(self._before, self._after)
        self._definitions = tuple(_changed_definitions(before, after, unfollowed))

    def undecided(self) -> tuple[str, ...]:
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
        for address in sorted(old.keys() | self._after.instances.keys()):
            was, becomes = old.get(address), self._after.instances.get(address)
            if becomes is None and was is not None:
                yield from self._gone(was)
            elif becomes is not None:
                yield self._created(becomes) if was is None else self._kept_on(was, becomes)

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
        if _KEYS.sub("", was.address) in self._kept:
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

    def _kept_on(self, was: Instance, becomes: Instance) -> dict[str, Any]:
        differing = [
            name
            for name in sorted(was.values.keys() | becomes.values.keys())
            if not _same(was.values.get(name), becomes.values.get(name))
        ]
        self._touched |= {becomes.block} if differing else set()
        opaque = [
            name
            for name in differing
            if is_expression(was.values.get(name)) or is_expression(becomes.values.get(name))
        ]
        more = {} if was.address == becomes.address else {"previous_address": was.address}
        if opaque:
            self._notes[becomes.address] = f"{', '.join(opaque)} changed as an expression"
        if len(opaque) == len(differing):
            return _entry(becomes, ["no-op"], was.values, was.values, **more)
        after = {name: value for name, value in becomes.values.items() if name not in opaque}
        after |= {name: was.values[name] for name in opaque if name in was.values}
        self._notes.setdefault(
            becomes.address, "whether it is changed in place or replaced is for the provider to say"
        )
        return _entry(becomes, ["update"], was.values, after, **more)

    def _is_unexpanded(self, block: str) -> bool:
        sides = {**self._before.undecided, **self._after.undecided}
        return any(block == where or block.startswith(f"{where}.") for where in sides)


def _same(old: Any, new: Any) -> bool:
    """An argument given as nothing and one that is not given are mostly the same to a provider."""
    return bool(old == new) or (old in _EMPTY and new in _EMPTY)


def _entry(
    item: Instance, actions: list[str], before: Any, after: Any, **fields: Any
) -> dict[str, Any]:
    unknown = fields.pop("after_unknown", {})
    change = {"actions": actions, "before": before, "after": after, "after_unknown": unknown}
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
        yield prefix + _KEYS.sub("", address)
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
        for text in _texts(item.values)
        for mention in _MENTION.findall(text)
        if mention.startswith(("local.", "var."))
    )


# The configuration as a plan lists it, for the graph.


def _configuration(module: Module) -> dict[str, Any]:
    return {
        "resources": [_configured(block, body, module) for block, body in module.resources.items()],
        "module_calls": {
            name: {
                "source": str(call.get("source") or ""),
                "module": _configuration(module.children.get(name) or Module()),
                "expressions": _expressions(call, module),
            }
            for name, call in module.calls.items()
        },
        "outputs": {
            name: {"expression": {"references": list(_references(body, module))}}
            for name, body in module.outputs.items()
        },
    }


def _configured(block: str, body: Mapping[str, Any], module: Module) -> dict[str, Any]:
    type_name, _, name = block.partition(".")
    return {
        "address": block,
        "mode": "managed",
        "type": type_name,
        "name": name,
        "provider_config_key": type_name.partition("_")[0],
        "expressions": _expressions(body, module),
        "depends_on": [
            str(item).removeprefix("${").removesuffix("}") for item in body.get("depends_on") or ()
        ],
    }


def _expressions(body: Mapping[str, Any], module: Module) -> dict[str, Any]:
    listed = {name: list(_references(value, module)) for name, value in body.items()}
    return {
        name: {"references": references}
        for name, references in listed.items()
        if references and name != "depends_on"
    }


def _references(value: Any, module: Module, depth: int = 0) -> Iterator[str]:
    """What an argument refers to, each followed by its prefix; locals by what they refer to."""
    for text in _texts(value):
        for mention in dict.fromkeys(_MENTION.findall(text)):
            steps = mention.split(".")
            block = ".".join(_KEYS.sub("", step) for step in steps[:2])
            if steps[0] == "local" and depth < 3:
                yield from _references(module.locals.get(steps[1]), module, depth + 1)
            elif steps[0] in _OWN or block in module.resources or steps[0] in _NAMES:
                yield mention
                yield ".".join(steps[:2])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if "${" in value:
            yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _state(expanded: Expanded, root: Module) -> dict[str, Any]:
    """The prior state as far as the graph needs it: who depended on whom, in the root module."""
    direct = {
        block: {
            ".".join(_KEYS.sub("", step) for step in text.split(".")[:2])
            for text in _references(body, root)
        }
        & root.resources.keys()
        for block, body in root.resources.items()
    }
    return {
        "resources": [
            {
                "address": item.address,
                "mode": "managed",
                "type": item.type,
                "name": item.name,
                **({"index": item.key} if item.key is not None else {}),
                "depends_on": sorted(_closure(item.block, direct)),
            }
            for item in expanded.instances.values()
            if not item.module
        ]
    }


def _closure(block: str, direct: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(direct.get(block, ()))
    while waiting:
        other = waiting.pop()
        if other not in found and other != block:
            found.add(other)
            waiting += direct.get(other, ())
    return found
