"""Proofs on AWS that nothing is behind it, nobody is left to miss it, or another does the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup
from iacrisk.plan.policy_document import (
    Effect,
    every_grant,
    grants_removed,
    parse_policy,
    pattern_covers,
)
from iacrisk.plan.values import members
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.effective_access import Side, access_of, principal_name
from iacrisk.rules.readers.access.policy_changes import policy_changes
from iacrisk.rules.readers.programs.running import programs_naming
from iacrisk.rules.readers.settings.schedules import runs_a_day
from iacrisk.rules.readers.shapes import last_part
from iacrisk.rules.readers.siblings import stays

# Dials

_DIALS: Final = "aws_globalaccelerator_endpoint_group"


def why_dial_empty(change: ResourceChange, context: Context) -> str | None:
    """Why no request is sent elsewhere: the group has no endpoint that would get any."""
    rest = change.changed - {"traffic_dial_percentage"}
    if (rest and explain(change, context, *rest) is None) or _answers(change.before):
        return None
    listener = change.before.get("listener_arn")
    carrying = [
        one
        for one in context.changes_of(_DIALS)
        if one is not change
        and stays(one)
        and one.kind is ActionKind.NO_OP
        and listener
        and one.before.get("listener_arn") == listener
        and _answers(one.before)
        and (_number(one.before.get("traffic_dial_percentage")) or 0) > 0
    ]
    return (
        f"no endpoint is in it, and {carrying[0].label} carries the traffic" if carrying else None
    )


def _answers(values: dict[str, Any]) -> bool:
    """Whether an endpoint of the group gets requests; without a weight it has 128."""
    return any(
        (128 if (weight := _number(block.get("weight"))) is None else weight) > 0
        for block in members(values.get("endpoint_configuration"))
    )


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


# Roles


def why_role_idle(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the right: only roles lose it that nothing runs as."""
    policies = list(policy_changes(change, context))
    rest = change.changed - {policy.path[0] for policy in policies}
    if not policies or (rest and explain(change, context, *map(str, rest)) is None):
        return None
    names: set[str] = set()
    for policy in policies:
        if policy.is_unknown or policy.before is None or policy.after is None:
            return None
        for grant in grants_removed(policy.before, policy.after):
            if grant.effect is not Effect.ALLOW or grant.principal.negated:
                return None
            names.add(grant.principal.patterns[0])
    roles = access_of(context).roles
    losing = [roles.get(principal_name(name)) for name in names]
    if losing and all(role is not None and _is_idle(role, change, context) for role in losing):
        return "only roles lose it that have no policy and that nothing of the plan runs as"
    return None


def _is_idle(role: ResourceChange, policy: ResourceChange, context: Context) -> bool:
    """Whether only a service may take the role on, and none does; nor has it any other right."""
    name, arn = str(role.before.get("name")), str(role.before.get("arn"))
    trust = parse_policy(role.before.get("assume_role_policy"))
    if not stays(role) or role.kind is not ActionKind.NO_OP or trust is None:
        return False
    trusted = [grant.principal for grant in every_grant(trust)]
    if not trusted or any(
        one.negated or not one.patterns[0].endswith(".amazonaws.com") for one in trusted
    ):
        return False
    if _may_something(name, context) or programs_naming(name, context):
        return False
    if any(use.node.change is not policy for use in context.consumers(role)):
        return False
    return not any(
        arn.encode() in bytes(one.raw.change.after)
        for one in context.plan.changes
        if one is not role and one.kind is not ActionKind.DELETE
    )


def _may_something(role: str, context: Context) -> bool:
    """Whether a policy of the plan gives the role anything."""
    access = access_of(context)
    return any(
        any(every_grant(policy))
        for policy in (access.before(f"role/{role}"), access.after(f"role/{role}"))
    )


# Schedules

_RULE: Final = "aws_cloudwatch_event_rule"
_TARGET: Final = "aws_cloudwatch_event_target"
_SCHEDULE: Final = "aws_scheduler_schedule"
_JOB: Final = "google_cloud_scheduler_job"


class _Start(msgspec.Struct, frozen=True):
    """What a schedule starts: an object, with what it is told."""

    what: str
    told: str


def why_schedule_kept(change: ResourceChange, context: Context) -> str | None:
    """Why the work is still started: another schedule starts the same, as often."""
    starts = set(_starts(change, Side.BEFORE, context))
    often = _often(change, change.before)
    if not starts or often is None:
        return None
    found: dict[_Start, str] = {}
    for one in context.changes_of(_RULE, _SCHEDULE, _JOB):
        if one is change or one.kind is ActionKind.DELETE or not _is_on(one.after):
            continue
        rate = _often(one, one.after)
        if rate is None or rate < often or not _may_start(one, context):
            continue
        for start in _starts(one, Side.AFTER, context):
            found.setdefault(start, one.label)
    if starts <= found.keys():
        return f"{found[min(starts, key=str)]} starts the same as often"
    return None


def _often(change: ResourceChange, values: dict[str, Any]) -> float | None:
    """How often it runs by the clock; None for a rule that waits for events as well."""
    if values.get("event_pattern"):
        return None
    text = values.get("schedule" if change.type == _JOB else "schedule_expression")
    return runs_a_day(text) if isinstance(text, str) else None


def _is_on(values: dict[str, Any]) -> bool:
    off = values.get("state") == "DISABLED" or values.get("is_enabled") is False
    return not off and values.get("paused") is not True and not values.get("end_date")


def _starts(change: ResourceChange, side: Side, context: Context) -> Iterator[_Start]:
    values = side.of(change)
    if change.type == _JOB:
        for kind in ("http_target", "pubsub_target", "app_engine_http_target"):
            for block in members(values.get(kind)):
                where = block.get("uri") or block.get("topic_name") or block.get("relative_uri")
                if isinstance(where, str):
                    yield _Start(where, str(block.get("body") or block.get("data") or ""))
        return
    targets = members(values.get("target")) if change.type == _SCHEDULE else []
    if change.type == _RULE:
        name = values.get("name")
        there = [side.of(one) for one in context.changes_of(_TARGET)]
        targets = [values for values in there if name and values.get("rule") == name]
    for block in targets:
        arn, task = block.get("arn"), _task_of(block)
        told = str(block.get("input") or block.get("input_path") or "")
        if isinstance(arn, str) and not block.get("input_transformer"):
            yield _Start(f"{arn} {task}", told)


def _task_of(block: dict[str, Any]) -> str:
    for name in ("ecs_target", "ecs_parameters"):
        task = lookup(block, (name, 0, "task_definition_arn"))
        if isinstance(task, str):
            return last_part(task).partition(":")[0]
    return ""


def _may_start(change: ResourceChange, context: Context) -> bool:
    """Whether the role of a schedule may start what it names; a rule that stays did so before."""
    if change.type != _SCHEDULE:
        return change.kind is ActionKind.NO_OP
    access = access_of(context)
    for block in members(change.after.get("target")):
        role, arn = block.get("role_arn"), block.get("arn")
        if role is UNKNOWN or not isinstance(role, str) or not isinstance(arn, str):
            return False
        held = every_grant(access.after(principal_name(role)))
        task = lookup(block, ("ecs_parameters", 0, "task_definition_arn"))
        wanted = task if isinstance(task, str) else arn
        if not any(
            grant.effect is Effect.ALLOW
            and not grant.resource.negated
            and pattern_covers(grant.resource.patterns[0], wanted)
            for grant in held
        ):
            return False
    return True
