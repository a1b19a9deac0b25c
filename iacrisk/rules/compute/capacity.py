"""C: clusters, nodes, machines and how many of them run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog import ResourceClass, attachment
from iacrisk.catalog.capacity import SCHEDULERS, Role
from iacrisk.catalog.charts import chart_name, holds_data, rules_a_cluster, shows_only
from iacrisk.catalog.workloads import (
    AKS_ROTATES,
    CLUSTERS,
    MACHINE_RESTARTS,
    MACHINES,
    MADE_IN_SECONDS,
    NODE_POOLS,
    POOL_SIZES,
    POOLS_BESIDE_A_DEFAULT_POOL,
    RUNNING_NOW,
    RUNS_UNASKED,
    SERVICES,
    STARTERS,
)
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange, lookup, parse_path, unset
from iacrisk.rules.compute.cuts import (
    UNLIMITED,
    Cut,
    Depth,
    counted_types,
    find_cuts,
    hidden_numbers,
    raised,
)
from iacrisk.rules.context import Context
from iacrisk.rules.readers.siblings import (
    Group,
    blocks,
    exists_today,
    goes_first,
    is_one_of_many,
    stays,
)
from iacrisk.rules.rule import (
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    plan_rule,
    rule,
)


@rule(
    id="C01",
    name="cluster-destroyed",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds=DESTROYS,
    types=CLUSTERS | {"aws_ecs_cluster"},
)
def cluster_destroyed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A cluster's control plane is deleted or replaced.

    What it flags
        The delete or replacement of a Kubernetes control plane, in either order. An ECS cluster
        counts when services run on it.

    Why it matters
        Everything that runs in the cluster goes with it, volumes and load balancers that the
        cluster made included. A new cluster has another endpoint, certificate and identity.

    When it is fine
        Nothing runs on it any more.

    What to do instead
        Build the new cluster beside the old one, move the workloads, then remove the old one.
        Check replace paths that nobody wrote: they come from a provider or module upgrade.

    References
    ----------
        Incidents R019, R038, R039, R040, R041, R043, R044, R045, R047.
    """
    verb = "replaced" if change.kind is ActionKind.REPLACE else "deleted"
    if change.type != "aws_ecs_cluster":
        yield Flag(
            what=f"The cluster is {verb}, and everything that runs on it goes with it.",
            paths=change.replace_paths,
        )
    elif any(use.node.type == "aws_ecs_service" for use in context.consumers(change)):
        yield Flag(
            what=f"The cluster is {verb} while services run on it.",
            paths=change.replace_paths,
            severity=Severity.HIGH,
        )


@plan_rule(
    id="C02",
    name="node-pool-destroyed",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
)
def node_pool_destroyed(context: Context) -> Iterator[Outcome]:
    """A pool of nodes is replaced or deleted before other nodes can take its pods.

    What it flags
        A node pool that is replaced delete-first, worst when the cluster has no other pool that
        stays; a deleted pool; pools whose machines are rotated by an update in place (the
        default pool of AKS); and an update that is forced past disruption budgets.

    Why it matters
        All nodes of the pool leave at once. Disruption budgets do not hold back the delete of a
        pool everywhere, and where no room is left the pods stay pending.

    When it is fine
        The new pool is created first, or the pool is scaled to zero. One of several pools goes
        after its pods have moved.

    What to do instead
        Set `create_before_destroy` with a generated name, or add the new pool, drain the old
        one and remove it in a second plan.

    References
    ----------
        Incidents R012, R033, R034, R035, R036, R037, R042, R218.
    """
    for cluster_pools in _pools_by_cluster(context):
        left = [pool for pool in cluster_pools if _gives_room(pool)]
        for pool in cluster_pools:
            if goes_first(pool) and not _is_empty_pool(pool):
                yield _pool_flag(pool, cluster_pools, bool(left))
    for pool in context.changes_of("aws_eks_node_group"):
        if pool.kind is ActionKind.UPDATE and _is_forced_update(pool):
            yield Flag(
                address=pool.label,
                what="The nodes are updated past disruption budgets (force_update_version).",
                paths=(("force_update_version",),),
                confidence=Confidence.MEDIUM,
            )
    for cluster in context.changes_of("azurerm_kubernetes_cluster"):
        if cluster.kind is ActionKind.UPDATE and (path := _rotation(cluster)):
            yield Flag(
                address=cluster.label,
                what="Every node of the default pool is replaced, although the plan shows an "
                "update in place.",
                paths=(path,),
                severity=Severity.MEDIUM,
            )


