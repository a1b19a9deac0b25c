"""Who is in which group of AWS's users."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

MEMBERSHIPS: Final = {
    "aws_iam_group_membership": "users",
    "aws_iam_user_group_membership": "groups",
}
"""Type to the argument that lists members, or the groups of one."""


def memberships(change: ResourceChange, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Pairs of user and group."""
    listed = texts(values.get(MEMBERSHIPS[change.type]))
    for name in listed:
        if change.type == "aws_iam_group_membership":
            yield name, str(values.get("group"))
        else:
            yield str(values.get("user")), name


def members_of(group: str, context: Context) -> list[ResourceChange]:
    """The users of the plan that are in the group when it is applied."""
    names = {
        user
        for one in context.changes_of(*MEMBERSHIPS)
        for user, name in memberships(one, one.after)
        if name == group
    }
    users = context.changes_of("aws_iam_user")
    return [one for one in users if one.before.get("name") in names and stays(one)]
