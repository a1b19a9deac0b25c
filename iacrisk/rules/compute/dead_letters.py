"""C43: messages that fail are put where nobody takes them and nothing keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup
from iacrisk.plan.values import mapping
from iacrisk.rules.context import Context
from iacrisk.rules.readers.messages.feeding import fed_by
from iacrisk.rules.readers.programs.running import programs_using
from iacrisk.rules.readers.shapes import last_part
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_GOOGLE: Final = "google_pubsub_subscription"
_POLICY: Final = "dead_letter_policy"
_FORWARDED: Final = "forward_dead_lettered_messages_to"
_AZURE: Final = frozenset({"azurerm_servicebus_queue", "azurerm_servicebus_subscription"})
_QUEUE: Final = "aws_sqs_queue"
_REDRIVE: Final = "aws_sqs_queue_redrive_policy"
_FOUR_DAYS: Final = 345600
"""How long a queue keeps messages unless it says otherwise, in seconds."""

_TAKERS: Final = frozenset({"aws_lambda_event_source_mapping", "aws_pipes_pipe"})


@rule(
    id="C43",
    name="dead-letters-lost",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.DATA,
    kinds={ActionKind.UPDATE, ActionKind.CREATE},
    types={_GOOGLE, *_AZURE, _QUEUE, _REDRIVE},
    since="0.2",
)
def dead_letters_lost(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Messages that fail are handed to a topic without a reader, or to a queue that drops them.

    What it flags
        A subscription or queue of today whose failed messages come to go to a topic of the plan
        that has no subscription there and keeps nothing itself; on SQS, to a queue that keeps
        messages for half the time or less, counted from when they were first sent, and that
        nobody takes them from.

    Why it matters
        Until now a message that failed was tried again for days, or lay where a person found it.
        From now on it is gone after a few tries, and an outage of the consumer for some minutes
        loses everything that came meanwhile. Nothing fails and nothing is logged.

    When it is fine
        Somebody outside the plan has a subscription to the topic, or the messages are worth
        nothing. Not flagged: a topic with a subscription, a trigger or a retention of its own; a
        queue, which keeps what it gets; a topic that is not in the plan.

    What to do instead
        Give the topic a subscription that holds messages for days, and an alarm on it, first. On
        SQS let the queue for failed messages keep them longer than the one they come from.

    References
        https://cloud.google.com/pubsub/docs/handling-failures
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
    """
    if change.type in {_QUEUE, _REDRIVE}:
        yield from _to_short_queue(change, context)
        return
    name = _POLICY if change.type == _GOOGLE else _FORWARDED
    if change.kind is not ActionKind.UPDATE or name not in change.changed:
        return
    topic = _topic_of(change, name, context)
    if topic is None or topic.after.get("message_retention_duration"):
        return
    if _takers_of(topic, context):
        return
    yield _flag(
        "Messages that fail go to a topic that nobody subscribes to, and are lost there.",
        name,
        _readers_of(change, context),
    )


def _flag(what: str, name: str, readers: tuple[str, ...]) -> Flag:
    return Flag(
        what=what,
        paths=((name,),),
        severity=None if readers else Severity.MEDIUM,
        confidence=None if readers else Confidence.MEDIUM,
        hurts=readers,
    )


def _readers_of(change: ResourceChange, context: Context) -> tuple[str, ...]:
    """Who works on the messages today."""
    pushed = [one.label for one in fed_by(change, context)]
    taking = [one for one in _near(change, context) if one.type in _TAKERS and stays(one)]
    behind = [two.label for one in taking for two in fed_by(one, context)]
    users = [one.label for one in programs_using(change, context) if stays(one)]
    return tuple(dict.fromkeys([*pushed, *(one.label for one in taking), *behind, *users]))


def _near(change: ResourceChange, context: Context) -> list[ResourceChange]:
    return [use.node.change for use in context.consumers(change) if use.node.change is not None]


# Topics


