"""Subnets that leave a network ACL or come under another one; parts of N08 and N11."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.ip_permissions import (
    WORLD_V4,
    Permission,
    admitted_only_by,
)
from iacrisk.rules.readers.networks.permissions import read_permissions
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Flag, Outcome, Severity, Undecided

_ACL: Final = "aws_network_acl"
_LIST: Final = "subnet_ids"
_DEFAULT: Final = tuple(Permission(ingress=side, peer=WORLD_V4) for side in (True, False))
"""What a subnet without an ACL of its own gets, as AWS makes the default ACL."""


def subnets_let_go(context: Context) -> Iterator[Outcome]:
    """Subnets that fall back to the default ACL, which admits everything."""
    for change in context.changes_of(_ACL):
        after = change.becomes(_LIST)
        if change.kind is not ActionKind.UPDATE or _LIST not in change.changed:
            continue
        if after is UNKNOWN or (isinstance(after, list) and UNKNOWN in after):
            why = "Which subnets the network ACL keeps is not known yet."
            yield Undecided(why=why, address=change.label, paths=((_LIST,),))
            continue
        left = [name for name in texts(change.was(_LIST)) if name not in texts(after)]
        left = [name for name in left if not _goes(name, context) and not _taken(name, context)]
        if left:
            what = f"{some_of(left)} fall back to the default network ACL, which admits everything."
            yield Flag(what=what, address=change.label, paths=((_LIST,),))


def subnets_taken_in(context: Context) -> Iterator[Outcome]:
    """Subnets of today that come under an ACL which admits less than the one they have."""
    for change in context.changes_of(_ACL):
        if change.kind not in {ActionKind.CREATE, ActionKind.UPDATE}:
            continue
        gained = [
            name for name in texts(change.becomes(_LIST)) if name not in texts(change.was(_LIST))
        ]
        after = [
            item
            for other in (change, *_entries_of(change, context))
            for item in read_permissions(other.type, other.after)
        ]
        if not gained or any(item.vague and item.allow for item in after):
            continue
        lost = [
            str(item)
            for name in gained
            for before in (_acl_of(name, context),)
            for item in admitted_only_by(before, before, after)
        ]
        if lost:
            what = f"It comes to filter {some_of(gained)} and does not admit {some_of(lost)}."
            severity = Severity.HIGH if _is_inhabited(gained, context) else Severity.MEDIUM
            yield Flag(what=what, address=change.label, paths=((_LIST,),), severity=severity)


def _goes(name: str, context: Context) -> bool:
    return any(
        item.destroys and item.was("id") == name for item in context.changes_of("aws_subnet")
    )


def _taken(name: str, context: Context) -> bool:
    """Whether an ACL of the plan has the subnet afterwards."""
    acls = any(name in texts(item.becomes(_LIST)) for item in context.changes_of(_ACL))
    joined = context.changes_of("aws_network_acl_association")
    return acls or any(item.becomes("subnet_id") == name for item in joined)


def _entries_of(acl: ResourceChange, context: Context) -> list[ResourceChange]:
    """Standalone rules of the ACL."""
    own = acl.was("id")
    return [
        change
        for change in context.changes_of("aws_network_acl_rule")
        if not (change.destroys and change.kind is ActionKind.DELETE)
        and (
            (own and own in (change.was("network_acl_id"), change.becomes("network_acl_id")))
            or any(
                use.argument == "network_acl_id" and use.node.label == acl.label
                for use in context.graph.dependencies(change.label)
            )
        )
    ]


def _acl_of(subnet: str, context: Context) -> tuple[Permission, ...]:
    """What the subnet's ACL admits today; the default one where none of the plan has it."""
    for change in context.changes_of(_ACL):
        if subnet in texts(change.was(_LIST)):
            rules = (change, *_entries_of(change, context))
            return tuple(
                item for rule in rules for item in read_permissions(rule.type, rule.before)
            )
    return _DEFAULT


def _is_inhabited(names: list[str], context: Context) -> bool:
    return any(
        subnet.was("id") in names and context.live_users(subnet)
        for subnet in context.changes_of("aws_subnet", "aws_default_subnet")
    )
