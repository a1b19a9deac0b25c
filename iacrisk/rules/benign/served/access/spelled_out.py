"""BL-notspelled: a role loses a right on what none of those that run as it call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from iacrisk.catalog.permissions import IDENTITY_POLICIES
from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.policy_document import Effect, Grant, every_grant, grants_removed, parse_policy
from iacrisk.rules.benign.harmless_attributes import explain
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.effective_access import access_of
from iacrisk.rules.readers.settings.unknowns import holds_unknown
from iacrisk.rules.readers.siblings import stays

HOLDERS: Final = frozenset({"aws_iam_role_policy", "aws_iam_policy"})
_RUNS_AS: Final[dict[str, tuple[str, str]]] = {
    "aws_cloudwatch_event_target": ("events", "role_arn"),
    "aws_pipes_pipe": ("pipes", "role_arn"),
    "aws_scheduler_schedule": ("scheduler", "target"),
    "aws_sfn_state_machine": ("states", "role_arn"),
}
"""What says itself all that it calls: the service that runs it, and where it names its role."""

_FOUND_AT_RUN_TIME: Final = regex(
    r"(FunctionName|QueueUrl|TopicArn|StateMachineArn|JobName|TableName)\.\$|\{%|States\.Format"
)
"""A definition that takes names from its input or from an expression."""

_CALLS: Final = frozenset(
    {
        "dynamodb:deleteitem",
        "dynamodb:getitem",
        "dynamodb:putitem",
        "dynamodb:updateitem",
        "glue:startjobrun",
        "lambda:invokeasync",
        "lambda:invokefunction",
        "sns:publish",
        "sqs:sendmessage",
        "states:startexecution",
        "states:startsyncexecution",
    }
)
"""Rights that are used only where the target is named; a key is used without being named."""

_PART_OF_IT: Final = ("aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_role")
_SHORTEST: Final = 4


def why_not_called(change: ResourceChange, context: Context) -> str | None:
    """Why nobody misses the right: all that run as the role name what they call, and not that."""
    name = IDENTITY_POLICIES[change.type]
    rest = change.changed - {name}
    if name not in change.changed or (rest and explain(change, context, *rest) is None):
        return None
    before, after = (parse_policy(tree.get(name)) for tree in (change.before, change.after))
    if before is None or after is None:
        return None
    lost = grants_removed(before, after)
    targets = [target for grant in lost for target in _targets(grant)]
    if not lost or not all(map(_names_its_targets, lost)):
        return None
    roles = access_of(context).roles_of(change)
    users = [one for role in roles for one in _users(role, context)]
    if not users or not all(_only_for(role, context) for role in roles):
        return None
    if any(_may_call(one, target) for one in users for target in targets):
        return None
    return "those that run as the role say what they call, and do not call what it loses"


def _names_its_targets(grant: Grant) -> bool:
    exact = not grant.resource.negated and not grant.action.negated
    plain = not any("*" in text or "?" in text for text in grant.resource.patterns)
    calls = {text.lower() for text in grant.action.patterns} <= _CALLS
    return grant.effect is Effect.ALLOW and exact and plain and calls and all(_targets(grant))


def _targets(grant: Grant) -> Iterator[str]:
    """The names by which a definition would call what the grant is on; "" where it has none."""
    for text in grant.resource.patterns:
        parts = re.split(r"[:/]", text)
        known = text.startswith("arn:") and len(parts) > 5 and len(parts[-1]) >= _SHORTEST
        function = re.search(r":function:([\w-]+)", text)
        yield function[1] if function else (parts[-1] if known else "")


def _users(role: ResourceChange, context: Context) -> Iterator[ResourceChange]:
    arn = str(role.before.get("arn") or "")
    for one in context.changes_of(*sorted(_RUNS_AS)):
        name = _RUNS_AS[one.type][1]
        held = f"{one.before.get(name)} {one.after.get(name)}"
        if arn and arn in held and one.kind is not ActionKind.DELETE:
            yield one


def _only_for(role: ResourceChange, context: Context) -> bool:
    """Whether only services that spell it out may assume the role, and nothing else holds it."""
    trust = parse_policy(role.before.get("assume_role_policy"))
    served = {f"{service}.amazonaws.com" for service, _ in _RUNS_AS.values()}
    if trust is None or not stays(role) or "assume_role_policy" in role.changed:
        return False
    for grant in every_grant(trust):
        if grant.principal.negated or not {*grant.principal.patterns} <= served:
            return False
    arn = str(role.before.get("arn") or "").encode()
    users = {one.label for one in _users(role, context)}
    return bool(arn) and not any(
        arn in bytes(one.raw.change.after)
        for one in context.plan.changes
        if one.type not in _PART_OF_IT and one.label not in users and one.type not in HOLDERS
    )


def _may_call(one: ResourceChange, target: str) -> bool:
    """Whether it names the target, today or from now on, or finds out only at run time."""
    if any(holds_unknown(one.after.get(name)) for name in one.changed):
        return True
    texts = [bytes(one.raw.change.before), bytes(one.raw.change.after)]
    both = b" ".join(texts).decode("utf-8", "replace")
    return target in both or bool(_FOUND_AT_RUN_TIME.search(both))
