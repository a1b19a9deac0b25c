"""D29: a reader of a stream forgets how far it had read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_STREAMS: Final = (":kinesis:", ":dynamodb:", ":kafka:")


@rule(
    id="D29",
    name="stream-position-lost",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds={ActionKind.REPLACE, ActionKind.DELETE},
    types={"aws_lambda_event_source_mapping"},
)
def stream_position_lost(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """The mapping that reads a stream is replaced and starts somewhere else.

    What it flags
        The replacement of a mapping from a Kinesis or DynamoDB stream or a Kafka topic that starts
        at `LATEST`, and the delete of one whose stream and function stay.

    Why it matters
        The position in the stream belongs to the mapping. The new one starts at the end: what
        nobody had read yet, and what arrives meanwhile, is never handled.

    When it is fine
        It starts at `TRIM_HORIZON` or at a timestamp, and the function can see records twice. A
        queue has no position: its messages wait.

    What to do instead
        Change the mapping in place, or start the new one at the timestamp of the last record read.

    References
        https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
    """
    source = str(change.before.get("event_source_arn") or "")
    if not any(service in source for service in _STREAMS):
        return
    if change.kind is ActionKind.DELETE:
        uses = context.graph.dependencies(change.label)
        ends = [use.node.change for use in uses if use.node.change is not None]
        if not any(end.destroys for end in ends):
            yield Flag(what="Nobody reads the stream any more; its records expire unread.")
    elif change.after.get("starting_position") == "LATEST":
        yield Flag(
            what="It forgets how far it had read the stream and starts at its end.",
            paths=(("starting_position",), *change.replace_paths),
        )
