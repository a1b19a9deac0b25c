"""D61: the way to a file system goes in a zone where programs that mount it run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange, lookup
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_TARGET: Final = "aws_efs_mount_target"
_TASK: Final = "aws_ecs_task_definition"
_SERVICE: Final = "aws_ecs_service"
_FUNCTION: Final = "aws_lambda_function"
_MACHINE: Final = "aws_instance"


@rule(
    id="D61",
    name="mount-target-gone",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.DELETE},
    types={_TARGET},
    since="0.2",
)
def mount_target_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A mount target is deleted, and programs that mount the file system run in its zone.

    What it flags
        The delete of a mount target of a file system that stays, where a service, function or
        machine of the plan mounts it, is placed in a subnet of the same zone, and no other mount
        target of the file system is in that zone afterwards.

    Why it matters
        The name of the file system leads to the mount target of the own zone only. Running
        programs hang on their files, and new ones do not start there.

    When it is fine
        Nobody who mounts it is placed in the zone.

    What to do instead
        Take the subnets of the zone out of the services first, then delete the mount target.

    References
        https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html
    """
    system, zone = change.before.get("file_system_id"), _zone_of_target(change, context)
    if not isinstance(system, str) or not system or not zone:
        return
    if not _is_kept(system, context) or _is_served(change, system, zone, context):
        return
    hit = [
        one.label
        for one in _mounting(system, context)
        if zone in {_zone_of(subnet, context) for subnet in _subnets(one)}
    ]
    if hit:
        yield Flag(
            what=f"{some_of(hit)} run in {zone} and no longer reach their files there.",
            hurts=tuple(hit),
        )


def _is_kept(system: str, context: Context) -> bool:
    """Whether the file system stays; one that the plan does not hold does."""
    gone = [one for one in context.changes_of("aws_efs_file_system") if not stays(one)]
    return all(one.before.get("id") != system for one in gone)


def _is_served(going: ResourceChange, system: str, zone: str, context: Context) -> bool:
    """Whether the zone has another mount target of the file system afterwards."""
    return any(
        one is not going
        and one.kind is not ActionKind.DELETE
        and one.after.get("file_system_id") == system
        and _zone_of_target(one, context) == zone
        for one in context.changes_of(_TARGET)
    )


def _zone_of_target(change: ResourceChange, context: Context) -> str:
    values = change.before or change.after
    zone = values.get("availability_zone_name")
    return zone if isinstance(zone, str) and zone else _zone_of(values.get("subnet_id"), context)


def _zone_of(subnet: object, context: Context) -> str:
    """The zone of the subnet, or its own id where the plan does not hold it."""
    for one in context.changes_of("aws_subnet"):
        if subnet and one.before.get("id") == subnet:
            return str(one.before.get("availability_zone"))
    return subnet if isinstance(subnet, str) else ""


def _mounting(system: str, context: Context) -> Iterator[ResourceChange]:
    """Services, functions and machines that mount the file system and stay."""
    points = {
        str(one.before.get("arn"))
        for one in context.changes_of("aws_efs_access_point")
        if one.before.get("file_system_id") == system
    }
    tasks = {
        name
        for task in context.changes_of(_TASK)
        if _is_mounted(task.after, system)
        for name in texts(task.before.get("arn"), task.before.get("family"))
    }
    for one in filter(stays, context.changes_of(_SERVICE, _FUNCTION, _MACHINE)):
        if one.type == _SERVICE:
            text = str(one.after.get("task_definition"))
            mounts = text in tasks or text.rpartition("/")[2].partition(":")[0] in tasks
        elif one.type == _FUNCTION:
            blocks = members(one.after.get("file_system_config"))
            mounts = any(block.get("arn") in points for block in blocks)
        else:
            mounts = system in str(one.after.get("user_data"))
        if mounts:
            yield one


def _is_mounted(task: dict[str, Any], system: str) -> bool:
    return any(
        block.get("file_system_id") == system
        for volume in members(task.get("volume"))
        for block in members(volume.get("efs_volume_configuration"))
    )


def _subnets(one: ResourceChange) -> list[str]:
    """Where it is placed afterwards."""
    paths = (("network_configuration", 0, "subnets"), ("vpc_config", 0, "subnet_ids"))
    return texts(one.after.get("subnet_id"), *(lookup(one.after, path) for path in paths))
