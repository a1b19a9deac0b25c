"""Ties on AWS of what no longer fits: callers of a group, roles in a boundary, schedules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog.interfaces import ACCEPTS_ONLY
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.hurt.programs import running_as
from iacrisk.rules.readers.networks.group_callers import (
    behind_group,
    callers_of_stores,
    homes_of,
    is_let_in,
    lost_by,
)
from iacrisk.rules.readers.siblings import stays

_ENTRIES: Final = frozenset(
    {"aws_security_group", "aws_security_group_rule", "aws_vpc_security_group_ingress_rule"}
)
_MOST: Final = 12
"""More than this many mean none of them in particular."""


def callers_left_out(change: ResourceChange, context: Context) -> Iterator[str]:
    """What runs the programs that call the stores behind a group, and that no entry lets in."""
    found = lost_by(change, context) if change.type in _ENTRIES else None
    if found is None or found[0].owner is None or not found[1]:
        return
    stores = [one for one in behind_group(found[0].owner, context) if one.type in ACCEPTS_ONLY]
    callers = [
        one
        for one in callers_of_stores(stores, context)
        if stays(one) and not is_let_in(one, found[1], found[0].after, context)
    ]
    for one in callers if len(callers) <= _MOST else ():
        yield from (home.label for home in homes_of(one, context) if stays(home))


def roles_in_boundary(change: ResourceChange, context: Context) -> Iterator[str]:
    """What runs as the roles whose boundary the policy is, and what hands work to it."""
    arn = change.before.get("arn")
    if change.type != "aws_iam_policy" or not arn:
        return
    for role in context.changes_of("aws_iam_role"):
        if stays(role) and role.before.get("permissions_boundary") == arn:
            yield from running_as(role.label, context)


_LARGEST: Final = {
    "aws_appautoscaling_target": "max_capacity",
    "aws_autoscaling_group": "max_size",
}
_SCHEDULES: Final = {
    "aws_appautoscaling_scheduled_action": "resource_id",
    "aws_autoscaling_schedule": "autoscaling_group_name",
}
_ASKED: Final = ("desired_capacity", "max_size", "min_size")


def schedules_beyond(change: ResourceChange, context: Context) -> Iterator[str]:
    """The schedules that ask for more than the group may have from now on."""
    most = change.after.get(_LARGEST.get(change.type, ""))
    names = {change.before.get(name) for name in ("id", "name", "resource_id")} - {None, ""}
    if not isinstance(most, int):
        return
    for one in context.changes_of(*sorted(_SCHEDULES)):
        if not stays(one) or one.before.get(_SCHEDULES[one.type]) not in names:
            continue
        blocks = one.after.get("scalable_target_action") or [one.after]
        asked = [
            block.get(name)
            for block in blocks
            for name in (*_ASKED, "max_capacity", "min_capacity")
        ]
        if any(isinstance(number, int) and number > most for number in asked):
            yield one.label
