"""Modules and moves: code that goes into a module or out of it, with its state or without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from iacrisk.training.operators.blocks import outside
from iacrisk.training.operators.names import moved
from iacrisk.training.operators.stack import (
    Operator,
    Site,
    Splice,
    Stack,
    add_line,
    append,
    cut,
    place,
    replace,
)
from iacrisk.training.operators.syntax import Block

_FAMILY = "modules"
_TRAVERSAL = re.compile(
    r"(?<![\w.\"-])(?:data\.)?(?:aws_\w+|var|local|module)\.[A-Za-z_][\w-]*"
    r'(?:\["[^"\]]*"\]|\[\d+\]|\[\*\]|\.[A-Za-z_]\w*)*'
)
_BOUND = re.compile(r"\b(?:each|count|self|path)\.|\bdepends_on\b|\bprovisioner\b|\bdynamic\b")


def _movable(stack: Stack) -> Iterator[tuple[Block, str]]:
    """Resources of the root that stand on their own feet, with their text."""
    for block in stack.resources():
        text = stack.texts[block.path][block.start : block.end]
        if "/" in block.path or block.attribute("count") or block.attribute("for_each"):
            continue
        if not _BOUND.search(text):
            yield block, text


def _into_module(stack: Stack, *, tell: bool) -> Iterator[Site]:
    """A resource of the root gets a module of its own."""
    for block, text in _movable(stack):
        label = f"{block.labels[1]}_{block.type.rsplit('_', 1)[-1]}"
        if f'module "{label}"' in "".join(stack.texts.values()):
            continue
        uses = list(dict.fromkeys(found.group() for found in _TRAVERSAL.finditer(text)))
        names = {use: f"input_{number}" for number, use in enumerate(uses)}
        body = _TRAVERSAL.sub(lambda found: f"var.{names[found.group()]}", text)  # noqa: B023
        followers = _followed(stack, block, label)
        if followers is None:
            continue
        splices, fields = followers
        call = _call(label, names)
        if tell:
            call += "\n" + moved(block.address, f"module.{label}.{block.address}")
        yield Site(
            where=place(block),
            parameter=f"module.{label}",
            splices=(
                replace(block, call.rstrip()),
                *splices,
                append(stack, f"modules/{label}/main.tf", _module(names, body, block, fields)),
            ),
        )


def _followed(stack: Stack, block: Block, label: str) -> tuple[list[Splice], list[str]] | None:
    """References to the resource turned to the module's outputs, with the outputs' names."""
    splices, fields = [], []
    for found in outside(stack, block):
        rest = re.match(r"\.(\w+)", stack.texts[found.path][found.end :])
        if rest is None:
            return None
        fields.append(rest[1])
        splices.append(
            Splice(path=found.path, start=found.start, end=found.end, text=f"module.{label}")
        )
    return splices, sorted(set(fields))


def _call(label: str, names: dict[str, str]) -> str:
    lines = [f'  source = "./modules/{label}"\n', "\n" if names else ""]
    width = max(map(len, names.values()), default=0)
    lines += [f"  {name:<{width}} = {use}\n" for use, name in names.items()]
    return f'module "{label}" {{\n{"".join(lines)}}}\n'


def _module(names: dict[str, str], body: str, block: Block, fields: list[str]) -> str:
    inputs = [f'variable "{name}" {{}}\n' for name in names.values()]
    outputs = [f'output "{field}" {{\n  value = {block.address}.{field}\n}}\n' for field in fields]
    return "\n".join([*inputs, f"{body}\n", *outputs])


def _into_module_silently(stack: Stack) -> Iterator[Site]:
    yield from _into_module(stack, tell=False)


def _into_module_with_moved(stack: Stack) -> Iterator[Site]:
    yield from _into_module(stack, tell=True)


def _out_of_module(stack: Stack, *, tell: bool) -> Iterator[Site]:
    """A resource of a module that is called once comes to the root."""
    for call in stack.blocks("module"):
        if "/" in call.path or call.attribute("count") or call.attribute("for_each"):
            continue
        source = call.value("source")
        folder = PurePosixPath(source.literal if source else "")
        for file in stack.files:
            if PurePosixPath(file.path).parent == folder:
                for block in file.nested("resource"):
                    yield from _out(stack, call, block, tell=tell)


def _out(stack: Stack, call: Block, block: Block, *, tell: bool) -> Iterator[Site]:
    text = stack.texts[block.path][block.start : block.end]
    label = f"{call.labels[0]}_{block.labels[1]}"
    many = block.attribute("count") or block.attribute("for_each")
    if many or _BOUND.search(text) or outside(stack, block):
        return
    outputs = {
        value.text: output.labels[0]
        for file in stack.module_files(block.path)
        for output in file.nested("output")
        if (value := output.value("value")) is not None
    }
    given = {attribute.name: attribute.value.text for attribute in call.attributes}
    known: dict[str, str] = {}
    added = ""
    for use in sorted({found.group() for found in _TRAVERSAL.finditer(text)}):
        kind, _, name = use.partition(".")
        if kind == "var" and name in given:
            known[use] = given[name]
        elif use in outputs or kind.startswith("aws_"):
            output = outputs.get(use) or re.sub(r"\W+", "_", use.removeprefix("aws_")).strip("_")
            known[use] = f"module.{call.labels[0]}.{output}"
            if use not in outputs:
                added += f'\noutput "{output}" {{\n  value = {use}\n}}\n'
        else:
            return
    body = _TRAVERSAL.sub(lambda found: known[found.group()], text)
    body = body.replace(f'"{block.labels[1]}"', f'"{label}"', 1)
    if tell:
        old = f"module.{call.labels[0]}.{block.address}"
        body += "\n\n" + moved(old, f"{block.type}.{label}").rstrip()
    yield Site(
        where=place(block),
        parameter=f"{block.type}.{label}",
        splices=(
            cut(stack, block),
            append(stack, call.path, f"{body}\n"),
            *([append(stack, block.path, added.lstrip())] if added else []),
        ),
    )


def _out_silently(stack: Stack) -> Iterator[Site]:
    yield from _out_of_module(stack, tell=False)


def _out_with_moved(stack: Stack) -> Iterator[Site]:
    yield from _out_of_module(stack, tell=True)


def _forget(stack: Stack) -> Iterator[Site]:
    """A resource leaves the configuration with a `removed` block, and the cloud keeps it."""
    for block in stack.resources():
        if "/" in block.path or outside(stack, block):
            continue
        for destroy in ("false", "true"):
            text = (
                f"removed {{\n  from = {block.address}\n\n  lifecycle {{\n"
                f"    destroy = {destroy}\n  }}\n}}"
            )
            yield Site(
                where=place(block),
                parameter=f"destroy = {destroy}",
                splices=(replace(block, text),),
            )


def _call_once(stack: Stack) -> Iterator[Site]:
    """`count = 1` on a module; unlike a resource it is not moved to `[0]` by itself."""
    yield from _called(stack, "count = 1", "[0]", tell=False)


def _call_once_with_moved(stack: Stack) -> Iterator[Site]:
    yield from _called(stack, "count = 1", "[0]", tell=True)


def _call_for_each(stack: Stack) -> Iterator[Site]:
    """`for_each` on a module, which makes all of it anew."""
    yield from _called(stack, 'for_each = toset(["main"])', '["main"]', tell=False)


def _called(stack: Stack, line: str, index: str, *, tell: bool) -> Iterator[Site]:
    for call in stack.blocks("module"):
        if call.attribute("count") or call.attribute("for_each"):
            continue
        pattern = re.compile(rf"(?<![\w.-])module\.{re.escape(call.labels[0])}(?=\.)")
        splices = [
            Splice(path=file.path, start=found.end(), end=found.end(), text=index)
            for file in stack.module_files(call.path)
            for found in pattern.finditer(stack.texts[file.path])
        ]
        head = Splice(
            path=call.path, start=call.body_start, end=call.body_start, text=f"\n  {line}"
        )
        if tell:
            text = moved(call.address, f"{call.address}{index}")
            splices.append(append(stack, call.path, text))
        yield Site(where=place(call), parameter="", splices=(head, *splices))


_LIFECYCLES = {
    "create_before_destroy": "create_before_destroy = true",
    "ignore_changes": "ignore_changes = all",
    "ignore_tags": "ignore_changes = [tags]",
}


def _lifecycle(stack: Stack) -> Iterator[Site]:
    for block in stack.resources():
        if not block.nested("lifecycle"):
            for parameter, line in _LIFECYCLES.items():
                text = f"\nlifecycle {{\n  {line}\n}}"
                yield Site(
                    where=place(block),
                    parameter=parameter,
                    splices=(add_line(stack, block, text),),
                )


def _replace_with(stack: Stack) -> Iterator[Site]:
    """A resource is replaced whenever another one changes that changes seldom."""
    for block in stack.resources():
        if block.nested("lifecycle") or block.attribute("count") or block.attribute("for_each"):
            continue
        text = stack.texts[block.path][block.start : block.end]
        for found in _TRAVERSAL.finditer(text):
            parts = found.group().split(".")
            if parts[0].startswith("aws_") and len(parts) == 3 and "[" not in found.group():
                line = f"replace_triggered_by = [{'.'.join(parts[:2])}]"
                splice = add_line(stack, block, f"\nlifecycle {{\n  {line}\n}}")
                yield Site(where=place(block), parameter=line, splices=(splice,))
                break


OPERATORS: tuple[Operator, ...] = (
    Operator(name="into-module", family=_FAMILY, find=_into_module_silently),
    Operator(
        name="into-module-with-moved", family=_FAMILY, find=_into_module_with_moved, silent=True
    ),
    Operator(name="out-of-module", family=_FAMILY, find=_out_silently),
    Operator(name="out-of-module-with-moved", family=_FAMILY, find=_out_with_moved, silent=True),
    Operator(name="remove-with-block", family=_FAMILY, find=_forget),
    Operator(name="call-once", family=_FAMILY, find=_call_once),
    Operator(name="call-once-with-moved", family=_FAMILY, find=_call_once_with_moved, silent=True),
    Operator(name="call-for-each", family=_FAMILY, find=_call_for_each, share=0.5),
    Operator(name="lifecycle", family=_FAMILY, find=_lifecycle, silent=True),
    Operator(name="replace-with", family=_FAMILY, find=_replace_with, silent=True),
)
