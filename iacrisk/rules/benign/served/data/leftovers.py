"""BL-shortlived, BL-previewname, BL-namesunserved: what holds or names nothing of value."""

from __future__ import annotations

import re
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.kubernetes.objects import objects_of, seen
from iacrisk.rules.readers.networks.dns import record_before

_RETENTION: Final = {
    "aws_sqs_queue": "message_retention_seconds",
    "azurerm_servicebus_queue": "default_message_ttl",
    "azurerm_servicebus_subscription": "default_message_ttl",
    "google_pubsub_subscription": "message_retention_duration",
}
MESSAGES: Final = frozenset(_RETENTION)
_READ_BY_OTHERS: Final = ("bigquery_config", "cloud_storage_config", "forward_to", "push_config")
_MINUTES: Final = 900
_SECONDS: Final = regex(r"(\d+)(?:\.\d+)?s?")
_ISO: Final = regex(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
_PULL_REQUEST: Final = regex(r"(^|[.-])[pm]r-?\d+(?=$|[.-])", re.IGNORECASE)
_ADDRESSES: Final = frozenset({"A", "AAAA", "CNAME"})
_GENERIC: Final = 4


def why_short_lived(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the messages: they die in minutes, and nobody takes them."""
    kept = _seconds(change.before.get(_RETENTION[change.type]))
    if kept is None or kept > _MINUTES or change.before.get("retain_acked_messages") is True:
        return None
    if any(change.before.get(name) for name in _READ_BY_OTHERS):
        return None
    name = change.before.get("name")
    if not isinstance(name, str) or len(name) < _GENERIC or context.consumers(change):
        return None
    if is_named(name, change, context):
        return None
    return "it keeps messages for minutes, and nothing in the plan reads it"


def _seconds(value: Any) -> int | None:
    text = str(value)
    plain = _SECONDS.fullmatch(text)
    if plain is not None:
        return int(plain[1])
    matched = _ISO.fullmatch(text)
    if matched is None or text == "PT":
        return None
    hours, minutes, seconds = (int(part or 0) for part in matched.groups())
    return (hours * 60 + minutes) * 60 + seconds


def why_preview_name(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the name: it was one of a preview, and nothing serves it any more."""
    record = record_before(change)
    if record is None or record.type not in _ADDRESSES or record.is_broad:
        return None
    if not _PULL_REQUEST.search(record.name) or "*" in record.name:
        return None
    names = {record.name, str(change.before.get("hostname") or record.name)}
    if any(is_named(name, change, context) for name in names):
        return None
    return "it is the name of one preview, and nothing in the plan serves it any more"


_NAMES: Final = "dnsNames"
_RENEWAL: Final = frozenset({_NAMES, "duration", "renewBefore", "revisionHistoryLimit"})


def why_names_unserved(change: ResourceChange, context: Context) -> str | None:
    """Why nobody asks for the names that a certificate loses: only others are served."""
    item = seen(change)
    if item is None or item.before is None or item.after is None:
        return None
    before, after = item.before, item.after
    if before.kind != "Certificate" or {**before.body, "spec": 0} != {**after.body, "spec": 0}:
        return None
    both = before.spec.keys() | after.spec.keys()
    if any(before.spec.get(name) != after.spec.get(name) for name in both - _RENEWAL):
        return None
    was, stay = (frozenset(map(str, side.spec.get(_NAMES) or ())) for side in (before, after))
    gone = was - stay
    if not gone or any("*" in name or is_named(name, change, context) for name in gone):
        return None
    if stay.isdisjoint(_hosts(context)):
        return None
    return "no object of the plan serves the names that go, and others of its names are served"


def _hosts(context: Context) -> frozenset[str]:
    """The hosts for which an ingress of the plan takes requests afterwards."""
    ingresses = (item.after for item in objects_of(context, "Ingress") if item.after is not None)
    return frozenset(
        str(rule.get("host")) for one in ingresses for rule in members(one.spec.get("rules"))
    )


def is_named(name: str, change: ResourceChange, context: Context) -> bool:
    """Whether anything that stays or is made stands with the name in its values."""
    word = re.compile(rb"(?<![\w-])" + re.escape(name).encode() + rb"(?![\w-])", re.IGNORECASE)
    return any(
        word.search(bytes(one.raw.change.after))
        for one in context.plan.changes
        if one is not change and one.kind is not ActionKind.DELETE
    )
