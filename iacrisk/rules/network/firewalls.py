"""N18: rules of a central firewall that all traffic passes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.ip_permissions import address_peer
from iacrisk.rules.readers.shapes import blocks, texts
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import (
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)

_COLLECTIONS: Final = (
    "application_rule_collection",
    "nat_rule_collection",
    "network_rule_collection",
)
_TYPES: Final = frozenset(
    {
        "azurerm_firewall_application_rule_collection",
        "azurerm_firewall_nat_rule_collection",
        "azurerm_firewall_network_rule_collection",
        "azurerm_firewall_policy_rule_collection_group",
    }
)
_SOURCES: Final = ("source_addresses", "source_ip_groups")
_DESTINATIONS: Final = (
    "destination_addresses",
    "destination_address",
    "destination_fqdns",
    "destination_fqdn_tags",
    "destination_ip_groups",
    "destination_urls",
    "fqdn_tags",
    "target_fqdns",
    "web_categories",
)
_PORTS: Final = ("destination_ports", "translated_port")
_ANY: Final = frozenset({"*", "0.0.0.0/0"})


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule lets through or drops: from, to and port, each a text or `*`."""

    source: str
    destination: str
    port: str
    target: str

    def covers(self, other: _Entry) -> bool:
        return all(
            _holds(ours, theirs)
            for ours, theirs in (
                (self.source, other.source),
                (self.destination, other.destination),
                (self.port, other.port),
            )
        ) and self.target in {"", other.target}


def _holds(ours: str, theirs: str) -> bool:
    """Whether everything that one text names is named by the other: `*`, a wider range or name."""
    if ours in _ANY or ours == theirs or (ours[:2] == "*." and theirs.endswith(ours[1:])):
        return True
    wide, narrow = address_peer(ours), address_peer(theirs)
    if wide is None or narrow is None:
        return False
    return wide.holds(narrow)


@rule(
    id="N18",
    name="firewall-lets-less-through",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE, *DESTROYS},
    types=_TYPES,
)
def firewall_lets_less_through(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A central firewall stops letting something through, or newly drops it.

    What it flags
        In Azure Firewall: an allowed source, destination or port that goes, and a new rule that
        denies everything or a private range.

    Why it matters
        All networks of the hub pass it. Who is stopped stands in other plans.

    When it is fine
        A wider rule of the same collection group lets the same through; the destination is
        given up; a denied range of the internet is not used.

    What to do instead
        Look for hits in the firewall's log first, and remove rules one by one.

    References
        https://learn.microsoft.com/azure/firewall/rule-processing
    """
    if any(change.becomes(name) is UNKNOWN for name in (*_COLLECTIONS, "rule")):
        if change.kind is not ActionKind.CREATE:
            yield Undecided(why="The new rules are not known.", paths=(("rule",),))
        return
    if change.destroys and _firewall_goes(change, context):
        return
    stays = {} if change.kind is ActionKind.DELETE else change.after
    allowed, kept = (list(_entries(side, allows=True)) for side in (change.before, stays))
    lost = [item for item in allowed if not any(other.covers(item) for other in kept)]
    paths = tuple((name,) for name in (*_COLLECTIONS, "rule") if name in change.changed)
    if lost:
        shown = some_of(list(dict.fromkeys(item.destination for item in lost)))
        yield Flag(what=f"It no longer lets through what goes to {shown}.", paths=paths)
    known = set(_entries(change.before, allows=False))
    denied = [item for item in _entries(stays, allows=False) if item not in known]
    if wide := [item.destination for item in denied if _is_in_use(item.destination)]:
        yield Flag(
            what=f"It newly drops what goes to {some_of(list(dict.fromkeys(wide)))}.",
            paths=paths,
            confidence=Confidence.HIGH if "*" in wide else None,
        )


def _firewall_goes(change: ResourceChange, context: Context) -> bool:
    return any(
        use.node.type in {"azurerm_firewall", "azurerm_firewall_policy"}
        and use.node.change is not None
        and use.node.change.destroys
        for use in context.graph.dependencies(change.label)
    )


def _entries(values: dict[str, Any], *, allows: bool) -> Iterator[_Entry]:
    if "rule" in values:
        yield from _of_collection(values, allows=allows)
    for name in _COLLECTIONS:
        for collection in blocks(values.get(name)):
            yield from _of_collection(dict(collection), allows=allows)


def _of_collection(values: dict[str, Any], *, allows: bool) -> Iterator[_Entry]:
    action = str(values.get("action")).lower()
    if (action == "deny") is allows:
        return
    for item in blocks(values.get("rule")):
        translated = texts(item.get("translated_address"), item.get("translated_fqdn"))
        for source in _texts(item, _SOURCES):
            for destination in _texts(item, _DESTINATIONS):
                for port in _ports(dict(item)):
                    yield _Entry(
                        source=source,
                        destination=destination,
                        port=port,
                        target=next(iter(translated), ""),
                    )


def _texts(item: Any, names: tuple[str, ...]) -> list[str]:
    found = texts(*(item.get(name) for name in names))
    return ["*" if text in _ANY else text for text in found] or ["*"]


def _ports(item: dict[str, Any]) -> list[str]:
    protocols = [
        f"{block.get('type')} {block.get('port')}" for block in blocks(item.get("protocols"))
    ]
    return protocols or _texts(item, _PORTS)


def _is_in_use(destination: str) -> bool:
    """Whether it is everything or a private range; a range of the internet is a block list's."""
    if destination in _ANY:
        return True
    peer = address_peer(destination)
    return peer is not None and (peer.is_world or not peer.is_public)
