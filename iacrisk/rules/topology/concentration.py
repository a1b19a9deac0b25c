"""G09: what stands in for each other goes together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog import ResourceClass, attachment, facts
from iacrisk.catalog.workloads import MACHINES, NODE_POOLS
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.siblings import Group, exists_today, families, goes_first
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    plan_rule,
)

_TOGETHER: Final = (
    MACHINES
    | NODE_POOLS.keys()
    | {
        "aws_autoscaling_group",
        "aws_ebs_volume",
        "azurerm_linux_virtual_machine_scale_set",
        "azurerm_managed_disk",
        "azurerm_windows_virtual_machine_scale_set",
        "digitalocean_volume",
        "google_compute_disk",
        "google_compute_instance_group_manager",
        "google_compute_region_instance_group_manager",
        "hcloud_volume",
        "kubernetes_pod",
        "kubernetes_pod_v1",
    }
)
"""Types whose instances usually stand in for each other; tables, queues and functions do not."""

_PATHS: Final = frozenset({ResourceClass.NETWORK_PATH, ResourceClass.ENTRY_POINT})
_QUORUM: Final[dict[str, str]] = {
    "aws_docdb_cluster_instance": "cluster_identifier",
    "aws_elasticache_cluster": "replication_group_id",
    "aws_neptune_cluster_instance": "cluster_identifier",
    "aws_rds_cluster_instance": "cluster_identifier",
}
"""Members of one cluster whatever block they stand in, and the argument that names it."""


@plan_rule(
    id="G09",
    name="siblings-lost-together",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
)
def siblings_lost_together(context: Context) -> Iterator[Outcome]:
    """Half or more of a group that stands in for each other goes at the same time.

    What it flags
        At least half of the instances of one block, or of the members of one database cluster,
        replaced delete-first in one plan; and more than half, but not all, of them deleted.

    Why it matters
        Several instances exist so that one may fail. Terraform works on ten at a time, so they
        go together, and a quorum does not come back by itself.

    When it is fine
        Each is created before its predecessor goes, or the whole group is retired. A node pool
        without nodes does not count.

    What to do instead
        Replace them one by one with `-target`, or let the service roll them.

    References
    ----------
        Incident R174.
    """
    for group in _groups(context):
        existing = [item for item in group if exists_today(item) and not _is_empty(item)]
        replaced = [item for item in existing if _is_rebuilt(item)]
        deleted = [item for item in existing if item.kind is ActionKind.DELETE]
        gone = len(replaced) + len(deleted)
        if len(existing) < 2 or not gone or len(deleted) == len(existing):
            continue
        if replaced and gone * 2 >= len(existing):
            yield _together_flag(replaced[0], gone, len(existing))
        elif not replaced and gone * 2 > len(existing) and gone > 1:
            yield _together_flag(deleted[0], gone, len(existing))


def _is_rebuilt(item: ResourceChange) -> bool:
    return item.kind is ActionKind.REPLACE and goes_first(item)


def _is_empty(item: ResourceChange) -> bool:
    """Whether it is a node pool that has no nodes today."""
    counts = (item.before.get("node_count"), item.was("scaling_config.0.desired_size"))
    return item.type in NODE_POOLS and 0 in counts


def _groups(context: Context) -> Iterator[Group]:
    """The groups of the types of which something is destroyed."""
    members: dict[tuple[str, str], Group] = {}
    rest: list[ResourceChange] = []
    types = {change.type for change in context.plan.pending if change.destroys}
    for change in context.plan.changes:
        if change.type not in types or not _counts(context, change):
            continue
        quorum = _QUORUM.get(change.type)
        cluster = change.before.get(quorum) if quorum else None
        if isinstance(cluster, str) and cluster:
            members.setdefault((change.type, cluster), []).append(change)
        else:
            rest.append(change)
    yield from members.values()
    yield from (group for group in families(rest) if len(group) > 1)


def _counts(context: Context, change: ResourceChange) -> bool:
    known = context.type_of(change)
    if change.mode != "managed" or change.deposed:
        return False
    if change.type in _QUORUM:
        return True
    if attachment(change.type) or known.is_made_again or change.type in facts.RECORD_TYPES:
        return False
    return change.type in _TOGETHER or known.resource_class in _PATHS


def _together_flag(first: ResourceChange, gone: int, total: int) -> Flag:
    alike = first.type in _TOGETHER or first.type in _QUORUM
    return Flag(
        address=first.label,
        what=f"{gone} of {total} that stand in for each other go at the same time.",
        paths=first.replace_paths,
        severity=None if alike else Severity.MEDIUM,
        confidence=None if alike else Confidence.MEDIUM,
    )
