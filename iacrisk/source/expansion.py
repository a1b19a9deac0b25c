"""A configuration's blocks as the instances they stand for, as far as its text alone tells.

Literal values, locals that are literals, literal arguments of local modules, literal counts and
keys are followed. Everything else stays the text of its expression, `${var.size}`, and what could
not be expanded is listed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from iacrisk.patterns import regex
from iacrisk.plan import Key, format_key
from iacrisk.source.hcl import blocks, labelled

Parse = Callable[[str, str | None], Any]
_NOT_ATTRIBUTES: Final = frozenset(
    {"lifecycle", "provisioner", "connection", "depends_on", "count", "for_each", "provider"}
)
_WHOLE: Final = regex(r"\$\{\s*([\w.-]+)\s*\}")
_PART: Final = regex(r"\$\{\s*([\w.-]+)\s*\}")
_SET: Final = regex(r"\$\{\s*toset\(\s*(\[.*\]|[\w.-]+)\s*\)\s*\}", re.DOTALL)
_HEREDOC: Final = regex(r"<<-?(\w+)\n(.*?)\n?[ \t]*\1\s*", re.DOTALL)
_PASSES: Final = 3


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """One resource instance; values that are expressions stand as their text."""

    address: str
    block: str
    """The address without keys."""
    module: str
    type: str
    name: str
    key: Key
    values: dict[str, Any]


class Module(msgspec.Struct, kw_only=True):
    """A module as written, with the local modules it calls."""

    resources: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    locals: dict[str, Any] = msgspec.field(default_factory=dict)
    variables: dict[str, Any] = msgspec.field(default_factory=dict)
    outputs: dict[str, Any] = msgspec.field(default_factory=dict)
    data: dict[str, Any] = msgspec.field(default_factory=dict)
    """Data sources and providers, by their address."""
    calls: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    children: dict[str, Module] = msgspec.field(default_factory=dict)
    moves: list[tuple[str, str]] = msgspec.field(default_factory=list)
    untouched: set[str] = msgspec.field(default_factory=set)
    """Calls of modules that were left out, because nothing in them can change."""
    kept: set[str] = msgspec.field(default_factory=set)
    """Addresses that a `removed` block drops without destroying."""


class Expanded(msgspec.Struct, kw_only=True):
    """The instances of one version by address, and what could not be expanded."""

    instances: dict[str, Instance] = msgspec.field(default_factory=dict)
    undecided: dict[str, str] = msgspec.field(default_factory=dict)
    """By address of a block or module call: why."""


def expand(root: Module) -> Expanded:
    """Every instance of a configuration."""
    found = Expanded()
    _expand(root, "", "", {}, found)
    return found


def is_expression(value: Any) -> bool:
    """Whether a value, or a part of it, is known only to Terraform."""
    if isinstance(value, str):
        return "${" in value or "%{" in value
    if isinstance(value, dict):
        return any(map(is_expression, (*value, *value.values())))
    return isinstance(value, list) and any(map(is_expression, value))


def _expand(
    module: Module, path: str, block_path: str, given: Mapping[str, Any], found: Expanded
) -> None:
    names = _names(module, given)
    for block, body in module.resources.items():
        type_name, _, name = block.partition(".")
        for key, own in _repeated(body, names, block_path + block, found):
            address = f"{path}{block}{format_key(key)}"
            values = {
                item: _resolved(value, own)
                for item, value in body.items()
                if item not in _NOT_ATTRIBUTES and item != "dynamic"
            }
            values |= {
                label: f"${{dynamic {json.dumps(_resolved(content, own), default=str)}}}"
                for label, content in labelled(body, "dynamic")
            }
            found.instances[address] = Instance(
                address=address,
                block=block_path + block,
                module=path.removesuffix("."),
                type=type_name,
                name=name,
                key=key,
                values=values,
            )
    for name, call in module.calls.items():
        child = module.children.get(name)
        where = f"{block_path}module.{name}"
        if name in module.untouched:
            continue
        if child is None:
            found.undecided[where] = "the module's source is not at hand"
            continue
        for key, own in _repeated(call, names, where, found):
            inputs = {f"var.{item}": _resolved(value, own) for item, value in call.items()}
            inner = f"{path}module.{name}{format_key(key)}."
            _expand(child, inner, f"{where}.", inputs, found)


def _repeated(
    body: Mapping[str, Any], names: Mapping[str, Any], where: str, found: Expanded
) -> Iterator[tuple[Key, Mapping[str, Any]]]:
    """The keys of a block's instances, with the names that hold in each."""
    if "count" in body:
        count = _resolved(body["count"], names)
        if isinstance(count, int):
            for index in range(count):
                yield index, {**names, "count.index": index}
            return
        found.undecided[where] = f"its count is an expression, {body['count']}"
    elif "for_each" in body:
        entries = _entries(body["for_each"], names)
        if entries is not None:
            for key, value in entries.items():
                yield key, {**names, "each.key": key, "each.value": value}
            return
        found.undecided[where] = f"its for_each is an expression, {body['for_each']}"
    yield None, names


