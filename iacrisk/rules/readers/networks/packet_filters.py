"""The packet filters of a plan: who belongs to one, and what each change does to it.

A filter is what decides together: a security group with its standalone rules, a network security
group with its rules, all firewalls of a network. Whether a removed entry matters can only be said
of the filter as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final
from weakref import WeakKeyDictionary

import msgspec

from iacrisk.catalog import facts
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.networks.ip_permissions import (
    Difference,
    Peer,
    Permission,
    PermissionSet,
    address_peer,
    may_admit,
    named_peer,
)
from iacrisk.rules.readers.networks.permissions import (
    filter_types,
    implicit_permissions,
    read_permissions,
)
from iacrisk.rules.readers.networks.spans import Span
from iacrisk.rules.readers.shapes import blocks, last_part, texts
from iacrisk.rules.readers.siblings import stays

FILTER_OWNERS: Final[dict[str, tuple[str, ...]]] = {
    "aws_security_group_rule": ("security_group_id",),
    "aws_vpc_security_group_ingress_rule": ("security_group_id",),
    "aws_vpc_security_group_egress_rule": ("security_group_id",),
    "aws_network_acl_rule": ("network_acl_id",),
    "alicloud_security_group_rule": ("security_group_id",),
    "azurerm_network_security_rule": ("network_security_group_name",),
    "google_compute_firewall": ("network",),
    "google_compute_firewall_policy_rule": ("firewall_policy",),
    "google_compute_network_firewall_policy_rule": ("firewall_policy",),
    "google_compute_region_network_firewall_policy_rule": ("firewall_policy",),
    "mongodbatlas_project_ip_access_list": ("project_id",),
    "oci_core_network_security_group_security_rule": ("network_security_group_id",),
    "openstack_networking_secgroup_rule_v2": ("security_group_id",),
    "digitalocean_database_firewall": ("cluster_id",),
    "azurerm_mariadb_firewall_rule": ("server_name",),
    "azurerm_mysql_firewall_rule": ("server_name",),
    "azurerm_mysql_flexible_server_firewall_rule": ("server_name",),
    "azurerm_postgresql_firewall_rule": ("server_name",),
    "azurerm_sql_firewall_rule": ("server_name",),
    "azurerm_mssql_firewall_rule": ("server_id",),
    "azurerm_postgresql_flexible_server_firewall_rule": ("server_id",),
    "azurerm_redis_firewall_rule": ("redis_cache_name",),
    "azurerm_synapse_firewall_rule": ("synapse_workspace_id",),
}
"""Types that are entries of another object, and the argument that names it."""

_SECURITY_GROUPS: Final = frozenset({"aws_default_security_group", "aws_security_group"})
_NAMED_OWNERS: Final = frozenset({"network_security_group_name", "server_name", "network"})
_INLINE: Final = ("ingress", "egress", "security_rule", "rule", "inbound_rule", "outbound_rule")


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One resource that holds entries of a filter, before and after."""

    change: ResourceChange
    is_owner: bool
    before: tuple[Permission, ...]
    after: tuple[Permission, ...]

    @property
    def is_touched(self) -> bool:
        """Whether its own entries change."""
        return self.change.kind is not ActionKind.NO_OP and self.before != self.after


