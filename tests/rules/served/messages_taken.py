"""A subscription leaves messages, or is made anew, and the plan shows who takes them."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.plans import Json, change, tweak
from tests.rules.served.worlds import pair, stay, trap

_P: Final = "projects/oak"
_R: Final = "/subscriptions/s4/resourceGroups/rg-oak/providers"


def _service(name: str, **variables: str) -> Json:
    env = [{"name": key, "value": value} for key, value in variables.items()]
    return stay(
        f"google_cloud_run_v2_service.{name}",
        id=f"{_P}/locations/r/services/{name}",
        name=name,
        uri=f"https://{name}-x1-ew.a.run.app",
        template=[{"containers": [{"image": f"eu.gcr.io/oak/{name}:4", "env": env}]}],
    )


_TOPIC: Final = f"{_R}/Microsoft.ServiceBus/namespaces/bus-oak/topics/parcels"


def _subscription(name: str, status: str = "Active") -> Json:
    return stay(
        f"azurerm_servicebus_subscription.{name}",
        id=f"{_TOPIC}/subscriptions/{name}",
        name=name,
        topic_id=_TOPIC,
        status=status,
    )


def _sql(name: str, text: str) -> Json:
    return {
        "id": f"{_TOPIC}/subscriptions/{name}/rules/r",
        "name": "r",
        "subscription_id": f"{_TOPIC}/subscriptions/{name}",
        "filter_type": "SqlFilter",
        "sql_filter": text,
    }


def _takes(name: str, text: str) -> Json:
    return stay(f"azurerm_servicebus_subscription_rule.{name}", **_sql(name, text))


def _worker(name: str) -> Json:
    return stay(
        f"azurerm_linux_function_app.{name}",
        id=f"{_R}/Microsoft.Web/sites/{name}-worker",
        name=f"{name}-worker",
        app_settings={
            "BUS": "bus-oak.servicebus.windows.net", "TOPIC": "parcels", "SUBSCRIPTION": name,
        },
    )  # fmt: skip


_NORTH: Final = "kind = 'Sent' AND land IN ('NO', 'SE', 'FI')"
_LESS: Final = tweak(
    "azurerm_servicebus_subscription_rule.north",
    _sql("north", _NORTH),
    sql_filter="kind = 'Sent' AND land = 'NO'",
)


def _sns(name: str, *lands: str) -> Json:
    return {
        "id": f"arn:aws:sns:eu-west-1:1:parcels:{name}",
        "arn": f"arn:aws:sns:eu-west-1:1:parcels:{name}",
        "topic_arn": "arn:aws:sns:eu-west-1:1:parcels",
        "protocol": "sqs",
        "endpoint": f"arn:aws:sqs:eu-west-1:1:{name}",
        "filter_policy": json.dumps({"land": list(lands)}),
    }


_SNS_LESS: Final = tweak(
    "aws_sns_topic_subscription.north",
    _sns("north", "NO", "SE"),
    filter_policy=json.dumps({"land": ["NO"]}),
)


def _grid(name: str, *kinds: str) -> Json:
    return {
        "id": f"{_R}/events/{name}",
        "name": name,
        "scope": f"{_R}/Microsoft.Storage/storageAccounts/oak",
        "included_event_types": list(kinds),
        "service_bus_queue_endpoint_id": f"{_R}/queues/{name}",
    }


_BLOB_MADE, _BLOB_GONE = "Microsoft.Storage.BlobCreated", "Microsoft.Storage.BlobDeleted"
_GRID_LESS: Final = tweak(
    "azurerm_eventgrid_event_subscription.index",
    _grid("index", _BLOB_MADE, _BLOB_GONE),
    included_event_types=[_BLOB_MADE],
)


def _heard(name: str, *lands: str, state: str = "ENABLED") -> Json:
    pattern = {"source": ["parcels"], "detail": {"land": list(lands)}}
    return {
        "id": name,
        "name": name,
        "event_bus_name": "parcels",
        "state": state,
        "event_pattern": json.dumps(pattern),
    }


def _target(name: str) -> Json:
    return stay(
        f"aws_cloudwatch_event_target.{name}",
        id=f"parcels-{name}",
        rule=name,
        event_bus_name="parcels",
        arn=f"arn:aws:lambda:eu-west-1:1:function:{name}",
    )


_HEARS_LESS: Final = tweak(
    "aws_cloudwatch_event_rule.north",
    _heard("north", "NO", "SE"),
    event_pattern=_heard("north", "NO")["event_pattern"],
)


def _pushes(name: str, path: str, **more: Any) -> Json:
    before = {
        "id": f"{_P}/subscriptions/{name}",
        "name": name,
        "topic": f"{_P}/topics/products",
        "filter": 'attributes.type = "price"',
        "message_retention_duration": "1800s",
        "push_config": [{"push_endpoint": f"https://shop-x1-ew.a.run.app{path}"}],
        **more,
    }
    after = {**before, "filter": 'attributes.type = "price" OR attributes.type = "stock"'}
    del after["id"]
    return change(
        f"google_pubsub_subscription.{name}",
        "delete",
        "create",
        before=before,
        after=after,
        after_unknown={"id": True},
        replace_paths=[["filter"]],
        action_reason="replace_because_cannot_update",
    )


MESSAGES_TAKEN: Final = [
    pair(
        "A subscription leaves messages that nobody takes, or that another one takes",
        [_LESS, _takes("south", "kind = 'Sent' AND land = 'DK'")],
        [_LESS, _takes("south", "kind = 'Sent' AND land IN ('SE', 'FI')")],
        _subscription("north"), _subscription("south"), _worker("north"), _worker("south"),
    ),
    pair(
        "A topic's subscriber leaves a country to nobody, or to another queue",
        [_SNS_LESS, stay("aws_sns_topic_subscription.south", **_sns("south", "DK"))],
        [_SNS_LESS, stay("aws_sns_topic_subscription.south", **_sns("south", "SE"))],
    ),
    pair(
        "Event Grid tells fewer kinds to one queue and none, or another, hears the rest",
        [_GRID_LESS],
        [
            _GRID_LESS,
            stay("azurerm_eventgrid_event_subscription.wipe", **_grid("wipe", _BLOB_GONE)),
        ],
    ),
    pair(
        "A rule of a bus hears less, and no other one or another one hears the rest",
        [_HEARS_LESS, stay("aws_cloudwatch_event_rule.south", **_heard("south", "DK"))],
        [_HEARS_LESS, stay("aws_cloudwatch_event_rule.south", **_heard("south", "SE"))],
        _target("north"), _target("south"),
    ),
    pair(
        "A subscription is made anew that a job reads by night, or that clears a cache",
        _pushes("bookings", "/book"),
        _pushes("page-cache", "/cache/purge"),
        _service("shop", CACHE_TTL="90s"),
    ),
]  # fmt: skip

MESSAGE_TRAPS: Final = [
    trap(
        "An archive takes all messages, those that are left among them",
        _LESS, _takes("south", "kind = 'Sent'"),
        _subscription("north"), _subscription("south"), _worker("north"), _worker("south"),
    ),
    trap(
        "Nobody reads the subscription that takes what is left",
        _LESS, _takes("south", "kind = 'Sent' AND land IN ('SE', 'FI')"),
        _subscription("north"), _subscription("south"), _worker("north"),
    ),
    trap(
        "The subscription that takes what is left is off",
        _LESS, _takes("south", "kind = 'Sent' AND land IN ('SE', 'FI')"),
        _subscription("north"), _subscription("south", "ReceiveDisabled"),
        _worker("north"), _worker("south"),
    ),
    trap(
        "The other subscription compares with a number as well",
        _LESS, _takes("south", "kind = 'Sent' AND land IN ('SE', 'FI') AND weight > 20"),
        _subscription("north"), _subscription("south"), _worker("north"), _worker("south"),
    ),
    trap(
        "The rule of a bus that hears the rest is off",
        _HEARS_LESS, _target("north"), _target("south"),
        stay("aws_cloudwatch_event_rule.south", **_heard("south", "SE", state="DISABLED")),
    ),
    trap(
        "The rule of a bus that hears the rest has no target",
        _HEARS_LESS, _target("north"),
        stay("aws_cloudwatch_event_rule.south", **_heard("south", "SE")),
    ),
    trap(
        "A subscription is made anew that clears a cache of a day",
        _pushes("page-cache", "/cache/purge"), _service("shop", CACHE_TTL="24h"),
    ),
    trap(
        "A subscription is made anew that fills a cache",
        _pushes("page-cache", "/cache/put"), _service("shop", CACHE_TTL="90s"),
    ),
    trap(
        "A subscription is made anew that keeps for days what clears a cache",
        _pushes("page-cache", "/cache/purge", message_retention_duration="604800s"),
        _service("shop", CACHE_TTL="90s"),
    ),
]  # fmt: skip