def _pools_by_cluster(context: Context) -> list[Group]:
    grouped: dict[tuple[str, str], Group] = {}
    for pool in context.changes_of(*NODE_POOLS):
        if pool.mode == "managed" and not pool.deposed:
            cluster = pool.before.get(NODE_POOLS[pool.type]) or pool.after.get(
                NODE_POOLS[pool.type]
            )
            grouped.setdefault((pool.provider, str(cluster)), []).append(pool)
    return list(grouped.values())


def _gives_room(pool: ResourceChange) -> bool:
    return stays(pool) or (exists_today(pool) and pool.creates_first)


def _pool_flag(pool: ResourceChange, pools: Group, has_room: bool) -> Flag:
    has_room = has_room or pool.type in POOLS_BESIDE_A_DEFAULT_POOL
    replaced = pool.kind is ActionKind.REPLACE
    if replaced:
        what = "The pool's nodes all leave before new ones exist"
        severity = Severity.HIGH if has_room else Severity.CRITICAL
        confidence = Confidence.HIGH
    else:
        what = "The pool is deleted with all its nodes"
        severity = Severity.MEDIUM if has_room else Severity.HIGH
        moving = any(other.kind is ActionKind.CREATE for other in pools)
        confidence = Confidence.HIGH if not has_room and not moving else Confidence.MEDIUM
    rest = "." if has_room else ", and no other pool of the cluster stays."
    return Flag(
        address=pool.label,
        what=what + rest,
        paths=pool.replace_paths,
        severity=severity,
        confidence=confidence,
    )


def _is_empty_pool(pool: ResourceChange) -> bool:
    sizes = [lookup(pool.before, parse_path(path)) for path in POOL_SIZES]
    return any(size == 0 for size in sizes if not isinstance(size, bool))


def _is_forced_update(pool: ResourceChange) -> bool:
    rolls = {"launch_template", "release_version", "version"} & pool.changed
    return bool(rolls) and pool.after.get("force_update_version") is True


def _rotation(cluster: ResourceChange) -> Path | None:
    """The argument through which AKS rotates its default pool in place."""
    for name in AKS_ROTATES if "default_node_pool" in cluster.changed else ():
        path: Path = ("default_node_pool", 0, name)
        if not unset(before := lookup(cluster.before, path)) and before != cluster.planned(path):
            return path
    return None


@plan_rule(
    id="C03",
    name="machine-destroyed",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
)
def machine_destroyed(context: Context) -> Iterator[Outcome]:
    """A virtual machine is replaced or deleted with its disk and addresses.

    What it flags
        A machine that is replaced before its successor exists, most of all a single one or half
        of its siblings and more; and the delete of a machine that others still use.

    Why it matters
        The root disk, the local disks and the addresses that are not separate resources go.
        The new machine boots from its image, however long the old one was tended by hand.

    When it is fine
        The machine is one of several and the new one is created first, or three times as many
        stay meanwhile. The last of several identical ones goes.

    What to do instead
        Put data on a volume of its own, addresses on static ones, and set
        `create_before_destroy`. Replace the members of a group one by one.

    References
    ----------
        Incidents R132, R133, R134, R135, R173, R174, R175.
    """
    for group in blocks(context.changes_of(*MACHINES)):
        existing = [item for item in group if exists_today(item)]
        going = [item for item in existing if goes_first(item)]
        many = len(existing) > 1 and len(going) * 2 >= len(existing)
        for item in existing:
            flag = _machine_flag(item, context, alone=len(existing) == 1, many=many)
            if flag is not None:
                yield flag


def _machine_flag(
    item: ResourceChange, context: Context, *, alone: bool, many: bool
) -> Flag | None:
    if item.kind is ActionKind.DELETE:
        return _deleted_machine(item, context, alone=alone)
    if item.kind is not ActionKind.REPLACE or not item.destroys:
        return None
    if not alone and (item.creates_first or is_one_of_many(item, context)):
        return None
    severe = (alone or many) and not item.creates_first
    return Flag(
        address=item.label,
        what="The machine is replaced: what is on its root disk is lost and its addresses change.",
        paths=item.replace_paths,
        severity=Severity.HIGH if severe else Severity.MEDIUM,
        confidence=Confidence.HIGH if severe else Confidence.MEDIUM,
    )


def _deleted_machine(item: ResourceChange, context: Context, *, alone: bool) -> Flag | None:
    if not alone and item.action_reason in {"delete_because_count_index", None}:
        return None
    used = bool(context.live_users(item))
    return Flag(
        address=item.label,
        what="The machine is deleted with what is on its root disk"
        + (", and others still use it." if used else "."),
        severity=Severity.HIGH if used else Severity.MEDIUM,
        confidence=Confidence.MEDIUM,
    )


_STOPPED: Final = frozenset({"stopped", "TERMINATED", "SUSPENDED", "off", "deallocated"})


