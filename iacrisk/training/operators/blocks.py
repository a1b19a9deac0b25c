"""Blocks: resources, nested blocks, arguments and modules that go, and copies that come."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iacrisk.training.operators.names import references
from iacrisk.training.operators.stack import Operator, Site, Splice, Stack, append, cut, place
from iacrisk.training.operators.syntax import Block

_FAMILY = "blocks"


def outside(stack: Stack, block: Block) -> list[Splice]:
    """References from other blocks."""
    return [
        found
        for found in references(stack, block)
        if found.path != block.path or not block.start <= found.start < block.end
    ]


def _drop_resource(stack: Stack) -> Iterator[Site]:
    """A resource to which nothing refers goes."""
    for block in stack.resources():
        if not outside(stack, block):
            yield Site(where=place(block), parameter="", splices=(cut(stack, block),))


def _drop_with_followers(stack: Stack) -> Iterator[Site]:
    """A resource goes with all blocks that refer to it, and those that refer to them."""
    for block in stack.resources():
        dropped = _followers(stack, block)
        if 1 < len(dropped) <= 6:
            splices = tuple(cut(stack, one) for one in dropped)
            yield Site(where=place(block), parameter=f"{len(dropped)} blocks", splices=splices)


def _followers(stack: Stack, block: Block) -> list[Block]:
    dropped, waiting = [block], [block]
    while waiting:
        current = waiting.pop()
        for found in outside(stack, current):
            owner = _owner(stack, found)
            if owner is None or owner.kind not in {"resource", "data", "output"}:
                return []
            if owner not in dropped:
                dropped.append(owner)
                waiting.append(owner)
    return dropped


def _owner(stack: Stack, found: Splice) -> Block | None:
    for file in stack.files:
        if file.path == found.path:
            for block in file.blocks:
                if block.start <= found.start < block.end:
                    return block
    return None


_KEPT = frozenset(
    {"statement", "principals", "rule", "default_action", "filter", "attribute", "action"}
)


def _drop_nested(stack: Stack) -> Iterator[Site]:
    """A nested block goes."""
    for block in stack.resources():
        seen: dict[str, int] = {}
        for nested in block.blocks:
            number = seen[nested.kind] = seen.get(nested.kind, -1) + 1
            if nested.kind not in _KEPT and nested.kind not in {"ingress", "egress", "lifecycle"}:
                yield Site(
                    where=place(block, f"{nested.kind}[{number}]"),
                    parameter="",
                    splices=(cut(stack, nested),),
                )


_OPTIONAL = frozenset(
    {
        "alarm_actions",
        "comment",
        "container_insights",
        "delay_seconds",
        "deregistration_delay",
        "description",
        "enable_dns_hostnames",
        "evaluate_target_health",
        "health_check_type",
        "iam_instance_profile",
        "idle_timeout",
        "image_tag_mutability",
        "layers",
        "log_retention",
        "map_public_ip_on_launch",
        "max_session_duration",
        "memory",
        "memory_size",
        "multi_az",
        "path",
        "performance_insights_enabled",
        "permissions_boundary",
        "raw_message_delivery",
        "retention_in_days",
        "tags",
        "target_group_arns",
        "timeout",
        "user_data",
        "visibility_timeout_seconds",
        "vpc_security_group_ids",
        "redrive_policy",
        "backup_retention_period",
        "message_retention_seconds",
        "storage_encrypted",
        "parameter_group_name",
        "depends_on",
    }
)


def _drop_argument(stack: Stack) -> Iterator[Site]:
    """An argument goes, so that its default holds."""
    for block in stack.resources():
        for attribute in block.attributes:
            if attribute.name in _OPTIONAL:
                yield Site(
                    where=place(block, attribute.name),
                    parameter="",
                    splices=(cut(stack, attribute),),
                )


def _copy(stack: Stack) -> Iterator[Site]:
    """The same resource once more under another label and name."""
    for block in stack.resources(*_COPYABLE):
        if block.attribute("for_each") or block.attribute("count"):
            continue
        text = stack.texts[block.path][block.start : block.end]
        copied = re.sub(
            r'((?:^|\n)  (?:name|bucket|identifier|alarm_name|function_name)\s*= "[^"\n]*)"',
            r'\1-copy"',
            text,
            count=1,
        )
        if copied == text:
            continue
        label = f'"{block.labels[1]}"'
        copied = copied.replace(label, f'"{block.labels[1]}_copy"', 1)
        yield Site(
            where=place(block),
            parameter="",
            splices=(append(stack, block.path, f"{copied}\n"),),
        )


_COPYABLE = (
    "aws_cloudwatch_log_group",
    "aws_cloudwatch_metric_alarm",
    "aws_dynamodb_table",
    "aws_ecr_repository",
    "aws_iam_role",
    "aws_s3_bucket",
    "aws_security_group",
    "aws_sns_topic",
    "aws_sqs_queue",
    "aws_ssm_parameter",
    "aws_lb_target_group",
    "aws_iam_policy",
    "aws_secretsmanager_secret",
)


def _drop_module(stack: Stack) -> Iterator[Site]:
    """A module goes with the blocks that refer to it."""
    for block in stack.blocks("module"):
        dropped = _followers(stack, block)
        if dropped:
            yield Site(
                where=place(block),
                parameter=f"{len(dropped)} blocks",
                splices=tuple(cut(stack, one) for one in dropped),
            )


OPERATORS: tuple[Operator, ...] = (
    Operator(name="drop-resource", family=_FAMILY, find=_drop_resource, share=2),
    Operator(name="drop-with-followers", family=_FAMILY, find=_drop_with_followers),
    Operator(name="drop-nested-block", family=_FAMILY, find=_drop_nested),
    Operator(name="drop-argument", family=_FAMILY, find=_drop_argument, share=1.5),
    Operator(name="copy-resource", family=_FAMILY, find=_copy, calm=True, share=2),
    Operator(name="drop-module", family=_FAMILY, find=_drop_module),
)
