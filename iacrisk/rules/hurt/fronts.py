"""Ties of fronts: by which names clients come to a part of an entry point, and who stands there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.entries.public_entries import public_entries
from iacrisk.rules.readers.programs.running import object_named
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


_LISTENER: Final = "aws_globalaccelerator_listener"


def behind_listener(change: ResourceChange, context: Context) -> Iterator[str]:
    """The endpoints behind a listener of an accelerator."""
    if change.type != _LISTENER:
        return
    for use in context.consumers(change):
        group = use.node.change
        if group is None or group.type != _GROUP or not stays(group):
            continue
        for block in members(group.before.get("endpoint_configuration")):
            found = object_named(_ENDPOINTS, block.get("endpoint_id"), context)
            if found is not None:
                yield found.label


def machines_at_address(change: ResourceChange, context: Context) -> Iterator[str]:
    """The machine that has a public address which is given back."""
    for name in ("instance", "instance_id"):
        found = object_named(("aws_instance",), change.before.get(name), context)
        if found is not None:
            yield found.label


_PLACE: Final = regex(rb"s3://([a-z0-9.-]+)")


def new_places_of_results(change: ResourceChange, context: Context) -> Iterator[str]:
    """The buckets into which the results of a workgroup come to be written."""
    if change.type != "aws_athena_workgroup":
        return
    before, after = (
        set(_PLACE.findall(bytes(text)))
        for text in (change.raw.change.before, change.raw.change.after)
    )
    for name in sorted(after - before):
        found = object_named(("aws_s3_bucket",), name.decode(), context)
        if found is not None:
            yield found.label
