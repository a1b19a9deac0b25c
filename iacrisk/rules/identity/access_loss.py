"""What a change takes from those who may do something today, and how likely they miss it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Final

import msgspec

from iacrisk.catalog import attachment
from iacrisk.catalog.google_roles import gives_as_much
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
    matchers_cover,
    name_grants,
    pattern_covers,
)
from iacrisk.rules.context import Context
from iacrisk.rules.identity.grant_power import is_read, is_wildcard, power_of
from iacrisk.rules.readers.cloud_grants import GOOGLE_IAM
from iacrisk.rules.readers.effective_access import Access, Side, access_of, own_accounts, target_of
from iacrisk.rules.readers.policy_changes import PolicyChange, policy_changes
from iacrisk.rules.readers.role_grant import RoleGrant
from iacrisk.rules.readers.role_grants import role_grants


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
        elif any(_meet(grant, it) for it in allowed):
            yield grant


def is_for_all(grant: Grant) -> bool:
    """Whether it concerns everyone, or everyone but a few."""
    return grant.principal.is_any or grant.principal.negated


def is_broad(grant: Grant) -> bool:
    """Whether it concerns all actions, or all of a kind."""
    return grant.action.negated or grant.action.patterns[0].endswith("*")


def _meet(deny: Grant, allow: Grant) -> bool:
    return matchers_cover(deny, allow) or matchers_cover(allow, deny)


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
        is_power=all(power_of(grant) >= Power.STRONG for grant in lost),
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


# Roles of other providers


def role_losses(change: ResourceChange, context: Context) -> list[RoleGrant]:
    """Grants of roles that the change takes away and nothing else in the plan gives."""
    access = access_of(context)
    after = role_grants(change.type, change.after)
    if any(not grant.is_known for grant in after):
        return []
    return [
        grant
        for grant in sorted(role_grants(change.type, change.before), key=lambda item: item.text)
        if grant not in after
        and not _is_over(grant, access.gone)
        and not any(is_as_good(other, grant) for other in after)
        and not any(
            is_as_good(other, wider)
            for wider in _at_each_scope(grant)
            for other in access.roles_after(wider.principal, wider.scope)
        )
        and not _is_held_above(grant, change, access)
    ]


def _is_held_above(grant: RoleGrant, change: ResourceChange, access: Access) -> bool:
    """Whether the project that holds the resource gives the right as well."""
    if not GOOGLE_IAM.match(change.type) or change.type.startswith("google_project_iam"):
        return False
    return any(
        is_as_good(msgspec.structs.replace(other, scope=grant.scope), grant)
        for project in _projects(change, access)
        for other in access.roles_after(grant.principal, f"project {project}")
    )


_PROJECT_IN_PATH: Final = re.compile(r"(?:^|/)projects/([^/]+)/")


def _projects(change: ResourceChange, access: Access) -> Iterator[str]:
    """The projects that the scope of a grant names, or the object has to which it belongs."""
    named = change.before.get("project")
    if isinstance(named, str) and named:
        yield named
    for name in attachment(change.type):
        value = change.before.get(name)
        if isinstance(value, str):
            yield from _PROJECT_IN_PATH.findall(value)
            yield from access.projects_of(value)


def _at_each_scope(grant: RoleGrant) -> Iterator[RoleGrant]:
    """The grant, and the same one at a scope that holds its own."""
    yield grant
    if grant.scope.startswith("namespace "):
        yield msgspec.structs.replace(grant, scope="the cluster")
    for scope in scopes_above(grant.scope)[1:]:
        yield msgspec.structs.replace(grant, scope=scope)


_AZURE_LEVELS: Final = re.compile(r"/(?:providers|resourcegroups|subscriptions)/", re.IGNORECASE)


def scopes_above(scope: str) -> list[str]:
    """The scope and, on Azure, those that hold it: its resource group and its subscription."""
    if not scope.lower().startswith("/subscriptions/"):
        return [scope]
    cuts = [match.start() for match in _AZURE_LEVELS.finditer(scope)][1:]
    return [scope, *(scope[:cut] for cut in reversed(cuts))]


def _is_over(grant: RoleGrant, gone: frozenset[str]) -> bool:
    """Whether the holder or the scope goes in the same plan, or is gone already."""
    holder = grant.principal.partition(":")[2] or grant.principal
    parts = {grant.principal, holder, grant.scope, *grant.scope.split()}
    return bool(parts & gone) or grant.principal.startswith("deleted:")


def is_as_good(other: RoleGrant, grant: RoleGrant) -> bool:
    """Whether who holds `other` misses nothing of `grant`."""
    if other.principal != grant.principal or other.scope not in scopes_above(grant.scope):
        return False
    if other.condition not in {"", grant.condition}:
        return False
    if other.role == grant.role or pattern_covers(other.role, grant.role):
        return True
    known = gives_as_much(other.role, grant.role)
    if known is not None:
        return known
    if other.power is Power.ADMIN and "roles/iam" not in other.role:
        return not _AZURE_DATA_ROLE.search(grant.role)
    return _family(other.role) == _family(grant.role) and _rank(other.role) > _rank(grant.role) > 0


_AZURE_DATA_ROLE: Final = re.compile(
    r"\bData (?:Owner|Contributor|Reader|Sender|Receiver)$|^Key Vault "
)
"""Roles on content, which Owner and Contributor do not include."""

_RANKS: Final = (
    r"guest|pull|read|reader|viewer|list|get",
    r"reporter|triage|accessor|user|invoker|subscriber|publisher|creator|member",
    r"developer|push|write|writer|editor|edit|contributor|officer|maintain|maintainer",
    r"admin|administrator|owner",
)


def _rank(role: str) -> int:
    last = _last_word(role)
    return next((rank for rank, words in enumerate(_RANKS, 1) if re.fullmatch(words, last)), 0)


def _family(role: str) -> str:
    return role[: len(role) - len(_last_word(role))]


def _last_word(role: str) -> str:
    """`Viewer` of `roles/storage.objectViewer`, `Reader` of `Storage Blob Data Reader`."""
    words = re.findall(r"[A-Z]?[a-z]+$", role.strip())
    return words[0].lower() if words else role.lower()
