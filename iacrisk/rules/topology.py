"""G: what only the graph shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog import ResourceClass, ResourceType, attachment, facts, resource_type
from iacrisk.catalog.workloads import MACHINES, NODE_POOLS
from iacrisk.graph import NodeKind, Origin, Use
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange, lookup, unset
from iacrisk.rules.configured import Setting, setting_of
from iacrisk.rules.context import Context
from iacrisk.rules.left_alone import why_left_alone
from iacrisk.rules.rule import (
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Rule,
    Severity,
    plan_rule,
    rule,
)
from iacrisk.rules.siblings import Group, exists_today, families, goes_first, stays

_DATA: Final = frozenset({ResourceClass.STATEFUL, ResourceClass.CONTAINER})
_SERIOUS: Final = frozenset(
    {
        *_DATA,
        ResourceClass.CLUSTER,
        ResourceClass.COMPUTE,
        ResourceClass.ENCRYPTION,
        ResourceClass.ENTRY_POINT,
        ResourceClass.IDENTITY,
        ResourceClass.NETWORK_PATH,
    }
)
_MADE_AGAIN: Final = 0.9
"""From this recoverability on the next apply brings a type back with nothing lost."""


@rule(
    id="G04",
    name="replaced-by-unknown-value",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.REPLACE},
)
def replaced_by_unknown_value(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A value that is not known yet forces a replacement that nobody wrote.

    What it flags
        A replacement whose deciding argument was known and becomes "known after apply" because
        something it refers to changes: an update in place upstream, a data source that is read
        during the apply, a new random name. What is rebuilt without loss is left out, and so is
        an attachment that only follows what it is attached to.

    Why it matters
        The value is often the same in the end. Terraform destroys the object all the same,
        because at plan time it cannot rule out that the value differs.

    When it is fine
        The upstream object is really a new one and this one is meant to follow it.

    What to do instead
        Find out why the value is unknown: a `depends_on` on a module, a computed attribute, a
        changed keeper. Apply the upstream change first, or write the value out.

    References
    ----------
        Incidents R033, R046, R065, R112, R163, R210.
    """
    paths = _unknown_causes(change)
    known = context.type_of(change)
    if not paths or not change.destroys or _is_made_again(known):
        return
    causes = _upstream(change, context, {str(path[0]) for path in paths})
    renewed = any(item.destroys or item.kind is ActionKind.CREATE for item in causes)
    severity = _cascade_severity(change, known) if renewed else _surprise_severity(change, known)
    if severity is not None:
        yield Flag(
            what=_cascade_text(paths, renewed=renewed),
            paths=paths,
            severity=severity,
            confidence=Confidence.MEDIUM if renewed or not causes else Confidence.HIGH,
        )


def _cascade_text(paths: tuple[Path, ...], *, renewed: bool) -> str:
    name = paths[0][0]
    if renewed:
        return f"It is replaced because something that {name} refers to becomes a new object."
    return (
        f"It is replaced only because {name} is not known before the apply; "
        "the value may turn out to be the same."
    )


def _unknown_causes(change: ResourceChange) -> tuple[Path, ...]:
    """The replace paths that had a value and lose it; none where another path is reason enough."""
    causes = [path for path in change.replace_paths if path and _was_set(change, path)]
    unknown = tuple(path for path in causes if _is_unknown(change, path))
    return unknown if len(unknown) == len(causes) else ()


def _was_set(change: ResourceChange, path: Path) -> bool:
    """Null to unknown is an optional computed argument, which does not force anything alone."""
    return not unset(lookup(change.before, path)) or not _is_unknown(change, path)


def _is_unknown(change: ResourceChange, path: Path) -> bool:
    value = change.planned(path)
    if isinstance(value, list):
        return any(item is UNKNOWN for item in value)
    return value is UNKNOWN


def _is_made_again(known: ResourceType) -> bool:
    return known.resource_class is ResourceClass.STATELESS or known.recoverability >= _MADE_AGAIN


def _upstream(change: ResourceChange, context: Context, names: set[str]) -> list[ResourceChange]:
    """The pending changes that the deciding arguments refer to."""
    uses = context.graph.dependencies(change.label)
    return [
        use.node.change
        for use in uses
        if use.node.change is not None
        and use.node.change.kind is not ActionKind.NO_OP
        and use.argument.partition(".")[0] in names | _EACH_VALUE
    ]


_EACH_VALUE: Final = frozenset({"for_each"})
"""`each.value.id` is listed as a reference of for_each alone."""


def _surprise_severity(change: ResourceChange, known: ResourceType) -> Severity | None:
    if known.resource_class in _DATA:
        return Severity.CRITICAL
    if attachment(change.type):
        return Severity.MEDIUM if goes_first(change) else None
    if known.resource_class in _SERIOUS and goes_first(change):
        return Severity.HIGH
    return Severity.MEDIUM


