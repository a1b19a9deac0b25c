"""Targets: another thing where one is meant, and literal values where references were."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from iacrisk.training.operators.literals import settings, short
from iacrisk.training.operators.resolve import physical_name, resolved
from iacrisk.training.operators.stack import Operator, Site, Stack, place, replace
from iacrisk.training.operators.syntax import Block, Expression

_FAMILY = "references"
_APART = frozenset({"aws_security_group", "aws_kms_key"})
"""Types whose references other operators swap."""


def _swap(stack: Stack) -> Iterator[Site]:
    """A reference to another resource of the same type in the module."""
    for block in stack.resources():
        for value, parts in _references(block):
            kind, name = parts[0], parts[1].partition("[")[0]
            if kind in _APART:
                continue
            for other in _like(stack, block, kind, name):
                text = value.text.replace(f"{kind}.{name}", f"{kind}.{other}", 1)
                yield Site(
                    where=place(block, f"@{value.start - block.start}"),
                    parameter=f"{kind}.{name} to {other}",
                    splices=(replace(value, text),),
                )


def _references(block: Block) -> Iterator[tuple[Expression, list[str]]]:
    for value in block.expressions():
        parts = value.text.split(".")
        if value.kind == "reference" and parts[0].startswith("aws_") and len(parts) == 3:
            yield value, parts


def _like(stack: Stack, block: Block, kind: str, name: str) -> Iterator[str]:
    """Labels of resources of the type that are made one by one or many as the named one is."""
    found = {
        other.labels[1]: _many(other)
        for file in stack.module_files(block.path)
        for other in file.nested("resource")
        if other.type == kind and other.start != block.start
    }
    for label, many in found.items():
        if label != name and many == found.get(name):
            yield label


def _many(block: Block) -> str:
    return next((name for name in ("count", "for_each") if block.attribute(name)), "")


def _swap_key(stack: Stack) -> Iterator[Site]:
    """Another key in `module.function["api"].arn`."""
    text_of_all = "".join(stack.texts.values())
    for block in (*stack.resources(), *stack.blocks("module")):
        for value in block.expressions():
            found = re.fullmatch(r'([\w.]+)\["(\w+)"\](\.\w+)?', value.text)
            if found is None:
                continue
            pattern = rf'{re.escape(found[1])}\["(\w+)"\]'
            for key in sorted(set(re.findall(pattern, text_of_all)) - {found[2]}):
                yield Site(
                    where=place(block, f"@{value.start - block.start}"),
                    parameter=f"{found[2]} to {key}",
                    splices=(replace(value, f'{found[1]}["{key}"]{found[3] or ""}'),),
                )


_NAMES = frozenset({"name", "bucket", "id", "function_name", "identifier"})
_ID_IS_NAME = frozenset(
    {"aws_s3_bucket", "aws_iam_role", "aws_dynamodb_table", "aws_cloudwatch_event_rule"}
)
_ARNS = {
    "aws_s3_bucket": "arn:aws:s3:::{name}",
    "aws_sqs_queue": "arn:aws:sqs:us-east-1:123456789012:{name}",
    "aws_sns_topic": "arn:aws:sns:us-east-1:123456789012:{name}",
    "aws_dynamodb_table": "arn:aws:dynamodb:us-east-1:123456789012:table/{name}",
    "aws_iam_role": "arn:aws:iam::123456789012:role/{name}",
    "aws_kinesis_stream": "arn:aws:kinesis:us-east-1:123456789012:stream/{name}",
    "aws_iam_policy": "arn:aws:iam::123456789012:policy/{name}",
    "aws_lambda_function": "arn:aws:lambda:us-east-1:123456789012:function:{name}",
}


def _literal(stack: Stack, block: Block, value: Expression) -> str | None:
    """What a reference to a name or ARN comes to, found without Terraform."""
    kind, name, field = value.text.split(".")
    target = next(
        (
            other
            for file in stack.module_files(block.path)
            for other in file.nested("resource")
            if other.type == kind and other.labels[1] == name and not _many(other)
        ),
        None,
    )
    found = physical_name(stack, target) if target else None
    if found is None:
        return None
    if field == "arn" and kind in _ARNS:
        return _ARNS[kind].format(name=found)
    named = field in _NAMES - {"id"} or (field == "id" and kind in _ID_IS_NAME)
    return found if named else None


def _hard_code(stack: Stack) -> Iterator[Site]:
    """The right value in place of a reference."""
    for block in stack.resources():
        for value, _ in _references(block):
            literal = _literal(stack, block, value)
            if literal is not None:
                yield _literal_site(block, value, literal)


def _hard_code_other(stack: Stack) -> Iterator[Site]:
    """The value of the other environment in place of a reference."""
    for block in stack.resources():
        for value, _ in _references(block):
            literal = _literal(stack, block, value)
            if literal is not None and "prod" in literal:
                yield _literal_site(block, value, literal.replace("prod", "staging"))


def _literal_site(block: Block, value: Expression, literal: str) -> Site:
    return Site(
        where=place(block, f"@{value.start - block.start}"),
        parameter=f"{short(value.text)} to {literal}",
        splices=(replace(value, f'"{literal}"'),),
    )


def _inline_name(stack: Stack) -> Iterator[Site]:
    """A name written out that was put together, which stays the same."""
    for setting in settings(stack):
        if setting.block.kind != "resource" or setting.value.kind != "template":
            continue
        literal = resolved(stack, _folder(setting.attribute.path), setting.value)
        if literal is not None:
            yield Site(
                where=setting.where,
                parameter=literal,
                splices=(replace(setting.value, f'"{literal}"'),),
            )


def _folder(path: str) -> str:
    return str(PurePosixPath(path).parent)


def _refer(stack: Stack) -> Iterator[Site]:
    """A reference in place of a literal that names a resource of the module."""
    for block in stack.resources():
        names = {
            physical_name(stack, other): other
            for file in stack.module_files(block.path)
            for other in file.nested("resource")
            if other.start != block.start and not _many(other)
        }
        for value in block.expressions():
            other = names.get(value.literal) if value.kind == "text" else None
            if other is not None and other.type in _ID_IS_NAME:
                yield Site(
                    where=place(block, f"@{value.start - block.start}"),
                    parameter=other.address,
                    splices=(replace(value, f"{other.address}.id"),),
                )


def _records(stack: Stack) -> Iterator[Site]:
    """Other values of a DNS record."""
    values = {"A": '["192.0.2.10"]', "CNAME": '["old.example.net"]', "TXT": '["v=spf1 -all"]'}
    for block in stack.resources("aws_route53_record"):
        kind, records = block.value("type"), block.value("records")
        if kind is not None and records is not None and kind.literal in values:
            new = values[kind.literal]
            yield Site(where=place(block), parameter=new, splices=(replace(records, new),))


def _alias_to_record(stack: Stack) -> Iterator[Site]:
    """An alias becomes an ordinary record with an address of today."""
    for block in stack.resources("aws_route53_record"):
        for alias in block.nested("alias"):
            text = 'ttl     = 300\n  records = ["192.0.2.10"]'
            yield Site(where=place(block), parameter="", splices=(replace(alias, text),))


OPERATORS: tuple[Operator, ...] = (
    Operator(name="swap-reference", family=_FAMILY, find=_swap, share=2),
    Operator(name="swap-key-of-reference", family=_FAMILY, find=_swap_key),
    Operator(name="hard-code", family=_FAMILY, find=_hard_code, silent=True),
    Operator(name="hard-code-other-environment", family=_FAMILY, find=_hard_code_other),
    Operator(name="write-out-name", family=_FAMILY, find=_inline_name, silent=True),
    Operator(name="refer", family=_FAMILY, find=_refer, silent=True),
    Operator(name="retarget-record", family=_FAMILY, find=_records),
    Operator(name="alias-to-record", family=_FAMILY, find=_alias_to_record),
)
