"""C30: nothing hands work any more to somebody who waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog.feeds import Feed, feed_of, feed_types
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.messages.feeding import fed_by, fed_names, feeders_of, targets_named
from iacrisk.rules.readers.programs.running import programs_using
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_KEEPS: Final = frozenset(
    {
        "aws_kinesis_stream",
        "aws_sns_topic",
        "aws_sqs_queue",
        "azurerm_eventhub",
        "azurerm_servicebus_queue",
        "azurerm_servicebus_topic",
        "google_pubsub_topic",
    }
)
"""Types that only hold what they are given until somebody takes it."""

_READERS: Final = frozenset(
    {
        "aws_kinesis_firehose_delivery_stream",
        "aws_kinesis_stream_consumer",
        "aws_lambda_event_source_mapping",
        "aws_pipes_pipe",
        "aws_sns_topic_subscription",
        "azurerm_eventhub_consumer_group",
        "azurerm_servicebus_subscription",
        "google_pubsub_subscription",
    }
)
_OFF: Final = (
    ("desired_state", "STOPPED"),
    ("enabled", False),
    ("paused", True),
    ("state", "DISABLED"),
)
_SOURCE_GOES: Final = frozenset({"aws_cloudwatch_event_rule"})
"""Sources that hold nothing themselves: what they start is missed though they go as well."""


@rule(
    id="C30",
    name="consumer-unfed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE, ActionKind.DELETE},
    types=feed_types(),
    since="0.2",
)
def consumer_unfed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """What hands work on goes, and who waits for the work stays.

    What it flags
        A subscription, target, schedule, mapping, trigger or notification that is deleted, or
        that no longer names somebody, while the function, state machine or task that it fed
        stays; or the queue or topic, where somebody reads it.

    Why it matters
        Nothing fails. Orders, files and events are no longer handled, and what is published
        meanwhile is lost; alarms on errors and ages stay silent, because nothing arrives.

    When it is fine
        Something else, kept or new, hands the same on to the same; it was switched off; nobody
        reads the queue. It is less grave where somebody else hands other work to it. Records of
        a stream are told by D29.

    What to do instead
        Put the new way up first and see it deliver, then remove the old one.

    References
        https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html
    """
    feed = feed_of(change.type)
    if feed is None or _is_off(change, context) or _is_told_elsewhere(change):
        return
    after = frozenset() if change.kind is ActionKind.DELETE else fed_names(feed, change.after)
    if UNKNOWN in after or (change.kind is ActionKind.UPDATE and not _touched(feed, change)):
        return
    lost = fed_names(feed, change.before) - after
    for target in targets_named(lost, context):
        waiting = _waiting(target, context)
        others = [one for one in feeders_of(target, context) if one is not change]
        if not waiting or any(_takes_over(one, change, feed) for one in others):
            continue
        yield Flag(
            what=f"Nothing hands this to {target.label} any more.",
            paths=tuple((path.partition(".")[0],) for path in feed.fed[:1]),
            severity=Severity.MEDIUM if others else None,
            confidence=Confidence.LOW if others else None,
            hurts=waiting,
        )


def _is_off(change: ResourceChange, context: Context) -> bool:
    if any(change.before.get(name) == value for name, value in _OFF):
        return True
    if str(change.before.get("schedule_expression")).startswith("at("):
        return True
    sources = [use.node.change for use in context.graph.dependencies(change.label)]
    return any(
        one is not None
        and (
            (one.type in _SOURCE_GOES and any(one.before.get(name) == off for name, off in _OFF))
            or (one.kind is ActionKind.DELETE and one.type not in _SOURCE_GOES)
        )
        for one in sources
    )


def _is_told_elsewhere(change: ResourceChange) -> bool:
    """Whether it reads a stream, whose records expire unread."""
    source = str(change.before.get("event_source_arn") or "")
    return any(service in source for service in (":kinesis:", ":dynamodb:", ":kafka:"))


def _touched(feed: Feed, change: ResourceChange) -> bool:
    return any(path.partition(".")[0] in change.changed for path in feed.fed)


def _waiting(target: ResourceChange, context: Context) -> tuple[str, ...]:
    """Who waits: the target itself, or those who read it; nobody where nobody reads it."""
    if target.type not in _KEEPS:
        return (target.label,)
    readers = [
        use.node.change
        for use in context.consumers(target)
        if use.node.type in _READERS and use.node.change is not None and stays(use.node.change)
    ]
    behind = [one.label for reader in readers for one in fed_by(reader, context)]
    users = [one.label for one in programs_using(target, context) if stays(one)]
    found = [*(one.label for one in readers), *behind, *users]
    return tuple(dict.fromkeys([target.label, *found])) if found else ()


def _takes_over(other: ResourceChange, change: ResourceChange, feed: Feed) -> bool:
    """Whether another feeder takes from the same source, or is new and may do so."""
    if other.kind in {ActionKind.CREATE, ActionKind.REPLACE}:
        return True
    if not feed.source:
        return False
    return (
        bool(change.before.get(feed.source))
        and other.type == change.type
        and (other.after.get(feed.source) == change.before.get(feed.source))
    )
