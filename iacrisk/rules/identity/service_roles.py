"""I32: a key's policy leaves out the role in whose name a service starts machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.catalog.permissions import KEY_POLICIES
from iacrisk.catalog.service_roles import KEY_ACTIONS, SERVICE_ROLE, STARTED_BY
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.policy_document import (
    EMPTY,
    Effect,
    Grant,
    Matcher,
    Policy,
    action_covers,
    every_grant,
    name_principal,
)
from iacrisk.plan.values import members
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.policy_changes import policy_changes
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_TEMPLATE: Final = "aws_launch_template"
_DEFAULT_KEY: Final = "aws_ebs_default_kms_key"
_VIA: Final = "kms:viaservice"
_STARTERS: Final = ("ec2.", "autoscaling.")


@rule(
    id="I32",
    name="service-role-off-key",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds={ActionKind.UPDATE},
    types=KEY_POLICIES,
    since="0.2",
)
def service_role_off_key(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A key's policy drops the role of a service that starts machines with the key.

    What it flags
        A policy of a KMS key that no longer lets a service-linked role (of Auto Scaling, of spot
        instances) use the key or grant its use, while a group or fleet that stays launches disks
        that are encrypted with it.

    Why it matters
        The rights of such a role are fixed by AWS and hold nothing about keys: the account's own
        statement does not help it. Machines that run stay up, and every new one ends at once.

    When it is fine
        A grant on the key stands for the role. Not flagged: a grant of the plan for it, and a
        statement for everybody who comes by way of EC2.

    What to do instead
        Keep both statements for the role: one to use the key, one to create grants.

    References
        https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    """
    for policy in policy_changes(change, context):
        roles = _roles_in(policy.before)
        if policy.is_unknown:
            if roles:
                why = "Whether the policy keeps the roles of services is not known."
                yield Undecided(why=why, paths=(policy.path,))
            continue
        names = _names_of_key(change, context) if roles else frozenset()
        for role in roles:
            lost = _lost(role, policy.before or EMPTY, policy.after or EMPTY)
            hurt = list(dict.fromkeys(_started(role, names, context))) if lost else []
            if hurt and not _has_grant(role, names, context):
                who = name_principal(Matcher((role,)))
                yield Flag(
                    what=f"{who} may no longer {some_of(lost)}, and starts machines with the key.",
                    paths=(policy.path,),
                    hurts=tuple(hurt),
                )


def _roles_in(policy: Policy | None) -> list[str]:
    found = (
        grant.principal.patterns[0]
        for grant in every_grant(policy or EMPTY)
        if grant.effect is Effect.ALLOW and not grant.principal.negated
    )
    return list(dict.fromkeys(name for name in found if SERVICE_ROLE in name))


def _lost(role: str, before: Policy, after: Policy) -> list[str]:
    return [
        action
        for action in KEY_ACTIONS
        if _allows(before, role, action) and not _allows(after, role, action)
    ]


def _allows(policy: Policy, role: str, action: str) -> bool:
    wanted = Matcher((action,))
    return any(
        grant.effect is Effect.ALLOW
        and action_covers(grant.action, wanted)
        and _is_for(grant, role)
        for grant in every_grant(policy)
    )


def _is_for(grant: Grant, role: str) -> bool:
    """Whether it names the role, or everybody who may come by way of the services that start."""
    if grant.principal.negated:
        return True
    if grant.principal.is_any:
        via = [clause for clause in grant.condition if clause.key == _VIA]
        return not via or any(
            value.startswith((*_STARTERS, "*")) for clause in via for value in clause.values
        )
    return role in grant.principal.patterns


def _started(role: str, names: frozenset[str], context: Context) -> Iterator[str]:
    """What has its machines started in the name of the role with disks of the key."""
    service = role.partition(SERVICE_ROLE)[2].partition("/")[0]
    with_key = [one for one in context.changes_of(_TEMPLATE) if _has_disks(one, names, context)]
    for user in context.changes_of(*STARTED_BY.get(service, ())):
        own = user.before.get("service_linked_role_arn")
        if not stays(user) or user.before.get("max_size") == 0 or (own and own != role):
            continue
        if _uses_key(user.before.get("launch_specification"), names):
            yield user.label
        for template in with_key:
            if _is_launched(template, user):
                yield user.label
                yield template.label


def _names_of_key(change: ResourceChange, context: Context) -> frozenset[str]:
    """The key's id and ARN, and its aliases."""
    own = {str(change.before.get(name)) for name in ("arn", "key_id") if change.before.get(name)}
    own |= {
        str(one.before.get("arn"))
        for one in context.changes_of(*sorted(KEY_POLICIES))
        if own & {one.before.get("key_id"), one.before.get("id")} and one.before.get("arn")
    }
    for alias in context.changes_of("aws_kms_alias"):
        if {alias.before.get("target_key_id"), alias.before.get("target_key_arn")} & own:
            named = (alias.before.get("name"), alias.before.get("arn"))
            own |= {str(name) for name in named if name}
    return frozenset(own)


def _has_disks(template: ResourceChange, names: frozenset[str], context: Context) -> bool:
    """Whether machines of the template get disks with the key, by name or as the usual one."""
    if not stays(template):
        return False
    disks = template.after.get("block_device_mappings")
    keys = [ebs.get("kms_key_id") for disk in members(disks) for ebs in members(disk.get("ebs"))]
    usual = any(
        stays(one) and one.after.get("key_arn") in names for one in context.changes_of(_DEFAULT_KEY)
    )
    return any(key in names for key in keys) or (usual and not all(keys or [None]))


def _uses_key(value: Any, names: frozenset[str]) -> bool:
    return any(
        disk.get("kms_key_id") in names
        for one in members(value)
        for kind in ("root_block_device", "ebs_block_device")
        for disk in members(one.get(kind))
    )


def _is_launched(template: ResourceChange, user: ResourceChange) -> bool:
    named = {template.before.get("id"), template.before.get("name")} - {None, ""}
    return any(str(name).encode() in bytes(user.raw.change.before) for name in named)


def _has_grant(role: str, names: frozenset[str], context: Context) -> bool:
    """Whether a grant of the plan lets the role use the key, whatever the policy says."""
    return any(
        one.after.get("grantee_principal") == role and one.after.get("key_id") in names
        for one in context.changes_of("aws_kms_grant")
        if not one.destroys
    )
