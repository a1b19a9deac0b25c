"""Ties of rights: who holds them, who logs in to get them, and what a policy no longer names."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from iacrisk.catalog import attachment
from iacrisk.patterns import regex
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.policy_document import Effect, grants_removed, parse_policy
from iacrisk.rules.context import Context
from iacrisk.rules.hurt.programs import running_as, using
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.access.conditions import all_hold
from iacrisk.rules.readers.access.org_accounts import account_facts, accounts_below, stacks_of
from iacrisk.rules.readers.siblings import stays

_BINDINGS: Final = frozenset(
    {
        "aws_iam_group_policy_attachment",
        "aws_iam_role_policy_attachment",
        "aws_iam_user_policy_attachment",
        "azurerm_key_vault_access_policy",
        "kubernetes_cluster_role_binding",
        "kubernetes_cluster_role_binding_v1",
        "kubernetes_role_binding",
        "kubernetes_role_binding_v1",
    }
)
"""Types that give somebody what the change holds, and give less or more when it changes."""

_LOGINS: Final = frozenset({"azuread_application_federated_identity_credential"})
_PRINCIPALS: Final = frozenset({"azuread_service_principal"})
_GRANTS: Final = frozenset({"azurerm_role_assignment"})
_HANDERS: Final = frozenset(
    {
        "aws_api_gateway_integration",
        "aws_apigatewayv2_integration",
        "aws_cloudwatch_event_target",
        "aws_s3_bucket_notification",
        "aws_sns_topic_subscription",
    }
)
"""Types that hand over to an object whose policy has to admit them."""

_NAME: Final = regex(rb"arn:[\w-]+:[^\"\\\s,]+")
_SHORTEST: Final = 20
_MOST: Final = 12
"""A pattern that fits more objects than this means none of them in particular."""


def bindings(change: ResourceChange, context: Context) -> Iterator[str]:
    """The bindings and attachments by which the change reaches its holders."""
    for use in context.consumers(change):
        if use.node.type in _BINDINGS and use.node.change is not None and stays(use.node.change):
            yield use.node.label


def logins(change: ResourceChange, context: Context) -> Iterator[str]:
    """Who logs in to be the principal of a grant, and what a login opens."""
    if change.type in _GRANTS:
        for principal in _next(change.label, _PRINCIPALS, context):
            for label in _applications(principal, context):
                yield from using(label, _LOGINS, context)
    elif change.type in _LOGINS:
        for use in context.graph.dependencies(change.label):
            for principal in using(use.node.label, _PRINCIPALS, context):
                yield principal
                yield from using(principal, _GRANTS, context)


def _next(label: str, types: frozenset[str], context: Context) -> Iterator[str]:
    for use in context.graph.dependencies(label):
        if use.node.type in types:
            yield use.node.label


def _applications(principal: str, context: Context) -> Iterator[str]:
    yield from _next(principal, frozenset({"azuread_application"}), context)


def secret_readers(change: ResourceChange, context: Context) -> Iterator[str]:
    """Who reads the secret in which the change's password stands."""
    for version in using(change.label, frozenset({"aws_secretsmanager_secret_version"}), context):
        yield version
        for use in context.graph.dependencies(version):
            if use.node.type == "aws_secretsmanager_secret":
                for reader in context.graph.consumers(use.node.label):
                    if reader.node.type == "aws_ecs_task_definition":
                        yield from using(reader.node.label, frozenset({"aws_ecs_service"}), context)


def no_longer_named(change: ResourceChange, context: Context) -> Iterator[str]:
    """What the policy named and names no more, and what hands over to the object by that name."""
    if change.kind is ActionKind.CREATE:
        return
    before, after = bytes(change.raw.change.before), bytes(change.raw.change.after)
    gone = set(_NAME.findall(before)) - set(_NAME.findall(after))
    for name in sorted(gone) if change.kind is not ActionKind.DELETE else ():
        for label in _objects_named(name.decode("utf-8", "replace"), context):
            yield label
            yield from running_as(label, context)
    if gone:
        yield from _handing_over(change, context)


def _handing_over(change: ResourceChange, context: Context) -> Iterator[str]:
    """Subscriptions, targets and integrations of the object that the policy guards."""
    for use in context.graph.dependencies(change.label):
        if use.argument.partition(".")[0] in attachment(change.type)[:1]:
            for label in using(use.node.label, _HANDERS, context):
                yield label
                yield from using(label, frozenset({"aws_apigatewayv2_route"}), context)


def accounts_denied(change: ResourceChange, context: Context) -> Iterator[str]:
    """The accounts for which what the policy newly denies holds, with attachments and stacks."""
    if change.type != "aws_organizations_policy" or change.kind is not ActionKind.UPDATE:
        return
    before, after = (parse_policy(tree.get("content")) for tree in (change.before, change.after))
    denied = [one for one in grants_removed(before, after) if one.effect is Effect.DENY]
    for attachment_ in context.changes_of("aws_organizations_policy_attachment"):
        if attachment_.before.get("policy_id") != change.before.get("id"):
            continue
        for account in accounts_below(str(attachment_.before.get("target_id")), context):
            facts = list(account_facts(account, context))
            met = [told for told in facts if any(all_hold(one.condition, told) for one in denied)]
            if met:
                yield account.label
                yield attachment_.label
            yield from _stacks_in(account, {told["aws:requestedregion"] for told in met}, context)


def _stacks_in(account: ResourceChange, regions: set[str], context: Context) -> Iterator[str]:
    """The stacks that a stack set keeps in these regions of the account."""
    number = str(account.before.get("id"))
    for owner, region, one in stacks_of(context):
        if owner == number and region in regions:
            yield one.label


def _objects_named(pattern: str, context: Context) -> list[str]:
    """Objects whose ARN is the text, or begins with it up to a wildcard."""
    text, star, _ = pattern.partition("*")
    if len(text) < _SHORTEST:
        return []
    arns = once(context.plan, "objects by ARN", lambda: _by_arn(context))
    found: list[str] = []
    for number in range(bisect_left(arns, (text, "")), len(arns)):
        arn, label = arns[number]
        if not (arn == text or (star and arn.startswith(text))):
            break
        found.append(label)
        if len(found) > _MOST:
            return []
    return found


def _by_arn(context: Context) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for change in context.plan.changes:
        raw = bytes(change.identity.arn) if change.mode == "managed" and stays(change) else b""
        if raw[:1] == b'"':
            found.append((raw[1:-1].decode("utf-8", "replace"), change.label))
    return sorted(found)
