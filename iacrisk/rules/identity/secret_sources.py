"""I23: a task takes a secret from where its role may not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.policy_document import Effect, Matcher, Policy, pattern_covers
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.effective_access import Access, access_of, principal_name
from iacrisk.rules.readers.shapes import blocks, json_in, last_part
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

Values = dict[str, Any]
_READS: Final = {"secretsmanager": "secretsmanager:getsecretvalue", "ssm": "ssm:getparameters"}
_OTHER_WORK: Final = frozenset(
    {
        "AWSLambdaBasicExecutionRole",
        "AWSLambdaVPCAccessExecutionRole",
        "AmazonECSTaskExecutionRolePolicy",
    }
)
"""Policies of AWS that are known not to read any secret."""
_ARN_PARTS: Final = 7


@rule(
    id="I23",
    name="secret-source-unreadable",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.CREATE, ActionKind.UPDATE, ActionKind.REPLACE},
    types={"aws_ecs_task_definition"},
    since="0.2",
)
def secret_source_unreadable(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A task takes a secret from a new place, and its execution role may not read there.

    What it flags
        A task definition with a secret or parameter that it did not take before, where all that
        the plan shows of its execution role's policies does not allow to read it. The plan has
        to show the policies: the role is new, or they allow what the task read so far.

    Why it matters
        New tasks stop before they start, with an error that only the service's events show.
        Running ones go with the rollout, and none can be started again.

    When it is fine
        A policy outside the plan allows it.

    What to do instead
        Give the role the right first, in an earlier plan or with depends_on.

    References
        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
    """
    before, after = _sources(change.before), _sources(change.after)
    added = sorted(after - before)
    role = change.after.get("execution_role_arn")
    if not added or not isinstance(role, str):
        return
    access = access_of(context)
    principal = principal_name(role)
    policy = _all_policies(principal, access, context)
    if policy is None or not _is_complete(principal, policy, before, access):
        return
    refused = [one for one in added if not _may_read(policy, one)]
    if refused and not context.changes_of("aws_secretsmanager_secret_policy"):
        names = some_of(one.rpartition(":")[2] for one in refused)
        yield Flag(
            what=f"The execution role may not read {names}, so no new task starts.",
            paths=(("container_definitions",),),
            hurts=tuple(_services(change, context)),
        )


def _sources(values: Values) -> frozenset[str]:
    """The ARNs of the secrets and parameters, without key and version."""
    found = set()
    for container in blocks(json_in(values.get("container_definitions"))):
        for secret in blocks(container.get("secrets")):
            name = str(secret.get("valueFrom"))
            if name.startswith("arn:"):
                found.add(":".join(name.split(":")[:_ARN_PARTS]))
    return frozenset(found)


def _all_policies(principal: str, access: Access, context: Context) -> Policy | None:
    """All that its policies say in the end; None where one is not in the plan."""
    role = access.roles.get(principal)
    if role is None or not access.knows(principal):
        return None
    attached = {
        str(one.after.get("policy_arn"))
        for one in context.changes_of("aws_iam_role_policy_attachment")
        if f"role/{one.after.get('role')}" == principal
    }
    listed = role.after.get("managed_policy_arns")
    attached |= {str(arn) for arn in listed} if isinstance(listed, list) else set()
    hidden = {arn for arn in attached if not access.shows_policy(arn)}
    if any(last_part(arn) not in _OTHER_WORK for arn in hidden):
        return None
    return access.after(principal)


def _is_complete(principal: str, policy: Policy, before: frozenset[str], access: Access) -> bool:
    """Whether the plan shows the policies by which the task reads its secrets."""
    is_new = access.roles[principal].kind is ActionKind.CREATE
    return is_new or any(_may_read(policy, one) for one in before)


def _may_read(policy: Policy, source: str) -> bool:
    action = _READS.get(source.split(":")[2], "")
    return not action or any(
        statement.effect is Effect.ALLOW
        and any(_matches(one, action, lower=True) for one in statement.actions)
        and any(_matches(one, source) for one in statement.resources)
        for statement in policy.statements
    )


def _matches(matcher: Matcher, text: str, *, lower: bool = False) -> bool:
    patterns = (one.lower() if lower else one for one in matcher.patterns)
    return any(pattern_covers(one, text) for one in patterns) != matcher.negated


def _services(change: ResourceChange, context: Context) -> Iterator[str]:
    family = str(change.before.get("family") or change.after.get("family"))
    for one in context.changes_of("aws_ecs_service"):
        named = last_part(one.before.get("task_definition")).partition(":")[0]
        if one.before and named == family:
            yield one.label