class PacketFilter(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides together. `owner` is None where the object itself is not in the plan."""

    key: str
    owner: ResourceChange | None
    members: tuple[Member, ...]
    before: tuple[Permission, ...]
    after: tuple[Permission, ...]
    wiped: tuple[tuple[Member, tuple[Permission, ...]], ...]
    home: tuple[Span, ...]
    set_before: PermissionSet
    set_after: PermissionSet
    vague_after: tuple[Permission, ...]

    def lost(self, member: Member) -> list[Difference]:
        """What was admitted and no longer is, because of this member."""
        changed = [item for item in member.before if item.allow and item not in member.after]
        changed += [
            item
            for item in member.after
            if not item.allow and not item.vague and item not in member.before
        ]
        return list(self.set_before.admits_beyond(self.set_after, changed))

    def gained(self, member: Member) -> list[Difference]:
        """What is newly admitted because of this member."""
        changed = [item for item in member.after if item.allow and item not in member.before]
        changed += [item for item in member.before if not item.allow and item not in member.after]
        return list(self.set_after.admits_beyond(self.set_before, changed))

    def may_still_admit(self, difference: Difference) -> bool:
        """Whether an entry that is not known yet could make up for the loss."""
        return may_admit(difference, self.vague_after)


_known: WeakKeyDictionary[Context, tuple[PacketFilter, ...]] = WeakKeyDictionary()


def touched_filters(context: Context) -> tuple[PacketFilter, ...]:
    """The filters that the plan changes, by key; several rules ask, so the answer is kept."""
    found = _known.get(context)
    if found is None:
        found = _known[context] = tuple(_Filters(context).build())
    return found


def touched_member(
    change: ResourceChange, context: Context
) -> tuple[PacketFilter, Member] | tuple[None, None]:
    """The filter to which the change belongs, and what it is there."""

    def build() -> dict[str, tuple[PacketFilter, Member]]:
        return {
            member.change.label: (found, member)
            for found in touched_filters(context)
            for member in found.members
            if member.is_touched
        }

    return once(context.plan, "members of filters", build).get(change.label, (None, None))


_standing: WeakKeyDictionary[Context, dict[str, PacketFilter]] = WeakKeyDictionary()


def security_group(context: Context, name: str) -> PacketFilter | None:
    """The security group with this id or address, with its standalone rules, touched or not."""
    found = _standing.get(context)
    if found is None:
        found = _standing[context] = {}
        for item in _Filters(context).groups():
            found[item.key] = item
            if item.owner is not None and isinstance(item.owner.before.get("id"), str):
                found[item.owner.before["id"]] = item
    return found.get(name)


class _Filters:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._changes = [
            change
            for change in context.changes_of(*sorted(filter_types()))
            if change.mode == "managed" and not change.deposed
        ]
        self._owners = _owners(self._changes, context)
        self._lists = _prefix_lists(context, planned=False), _prefix_lists(context, planned=True)

    def groups(self) -> Iterator[PacketFilter]:
        """Security groups that are in the plan themselves."""
        for key, changes in self._grouped().items():
            owner = self._context.change_at(key)
            if owner is not None and owner.type in _SECURITY_GROUPS:
                yield self._filter(key, changes)

    def _grouped(self) -> dict[str, list[ResourceChange]]:
        groups: dict[str, list[ResourceChange]] = {}
        for change in self._changes:
            groups.setdefault(self._key(change), []).append(change)
        return groups

    def build(self) -> Iterator[PacketFilter]:
        groups = self._grouped()
        for key in sorted(groups):
            if any(map(_may_touch, groups[key])):
                found = self._filter(key, groups[key])
                if any(member.is_touched for member in found.members):
                    yield found

    def _key(self, change: ResourceChange) -> str:
        arguments = FILTER_OWNERS.get(change.type)
        if arguments is None:
            return change.label
        for values in (change.before, change.after):
            name = values.get(arguments[0])
            if isinstance(name, str) and name:
                return self._canonical(change, name)
        for use in self._context.graph.dependencies(change.label):
            if use.argument == arguments[0] and use.node.is_resource:
                return use.node.label
        return change.label

    def _canonical(self, change: ResourceChange, name: str) -> str:
        argument = FILTER_OWNERS[change.type][0]
        short = last_part(name).lower() if argument in _NAMED_OWNERS else name
        owner = self._owners.get(short)
        if owner is not None:
            return owner
        scope = change.before.get("project") or change.after.get("project") or ""
        return f"{scope if isinstance(scope, str) else ''}/{short}"

    def _member(self, change: ResourceChange) -> Member:
        before = _written_out(read_permissions(change.type, change.before), self._lists[0])
        after = before
        if change.kind is not ActionKind.FORGET and _may_touch(change):
            planned = read_permissions(change.type, _settled(change))
            after = _written_out(planned, self._lists[1])
        is_owner = change.type not in FILTER_OWNERS
        return Member(change=change, is_owner=is_owner, before=before, after=after)

    def _filter(self, key: str, changes: list[ResourceChange]) -> PacketFilter:
        members = tuple(self._member(change) for change in changes)
        implicit = implicit_permissions(changes[0].type)
        inline, wiped = _inline_after(members)
        before = [item for member in members for item in member.before]
        after = [item for member in members if not member.is_owner for item in member.after]
        gone = {id(member): frozenset(items) for member, items in wiped}
        for member in members:
            if id(member) in gone:
                after = [item for item in after if item not in gone[id(member)]]
        owner = self._context.change_at(key)
        home = _home(owner, self._context)
        all_before = (*dict.fromkeys(before), *implicit)
        all_after = (*dict.fromkeys([*inline, *after]), *implicit)
        return PacketFilter(
            key=key,
            owner=owner,
            members=members,
            before=all_before,
            after=all_after,
            wiped=wiped,
            home=home,
            set_before=PermissionSet(all_before, home),
            set_after=PermissionSet(all_after, home),
            vague_after=tuple(item for item in all_after if item.vague),
        )


def _may_touch(change: ResourceChange) -> bool:
    """Whether entries can change at all: those of a group that gets new tags stay as they are."""
    if change.kind is ActionKind.UPDATE:
        return not change.changed <= facts.TAG_ATTRIBUTES
    return change.kind is not ActionKind.NO_OP


def _owners(changes: Iterable[ResourceChange], context: Context) -> dict[str, str]:
    """Objects in the plan that entries may name, by id and by name."""
    owners: dict[str, str] = {}
    networks = context.changes_of("google_compute_network")
    for change in [*changes, *networks]:
        if change.type in FILTER_OWNERS:
            continue
        for name in texts(change.before.get("id"), change.before.get("name")):
            owners.setdefault(name, change.label)
            owners.setdefault(last_part(name).lower(), change.label)
    return owners


def _settled(change: ResourceChange) -> dict[str, Any]:
    """The planned values; on a new object an unknown list is one that nobody configured."""
    if change.kind not in {ActionKind.CREATE, ActionKind.REPLACE} or change.type in FILTER_OWNERS:
        return change.after
    return {
        name: value
        for name, value in change.after.items()
        if not (value is UNKNOWN and name in _INLINE)
    }


def _inline_after(
    members: tuple[Member, ...],
) -> tuple[list[Permission], tuple[tuple[Member, tuple[Permission, ...]], ...]]:
    """The owner's own entries afterwards, and what it wipes of standalone ones that stay.

    An object whose list is not configured repeats the standalone entries in it. So an entry that
    is deleted elsewhere is gone, although the list still shows it; and an entry that drops out
    of the list is revoked, although the standalone resource still claims it.
    """
    deleted = {
        item
        for member in members
        if not member.is_owner and member.change.kind is not ActionKind.NO_OP
        for item in member.before
        if item not in member.after
    }
    inline: list[Permission] = []
    wiped: list[tuple[Member, tuple[Permission, ...]]] = []
    for member in members:
        if not member.is_owner:
            continue
        if not member.is_touched:
            inline += [item for item in member.after if item not in deleted]
            continue
        inline += member.after
        dropped = frozenset(member.before) - frozenset(member.after)
        wiped += _wiped(members, dropped)
    return inline, tuple(wiped)


def _wiped(
    members: Iterable[Member], dropped: frozenset[Permission]
) -> Iterator[tuple[Member, tuple[Permission, ...]]]:
    for member in members:
        if not member.is_owner and not member.is_touched:
            entries = tuple(item for item in member.before if item in dropped)
            if entries:
                yield member, entries


def _home(owner: ResourceChange | None, context: Context) -> tuple[Span, ...]:
    """The address range of the network that the filter is in, where the plan shows it."""
    network = owner.before.get("vpc_id") if owner is not None else None
    if not isinstance(network, str):
        return ()
    for change in context.changes_of("aws_vpc", "aws_default_vpc"):
        if change.before.get("id") == network:
            cidrs = texts(change.before.get("cidr_block"))
            found = (address_peer(cidr) for cidr in cidrs)
            return tuple((peer.first, peer.last) for peer in found if peer is not None)
    return ()


Lists = dict[int, list[Peer]]
"""The addresses behind a prefix list, by the point that stands for its name."""


def _prefix_lists(context: Context, *, planned: bool) -> Lists:
    lists: Lists = {}
    for change in context.changes_of("aws_ec2_managed_prefix_list"):
        name, values = change.before.get("id"), change.after if planned else change.before
        peers = [address_peer(cidr) for cidr in texts(*_cidrs(values.get("entry")))]
        known = [peer for peer in peers if peer is not None]
        if isinstance(name, str) and known:
            lists[named_peer("prefix list", name).first] = known
    return lists


def _cidrs(entries: Any) -> list[Any]:
    return [entry.get("cidr") for entry in blocks(entries)]


def _written_out(permissions: Iterable[Permission], lists: Lists) -> tuple[Permission, ...]:
    """The permissions with the prefix lists of this plan written out."""
    if not lists:
        return tuple(permissions)
    return tuple(
        msgspec.structs.replace(item, peer=peer)
        for item in permissions
        for peer in lists.get(item.peer.first, [item.peer])
    )


_SERVERS: Final = regex(r"^azurerm_(\w+_server|redis_cache|synapse_workspace)$")


def server_of(change: ResourceChange, context: Context) -> ResourceChange | None:
    """The server of the plan whose firewall rule this is; None where it is not in the plan."""
    arguments = FILTER_OWNERS[change.type]
    for use in context.graph.dependencies(change.label):
        found = use.node.change
        if found is not None and _SERVERS.match(found.type) and stays(found):
            return found
    wanted = str(change.before.get(arguments[0]) or "").lower()

    def build() -> dict[str, ResourceChange]:
        servers = [one for one in context.plan.changes if _SERVERS.match(one.type) and stays(one)]
        return {
            str(one.before.get(name)).lower(): one for name in ("name", "id") for one in servers
        }

    return once(context.plan, "azure servers", build).get(wanted)
