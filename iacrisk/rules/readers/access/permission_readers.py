"""Permissions as each provider writes them: inline blocks, standalone rules, access lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from iacrisk.plan import UNKNOWN
from iacrisk.rules.readers.networks.ip_permissions import (
    ALL_PORTS,
    ALL_PROTOCOLS,
    ANYWHERE,
    INTERNET,
    SOME_GROUP,
    WORLD_V4,
    WORLD_V6,
    Peer,
    Permission,
    address_peer,
    named_peer,
    port_range,
    port_span,
    protocol_name,
    range_peer,
)
from iacrisk.rules.readers.networks.spans import Span

Values = Mapping[str, Any]
Reader = Callable[[Values], Iterator[Permission]]

_LAST: Final = 1_000_000
_GROUP: Final = "group"
_SELF: Final = "itself"


def read_permissions(type_name: str, values: Values) -> tuple[Permission, ...]:
    """The entries that an object of the type holds; none for a type that is no filter."""
    reader = READERS.get(type_name)
    return tuple(dict.fromkeys(reader(values))) if reader is not None and values else ()


def filter_types() -> frozenset[str]:
    """The types that hold permissions."""
    return frozenset(READERS)


# Reading odd shapes


def blocks(value: Any) -> list[Values]:
    """The nested blocks of a list, a set or a single object; what is not known is left out."""
    if isinstance(value, Mapping):
        return [value]
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, Mapping)]


def first_block(value: Any) -> dict[str, Any]:
    """The block of a list that holds one at most, or of a single object; {} where there is none."""
    if isinstance(value, list):
        value = next(iter(value), None)
    return value if isinstance(value, dict) else {}


def texts(*values: Any) -> list[str]:
    """All texts of lists and single values, empty and unknown ones left out."""
    found: list[str] = []
    for value in values:
        items = value if isinstance(value, list) else [value]
        found += [item for item in items if isinstance(item, str) and item]
    return found


def has_gap(*values: Any) -> bool:
    """Whether one of the values, or an item of it, is not known yet."""
    return any(
        value is UNKNOWN or (isinstance(value, list) and UNKNOWN in value) for value in values
    )


def _peer(text: str, kind: str = "tag") -> Peer:
    return address_peer(text) or named_peer(kind, text)


def _addresses(values: Iterable[str]) -> list[Peer]:
    return [_peer(text) for text in values]


def _groups(values: Iterable[str], own: object) -> list[Peer]:
    names = (text.rpartition("/")[2] for text in values)
    return [named_peer(_GROUP, _SELF if name == own else name) for name in names]


def _entries(
    peers: Iterable[Peer], *, ingress: bool, protocol: object, ports: Span, gap: bool, **more: Any
) -> Iterator[Permission]:
    """An entry for each peer, and a vague one where something is not known yet."""
    name = ALL_PROTOCOLS if protocol is UNKNOWN else protocol_name(protocol)
    span = ALL_PORTS if name == "icmp" else ports
    vague = bool(more.pop("vague", False)) or protocol is UNKNOWN
    for peer in [*peers, *([ANYWHERE] if gap else [])]:
        hidden = vague or peer is ANYWHERE or peer is SOME_GROUP
        yield Permission(
            ingress=ingress, peer=peer, protocol=name, ports=span, vague=hidden, **more
        )


def _order(value: Any, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else default


# Amazon


def _aws_group(values: Values) -> Iterator[Permission]:
    for direction in ("ingress", "egress"):
        if values.get(direction) is UNKNOWN:
            yield Permission(ingress=direction == "ingress", peer=ANYWHERE, vague=True)
        for block in blocks(values.get(direction)):
            yield from _aws_entry(block, values.get("id"), ingress=direction == "ingress")


def _aws_entry(block: Values, own: object, *, ingress: bool) -> Iterator[Permission]:
    low, high = block.get("from_port"), block.get("to_port")
    cidrs, cidrs6 = block.get("cidr_blocks"), block.get("ipv6_cidr_blocks")
    lists = block.get("prefix_list_ids")
    sources = block.get("security_groups", block.get("source_security_group_id"))
    peers = _addresses(texts(cidrs, cidrs6))
    peers += [named_peer("prefix list", name) for name in texts(lists)]
    peers += _groups(texts(sources), own)
    if block.get("self") is True:
        peers.append(named_peer(_GROUP, _SELF))
    if has_gap(sources) and not peers:
        peers.append(SOME_GROUP)
    gap = has_gap(cidrs, cidrs6, lists)
    yield from _entries(
        peers,
        ingress=ingress,
        protocol=block.get("protocol"),
        ports=port_span(low, high),
        gap=gap,
        vague=has_gap(low, high),
    )


def _aws_rule(values: Values) -> Iterator[Permission]:
    yield from _aws_entry(
        values, values.get("security_group_id"), ingress=values.get("type") != "egress"
    )


def _aws_vpc_rule(values: Values, *, ingress: bool) -> Iterator[Permission]:
    low, high = values.get("from_port"), values.get("to_port")
    cidr, cidr6 = values.get("cidr_ipv4"), values.get("cidr_ipv6")
    prefix_list, source = values.get("prefix_list_id"), values.get("referenced_security_group_id")
    peers = _addresses(texts(cidr, cidr6))
    peers += [named_peer("prefix list", name) for name in texts(prefix_list)]
    peers += _groups(texts(source), values.get("security_group_id"))
    if has_gap(source):
        peers.append(SOME_GROUP)
    yield from _entries(
        peers,
        ingress=ingress,
        protocol=values.get("ip_protocol"),
        ports=port_span(low, high),
        gap=has_gap(cidr, cidr6, prefix_list),
        vague=has_gap(low, high),
    )


def _aws_vpc_ingress(values: Values) -> Iterator[Permission]:
    return _aws_vpc_rule(values, ingress=True)


def _aws_vpc_egress(values: Values) -> Iterator[Permission]:
    return _aws_vpc_rule(values, ingress=False)


def _aws_acl(values: Values) -> Iterator[Permission]:
    for direction in ("ingress", "egress"):
        if values.get(direction) is UNKNOWN:
            yield Permission(ingress=direction == "ingress", peer=ANYWHERE, vague=True)
        for block in blocks(values.get(direction)):
            yield from _aws_acl_entry(
                block, ingress=direction == "ingress", order="rule_no", action="action"
            )


def _aws_acl_rule(values: Values) -> Iterator[Permission]:
    yield from _aws_acl_entry(
        values, ingress=values.get("egress") is not True, order="rule_number", action="rule_action"
    )


def _aws_acl_entry(
    block: Values, *, ingress: bool, order: str, action: str
) -> Iterator[Permission]:
    cidr, cidr6 = block.get("cidr_block"), block.get("ipv6_cidr_block")
    low, high = block.get("from_port"), block.get("to_port")
    yield from _entries(
        _addresses(texts(cidr, cidr6)),
        ingress=ingress,
        protocol=block.get("protocol"),
        ports=port_span(low, high),
        gap=has_gap(cidr, cidr6),
        vague=has_gap(low, high, block.get(action)),
        allow=str(block.get(action)).lower() == "allow",
        order=_order(block.get(order), _LAST),
    )


def _aws_lightsail_ports(values: Values) -> Iterator[Permission]:
    for block in blocks(values.get("port_info")):
        cidrs, cidrs6 = block.get("cidrs"), block.get("ipv6_cidrs")
        peers = _addresses(texts(cidrs, cidrs6))
        yield from _entries(
            peers or ([] if has_gap(cidrs, cidrs6) else [WORLD_V4]),
            ingress=True,
            protocol=block.get("protocol"),
            ports=port_span(block.get("from_port"), block.get("to_port")),
            gap=has_gap(cidrs, cidrs6),
        )


def _aws_eks(values: Values) -> Iterator[Permission]:
    for block in blocks(values.get("vpc_config")):
        if block.get("endpoint_public_access") is False:
            continue
        cidrs = block.get("public_access_cidrs")
        peers = _addresses(texts(cidrs))
        yield from _api(peers or ([] if has_gap(cidrs) else [WORLD_V4]), gap=has_gap(cidrs))


def _api(peers: Iterable[Peer], *, gap: bool) -> Iterator[Permission]:
    """The entries of a cluster's API server."""
    yield from _entries(peers, ingress=True, protocol="tcp", ports=(6443, 6443), gap=gap)


