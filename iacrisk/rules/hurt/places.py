"""Ties of places: what stands in a subnet, on a pool of nodes, or reads a bucket or a topic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog import ResourceClass, resource_type
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.values import mapping
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.kubernetes.objects import workloads_of
from iacrisk.rules.readers.networks.ip_permissions import Peer, address_peer
from iacrisk.rules.readers.shapes import blocks, texts
from iacrisk.rules.readers.siblings import stays

_MOST: Final = 12
"""More than this many mean none of them in particular."""

_TOPICS: Final = {"confluent_kafka_topic": "topic_name", "kafka_topic": "name"}
_SUBNETS: Final = "azurerm_subnet"
_BUCKETS: Final = {
    "aws_s3_bucket": "s3",
    "aws_s3_bucket_lifecycle_configuration": "s3",
    "google_storage_bucket": "gs",
}
_RUNS: Final = frozenset({ResourceClass.CLUSTER, ResourceClass.COMPUTE})
_DENIALS: Final = "azurerm_network_security_rule"


def pods_on_pool(change: ResourceChange, context: Context) -> Iterator[str]:
    """The workloads whose pods ask for the labels of the pool's nodes."""
    labels = _node_labels(change.before)
    if not labels:
        return
    for work in _choosing(context):
        if work.before is not None:
            asked = mapping(mapping(work.before.pod.get("spec")).get("nodeSelector"))
            if asked and asked.items() <= labels.items():
                yield work.change.label


def _choosing(context: Context) -> list[Any]:
    """The workloads whose pods choose their nodes."""

    def build() -> list[Any]:
        spaces = {
            str(block.get("namespace"))
            for one in context.plan.changes
            if one.type.startswith("kubernetes_")
            for block in blocks(one.before.get("metadata"))
        }
        found = [work for space in sorted(spaces) for work in workloads_of(context, space)]
        return [
            work
            for work in found
            if work.before is not None
            and stays(work.change)
            and mapping(work.before.pod.get("spec")).get("nodeSelector")
        ]

    return once(context.plan, "workloads that choose nodes", build)


def _node_labels(values: dict[str, Any]) -> dict[str, Any]:
    inner = next(iter(blocks(values.get("node_config"))), {})
    for labels in (values.get("node_labels"), values.get("labels"), inner.get("labels")):
        if isinstance(labels, dict) and labels:
            return labels
    return {}


def readers_of_bucket(change: ResourceChange, context: Context) -> Iterator[str]:
    """What reads files of the bucket by their address."""
    scheme = _BUCKETS.get(change.type)
    name = change.before.get("name") or change.before.get("bucket")
    if scheme is None or not isinstance(name, str) or not name:
        return
    mark = f'"{scheme}://{name}/'.encode()
    found = [
        one.label
        for one in context.plan.changes
        if one is not change and stays(one) and mark in bytes(one.raw.change.before)
    ]
    yield from found if len(found) <= _MOST else ()


def naming_the_topic(change: ResourceChange, context: Context) -> Iterator[str]:
    """Connectors, grants and the like that name the topic and stay."""
    name = change.before.get(_TOPICS.get(change.type, ""))
    if not isinstance(name, str) or not name:
        return
    word = re.compile(rb"(?<![\w.-])" + re.escape(name).encode() + rb"(?![\w.-])")
    family = change.type.partition("_")[0] + "_"
    found = [
        one.label
        for one in context.plan.changes
        if one is not change
        and one.type.startswith(family)
        and stays(one)
        and word.search(bytes(one.raw.change.before))
    ]
    yield from found if len(found) <= _MOST else ()


def in_subnets_left_out(change: ResourceChange, context: Context) -> Iterator[str]:
    """What runs in the subnets that an access list no longer names."""
    if not change.type.startswith("azurerm_") or change.kind is not ActionKind.UPDATE:
        return
    left = _subnets_named(change.before) - _subnets_named(change.after)
    for subnet in context.changes_of(_SUBNETS):
        if str(subnet.before.get("id")).lower() in left:
            yield from _running_in(subnet, context)


def _subnets_named(values: dict[str, Any]) -> frozenset[str]:
    found: set[str] = set()
    for block in (values, *(one for value in values.values() for one in blocks(value))):
        found |= {text.lower() for text in texts(block.get("virtual_network_subnet_ids"))}
        found |= {text.lower() for text in texts(block.get("subnet_id"))}
        for rule in blocks(block.get("virtual_network_rule")):
            found |= {text.lower() for text in texts(rule.get("id"), rule.get("subnet_id"))}
    return frozenset(found)


def in_ranges_denied(change: ResourceChange, context: Context) -> Iterator[str]:
    """What runs in the subnets from which a rule of a security group denies."""
    if change.type != _DENIALS or change.after.get("access") != "Deny":
        return
    sources = texts(
        change.after.get("source_address_prefix"), change.after.get("source_address_prefixes")
    )
    denied = [peer for peer in map(address_peer, sources) if peer and not peer.is_name]
    for subnet in context.changes_of(_SUBNETS) if denied else ():
        ranges = map(address_peer, texts(subnet.before.get("address_prefixes")))
        if any(_is_inside(one, other) for one in ranges if one for other in denied):
            yield from _running_in(subnet, context)


def _is_inside(one: Peer, other: Peer) -> bool:
    narrow = other.last - other.first < 2**32 - 1
    return narrow and other.holds(one)


def _running_in(subnet: ResourceChange, context: Context) -> Iterator[str]:
    for use in context.consumers(subnet):
        other = use.node.change
        runs = resource_type(use.node.type).resource_class in _RUNS
        if runs and other is not None and stays(other):
            yield use.node.label