def _topic_of(change: ResourceChange, name: str, context: Context) -> ResourceChange | None:
    """The topic of the plan to which failed messages go after it."""
    path = (name, 0, "dead_letter_topic") if name == _POLICY else (name,)
    text = lookup(change.after, path)
    if text is UNKNOWN:
        return next(
            (
                use.node.change
                for use in context.graph.dependencies(change.label)
                if use.argument.partition(".")[0] == name
                and use.node.change is not None
                and use.node.type.endswith("_topic")
            ),
            None,
        )
    if not isinstance(text, str) or not text or text == lookup(change.before, path):
        return None
    if name == _POLICY:
        topics = [one for one in _staying("google_pubsub_topic", context) if _is(one, text)]
    else:
        topics = [
            one
            for one in _staying("azurerm_servicebus_topic", context)
            if one.after.get("name") == text and _namespace(one) == _namespace(change)
        ]
    return topics[0] if len(topics) == 1 else None


def _staying(type_name: str, context: Context) -> list[ResourceChange]:
    return [one for one in context.changes_of(type_name) if one.kind is not ActionKind.DELETE]


def _is(topic: ResourceChange, text: str) -> bool:
    if topic.before.get("id") == text:
        return True
    made = f"projects/{topic.after.get('project')}/topics/{topic.after.get('name')}"
    return made == text


def _namespace(change: ResourceChange) -> str:
    for name in ("namespace_id", "topic_id", "id"):
        text = change.before.get(name) or change.after.get(name)
        if isinstance(text, str) and "/namespaces/" in text:
            return text.partition("/namespaces/")[2].partition("/")[0].lower()
    return ""


def _takers_of(topic: ResourceChange, context: Context) -> list[str]:
    """Whatever may take messages from the topic: subscriptions, triggers and whoever names it."""
    name = str(topic.after.get("name"))
    near = {use.node.label: use.argument for use in context.consumers(topic)}
    return [
        one.label
        for one in context.plan.changes
        if one is not topic
        and one.kind is not ActionKind.DELETE
        and "_iam_" not in one.type
        and (one.label in near or f'{name}"'.encode() in bytes(one.raw.change.after))
        and _may_take(one, name, near.get(one.label, ""))
    ]


def _may_take(one: ResourceChange, topic: str, argument: str) -> bool:
    """Whether it is no sender: of a subscription the topic, of a queue nothing but its name."""
    if one.type == _GOOGLE:
        return last_part(one.after.get("topic")) == topic or argument == "topic"
    if one.type in _AZURE:
        return last_part(one.after.get("topic_id")) == topic or argument == "topic_id"
    return True


# Queues


def _to_short_queue(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    target = _target(change.after)
    source = change if change.type == _QUEUE else _queue(change.after.get("queue_url"), context)
    if source is None or not stays(source) or not target or target == _target(change.before):
        return
    dead = _queue(target, context)
    if dead is None or str(dead.after.get("name")).endswith(".fifo"):
        return
    kept, before = _kept(dead.after), _kept(source.before)
    if kept is None or before is None or kept * 2 > before or _drained(dead, context):
        return
    yield _flag(
        f"Messages that fail are kept for {kept} seconds instead of {before}, then lost.",
        "redrive_policy",
        _readers_of(source, context),
    )


def _target(side: dict[str, Any]) -> str:
    text = side.get("redrive_policy")
    try:
        policy = msgspec.json.decode(text) if isinstance(text, str) and text else {}
    except msgspec.DecodeError:
        return ""
    return str(mapping(policy).get("deadLetterTargetArn") or "")


def _queue(text: object, context: Context) -> ResourceChange | None:
    for one in filter(stays, context.changes_of(_QUEUE)):
        if text in {one.before.get(name) for name in ("arn", "url", "id")} - {None, ""}:
            return one
    return None


def _kept(side: dict[str, Any]) -> int | None:
    value = side.get("message_retention_seconds", _FOUR_DAYS)
    return value if isinstance(value, int) else None


def _drained(dead: ResourceChange, context: Context) -> bool:
    """Whether somebody takes the failed messages before they go."""
    return bool(_readers_of(dead, context))
