"""What follows when objects are replaced: who reads their identity, and who is told to go along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from iacrisk.catalog.replacing import Effect, Turn, arguments_of
from iacrisk.patterns import regex
from iacrisk.plan import format_key
from iacrisk.source.configured import KEYS, closure, direct_dependencies, references
from iacrisk.source.differing import Path, dotted, is_block_list
from iacrisk.source.expansion import Instance, Module
from iacrisk.source.lifecycle import lifecycle_of

_READ: Final = regex(r"\$\{\s*([a-z]\w*)\.([\w-]+)(?:\[([^\]]*)\])?\.(id|arn)\s*\}")
"""Only what a new object certainly gets anew."""


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """What a block's lifecycle says about changes."""

    ignored: tuple[str, ...] = ()
    creates_first: bool = False
    triggers: tuple[str, ...] = ()


class Follower(msgspec.Struct, frozen=True, kw_only=True):
    """An instance that changes because another one is replaced."""

    unknown: tuple[Path, ...]
    """Arguments that get a value nobody knows yet."""
    replaces: tuple[Path, ...]
    """Those of them that force a replacement."""
    unsettled: bool
    triggered: bool = False


def lives(module: Module, prefix: str = "") -> dict[str, Life]:
    """By block address with module path; what a block creates first, it wants of those it uses."""
    direct = direct_dependencies(module)
    fields = {block: lifecycle_of(body) for block, body in module.resources.items()}
    first = {block for block, field in fields.items() if field.get("creates_first")}
    first |= {other for block in first for other in closure(block, direct)}
    found = {
        prefix + block: Life(
            ignored=field.get("ignored", ()),
            creates_first=block in first,
            triggers=field.get("triggers", ()),
        )
        for block, field in fields.items()
    }
    for name, child in module.children.items():
        found |= lives(child, f"{prefix}module.{name}.")
    return found


def follow(
    instances: Mapping[str, Instance],
    replaced: frozenset[str],
    updated: frozenset[str],
    lifes: Mapping[str, Life],
) -> dict[str, Follower]:
    """By address, who changes because of those that are replaced, and because of these in turn."""
    found: dict[str, Follower] = {}
    gone = set(replaced)
    while True:
        fresh = {
            address: follower
            for address, item in instances.items()
            if address not in replaced
            and (follower := _follower(item, gone, updated | found.keys(), lifes))
            and follower != found.get(address)
        }
        if not fresh:
            return found
        found |= fresh
        gone |= {address for address, it in fresh.items() if it.replaces or it.triggered}


def readers(
    module: Module, replaced: frozenset[str], changed: frozenset[str], prefix: str = ""
) -> Iterator[tuple[str, str]]:
    """Blocks and module calls that read what is new after the apply, with what to say of them.

    `replaced` and `changed` are addresses of blocks with their module path.
    """
    new, other = (_local(blocks, prefix) for blocks in (replaced, changed))
    for block, body in module.resources.items():
        if read := new & _mentioned(body, module):
            yield prefix + block, _reads(read)
        elif computed := _computed(body, module, other - {block}):
            said = f"reads {', '.join(computed)}, of what changes; it may change with it"
            yield prefix + block, said
    for name, call in module.calls.items():
        if read := new & _mentioned(call, module):
            yield f"{prefix}module.{name}", _reads(read)
        elif waits := other & _mentioned(call.get("depends_on"), module):
            said = f"waits for {', '.join(sorted(waits))}, so its data is read during the apply"
            yield f"{prefix}module.{name}", said
    for name, child in module.children.items():
        yield from readers(child, replaced, changed, f"{prefix}module.{name}.")


def _reads(blocks: set[str]) -> str:
    are = "are" if len(blocks) > 1 else "is"
    return f"reads {', '.join(sorted(blocks))}, which {are} replaced; it may change with it"


def _computed(body: Any, module: Module, blocks: set[str]) -> list[str]:
    """Attributes of these blocks that the provider makes up and that may change with the object."""
    found = set()
    for text in references(body, module):
        steps = [KEYS.sub("", step) for step in text.split(".")]
        block = ".".join(steps[:2])
        given = ("id", "arn", *module.resources.get(block, ()))
        if len(steps) > 2 and block in blocks and steps[2] not in given:
            found.add(".".join(steps[:3]))
    return sorted(found)


def _local(blocks: frozenset[str], prefix: str) -> set[str]:
    """Addresses as the module at `prefix` writes them, `module.x` for what stands in a call."""
    inside = (block.removeprefix(prefix) for block in blocks if block.startswith(prefix))
    return {".".join(block.split(".")[:2]) for block in inside}


def _mentioned(value: Any, module: Module) -> set[str]:
    return {
        ".".join(KEYS.sub("", step) for step in text.split(".")[:2])
        for text in references(value, module)
    }


def _follower(
    item: Instance, gone: set[str], changed: frozenset[str] | set[str], lifes: Mapping[str, Life]
) -> Follower | None:
    life = lifes.get(item.block, Life())
    unknown = {
        path: _effect(item.type, dotted(path))
        for path, at in _read(item.values, item, ())
        if at in gone and path[0] not in life.ignored
    }
    triggered = any(_triggers(text, item, gone, changed) for text in life.triggers)
    if "all" in life.ignored or not (unknown or triggered):
        return None
    return Follower(
        unknown=tuple(unknown),
        replaces=tuple(path for path, effect in unknown.items() if effect is Effect.REPLACED),
        unsettled=Effect.UNDECIDED in unknown.values(),
        triggered=triggered,
    )


def _effect(type_name: str, name: str) -> Effect:
    known = arguments_of(type_name)
    return known.effect(name, Turn.CHANGED) if known else Effect.UNDECIDED


def _read(value: Any, item: Instance, path: Path) -> Iterator[tuple[Path, str]]:
    """The arguments that hold another object's identity, alone or in a list, and its address."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _read(inner, item, (*path, name))
    elif is_block_list(value):
        for place, inner in enumerate(value):
            yield from _read(inner, item, (*path, place))
    for part in value if isinstance(value, list) else [value]:
        match = _READ.fullmatch(part) if isinstance(part, str) else None
        if match:
            prefix = f"{item.module}." if item.module else ""
            yield path, f"{prefix}{match[1]}.{match[2]}{_key(match[3], item)}"


def _key(text: str | None, item: Instance) -> str:
    if text is None:
        return ""
    bare = text.strip()
    if bare in ("count.index", "each.key"):
        return format_key(item.key)
    return f"[{bare}]"


def _triggers(
    text: str, item: Instance, gone: set[str], changed: frozenset[str] | set[str]
) -> bool:
    """Whether what replace_triggered_by names changes; a single attribute has to be new."""
    prefix = f"{item.module}." if item.module else ""
    steps = text.split(".")
    whole = prefix + ".".join(steps[:2])
    if len(steps) > 2:
        return whole in gone and steps[2] in ("id", "arn")
    return whole in gone or whole in changed
