"""E11: a new zone that hides names which are in use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.dns import plain_name, record_after, record_before
from iacrisk.rules.readers.programs.running import programs_naming
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_ZONE: Final = "google_dns_managed_zone"
_AZURE_ZONE: Final = "azurerm_private_dns_zone"
_AZURE_RECORDS: Final = tuple(
    f"azurerm_{side}dns_{kind}_record"
    for side in ("", "private_")
    for kind in ("a", "aaaa", "cname")
)
_RECORDS: Final = ("google_dns_record_set", *_AZURE_RECORDS)
_SHOWN: Final = 3


@rule(
    id="E11",
    name="names-hidden",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE},
    types={_ZONE, _AZURE_ZONE},
)
def names_hidden(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A new private zone takes over names that another zone serves.

    What it flags
        A new private zone of Google Cloud DNS, or of Azure with a network, whose name is that of
        records of the plan, or stands above them, where the plan does not make the same names in
        it.

    Why it matters
        A private zone answers for all names below its own. Those that it does not hold no longer
        resolve in its networks, whatever the public zone says: nothing is deleted, and still
        clients find nobody.

    When it is fine
        The zone gets all the records that are asked for inside its networks in the same plan, or
        its name is new.

    What to do instead
        Make a zone for the one name that has to differ, or use a response policy that lets the
        other names through.

    References
        https://cloud.google.com/dns/docs/vpc-name-res-order
    """
    argument = "dns_name" if change.type == _ZONE else "name"
    if not _is_asked(change, context):
        return
    hidden = _hidden_records(_name(change.after, argument), context)
    if hidden:
        yield Flag(
            what=f"In its networks {some_of(hidden)} no longer resolves as it does now.",
            paths=((argument,),),
            hurts=tuple(_asking_for(hidden, context)),
        )


def _is_asked(change: ResourceChange, context: Context) -> bool:
    """Whether the zone answers in some network after this plan."""
    if change.type == _ZONE:
        return change.after.get("visibility") == "private"
    links = context.changes_of("azurerm_private_dns_zone_virtual_network_link")
    name = change.after.get("name")
    return any(
        one.kind is not ActionKind.DELETE and one.after.get("private_dns_zone_name") == name
        for one in links
    )


def _name(values: dict[str, Any], argument: str) -> str:
    return plain_name(values.get(argument))


def _hidden_records(name: str, context: Context) -> list[str]:
    """Names below the zone's that are served today and that the plan puts nowhere else."""
    served = once(context.plan, "names served", lambda: _served(context))
    new = once(context.plan, "names made", lambda: _made(context))
    return sorted(one for one in served if _is_below(one, name) and one not in new)[:_SHOWN]


def _asking_for(names: list[str], context: Context) -> Iterator[str]:
    """The records of the names, and the programs that call them."""
    for record in context.changes_of(*_RECORDS):
        today = record_before(record)
        if today is not None and today.full_name in names:
            yield record.label
    for name in names:
        yield from (one.label for one in programs_naming(name, context) if stays(one))


def _served(context: Context) -> frozenset[str]:
    staying = (one for one in context.changes_of(*_RECORDS) if not one.destroys)
    return frozenset(record.full_name for one in staying if (record := record_before(one)))


def _made(context: Context) -> frozenset[str]:
    records = context.changes_of(*_RECORDS)
    new = (record_after(one) for one in records if one.kind is ActionKind.CREATE)
    return frozenset(record.full_name for record in new if record is not None)


def _is_below(name: str, zone: str) -> bool:
    return bool(zone) and (name == zone or name.endswith(f".{zone}"))
