"""Whether an edited stack still hangs together, without asking Terraform.

Edits that leave a reference to nothing, an argument that no variable takes or an address twice
would only give errors in planning; the draw passes them over. Types and values are left to
Terraform.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePosixPath

from iacrisk.training.operators.stack import Stack
from iacrisk.training.operators.syntax import Block, parse

_REFERENCE = re.compile(
    r"(?<![\w.\"-])(?:(data)\.)?(aws_\w+|var|local|module)\.([A-Za-z_][\w-]*)(?:\[[^\]]*\])?(?:\.(\w+))?"
)
_META = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})
_UNCHECKED = frozenset({"moved", "removed", "import"})


def faults(stack: Stack) -> tuple[str, ...]:
    """What is wrong with a stack, one sentence each; nothing for a sound one."""
    modules: dict[str, list[Block]] = {}
    for file in stack.files:
        modules.setdefault(str(PurePosixPath(file.path).parent), []).append(file)
    found: list[str] = []
    for folder, files in modules.items():
        known = _Module(folder, files)
        found.extend(known.duplicates())
        for file in files:
            found.extend(known.dangling(file, stack.texts[file.path], modules))
    return tuple(found)


class _Module:
    def __init__(self, folder: str, files: list[Block]) -> None:
        self.folder = folder
        self.blocks = [block for file in files for block in file.blocks]
        self.addresses = Counter(
            block.address
            for block in self.blocks
            if block.kind in {"resource", "data", "variable", "module"}
        )
        self.locals = {
            attribute.name
            for block in self.blocks
            if block.kind == "locals"
            for attribute in block.attributes
        }
        self.calls = {block.labels[0]: block for block in self.blocks if block.kind == "module"}

    def duplicates(self) -> Iterator[str]:
        outputs = Counter(block.address for block in self.blocks if block.kind == "output")
        for address, times in (self.addresses + outputs).items():
            if times > 1:
                yield f"{self.folder}: {address} stands {times} times"

    def dangling(self, file: Block, text: str, modules: dict[str, list[Block]]) -> Iterator[str]:
        for owner, kind, name, field, address in _uses(file.path, text):
            if kind == "local":
                missing = name not in self.locals
            elif kind == "module":
                missing = name not in self.calls or (
                    field not in {"", *self._outputs(self.calls[name], modules)}
                )
            else:
                missing = address not in self.addresses
            if missing:
                yield f"{file.path}: {owner} refers to {address}, which is not there"
        for call in file.nested("module"):
            yield from self._arguments(call, modules)

    def _called(self, call: Block, modules: dict[str, list[Block]]) -> list[Block]:
        source = call.value("source")
        parts = PurePosixPath(self.folder, source.literal if source else "").parts
        kept: list[str] = []
        for part in parts:
            if part == "..":
                kept.pop()
            elif part != ".":
                kept.append(part)
        return modules.get("/".join(kept), [])

    def _outputs(self, call: Block, modules: dict[str, list[Block]]) -> set[str]:
        return {
            block.labels[0]
            for file in self._called(call, modules)
            for block in file.nested("output")
        }

    def _arguments(self, call: Block, modules: dict[str, list[Block]]) -> Iterator[str]:
        files = self._called(call, modules)
        variables = {block.labels[0]: block for file in files for block in file.nested("variable")}
        given = {attribute.name for attribute in call.attributes} - _META
        needed = {name for name, block in variables.items() if not block.attribute("default")}
        for name in sorted(given - set(variables)):
            yield f"{call.path}: {call.address} sets {name}, which the module does not take"
        for name in sorted(needed - given):
            yield f"{call.path}: {call.address} does not set {name}"


_Use = tuple[str, str, str, str, str]
"""Who refers; kind, name and field of what is referred to; its address."""


@lru_cache(maxsize=4096)
def _uses(path: str, text: str) -> tuple[_Use, ...]:
    """All references in a file."""
    found = []
    for block in parse(path, text).blocks:
        if block.kind in _UNCHECKED:
            continue
        body = _without_comments(text[block.start : block.end])
        for data, kind, name, field in _REFERENCE.findall(body):
            address = ".".join(filter(None, (data, kind, name)))
            found.append((block.address, kind, name, field, address))
    return tuple(dict.fromkeys(found))


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))
