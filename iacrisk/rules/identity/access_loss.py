"""What a change takes from those who may do something today, and how likely they miss it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Final

import msgspec

from iacrisk.catalog import attachment
from iacrisk.catalog.permissions import (
    ENDPOINT_POLICIES,
    KEY_POLICIES,
    MILD_SERVICES,
    POLICY_ATTACHMENTS,
    PolicyKind,
    Power,
)
from iacrisk.plan import ActionKind, Path, ResourceChange
from iacrisk.plan.policy_document import (
    EMPTY,
    Effect,
    Grant,
    Policy,
    action_covers,
    every_grant,
    grant_covers,
    grants_removed,
    matchers_meet,
    name_grants,
    pattern_covers,
)
from iacrisk.rules.context import Context
from iacrisk.rules.identity.grant_power import is_read, is_wildcard, power_of
from iacrisk.rules.readers.access.effective_access import (
    Access,
    Side,
    access_of,
    own_accounts,
    target_of,
)
from iacrisk.rules.readers.access.policy_changes import PolicyChange, policy_changes


class Weight(IntEnum):
    """How likely somebody misses what was taken, least first."""

    SPARE = 0
    """By all that the plan shows nobody needs it."""
    TIGHTENED = 1
    """A wide grant became a narrower one of the same kind."""
    CUT = 2
    """A named right is gone."""
    PROVEN = 3
    """A named right on something that its user refers to is gone."""


class Loss(msgspec.Struct, frozen=True, kw_only=True):
    """Access that a change takes away, in words. `is_unknown`: the plan cannot tell."""

    what: str = ""
    path: Path
    weight: Weight = Weight.CUT
    is_power: bool = False
    """All of it was far-reaching."""
    is_unknown: bool = False


class _Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A policy before, with all that stands beside it, and all that stands there after."""

    path: Path
    kind: PolicyKind
    own_before: Policy
    own_after: Policy
    all_before: Policy
    all_after: Policy
    is_new: bool = False
    """What it concerns exists only after this plan."""
    is_partial: bool = False
    is_unknown: bool = False


def policy_losses(change: ResourceChange, context: Context) -> Iterator[Loss]:
    """What IAM-style policies of the change, or its attachment, no longer give."""
    for comparison in _comparisons(change, context):
        if comparison.is_unknown and change.kind is not ActionKind.CREATE:
            yield Loss(path=comparison.path, is_unknown=True)
            continue
        lost = list(_lost(comparison, access_of(context)))
        if lost:
            yield _weighed(change, context, comparison, lost)


def lost_grants(change: ResourceChange, context: Context) -> list[Grant]:
    """All grants that the policies of the change take away, none where the plan cannot tell."""
    return [
        grant
        for comparison in _comparisons(change, context)
        if not comparison.is_unknown
        for grant in _lost(comparison, access_of(context))
    ]


# What is compared with what


def _comparisons(change: ResourceChange, context: Context) -> Iterator[_Comparison]:
    access = access_of(context)
    if change.type in POLICY_ATTACHMENTS and change.kind is not ActionKind.CREATE:
        yield from _attachment(change, access)
    for policy in policy_changes(change, context):
        if policy.kind is PolicyKind.IDENTITY:
            yield from _identity(change, policy, access)
        elif policy.kind is PolicyKind.RESOURCE:
            yield from _resource(change, policy, access)
        elif change.kind is ActionKind.UPDATE:
            yield _compared(policy, (), ())


def _attachment(change: ResourceChange, access: Access) -> Iterator[_Comparison]:
    path: Path = (POLICY_ATTACHMENTS[change.type][0],)
    own = access.attached(change, Side.BEFORE)
    for principal in access.principals_of(change):
        if principal in access.destroyed:
            continue
        yield _Comparison(
            path=path,
            kind=PolicyKind.IDENTITY,
            own_before=own,
            own_after=EMPTY,
            all_before=own,
            all_after=access.after(principal),
            is_unknown=principal in access.uncertain,
        )


def _identity(
    change: ResourceChange, policy: PolicyChange, access: Access
) -> Iterator[_Comparison]:
    if change.destroys and change.type in {"aws_iam_role", "aws_iam_policy"}:
        return
    everybody = access.principals_of(change)
    principals = [item for item in everybody if item not in access.destroyed]
    if everybody and not principals:
        return
    others = [item for item in principals if item in access.uncertain]
    compared = _compared(policy, map(access.before, principals), map(access.after, principals))
    if others and not policy.is_unknown:
        compared = msgspec.structs.replace(compared, is_unknown=True)
    yield compared


def _resource(
    change: ResourceChange, policy: PolicyChange, access: Access
) -> Iterator[_Comparison]:
    target = target_of(change.type, change.before)
    if change.destroys and (change.type in ENDPOINT_POLICIES or not attachment(change.type)):
        return
    if target in access.gone:
        return
    compared = _compared(policy, (), [access.resource_after(change, target)])
    is_new = change.kind is ActionKind.CREATE and (
        not attachment(change.type) or target_of(change.type, change.after) not in access.targets
    )
    yield msgspec.structs.replace(compared, is_new=is_new)


def _compared(
    policy: PolicyChange, beside_before: Iterable[Policy], beside_after: Iterable[Policy]
) -> _Comparison:
    before, after = policy.before or EMPTY, policy.after or EMPTY
    return _Comparison(
        path=policy.path,
        kind=policy.kind,
        own_before=before,
        own_after=after,
        all_before=_joined(before, beside_before),
        all_after=_joined(after, beside_after),
        is_partial=policy.is_unknown,
        is_unknown=policy.is_unknown and policy.after is None,
    )


