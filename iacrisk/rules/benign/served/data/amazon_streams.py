"""BL-archived: a stream of AWS that is written down, and read often enough."""

from __future__ import annotations

import re
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange, lookup
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.running import programs
from iacrisk.rules.readers.settings.schedules import longest_pause
from iacrisk.rules.readers.shapes import blocks
from iacrisk.rules.readers.siblings import stays

_ARCHIVE: Final = "aws_kinesis_firehose_delivery_stream"
_READS: Final = frozenset(
    {"aws_kinesis_stream_consumer", "aws_lambda_event_source_mapping", "aws_pipes_pipe"}
)
_DAY: Final = 24


def why_archived(change: ResourceChange, context: Context) -> str | None:
    """Why the older records are not missed: whoever reads the stream writes all of it down."""
    rest = change.changed - {"retention_period"}
    if rest and explain(change, context, *rest) is None:
        return None
    kept = change.becomes("retention_period")
    arn = str(change.before.get("arn") or "")
    if not isinstance(kept, int | float) or kept < _DAY or not arn:
        return None
    archives = [
        one
        for one in context.changes_of(_ARCHIVE)
        if stays(one)
        and lookup(one.before, ("kinesis_source_configuration", 0, "kinesis_stream_arn")) == arn
        and one.kind is ActionKind.NO_OP
        and any(blocks(one.before.get(name)) for name in ("extended_s3_configuration",))
    ]
    if len(archives) != 1 or _is_read_otherwise(change, arn, kept, context):
        return None
    return (
        f"{archives[0].label} writes all of it down within minutes, and no one reads it so seldom"
    )


def _reads_at_once(reader: ResourceChange) -> bool:
    """Whether a mapping follows the stream without a break."""
    return (
        reader.type == "aws_lambda_event_source_mapping"
        and reader.kind is ActionKind.NO_OP
        and reader.before.get("enabled") is not False
        and reader.before.get("starting_position") != "AT_TIMESTAMP"
    )


def _is_read_otherwise(change: ResourceChange, arn: str, kept: float, context: Context) -> bool:
    following = [one for one in context.changes_of(*sorted(_READS)) if _reads_at_once(one)]
    others = [use.node for use in context.consumers(change) if use.node.type in _READS]
    if any(node.change not in following for node in others):
        return True
    name = str(change.before.get("name"))
    word = re.compile(rb"(?<![\w-])" + re.escape(name).encode() + rb"(?![\w-])")
    return any(
        arn.encode() in bytes(one.raw.change.after) or word.search(bytes(one.raw.change.after))
        for one in (*programs(context), *context.changes_of(*sorted(_READS)))
        if one not in following and not _starts_in_time(one, kept, context)
    )


_RULE: Final = "aws_cloudwatch_event_rule"
_TARGET: Final = "aws_cloudwatch_event_target"
_RUNS_ON: Final = frozenset({"aws_ecs_service", *_READS})


def _starts_in_time(reader: ResourceChange, kept: float, context: Context) -> bool:
    """Whether rules alone start it, and the rarest twice at least while a record is kept."""
    uses = [use.node for use in context.consumers(reader)]
    targets = [node.label for node in uses if node.type == _TARGET]
    if not targets or any(node.type in _RUNS_ON for node in uses):
        return False
    rules = [
        use.node.change
        for label in targets
        for use in context.graph.dependencies(label)
        if use.node.type == _RULE and use.argument == "rule"
    ]
    return len(rules) == len(targets) and all(
        rule is not None
        and rule.kind is ActionKind.NO_OP
        and rule.before.get("state") in {None, "ENABLED"}
        and (pause := longest_pause(str(rule.before.get("schedule_expression")))) is not None
        and pause * 2 <= kept
        for rule in rules
    )
