"""I31: a denial under a condition that holds for those who use the thing today."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from iacrisk.catalog import attachment
from iacrisk.catalog.permissions import RESOURCE_POLICIES
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.policy_document import (
    EMPTY,
    Effect,
    Grant,
    Policy,
    account_of,
    action_covers,
    every_grant,
    grants_added,
    matchers_meet,
    parse_policy,
    pattern_covers,
)
from iacrisk.rules.context import Context
from iacrisk.rules.identity.access_loss import is_broad
from iacrisk.rules.identity.new_denials import (
    INLINE,
    PRINCIPAL_ATTACHMENTS,
    denied_by,
    principal_of,
)
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.access.conditions import all_hold
from iacrisk.rules.readers.access.effective_access import access_of, target_of
from iacrisk.rules.readers.access.group_members import MEMBERSHIPS, members_of, memberships
from iacrisk.rules.readers.access.org_accounts import account_facts, accounts_below, units_between
from iacrisk.rules.readers.access.policy_changes import policy_changes
from iacrisk.rules.readers.access.requests_of import (
    callers_of,
    facts_of,
    outsiders,
    services_admitted,
)
from iacrisk.rules.readers.networks.plain_transport import without_tls
from iacrisk.rules.readers.siblings import stays
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import CHANGES, Confidence, Flag, Harm, Outcome, Severity, rule

_ORGANISATION: Final = "aws_organizations_policy_attachment"
_POLICY: Final = "aws_organizations_policy"
_OF_GROUPS: Final = frozenset({"aws_iam_group_policy", "aws_iam_group_policy_attachment"})


@rule(
    id="I31",
    name="denial-holds-for-users",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds=CHANGES,
    types={
        _ORGANISATION,
        *RESOURCE_POLICIES,
        *PRINCIPAL_ATTACHMENTS,
        *INLINE,
        *_OF_GROUPS,
        *MEMBERSHIPS,
    },
    since="0.2",
)
def denial_holds_for_users(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Something is denied under a condition, and the plan shows that the condition holds.

    What it flags
        A new `Deny` under tests that all hold for somebody of the plan: without TLS, where a
        task mounts the file system so or a distribution leads to the bucket's website; outside
        some regions, where accounts of the unit live elsewhere; without a second factor, from
        another network or endpoint or from outside the organisation, where a function, a
        service of AWS or a partner comes that way.

    Why it matters
        Such denials read like hygiene and mostly are. For the one who meets the condition they
        are a plain denial, which wins over everything that allows.

    When it is fine
        Whoever meets it is to be shut out. Not flagged: tests of which the plan does not show
        that they hold, and principals that the denial exempts.

    What to do instead
        Move those who meet the condition first: mount with TLS, exempt the region or the role.

    References
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    if change.type == _ORGANISATION:
        found = _in_accounts(change, context)
    elif change.type in RESOURCE_POLICIES:
        found = _by_resource(change, context)
    else:
        found = _by_identity(change, context)
    hit = list(dict.fromkeys(found))
    if hit:
        name = {_ORGANISATION: "policy_id"}.get(change.type) or _argument(change)
        yield Flag(
            what=f"What it denies under a condition holds for {some_of(hit)}.",
            paths=((name,),),
            hurts=tuple(label for label in hit if context.change_at(label) is not None),
        )


def _argument(change: ResourceChange) -> str:
    if change.type in MEMBERSHIPS:
        return MEMBERSHIPS[change.type]
    if change.type in PRINCIPAL_ATTACHMENTS or change.type == "aws_iam_group_policy_attachment":
        return "policy_arn"
    return RESOURCE_POLICIES.get(change.type, "policy")


# Organisations


def _in_accounts(change: ResourceChange, context: Context) -> Iterator[str]:
    target = str(change.after.get("target_id"))
    if change.kind is ActionKind.UPDATE:
        return
    denials = [
        one
        for policy in _attached(change, context)
        for one in every_grant(parse_policy(policy.after.get("content")) or EMPTY)
        if one.effect is Effect.DENY and one.condition and is_broad(one)
    ]
    accounts = accounts_below(target, context)
    hit = [
        account.label
        for account in accounts
        if any(
            all_hold(one.condition, facts)
            for facts in account_facts(account, context)
            for one in denials
        )
    ]
    yield from hit
    if hit:
        yield from units_between(target, context)


def _attached(change: ResourceChange, context: Context) -> list[ResourceChange]:
    """The policy that is attached, which this plan may only make."""
    identity = change.after.get("policy_id")
    if identity is not UNKNOWN:
        return [one for one in context.changes_of(_POLICY) if one.after.get("id") == identity]
    uses = context.graph.dependencies(change.label)
    found = [use.node.change for use in uses if use.node.type == _POLICY]
    return [one for one in found if one is not None]


# Resources


class _Denials(msgspec.Struct, frozen=True):
    """What a policy of the resource newly denies, and all that the policy says then."""

    new: tuple[Grant, ...]
    policy: Policy


def _by_resource(change: ResourceChange, context: Context) -> Iterator[str]:
    for policy in policy_changes(change, context):
        if policy.after is None:
            continue
        denials = _Denials(
            new=tuple(
                one
                for one in grants_added(policy.after, policy.before)
                if one.effect is Effect.DENY and one.condition
            ),
            policy=policy.after,
        )
        target = _target(change, context) if denials.new else None
        if target is not None:
            yield from _hit(denials, target, context)


def _hit(denials: _Denials, target: ResourceChange, context: Context) -> Iterator[str]:
    plain = [one for one in denials.new if one.principal.is_any and _is_transport(one)]
    if plain:
        yield from without_tls(target, context)
    for deny in denials.new:
        for caller in callers_of(context):
            if not _names(deny, caller.arn) or not all_hold(deny.condition, caller.facts):
                continue
            if any(_uses(grant, deny, target) for grant in every_grant(caller.policy)):
                yield from caller.labels
        if deny.principal.is_any:
            for service in services_admitted(denials.policy, target, context):
                if all_hold(deny.condition, service.facts) and _overlap(service.grant, deny):
                    yield from service.labels
            for partner in outsiders(denials.policy, context):
                if all_hold(deny.condition, partner.facts) and _overlap(partner.grant, deny):
                    yield from partner.labels


def _is_transport(deny: Grant) -> bool:
    return all_hold(deny.condition, {"aws:securetransport": "false"})


def _names(deny: Grant, arn: str) -> bool:
    """Whether the denial is for the principal."""
    listed = any(
        pattern_covers(pattern, arn) or pattern == account_of(arn)
        for pattern in deny.principal.patterns
    )
    return not listed if deny.principal.negated else listed


def _overlap(one: Grant, other: Grant) -> bool:
    return action_covers(one.action, other.action) or action_covers(other.action, one.action)


def _uses(grant: Grant, deny: Grant, target: ResourceChange) -> bool:
    """Whether the grant allows on the target, by its ARN, what is denied."""
    arn = str(target.before.get("arn"))
    on_it = any(
        pattern.startswith(arn) and pattern[len(arn) : len(arn) + 1] in {"", "/", ":", "*"}
        for pattern in grant.resource.patterns
    )
    return grant.effect is Effect.ALLOW and on_it and _overlap(grant, deny)


def _target(change: ResourceChange, context: Context) -> ResourceChange | None:
    """What the policy guards, where it is there today."""
    names = attachment(change.type)[:1]
    if not names:
        return change if stays(change) else None
    for use in context.graph.dependencies(change.label):
        other = use.node.change
        if use.argument.partition(".")[0] in names and other is not None and stays(other):
            return other
    wanted = target_of(change.type, change.after)
    named = _by_identity_of(context).get(wanted, ())
    found = next((one for one in named if one is not change), None)
    return found if found is not None and not attachment(found.type) else None


def _by_identity_of(context: Context) -> dict[str, list[ResourceChange]]:
    """What stays, by its id and by its ARN, in the plan's order."""

    def build() -> dict[str, list[ResourceChange]]:
        index: dict[str, list[ResourceChange]] = {}
        for one in filter(stays, context.plan.changes):
            names = (msgspec.json.decode(raw) for raw in (one.identity.id, one.identity.arn))
            for name in {name for name in names if isinstance(name, str)}:
                index.setdefault(name, []).append(one)
        return index

    return once(context.plan, "staying by id or ARN", build)


