"""N13: something that stays leaves a security group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog.interfaces import ACCEPTS_ONLY, ASKS_ONLY, GROUP_LISTS
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange, parse_path
from iacrisk.rules.context import Context
from iacrisk.rules.readers.followed import moves_to_new, named_by
from iacrisk.rules.readers.networks.ip_permissions import Permission, admitted_only_by, named_peer
from iacrisk.rules.readers.networks.packet_filters import PacketFilter, security_group
from iacrisk.rules.readers.networks.permissions import read_permissions
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)


@rule(
    id="N13",
    name="security-group-left",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.UPDATE},
    types=GROUP_LISTS,
)
def security_group_left(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Something that stays leaves a security group, and what the group admitted with it.

    What it flags
        A group taken off an instance, load balancer, database, function or endpoint, where the
        groups that remain admit less, or where another group of the plan admits the one that
        is left; and a group that is not in the plan.

    Why it matters
        A group does two things: it admits, and it is a name that others admit. Neither shows in
        the list of ids that changes.

    When it is fine
        The groups that remain admit the same, and nobody admits the group by its name; or the
        group is made anew under the same address.

    What to do instead
        Add the new group first and remove the old one in a second step, when flow logs are
        quiet.

    References
        https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
    """
    for name in GROUP_LISTS[change.type]:
        path = parse_path(name)
        before, planned = texts(change.was(name)), change.planned(path)
        after = planned if isinstance(planned, list) else [planned]
        left = [group for group in before if group not in after]
        if left and change.was(name) != planned:
            yield from _judge_left(change, path, left, after, context)


def _judge_left(
    change: ResourceChange, path: Path, left: list[str], after: list[Any], context: Context
) -> Iterator[Outcome]:
    hidden = UNKNOWN in after
    if hidden:
        new = moves_to_new(change, (str(path[0]),), context)
        if new is None:
            yield Undecided(why="Which groups it gets is not known yet.", paths=(path,))
        if not new:
            return
    old = [security_group(context, group) for group in left]
    kept = [security_group(context, group) for group in texts(after)]
    kept += _made_groups(change, str(path[0]), context) if hidden else []
    if None in old or None in kept:
        yield Flag(
            what=f"It leaves {some_of(left)}, and what that admits is not in the plan.",
            paths=(path,),
            severity=Severity.MEDIUM,
            confidence=Confidence.HIGH,
        )
        return
    lost = _lost(change, [item for item in old if item], [item for item in kept if item])
    admitting = _admitting(left, texts(after), context)
    if lost:
        what = f"It leaves {some_of(left)}, and nothing else admits {some_of(lost)}."
        yield Flag(what=what, paths=(path,))
    elif admitting:
        what = f"It leaves {some_of(left)}, by which {some_of(admitting)} admits it."
        yield Flag(what=what, paths=(path,))


def _made_groups(change: ResourceChange, root: str, context: Context) -> list[PacketFilter | None]:
    return [
        security_group(context, other.label)
        for other, _ in named_by(change, [root], context)
        if other.type == "aws_security_group"
    ]


def _lost(change: ResourceChange, old: list[PacketFilter], kept: list[PacketFilter]) -> list[str]:
    """What only the groups that are left admitted, as far as the thing can use it."""
    was = [item for group in old for item in group.before if _matters(item, change)]
    stays = [item for group in kept for item in group.after]
    if any(item.vague and item.allow for item in stays):
        return []
    home = next((group.home for group in old if group.home), ())
    return [str(item) for item in admitted_only_by(was, was, stays, home)]


def _matters(item: Permission, change: ResourceChange) -> bool:
    if change.type in ACCEPTS_ONLY:
        return item.ingress
    return not (item.ingress and change.type in ASKS_ONLY)


_ENTRIES: Final = (
    "aws_security_group",
    "aws_security_group_rule",
    "aws_vpc_security_group_ingress_rule",
)


def _admitting(left: list[str], kept: list[str], context: Context) -> list[str]:
    """Addresses that admit one of the groups by name, and none of those that remain."""
    peers = {named_peer("group", name).first for name in left}
    others = {named_peer("group", name).first for name in kept}
    found = []
    for change in context.changes_of(*_ENTRIES):
        named = {
            item.peer.first
            for item in read_permissions(change.type, change.after)
            if item.ingress and item.allow
        }
        if named & peers and not named & others:
            found.append(change.label)
    return found
