"""Google's firewalls, and the lists of its databases and clusters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from iacrisk.plan import UNKNOWN
from iacrisk.rules.readers.networks.ip_permissions import (
    ALL_PORTS,
    WORLD_V4,
    Peer,
    Permission,
    named_peer,
    port_range,
)
from iacrisk.rules.readers.networks.permissions.entries import (
    LAST,
    Reader,
    addresses_of,
    api_entries,
    entries,
    list_entries,
    order_of,
)
from iacrisk.rules.readers.shapes import Values, blocks, has_gap, texts


def _firewall(values: Values) -> Iterator[Permission]:
    if values.get("disabled") is True:
        return
    ingress = str(values.get("direction") or "INGRESS").upper() != "EGRESS"
    names = ("source_ranges", "source_tags", "source_service_accounts")
    lists = [values.get(name) for name in (names if ingress else ("destination_ranges",))]
    peers = [*addresses_of(texts(lists[0])), *_tagged(texts(*lists[1:]))]
    gap = has_gap(*lists)
    if not peers and not gap:
        peers = [WORLD_V4]
    targets = (values.get("target_tags"), values.get("target_service_accounts"))
    order = order_of(values.get("priority"), 1000)
    for verb in ("allow", "deny"):
        for block in blocks(values.get(verb)):
            ports = block.get("ports")
            for span in [*map(port_range, texts(ports))] or [ALL_PORTS]:
                for scope in texts(*targets) or [""]:
                    yield from entries(
                        peers,
                        ingress=ingress,
                        protocol=block.get("protocol"),
                        ports=span,
                        gap=gap,
                        vague=has_gap(ports, *targets),
                        allow=verb == "allow",
                        order=order,
                        scope=scope,
                    )


def _tagged(names: Iterable[str]) -> list[Peer]:
    return [named_peer("tag", name) for name in names]


def _policy_rule(values: Values) -> Iterator[Permission]:
    if values.get("disabled") is True or values.get("action") == "goto_next":
        return
    ingress = str(values.get("direction") or "INGRESS").upper() != "EGRESS"
    targets = texts(values.get("target_service_accounts"), values.get("target_resources"))
    for match in blocks(values.get("match")):
        ranges = match.get("src_ip_ranges" if ingress else "dest_ip_ranges")
        tags = [str(tag.get("name")) for tag in blocks(match.get("src_secure_tags"))]
        peers = [*addresses_of(texts(ranges)), *_tagged(tags)]
        for layer in blocks(match.get("layer4_configs")) or [{}]:
            for span in [*map(port_range, texts(layer.get("ports")))] or [ALL_PORTS]:
                yield from entries(
                    peers or ([] if has_gap(ranges) else [WORLD_V4]),
                    ingress=ingress,
                    protocol=layer.get("ip_protocol"),
                    ports=span,
                    gap=has_gap(ranges),
                    allow=values.get("action") == "allow",
                    order=order_of(values.get("priority"), LAST),
                    scope=",".join(sorted(targets)),
                )


def _sql(values: Values) -> Iterator[Permission]:
    for settings in blocks(values.get("settings")):
        for block in blocks(settings.get("ip_configuration")):
            for network in blocks(block.get("authorized_networks")):
                cidr = network.get("value")
                yield from list_entries(addresses_of(texts(cidr)), gap=has_gap(cidr))


def _cluster(values: Values) -> Iterator[Permission]:
    for block in blocks(values.get("private_cluster_config")):
        if block.get("enable_private_endpoint") is True:
            return
    config = blocks(values.get("master_authorized_networks_config"))
    if not config:
        yield from api_entries(
            [WORLD_V4], gap=values.get("master_authorized_networks_config") is UNKNOWN
        )
    for block in config:
        for network in blocks(block.get("cidr_blocks")):
            cidr = network.get("cidr_block")
            yield from api_entries(addresses_of(texts(cidr)), gap=has_gap(cidr))


READERS: Final[Mapping[str, Reader]] = {
    "google_compute_firewall": _firewall,
    "google_compute_firewall_policy_rule": _policy_rule,
    "google_compute_network_firewall_policy_rule": _policy_rule,
    "google_compute_region_network_firewall_policy_rule": _policy_rule,
    "google_container_cluster": _cluster,
    "google_sql_database_instance": _sql,
}
