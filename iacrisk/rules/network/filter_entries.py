"""Entries of packet filters: which attributes tell of a change, and who lives behind them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from iacrisk.catalog import resource_type
from iacrisk.plan import ActionKind, Path, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.ip_permissions import Difference
from iacrisk.rules.readers.networks.network_users import PERHAPS, Users, users_of, with_tags
from iacrisk.rules.readers.networks.packet_filters import Member, PacketFilter
from iacrisk.rules.rule import Confidence

STATELESS_FILTERS: Final = frozenset(
    {"aws_network_acl", "aws_network_acl_rule", "aws_default_network_acl"}
)
SHOWN: Final = 3
CONFIDENCES: Final = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)
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


def users_behind(
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


def entry_paths(change: ResourceChange) -> tuple[Path, ...]:
    """The attributes of the entry that change; on a delete or create those that say who."""
    values = change.before or change.after
    changed = change.changed if change.kind is ActionKind.UPDATE else frozenset(values)
    named = [name for name in _ENTRY_ARGUMENTS if name in changed]
    told = [name for name in named if change.was(name) or change.becomes(name)]
    return tuple((name,) for name in told[:SHOWN])
