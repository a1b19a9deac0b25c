"""N11: what packet filters no longer admit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from iacrisk.catalog import ports
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.network.acl_subnets import subnets_taken_in
from iacrisk.rules.network.adopted import default_acls_taken_over, default_groups_taken_over
from iacrisk.rules.network.filter_entries import (
    CONFIDENCES,
    STATELESS_FILTERS,
    entry_paths,
    users_behind,
)
from iacrisk.rules.readers.networks.ip_permissions import (
    ALL_PROTOCOLS,
    Difference,
    Permission,
    address_peer,
)
from iacrisk.rules.readers.networks.network_users import Users, users_of
from iacrisk.rules.readers.networks.packet_filters import Member, PacketFilter, touched_filters
from iacrisk.rules.readers.settings.left_alone import why_left_alone
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, plan_rule

_DATA_STORES: Final = frozenset(
    {
        "aws_db_instance",
        "aws_dax_cluster",
        "aws_docdb_cluster",
        "aws_efs_mount_target",
        "aws_elasticache_cluster",
        "aws_elasticache_replication_group",
        "aws_memorydb_cluster",
        "aws_msk_cluster",
        "aws_mq_broker",
        "aws_neptune_cluster",
        "aws_opensearch_domain",
        "aws_elasticsearch_domain",
        "aws_rds_cluster",
        "aws_redshift_cluster",
    }
)
_ASK_ONLY: Final = frozenset(
    {"aws_lambda_function", "aws_glue_connection", "aws_codebuild_project", "aws_sagemaker_model"}
)
"""Types whose interfaces only open connections and accept none."""


@plan_rule(
    id="N11",
    name="traffic-no-longer-admitted",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
)
def traffic_no_longer_admitted(context: Context) -> Iterator[Outcome]:
    """A packet filter stops admitting traffic to or from something that is in use.

    What it flags
        An entry taken out of a security group, network ACL, network security group or firewall,
        narrowed, or overruled by a new deny, where no other entry of the same filter admits the
        same peers on the same ports, and somebody lives behind the filter. All ways of writing
        count: inline blocks, standalone rules, access lists of databases and clusters. So does
        a default group or ACL that is taken over with other entries than it was born with.

    Why it matters
        The plan shows one small update. Those who connect through the entry, often in another
        account or office, find out by timeout; open connections may live on for a while, so the
        cause is looked for elsewhere.

    When it is fine
        Nobody uses the group, the source no longer exists, or a shell or database port is taken
        from the open internet and stays open inside.

    What to do instead
        Look at flow logs for traffic on the entry. Add the narrower entry first, remove the
        wide one a day later.

    References
    ----------
        Incidents R029, R213.
        https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    for found in touched_filters(context):
        if _goes(found.owner):
            continue
        for member in found.members:
            if member.is_touched and not _only_forgets(member.change):
                yield from _judge_loss(found, member, context)
    yield from _prefix_list_losses(context)
    yield from default_acls_taken_over(context)
    yield from default_groups_taken_over(context)
    yield from subnets_taken_in(context)


def _judge_loss(found: PacketFilter, member: Member, context: Context) -> Iterator[Outcome]:
    lost = found.lost(member)
    if not lost:
        return
    lost = [item for item in lost if not _nobody_there(item, context)]
    users = users_behind(found, member, lost, context)
    lost = [item for item in lost if _is_missed(item, users)]
    if not lost or users.nobody:
        return
    label, paths = member.change.label, entry_paths(member.change)
    open_questions = [item for item in lost if found.may_still_admit(item)]
    if open_questions:
        yield Undecided(
            why=f"Whether {open_questions[0]} stays admitted is not known until the apply.",
            address=label,
            paths=paths,
        )
        lost = [item for item in lost if item not in open_questions]
    if lost:
        severity, confidence = max(_weigh_loss(item, found, users) for item in lost)
        yield Flag(
            what=_loss_sentence(lost),
            address=label,
            paths=paths,
            severity=severity,
            confidence=CONFIDENCES[confidence],
            hurts=tuple(dict.fromkeys(_cut_off(found, member, lost, context))),
        )


def _cut_off(
    found: PacketFilter, member: Member, lost: list[Difference], context: Context
) -> Iterator[str]:
    """Those who came in: members of a group, who lives in a range; entries that a deny beats."""
    groups = once(context.plan, "groups by id", lambda: _groups_by_id(context))
    for item in lost[:_FEW_LOST]:
        peer = item.permission.peer
        group = groups.get(peer.text.partition(" ")[2]) if peer.is_name else None
        if not item.permission.allow:
            yield from (
                other.change.label
                for other in found.members[:_FEW_MEMBERS]
                if other is not member and any(_is_beaten(one, item) for one in other.before)
            )
            if found.owner is not None and found.owner.type in STATELESS_FILTERS:
                yield found.owner.label
        elif group is not None:
            yield from users_of(group, context).live
        elif item.permission.ingress and not item.has_world:
            yield from _living_in(item, context)


def _is_beaten(entry: Permission, deny: Difference) -> bool:
    """Whether a deny takes some of what the entry admits."""
    same = entry.allow and entry.ingress == deny.permission.ingress
    peers = [(entry.peer.first, entry.peer.last)]
    return same and any(
        low <= last and first <= high for low, high in deny.peers for first, last in peers
    )


def _living_in(item: Difference, context: Context) -> Iterator[str]:
    """Who lives in a subnet whose addresses are all in what is lost."""
    subnets = once(context.plan, "subnets by range", lambda: _subnets(context))
    near = [
        subnet
        for first, last, subnet in subnets
        if any(low <= first and last <= high for low, high in item.peers)
    ]
    for subnet in near if len(near) <= _FEW_SUBNETS else ():
        yield from users_of(subnet, context).live


