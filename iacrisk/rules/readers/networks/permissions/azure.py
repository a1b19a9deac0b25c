"""Azure's security groups, and the lists of its servers and clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from iacrisk.plan import UNKNOWN
from iacrisk.rules.readers.networks.ip_permissions import (
    ALL_PORTS,
    ANYWHERE,
    INTERNET,
    WORLD_V4,
    WORLD_V6,
    Peer,
    Permission,
    named_peer,
    port_range,
    range_peer,
)
from iacrisk.rules.readers.networks.permissions.entries import (
    LAST,
    Reader,
    addresses_of,
    api_entries,
    entries,
    list_entries,
    order_of,
    peer_of,
)
from iacrisk.rules.readers.shapes import Values, blocks, has_gap, texts


def _group(values: Values) -> Iterator[Permission]:
    if values.get("security_rule") is UNKNOWN:
        yield Permission(ingress=True, peer=ANYWHERE, vague=True)
    for block in blocks(values.get("security_rule")):
        yield from _rule(block)


def _rule(block: Values) -> Iterator[Permission]:
    ingress = str(block.get("direction")).lower() != "outbound"
    near, far = ("destination", "source") if ingress else ("source", "destination")
    lists = [
        block.get(f"{far}_address_prefix"),
        block.get(f"{far}_address_prefixes"),
        block.get(f"{far}_application_security_group_ids"),
    ]
    peers = [peer for text in texts(*lists) for peer in _peers(text)]
    ports = [block.get("destination_port_range"), block.get("destination_port_ranges")]
    for span in [*map(port_range, texts(*ports))] or [ALL_PORTS]:
        yield from entries(
            peers,
            ingress=ingress,
            protocol=block.get("protocol"),
            ports=span,
            gap=has_gap(*lists),
            vague=has_gap(*ports, block.get("access")),
            allow=str(block.get("access")).lower() == "allow",
            order=order_of(block.get("priority"), LAST),
            scope=_scope(block, near),
        )


def _peers(text: str) -> list[Peer]:
    lowered = text.lower()
    if lowered in {"*", "any"}:
        return [Peer(ANYWHERE.first, ANYWHERE.last, "any source")]
    if lowered == "internet":
        return [
            Peer(peer.first, peer.last, f"{INTERNET}{peer.text})") for peer in (WORLD_V4, WORLD_V6)
        ]
    if lowered == "virtualnetwork":
        return [Peer(p.first, p.last, "VirtualNetwork") for p in addresses_of(_PRIVATE_RANGES)]
    return [peer_of(text, "service tag")]


_PRIVATE_RANGES: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


def _scope(block: Values, near: str) -> str:
    names = texts(
        block.get(f"{near}_address_prefix"),
        block.get(f"{near}_address_prefixes"),
        block.get(f"{near}_application_security_group_ids"),
    )
    return ",".join(sorted({name for name in names if name.lower() not in _WHOLE_NETWORK}))


_WHOLE_NETWORK: Final = frozenset({"*", "any", "virtualnetwork", "0.0.0.0/0"})


def default_entries() -> Iterator[Permission]:
    """AllowVnetInBound and its like, which every group has behind its own rules."""
    for ingress in (True, False):
        for peer in _peers("VirtualNetwork"):
            yield Permission(ingress=ingress, peer=peer, order=LAST)
    yield Permission(ingress=True, peer=named_peer("service tag", "AzureLoadBalancer"), order=LAST)
    for peer in (WORLD_V4, WORLD_V6):
        yield Permission(ingress=False, peer=peer, order=LAST)


def _server_rule(values: Values) -> Iterator[Permission]:
    first = values.get("start_ip_address", values.get("start_ip"))
    last = values.get("end_ip_address", values.get("end_ip"))
    if first == last == "0.0.0.0":  # noqa: S104 - this is how Azure writes "Azure services"
        yield from list_entries([named_peer("tag", "Azure services")], gap=False)
    elif isinstance(first, str) and isinstance(last, str):
        peer = range_peer(first, last)
        yield from list_entries([peer] if peer else [], gap=False)
    else:
        yield from list_entries([], gap=has_gap(first, last))


def _cluster(values: Values) -> Iterator[Permission]:
    if values.get("private_cluster_enabled") is True:
        return
    profiles = blocks(values.get("api_server_access_profile")) or [values]
    for block in profiles:
        ranges = block.get("authorized_ip_ranges", block.get("api_server_authorized_ip_ranges"))
        peers = addresses_of(texts(ranges))
        yield from api_entries(
            peers or ([] if has_gap(ranges) else [WORLD_V4]), gap=has_gap(ranges)
        )


_SERVER_RULES: Final = (
    "azurerm_mariadb_firewall_rule",
    "azurerm_mssql_firewall_rule",
    "azurerm_mysql_firewall_rule",
    "azurerm_mysql_flexible_server_firewall_rule",
    "azurerm_postgresql_firewall_rule",
    "azurerm_postgresql_flexible_server_firewall_rule",
    "azurerm_redis_firewall_rule",
    "azurerm_sql_firewall_rule",
    "azurerm_synapse_firewall_rule",
)

READERS: Final[Mapping[str, Reader]] = {
    "azurerm_kubernetes_cluster": _cluster,
    "azurerm_network_security_group": _group,
    "azurerm_network_security_rule": _rule,
    **dict.fromkeys(_SERVER_RULES, _server_rule),
}
