"""N10: what packet filters newly admit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog import ports
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.network.filter_entries import (
    CONFIDENCES,
    STATELESS_FILTERS,
    entry_paths,
    users_behind,
)
from iacrisk.rules.network.listed_ranges import huge_ranges_listed
from iacrisk.rules.readers.networks.ip_permissions import (
    ALL_PROTOCOLS,
    ANYWHERE,
    Difference,
    format_ports,
)
from iacrisk.rules.readers.networks.network_users import Users
from iacrisk.rules.readers.networks.packet_filters import Member, PacketFilter, touched_filters
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, plan_rule

_BALANCERS: Final = frozenset({"aws_lb", "aws_alb", "aws_elb", "aws_cloudfront_vpc_origin"})
_NOT_PUBLIC_ON_443: Final = frozenset(
    {"aws_opensearch_domain", "aws_elasticsearch_domain", "aws_vpc_endpoint", "aws_eks_cluster"}
)
_API_SERVERS: Final = frozenset(
    {"aws_eks_cluster", "azurerm_kubernetes_cluster", "google_container_cluster"}
)


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
            if member.is_touched and member.change.type not in STATELESS_FILTERS:
                yield from _judge_opening(found, member, context)
    yield from huge_ranges_listed(context)


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
    users = users_behind(found, member, opened, context)
    weighed = [(_weigh_opening(item, users, found, change, context), item) for item in opened]
    flagged = [(weight, item) for weight, item in weighed if weight is not None]
    if not flagged:
        return
    severity, confidence = max(weight for weight, _ in flagged)
    shown = some_of(format_ports(item.protocol, item.ports) for _, item in flagged)
    yield Flag(
        what=f"Its ingress newly admits the whole internet on {shown}.",
        address=change.label,
        paths=entry_paths(change),
        severity=severity,
        confidence=CONFIDENCES[confidence],
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
            paths=entry_paths(member.change),
        )