@plan_rule(
    id="C05",
    name="machine-restarted",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
)
def machine_restarted(context: Context) -> Iterator[Outcome]:
    """An update in place stops and starts a machine.

    What it flags
        A changed machine type, user data or CPU option, which the provider applies by stopping
        the machine. It is serious when all of several siblings do so at once.

    Why it matters
        The plan shows a plain update. The machine is down for minutes, instance-store disks are
        lost, and an ephemeral public address changes.

    When it is fine
        The machine is stopped anyway, or others take its load.

    What to do instead
        Change one machine at a time, behind a load balancer.

    References
    ----------
        Incidents R042, R131.
    """
    for group in blocks(context.changes_of(*MACHINE_RESTARTS)):
        existing = [item for item in group if exists_today(item)]
        restarting = [item for item in existing if _restart_causes(item)]
        for item in restarting:
            all_at_once = len(existing) > 1 and len(restarting) == len(existing)
            yield Flag(
                address=item.label,
                what="The update stops and starts the machine"
                + (", and all its siblings at the same time." if all_at_once else "."),
                paths=tuple((name,) for name in _restart_causes(item)),
                severity=Severity.HIGH if all_at_once else None,
            )


def _restart_causes(item: ResourceChange) -> list[str]:
    if item.kind is not ActionKind.UPDATE or _is_stopped(item):
        return []
    causes = item.changed & MACHINE_RESTARTS[item.type]
    return sorted(name for name in causes if _really_differs(item, name))


def _really_differs(item: ResourceChange, name: str) -> bool:
    before, after = item.before.get(name), item.after.get(name)
    return after is not UNKNOWN and not (unset(before) and unset(after))


def _is_stopped(item: ResourceChange) -> bool:
    states = ("instance_state", "current_status", "status", "desired_status", "power_state")
    return any(str(item.before.get(name)) in _STOPPED for name in states)


@plan_rule(
    id="C06",
    name="capacity-cut",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
)
def capacity_cut(context: Context) -> Iterator[Outcome]:
    """Something is scaled to zero, cut by more than half, or switched off.

    What it flags
        Desired counts, replicas, sizes and ceilings that go to zero or lose more than half, on
        container services, groups of machines, node pools, functions, app plans and the like;
        and the main switch of a service or trigger turned off. A lower floor alone is worth a
        look, because an autoscaler decides.

    Why it matters
        A plain update in the plan, an outage by number in production. Zero reserved concurrency
        stops a function; a ceiling below what runs now stops the rest at once.

    When it is fine
        Another one of the same kind takes over in the same plan, or nothing uses it any more.

    What to do instead
        Go down in steps and watch. Let an autoscaler decide within a range.

    References
    ----------
        Incidents R016, R054, R226.
    """
    gained: dict[str, float] = {}
    for type_name in sorted(counted_types()):
        for change in context.changes_of(type_name):
            if change.kind not in {ActionKind.UPDATE, ActionKind.REPLACE} or change.deposed:
                continue
            cuts = find_cuts(change)
            if cuts and type_name not in gained:
                gained[type_name] = sum(map(raised, context.changes_of(type_name)))
            if cuts:
                idle = type_name == "aws_cloudwatch_event_rule" and not context.consumers(change)
                yield _cut_flag(change, cuts, gained[type_name], idle=idle)
            elif hidden := hidden_numbers(change):
                yield Undecided(
                    address=change.label,
                    why="How many will run is known only at apply.",
                    paths=tuple(hidden),
                )


def _cut_flag(change: ResourceChange, cuts: list[Cut], gained: float, *, idle: bool) -> Flag:
    ranked = sorted(cuts, key=lambda cut: _rank(change, cut), reverse=True)
    severity, confidence = _rank(change, ranked[0])
    lost = sum(cut.before - cut.after for cut in cuts if cut.role is Role.RUNNING)
    if 0 < lost <= gained or idle:
        severity, confidence = min(severity, Severity.MEDIUM), 1
    return Flag(
        address=change.label,
        what=" ".join(cut.what for cut in ranked[:3]),
        paths=tuple(cut.path for cut in ranked),
        severity=severity,
        confidence=_CONFIDENCES[confidence],
    )


_CONFIDENCES: Final = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)


def _rank(change: ResourceChange, cut: Cut) -> tuple[Severity, int]:
    """Severity, and the confidence as a place in _CONFIDENCES."""
    if cut.role is None:
        return Severity.HIGH, 1 if _is_schedule(change) else 2
    if cut.role is Role.FLOOR:
        return Severity.MEDIUM, 0
    if cut.role is Role.THROUGHPUT:
        return Severity.MEDIUM, 1
    if cut.depth is Depth.ALL:
        return Severity.HIGH, 2
    if cut.role is Role.RUNNING:
        return Severity.HIGH, 1
    return (Severity.HIGH, 1) if _runs_above(change, cut) else (Severity.MEDIUM, 1)


