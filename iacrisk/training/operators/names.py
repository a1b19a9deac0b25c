"""Names: what things are called in the cloud, in the configuration and in the prefix of both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from iacrisk.training.operators.literals import Setting, settings
from iacrisk.training.operators.stack import (
    Operator,
    Site,
    Splice,
    Stack,
    append,
    folder_of,
    place,
    replace,
)
from iacrisk.training.operators.syntax import Attribute, Block

_FAMILY = "names"
_PHYSICAL = (
    "name",
    "bucket",
    "identifier",
    "cluster_identifier",
    "cluster_id",
    "function_name",
    "alarm_name",
    "repository_name",
    "topic_name",
    "creation_token",
    "domain_name",
    "family",
)
_WITHOUT = frozenset(
    {
        "aws_route53_record",
        "aws_route53_zone",
        "aws_apigatewayv2_stage",
        "aws_db_parameter_group",
        "aws_guardduty_detector",
        "aws_acm_certificate",
    }
)
"""Types whose `name` is not a name that one chooses freely."""


def _physical(stack: Stack) -> Iterator[tuple[Block, Attribute]]:
    for block in stack.resources():
        for name in _PHYSICAL:
            attribute = block.attribute(name)
            if attribute is None or block.type in _WITHOUT:
                continue
            if attribute.value.kind in {"text", "template"}:
                yield block, attribute
                break


def _rename(stack: Stack) -> Iterator[Site]:
    """Another name for one thing."""
    for block, attribute in _physical(stack):
        for new in _renamed(attribute.value.literal):
            yield Site(
                where=place(block, attribute.name),
                parameter=new,
                splices=(replace(attribute.value, f'"{new}"'),),
            )


def _renamed(text: str) -> Iterator[str]:
    """The name with a word more at its end; behind the last part of a name with a suffix."""
    stem, dot, suffix = text.rpartition(".fifo")
    base = stem if dot and not suffix else text
    end = ".fifo" if dot and not suffix else ""
    if base.endswith("}") and "-" not in base:
        yield f"{base}-main{end}"
    else:
        yield f"{base}-v2{end}"


_PREFIXED = {
    "aws_iam_role": "name",
    "aws_security_group": "name",
    "aws_launch_template": "name",
    "aws_sns_topic": "name",
    "aws_sqs_queue": "name",
    "aws_s3_bucket": "bucket",
    "aws_cloudwatch_event_rule": "name",
    "aws_iam_policy": "name",
    "aws_iam_instance_profile": "name",
    "aws_secretsmanager_secret": "name",
}


def _prefix(stack: Stack) -> Iterator[Site]:
    """A prefix that the provider completes, in place of the name."""
    for block in stack.resources(*_PREFIXED):
        attribute = block.attribute(_PREFIXED[block.type])
        if attribute is None or attribute.value.kind not in {"text", "template"}:
            continue
        if attribute.value.literal.endswith(".fifo"):
            continue
        text = f'{attribute.name}_prefix = "{attribute.value.literal}-"'
        yield Site(where=place(block), parameter="", splices=(replace(attribute, text),))


def references(stack: Stack, block: Block) -> tuple[Splice, ...]:
    """The places in the block's module that refer to it, as splices that leave them as they are."""
    return _references(stack, folder_of(block.path), block.address)


@lru_cache(maxsize=8192)
def _references(stack: Stack, folder: str, address: str) -> tuple[Splice, ...]:
    return tuple(_found(stack, folder, address))


def _found(stack: Stack, folder: str, address: str) -> Iterator[Splice]:
    pattern = re.compile(rf"(?<![\w.-]){re.escape(address)}(?![\w-])")
    for file in stack.module_files(f"{folder}/" if folder else ""):
        for found in pattern.finditer(stack.texts[file.path]):
            if not _in_comment(stack.texts[file.path], found.start()):
                yield Splice(
                    path=file.path, start=found.start(), end=found.end(), text=found.group()
                )


def _in_comment(text: str, position: int) -> bool:
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return line.lstrip().startswith(("#", "//"))


def renamed_address(stack: Stack, block: Block, label: str) -> tuple[Splice, ...]:
    """Splices that give a resource or module another label, its references included."""
    new = ".".join((*block.address.split(".")[:-1], label))
    text = stack.texts[block.path]
    start = text.index(f'"{block.labels[-1]}"', block.start)
    # The type comes before the label and may hold the same word, but never as a whole quotation.
    header = Splice(
        path=block.path, start=start, end=start + len(block.labels[-1]) + 2, text=f'"{label}"'
    )
    return (
        header,
        *(
            Splice(path=found.path, start=found.start, end=found.end, text=new)
            for found in references(stack, block)
        ),
    )


def moved(old: str, new: str) -> str:
    """A `moved` block."""
    return f"moved {{\n  from = {old}\n  to   = {new}\n}}\n"


def _relabel(stack: Stack) -> Iterator[Site]:
    """Another label, and nothing that tells Terraform so."""
    for block in (*stack.resources(), *stack.blocks("module")):
        label = _label(block)
        yield Site(
            where=place(block), parameter=label, splices=renamed_address(stack, block, label)
        )


def _relabel_with_moved(stack: Stack) -> Iterator[Site]:
    """Another label with a `moved` block."""
    for block in (*stack.resources(), *stack.blocks("module")):
        label = _label(block)
        new = ".".join((*block.address.split(".")[:-1], label))
        splices = (
            *renamed_address(stack, block, label),
            append(stack, block.path, moved(block.address, new)),
        )
        yield Site(where=place(block), parameter=label, splices=splices)


def _label(block: Block) -> str:
    old = block.labels[-1]
    return "main" if old == "this" else f"{old}_main"


_WORDS = frozenset({"name", "prefix", "project", "environment", "env", "stage", "system"})


def _prefixes(stack: Stack) -> Iterator[Setting]:
    for setting in settings(stack):
        if setting.block.kind in {"locals", "file", "variable"} and setting.name in _WORDS:
            yield setting


def _rename_all(stack: Stack) -> Iterator[Site]:
    """Another prefix, which renames nearly everything."""
    for setting in _prefixes(stack):
        value = setting.value
        if value.kind in {"text", "template"} and value.literal:
            new = f"{value.literal}2"
            yield Site(where=setting.where, parameter=new, splices=(replace(value, f'"{new}"'),))


def _write_with_format(stack: Stack) -> Iterator[Site]:
    """`format` in place of interpolation, which gives the same name."""
    for block, attribute in _physical(stack):
        found = re.fullmatch(r"\$\{([\w.]+)\}([\w/-]+)", attribute.value.literal)
        if found and attribute.value.kind == "template":
            text = f'format("%s{found[2]}", {found[1]})'
            yield Site(
                where=place(block, attribute.name),
                parameter="",
                splices=(replace(attribute.value, text),),
            )


OPERATORS: tuple[Operator, ...] = (
    Operator(name="rename", family=_FAMILY, find=_rename),
    Operator(name="name-prefix", family=_FAMILY, find=_prefix, share=0.5),
    Operator(name="rename-all", family=_FAMILY, find=_rename_all, share=0.2),
    Operator(name="relabel", family="addresses", find=_relabel),
    Operator(name="relabel-with-moved", family="addresses", find=_relabel_with_moved, silent=True),
    Operator(name="write-with-format", family="text", find=_write_with_format, silent=True),
)
