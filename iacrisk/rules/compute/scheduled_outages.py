"""C34: by the calendar or a budget something comes to stand still that strangers reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.role_grant import decoded
from iacrisk.rules.readers.entries.public_entries import groups_of, public_entries
from iacrisk.rules.readers.shapes import last_part, texts
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_ACTION: Final = "aws_appautoscaling_scheduled_action"
_BUDGET: Final = "aws_budgets_budget_action"
_GROUP: Final = "aws_autoscaling_schedule"
_CALL: Final = "aws_scheduler_schedule"
_SCALE: Final = "azurerm_monitor_autoscale_setting"
_SHUTDOWN: Final = "azurerm_dev_test_global_vm_shutdown_schedule"
_DATABASES: Final = frozenset({"aws_db_instance", "aws_rds_cluster"})
_FAR_BELOW: Final = 0.5


class _Stop(msgspec.Struct, frozen=True, kw_only=True):
    """What a schedule does to its target: how many may run from then on, of how many today."""

    target: ResourceChange
    most: float
    path: str


@rule(
    id="C34",
    name="stopped-by-schedule",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE, ActionKind.REPLACE},
    types={_ACTION, _BUDGET, _GROUP, _CALL, _SCALE, _SHUTDOWN},
    since="0.2",
)
def stopped_by_schedule(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A schedule stops, or nearly stops, what a public entry leads to.

    What it flags
        A scheduled action whose ceiling is 0, or less than half of what runs today, for a
        service or group of machines behind a balancer that strangers reach; a schedule that
        calls the API which stops a machine, a database or a service; profiles of an Azure
        autoscaler and shutdown schedules in the same way; an action of a budget that stops
        machines of a balancer, or databases in use, without asking anybody.

    Why it matters
        Nothing happens at the apply. In the evening the last copy stops, and until the morning
        the balancer answers with an error.

    When it is fine
        Nobody comes at those hours. Not flagged: what only internal balancers lead to, workers
        that nothing leads to, ceilings that were as low before, a budget's action that somebody
        has to approve.

    What to do instead
        Lower the minimum only, and let the autoscaler go down as far as the load allows.

    References
        https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scheduled-scaling.html
        https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-controls.html
    """
    if any(change.becomes(name) is UNKNOWN for name in ("scalable_target_action", "max_size")):
        yield Undecided(why="How many may run is not known yet.", paths=(("max_size",),))
        return
    for stop in _stops(change, change.after, context):
        earlier = _stops(change, change.before, context) if change.before else ()
        if any(one.target is stop.target and one.most <= stop.most for one in earlier):
            continue
        entries = public_entries(stop.target, context)
        if change.type == _BUDGET:
            entries = (*groups_of(stop.target, context), *entries)
        if stop.target.type in _DATABASES:
            entries = context.live_users(stop.target)
        running = _running(stop.target)
        if entries and (stop.most == 0 or stop.most < running * _FAR_BELOW):
            yield Flag(
                what=_SPENT if change.type == _BUDGET else _told(stop.most, running),
                paths=((stop.path,),),
                severity=Severity.HIGH if stop.most == 0 else Severity.MEDIUM,
                hurts=(
                    stop.target.label,
                    *_scaling(change, context),
                    *entries,
                ),
            )


def _scaling(change: ResourceChange, context: Context) -> Iterator[str]:
    """The scalable target whose bounds the action sets."""
    for one in context.changes_of("aws_appautoscaling_target"):
        same = one.before.get("resource_id") == change.after.get("resource_id")
        if change.type == _ACTION and stays(one) and same:
            yield one.label


_SPENT: Final = "When the budget is spent, what serves others is stopped without a question."


def _told(most: float, running: float) -> str:
    if most == 0:
        return "At the hours of the schedule nothing runs of what strangers reach."
    return f"At the hours of the schedule at most {most:g} run of the {running:g} of today."


def _stops(change: ResourceChange, values: dict[str, Any], context: Context) -> list[_Stop]:
    return list(_READERS[change.type](values, context))


def _scaled(values: dict[str, Any], context: Context) -> Iterator[_Stop]:
    """Of Application Auto Scaling: a service by `service/cluster/name`, a fleet, a cluster."""
    for block in members(values.get("scalable_target_action")):
        most = _number(block.get("max_capacity"))
        if most is None:
            continue
        for one in _named(str(values.get("resource_id")), context):
            yield _Stop(target=one, most=most, path="scalable_target_action")


def _named(identity: str, context: Context) -> Iterator[ResourceChange]:
    service, _, rest = identity.partition("/")
    cluster, _, name = rest.partition("/")
    if service == "service":
        for one in context.changes_of("aws_ecs_service"):
            home = last_part(one.before.get("cluster"))
            if stays(one) and one.before.get("name") == name and home == cluster:
                yield one