def _is_schedule(change: ResourceChange) -> bool:
    """Whether it only starts jobs by the clock; an event rule with a pattern does more."""
    return change.type in SCHEDULERS and unset(change.before.get("event_pattern"))


def _runs_above(change: ResourceChange, ceiling: Cut) -> bool:
    """Whether more run today than the new ceiling allows."""
    path = RUNNING_NOW.get(change.type)
    running: Any = lookup(change.before, parse_path(path)) if path else None
    if isinstance(running, bool) or not isinstance(running, int | float):
        return False
    return ceiling.before != UNLIMITED and running > ceiling.after


@rule(
    id="C08",
    name="service-destroyed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds=DESTROYS,
    types=SERVICES | RUNS_UNASKED,
)
def service_destroyed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A running service is deleted, or replaced with nothing running in between.

    What it flags
        A container service, function, app, chart or group of machines that is replaced
        delete-first, or deleted while something else still uses it or it serves a load
        balancer. The delete of one that runs weighs less where nobody is seen to use it.

    Why it matters
        Between the two halves of the replacement nothing answers; if the second half fails,
        nothing answers until somebody comes.

    When it is fine
        The replacement is created first under another name, or the service was scaled to zero
        and goes together with all that used it.

    What to do instead
        Create the new service beside the old one, shift the traffic, then delete the old one.

    References
    ----------
        Incident R232.
    """
    if change.creates_first or not change.destroys or _ran_nothing(change):
        return
    if change.kind is ActionKind.REPLACE and change.type in STARTERS:
        return
    if change.type == "helm_release" and (told := _chart_flag(change, context)) is not None:
        yield told
    elif change.kind is ActionKind.REPLACE:
        quick = change.type in MADE_IN_SECONDS
        yield Flag(
            what="The service is deleted before its replacement exists; nothing runs in between.",
            paths=change.replace_paths,
            severity=Severity.MEDIUM if quick else Severity.HIGH,
        )
    elif not _is_last(change, context):
        return
    elif users := _users_left(change, context):
        yield Flag(
            what=f"The service is deleted while {users} that use it or send it work stay.",
        )
    elif change.type in RUNS_UNASKED:
        yield Flag(
            what="What it runs stops; who calls it from outside is not in the plan.",
            severity=Severity.MEDIUM,
        )


def _chart_flag(change: ResourceChange, context: Context) -> Flag | None:
    """What a chart's name tells of its removal, None where it tells nothing."""
    chart = chart_name(change.before.get("chart"))
    verb = "uninstalled and installed again" if change.kind is ActionKind.REPLACE else "uninstalled"
    if rules_a_cluster(chart):
        return Flag(
            what=f"The chart {chart} is {verb}; what it looks after in the cluster stands alone.",
            paths=change.replace_paths,
            confidence=Confidence.HIGH,
        )
    if holds_data(chart):
        return Flag(
            what=f"The chart {chart} is {verb}; it keeps data.",
            paths=change.replace_paths,
            confidence=Confidence.HIGH,
        )
    if shows_only(chart) and not _users_left(change, context):
        return Flag(
            what=f"The chart {chart} is {verb}; it has no data, and nothing lives on it.",
            paths=change.replace_paths,
            severity=Severity.LOW,
            confidence=Confidence.LOW,
        )
    return None


_SIZES: Final[tuple[Path, ...]] = (
    ("desired_count",),
    ("desired_capacity",),
    ("target_size",),
    ("instances",),
    ("worker_count",),
    ("spec", 0, "replicas"),
)


def _ran_nothing(change: ResourceChange) -> bool:
    sizes = [lookup(change.before, path) for path in _SIZES]
    return any(size in (0, "0") for size in sizes if not isinstance(size, bool))


def _is_last(change: ResourceChange, context: Context) -> bool:
    """Whether no interchangeable sibling is left; a for_each key names a service of its own."""
    return not isinstance(change.key, int) or not any(map(stays, context.siblings(change)))


def _users_left(change: ResourceChange, context: Context) -> int:
    """How many live users the service has, and load balancers that stay without it."""
    users = Counter(context.live_users(change))
    for use in context.graph.dependencies(change.label):
        other = use.node.change
        if other is not None and stays(other) and _sends_work(use.node.type, context, other):
            users[other.label] += 1
    return len(users)


def _sends_work(type_name: str, context: Context, other: ResourceChange) -> bool:
    if attachment(type_name):
        return False
    return context.type_of(other).resource_class is ResourceClass.ENTRY_POINT
