"""Who lives behind a filter, a route table or a network: for certain, perhaps, or nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from typing import Any, Final

import msgspec

from iacrisk.graph import NodeKind, impaired, is_endpoint
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.shapes import blocks, texts

_PLACES: Final = frozenset(
    {
        "aws_default_subnet",
        "aws_network_interface",
        "aws_subnet",
        "azurerm_network_interface",
        "azurerm_subnet",
        "google_compute_subnetwork",
        "hcloud_network_subnet",
        "openstack_networking_port_v2",
        "openstack_networking_subnet_v2",
    }
)
"""Carriers in which somebody may live whom the plan does not show."""

_HOSTS: Final = {
    "digitalocean_firewall": ("droplet_ids", "tags"),
    "hcloud_firewall": ("apply_to",),
    "linode_firewall": ("linodes", "nodebalancers"),
}
"""Filters that name those whom they protect."""

_TAGGED: Final = (
    "google_compute_instance",
    "google_compute_instance_from_template",
    "google_compute_instance_template",
    "google_compute_region_instance_template",
    "google_container_cluster",
    "google_container_node_pool",
)


class Users(msgspec.Struct, frozen=True, kw_only=True):
    """`live`: addresses of endpoints that exist and stay. `possible`: there may be others."""

    live: tuple[str, ...] = ()
    types: frozenset[str] = frozenset()
    possible: bool = False

    @property
    def nobody(self) -> bool:
        """Whether nothing points to any user."""
        return not self.live and not self.possible


_KEPT: Final = 64
"""Answers kept: all entries of one filter or table ask in a row about the same object."""

NOBODY: Final = Users()
PERHAPS: Final = Users(possible=True)


def users_of(change: ResourceChange, context: Context) -> Users:
    """Who lives on the object, or on what an attachment is attached to."""
    find = once(context.plan, "network users", lambda: lru_cache(_KEPT)(partial(_find, context)))
    return find(change)


def _find(context: Context, change: ResourceChange) -> Users:
    hits = list(impaired(context.graph, change.label))
    live = list(filter(is_endpoint, hits))
    places = any(hit.type in _PLACES or hit.kind is NodeKind.OUTPUT for hit in hits)
    hosts = any(change.before.get(name) for name in _HOSTS.get(change.type, ()))
    return Users(
        live=tuple(hit.label for hit in live) or ((change.label,) if hosts else ()),
        types=frozenset(hit.type for hit in live),
        possible=places,
    )


def with_tags(tags: Iterable[str], context: Context) -> Users:
    """Existing machines that carry one of the network tags."""
    wanted = set(tags)
    machines = [
        change
        for change in context.changes_of(*_TAGGED)
        if change.kind not in {ActionKind.CREATE, ActionKind.DELETE}
    ]
    if not machines:
        return PERHAPS
    tagged = [change for change in machines if wanted.intersection(_network_tags(change.before))]
    return Users(
        live=tuple(change.label for change in tagged),
        types=frozenset(change.type for change in tagged),
    )


def _network_tags(values: dict[str, Any]) -> Iterator[str]:
    yield from texts(values.get("tags"))
    for block in blocks(values.get("service_account")):
        yield from texts(block.get("email"))
    for block in blocks(values.get("node_config")):
        yield from texts(block.get("tags"))
    for block in blocks(values.get("node_pool")):
        yield from _network_tags(dict(block))
