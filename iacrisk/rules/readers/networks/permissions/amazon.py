"""Amazon's security groups, access lists and cluster endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from iacrisk.plan import UNKNOWN
from iacrisk.rules.readers.networks.ip_permissions import (
    ANYWHERE,
    SOME_GROUP,
    WORLD_V4,
    Permission,
    named_peer,
    port_span,
)
from iacrisk.rules.readers.networks.permissions.entries import (
    GROUP,
    LAST,
    SELF,
    Reader,
    addresses_of,
    api_entries,
    entries,
    groups_of,
    order_of,
)
from iacrisk.rules.readers.shapes import Values, blocks, has_gap, texts


def _group(values: Values) -> Iterator[Permission]:
    for direction in ("ingress", "egress"):
        if values.get(direction) is UNKNOWN:
            yield Permission(ingress=direction == "ingress", peer=ANYWHERE, vague=True)
        for block in blocks(values.get(direction)):
            yield from _entry(block, values.get("id"), ingress=direction == "ingress")


def _entry(block: Values, own: object, *, ingress: bool) -> Iterator[Permission]:
    low, high = block.get("from_port"), block.get("to_port")
    cidrs, cidrs6 = block.get("cidr_blocks"), block.get("ipv6_cidr_blocks")
    lists = block.get("prefix_list_ids")
    sources = block.get("security_groups", block.get("source_security_group_id"))
    peers = addresses_of(texts(cidrs, cidrs6))
    peers += [named_peer("prefix list", name) for name in texts(lists)]
    peers += groups_of(texts(sources), own)
    if block.get("self") is True:
        peers.append(named_peer(GROUP, SELF))
    if has_gap(sources) and not peers:
        peers.append(SOME_GROUP)
    gap = has_gap(cidrs, cidrs6, lists)
    yield from entries(
        peers,
        ingress=ingress,
        protocol=block.get("protocol"),
        ports=port_span(low, high),
        gap=gap,
        vague=has_gap(low, high),
    )


def _rule(values: Values) -> Iterator[Permission]:
    yield from _entry(
        values, values.get("security_group_id"), ingress=values.get("type") != "egress"
    )


def _vpc_rule(values: Values, *, ingress: bool) -> Iterator[Permission]:
    low, high = values.get("from_port"), values.get("to_port")
    cidr, cidr6 = values.get("cidr_ipv4"), values.get("cidr_ipv6")
    prefix_list, source = values.get("prefix_list_id"), values.get("referenced_security_group_id")
    peers = addresses_of(texts(cidr, cidr6))
    peers += [named_peer("prefix list", name) for name in texts(prefix_list)]
    peers += groups_of(texts(source), values.get("security_group_id"))
    if has_gap(source):
        peers.append(SOME_GROUP)
    yield from entries(
        peers,
        ingress=ingress,
        protocol=values.get("ip_protocol"),
        ports=port_span(low, high),
        gap=has_gap(cidr, cidr6, prefix_list),
        vague=has_gap(low, high),
    )


def _vpc_ingress(values: Values) -> Iterator[Permission]:
    return _vpc_rule(values, ingress=True)


def _vpc_egress(values: Values) -> Iterator[Permission]:
    return _vpc_rule(values, ingress=False)


def _acl(values: Values) -> Iterator[Permission]:
    for direction in ("ingress", "egress"):
        if values.get(direction) is UNKNOWN:
            yield Permission(ingress=direction == "ingress", peer=ANYWHERE, vague=True)
        for block in blocks(values.get(direction)):
            yield from _acl_entry(
                block, ingress=direction == "ingress", order="rule_no", action="action"
            )


def _acl_rule(values: Values) -> Iterator[Permission]:
    yield from _acl_entry(
        values, ingress=values.get("egress") is not True, order="rule_number", action="rule_action"
    )


def _acl_entry(block: Values, *, ingress: bool, order: str, action: str) -> Iterator[Permission]:
    cidr, cidr6 = block.get("cidr_block"), block.get("ipv6_cidr_block")
    low, high = block.get("from_port"), block.get("to_port")
    yield from entries(
        addresses_of(texts(cidr, cidr6)),
        ingress=ingress,
        protocol=block.get("protocol"),
        ports=port_span(low, high),
        gap=has_gap(cidr, cidr6),
        vague=has_gap(low, high, block.get(action)),
        allow=str(block.get(action)).lower() == "allow",
        order=order_of(block.get(order), LAST),
    )


def _lightsail_ports(values: Values) -> Iterator[Permission]:
    for block in blocks(values.get("port_info")):
        cidrs, cidrs6 = block.get("cidrs"), block.get("ipv6_cidrs")
        peers = addresses_of(texts(cidrs, cidrs6))
        yield from entries(
            peers or ([] if has_gap(cidrs, cidrs6) else [WORLD_V4]),
            ingress=True,
            protocol=block.get("protocol"),
            ports=port_span(block.get("from_port"), block.get("to_port")),
            gap=has_gap(cidrs, cidrs6),
        )


def _eks(values: Values) -> Iterator[Permission]:
    for block in blocks(values.get("vpc_config")):
        if block.get("endpoint_public_access") is False:
            continue
        cidrs = block.get("public_access_cidrs")
        peers = addresses_of(texts(cidrs))
        yield from api_entries(peers or ([] if has_gap(cidrs) else [WORLD_V4]), gap=has_gap(cidrs))


READERS: Final[Mapping[str, Reader]] = {
    "aws_default_network_acl": _acl,
    "aws_default_security_group": _group,
    "aws_eks_cluster": _eks,
    "aws_lightsail_instance_public_ports": _lightsail_ports,
    "aws_network_acl": _acl,
    "aws_network_acl_rule": _acl_rule,
    "aws_security_group": _group,
    "aws_security_group_rule": _rule,
    "aws_vpc_security_group_egress_rule": _vpc_egress,
    "aws_vpc_security_group_ingress_rule": _vpc_ingress,
}
