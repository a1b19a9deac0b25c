"""Guards: what keeps data when somebody errs, on and off."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.training.operators.literals import change
from iacrisk.training.operators.numbers import mapped, turned
from iacrisk.training.operators.stack import (
    Operator,
    Site,
    Splice,
    Stack,
    add_line,
    cut,
    place,
    replace,
)
from iacrisk.training.operators.syntax import Block

_FAMILY = "guards"
_TRUTH = ("truth",)
_PROTECTIONS = frozenset(
    {
        "deletion_protection",
        "deletion_protection_enabled",
        "enable_deletion_protection",
        "deletion_protected",
        "termination_protection",
        "disable_api_termination",
    }
)
_SAFEGUARDS = frozenset(
    {
        "enable_key_rotation",
        "enable_log_file_validation",
        "include_global_service_events",
        "is_multi_region_trail",
        "enable_logging",
        "scan_on_push",
        "require_numbers",
        "require_symbols",
        "copy_tags_to_snapshot",
    }
)
_PUBLIC_BLOCKS = frozenset(
    {"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"}
)
_FORCES = frozenset({"force_destroy", "force_delete", "skip_final_snapshot"})
_PROTECTED_TYPES = {
    "aws_db_instance": "deletion_protection = true",
    "aws_dynamodb_table": "deletion_protection_enabled = true",
    "aws_lb": "enable_deletion_protection = true",
    "aws_instance": "disable_api_termination = true",
}
_FORCED_TYPES = {
    "aws_s3_bucket": "force_destroy = true",
    "aws_ecr_repository": "force_delete = true",
    "aws_iam_role": "force_detach_policies = true",
    "aws_iam_user": "force_destroy = true",
    "aws_route53_zone": "force_destroy = true",
}
_HOLDERS = frozenset(
    {
        "aws_db_instance",
        "aws_dynamodb_table",
        "aws_efs_file_system",
        "aws_kinesis_stream",
        "aws_kms_key",
        "aws_s3_bucket",
        "aws_sqs_queue",
    }
)


def _adding(table: dict[str, str], stack: Stack) -> Iterator[Site]:
    for block in stack.resources(*table):
        line = table[block.type]
        if block.attribute(line.partition(" ")[0]) is None:
            yield Site(where=place(block), parameter=line, splices=(add_line(stack, block, line),))


def _protect(stack: Stack) -> Iterator[Site]:
    yield from _adding(_PROTECTED_TYPES, stack)


def _force(stack: Stack) -> Iterator[Site]:
    yield from _adding(_FORCED_TYPES, stack)


def _drop_guard(stack: Stack) -> Iterator[Site]:
    for block in stack.resources():
        for attribute in block.attributes:
            guards = attribute.name in _PROTECTIONS | _SAFEGUARDS | _PUBLIC_BLOCKS
            if guards and attribute.value.text == "true":
                yield Site(
                    where=place(block, attribute.name),
                    parameter="",
                    splices=(cut(stack, attribute),),
                )


def _hold(stack: Stack) -> Iterator[Site]:
    """prevent_destroy where there is no lifecycle block yet."""
    for block in stack.resources(*_HOLDERS):
        if not block.nested("lifecycle"):
            text = "\nlifecycle {\n  prevent_destroy = true\n}"
            yield Site(where=place(block), parameter="", splices=(add_line(stack, block, text),))


def _release(stack: Stack) -> Iterator[Site]:
    """prevent_destroy goes."""
    for block in stack.resources():
        for lifecycle in block.nested("lifecycle"):
            if held := lifecycle.attribute("prevent_destroy"):
                yield Site(
                    where=place(block, "lifecycle"),
                    parameter="",
                    splices=(_cut_lifecycle(stack, lifecycle, held.name),),
                )


def _cut_lifecycle(stack: Stack, lifecycle: Block, name: str) -> Splice:
    if len(lifecycle.attributes) == 1 and not lifecycle.blocks:
        return cut(stack, lifecycle)
    attribute = lifecycle.attribute(name)
    assert attribute is not None  # noqa: S101 - asked for by the caller
    return cut(stack, attribute)


def _versioning(stack: Stack) -> Iterator[Site]:
    for block in stack.resources("aws_s3_bucket_versioning"):
        for inner in block.nested("versioning_configuration"):
            status = inner.value("status")
            if status and status.literal == "Enabled":
                yield Site(
                    where=place(block),
                    parameter="Suspended",
                    splices=(replace(status, '"Suspended"'),),
                )


def _recovery(stack: Stack) -> Iterator[Site]:
    for block in stack.resources("aws_dynamodb_table"):
        for inner in block.nested("point_in_time_recovery"):
            yield Site(
                where=place(block, "point_in_time_recovery"),
                parameter="",
                splices=(cut(stack, inner),),
            )


OPERATORS: tuple[Operator, ...] = (
    change("protection-off", _FAMILY, _PROTECTIONS, _TRUTH, turned(False)),
    change("protection-on", _FAMILY, _PROTECTIONS, _TRUTH, turned(True), calm=True),
    Operator(name="add-protection", family=_FAMILY, find=_protect, calm=True, share=2),
    Operator(name="add-force-destroy", family=_FAMILY, find=_force, calm=True),
    Operator(name="drop-guard", family=_FAMILY, find=_drop_guard),
    Operator(name="hold", family=_FAMILY, find=_hold, silent=True),
    Operator(name="release", family=_FAMILY, find=_release, silent=True),
    change("safeguard-off", _FAMILY, _SAFEGUARDS, _TRUTH, turned(False)),
    change("safeguard-on", _FAMILY, _SAFEGUARDS, _TRUTH, turned(True), calm=True),
    change("public-block-off", _FAMILY, _PUBLIC_BLOCKS, _TRUTH, turned(False), share=0.5),
    change("public-block-on", _FAMILY, _PUBLIC_BLOCKS, _TRUTH, turned(True), calm=True),
    change("force-on", _FAMILY, _FORCES, _TRUTH, turned(True), calm=True),
    change("force-off", _FAMILY, _FORCES, _TRUTH, turned(False), calm=True),
    Operator(name="suspend-versioning", family=_FAMILY, find=_versioning),
    Operator(name="drop-recovery", family=_FAMILY, find=_recovery),
    change(
        "tag-mutability",
        _FAMILY,
        {"image_tag_mutability"},
        ("text",),
        mapped({"MUTABLE": ("IMMUTABLE",), "IMMUTABLE": ("MUTABLE",)}),
        calm=True,
    ),
)
