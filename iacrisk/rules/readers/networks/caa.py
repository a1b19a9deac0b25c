"""CAA records, read alike whatever provider writes them: who may issue certificates for a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from iacrisk.catalog import facts
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.dns import plain_name
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.shapes import blocks, texts

Values = Mapping[str, Any]
_TEXT: Final = re.compile(r"\s*\d+\s+(?P<tag>[a-z]+)\s+\"?(?P<value>[^\"]*)\"?\s*", re.IGNORECASE)
_TEXTS: Final = ("records", "rrdatas", "content", "value", "values", "target", "data", "answers")
_TAGGED: Final = ("value", "target")
_BLOCKS: Final = ("record", "data", "records")
_ZONE: Final = (
    "domain", "zone_name", "zone", "dns_zone", "zone_id", "domain_id", "managed_zone",
    "zone_name_or_id",
)  # fmt: skip
_ZONE_IDS: Final = ("id", "zone_id", "name")
_ZONE_NAMES: Final = ("dns_name", "zone", "domain", "name")
_ARGUMENTS: Final = frozenset({*_TEXTS, *_BLOCKS, "tag", "name"})
ISSUING: Final = frozenset({"issue", "issuewild"})


class Allowance(msgspec.Struct, frozen=True, kw_only=True):
    """One entry: of `owner`, the full name; `authority` is "" where nobody may."""

    owner: str
    tag: str
    authority: str


def allowances(change: ResourceChange, context: Context, *, planned: bool) -> list[Allowance]:
    """What the record says, before or after; [] where it is no CAA record or not there."""
    if planned and change.kind is ActionKind.DELETE:
        return []
    values = change.after if planned else change.before
    owner = _owner(values, context) if _is_caa(change.type, values) else ""
    if not owner:
        return []
    return [
        Allowance(owner=owner, tag=tag, authority=_authority(value))
        for tag, value in _entries(values)
    ]


def is_hidden(change: ResourceChange) -> bool:
    """Whether what a CAA record will say is not known yet."""
    if not _is_caa(change.type, change.after):
        return False
    return any(holds_unknown(change.after.get(name)) for name in _ARGUMENTS)


def all_allowances(context: Context, *, planned: bool) -> dict[str, list[Allowance]]:
    """All CAA entries of the plan by the name that they stand at."""

    def build() -> dict[str, list[Allowance]]:
        found: dict[str, list[Allowance]] = {}
        for change in context.changes_of(*sorted(facts.RECORD_TYPES)):
            for one in allowances(change, context, planned=planned):
                found.setdefault(one.owner, []).append(one)
        return found

    return once(context.plan, ("CAA entries", planned), build)


def asked_at(name: str, entries: Mapping[str, list[Allowance]]) -> str | None:
    """The name whose entries count for a certificate's name: itself, or the nearest above it."""
    labels = name.removeprefix("*.").split(".")
    parents = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((parent for parent in parents if parent in entries), None)


def may_issue(
    name: str, authorities: frozenset[str], entries: Mapping[str, list[Allowance]]
) -> bool:
    """Whether one of the authorities may issue for the name; without entries everybody may."""
    owner = asked_at(name, entries)
    listed = entries[owner] if owner is not None else []
    wild = [one for one in listed if one.tag == "issuewild"] if name.startswith("*.") else []
    counts = wild or [one for one in listed if one.tag == "issue"]
    return not counts or any(one.authority in authorities for one in counts)


def _is_caa(type_name: str, values: Values) -> bool:
    arguments = facts.RECORD_ARGUMENTS.get(type_name, ("name", "type", "", ""))
    return type_name == "azurerm_dns_caa_record" or values.get(arguments[1]) == "CAA"


def _owner(values: Values, context: Context) -> str:
    """The full name, "" where the plan does not tell the domain."""
    for argument in ("fqdn", "hostname"):
        full = plain_name(values.get(argument))
        if "." in full:
            return full
    written = next((n for n in ("name", "domain", "subdomain") if values.get(n) is not None), "")
    name = plain_name(values.get(written))
    zone = _zone({key: value for key, value in values.items() if key != written}, context)
    if not zone:
        return name if "." in name else ""
    if name in {"", "@"}:
        return zone
    return name if name == zone or name.endswith(f".{zone}") else f"{name}.{zone}"


def _zone(values: Values, context: Context) -> str:
    given = [str(value) for name in _ZONE if (value := values.get(name))]
    known = once(context.plan, "names of zones", lambda: _zone_names(context))
    return next((known[one] for one in given if one in known), "") or next(
        (plain_name(one) for one in given if "." in one and "/" not in one), ""
    )


def _zone_names(context: Context) -> dict[str, str]:
    found: dict[str, str] = {}
    for zone in context.changes_of(*sorted(facts.ZONE_TYPES)):
        names = (plain_name(zone.before.get(argument)) for argument in _ZONE_NAMES)
        name = next((one for one in names if "." in one), "")
        for argument in _ZONE_IDS if name else ():
            if zone.before.get(argument):
                found[str(zone.before[argument])] = name
    return found


def _entries(values: Values) -> Iterator[tuple[str, str]]:
    tag = values.get("tag")
    if isinstance(tag, str) and tag:
        yield tag.lower(), next((str(values[n]) for n in _TAGGED if values.get(n)), "")
        return
    for name in _BLOCKS:
        for block in blocks(values.get(name)):
            if isinstance(block.get("tag"), str):
                yield block["tag"].lower(), str(block.get("value") or "")
    for text in texts(*(values.get(name) for name in _TEXTS)):
        found = _TEXT.fullmatch(text)
        if found:
            yield found["tag"].lower(), found["value"]


def _authority(value: str) -> str:
    return plain_name(value.partition(";")[0].strip())
