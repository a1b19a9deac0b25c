"""Labels: tags, descriptions and thresholds, which people change all the time."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.training.operators.literals import change, quoted, settings
from iacrisk.training.operators.numbers import doubled, halved
from iacrisk.training.operators.stack import (
    Operator,
    Site,
    Splice,
    Stack,
    add_line,
    drop_item,
    place,
    replace,
)
from iacrisk.training.operators.syntax import Expression

_FAMILY = "labels"
_TAGS = frozenset({"tags", "common_tags"})


def _tag_maps(stack: Stack) -> Iterator[tuple[str, Expression]]:
    for setting in settings(stack):
        if setting.name not in _TAGS:
            continue
        for value in setting.value.walk():
            if value.kind == "object" and value.entries:
                yield setting.where, value
                break


def _add_tag(stack: Stack) -> Iterator[Site]:
    for where, value in _tag_maps(stack):
        first = value.entries[0]
        text = stack.texts[first.path]
        line = text[text.rfind("\n", 0, first.start) + 1 : first.start]
        joint = f"\n{line}" if not line.strip() else ", "
        splice = Splice(
            path=first.path, start=first.start, end=first.start, text=f'Reviewed = "2024-11"{joint}'
        )
        yield Site(where=where, parameter="Reviewed", splices=(splice,))


def _change_tag(stack: Stack) -> Iterator[Site]:
    for where, value in _tag_maps(stack):
        for entry in value.entries:
            if entry.value.kind == "text":
                new = quoted(f"{entry.value.literal}-2")
                yield Site(
                    where=f"{where}.{entry.name}",
                    parameter=new,
                    splices=(replace(entry.value, new),),
                )


def _drop_tag(stack: Stack) -> Iterator[Site]:
    for where, value in _tag_maps(stack):
        if len(value.entries) > 1:
            for index, entry in enumerate(value.entries):
                splice = drop_item(value.entries, index)
                yield Site(where=f"{where}.{entry.name}", parameter="", splices=(splice,))


_TAGGABLE = (
    "aws_cloudwatch_log_group",
    "aws_dynamodb_table",
    "aws_ecr_repository",
    "aws_iam_role",
    "aws_kms_key",
    "aws_s3_bucket",
    "aws_sns_topic",
    "aws_sqs_queue",
    "aws_vpc",
    "aws_subnet",
    "aws_route_table",
    "aws_db_instance",
    "aws_lb",
    "aws_lambda_function",
    "aws_ssm_parameter",
    "aws_secretsmanager_secret",
)


def _tag_resource(stack: Stack) -> Iterator[Site]:
    for block in stack.resources(*_TAGGABLE):
        if block.attribute("tags") is None:
            text = '\ntags = {\n  CostCenter = "4200"\n}'
            yield Site(where=place(block), parameter="", splices=(add_line(stack, block, text),))


def _default_tag(stack: Stack) -> Iterator[Site]:
    """A tag for everything, through the provider."""
    for block in stack.blocks("provider"):
        for nested in block.nested("default_tags"):
            value = nested.value("tags")
            if value is not None and value.entries:
                first = value.entries[0]
                text = stack.texts[first.path]
                line = text[text.rfind("\n", 0, first.start) + 1 : first.start]
                splice = Splice(
                    path=first.path,
                    start=first.start,
                    end=first.start,
                    text=f'Repository = "infrastructure"\n{line}',
                )
                yield Site(where=place(block), parameter="Repository", splices=(splice,))


_WORDS = frozenset({"description", "alarm_description", "display_name", "comment"})


def _reworded(value: Expression) -> Iterator[str]:
    yield f'"{value.literal}, as agreed"'


_THRESHOLDS = frozenset({"threshold", "evaluation_periods", "period"})
_IN_PLACE = (
    "aws_api_gateway_rest_api",
    "aws_apigatewayv2_api",
    "aws_cloudwatch_event_rule",
    "aws_cloudwatch_metric_alarm",
    "aws_glue_catalog_database",
    "aws_iam_role",
    "aws_kms_key",
    "aws_lambda_function",
    "aws_route53_zone",
    "aws_secretsmanager_secret",
    "aws_sns_topic",
    "aws_athena_workgroup",
    "aws_cloudwatch_metric_alarm",
)
"""Types that take another description in place."""


def _describe_again(stack: Stack) -> Iterator[Site]:
    """Another description where it can only be had with a new resource."""
    for block in stack.resources("aws_security_group", "aws_iam_policy", "aws_db_subnet_group"):
        value = block.value("description")
        if value is not None and value.kind in {"text", "template"}:
            (new,) = _reworded(value)
            yield Site(where=place(block), parameter="", splices=(replace(value, new),))


OPERATORS: tuple[Operator, ...] = (
    Operator(name="add-tag", family=_FAMILY, find=_add_tag, calm=True),
    Operator(name="change-tag", family=_FAMILY, find=_change_tag, calm=True),
    Operator(name="drop-tag", family=_FAMILY, find=_drop_tag, calm=True),
    Operator(name="tag-resource", family=_FAMILY, find=_tag_resource, calm=True, share=2),
    Operator(name="default-tag", family=_FAMILY, find=_default_tag, calm=True),
    change(
        "describe", _FAMILY, _WORDS, ("text", "template"), _reworded, types=_IN_PLACE, calm=True
    ),
    Operator(name="describe-anew", family=_FAMILY, find=_describe_again, share=0.7),
    change(
        "alarm-later",
        _FAMILY,
        _THRESHOLDS,
        ("number",),
        doubled(),
        types=("aws_cloudwatch_metric_alarm",),
        calm=True,
    ),
    change(
        "alarm-sooner",
        _FAMILY,
        {"threshold"},
        ("number",),
        halved(),
        types=("aws_cloudwatch_metric_alarm",),
        calm=True,
    ),
)
