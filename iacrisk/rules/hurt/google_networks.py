"""Ties of Google's networks: balancers whose checks are denied, callers behind a NAT."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.plan import ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.ip_permissions import address_peer
from iacrisk.rules.readers.networks.nat_addresses import (
    AZURE,
    GOOGLE,
    addresses_given_up,
    addresses_left,
    holds,
    lists_with,
    text_of,
)
from iacrisk.rules.readers.programs.running import object_named, programs
from iacrisk.rules.readers.shapes import blocks, last_part, texts
from iacrisk.rules.readers.siblings import stays

_FIREWALL: Final = "google_compute_firewall"
_CHECKERS: Final = ("35.191.0.0/16", "130.211.0.0/22")
"""From where the balancers' checks come: https://cloud.google.com/load-balancing/docs/health-checks"""

_TEMPLATES: Final = ("google_compute_instance_template", "google_compute_region_instance_template")
_MANAGERS: Final = (
    "google_compute_instance_group_manager",
    "google_compute_region_instance_group_manager",
)
_BACKENDS: Final = ("google_compute_backend_service", "google_compute_region_backend_service")
_POLICIES: Final = ("google_compute_region_security_policy", "google_compute_security_policy")
_MOST: Final = 12


def unchecked_backends(change: ResourceChange, context: Context) -> Iterator[str]:
    """The backends whose machines the balancers' checks no longer reach."""
    denies = bool(change.after.get("deny"))
    values = change.after if denies else change.before
    if change.type != _FIREWALL or not _are_checkers(texts(values.get("source_ranges")), denies):
        return
    tags = set(texts(values.get("target_tags")))
    templates = {
        last_part(one.before.get("id"))
        for one in context.changes_of(*_TEMPLATES)
        if stays(one) and (not tags or tags & set(texts(one.before.get("tags"))))
    }
    groups = {
        last_part(one.before.get("instance_group"))
        for one in context.changes_of(*_MANAGERS)
        for version in members(one.before.get("version"))
        if stays(one) and last_part(version.get("instance_template")) in templates
    }
    found = [
        one.label
        for one in context.changes_of(*_BACKENDS)
        if stays(one)
        and any(
            last_part(block.get("group")) in groups for block in members(one.before.get("backend"))
        )
    ]
    yield from found if len(found) <= _MOST else ()


def _are_checkers(sources: list[str], denies: bool) -> bool:
    """Whether a denial covers the checks' addresses, or an entry that goes let them in."""
    peers = [peer for peer in map(address_peer, sources or ["0.0.0.0/0"]) if peer is not None]
    checks = [peer for peer in map(address_peer, _CHECKERS) if peer is not None]
    return any(one.holds(two) if denies else two.holds(one) for one in peers for two in checks)


def lists_left_behind(change: ResourceChange, context: Context) -> Iterator[str]:
    """Lists that hold an address which a NAT gives up and not the new one; who is behind them."""
    if change.type not in {AZURE, GOOGLE}:
        return
    new = [text_of(one) for one in addresses_left(change, context)]
    stale = [
        one
        for old in addresses_given_up(change, context)
        for one in lists_with(text_of(old), context)
        if one is not change and stays(one) and not all(holds(one, text) for text in new)
    ]
    yield from (one.label for one in stale)
    guards = {one.before.get("name") for one in stale if one.type in _POLICIES}
    for one in context.changes_of(*_BACKENDS) if guards else ():
        if stays(one) and last_part(one.before.get("security_policy")) in guards:
            yield one.label
    callers = list(_behind(change, context)) if stale else []
    yield from callers if len(callers) <= _MOST else ()


def _behind(change: ResourceChange, context: Context) -> Iterator[str]:
    """The programs that send all they send through the network of a NAT of Google."""
    router = object_named(["google_compute_router"], change.before.get("router"), context)
    network = last_part(router.before.get("network")) if router is not None else ""
    for one in programs(context) if network else ():
        if stays(one) and any(_is_through(block, network) for block in _ways(one)):
            yield one.label


def _ways(program: ResourceChange) -> Iterator[Mapping[str, Any]]:
    for outer in blocks(program.before.get("template")):
        for block in (outer, *blocks(outer.get("template"))):
            yield from blocks(block.get("vpc_access"))


def _is_through(way: Mapping[str, Any], network: str) -> bool:
    joined = {last_part(block.get("network")) for block in blocks(way.get("network_interfaces"))}
    return way.get("egress") == "ALL_TRAFFIC" and network in joined
