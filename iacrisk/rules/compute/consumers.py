"""C16: a queue hands a message out again while its consumer still works on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, plan_rule

_DEFAULT_TIMEOUT = 3
_DEFAULT_VISIBILITY = 30


@plan_rule(
    id="C16",
    name="consumer-outlives-visibility",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
)
def consumer_outlives_visibility(context: Context) -> Iterator[Outcome]:
    """A queue's visibility timeout falls below the timeout of the function that reads it.

    What it flags
        A change of `visibility_timeout_seconds` or of a function's `timeout` after which a
        function may work longer on a message than the queue hides it.

    Why it matters
        The message is handed out again while the first call still works on it: work is done
        twice, orders and payments too. AWS refuses a new mapping between the two.

    When it is fine
        The function never takes that long, whatever its timeout says.

    What to do instead
        Keep the visibility timeout at six times the function's timeout, and raise it first.

    References
        https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    queues = _by(context, "aws_sqs_queue", "arn")
    functions = _by(context, "aws_lambda_function", "arn", "function_name")
    for mapping in context.changes_of("aws_lambda_event_source_mapping"):
        tree = mapping.before or mapping.after
        queue = queues.get(str(tree.get("event_source_arn")))
        function = functions.get(str(tree.get("function_arn"))) or functions.get(
            str(tree.get("function_name"))
        )
        if queue and function and mapping.kind is not ActionKind.DELETE:
            yield from _judge(queue, function, mapping)


def _judge(
    queue: ResourceChange, function: ResourceChange, mapping: ResourceChange
) -> Iterator[Outcome]:
    if "visibility_timeout_seconds" in queue.changed:
        changed, name = queue, "visibility_timeout_seconds"
    elif "timeout" in function.changed:
        changed, name = function, "timeout"
    else:
        return
    if changed.kind is not ActionKind.UPDATE:
        return
    hidden = queue.after.get("visibility_timeout_seconds", _DEFAULT_VISIBILITY)
    works = function.after.get("timeout", _DEFAULT_TIMEOUT)
    if UNKNOWN in (hidden, works):
        yield Undecided(
            why="One of the two timeouts is not known.", paths=((name,),), address=changed.label
        )
    elif _seconds(hidden) < _seconds(works):
        yield Flag(
            what=f"Messages are handed out again after {hidden} s while {function.label} may work "
            f"on them for {works} s.",
            paths=((name,),),
            address=changed.label,
            hurts=(queue.label, function.label, mapping.label),
        )


def _by(context: Context, type_name: str, *arguments: str) -> dict[str, ResourceChange]:
    return {
        str(change.before[argument]): change
        for change in context.changes_of(type_name)
        for argument in arguments
        if change.before.get(argument)
    }


def _seconds(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
