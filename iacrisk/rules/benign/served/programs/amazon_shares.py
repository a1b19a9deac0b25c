"""Proofs on AWS: what got a share has nothing behind it, who is denied is nobody, logs are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange, lookup
from iacrisk.plan.policy_document import Effect, Grant, grants_removed, parse_policy
from iacrisk.plan.values import members
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.conditions import Facts, holds
from iacrisk.rules.readers.access.org_accounts import account_facts, accounts_below
from iacrisk.rules.readers.entries.entry_users import answering
from iacrisk.rules.readers.siblings import stays

# Shares

_GROUPS: Final = ("aws_alb_target_group", "aws_lb_target_group")
_LISTENERS: Final = frozenset(
    {"aws_alb_listener", "aws_alb_listener_rule", "aws_lb_listener", "aws_lb_listener_rule"}
)
_BALANCERS: Final = ("aws_alb", "aws_lb")


def why_share_empty(change: ResourceChange, context: Context) -> str | None:
    """Why no request is missed: the group that loses its share is empty, the others serve."""
    name = "action" if change.type.endswith("_rule") else "default_action"
    rest = change.changed - {name}
    if name not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    before, after = (dict(_weights(tree.get(name))) for tree in (change.before, change.after))
    if not before or before.keys() != after.keys():
        return None
    falling = [arn for arn, weight in before.items() if after[arn] < weight]
    serving = [arn for arn, weight in before.items() if weight > 0 and after[arn] >= weight]
    if not falling or not all(_is_empty(arn, context) for arn in falling):
        return None
    if any(any(answering([arn], context)) for arn in serving):
        return "nothing is registered in the group that loses its share, and the others serve"
    return None


def _weights(actions: Any) -> Iterator[tuple[str, float]]:
    listed = members(actions)
    if len(listed) != 1:
        return
    for forward in members(listed[0].get("forward")):
        for group in members(forward.get("target_group")):
            arn, weight = group.get("arn"), group.get("weight")
            if isinstance(arn, str) and isinstance(weight, int | float):
                yield arn, float(weight)


def _is_empty(arn: str, context: Context) -> bool:
    """Whether the group is in the plan, and nothing but listeners knows it."""
    for group in context.changes_of(*_GROUPS):
        if group.before.get("arn") == arn and stays(group):
            uses = [use.node for use in context.consumers(group) if use.node.is_resource]
            if any(node.type not in _LISTENERS for node in uses):
                return False
            return not any(
                arn.encode() in bytes(one.raw.change.after)
                for one in context.plan.changes
                if one is not group and one.type not in _LISTENERS
            )
    return False


def why_record_empty(change: ResourceChange, context: Context) -> str | None:
    """Why no client is missed: nothing is behind the balancer of the record, others serve."""
    name = "weighted_routing_policy"
    rest = change.changed - {name}
    if name not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    if lookup(change.after, (name, 0, "weight")) != 0 or not _leads_to_empty(change, context):
        return None
    for one in context.changes_of(change.type):
        same = all(
            one.before.get(key) == change.before.get(key) for key in ("zone_id", "name", "type")
        )
        weight = lookup(one.before, (name, 0, "weight"))
        if one is change or not same or one.kind is not ActionKind.NO_OP:
            continue
        if isinstance(weight, int | float) and weight > 0 and _leads_to_service(one, context):
            return f"nothing is behind its balancer, and {one.label} serves the name"
    return None


def _groups_behind(record: ResourceChange, context: Context) -> list[str] | None:
    """The target groups behind the balancers that the record leads to; None where one is unseen."""
    listed = record.before.get("records")
    texts = [*(listed if isinstance(listed, list) else ())]
    texts += [block.get("name") for block in members(record.before.get("alias"))]
    hosts = {str(text).lower().rstrip(".").removeprefix("dualstack.") for text in texts}
    balancers = [
        one
        for one in context.changes_of(*_BALANCERS)
        if stays(one) and str(one.before.get("dns_name")).lower() in hosts
    ]
    if len(balancers) != len(hosts) or not hosts:
        return None
    found: list[str] = []
    for balancer in balancers:
        for use in context.consumers(balancer):
            listener = use.node.change
            if use.node.type in _LISTENERS and listener is not None:
                rules = [one.node.label for one in context.consumers(listener)]
                for label in (listener.label, *rules):
                    found += _groups_of(label, context)
    return found


def _groups_of(label: str, context: Context) -> Iterator[str]:
    for use in context.graph.dependencies(label):
        if use.node.type in _GROUPS and use.node.change is not None:
            yield str(use.node.change.before.get("arn"))


def _leads_to_empty(record: ResourceChange, context: Context) -> bool:
    groups = _groups_behind(record, context)
    return bool(groups) and all(_is_empty(arn, context) for arn in groups or ())


def _leads_to_service(record: ResourceChange, context: Context) -> bool:
    groups = _groups_behind(record, context)
    return bool(groups) and any(answering(groups or (), context))


# Organisations


def why_nobody_denied(change: ResourceChange, context: Context) -> str | None:
    """Why no account is refused: what is newly denied holds for none of those below."""
    rest = change.changed - {"content"}
    if "content" not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    before, after = (parse_policy(tree.get("content")) for tree in (change.before, change.after))
    if before is None or after is None:
        return None
    lost = grants_removed(before, after)
    if not lost or any(one.effect is not Effect.DENY for one in lost):
        return None
    targets = [
        str(one.before.get("target_id"))
        for one in context.changes_of("aws_organizations_policy_attachment")
        if one.kind is not ActionKind.DELETE
        and one.before.get("policy_id") == change.before.get("id")
    ]
    below = [accounts_below(target, context) for target in targets]
    if not below or not all(below):
        return None
    for account in {one.label: one for group in below for one in group}.values():
        facts = list(account_facts(account, context))
        if not facts or not all(_spares(one, told) for one in lost for told in facts):
            return None
    return "what it newly denies holds for no account of the plan below it"


def _spares(deny: Grant, facts: Facts) -> bool:
    return any(holds(clause, facts) is False for clause in deny.condition)


# Logs

_FIREHOSE: Final = "aws_kinesis_firehose_delivery_stream"


def why_logs_archived(change: ResourceChange, context: Context) -> str | None:
    """Why older logs are not missed: all of them are written down at once."""
    rest = change.changed - {"retention_in_days"}
    if rest and explain(change, context, *rest) is None:
        return None
    archives = {
        str(one.before.get("arn")): one.label
        for one in context.changes_of(_FIREHOSE)
        if one.kind is ActionKind.NO_OP and members(one.before.get("extended_s3_configuration"))
    }
    for one in context.changes_of("aws_cloudwatch_log_subscription_filter"):
        here = one.before.get("log_group_name") == change.before.get("name")
        whole = not str(one.before.get("filter_pattern") or "").strip()
        label = archives.get(str(one.before.get("destination_arn")))
        if one.kind is ActionKind.NO_OP and here and whole and label:
            return f"{label} writes all of it down within minutes"
    return None
