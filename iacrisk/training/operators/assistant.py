"""What an assistant does that was told to make an error go away: all at once, and too much."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iacrisk.training.operators.blocks import outside
from iacrisk.training.operators.names import renamed_address
from iacrisk.training.operators.policy import statements
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

_FAMILY = "assistant"
_OFF = {
    "deletion_protection": "false",
    "deletion_protection_enabled": "false",
    "enable_deletion_protection": "false",
    "skip_final_snapshot": "true",
    "block_public_acls": "false",
    "block_public_policy": "false",
    "ignore_public_acls": "false",
    "restrict_public_buckets": "false",
    "storage_encrypted": "false",
    "enable_key_rotation": "false",
}


def _open_group(stack: Stack) -> Iterator[Site]:
    """On 'Connection timed out': everything may come in."""
    for block in stack.resources("aws_security_group"):
        if block.attribute("count") or block.attribute("for_each"):
            continue
        if block.nested("ingress"):
            text = (
                '\ningress {\n  from_port   = 0\n  to_port     = 0\n  protocol    = "-1"\n'
                '  cidr_blocks = ["0.0.0.0/0"]\n}'
            )
            splice = add_line(stack, block, text)
        else:
            text = (
                f'resource "aws_security_group_rule" "{block.labels[1]}_fix" {{\n'
                '  type              = "ingress"\n'
                f"  security_group_id = {block.address}.id\n"
                "  from_port         = 0\n  to_port           = 0\n"
                '  protocol          = "-1"\n  cidr_blocks       = ["0.0.0.0/0"]\n}\n'
            )
            splice = append(stack, block.path, text)
        yield Site(where=place(block), parameter="", splices=(splice,))


def _allow_all(stack: Stack) -> Iterator[Site]:
    """On 'AccessDenied': everything is allowed."""
    for statement in statements(stack):
        action, resource = statement.part("Action"), statement.part("Resource")
        if action is None or resource is None or statement.trust:
            continue
        texts = ('["*"]', '["*"]') if statement.block is not None else ('"*"', '"*"')
        yield Site(
            where=statement.where,
            parameter="*",
            splices=(replace(action.value, texts[0]), replace(resource.value, texts[1])),
        )


def _rebuild(stack: Stack) -> Iterator[Site]:
    """On 'Already exists': the resource gets another name and another address."""
    for block in stack.resources():
        named = next(
            (
                attribute
                for attribute in block.attributes
                if attribute.name in {"name", "bucket", "identifier", "function_name"}
                and attribute.value.kind in {"text", "template"}
            ),
            None,
        )
        if named is None or block.type.startswith("aws_route53"):
            continue
        label = f"{block.labels[1]}_v2"
        yield Site(
            where=place(block),
            parameter=label,
            splices=(
                *renamed_address(stack, block, label),
                replace(named.value, f'"{named.value.literal}-v2"'),
            ),
        )


def _without_guards(stack: Stack) -> Iterator[Site]:
    """On 'Cannot be destroyed': all guards of a resource go."""
    for block in stack.resources():
        splices = [
            replace(attribute.value, _OFF[attribute.name])
            for attribute in block.attributes
            if attribute.name in _OFF and attribute.value.text != _OFF[attribute.name]
        ]
        splices += [
            cut(stack, held)
            for lifecycle in block.nested("lifecycle")
            for held in lifecycle.attributes
            if held.name == "prevent_destroy"
        ]
        if splices:
            yield Site(where=place(block), parameter="", splices=tuple(splices))


def _without_keys(stack: Stack) -> Iterator[Site]:
    """On 'KMS AccessDenied': a file without keys of its own."""
    for file in stack.files:
        splices = [
            cut(stack, attribute)
            for block in file.nested("resource")
            for inner in block.walk()
            for attribute in inner.attributes
            if attribute.name in {"kms_key_id", "kms_key_arn", "kms_master_key_id"}
            and inner.kind != "apply_server_side_encryption_by_default"
        ]
        if splices:
            yield Site(where=f"{file.path}:", parameter="", splices=tuple(splices))


def _comment_out(stack: Stack) -> Iterator[Site]:
    """On 'Let me disable this for now': the resource becomes a comment."""
    for block in stack.resources():
        if not outside(stack, block):
            text = stack.texts[block.path][block.start : block.end]
            lines = "\n".join(f"# {line}".rstrip() for line in text.split("\n"))
            yield Site(where=place(block), parameter="", splices=(replace(block, lines),))


def _known_account(stack: Stack) -> Iterator[Site]:
    """The account number written out, the right one and a wrong one."""
    pattern = re.compile(r"\$?\{?data\.aws_caller_identity\.\w+\.account_id\}?")
    for block in (*stack.resources(), *stack.blocks("data")):
        text = stack.texts[block.path][block.start : block.end]
        for number, found in enumerate(pattern.finditer(text)):
            for account in ("123456789012", "111122223333"):
                inner = found.group().startswith("${")
                splice = Splice(
                    path=block.path,
                    start=block.start + found.start(),
                    end=block.start + found.end(),
                    text=account if inner else f'"{account}"',
                )
                yield Site(
                    where=place(block, f"account[{number}]"), parameter=account, splices=(splice,)
                )


def _wait_for(stack: Stack) -> Iterator[Site]:
    """On 'Not ready yet': one resource waits for the one before it."""
    previous: Block | None = None
    for block in stack.resources():
        if previous is not None and previous.path == block.path and not _waits(block):
            text = stack.texts[previous.path][previous.start : previous.end]
            if block.address not in text and block.type != "aws_security_group":
                splice = add_line(stack, block, f"\ndepends_on = [{previous.address}]")
                yield Site(where=place(block), parameter=previous.address, splices=(splice,))
        previous = block


def _waits(block: Block) -> bool:
    return block.attribute("depends_on") is not None


def _smaller_everything(stack: Stack) -> Iterator[Site]:
    """On 'Quota exceeded': every number of things in the variables file becomes one."""
    for file in stack.files:
        if not file.path.endswith(".tfvars"):
            continue
        splices = []
        for attribute in file.attributes:
            for entry in attribute.value.entries or (attribute,):
                numeric = entry.value.kind == "number"
                if numeric and entry.name in _QUANTITIES and entry.value.text not in {"0", "1"}:
                    splices.append(replace(entry.value, "1"))
        if splices:
            yield Site(where=f"{file.path}:", parameter="", splices=tuple(splices))


_QUANTITIES = frozenset(
    {"desired", "min", "max", "shards", "replicas", "desired_count", "tasks", "nodes"}
)

OPERATORS: tuple[Operator, ...] = (
    Operator(name="open-group", family=_FAMILY, find=_open_group),
    Operator(name="allow-all", family=_FAMILY, find=_allow_all),
    Operator(name="rebuild", family=_FAMILY, find=_rebuild, share=1.5),
    Operator(name="without-guards", family=_FAMILY, find=_without_guards),
    Operator(name="without-keys", family=_FAMILY, find=_without_keys),
    Operator(name="comment-out", family=_FAMILY, find=_comment_out, share=1.5),
    Operator(name="known-account", family=_FAMILY, find=_known_account, calm=True),
    Operator(name="wait-for", family=_FAMILY, find=_wait_for, silent=True),
    Operator(name="smaller-everything", family=_FAMILY, find=_smaller_everything, share=0.5),
)