# Google


def _google_firewall(values: Values) -> Iterator[Permission]:
    if values.get("disabled") is True:
        return
    ingress = str(values.get("direction") or "INGRESS").upper() != "EGRESS"
    names = ("source_ranges", "source_tags", "source_service_accounts")
    lists = [values.get(name) for name in (names if ingress else ("destination_ranges",))]
    peers = [*_addresses(texts(lists[0])), *_tagged(texts(*lists[1:]))]
    gap = has_gap(*lists)
    if not peers and not gap:
        peers = [WORLD_V4]
    targets = (values.get("target_tags"), values.get("target_service_accounts"))
    order = _order(values.get("priority"), 1000)
    for verb in ("allow", "deny"):
        for block in blocks(values.get(verb)):
            ports = block.get("ports")
            for span in [*map(port_range, texts(ports))] or [ALL_PORTS]:
                for scope in texts(*targets) or [""]:
                    yield from _entries(
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


def _google_policy_rule(values: Values) -> Iterator[Permission]:
    if values.get("disabled") is True or values.get("action") == "goto_next":
        return
    ingress = str(values.get("direction") or "INGRESS").upper() != "EGRESS"
    targets = texts(values.get("target_service_accounts"), values.get("target_resources"))
    for match in blocks(values.get("match")):
        ranges = match.get("src_ip_ranges" if ingress else "dest_ip_ranges")
        tags = [str(tag.get("name")) for tag in blocks(match.get("src_secure_tags"))]
        peers = [*_addresses(texts(ranges)), *_tagged(tags)]
        for layer in blocks(match.get("layer4_configs")) or [{}]:
            for span in [*map(port_range, texts(layer.get("ports")))] or [ALL_PORTS]:
                yield from _entries(
                    peers or ([] if has_gap(ranges) else [WORLD_V4]),
                    ingress=ingress,
                    protocol=layer.get("ip_protocol"),
                    ports=span,
                    gap=has_gap(ranges),
                    allow=values.get("action") == "allow",
                    order=_order(values.get("priority"), _LAST),
                    scope=",".join(sorted(targets)),
                )


def _google_sql(values: Values) -> Iterator[Permission]:
    for settings in blocks(values.get("settings")):
        for block in blocks(settings.get("ip_configuration")):
            for network in blocks(block.get("authorized_networks")):
                cidr = network.get("value")
                yield from _list_entry(_addresses(texts(cidr)), gap=has_gap(cidr))


def _google_cluster(values: Values) -> Iterator[Permission]:
    for block in blocks(values.get("private_cluster_config")):
        if block.get("enable_private_endpoint") is True:
            return
    config = blocks(values.get("master_authorized_networks_config"))
    if not config:
        yield from _api([WORLD_V4], gap=values.get("master_authorized_networks_config") is UNKNOWN)
    for block in config:
        for network in blocks(block.get("cidr_blocks")):
            cidr = network.get("cidr_block")
            yield from _api(_addresses(texts(cidr)), gap=has_gap(cidr))


def _list_entry(peers: Iterable[Peer], *, gap: bool) -> Iterator[Permission]:
    """The entries of a database's access list, which knows no ports."""
    yield from _entries(peers, ingress=True, protocol="tcp", ports=ALL_PORTS, gap=gap)


# Azure


def _azure_group(values: Values) -> Iterator[Permission]:
    if values.get("security_rule") is UNKNOWN:
        yield Permission(ingress=True, peer=ANYWHERE, vague=True)
    for block in blocks(values.get("security_rule")):
        yield from _azure_rule(block)


def _azure_rule(block: Values) -> Iterator[Permission]:
    ingress = str(block.get("direction")).lower() != "outbound"
    near, far = ("destination", "source") if ingress else ("source", "destination")
    lists = [
        block.get(f"{far}_address_prefix"),
        block.get(f"{far}_address_prefixes"),
        block.get(f"{far}_application_security_group_ids"),
    ]
    peers = [peer for text in texts(*lists) for peer in _azure_peers(text)]
    ports = [block.get("destination_port_range"), block.get("destination_port_ranges")]
    for span in [*map(port_range, texts(*ports))] or [ALL_PORTS]:
        yield from _entries(
            peers,
            ingress=ingress,
            protocol=block.get("protocol"),
            ports=span,
            gap=has_gap(*lists),
            vague=has_gap(*ports, block.get("access")),
            allow=str(block.get("access")).lower() == "allow",
            order=_order(block.get("priority"), _LAST),
            scope=_azure_scope(block, near),
        )


def _azure_peers(text: str) -> list[Peer]:
    lowered = text.lower()
    if lowered in {"*", "any"}:
        return [Peer(ANYWHERE.first, ANYWHERE.last, "any source")]
    if lowered == "internet":
        return [
            Peer(peer.first, peer.last, f"{INTERNET}{peer.text})") for peer in (WORLD_V4, WORLD_V6)
        ]
    if lowered == "virtualnetwork":
        return [Peer(p.first, p.last, "VirtualNetwork") for p in _addresses(_PRIVATE_RANGES)]
    return [_peer(text, "service tag")]


_PRIVATE_RANGES: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


def _azure_scope(block: Values, near: str) -> str:
    names = texts(
        block.get(f"{near}_address_prefix"),
        block.get(f"{near}_address_prefixes"),
        block.get(f"{near}_application_security_group_ids"),
    )
    return ",".join(sorted({name for name in names if name.lower() not in _WHOLE_NETWORK}))


_WHOLE_NETWORK: Final = frozenset({"*", "any", "virtualnetwork", "0.0.0.0/0"})


def _azure_defaults() -> Iterator[Permission]:
    """AllowVnetInBound and its like, which every group has behind its own rules."""
    for ingress in (True, False):
        for peer in _azure_peers("VirtualNetwork"):
            yield Permission(ingress=ingress, peer=peer, order=_LAST)
    yield Permission(ingress=True, peer=named_peer("service tag", "AzureLoadBalancer"), order=_LAST)
    for peer in (WORLD_V4, WORLD_V6):
        yield Permission(ingress=False, peer=peer, order=_LAST)


def _azure_server_rule(values: Values) -> Iterator[Permission]:
    first = values.get("start_ip_address", values.get("start_ip"))
    last = values.get("end_ip_address", values.get("end_ip"))
    if first == last == "0.0.0.0":  # noqa: S104 - this is how Azure writes "Azure services"
        yield from _list_entry([named_peer("tag", "Azure services")], gap=False)
    elif isinstance(first, str) and isinstance(last, str):
        peer = range_peer(first, last)
        yield from _list_entry([peer] if peer else [], gap=False)
    else:
        yield from _list_entry([], gap=has_gap(first, last))


def _azure_cluster(values: Values) -> Iterator[Permission]:
    if values.get("private_cluster_enabled") is True:
        return
    profiles = blocks(values.get("api_server_access_profile")) or [values]
    for block in profiles:
        ranges = block.get("authorized_ip_ranges", block.get("api_server_authorized_ip_ranges"))
        peers = _addresses(texts(ranges))
        yield from _api(peers or ([] if has_gap(ranges) else [WORLD_V4]), gap=has_gap(ranges))


# Others


def _digitalocean(values: Values) -> Iterator[Permission]:
    for direction, side in (("inbound", "source"), ("outbound", "destination")):
        for block in blocks(values.get(f"{direction}_rule")):
            addresses = block.get(f"{side}_addresses")
            others = [
                named_peer(kind, str(item))
                for kind in ("tags", "droplet_ids", "load_balancer_uids", "kubernetes_ids")
                for item in block.get(f"{side}_{kind}") or ()
            ]
            yield from _entries(
                [*_addresses(texts(addresses)), *others],
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
        peers = [_peer(text, kind) for text in texts(value)]
        yield from _list_entry(peers, gap=has_gap(value))


def _hcloud(values: Values) -> Iterator[Permission]:
    rules = blocks(values.get("rule"))
    if not any(block.get("direction") == "out" for block in rules):
        for peer in (WORLD_V4, WORLD_V6):
            yield Permission(ingress=False, peer=peer)
    for block in rules:
        ingress = block.get("direction") != "out"
        addresses = block.get("source_ips" if ingress else "destination_ips")
        yield from _entries(
            _addresses(texts(addresses)),
            ingress=ingress,
            protocol=block.get("protocol"),
            ports=_range_or_all(block.get("port")),
            gap=has_gap(addresses),
        )


def _openstack_rule(values: Values) -> Iterator[Permission]:
    prefix, group = values.get("remote_ip_prefix"), values.get("remote_group_id")
    peers = [
        *_addresses(texts(prefix)),
        *_groups(texts(group), values.get("security_group_id")),
    ]
    gap = has_gap(prefix) and not peers
    if has_gap(group) and not peers:
        peers = [SOME_GROUP]
    if not peers and not gap:
        peers = [WORLD_V6 if values.get("ethertype") == "IPv6" else WORLD_V4]
    low, high = values.get("port_range_min"), values.get("port_range_max")
    yield from _entries(
        peers,
        ingress=values.get("direction") != "egress",
        protocol=values.get("protocol"),
        ports=port_span(low, high),
        gap=gap,
        vague=has_gap(low, high),
    )


def _openstack_group(values: Values) -> Iterator[Permission]:
    for block in blocks(values.get("rule")):
        peers = _addresses(texts(block.get("cidr")))
        peers += _groups(texts(block.get("from_group_id")), values.get("id"))
        yield from _entries(
            peers or [WORLD_V4],
            ingress=True,
            protocol=block.get("ip_protocol"),
            ports=port_span(block.get("from_port"), block.get("to_port")),
            gap=False,
        )


def _alicloud_rule(values: Values) -> Iterator[Permission]:
    cidrs = (values.get("cidr_ip"), values.get("ipv6_cidr_ip"))
    group = values.get("source_security_group_id")
    peers = [*_addresses(texts(*cidrs)), *_groups(texts(group), values.get("security_group_id"))]
    gap = has_gap(*cidrs) and not peers
    if has_gap(group) and not peers:
        peers = [SOME_GROUP]
    yield from _entries(
        peers or ([] if gap else [WORLD_V4]),
        ingress=values.get("type") != "egress",
        protocol=values.get("ip_protocol"),
        ports=_range_or_all(values.get("port_range")),
        gap=gap,
        allow=values.get("policy") != "drop",
        order=_order(values.get("priority"), 1),
    )


def _linode(values: Values) -> Iterator[Permission]:
    for direction in ("inbound", "outbound"):
        if str(values.get(f"{direction}_policy")).upper() == "ACCEPT":
            for peer in (WORLD_V4, WORLD_V6):
                yield Permission(ingress=direction == "inbound", peer=peer, order=_LAST)
        for order, block in enumerate(blocks(values.get(direction))):
            addresses = (block.get("ipv4"), block.get("ipv6"))
            for span in [*map(port_range, _comma(block.get("ports")))] or [ALL_PORTS]:
                yield from _entries(
                    _addresses(texts(*addresses)),
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
        yield from _entries(
            [_peer(text) for text in texts(peer)],
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
    peers = [*_addresses(texts(*addresses)), *_groups(groups, None)]
    yield from _list_entry(peers, gap=has_gap(*addresses) and not peers)


def implicit_permissions(type_name: str) -> tuple[Permission, ...]:
    """What the platform admits behind everything that is written down."""
    if type_name.startswith("azurerm_network_security"):
        return tuple(_azure_defaults())
    if type_name == "google_compute_firewall":
        egress = (WORLD_V4, WORLD_V6)
        return tuple(Permission(ingress=False, peer=peer, order=_LAST) for peer in egress)
    return ()


_AZURE_SERVER_RULES: Final = (
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

READERS: Final[dict[str, Reader]] = {
    "alicloud_security_group_rule": _alicloud_rule,
    "aws_default_network_acl": _aws_acl,
    "aws_default_security_group": _aws_group,
    "aws_eks_cluster": _aws_eks,
    "aws_lightsail_instance_public_ports": _aws_lightsail_ports,
    "aws_network_acl": _aws_acl,
    "aws_network_acl_rule": _aws_acl_rule,
    "aws_security_group": _aws_group,
    "aws_security_group_rule": _aws_rule,
    "aws_vpc_security_group_egress_rule": _aws_vpc_egress,
    "aws_vpc_security_group_ingress_rule": _aws_vpc_ingress,
    "azurerm_kubernetes_cluster": _azure_cluster,
    "azurerm_network_security_group": _azure_group,
    "azurerm_network_security_rule": _azure_rule,
    "digitalocean_database_firewall": _digitalocean_database,
    "digitalocean_firewall": _digitalocean,
    "google_compute_firewall": _google_firewall,
    "google_compute_firewall_policy_rule": _google_policy_rule,
    "google_compute_network_firewall_policy_rule": _google_policy_rule,
    "google_compute_region_network_firewall_policy_rule": _google_policy_rule,
    "google_container_cluster": _google_cluster,
    "google_sql_database_instance": _google_sql,
    "hcloud_firewall": _hcloud,
    "linode_firewall": _linode,
    "mongodbatlas_project_ip_access_list": _atlas_list,
    "oci_core_network_security_group_security_rule": _oci_rule,
    "oci_core_security_list": _oci_list,
    "openstack_compute_secgroup_v2": _openstack_group,
    "openstack_networking_secgroup_rule_v2": _openstack_rule,
    **dict.fromkeys(_AZURE_SERVER_RULES, _azure_server_rule),
}
