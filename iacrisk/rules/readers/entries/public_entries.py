"""By which public entries something is reached: balancers, and the records that lead to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.siblings import stays

_GROUPS: Final = frozenset({"aws_alb_target_group", "aws_lb_target_group"})
_JOINS: Final = frozenset(
    {
        "aws_alb_target_group_attachment",
        "aws_autoscaling_attachment",
        "aws_autoscaling_traffic_source_attachment",
        "aws_lb_target_group_attachment",
    }
)
_LISTENERS: Final = frozenset(
    {"aws_alb_listener", "aws_alb_listener_rule", "aws_lb_listener", "aws_lb_listener_rule"}
)
_BALANCERS: Final = frozenset({"aws_alb", "aws_elb", "aws_lb"})
_FRONTS: Final = frozenset(
    {
        "aws_apigatewayv2_integration",
        "aws_cloudfront_distribution",
        "aws_cloudfront_vpc_origin",
        "aws_globalaccelerator_endpoint_group",
    }
)
"""What leads strangers to a balancer, be it an internal one."""
_AZURE_POOLS: Final = frozenset({"azurerm_application_gateway", "azurerm_lb_backend_address_pool"})
_AZURE_BALANCERS: Final = frozenset({"azurerm_application_gateway", "azurerm_lb"})
_NIC: Final = "azurerm_network_interface"
_NIC_JOIN: Final = "azurerm_network_interface_backend_address_pool_association"
_RECORDS: Final = frozenset({"aws_route53_record", "cloudflare_dns_record", "cloudflare_record"})


def public_entries(change: ResourceChange, context: Context) -> tuple[str, ...]:
    """Labels of the listeners, balancers and records by which strangers reach it.

    Empty where nothing leads there, or only internal balancers do.
    """
    found: dict[str, None] = {}
    for balancer, by in _balancers(change, context):
        fronts = _users(balancer.label, _FRONTS, context)
        for label in by:
            fronts += _users(label, _FRONTS, context)
        if balancer.before.get("internal") is True and not fronts:
            continue
        found |= dict.fromkeys((*by, balancer.label, *fronts))
        for label in (balancer.label, *fronts):
            found |= dict.fromkeys(_users(label, _RECORDS, context))
    for balancer in _azure_balancers(change, context):
        if b'"public_ip_address_id":"' in bytes(balancer.raw.change.before).replace(b" ", b""):
            found[balancer.label] = None
    return tuple(found)


def groups_of(change: ResourceChange, context: Context) -> tuple[str, ...]:
    """Labels of the target groups that it is in."""
    found = [one.label for one in _used(change.label, _GROUPS, context)]
    for join in _users(change.label, _JOINS, context):
        found += [one.label for one in _used(join, _GROUPS, context)]
    return tuple(dict.fromkeys(found))


def _azure_balancers(change: ResourceChange, context: Context) -> Iterator[ResourceChange]:
    near = [change.label, *_users(change.label, frozenset({_NIC_JOIN}), context)]
    near += [one.label for one in _used(change.label, frozenset({_NIC}), context)]
    near += [join for label in near for join in _users(label, frozenset({_NIC_JOIN}), context)]
    for label in dict.fromkeys(near):
        for pool in _used(label, _AZURE_POOLS, context):
            if pool.type in _AZURE_BALANCERS:
                yield pool
            yield from _used(pool.label, _AZURE_BALANCERS, context)


def _balancers(
    change: ResourceChange, context: Context
) -> Iterator[tuple[ResourceChange, list[str]]]:
    """The balancers that send work to it, each with the listeners by which they do."""
    for balancer in _used(change.label, _BALANCERS, context):
        yield balancer, []
    for join in _users(change.label, _JOINS, context):
        for balancer in _used(join, _BALANCERS, context):
            yield balancer, []
    for group in groups_of(change, context):
        for listener in _users(group, _LISTENERS, context):
            above = [one.label for one in _used(listener, _LISTENERS, context)]
            for label in (listener, *above):
                for balancer in _used(label, _BALANCERS, context):
                    yield balancer, [listener]


def _used(label: str, types: frozenset[str], context: Context) -> list[ResourceChange]:
    uses = context.graph.dependencies(label)
    there = [use.node.change for use in uses if use.node.type in types]
    return [one for one in there if one is not None and stays(one)]


def _users(label: str, types: frozenset[str], context: Context) -> list[str]:
    uses = context.graph.consumers(label)
    return [
        use.node.label
        for use in uses
        if use.node.type in types and use.node.change is not None and stays(use.node.change)
    ]
