"""DNS records, read alike whatever provider writes them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from typing import Any, Final

import msgspec

from iacrisk.catalog import facts
from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import blocks, texts

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
_ARGUMENTS: Final = ("name", "type", *_VALUES, "zone_id")
_DOMAIN_WIDE: Final = frozenset({"NS", "DS", "DNSKEY", "CAA", "MX"})
_MAIL_TEXTS: Final = ("v=spf1", "v=dkim1", "v=dmarc1")
_REPORTS_ONLY: Final = ("fo=", "rf=", "ri=", "rua=", "ruf=")
"""Tags of DMARC that say where reports go, not what happens to mail."""

_VERIFICATION: Final = regex(
    r"^\"?((\w+-)*(site|domain)-verification[=:]|\w+-verification(-\w+)?=|MS=ms\d+|_globalsign-domain"
    r"|docusign=|status-page-domain-verification|v=verifydomain)",
    re.IGNORECASE,
)
_APEX: Final = frozenset({"", "@"})
_ADDRESS_TYPES: Final = frozenset(
    {"A", "AAAA", "ALIAS", "ANAME", "CNAME", "HTTPS", "PTR", "SRV", "SVCB"}
)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record set: `name` without the final dot, `type` in capitals, `values` as texts.

    `written`: the name as it is written, which a new record has too; `name` is with the domain
    where that is known.
    """

    name: str
    written: str
    type: str
    values: frozenset[str]
    zone: str = ""
    weights: dict[str, float] = {}
    """Of answers by weight: the set's identifier, or the values of one answer, to its weight."""

    @property
    def name_and_type(self) -> tuple[str, str, str]:
        """What identifies a record set in its zone."""
        return self.zone, self.written, self.type

    @property
    def full_name(self) -> str:
        """The name with its domain; Azure writes the part before the zone alone."""
        zone = self.zone.lower()
        if not zone.count(".") or self.name.endswith(zone):
            return self.name
        return zone if self.name == "@" else f"{self.name}.{zone}"

    @property
    def is_broad(self) -> bool:
        """The name of the domain itself, or a wildcard, with an answer that leads somewhere."""
        if self.type == "TXT":
            return False
        return self.name in _APEX or self.name.startswith("*") or self.name.count(".") == 1


def record_before(change: ResourceChange) -> Record | None:
    """The record set as it is today, None where it cannot be read."""
    return _record(change.type, change.before)


def record_after(change: ResourceChange) -> Record | None:
    """The planned record set, None where its name, type or values are not known yet."""
    return _record(change.type, change.after)


def plain_name(value: Any) -> str:
    """A name in small letters, without the dot at its end; "" for what is no text."""
    return value.rstrip(".").lower() if isinstance(value, str) else ""


def covers_host(names: Container[str], host: str) -> bool:
    """Whether a certificate's names hold the host, or the wildcard one level above it."""
    return host in names or f"*.{host.partition('.')[2]}" in names


def served_after(context: Context) -> frozenset[tuple[str, str, str]]:
    """The record sets that the plan creates, replaces or leaves."""
    return once(context.plan, "record sets served after", lambda: _served_after(context))


def is_validation(record: Record) -> bool:
    """Whether the record only proves to a certificate authority who owns the name."""
    if record.name.startswith("_acme-challenge"):
        return True
    if record.type == "TXT" and record.values:
        return all(_VERIFICATION.match(value) for value in record.values)
    return any(".acm-validations." in value for value in record.values)


def leads_somewhere(record: Record) -> bool:
    """Whether clients connect to what it answers."""
    return record.type in _ADDRESS_TYPES


def is_domain_wide(record: Record) -> bool:
    """Whether delegation, signing or mail of the whole domain depends on it."""
    return record.type in _DOMAIN_WIDE or any(map(_is_mail_text, record.values))


def domain_wide_terms(record: Record) -> frozenset[str]:
    """What it says of the whole domain: its values, of texts on mail each term of the policy."""
    if record.type in _DOMAIN_WIDE:
        return record.values
    policies = [value.strip('"') for value in record.values if _is_mail_text(value)]
    terms = {
        term.strip() for text in policies for term in re.split(r"[;\s]+", text) if term.strip()
    }
    lenient = {"-all"} if terms & {"~all", "?all", "+all"} else set()
    return frozenset(term for term in terms | lenient if not term.startswith(_REPORTS_ONLY))


def _is_mail_text(value: str) -> bool:
    return value.lower().strip('"').startswith(_MAIL_TEXTS)


def _served_after(context: Context) -> frozenset[tuple[str, str, str]]:
    names = set()
    for change in context.changes_of(*sorted(facts.RECORD_TYPES)):
        if change.kind is not ActionKind.DELETE:
            record = _record(change.type, change.after, with_values=False)
            names |= {record.name_and_type} if record is not None else set()
    return frozenset(names)


def records_before(context: Context) -> list[Record]:
    """All record sets of the plan as they are today."""
    changes = context.changes_of(*sorted(facts.RECORD_TYPES))
    return [item for change in changes if (item := record_before(change)) is not None]


def records_after(context: Context) -> list[Record]:
    """All record sets that there will be, as far as they are known."""
    changes = context.changes_of(*sorted(facts.RECORD_TYPES))
    return [item for change in changes if (item := record_after(change)) is not None]


def _record(type_name: str, tree: dict[str, Any], *, with_values: bool = True) -> Record | None:
    name_at, type_at, *values_at, zone_at = facts.RECORD_ARGUMENTS.get(type_name, _ARGUMENTS)
    written, full = tree.get(name_at), tree.get("fqdn")
    name = full if isinstance(full, str) and full else written
    kind = tree.get(type_at) or _type_of(type_name)
    if not isinstance(name, str) or not isinstance(kind, str):
        return None
    values: set[str] = set()
    for attribute in values_at if with_values else ():
        value = tree.get(attribute)
        if holds_unknown(value):
            return None
        values |= _texts(value)
    zone = tree.get(zone_at) or tree.get("managed_zone") or tree.get("zone_name") or ""
    return Record(
        name=name.rstrip(".").lower(),
        written=(written if isinstance(written, str) else name).rstrip(".").lower(),
        type=kind.upper(),
        values=frozenset(values),
        zone=zone if isinstance(zone, str) else "",
        weights=dict(_weights(tree)),
    )


def _weights(tree: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for block in blocks(tree.get("weighted_routing_policy")):
        weight = block.get("weight")
        if isinstance(weight, int):
            yield str(tree.get("set_identifier")), weight
    for policy in blocks(tree.get("routing_policy")):
        for answer in blocks(policy.get("wrr")):
            weight = answer.get("weight")
            if isinstance(weight, int | float):
                yield " ".join(sorted(texts(answer.get("rrdatas")))), weight


def shares_of(records: Iterable[Record]) -> dict[str, float]:
    """Which part of the answers each set of the same name and type gives."""
    weights = {name: weight for record in records for name, weight in record.weights.items()}
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()} if total else {}


def _type_of(type_name: str) -> str | None:
    """`MX` of `azurerm_dns_mx_record`, whose type stands in its name."""
    words = type_name.split("_")
    return words[-2] if type_name.startswith("azurerm_") and len(words) > 3 else None


def _texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        names = ("name", "exchange", "value", "answer", "rdata")
        named = next((value[name] for name in names if value.get(name)), None)
        return _texts(named)
    if isinstance(value, list):
        return {text for item in value for text in _texts(item)}
    return {value.rstrip(".")} if isinstance(value, str) and value else set()