def _joined(policy: Policy, others: Iterable[Policy]) -> Policy:
    statements = dict.fromkeys(policy.statements)
    for other in others:
        statements |= dict.fromkeys(other.statements)
    return Policy(tuple(statements))


# What is lost


def _lost(comparison: _Comparison, access: Access) -> Iterator[Grant]:
    held = list(every_grant(comparison.all_after)) if comparison.is_partial else []
    for grant in grants_removed(comparison.own_before, comparison.all_after):
        if grant.effect is not Effect.ALLOW or _concerns_gone(grant, access.gone):
            continue
        if comparison.is_partial and any(action_covers(it.action, grant.action) for it in held):
            continue
        yield grant
    if comparison.is_new:
        return
    denied = [
        grant
        for grant in grants_removed(comparison.all_before, comparison.own_after)
        if grant.effect is Effect.DENY and not _is_about_transport(grant)
    ]
    if not denied:
        return
    allowed = [it for it in every_grant(comparison.all_before) if it.effect is Effect.ALLOW]
    for grant in denied:
        if comparison.kind is PolicyKind.RESOURCE:
            if not (is_for_all(grant) and is_broad(grant)):
                yield grant
        elif any(matchers_meet(grant, it) for it in allowed):
            yield grant


def is_for_all(grant: Grant) -> bool:
    """Whether it concerns everyone, or everyone but a few."""
    return grant.principal.is_any or grant.principal.negated


def is_broad(grant: Grant) -> bool:
    """Whether it concerns all actions, or all of a kind."""
    return grant.action.negated or grant.action.patterns[0].endswith("*")


_TRANSPORT_KEYS: Final = ("aws:securetransport", "s3:tlsversion", "s3:signatureversion")


def _is_about_transport(grant: Grant) -> bool:
    return any(clause.key in _TRANSPORT_KEYS for clause in grant.condition)


def _concerns_gone(grant: Grant, gone: frozenset[str]) -> bool:
    """Whether the principal, the resource or the source of the grant goes in the same plan."""
    if not grant.resource.negated and _base(grant.resource.patterns[0]) in gone:
        return True
    if not grant.principal.negated and grant.principal.patterns[0] in gone:
        return True
    return any(
        clause.key == "aws:sourcearn" and all(_base(value) in gone for value in clause.values)
        for clause in grant.condition
    )


def _base(pattern: str) -> str:
    """The object that a pattern is about: the bucket of `bucket/*`, the group of `group:*`."""
    return pattern.rstrip("*").rstrip("/:")


# How much it is missed


def _weighed(
    change: ResourceChange, context: Context, comparison: _Comparison, lost: list[Grant]
) -> Loss:
    held = [it for it in every_grant(comparison.all_after) if it.effect is Effect.ALLOW]
    weights = {id(grant): _weight(grant, held, change, context) for grant in lost}
    gravest = max(weights.values())
    named = [grant for grant in lost if weights[id(grant)] is gravest]
    return Loss(
        what=_words(named),
        path=comparison.path,
        weight=gravest,
        is_power=change.type not in KEY_POLICIES  # where `*` is the key itself
        and all(power_of(grant) >= Power.STRONG for grant in lost),
    )


def _words(grants: list[Grant]) -> str:
    """What happens to the first of the grants, and how many more there are."""
    denied = [grant for grant in grants if grant.effect is Effect.DENY]
    if denied:
        return f"It now denies {name_grants(denied).replace(f'{Effect.DENY} ', '')}."
    return f"It no longer allows {name_grants(grants)}."


def _weight(grant: Grant, held: list[Grant], change: ResourceChange, context: Context) -> Weight:
    if grant.effect is Effect.DENY:
        return Weight.TIGHTENED if is_for_all(grant) else Weight.CUT
    if _is_mild(grant) or _is_own_account(grant, change, context):
        return Weight.SPARE
    narrower = [it for it in held if grant_covers(grant, it)]
    if not narrower and not grant.principal.is_any:
        return Weight.CUT
    if _keeps_enough(grant, narrower) or _keeps_what_is_there(grant, narrower, access_of(context)):
        return Weight.SPARE
    return Weight.TIGHTENED


def _keeps_what_is_there(grant: Grant, narrower: list[Grant], access: Access) -> bool:
    """Whether all resources of the plan that the grant was good for are still within reach."""
    kept = [
        it.resource.patterns[0]
        for it in narrower
        if action_covers(it.action, grant.action) and not it.resource.negated
    ]
    service = grant.action.patterns[0].partition(":")[0].lower()
    there = [arn for arn in access.arns_of(service) if _reaches(grant.resource.patterns[0], arn)]
    if grant.action.negated or grant.resource.negated or not kept or not there:
        return False
    return all(any(_reaches(pattern, arn) for pattern in kept) for arn in there)


def _reaches(pattern: str, arn: str) -> bool:
    return pattern_covers(pattern, arn) or _base(pattern) == arn


def _keeps_enough(grant: Grant, narrower: list[Grant]) -> bool:
    """Whether what stays of a wildcard still reads and writes."""
    if not is_wildcard(grant.action) or grant.action.negated:
        return False
    actions = [it.action.patterns[0] for it in narrower if not it.action.negated]
    return any(map(is_read, actions)) and not all(map(is_read, actions))


def _is_mild(grant: Grant) -> bool:
    service = grant.action.patterns[0].partition(":")[0].lower()
    return not grant.action.negated and service in MILD_SERVICES


def _is_own_account(grant: Grant, change: ResourceChange, context: Context) -> bool:
    """Within the account the principals' own policies still allow it, save for keys."""
    return (
        change.type not in KEY_POLICIES
        and change.type != "aws_iam_role"
        and grant.principal.patterns[0] in own_accounts(context)
    )