# Principals


def _by_identity(change: ResourceChange, context: Context) -> Iterator[str]:
    if change.type in MEMBERSHIPS:
        yield from _by_membership(change, context)
        return
    if change.kind is not ActionKind.CREATE:
        return
    denials = [one for one in denied_by(change, context) if one.condition]
    if change.type in _OF_GROUPS:
        group = str(change.after.get("group"))
        for user in members_of(group, context):
            yield from _denied_to(user, denials, [f"group/{group}"], context)
        return
    principal = principal_of(change, context)
    if principal is not None:
        yield from _denied_to(principal, denials, [], context)


def _by_membership(change: ResourceChange, context: Context) -> Iterator[str]:
    """Users who come into a group that is denied something under a condition."""
    earlier = set(memberships(change, change.before))
    for user, group in memberships(change, change.after):
        name = f"group/{group}"
        denials = [
            one
            for one in every_grant(access_of(context).after(name))
            if one.effect is Effect.DENY and one.condition
        ]
        if (user, group) in earlier or not denials:
            continue
        for one in context.changes_of("aws_iam_user"):
            if one.before.get("name") == user and stays(one):
                yield from _denied_to(one, denials, [name], context)


def _denied_to(
    principal: ResourceChange, denials: list[Grant], groups: list[str], context: Context
) -> Iterator[str]:
    """The principal and what runs as it, where one of the denials takes what it is given."""
    own = f"{principal.type.removeprefix('aws_iam_')}/{principal.before.get('name')}"
    held = [
        one
        for name in (own, *groups)
        for one in every_grant(access_of(context).before(name))
        if one.effect is Effect.ALLOW
    ]
    for who in facts_of(principal, context):
        if any(
            all_hold(deny.condition, who.facts) and any(_meet(deny, one) for one in held)
            for deny in denials
        ):
            yield principal.label
            yield from who.labels


def _meet(deny: Grant, allow: Grant) -> bool:
    both_negated = deny.action.negated and allow.action.negated
    return both_negated or matchers_meet(deny, allow)
