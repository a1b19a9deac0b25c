"""What an assignment of the identity centre gives, and what its principal held until now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog.permissions import AWS_MANAGED_POLICIES, Power
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.policy_document import Effect, every_grant, parse_policy
from iacrisk.rules.context import Context
from iacrisk.rules.identity.grant_power import power_of
from iacrisk.rules.readers.shapes import last_part
from iacrisk.rules.readers.siblings import stays

ASSIGNMENT: Final = "aws_ssoadmin_account_assignment"
_SET: Final = "aws_ssoadmin_permission_set"
_ATTACHED: Final = "aws_ssoadmin_managed_policy_attachment"
_INLINE: Final = "aws_ssoadmin_permission_set_inline_policy"
_ACCOUNT: Final = "aws_organizations_account"
_IDENTITIES: Final = ("aws_identitystore_group", "aws_identitystore_user")


def raised_to_admin(change: ResourceChange, context: Context) -> tuple[str, tuple[str, ...]] | None:
    """The principal in words, with the account and the permission set, where it is raised so far.

    Only one that the plan shows with lesser rights, on this account or everywhere, counts as
    raised: a first assignment, a new account or more of the same is everyday work.
    """
    principal, account = change.after.get("principal_id"), change.after.get("target_id")
    if not isinstance(principal, str) or not isinstance(account, str):
        return None
    if power_of_set(change.after.get("permission_set_arn"), context) < Power.ADMIN:
        return None
    held = [
        one
        for one in context.changes_of(ASSIGNMENT)
        if one is not change
        and one.kind is not ActionKind.CREATE
        and one.before.get("principal_id") == principal
    ]
    here = [one for one in held if one.before.get("target_id") == account]
    powers = [power_of_set(one.before.get("permission_set_arn"), context) for one in here or held]
    if not powers or max(powers) >= Power.ADMIN or not _is_old(account, context):
        return None
    return _name_of(principal, context), tuple(_hit(change, account, context))


def power_of_set(arn: object, context: Context) -> Power:
    """What a permission set gives, by the policies of the plan that are put on it."""
    powers = [Power.ORDINARY]
    for one in context.changes_of(_ATTACHED):
        if arn and one.kind is not ActionKind.DELETE and one.after.get("permission_set_arn") == arn:
            name = last_part(one.after.get("managed_policy_arn"))
            powers.append(AWS_MANAGED_POLICIES.get(name, Power.ORDINARY))
    for one in context.changes_of(_INLINE):
        if arn and one.kind is not ActionKind.DELETE and one.after.get("permission_set_arn") == arn:
            policy = parse_policy(one.after.get("inline_policy"))
            grants = every_grant(policy) if policy is not None else ()
            powers += [power_of(grant) for grant in grants if grant.effect is Effect.ALLOW]
    return max(powers)


def _is_old(account: str, context: Context) -> bool:
    """Whether the account is there today; one that the plan does not hold is."""
    found = [one for one in context.changes_of(_ACCOUNT) if one.before.get("id") == account]
    return all(map(stays, found))


def _name_of(principal: str, context: Context) -> str:
    for one in context.changes_of(*_IDENTITIES):
        if principal in {one.before.get("group_id"), one.before.get("user_id")}:
            return one.label
    return "a principal that had less until now"


def _hit(change: ResourceChange, account: str, context: Context) -> Iterator[str]:
    for one in context.changes_of(_ACCOUNT):
        if one.before.get("id") == account:
            yield one.label
    for one in context.changes_of(_SET):
        if one.before.get("arn") == change.after.get("permission_set_arn"):
            yield one.label
