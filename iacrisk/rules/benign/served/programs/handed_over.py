"""Proofs about messages: those of another reader, and notes to a cache that forgets by itself."""

from __future__ import annotations

import re
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.values import mapping, members
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.messages.message_filters import (
    EVENT_GRID,
    EVENT_RULE,
    RULE,
    SNS,
    chosen_by,
    covers,
    meet,
    no_longer_chosen,
)
from iacrisk.rules.readers.messages.subscriptions import readers_of_subscription
from iacrisk.rules.readers.programs.running import programs
from iacrisk.rules.readers.settings.sizes import seconds_of
from iacrisk.rules.readers.siblings import stays

FILTERS: Final = frozenset({EVENT_RULE, RULE, SNS}) | EVENT_GRID
_OWN: Final = {
    RULE: frozenset({"sql_filter"}),
    SNS: frozenset({"filter_policy"}),
    EVENT_RULE: frozenset({"event_pattern"}),
    **{name: frozenset({"included_event_types"}) for name in EVENT_GRID},
}
_TOPIC: Final = regex(r"^(.*/topics/[^/]+)/subscriptions/", re.IGNORECASE)
_ENDPOINTS: Final = (
    "endpoint",
    "azure_function_endpoint",
    "eventhub_endpoint_id",
    "service_bus_queue_endpoint_id",
    "service_bus_topic_endpoint_id",
    "storage_queue_endpoint",
    "webhook_endpoint",
)


def why_handed_over(change: ResourceChange, context: Context) -> str | None:
    """Why no message is missed: another reader takes exactly those that this one leaves."""
    rest = change.changed - _OWN[change.type]
    if rest and explain(change, context, *rest) is None:
        return None
    before, after = (chosen_by(change, side) for side in (change.before, change.after))
    lost = no_longer_chosen(before, after) if before and after else None
    if not lost or not after:
        return None
    left = list(lost)
    for filters in _others(change, context):
        theirs = [chosen_by(one, one.before) for one in filters]
        taken = [other for listed in theirs for other in listed or ()]
        if not all(theirs) or any(meet(mine, other) for mine in after for other in taken):
            continue
        if all(map(_is_kept, filters)) and _has_reader(filters[0], context):
            left = [item for item in left if not any(covers(other, item) for other in taken)]
    return None if left else "another reader of the plan takes what it leaves, and nothing else"


def _is_kept(change: ResourceChange) -> bool:
    """Whether the filter chooses after the plan what it chooses today."""
    return stays(change) and chosen_by(change, change.before) == chosen_by(change, change.after)


def _others(change: ResourceChange, context: Context) -> list[list[ResourceChange]]:
    """The filters of each other subscription to the same topic."""
    topic, own = _topic_of(change), _subscription(change)
    found: dict[str, list[ResourceChange]] = {}
    for one in context.changes_of(change.type):
        if topic and _topic_of(one) == topic and _subscription(one) != own:
            found.setdefault(_subscription(one), []).append(one)
    return list(found.values())


def _topic_of(change: ResourceChange) -> str:
    if change.type == RULE:
        found = _TOPIC.match(str(change.before.get("subscription_id")))
        return found[1].lower() if found else ""
    for name in ("topic_arn", "scope", "system_topic", "event_bus_name"):
        text = change.before.get(name)
        if isinstance(text, str) and text:
            return text.lower()
    return ""


def _subscription(change: ResourceChange) -> str:
    return str(change.before.get("subscription_id") or change.before.get("id")).lower()


def _has_reader(change: ResourceChange, context: Context) -> bool:
    """Whether a program reads what the filter lets through, or it is sent somewhere."""
    if change.type == EVENT_RULE:
        on = change.before.get("state", "ENABLED") != "DISABLED"
        targets = context.changes_of("aws_cloudwatch_event_target")
        return on and any(
            stays(one) and one.before.get("rule") == change.before.get("name") for one in targets
        )
    if change.type != RULE:
        return any(change.before.get(name) for name in _ENDPOINTS)
    on = [
        one
        for one in context.changes_of("azurerm_servicebus_subscription")
        if str(one.before.get("id")).lower() == _subscription(change)
    ]
    is_on = all(stays(one) and one.after.get("status") in (None, "Active") for one in on)
    return is_on and bool(readers_of_subscription(change, context))


# Notes to a cache

NOTES: Final = frozenset({"google_pubsub_subscription"})
_CACHE: Final = regex(r"cache|cdn", re.IGNORECASE)
_FORGETS: Final = regex(r"purg|invalidat|evict|flush|refresh|bust", re.IGNORECASE)
_LIFE: Final = regex(r"(^|_)(ttl|max_?age)(_|$|seconds)", re.IGNORECASE)
_PLAIN: Final = regex(r"^(\d+)\s*(s|sec|m|min|h)?$")
_UNITS: Final = {"m": 60, "min": 60, "h": 3600}
_HOUR: Final = 3600


def why_only_notes(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses messages: they tell a cache to forget, which it does soon by itself."""
    if change.kind is not ActionKind.REPLACE or change.replace_paths != (("filter",),):
        return None
    if change.changed - {"filter"} and not _is_same_but_filter(change):
        return None
    endpoint = _pushed_to(change.before)
    kept = _seconds(change.before.get("message_retention_duration"))
    text = f"{change.before.get('name')} {endpoint.partition('://')[2].partition('/')[2]}"
    told = _CACHE.search(text) and _FORGETS.search(text)
    if not told or not kept or kept > _HOUR or _pushed_to(change.after) != endpoint:
        return None
    lives = [
        life
        for one in programs(context)
        if stays(one) and str(one.before.get("uri")) == _host(endpoint)
        for life in _lives(one.before)
    ]
    if lives and all(0 < life <= _HOUR for life in lives):
        return "its messages make a cache forget, which forgets within the hour by itself"
    return None


def _is_same_but_filter(change: ResourceChange) -> bool:
    """Whether all that the configuration says stays as it is; the rest is computed."""
    names = ("ack_deadline_seconds", "message_retention_duration", "name", "push_config", "topic")
    return all(change.before.get(name) == change.after.get(name) for name in names)


def _pushed_to(values: dict[str, Any]) -> str:
    blocks = members(values.get("push_config"))
    endpoint = blocks[0].get("push_endpoint") if blocks else None
    return endpoint if isinstance(endpoint, str) else ""


def _host(endpoint: str) -> str:
    scheme, _, rest = endpoint.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


def _lives(value: Any) -> list[float]:
    """How long caches keep what they hold, by the variables of a program."""
    if isinstance(value, list):
        return [life for item in value for life in _lives(item)]
    inner = mapping(value)
    name, text = inner.get("name"), inner.get("value")
    own = [_seconds(text)] if isinstance(name, str) and _LIFE.search(name) else []
    return [life for life in own if life is not None] + [
        life for item in inner.values() for life in _lives(item)
    ]


def _seconds(value: object) -> float | None:
    text = str(value or "")
    plain = _PLAIN.match(text)
    return float(plain[1]) * _UNITS.get(plain[2] or "", 1) if plain else seconds_of(text)
