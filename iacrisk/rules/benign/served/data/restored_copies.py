"""BL-restoredcopy: a database that nobody uses is made again from a later copy of another one."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.networks.client_addresses import calls_to, hosts_of
from iacrisk.rules.readers.programs.running import (
    programs_naming,
    programs_using,
    shows_all_names,
)
from iacrisk.rules.readers.shapes import last_part
from iacrisk.rules.readers.siblings import stays

_CLUSTERS: Final[dict[str, tuple[str, str]]] = {
    "aws_db_instance": ("identifier", ""),
    "aws_docdb_cluster": ("cluster_identifier", "aws_docdb_cluster_instance"),
    "aws_neptune_cluster": ("cluster_identifier", "aws_neptune_cluster_instance"),
    "aws_rds_cluster": ("cluster_identifier", "aws_rds_cluster_instance"),
}
"""By the type of a store: its name, and the type of its members."""

_MEMBERS: Final = {member: store for store, (_, member) in _CLUSTERS.items() if member}
COPIES: Final = frozenset({*_CLUSTERS, *_MEMBERS})
_COPY: Final = "snapshot_identifier"
_MADE_ANEW: Final = frozenset({"cluster_identifier"})


def why_only_a_copy(change: ResourceChange, context: Context) -> str | None:
    """Why nothing is lost: all of it came from a copy of a database that stays, for nobody."""
    if change.kind is not ActionKind.REPLACE:
        return None
    if change.type in _MEMBERS:
        store = _store_of(change, context)
        roots = {path[0] for path in change.replace_paths}
        if store is None or not roots or not roots <= _MADE_ANEW:
            return None
        return why_only_a_copy(store, context)
    if {path[0] for path in change.replace_paths} != {_COPY} or not _has_another_copy(change):
        return None
    if change.before.get("deletion_protection") is True:
        return None
    source = _source_of(change, context)
    if source is None or not _is_used(source, context):
        return None
    if _is_known(change, context):
        return None
    return f"it is made from a copy of {source.label}, which stays, and nothing uses it"


def _has_another_copy(change: ResourceChange) -> bool:
    before, after = change.before.get(_COPY), change.after.get(_COPY)
    return isinstance(before, str) and isinstance(after, str) and bool(before and after)


def _store_of(member: ResourceChange, context: Context) -> ResourceChange | None:
    store = _MEMBERS[member.type]
    name = _CLUSTERS[store][0]
    wanted = member.before.get("cluster_identifier")
    found = [one for one in context.changes_of(store) if one.before.get(name) == wanted]
    return found[0] if wanted and len(found) == 1 else None


def _source_of(change: ResourceChange, context: Context) -> ResourceChange | None:
    """The other store of the plan, untouched, after which both copies are named."""
    name = _CLUSTERS[change.type][0]
    copies = [_copy_name(tree.get(_COPY)) for tree in (change.before, change.after)]
    for one in context.changes_of(change.type):
        text = one.before.get(name)
        if one is change or one.kind is not ActionKind.NO_OP or not isinstance(text, str):
            continue
        if text and all(copy.startswith(f"{text}-") for copy in copies):
            return one
    return None


def _copy_name(text: object) -> str:
    """`arn:...:cluster-snapshot:shop-2025` and `rds:shop-2025-01-05` without what stands before."""
    return last_part(text).rpartition(":")[2]


def _programs(store: ResourceChange, context: Context) -> list[ResourceChange]:
    """Who refers to the store, calls its host, or names it."""
    name = str(store.before.get(_CLUSTERS[store.type][0]))
    called = [one for one, _ in calls_to(hosts_of(store), context)]
    found = [*programs_using(store, context), *called, *programs_naming(name, context)]
    return [one for one in found if one.type not in _MEMBERS and one is not store]


def _is_used(source: ResourceChange, context: Context) -> bool:
    """Whether the plan shows who works with the original, and all the names that they are told."""
    users = _programs(source, context)
    return bool(users) and all(map(shows_all_names, users))


def _is_known(change: ResourceChange, context: Context) -> bool:
    """Whether anything of the plan leads to it or holds its name, beside its own members."""
    name, member = _CLUSTERS[change.type]
    identity = change.before.get(name)
    if not isinstance(identity, str) or not identity or _programs(change, context):
        return True
    if any(use.node.type != member for use in context.consumers(change)):
        return True
    needle = identity.encode()
    return any(
        needle in bytes(one.raw.change.after)
        for one in context.plan.changes
        if one is not change and one.type != member and (stays(one) or one.after)
    )
