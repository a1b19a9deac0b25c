"""N03, N08: packet filters that go, or whose entries have two owners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.network.acl_subnets import subnets_let_go
from iacrisk.rules.network.filter_entries import entry_paths, users_behind
from iacrisk.rules.readers.networks.ip_permissions import format_ports
from iacrisk.rules.readers.networks.network_users import NOBODY, users_of
from iacrisk.rules.readers.networks.packet_filters import Member, PacketFilter, touched_filters
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, plan_rule


@plan_rule(
    id="N08",
    name="filter-removed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.EXPOSURE,
)
def filter_removed(context: Context) -> Iterator[Outcome]:
    """A deny entry or a filter's attachment goes, and what it kept out comes in.

    What it flags
        A deny entry that goes while wider entries admit what it denied, and the removal of a
        network security group or network ACL from a subnet or interface that stays.

    Why it matters
        Nothing breaks, so nobody notices; the subnet is unfiltered from then on.

    When it is fine
        An equal filter takes its place in the same plan.

    What to do instead
        Attach the new filter before the old one goes, in one update of the association.

    References
    ----------
        Incidents R161, R162, R163.
    """
    for found in touched_filters(context):
        for member in found.members:
            if member.is_touched and any(not item.allow for item in member.before):
                yield from _judge_lifted_deny(found, member, context)
    for change in context.changes_of(*_FILTER_ATTACHMENTS):
        yield from _judge_detached(change, context)
    yield from subnets_let_go(context)
    for change in context.changes_of("azurerm_subnet"):
        name = "network_security_group_id"
        if change.was(name) and change.kind is ActionKind.UPDATE and not change.becomes(name):
            yield Flag(
                what="The subnet loses its network security group.",
                address=change.label,
                paths=((name,),),
            )


@plan_rule(
    id="N03",
    name="inline-against-standalone",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
)
def inline_against_standalone(context: Context) -> Iterator[Outcome]:
    """An inline list wipes entries that standalone resources manage.

    What it flags
        A security group, network ACL, network security group or route table whose inline list
        changes so that it revokes what a standalone rule or route in the same state still
        claims.

    Why it matters
        An inline list is complete: what is not in it is revoked. The standalone resources show
        no change, and the next plan wants them back; the two fight from then on.

    When it is fine
        The standalone resources are taken out of the state in the same step, and the inline
        list repeats their entries.

    What to do instead
        Write all entries in one way. To add one, add one more standalone resource.

    References
    ----------
        Incidents R029, R068, R069, R070, R161.
    """
    for found in touched_filters(context):
        if found.owner is None or not found.wiped or found.owner.destroys:
            continue
        wiped = list(dict.fromkeys(item for _, items in found.wiped for item in items))
        shown = some_of(f"{p.peer.text} on {format_ports(p.protocol, p.ports)}" for p in wiped)
        used = not users_of(found.owner, context).nobody
        yield Flag(
            what=f"The inline list revokes what standalone rules manage: {shown}.",
            address=found.owner.label,
            paths=entry_paths(found.owner),
            severity=Severity.CRITICAL if used else Severity.HIGH,
        )


_FILTER_ATTACHMENTS: Final = {
    "azurerm_subnet_network_security_group_association": ("subnet_id", "network_security_group_id"),
    "azurerm_network_interface_security_group_association": (
        "network_interface_id",
        "network_security_group_id",
    ),
    "aws_network_acl_association": ("subnet_id", "network_acl_id"),
    "aws_network_interface_sg_attachment": ("network_interface_id", "security_group_id"),
    "hcloud_firewall_attachment": ("server_ids", "firewall_id"),
    "google_compute_firewall_policy_association": ("attachment_target", "firewall_policy"),
    "google_compute_network_firewall_policy_association": ("attachment_target", "firewall_policy"),
}
"""Types that put a filter on something: the argument of the thing, the argument of the filter."""


def _judge_detached(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    place, filter_name = _FILTER_ATTACHMENTS[change.type]
    if not change.destroys or _place_goes(change, place, context):
        return
    target = change.was(place)
    again = {change.becomes(place)} if change.kind is ActionKind.REPLACE else set()
    if change.kind is ActionKind.REPLACE and change.becomes(filter_name) == change.was(filter_name):
        again.add(target if change.becomes(place) is UNKNOWN else change.becomes(place))
    for other in context.changes_of(change.type):
        if other is not change and other.kind is ActionKind.CREATE:
            again.add(other.becomes(place))
    if _hashable(target) in again or UNKNOWN in again:
        return
    yield Flag(
        what="The filter is taken off something that stays, which is unfiltered from then on.",
        address=change.label,
        paths=((place,), (filter_name,)),
    )


def _hashable(value: object) -> object:
    return value if isinstance(value, str | int | None) else str(value)


def _place_goes(change: ResourceChange, argument: str, context: Context) -> bool:
    for use in context.graph.dependencies(change.label):
        if use.argument == argument and use.node.change is not None:
            return use.node.change.destroys
    return False


def _judge_lifted_deny(found: PacketFilter, member: Member, context: Context) -> Iterator[Outcome]:
    denied = [item for item in member.before if not item.allow and item not in member.after]
    gained = [item for item in found.gained(member) if item.permission in denied]
    users = users_behind(found, member, gained, context) if gained else NOBODY
    incoming = [item for item in gained if item.permission.ingress]
    if users.nobody or not gained:
        return
    side = incoming or gained
    yield Flag(
        what=f"Nothing denies {some_of(str(item) for item in side)} any more.",
        address=member.change.label,
        paths=entry_paths(member.change),
        severity=Severity.HIGH if incoming and users.live else Severity.MEDIUM,
    )
