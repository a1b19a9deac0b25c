"""Ties of fronts: by which names clients come to a part of an entry point, and who stands there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.entries.public_entries import public_entries
from iacrisk.rules.readers.siblings import stays

_GROUP: Final = "aws_globalaccelerator_endpoint_group"
_UP: Final = frozenset({"aws_globalaccelerator_accelerator", "aws_globalaccelerator_listener"})
_ENDPOINTS: Final = frozenset({"aws_alb", "aws_eip", "aws_instance", "aws_lb"})
_RECORDS: Final = frozenset({"aws_route53_record", "cloudflare_dns_record", "cloudflare_record"})
_JOINS: Final = frozenset(
    {
        "aws_alb_target_group_attachment",
        "aws_autoscaling_attachment",
        "aws_eks_node_group",
        "aws_lb_target_group_attachment",
    }
)


def accelerated(change: ResourceChange, context: Context) -> Iterator[str]:
    """The endpoints of a group of an accelerator, and the names by which clients come."""
    if change.type != _GROUP:
        return
    above, edge = [change.label], [change.label]
    for _ in range(2):
        edge = [
            use.node.label
            for label in edge
            for use in context.graph.dependencies(label)
            if use.node.type in _UP
        ]
        above += edge
    for use in context.graph.dependencies(change.label):
        if use.node.type in _ENDPOINTS and use.node.change is not None and stays(use.node.change):
            yield use.node.label
    for label in dict.fromkeys(above):
        for use in context.graph.consumers(label):
            if use.node.type in _RECORDS and use.node.change and stays(use.node.change):
                yield use.node.label


def entries_of_join(change: ResourceChange, context: Context) -> Iterator[str]:
    """The public entries of what leaves its target group."""
    if change.type not in _JOINS:
        return
    yield from public_entries(change, context)