_FEW_SUBNETS: Final = 16


_FEW_LOST: Final = 16


_FEW_MEMBERS: Final = 256
"""Filters of thousands of entries name some of those who are hit, in little time."""


_RANGES: Final = {
    "aws_subnet": "cidr_block",
    "azurerm_subnet": "address_prefixes",
    "google_compute_subnetwork": "ip_cidr_range",
}


def _subnets(context: Context) -> list[tuple[int, int, ResourceChange]]:
    found = []
    for type_name, argument in _RANGES.items():
        for subnet in context.changes_of(type_name):
            value = subnet.before.get(argument)
            for text in value if isinstance(value, list) else [value]:
                peer = address_peer(text) if isinstance(text, str) else None
                if peer is not None:
                    found.append((peer.first, peer.last, subnet))
    return found


def _weigh_loss(item: Difference, found: PacketFilter, users: Users) -> tuple[Severity, int]:
    """Severity and confidence; a shell or database port closed to the internet is hardening."""
    if item.protocol == "icmp" or _is_outsider_denied(item):
        return Severity.LOW, 0
    if not item.permission.ingress and users.types and users.types <= _DATA_STORES:
        return Severity.LOW, 0
    if not item.permission.allow and _is_blocked_abroad(item, found.before):
        return Severity.LOW, 0
    if item.permission.ingress and item.permission.allow and item.permission.peer.is_world:
        admin = set(range(item.ports[0], item.ports[1] + 1)) <= ports.ADMIN_PORTS
        if admin or (_is_sensitive(item) and _others_remain(item, found.after)):
            return Severity.LOW, 0
    return (Severity.HIGH, 1) if users.live else (Severity.MEDIUM, 2)


def _is_outsider_denied(item: Difference) -> bool:
    """Whether a new deny names a few public addresses, as one does with attackers."""
    entry = item.permission
    few = entry.peer.last - entry.peer.first < _FEW_ADDRESSES
    return not entry.allow and entry.ingress and entry.peer.is_public and few


_FEW_ADDRESSES: Final = 256


def _is_blocked_abroad(item: Difference, before: Iterable[Permission]) -> bool:
    """Whether a new deny only takes a range of the internet out of where everything may go."""
    peer = item.permission.peer
    return (
        not item.permission.ingress
        and peer.is_public
        and not peer.is_world
        and not any(
            entry.allow and not entry.ingress and not entry.peer.is_world and entry.peer.meets(peer)
            for entry in before
        )
    )


def _is_sensitive(item: Difference) -> bool:
    width = item.ports[1] - item.ports[0]
    return width < ports.WIDE_RANGE and bool(ports.sensitive_ports(item.ports))


def _others_remain(item: Difference, after: Iterable[Permission]) -> bool:
    """Whether somebody is still admitted on the ports that the world loses."""
    return any(
        entry.allow
        and entry.ingress
        and entry.protocol in {ALL_PROTOCOLS, item.protocol}
        and entry.ports[0] <= item.ports[0]
        and item.ports[1] <= entry.ports[1]
        for entry in after
    )


def _is_missed(item: Difference, users: Users) -> bool:
    """Whether those who live there can use what is lost at all."""
    only_ask = bool(users.types) and users.types <= _ASK_ONLY
    return not (item.permission.ingress and only_ask)


def _nobody_there(item: Difference, context: Context) -> bool:
    """Whether the peer is a group in this plan that goes, or in which nobody lives."""
    kind, _, name = item.permission.peer.text.partition(" ")
    if kind != "group" or not item.permission.peer.is_name:
        return False
    group = once(context.plan, "groups by id", lambda: _groups_by_id(context)).get(name)
    return group is not None and (group.destroys or users_of(group, context).nobody)


def _groups_by_id(context: Context) -> dict[str, ResourceChange]:
    types = ("aws_security_group", "openstack_networking_secgroup_v2")
    found: dict[str, ResourceChange] = {}
    for change in context.changes_of(*types):
        name = change.before.get("id")
        if isinstance(name, str):
            found.setdefault(name, change)
    return found


def _loss_sentence(lost: list[Difference]) -> str:
    incoming = [item for item in lost if item.permission.ingress]
    side = incoming or lost
    what = "Its ingress no longer admits" if incoming else "Its egress no longer admits"
    return f"{what} {some_of(str(item) for item in side)}."


def _prefix_list_losses(context: Context) -> Iterator[Outcome]:
    """Addresses dropped from a list that filters or routes name."""
    for change in context.changes_of("aws_ec2_managed_prefix_list", "azurerm_ip_group"):
        argument = "cidrs" if change.type == "azurerm_ip_group" else "entry"
        if change.kind is not ActionKind.UPDATE or argument not in change.changed:
            continue
        if not context.consumers(change):
            continue
        before, after = _listed(change.was(argument)), _listed(change.becomes(argument))
        if change.becomes(argument) is UNKNOWN or UNKNOWN in after:
            why = "The addresses of the list are not known until the apply."
            yield Undecided(why=why, address=change.label, paths=((argument,),))
        elif dropped := [text for text in before if text not in after]:
            what = f"The list that filters refer to no longer holds {some_of(map(str, dropped))}."
            yield Flag(what=what, address=change.label, paths=((argument,),))


def _listed(value: object) -> list[object]:
    items = value if isinstance(value, list) else []
    return [item.get("cidr") if isinstance(item, dict) else item for item in items]


def _goes(owner: ResourceChange | None) -> bool:
    """Whether the filter itself goes, which N01 judges."""
    return owner is not None and owner.destroys


def _only_forgets(change: ResourceChange) -> bool:
    return change.kind is ActionKind.DELETE and why_left_alone(change) is not None