def _cascade_severity(change: ResourceChange, known: ResourceType) -> Severity | None:
    """What follows a new object by design is judged there, unless it is lost on the way."""
    if attachment(change.type) or known.resource_class not in _SERIOUS:
        return None
    if known.resource_class in _DATA:
        return Severity.CRITICAL
    return Severity.HIGH if goes_first(change) else None


@rule(
    id="G05",
    name="dangling-dependents",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds=DESTROYS,
)
def dangling_dependents(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Something is destroyed while another resource that stays still refers to it.

    What it flags
        A delete or replacement of an object whose id, ARN or name stands in a resource that is
        not changed accordingly; settings that live on a replaced object of the same name and
        are not made again (a bucket's policy, a role's inline policy); and a replacement that
        deletes first what its users let go of only afterwards.

    Why it matters
        Either the provider refuses the delete and the apply stops half-way, or the user points
        at an object that is gone. A later plan may not even notice.

    When it is fine
        The users go in the same plan, or the new object exists first and they are switched over
        before the old one goes.

    What to do instead
        Use `create_before_destroy` with a generated name, and refer to ids rather than names, so
        that users follow. Detach first and delete in a second plan.

    References
    ----------
        Incidents R031, R057, R168, R169, R171.
    """
    known = context.type_of(change)
    if (
        known.resource_class is ResourceClass.STATELESS
        or not change.destroys
        or change.mode != "managed"
        or change.deposed
        or why_left_alone(change)
    ):
        return
    names = _identity(change)
    lost: list[str] = []
    stale: list[str] = []
    late: list[str] = []
    for use, user in _staying_users(change, context):
        arguments = _needed_arguments(use, user, names, context)
        if _goes_with(change, user, arguments):
            lost.append(user.label)
        elif _still_names(user, arguments, names):
            stale.append(user.label)
        elif _lets_go_late(change, known, user, arguments):
            late.append(user.label)
    yield from _dangling(change, lost, stale, late)


_TOLD: Final = 3
_USERS_LOOKED_AT: Final = 300


def _dangling(
    change: ResourceChange, lost: list[str], stale: list[str], late: list[str]
) -> Iterator[Outcome]:
    if lost:
        yield Flag(
            what=f"Settings that live on it go with it and are not made again: {_some(lost)}.",
            paths=change.replace_paths,
        )
    elif stale:
        yield Flag(
            what=f"Others still refer to it and are not changed: {_some(stale)}.",
            paths=change.replace_paths or (("id",),),
        )
    elif late:
        yield Flag(
            what=f"It is deleted while still in use; only afterwards its users change: "
            f"{_some(late)}.",
            paths=change.replace_paths,
            confidence=Confidence.MEDIUM,
        )


def _some(addresses: list[str]) -> str:
    shown = ", ".join(sorted(set(addresses))[:_TOLD])
    more = len(set(addresses)) - _TOLD
    return f"{shown} and {more} more" if more > 0 else shown


def _staying_users(
    change: ResourceChange, context: Context
) -> Iterator[tuple[Use, ResourceChange]]:
    """Existing resources that refer to the object, work with it, and are not destroyed."""
    for use in context.consumers(change)[:_USERS_LOOKED_AT]:
        user = use.node.change
        if use.node.kind is not NodeKind.RESOURCE or user is None or not stays(user):
            continue
        if user.kind is not ActionKind.FORGET and _works_with_it(use, user):
            yield use, user


def _works_with_it(use: Use, user: ResourceChange) -> bool:
    known = resource_type(user.type)
    if use.reference.origin in {Origin.DEPENDS_ON, Origin.PROVIDER}:
        return False
    if known.resource_class is ResourceClass.CONTROL:
        return bool(attachment(user.type))
    return known.resource_class is not ResourceClass.STATELESS


_NOT_AT_RUN_TIME: Final = frozenset(
    {
        "ami",
        "count",
        "depends_on",
        "for_each",
        "image",
        "image_id",
        "key_name",
        "provider",
        "snapshot_id",
        "snapshot_identifier",
        "source_ami_id",
        "source_image",
        "source_image_id",
        "tags",
        "tags_all",
    }
)
"""Arguments that are read once, when the user is made."""


def _needed_arguments(
    use: Use, user: ResourceChange, names: tuple[str, ...], context: Context
) -> frozenset[str]:
    """The arguments through which the user works with the object."""
    found = {use.argument.partition(".")[0]} if use.argument else _holding(user, names)
    by_value = use.reference.origin is Origin.MATCHING_VALUE
    return frozenset(
        name
        for name in found - _NOT_AT_RUN_TIME
        if not (by_value and setting_of(context.plan, user, (name,)) is Setting.ABSENT)
    )


def _holding(user: ResourceChange, names: tuple[str, ...]) -> set[str]:
    """The attributes in which a name of the object stands today.

    Where the configuration does not set one, the provider only reports the name there.
    """
    return {name for name, value in user.before.items() if _names_one(value, names)}


def _names_one(value: Any, names: tuple[str, ...]) -> bool:
    text = json.dumps(value, default=str) if names else ""
    return any(f'"{name}"' in text or f'\\"{name}\\"' in text for name in names)


def _goes_with(change: ResourceChange, user: ResourceChange, arguments: frozenset[str]) -> bool:
    """Whether the user is a setting of the replaced object and Terraform leaves it as it is."""
    if change.kind is not ActionKind.REPLACE:
        return False
    return any(
        not unset(user.before.get(name)) and user.before.get(name) == user.after.get(name)
        for name in arguments
        if _lives_on(change, user, name)
    )


def _lives_on(change: ResourceChange, user: ResourceChange, argument: str) -> bool:
    """`aws_s3_bucket_policy.bucket`, `aws_iam_role_policy.role`: part of what they name."""
    if argument in attachment(user.type)[:1]:
        return True
    return user.type.startswith(f"{change.type}_") and argument in {
        change.type.rpartition("_")[2],
        "name",
        "id",
    }


_GENERIC: Final = 6
"""A shorter text may stand somewhere by chance."""


def _identity(change: ResourceChange) -> tuple[str, ...]:
    """What others may call the object by and what it will not be called any more."""
    found = []
    for name in ("id", "arn", "self_link", "unique_id"):
        value = change.before.get(name)
        if isinstance(value, str) and len(value) >= _GENERIC and change.after.get(name) != value:
            found.append(value)
    if change.kind is ActionKind.REPLACE:
        kept = {value for value in change.after.values() if isinstance(value, str)}
        found = [value for value in found if not _is_kept(value, kept)]
    return tuple(found)


def _is_kept(value: str, kept: set[str]) -> bool:
    """An id made of the name comes back with the name, as a bucket's or a role's does."""
    return value in kept or (":" in value and value.rpartition("/")[2] in kept)


def _still_names(user: ResourceChange, arguments: frozenset[str], names: tuple[str, ...]) -> bool:
    return any(_names_one(user.after.get(name), names) for name in arguments)


def _lets_go_late(
    change: ResourceChange,
    known: ResourceType,
    user: ResourceChange,
    arguments: frozenset[str],
) -> bool:
    """Whether a delete-first replacement runs into a user that is switched over only later."""
    return (
        change.kind is ActionKind.REPLACE
        and goes_first(change)
        and known.carrier
        and not attachment(change.type)
        and known.resource_class is not ResourceClass.CONTROL
        and not _is_made_again(known)
        and user.kind is ActionKind.UPDATE
        and bool(arguments & user.changed)
    )


@plan_rule(
    id="G08",
    name="provider-on-replaced-object",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
)
def provider_on_replaced_object(context: Context) -> Iterator[Outcome]:
    """A provider is configured from an object that is replaced, deleted or created anew.

    What it flags
        A cluster, server or project that goes or is made again while existing resources are
        managed through a provider whose configuration refers to it.

    Why it matters
        The provider's endpoint and credentials are unknown during the plan: it talks to the
        wrong place or to none, and what it manages went with the old object.

    When it is fine
        Everything that is managed through the provider is new too.

    What to do instead
        Keep the cluster and what runs in it in two root modules. Take the inner resources out
        of the state before the outer one is replaced.

    References
    ----------
        Incident R047.
    """
    for change in context.plan.pending:
        renewed = change.destroys or change.kind is ActionKind.CREATE
        if change.mode != "managed" or change.deposed or not renewed:
            continue
        if _is_made_again(context.type_of(change)):
            continue
        held = [
            use.node.label
            for use in context.consumers(change)
            if use.reference.origin is Origin.PROVIDER or use.argument == "provider"
            if use.node.change is not None and stays(use.node.change)
        ]
        if held:
            yield Flag(
                address=change.label,
                what="A provider is configured from it, and what that provider manages stays in "
                f"the state: {_some(held)}.",
                paths=change.replace_paths,
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
        Each is created before its predecessor goes, or the whole group is retired.

    What to do instead
        Replace them one by one with `-target`, or let the service roll them.

    References
    ----------
        Incident R174.
    """
    for group in _groups(context):
        existing = [item for item in group if exists_today(item)]
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


def _groups(context: Context) -> Iterator[Group]:
    members: dict[tuple[str, str], Group] = {}
    rest: list[ResourceChange] = []
    for change in context.plan.changes:
        if not _counts(context, change):
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
    if attachment(change.type) or _is_made_again(known) or change.type in facts.RECORD_TYPES:
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


RULES: Final[tuple[Rule, ...]] = (
    replaced_by_unknown_value,
    dangling_dependents,
    provider_on_replaced_object,
    siblings_lost_together,
)
