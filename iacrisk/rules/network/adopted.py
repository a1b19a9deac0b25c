"""What a network was born with, taken over or set aside: its default group, ACL and main table.

Parts of N04 and N11. Whoever has nothing of its own goes by these, and no reference says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.ip_permissions import WORLD_V4
from iacrisk.rules.readers.networks.permissions import read_permissions
from iacrisk.rules.readers.networks.routes import read_routes, table_named
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Flag, Outcome, Severity

_NOT_THERE_BEFORE_AND_AFTER: Final = frozenset({ActionKind.CREATE, ActionKind.DELETE})
_NETWORKS: Final = ("aws_vpc", "aws_default_vpc")
_SUBNETS: Final = ("aws_subnet", "aws_default_subnet")
_ASSOCIATIONS: Final = "aws_route_table_association"
_GROUPS: Final = "security_group"
"""In the name of every argument that lists the groups of something."""


def default_acls_taken_over(context: Context) -> Iterator[Outcome]:
    """Adopting the default ACL removes all its entries that are not written down."""
    for change in context.changes_of("aws_default_network_acl"):
        if change.kind is not ActionKind.CREATE or change.becomes("ingress") is UNKNOWN:
            continue
        allowed = any(p.allow for p in read_permissions(change.type, change.after) if p.ingress)
        if not allowed and any(map(_stays, context.changes_of(*_SUBNETS))):
            what = "The default network ACL is taken over without entries, which denies everything."
            yield Flag(what=what, address=change.label, paths=(("ingress",),))


def default_groups_taken_over(context: Context) -> Iterator[Outcome]:
    """Adopting the default group removes all its rules that are not written down."""
    for change in context.changes_of("aws_default_security_group"):
        if change.kind is not ActionKind.CREATE or change.imports:
            continue
        network = _network_of(change, context)
        group = network.was("default_security_group_id") if network else None
        if not isinstance(group, str) or not group or _admits_as_before(change):
            continue
        members = tuple(
            item.label
            for item in context.plan.changes
            if _stays(item) and item is not network and _lists_group(item.before, group)
        )
        if members:
            what = (
                f"The default group is taken over with other rules than {some_of(members)} live by."
            )
            yield Flag(what=what, address=change.label, paths=(("ingress",),), hurts=members)


def default_tables_taken_over(context: Context) -> Iterator[Outcome]:
    """Adopting the main table removes all routes that are not written down."""
    for change in context.changes_of("aws_default_route_table"):
        known = isinstance(change.becomes("default_route_table_id"), str)
        if change.kind is not ActionKind.CREATE or not known or change.imports:
            continue
        if not read_routes(change.type, change.after) and change.becomes("route") is not UNKNOWN:
            what = "The main route table is taken over without routes, which removes those it has."
            yield Flag(what=what, address=change.label, paths=(("route",),), severity=Severity.HIGH)


def main_tables_set_aside(context: Context) -> Iterator[Outcome]:
    """Another main table serves every subnet that has no table of its own."""
    for change in context.changes_of("aws_main_route_table_association"):
        network = _network_of(change, context)
        if change.kind is not ActionKind.CREATE or network is None:
            continue
        subnets = tuple(item.label for item in _without_table(network, context))
        if not subnets or change.becomes("route_table_id") == network.was("main_route_table_id"):
            continue
        table = table_named(context, str(network.was("main_route_table_id")))
        what = f"{some_of(subnets)} went by the main table {table} and go by another one now."
        yield Flag(what=what, address=change.label, paths=(("route_table_id",),), hurts=subnets)


def _stays(change: ResourceChange) -> bool:
    return change.kind not in _NOT_THERE_BEFORE_AND_AFTER


def _network_of(change: ResourceChange, context: Context) -> ResourceChange | None:
    wanted = change.becomes("vpc_id")
    found = (item for item in context.changes_of(*_NETWORKS) if _stays(item))
    return next((item for item in found if item.was("id") == wanted), None)


def _admits_as_before(change: ResourceChange) -> bool:
    """Whether it is written down as AWS makes it: its own members in, everything out."""
    ingress = change.becomes("ingress")
    members = isinstance(ingress, list) and any(
        isinstance(item, dict) and item.get("self") is True and str(item.get("protocol")) == "-1"
        for item in ingress
    )
    leaving = [p for p in read_permissions(change.type, change.after) if not p.ingress]
    return members and any(p.allow and p.peer == WORLD_V4 for p in leaving)


def _lists_group(values: Any, group: str, under: str = "") -> bool:
    """Whether an argument for security groups, at any depth, lists this one."""
    if isinstance(values, dict):
        return any(_lists_group(item, group, name) for name, item in values.items())
    if isinstance(values, list):
        return any(_lists_group(item, group, under) for item in values)
    return values == group and _GROUPS in under


def _without_table(network: ResourceChange, context: Context) -> Iterator[ResourceChange]:
    """The subnets of the network that stay and have no route table of their own afterwards."""
    joined = [item for item in context.changes_of(_ASSOCIATIONS) if not item.destroys]
    named = {name for item in joined for name in (item.was("subnet_id"), item.becomes("subnet_id"))}
    for subnet in context.changes_of(*_SUBNETS):
        own = subnet.was("id")
        if _stays(subnet) and subnet.was("vpc_id") == network.was("id") and own not in named:
            yield subnet