def _entries(value: Any, names: Mapping[str, Any]) -> dict[str, Any] | None:
    resolved = _resolved(value, names)
    if isinstance(resolved, dict) and not any(map(is_expression, resolved)):
        return {str(key): item for key, item in resolved.items()}
    match = _SET.fullmatch(resolved) if isinstance(resolved, str) else None
    if match is None:
        return None
    items = _listed(match[1]) if match[1].startswith("[") else names.get(match[1])
    if isinstance(items, list) and all(isinstance(item, str) for item in items):
        return {item: item for item in items if not is_expression(item)}
    return None


def _listed(text: str) -> list[str] | None:
    """`["a", "b"]`, or `[a, b]` as python-hcl2 7 writes it."""
    words = [word.strip() for word in text[1:-1].split(",") if word.strip()]
    bare = [word.strip('"') for word in words]
    return bare if all(re.fullmatch(r"[\w.:/ -]*", word) for word in bare) else None


def _names(module: Module, given: Mapping[str, Any]) -> dict[str, Any]:
    """What `local.x` and `var.x` stand for, where that is sure; a root's variables never are."""
    names = {name: value for name, value in given.items() if not is_expression(value)}
    for _ in range(_PASSES):
        for name, value in module.locals.items():
            resolved = _resolved(value, names)
            if not is_expression(resolved):
                names[f"local.{name}"] = resolved
        names |= dict(_told(module, names))
    return names


def _told(module: Module, names: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What a single resource is given in plain words: others that read it get the same."""
    for block, body in module.resources.items():
        if "count" not in body and "for_each" not in body:
            values = {name: _resolved(value, names) for name, value in body.items()}
            plain = (str, int, float, bool)
            yield (
                block,
                {
                    name: value
                    for name, value in values.items()
                    if isinstance(value, plain) and not is_expression(value)
                },
            )


def _resolved(value: Any, names: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {str(_resolved(key, names)): _resolved(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, names) for item in value]
    if not isinstance(value, str):
        return value
    heredoc = _HEREDOC.fullmatch(value)
    text = heredoc[2] if heredoc else value
    whole = _WHOLE.fullmatch(text)
    if whole:
        known, found = _look_up(whole[1], names)
        return found if known else text
    return _PART.sub(lambda match: _as_part(match, names), text) if "${" in text else text


def _as_part(match: re.Match[str], names: Mapping[str, Any]) -> str:
    known, found = _look_up(match[1], names)
    if not known or isinstance(found, bool | dict | list) or found is None:
        return match[0]
    return str(found)


def _look_up(name: str, names: Mapping[str, Any]) -> tuple[bool, Any]:
    """Whether `name` (`local.m.key`) is known, and its value."""
    steps = name.split(".")
    head = ".".join(steps[:2])
    if head not in names:
        return False, None
    value = names[head]
    for step in steps[2:]:
        if not isinstance(value, dict) or step not in value:
            return False, None
        value = value[step]
    return True, value


def add_document(module: Module, document: Any) -> None:
    """Add what one file says to its module; a later file overrides."""
    for block, resource in _labelled_twice(document, "resource"):
        module.resources.setdefault(block, {}).update(resource)
    for name, bodies in labelled(document, "module"):
        for body in _each(bodies):
            if isinstance(body, dict):
                module.calls.setdefault(name, {}).update(body)
    for group in blocks(document, "locals"):
        module.locals |= group if isinstance(group, dict) else {}
    for kind, found in _labelled_twice(document, "data"):
        module.data[f"data.{kind}"] = found
    for name, body in labelled(document, "provider"):
        module.data[f"provider.{name}"] = [*module.data.get(f"provider.{name}", []), body]
    module.variables |= dict(labelled(document, "variable"))
    module.outputs |= dict(labelled(document, "output"))
    for block in blocks(document, "moved"):
        if isinstance(block, dict):
            module.moves.append((_reference(block.get("from")), _reference(block.get("to"))))
    for block in blocks(document, "removed"):
        if isinstance(block, dict) and any(
            isinstance(item, dict) and item.get("destroy") is False
            for item in blocks(block, "lifecycle")
        ):
            module.kept.add(_reference(block.get("from")))


def _labelled_twice(document: Any, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for type_name, named in labelled(document, kind):
        for group in _each(named):
            for name, bodies in group.items() if isinstance(group, dict) else ():
                for body in _each(bodies):
                    if isinstance(body, dict):
                        yield f"{type_name}.{name}", body


def _reference(value: Any) -> str:
    return str(value or "").removeprefix("${").removesuffix("}")


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
