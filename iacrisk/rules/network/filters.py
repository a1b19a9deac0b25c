"""N03, N08, N10, N11: what packet filters no longer admit, or newly admit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from iacrisk.catalog import ports, resource_type
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.network.acl_subnets import subnets_let_go, subnets_taken_in
from iacrisk.rules.network.adopted import default_acls_taken_over, default_groups_taken_over
from iacrisk.rules.network.listed_ranges import huge_ranges_listed
from iacrisk.rules.readers.networks.ip_permissions import (
    ALL_PROTOCOLS,
    ANYWHERE,
    Difference,
    Permission,
    address_peer,
    format_ports,
)
from iacrisk.rules.readers.networks.network_users import NOBODY, PERHAPS, Users, users_of, with_tags
from iacrisk.rules.readers.networks.packet_filters import Member, PacketFilter, touched_filters
from iacrisk.rules.readers.settings.left_alone import why_left_alone
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Rule,
    Severity,
    Undecided,
    plan_rule,
)

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

_BALANCERS: Final = frozenset({"aws_lb", "aws_alb", "aws_elb", "aws_cloudfront_vpc_origin"})
_NOT_PUBLIC_ON_443: Final = frozenset(
    {"aws_opensearch_domain", "aws_elasticsearch_domain", "aws_vpc_endpoint", "aws_eks_cluster"}
)
_STATELESS_FILTERS: Final = frozenset(
    {"aws_network_acl", "aws_network_acl_rule", "aws_default_network_acl"}
)
_API_SERVERS: Final = frozenset(
    {"aws_eks_cluster", "azurerm_kubernetes_cluster", "google_container_cluster"}
)
_SHOWN: Final = 3


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


@plan_rule(
    id="N10",
    name="opened-to-the-world",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
)
def opened_to_the_world(context: Context) -> Iterator[Outcome]:
    """A filter newly admits the whole internet on ports that are not meant for it.

    What it flags
        A source such as `0.0.0.0/0`, its halves, `::/0`, `*` or `Internet` that was not admitted
        before, on all ports, a shell, database or control port, or on another port where
        machines and not only a load balancer listen. A huge range (`/8`, or `/16` for shells and
        databases) that is added to a list which filters admit.

    Why it matters
        Scanners find an open port within minutes. It is the usual quick fix for a connection
        that does not work, and it works, so nobody takes it back.

    When it is fine
        Web ports of a public load balancer or web server. Egress is not looked at.

    What to do instead
        Admit the group or the range that has to connect. For shells use a session manager or
        a VPN.

    References
    ----------
        https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules-reference.html
    """
    for found in touched_filters(context):
        for member in found.members:
            if member.is_touched and member.change.type not in _STATELESS_FILTERS:
                yield from _judge_opening(found, member, context)
    yield from huge_ranges_listed(context)


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
            paths=_paths(found.owner),
            severity=Severity.CRITICAL if used else Severity.HIGH,
        )


# What is no longer admitted


def _judge_loss(found: PacketFilter, member: Member, context: Context) -> Iterator[Outcome]:
    lost = found.lost(member)
    if not lost:
        return
    lost = [item for item in lost if not _nobody_there(item, context)]
    users = _users(found, member, lost, context)
    lost = [item for item in lost if _is_missed(item, users)]
    if not lost or users.nobody:
        return
    label, paths = member.change.label, _paths(member.change)
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
            confidence=_CONFIDENCES[confidence],
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
            if found.owner is not None and found.owner.type in _STATELESS_FILTERS:
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


_CONFIDENCES: Final = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)


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
            entry.allow
            and not entry.ingress
            and not entry.peer.is_world
            and entry.peer.first <= peer.last
            and peer.first <= entry.peer.last
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


def _users(
    found: PacketFilter, member: Member, items: Iterable[Difference], context: Context
) -> Users:
    """Who lives behind the filter: on the object, in its subnets, or with its network tags."""
    scopes = {item.permission.scope for item in items}
    if member.change.type == "google_compute_firewall" and scopes and "" not in scopes:
        return with_tags(scopes, context)
    anchor = found.owner or member.change
    if not resource_type(anchor.type).carrier and found.owner is not None:
        return Users(live=(anchor.label,), types=frozenset({anchor.type}))
    users = users_of(anchor, context)
    return PERHAPS if users.nobody and found.owner is None else users


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


# What is newly admitted


def _judge_opening(found: PacketFilter, member: Member, context: Context) -> Iterator[Outcome]:
    change = member.change
    if change.type in _API_SERVERS and change.kind is not ActionKind.UPDATE:
        return
    opened = [
        item
        for item in found.gained(member)
        if item.permission.ingress
        and item.has_world
        and item.protocol not in {"icmp", "esp", "ah"}
        and not _was_open(item, found)
    ]
    if not opened:
        yield from _judge_hidden_source(found, member)
        return
    users = _users(found, member, opened, context)
    weighed = [(_weigh_opening(item, users, found, change, context), item) for item in opened]
    flagged = [(weight, item) for weight, item in weighed if weight is not None]
    if not flagged:
        return
    severity, confidence = max(weight for weight, _ in flagged)
    shown = some_of(format_ports(item.protocol, item.ports) for _, item in flagged)
    yield Flag(
        what=f"Its ingress newly admits the whole internet on {shown}.",
        address=change.label,
        paths=_paths(change),
        severity=severity,
        confidence=_CONFIDENCES[confidence],
    )


def _was_open(item: Difference, found: PacketFilter) -> bool:
    """Whether a large part of the internet was admitted on these ports before."""
    return any(
        entry.allow
        and entry.ingress
        and entry.peer.is_world
        and entry.protocol in {ALL_PROTOCOLS, item.protocol}
        and entry.scope in {"", item.permission.scope}
        and entry.ports[0] <= item.ports[0]
        and item.ports[1] <= entry.ports[1]
        for entry in found.before
    )


def _weigh_opening(
    item: Difference,
    users: Users,
    found: PacketFilter,
    change: ResourceChange,
    context: Context,
) -> tuple[Severity, int] | None:
    """Severity and confidence of opening these ports to those users, None where it is meant."""
    if ports.is_web_only(item.ports):
        private = users.types & _NOT_PUBLIC_ON_443
        return (Severity.HIGH, 1) if private else None
    wide = item.ports[1] - item.ports[0] >= ports.WIDE_RANGE
    sensitive = wide or _is_dangerous(item)
    if users.live:
        if sensitive:
            return Severity.CRITICAL, 2
        return (Severity.LOW, 0) if users.types <= _BALANCERS else (Severity.MEDIUM, 1)
    if not sensitive:
        return Severity.LOW, 1
    if users.possible or change.kind is not ActionKind.CREATE:
        return Severity.HIGH, 2
    anchor = found.owner or change
    return (Severity.HIGH, 1) if _has_new_users(anchor, context) else (Severity.MEDIUM, 0)


_UDP_SENSITIVE: Final = frozenset({111, 123, 137, 161, 389, 1434, 1900, 2049, 3389, 11211})


def _is_dangerous(item: Difference) -> bool:
    if item.protocol == "udp":
        return any(item.ports[0] <= port <= item.ports[1] for port in _UDP_SENSITIVE)
    return bool(ports.sensitive_ports(item.ports))


def _has_new_users(anchor: ResourceChange, context: Context) -> bool:
    """Whether the plan creates something that will live behind a new filter."""
    waiting, seen = [anchor], {anchor.label}
    while waiting:
        for use in context.consumers(waiting.pop()):
            other = use.node.change
            if other is None or other.label in seen:
                continue
            seen.add(other.label)
            known = context.type_of(other)
            if not known.carrier and "rule" not in other.type:
                return True
            if "security_group" not in other.type:
                waiting.append(other)
    return False


def _judge_hidden_source(found: PacketFilter, member: Member) -> Iterator[Outcome]:
    hidden = [
        item
        for item in member.after
        if item.vague
        and item.allow
        and item.ingress
        and item.peer is ANYWHERE
        and item not in member.before
        and (item.ports[1] - item.ports[0] >= ports.WIDE_RANGE or ports.sensitive_ports(item.ports))
    ]
    if hidden and found.owner is not None and found.owner.kind is not ActionKind.CREATE:
        shown = format_ports(hidden[0].protocol, hidden[0].ports)
        yield Undecided(
            why=f"The source admitted on {shown} is not known until the apply.",
            address=member.change.label,
            paths=_paths(member.change),
        )


# Filters that go


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
    users = _users(found, member, gained, context) if gained else NOBODY
    incoming = [item for item in gained if item.permission.ingress]
    if users.nobody or not gained:
        return
    side = incoming or gained
    yield Flag(
        what=f"Nothing denies {some_of(str(item) for item in side)} any more.",
        address=member.change.label,
        paths=_paths(member.change),
        severity=Severity.HIGH if incoming and users.live else Severity.MEDIUM,
    )


def _goes(owner: ResourceChange | None) -> bool:
    """Whether the filter itself goes, which N01 judges."""
    return owner is not None and owner.destroys


def _only_forgets(change: ResourceChange) -> bool:
    return change.kind is ActionKind.DELETE and why_left_alone(change) is not None


_ENTRY_ARGUMENTS: Final = (
    "ingress",
    "egress",
    "security_rule",
    "cidr_blocks",
    "ipv6_cidr_blocks",
    "cidr_ipv4",
    "cidr_ipv6",
    "referenced_security_group_id",
    "source_security_group_id",
    "prefix_list_id",
    "prefix_list_ids",
    "source_ranges",
    "source_tags",
    "target_tags",
    "source_address_prefix",
    "source_address_prefixes",
    "cidr_block",
    "remote_ip_prefix",
    "remote_group_id",
    "inbound_rule",
    "outbound_rule",
    "rule",
    "allow",
    "deny",
    "access",
    "rule_action",
    "priority",
    "from_port",
    "to_port",
    "protocol",
    "ip_protocol",
    "destination_port_range",
    "destination_port_ranges",
    "disabled",
    "direction",
    "vpc_config",
    "settings",
    "master_authorized_networks_config",
    "start_ip_address",
    "end_ip_address",
)


def _paths(change: ResourceChange) -> tuple[Path, ...]:
    """The attributes of the entry that change; on a delete or create those that say who."""
    values = change.before or change.after
    changed = change.changed if change.kind is ActionKind.UPDATE else frozenset(values)
    named = [name for name in _ENTRY_ARGUMENTS if name in changed]
    told = [name for name in named if change.was(name) or change.becomes(name)]
    return tuple((name,) for name in told[:_SHOWN])


RULES: Final[tuple[Rule, ...]] = (
    inline_against_standalone,
    filter_removed,
    opened_to_the_world,
    traffic_no_longer_admitted,
)
