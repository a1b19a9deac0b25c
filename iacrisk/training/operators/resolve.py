"""Names worked out without Terraform: templates of input and local values whose texts are known."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from iacrisk.training.operators.stack import Stack
from iacrisk.training.operators.syntax import Block, Expression

_INTERPOLATION = re.compile(r"\$\{([^{}]+)\}")
_NAMES = ("name", "bucket", "identifier", "function_name", "alarm_name")


def physical_name(stack: Stack, block: Block) -> str | None:
    """What a resource is called in the cloud, as far as the configuration tells."""
    folder = str(PurePosixPath(block.path).parent)
    for name in _NAMES:
        value = block.value(name)
        if value is not None:
            return resolved(stack, folder, value)
    return None


def resolved(stack: Stack, folder: str, value: Expression, depth: int = 0) -> str | None:
    """The text that an expression of a module comes to, if that is plain to see."""
    if depth > 6:
        return None
    if value.kind == "text":
        return value.literal
    if value.kind == "reference":
        return _looked_up(stack, folder, value.text, depth)
    if value.kind != "template":
        return None
    pieces = []
    end = 0
    for found in _INTERPOLATION.finditer(value.literal):
        inner = _looked_up(stack, folder, found[1].strip(), depth)
        if inner is None:
            return None
        pieces += [value.literal[end : found.start()], inner]
        end = found.end()
    return "".join((*pieces, value.literal[end:]))


def _looked_up(stack: Stack, folder: str, reference: str, depth: int) -> str | None:
    kind, _, name = reference.partition(".")
    if kind == "local":
        value = _local(stack, folder, name)
        return resolved(stack, folder, value, depth + 1) if value else None
    if kind != "var":
        return None
    if folder == ".":
        value = _input(stack, name)
        return resolved(stack, folder, value, depth + 1) if value else None
    calls = [call for call in stack.blocks("module") if _source(call) == folder]
    if len(calls) != 1 or calls[0].attribute("for_each") or calls[0].attribute("count"):
        return None
    argument = calls[0].value(name)
    outer = str(PurePosixPath(calls[0].path).parent)
    return resolved(stack, outer, argument, depth + 1) if argument else None


def _source(call: Block) -> str:
    source = call.value("source")
    joined = PurePosixPath(call.path).parent / (source.literal if source else "")
    return str(joined)


def _local(stack: Stack, folder: str, name: str) -> Expression | None:
    for file in stack.files:
        if str(PurePosixPath(file.path).parent) == folder:
            for block in file.nested("locals"):
                if (value := block.value(name)) is not None:
                    return value
    return None


def _input(stack: Stack, name: str) -> Expression | None:
    for file in stack.files:
        if (value := file.value(name)) is not None:
            return value
    for block in stack.blocks("variable"):
        if block.labels == (name,) and "/" not in block.path:
            return block.value("default")
    return None
