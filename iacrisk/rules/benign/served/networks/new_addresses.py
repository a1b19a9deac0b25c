"""Proofs about addresses: a NAT with new ones that all lists know, a public one nobody calls."""

from __future__ import annotations

import re
from typing import Any, Final

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.ip_permissions import address_peer
from iacrisk.rules.readers.networks.nat_addresses import (
    AZURE,
    GOOGLE,
    addresses_given_up,
    addresses_left,
    holds,
    lists_with,
    ranges_around,
    text_of,
)
from iacrisk.rules.readers.programs.running import (
    programs_naming,
    programs_using,
    shows_all_names,
    words_of,
)
from iacrisk.rules.readers.siblings import stays

# A NAT

NATS: Final = frozenset({AZURE, GOOGLE})


def why_lists_know(change: ResourceChange, context: Context) -> str | None:
    """Why nobody turns the NAT's new addresses away: who let the old ones in knows them."""
    if change.type == GOOGLE and not _is_exchange(change, context):
        return None
    old = [text_of(one) for one in addresses_given_up(change, context)]
    new = [text_of(one) for one in addresses_left(change, context)]
    if not old or not new or not all(old) or not all(new):
        return None
    lists = [one for text in old for one in lists_with(text, context) if one is not change]
    if not lists or not all(stays(one) and holds(one, text) for one in lists for text in new):
        return None
    if all(_range_serves_all(text, new, context) for text in old):
        return "every list of the plan that lets the old addresses in holds the new ones already"
    return None


def _is_exchange(change: ResourceChange, context: Context) -> bool:
    """Whether nothing but addresses changes, and those that go are drained before."""
    rest = change.changed - {"nat_ips", "drain_nat_ips"}
    if rest and explain(change, context, *rest) is None:
        return False
    before, after = change.before.get("nat_ips"), change.after.get("nat_ips")
    drained = change.after.get("drain_nat_ips")
    if not all(isinstance(value, list) for value in (before, after, drained)):
        return False
    return all(one in (drained or ()) for one in before or () if one not in (after or ()))


def _range_serves_all(text: str, new: list[str], context: Context) -> bool:
    """Whether each range that lets the old address in lets the new ones in, or its list does."""
    peers = [peer for peer in map(address_peer, new) if peer is not None]
    return all(
        all(map(around.holds, peers)) or all(holds(one, text) for text in new)
        for around, one in ranges_around(text, context)
    )


# Databases

_CONFIGURATION: Final = ("settings", 0, "ip_configuration", 0)
_LIST: Final = "authorized_networks"
_OWN: Final = frozenset({"ipv4_enabled", _LIST})
_NOISE: Final = frozenset(
    {"etag", "first_ip_address", "ip_address", "public_ip_address", "version"}
)
_WAY_OUT: Final = regex(r"(^|[^a-z])(cloud-?)?(nat|egress)([^a-z]|$)", re.IGNORECASE)


def why_private_callers(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the public address: all its users call the private one."""
    if not all(_is_about_addresses(item.path) for item in change.differences()):
        return None
    before = change.before
    private, public = before.get("private_ip_address"), before.get("public_ip_address")
    if not isinstance(private, str) or not private or not isinstance(public, str) or not public:
        return None
    if any(one is not change for one in lists_with(public, context)):
        return None
    if not all(_is_way_out(block) for block in _admitted(before)):
        return None
    users = {one.label: one for one in programs_using(change, context)}
    users |= {one.label: one for one in programs_naming(private, context)}
    if users and all(
        stays(one) and private in words_of(one, context) and shows_all_names(one)
        for one in users.values()
    ):
        return "all its users in the plan call its private address"
    return None


def _is_about_addresses(path: tuple[Any, ...]) -> bool:
    if path[: len(_CONFIGURATION)] == _CONFIGURATION:
        return len(path) > len(_CONFIGURATION) and path[len(_CONFIGURATION)] in _OWN
    return bool(_NOISE.intersection(path))


def _admitted(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        network
        for settings in members(values.get("settings"))
        for block in members(settings.get("ip_configuration"))
        for network in members(block.get(_LIST))
    ]


def _is_way_out(network: dict[str, Any]) -> bool:
    """Whether the entry is a single address that is called one of a NAT: programs come from it."""
    peer = address_peer(str(network.get("value")))
    single = peer is not None and peer.first == peer.last
    return single and bool(_WAY_OUT.search(str(network.get("name"))))


DATABASES: Final = frozenset({"google_sql_database_instance"})
