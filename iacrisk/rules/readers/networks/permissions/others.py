"""Filters and access lists of the smaller providers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.rules.readers.networks.ip_permissions import (
    ALL_PORTS,
    SOME_GROUP,
    WORLD_V4,
    WORLD_V6,
    Permission,
    named_peer,
    port_range,
    port_span,
)
from iacrisk.rules.readers.networks.permissions.entries import (
    LAST,
    Reader,
    addresses_of,
    entries,
    groups_of,
    list_entries,
    order_of,
    peer_of,
)
from iacrisk.rules.readers.networks.spans import Span
from iacrisk.rules.readers.shapes import Values, blocks, has_gap, texts


def _digitalocean(values: Values) -> Iterator[Permission]:
    for direction, side in (("inbound", "source"), ("outbound", "destination")):
        for block in blocks(values.get(f"{direction}_rule")):
            addresses = block.get(f"{side}_addresses")
            others = [
                named_peer(kind, str(item))
                for kind in ("tags", "droplet_ids", "load_balancer_uids", "kubernetes_ids")
                for item in block.get(f"{side}_{kind}") or ()
            ]
            yield from entries(
                [*addresses_of(texts(addresses)), *others],
                ingress=direction == "inbound",
                protocol=block.get("protocol"),
                ports=_range_or_all(block.get("port_range")),
                gap=has_gap(addresses),
            )


def _range_or_all(value: Any) -> Span:
    return port_range(value) if isinstance(value, str | int) else ALL_PORTS


def _digitalocean_database(values: Values) -> Iterator[Permission]:
    for block in blocks(values.get("rule")):
        kind, value = str(block.get("type")), block.get("value")
        peers = [peer_of(text, kind) for text in texts(value)]
        yield from list_entries(peers, gap=has_gap(value))


def _hcloud(values: Values) -> Iterator[Permission]:
    rules = blocks(values.get("rule"))
    if not any(block.get("direction") == "out" for block in rules):
        for peer in (WORLD_V4, WORLD_V6):
            yield Permission(ingress=False, peer=peer)
    for block in rules:
        ingress = block.get("direction") != "out"
        addresses = block.get("source_ips" if ingress else "destination_ips")
        yield from entries(
            addresses_of(texts(addresses)),
            ingress=ingress,
            protocol=block.get("protocol"),
            ports=_range_or_all(block.get("port")),
            gap=has_gap(addresses),
        )


def _openstack_rule(values: Values) -> Iterator[Permission]:
    prefix, group = values.get("remote_ip_prefix"), values.get("remote_group_id")
    peers = [
        *addresses_of(texts(prefix)),
        *groups_of(texts(group), values.get("security_group_id")),
    ]
    gap = has_gap(prefix) and not peers
    if has_gap(group) and not peers:
        peers = [SOME_GROUP]
    if not peers and not gap:
        peers = [WORLD_V6 if values.get("ethertype") == "IPv6" else WORLD_V4]
    low, high = values.get("port_range_min"), values.get("port_range_max")
    yield from entries(
        peers,
        ingress=values.get("direction") != "egress",
        protocol=values.get("protocol"),
        ports=port_span(low, high),
        gap=gap,
        vague=has_gap(low, high),
    )


def _openstack_group(values: Values) -> Iterator[Permission]:
    for block in blocks(values.get("rule")):
        peers = addresses_of(texts(block.get("cidr")))
        peers += groups_of(texts(block.get("from_group_id")), values.get("id"))
        yield from entries(
            peers or [WORLD_V4],
            ingress=True,
            protocol=block.get("ip_protocol"),
            ports=port_span(block.get("from_port"), block.get("to_port")),
            gap=False,
        )


def _alicloud_rule(values: Values) -> Iterator[Permission]:
    cidrs = (values.get("cidr_ip"), values.get("ipv6_cidr_ip"))
    group = values.get("source_security_group_id")
    peers = [
        *addresses_of(texts(*cidrs)),
        *groups_of(texts(group), values.get("security_group_id")),
    ]
    gap = has_gap(*cidrs) and not peers
    if has_gap(group) and not peers:
        peers = [SOME_GROUP]
    yield from entries(
        peers or ([] if gap else [WORLD_V4]),
        ingress=values.get("type") != "egress",
        protocol=values.get("ip_protocol"),
        ports=_range_or_all(values.get("port_range")),
        gap=gap,
        allow=values.get("policy") != "drop",
        order=order_of(values.get("priority"), 1),
    )


def _linode(values: Values) -> Iterator[Permission]:
    for direction in ("inbound", "outbound"):
        if str(values.get(f"{direction}_policy")).upper() == "ACCEPT":
            for peer in (WORLD_V4, WORLD_V6):
                yield Permission(ingress=direction == "inbound", peer=peer, order=LAST)
        for order, block in enumerate(blocks(values.get(direction))):
            addresses = (block.get("ipv4"), block.get("ipv6"))
            for span in [*map(port_range, _comma(block.get("ports")))] or [ALL_PORTS]:
                yield from entries(
                    addresses_of(texts(*addresses)),
                    ingress=direction == "inbound",
                    protocol=block.get("protocol"),
                    ports=span,
                    gap=has_gap(*addresses),
                    allow=str(block.get("action")).upper() == "ACCEPT",
                    order=order,
                )


def _comma(value: Any) -> list[str]:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) and value else []


def _oci_rule(values: Values) -> Iterator[Permission]:
    ingress = values.get("direction") != "EGRESS"
    peer = values.get("source" if ingress else "destination")
    ranges = [
        port_span(ports.get("min"), ports.get("max"))
        for options in ("tcp_options", "udp_options")
        for block in blocks(values.get(options))
        for ports in blocks(block.get("destination_port_range")) or [block]
    ]
    for span in ranges or [ALL_PORTS]:
        yield from entries(
            [peer_of(text) for text in texts(peer)],
            ingress=ingress,
            protocol=values.get("protocol"),
            ports=span,
            gap=has_gap(peer),
        )


def _oci_list(values: Values) -> Iterator[Permission]:
    for direction in ("ingress", "egress"):
        for block in blocks(values.get(f"{direction}_security_rules")):
            yield from _oci_rule({**block, "direction": direction.upper()})


def _atlas_list(values: Values) -> Iterator[Permission]:
    addresses = (values.get("cidr_block"), values.get("ip_address"))
    groups = texts(values.get("aws_security_group"))
    peers = [*addresses_of(texts(*addresses)), *groups_of(groups, None)]
    yield from list_entries(peers, gap=has_gap(*addresses) and not peers)


READERS: Final[Mapping[str, Reader]] = {
    "alicloud_security_group_rule": _alicloud_rule,
    "digitalocean_database_firewall": _digitalocean_database,
    "digitalocean_firewall": _digitalocean,
    "hcloud_firewall": _hcloud,
    "linode_firewall": _linode,
    "mongodbatlas_project_ip_access_list": _atlas_list,
    "oci_core_network_security_group_security_rule": _oci_rule,
    "oci_core_security_list": _oci_list,
    "openstack_compute_secgroup_v2": _openstack_group,
    "openstack_networking_secgroup_rule_v2": _openstack_rule,
}
