"""Messages that fail are handed on: somebody takes or keeps them, or they are lost."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, change, create, tweak
from tests.rules.served.worlds import pair, stay, trap

_P: Final = "projects/elm"
_R: Final = "/subscriptions/s7/resourceGroups/rg-elm/providers"


def _topic(name: str, **more: Any) -> Json:
    return stay(
        f"google_pubsub_topic.{name}",
        id=f"{_P}/topics/{name}",
        name=name,
        project="elm",
        **more,
    )


def _hears(name: str, topic: str, dead: str = "") -> Json:
    return {
        "id": f"{_P}/subscriptions/{name}",
        "name": name,
        "topic": f"{_P}/topics/{topic}",
        "message_retention_duration": "604800s",
        "dead_letter_policy": [{"dead_letter_topic": f"{_P}/topics/{dead}"}] if dead else [],
    }


_PACKER: Final = stay(
    "google_cloud_run_v2_service.packer",
    id=f"{_P}/locations/r/services/packer",
    name="packer",
    template=[{"containers": [{"env": [{"name": "SUBSCRIPTION", "value": "parcels-packer"}]}]}],
)
_SET_ASIDE: Final = tweak(
    "google_pubsub_subscription.packer",
    _hears("parcels-packer", "parcels"),
    dead_letter_policy=_hears("x", "x", "unpacked")["dead_letter_policy"],
)
_HOLD: Final = stay("google_pubsub_subscription.hold", **_hears("hold", "unpacked"))

_BUS: Final = f"{_R}/Microsoft.ServiceBus/namespaces/bus-elm"
_BUS_QUEUE: Final[Json] = {
    "id": f"{_BUS}/queues/parcels-in",
    "name": "parcels-in",
    "namespace_id": _BUS,
    "forward_dead_lettered_messages_to": "",
}
_BUS_FORWARDS: Final = tweak(
    "azurerm_servicebus_queue.parcels", _BUS_QUEUE, forward_dead_lettered_messages_to="failed"
)
_BUS_TOPIC: Final = stay(
    "azurerm_servicebus_topic.failed",
    id=f"{_BUS}/topics/failed",
    name="failed",
    namespace_id=_BUS,
)
_BUS_READER: Final = stay(
    "azurerm_linux_function_app.packer",
    id=f"{_R}/Microsoft.Web/sites/packer",
    name="packer",
    app_settings={"QUEUE": "parcels-in"},
)
_BUS_HOLD: Final = stay(
    "azurerm_servicebus_subscription.hold",
    id=f"{_BUS}/topics/failed/subscriptions/hold",
    name="hold",
    topic_id=f"{_BUS}/topics/failed",
)

_ARN: Final = "arn:aws:sqs:eu-west-1:4:"


def _queue(name: str, seconds: int) -> Json:
    return {
        "id": f"https://sqs.eu-west-1.amazonaws.com/4/{name}",
        "url": f"https://sqs.eu-west-1.amazonaws.com/4/{name}",
        "arn": f"{_ARN}{name}",
        "name": name,
        "message_retention_seconds": seconds,
        "redrive_policy": "",
    }


_REDRIVE: Final = json.dumps({"deadLetterTargetArn": f"{_ARN}parcels-failed", "maxReceiveCount": 3})
_QUEUE_REDRIVES: Final = tweak(
    "aws_sqs_queue.parcels", _queue("parcels-in", 1209600), redrive_policy=_REDRIVE
)
_FAILED_SHORT: Final = stay("aws_sqs_queue.failed", **_queue("parcels-failed", 3600))
_FAILED_LONG: Final = stay("aws_sqs_queue.failed", **_queue("parcels-failed", 1209600))
_SQS_READER: Final = stay(
    "aws_lambda_function.packer",
    arn="arn:aws:lambda:eu-west-1:4:function:packer",
    function_name="packer",
    environment=[{"variables": {"QUEUE": "parcels-in"}}],
)

DEAD_LETTERS: Final = [
    pair(
        "failed messages go to a topic: nobody subscribes, or something holds them",
        [_SET_ASIDE, _topic("parcels"), _topic("unpacked")],
        [_SET_ASIDE, _topic("parcels"), _topic("unpacked"), _HOLD],
        _PACKER,
    ),
    pair(
        "failed messages go to a topic that keeps what it gets by itself",
        [_SET_ASIDE, _topic("unpacked")],
        [_SET_ASIDE, _topic("unpacked", message_retention_duration="864000s")],
        _PACKER,
    ),
    pair(
        "a queue of Service Bus forwards its dead letters to a topic with and without subscription",
        [_BUS_FORWARDS],
        [_BUS_FORWARDS, _BUS_HOLD],
        _BUS_TOPIC,
        _BUS_READER,
    ),
    pair(
        "a queue hands what fails to one that keeps it for an hour, or for as long",
        [_QUEUE_REDRIVES, _FAILED_SHORT],
        [_QUEUE_REDRIVES, _FAILED_LONG],
        _SQS_READER,
    ),
]
DEAD_LETTERS_TRAPS: Final = [
    trap("another dead topic has the subscription", _SET_ASIDE, _topic("unpacked"), _PACKER,
         stay("google_pubsub_subscription.other", **_hears("other", "unpacked-old"))),
    trap("a right to publish there is no reader", _SET_ASIDE, _topic("unpacked"), _PACKER,
         stay("google_pubsub_topic_iam_member.agent", topic=f"{_P}/topics/unpacked", id="x",
              role="roles/pubsub.publisher", member="serviceAccount:agent@x.iam")),
    trap("the topic is new and its id not known yet", _PACKER,
         change("google_pubsub_subscription.packer", "update",
                before=_hears("parcels-packer", "parcels"),
                after={**_hears("parcels-packer", "parcels"), "dead_letter_policy": [{}]},
                after_unknown={"dead_letter_policy": [{"dead_letter_topic": True}]}),
         create("google_pubsub_topic.unpacked", {"name": "unpacked", "project": "elm"}),
         uses={"google_pubsub_subscription.packer":
               {"dead_letter_policy": ["google_pubsub_topic.unpacked.id"]}}),
    trap("a policy of its own for the queue", _SQS_READER, _FAILED_SHORT,
         stay("aws_sqs_queue.parcels", **_queue("parcels-in", 1209600)),
         create("aws_sqs_queue_redrive_policy.parcels",
                {"queue_url": _queue("parcels-in", 0)["url"], "redrive_policy": _REDRIVE})),
]  # fmt: skip
