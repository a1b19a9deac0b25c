"""Text: comments, layout, order and outputs, which change no resource: the controls."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from iacrisk.training.operators.stack import (
    Operator,
    Site,
    Splice,
    Stack,
    append,
    cut,
    place,
    replace,
)

_FAMILY = "text"


def _comment(stack: Stack) -> Iterator[Site]:
    for block in stack.resources():
        text = "# Reviewed with the platform team.\n"
        splice = Splice(path=block.path, start=block.start, end=block.start, text=text)
        yield Site(where=place(block), parameter="", splices=(splice,))


def _output(stack: Stack) -> Iterator[Site]:
    for block in stack.resources():
        if "/" in block.path or block.attribute("for_each") or block.attribute("count"):
            continue
        label = f"{block.type.removeprefix('aws_')}_{block.labels[1]}_id"
        text = f'output "{label}" {{\n  value = {block.address}.id\n}}\n'
        yield Site(where=place(block), parameter="", splices=(append(stack, block.path, text),))


def _reverse_blocks(stack: Stack) -> Iterator[Site]:
    """Two resources of a file change places."""
    for file in stack.files:
        found = [block for block in file.blocks if block.kind == "resource"]
        for first, second in pairwise(found):
            text = stack.texts[file.path]
            yield Site(
                where=place(first),
                parameter=second.address,
                splices=(
                    replace(first, text[second.start : second.end]),
                    replace(second, text[first.start : first.end]),
                ),
            )


def _number_as_text(stack: Stack) -> Iterator[Site]:
    """A number in quotes, which Terraform converts."""
    for block in stack.resources():
        for attribute in block.attributes:
            if attribute.value.kind == "number" and attribute.name != "count":
                yield Site(
                    where=place(block, attribute.name),
                    parameter="",
                    splices=(replace(attribute.value, f'"{attribute.value.text}"'),),
                )


def _list_as_set(stack: Stack) -> Iterator[Site]:
    for block in stack.resources():
        for attribute in block.attributes:
            value = attribute.value
            if value.kind == "list" and attribute.name in _SETS:
                yield Site(
                    where=place(block, attribute.name),
                    parameter="",
                    splices=(replace(value, f"toset({value.text})"),),
                )


def _drop_output(stack: Stack) -> Iterator[Site]:
    """An output of the root goes; nobody in the stack can refer to it."""
    for block in stack.blocks("output"):
        if "/" not in block.path:
            yield Site(where=place(block), parameter="", splices=(cut(stack, block),))


def _loosen_type(stack: Stack) -> Iterator[Site]:
    """A variable of any type."""
    for block in stack.blocks("variable"):
        value = block.value("type")
        if value is not None and value.text != "any" and "set(" not in value.text:
            yield Site(where=place(block), parameter="any", splices=(replace(value, "any"),))


_SETS = frozenset(
    {"vpc_security_group_ids", "security_groups", "alarm_actions", "subnet_ids", "subnets"}
)

OPERATORS: tuple[Operator, ...] = (
    Operator(name="comment", family=_FAMILY, find=_comment, silent=True),
    Operator(name="add-output", family=_FAMILY, find=_output, silent=True),
    Operator(name="reorder-blocks", family=_FAMILY, find=_reverse_blocks, silent=True),
    Operator(name="number-as-text", family=_FAMILY, find=_number_as_text, silent=True),
    Operator(name="drop-output", family=_FAMILY, find=_drop_output, silent=True),
    Operator(name="loosen-type", family=_FAMILY, find=_loosen_type, silent=True),
    Operator(name="list-as-set", family=_FAMILY, find=_list_as_set, silent=True),
)
