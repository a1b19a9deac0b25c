"""Sending a message and looking for it where it has to arrive.

The emulator delivers without asking whether it may, so the permissions that AWS would ask for are
evaluated beside.
"""

from __future__ import annotations

import json
from itertools import count

from iacrisk.training import iam
from iacrisk.training.intents import Delivery
from iacrisk.training.inventory import Thing
from iacrisk.training.probes.scene import Scene

_numbers = count()
_ATTEMPTS = 5


def send_and_receive(
    scene: Scene, delivery: Delivery, source: Thing | None, queue: Thing
) -> str | None:
    """What stops the message; empty when it arrives, None when that cannot be judged."""
    mark = f"lab-probe-{next(_numbers)}"
    sender = delivery.source.partition(":")[0]
    refused = _send(scene, delivery, source, mark)
    if refused:
        return refused
    if not _arrived(scene, queue, mark):
        return "sent, but it did not arrive"
    if sender == "queue":
        return ""
    return _permission_fault(scene, _service(sender), _origin(scene, sender, source, queue), queue)


def _send(scene: Scene, delivery: Delivery, source: Thing | None, mark: str) -> str:
    client = scene.cloud.client
    sent: object
    match delivery.source.partition(":")[0]:
        case "topic" if source is not None:
            attributes = {
                key: {"DataType": "String", "StringValue": value}
                for key, value in delivery.attributes.items()
            }
            sent = scene.cloud.ask(
                "sns",
                "publish",
                TopicArn=source.identity,
                Message=mark,
                MessageAttributes=attributes,
                **_fifo(source.name, mark),
            )
        case "queue" if source is not None:
            sent = scene.cloud.ask(
                "sqs",
                "send_message",
                QueueUrl=source.facts["url"],
                MessageBody=mark,
                **_fifo(source.name, mark),
            )
        case "bucket" if source is not None:
            key = (
                f"{delivery.key}.{mark}"
                if not delivery.key.count(".")
                else _marked(delivery.key, mark)
            )
            sent = scene.cloud.ask("s3", "put_object", Bucket=source.name, Key=key, Body=b"x")
        case _:
            entry = {
                "Source": delivery.source.partition(":")[2],
                "DetailType": delivery.detail_type,
                "Detail": json.dumps({**delivery.detail, "lab": mark}),
            }
            sent = client("events").put_events(Entries=[entry])
    return "" if sent is not None else "sending was refused"


def _marked(key: str, mark: str) -> str:
    """The mark before the last dot, so that prefix and suffix filters still match."""
    stem, _, suffix = key.rpartition(".")
    return f"{stem}.{mark}.{suffix}"


def _fifo(name: str, mark: str) -> dict[str, str]:
    if not name.endswith(".fifo"):
        return {}
    return {"MessageGroupId": "lab", "MessageDeduplicationId": mark}


def _arrived(scene: Scene, queue: Thing, mark: str) -> bool:
    for _ in range(_ATTEMPTS):
        answer = scene.cloud.ask(
            "sqs", "receive_message", QueueUrl=queue.facts["url"], MaxNumberOfMessages=10
        )
        messages = (answer or {}).get("Messages") or ()
        if any(mark in message["Body"] for message in messages):
            return True
        if not messages:
            return False
    return False


def _service(sender: str) -> str:
    names = {"topic": "sns", "bucket": "s3", "event": "events"}
    return f"{names[sender]}.amazonaws.com"


def _origin(scene: Scene, sender: str, source: Thing | None, queue: Thing) -> list[str]:
    """ARNs in whose name the message may have come."""
    if sender != "event":
        return [source.handles[0]] if source else []
    return [
        rule.identity
        for rule in scene.now.of("rule")
        if any(target["Arn"] == queue.handles[0] for target in rule.facts["targets"])
    ]


def _permission_fault(scene: Scene, service: str, origins: list[str], queue: Thing) -> str | None:
    states = [_permitted(scene, service, origin, queue) for origin in origins]
    if "works" in states:
        return ""
    return None if "unknown" in states else "the queue's policy or key does not let it in"


def _permitted(scene: Scene, service: str, origin: str, queue: Thing) -> iam.State:
    principal = iam.Principal(service=service)
    context = {"aws:SourceArn": origin}
    request = iam.Request(
        principal=principal, action="sqs:SendMessage", resource=queue.handles[0], context=context
    )
    state = iam.decide(request, resource=queue.policy).state
    key = next((scene.now.get("key", text) for text in queue.mentions if text), None)
    if state == "works" and key is not None:
        use = iam.Request(
            principal=principal,
            action="kms:GenerateDataKey",
            resource=key.handles[0],
            context=context,
        )
        state = iam.decide(use, resource=key.policy).state
    return state
