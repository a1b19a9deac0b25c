"""DNS records, read alike whatever provider writes them."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from iacrisk.catalog import facts
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once

_VALUES: Final = (
    "records",
    "record",
    "rrdatas",
    "alias",
    "value",
    "content",
    "values",
    "target_resource_id",
)
_DOMAIN_WIDE: Final = frozenset({"NS", "DS", "DNSKEY", "CAA", "MX"})
_MAIL_TEXTS: Final = ("v=spf1", "v=dkim1", "v=dmarc1")
_APEX: Final = frozenset({"", "@"})


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record set: `name` without the final dot, `type` in capitals, `values` as texts."""

    name: str
    type: str
    values: frozenset[str]
    zone: str = ""

    @property
    def name_and_type(self) -> tuple[str, str, str]:
        """What identifies a record set in its zone."""
        return self.zone, self.name, self.type

    @property
    def is_broad(self) -> bool:
        """The name of the domain itself, or a wildcard."""
        return self.name in _APEX or self.name.startswith("*") or self.name.count(".") == 1


def record_before(change: ResourceChange) -> Record | None:
    """The record set as it is today, None where it cannot be read."""
    return _record(change.type, change.before)


def record_after(change: ResourceChange) -> Record | None:
    """The planned record set, None where its name, type or values are not known yet."""
    return _record(change.type, change.after)


def served_after(context: Context) -> frozenset[tuple[str, str, str]]:
    """The record sets that the plan creates, replaces or leaves."""
    return once(context.plan, "record sets served after", lambda: _served_after(context))


def is_validation(record: Record) -> bool:
    """Whether the record only proves to a certificate authority who owns the name."""
    if record.name.startswith("_acme-challenge"):
        return True
    return any(".acm-validations." in value for value in record.values)


def is_domain_wide(record: Record) -> bool:
    """Whether delegation, signing or mail of the whole domain depends on it."""
    if record.type in _DOMAIN_WIDE:
        return True
    return any(value.lower().strip('"').startswith(_MAIL_TEXTS) for value in record.values)


def _served_after(context: Context) -> frozenset[tuple[str, str, str]]:
    records = (
        record_after(change)
        for change in context.changes_of(*sorted(facts.RECORD_TYPES))
        if change.kind is not ActionKind.DELETE
    )
    return frozenset(record.name_and_type for record in records if record is not None)


def _record(type_name: str, tree: dict[str, Any]) -> Record | None:
    name = tree.get("fqdn") or tree.get("name")
    kind = tree.get("type") or _type_of(type_name)
    if not isinstance(name, str) or not isinstance(kind, str):
        return None
    values: set[str] = set()
    for attribute in _VALUES:
        value = tree.get(attribute)
        if _holds_unknown(value):
            return None
        values |= _texts(value)
    zone = tree.get("zone_id") or tree.get("managed_zone") or tree.get("zone_name") or ""
    return Record(
        name=name.rstrip(".").lower(),
        type=kind.upper(),
        values=frozenset(values),
        zone=zone if isinstance(zone, str) else "",
    )


def _type_of(type_name: str) -> str | None:
    """`MX` of `azurerm_dns_mx_record`, whose type stands in its name."""
    words = type_name.split("_")
    return words[-2] if type_name.startswith("azurerm_") and len(words) > 3 else None


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_unknown, value.values()))
    if isinstance(value, list):
        return any(map(_holds_unknown, value))
    return value is UNKNOWN


def _texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        named = value.get("name") or value.get("exchange") or value.get("value")
        return _texts(named)
    if isinstance(value, list):
        return {text for item in value for text in _texts(item)}
    return {value.rstrip(".")} if isinstance(value, str) and value else set()
