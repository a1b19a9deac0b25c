"""The configuration and the prior state as a plan lists them, for the graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.source.expansion import Expanded, Module

MENTION: Final = regex(r"(?<![\w.\"])([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[[^\]\[]*\])+)")
KEYS: Final = regex(r"\[[^\]]*\]")
_OWN: Final = frozenset({"each", "count"})
_NAMES: Final = frozenset({"var", "local", "module"})


def configuration(module: Module) -> dict[str, Any]:
    """The blocks of a module and what their arguments refer to."""
    return {
        "resources": [_configured(block, body, module) for block, body in module.resources.items()],
        "module_calls": {
            name: {
                "source": str(call.get("source") or ""),
                "module": configuration(module.children.get(name) or Module()),
                "expressions": _expressions(call, module),
            }
            for name, call in module.calls.items()
        },
        "outputs": {
            name: {"expression": {"references": list(references(body, module))}}
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
    listed = {name: list(references(value, module)) for name, value in body.items()}
    return {
        name: {"references": references}
        for name, references in listed.items()
        if references and name != "depends_on"
    }


def references(value: Any, module: Module, depth: int = 0) -> Iterator[str]:
    """What an argument refers to, each followed by its prefix; locals by what they refer to."""
    for text in texts(value):
        for mention in dict.fromkeys(MENTION.findall(text)):
            steps = mention.split(".")
            block = ".".join(KEYS.sub("", step) for step in steps[:2])
            if steps[0] == "local" and depth < 3:
                yield from references(module.locals.get(steps[1]), module, depth + 1)
            elif steps[0] in _OWN or block in module.resources or steps[0] in _NAMES:
                yield mention
                yield ".".join(steps[:2])


def texts(value: Any) -> Iterator[str]:
    """The expressions inside a value."""
    if isinstance(value, str):
        if "${" in value:
            yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(key)
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def direct_dependencies(module: Module) -> dict[str, frozenset[str]]:
    """By block, the blocks of the same module that it refers to."""
    return {
        block: frozenset(
            ".".join(KEYS.sub("", step) for step in text.split(".")[:2])
            for text in references(body, module)
        )
        & module.resources.keys()
        for block, body in module.resources.items()
    }


def prior_state(expanded: Expanded, root: Module) -> dict[str, Any]:
    """The prior state as far as the graph needs it: who depended on whom, in the root module."""
    direct = direct_dependencies(root)
    return {
        "resources": [
            {
                "address": item.address,
                "mode": "managed",
                "type": item.type,
                "name": item.name,
                **({"index": item.key} if item.key is not None else {}),
                "depends_on": sorted(closure(item.block, direct)),
            }
            for item in expanded.instances.values()
            if not item.module
        ]
    }


def closure(block: str, direct: Mapping[str, Iterable[str]]) -> set[str]:
    """All that a block depends on, by what each depends on itself."""
    found: set[str] = set()
    waiting = list(direct.get(block, ()))
    while waiting:
        other = waiting.pop()
        if other not in found and other != block:
            found.add(other)
            waiting += direct.get(other, ())
    return found