def _of_group(values: dict[str, Any], context: Context) -> Iterator[_Stop]:
    """Of a group of machines; -1 and nothing leave a number as it is."""
    most, wanted = (_number(values.get(name)) for name in ("max_size", "desired_capacity"))
    found = [number for number in (most, wanted) if number is not None and number >= 0]
    if not found:
        return
    for one in context.changes_of("aws_autoscaling_group"):
        if stays(one) and one.before.get("name") == values.get("autoscaling_group_name"):
            path = "max_size" if most == min(found) else "desired_capacity"
            yield _Stop(target=one, most=min(found), path=path)


_CALLS: Final[dict[str, tuple[str, str, str]]] = {
    "ec2:stopinstances": ("aws_instance", "id", "InstanceIds"),
    "ec2:terminateinstances": ("aws_instance", "id", "InstanceIds"),
    "ecs:updateservice": ("aws_ecs_service", "name", "Service"),
    "autoscaling:updateautoscalinggroup": (
        "aws_autoscaling_group",
        "name",
        "AutoScalingGroupName",
    ),
    "autoscaling:setdesiredcapacity": ("aws_autoscaling_group", "name", "AutoScalingGroupName"),
    "rds:stopdbcluster": ("aws_rds_cluster", "cluster_identifier", "DbClusterIdentifier"),
    "rds:stopdbinstance": ("aws_db_instance", "identifier", "DbInstanceIdentifier"),
}
"""Calls of the API that stop something: its type, the argument and the field that name it."""

_SIZES: Final = ("DesiredCount", "MaxSize", "DesiredCapacity")


def _called(values: dict[str, Any], context: Context) -> Iterator[_Stop]:
    if values.get("state") == "DISABLED":
        return
    for block in members(values.get("target")):
        arn, text = str(block.get("arn")), block.get("input")
        call = arn.rpartition(":aws-sdk:")[2].lower()
        if call not in _CALLS or not isinstance(text, str):
            continue
        kind, argument, field = _CALLS[call]
        told = decoded(text)
        sizes = [size for name in _SIZES if (size := _number(told.get(name))) is not None]
        if "stop" not in call and "terminate" not in call and not sizes:
            continue
        listed = told.get(field)
        names = {str(item) for item in (listed if isinstance(listed, list) else [listed])}
        for one in context.changes_of(kind):
            if stays(one) and names & {str(one.before.get(argument)), str(one.before.get("id"))}:
                yield _Stop(target=one, most=min(sizes, default=0.0), path="target")


def _profiles(values: dict[str, Any], context: Context) -> Iterator[_Stop]:
    """Profiles of an Azure autoscaler that come round by the calendar."""
    if values.get("enabled") is False:
        return
    for block in members(values.get("profile")):
        if not block.get("recurrence") and not block.get("fixed_date"):
            continue
        for capacity in members(block.get("capacity")):
            most = _number(capacity.get("maximum"))
            for one in _by_id(values.get("target_resource_id"), context):
                if most is not None:
                    yield _Stop(target=one, most=most, path="profile")


def _shut_down(values: dict[str, Any], context: Context) -> Iterator[_Stop]:
    if values.get("enabled") is not False:
        for one in _by_id(values.get("virtual_machine_id"), context):
            yield _Stop(target=one, most=0.0, path="enabled")


def _by_id(identity: Any, context: Context) -> Iterator[ResourceChange]:
    for one in context.changes_of(
        "azurerm_linux_virtual_machine",
        "azurerm_linux_virtual_machine_scale_set",
        "azurerm_orchestrated_virtual_machine_scale_set",
        "azurerm_windows_virtual_machine",
        "azurerm_windows_virtual_machine_scale_set",
    ):
        known = str(one.before.get("id")).lower()
        if stays(one) and isinstance(identity, str) and known == identity.lower():
            yield one


def _spent(values: dict[str, Any], context: Context) -> Iterator[_Stop]:
    """Actions of a budget that stop machines or databases, where nobody has to approve."""
    if values.get("approval_model") != "AUTOMATIC":
        return
    for definition in members(values.get("definition")):
        for block in members(definition.get("ssm_action_definition")):
            kinds = _STOPPED.get(str(block.get("action_sub_type")), ())
            named = set(texts(block.get("instance_ids")))
            for one in context.changes_of(*kinds):
                if stays(one) and named & set(texts(*(one.before.get(name) for name in _IDS))):
                    yield _Stop(target=one, most=0.0, path="definition")


_IDS: Final = ("id", "identifier")
_STOPPED: Final = {
    "STOP_EC2_INSTANCES": ("aws_instance",),
    "STOP_RDS_INSTANCES": ("aws_db_instance",),
}


_READERS: Final = {
    _ACTION: _scaled,
    _BUDGET: _spent,
    _CALL: _called,
    _GROUP: _of_group,
    _SCALE: _profiles,
    _SHUTDOWN: _shut_down,
}
_RUNNING: Final = ("desired_count", "desired_capacity", "instances")


def _running(target: ResourceChange) -> float:
    found = [_number(target.before.get(name)) for name in _RUNNING]
    return next((number for number in found if number is not None), 1.0)


def _number(value: Any) -> float | None:
    """The number; the provider keeps those of scheduled actions as texts."""
    if isinstance(value, str) and value.isdigit():
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
