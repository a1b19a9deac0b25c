"""I04 and I05: rights given too widely, and strangers let in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from iacrisk.catalog import ResourceClass
from iacrisk.catalog.permissions import (
    AWS_MANAGED_POLICIES,
    ENDPOINT_POLICIES,
    POLICY_ATTACHMENTS,
    PolicyKind,
    Power,
)
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.plan.policy_document import (
    Effect,
    Grant,
    Policy,
    every_grant,
    grants_added,
)
from iacrisk.rules.context import Context
from iacrisk.rules.identity.assignments import ASSIGNMENT, raised_to_admin
from iacrisk.rules.identity.exclusive_lists import policy_in_plan
from iacrisk.rules.identity.grant_power import power_of
from iacrisk.rules.identity.trust import Stranger, Trust, trust_of
from iacrisk.rules.identity.workload_trust import strangers_trusted
from iacrisk.rules.readers.access.effective_access import (
    Side,
    access_of,
    own_accounts,
)
from iacrisk.rules.readers.access.policy_changes import POLICY_TYPES, PolicyChange, policy_changes
from iacrisk.rules.readers.access.role_grant import RoleGrant
from iacrisk.rules.readers.access.role_grants import ROLE_GRANT_TYPES, grants_roles, role_grants
from iacrisk.rules.readers.access.role_losses import is_as_good
from iacrisk.rules.readers.entries.websites import is_new_bucket, is_website
from iacrisk.rules.readers.shapes import last_part
from iacrisk.rules.readers.wording import grants_text, some_of, texts
from iacrisk.rules.rule import (
    CHANGES,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)


@rule(
    id="I04",
    name="admin-rights-given",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds=CHANGES,
    types={
        *POLICY_TYPES,
        *POLICY_ATTACHMENTS,
        "aws_iam_role_policy_attachments_exclusive",
        "aws_iam_user",
        "aws_iam_user_policy_attachments_exclusive",
        ASSIGNMENT,
        *ROLE_GRANT_TYPES,
    },
    classes={ResourceClass.IDENTITY},
)
def admin_rights_given(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A principal gets administrator rights, or rights that lead there.

    What it flags
        New grants of every action or of a whole service on every resource, of actions with which
        one gives oneself more (`iam:PassRole` on `*`, `iam:PutRolePolicy`), of administrator
        roles on a project, subscription or cluster, and a permissions boundary taken away; an
        administrator's permission set assigned to people who have less on the account today.

    Why it matters
        Whoever controls the principal, or the program that runs as it, controls the account. It
        is the usual quick answer to an "access denied".

    When it is fine
        The document says the same in other words, the rights concern one's own resource, they
        only read, or the principal is a break-glass role that was meant to have them.

    What to do instead
        Grant the actions that were denied, on the resources they are needed for.

    References
        https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html,
        https://cloud.google.com/iam/docs/roles-overview.
    """
    for policy in policy_changes(change, context):
        if policy.kind is PolicyKind.IDENTITY:
            yield from _policy_power(change, policy)
    yield from _attached_power(change, context)
    yield from _role_power(change, context)
    yield from _boundary(change)
    if change.type == ASSIGNMENT:
        yield from _assigned(change, context)


_POWER_SEVERITY: Final = {
    Power.ADMIN: (Severity.CRITICAL, Confidence.HIGH),
    Power.STRONG: (Severity.HIGH, Confidence.HIGH),
    Power.BROAD: (Severity.MEDIUM, Confidence.MEDIUM),
}


def _policy_power(change: ResourceChange, policy: PolicyChange) -> Iterator[Outcome]:
    added = [
        grant
        for grant in grants_added(policy.before, policy.after)
        if grant.effect is Effect.ALLOW or change.kind is not ActionKind.CREATE
    ]
    powers = [power_of(grant) for grant in added]
    gravest = max(powers, default=Power.ORDINARY)
    if gravest is Power.ORDINARY:
        if policy.is_unknown and policy.after is None:
            yield Undecided(why="The new policy is not known.", paths=(policy.path,))
        return
    severity, confidence = _POWER_SEVERITY[gravest]
    named = [grant for grant, power in zip(added, powers, strict=True) if power is gravest]
    lifted = [grant for grant in named if grant.effect is Effect.DENY]
    words = "no longer denies" if lifted else "now allows"
    yield Flag(
        what=f"Its policy {words} {grants_text(lifted or named)}.",
        paths=(policy.path,),
        severity=severity,
        confidence=confidence,
    )


_ARN_ARGUMENTS: Final = ("policy_arn", "managed_policy_arn", "policy_arns", "managed_policy_arns")


def _attached_power(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    for name in _ARN_ARGUMENTS:
        if name not in change.changed or change.type.startswith("aws_eks_"):
            continue
        after = change.after.get(name)
        before = texts(change.before.get(name)) if change.kind is ActionKind.UPDATE else []
        for arn in texts(after):
            power = _attached_policy_power(arn, change, context)
            if arn not in before and power >= Power.STRONG:
                severity, confidence = _POWER_SEVERITY[power]
                yield Flag(
                    what=f"It attaches {arn.rpartition('/')[2]}, which gives far-reaching rights.",
                    paths=((name,),),
                    severity=severity,
                    confidence=confidence,
                )


def _attached_policy_power(arn: str, change: ResourceChange, context: Context) -> Power:
    if ":iam::aws:policy/" in arn:
        return AWS_MANAGED_POLICIES.get(last_part(arn), Power.ORDINARY)
    document = policy_in_plan(change, context)
    if document is None or document.kind is not ActionKind.NO_OP:
        return Power.ORDINARY
    policy = access_of(context).attached(change, Side.AFTER)
    return max(map(power_of, allowed(policy)), default=Power.ORDINARY)


def allowed(policy: Policy) -> list[Grant]:
    return [grant for grant in every_grant(policy) if grant.effect is Effect.ALLOW]


def _role_power(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if not grants_roles(change.type):
        return
    before = role_grants(change.type, change.before)
    after = role_grants(change.type, change.after)
    added = sorted(after - before, key=lambda grant: (-grant.power, grant.text))
    added = [grant for grant in added if not any(is_as_good(old, grant) for old in before)]
    if not added:
        return
    power = added[0].power
    if power in _POWER_SEVERITY and not _was_granted(added, context):
        severity, confidence = _POWER_SEVERITY[power]
        named = [grant.text for grant in added if grant.power is power]
        yield Flag(
            what=f"It gives {some_of(named)}.",
            paths=role_paths(change),
            severity=severity,
            confidence=confidence,
        )
    elif any(not grant.is_known for grant in added) and change.kind is not ActionKind.CREATE:
        yield Undecided(why="The role is not known.", paths=role_paths(change))


def _was_granted(added: list[RoleGrant], context: Context) -> bool:
    """Whether another resource of the plan gave the same grants until now."""
    power = added[0].power
    return all(
        any(is_as_good(old, grant) for old in access_of(context).roles_before(grant))
        for grant in added
        if grant.power is power
    )


_ROLE_ARGUMENTS: Final = (
    "role", "role_definition_name", "role_definition_id", "role_ref", "policy_arn", "permission",
    "policy_data", "rule", "policy", "data", "permissions", "manifest", "kubernetes_groups",
    "access_level", "role_id", "members", "superuser", "roles",
)  # fmt: skip


def role_paths(change: ResourceChange) -> tuple[tuple[str, ...], ...]:
    return tuple((name,) for name in _ROLE_ARGUMENTS if name in change.changed)[:2]


def _assigned(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    raised = raised_to_admin(change, context)
    if raised is not None:
        who, hit = raised
        yield Flag(
            what=f"It makes {who} an administrator of the account, who had less until now.",
            paths=(("permission_set_arn",),),
            hurts=hit,
        )


def _boundary(change: ResourceChange) -> Iterator[Outcome]:
    if change.type not in {"aws_iam_role", "aws_iam_user"} or change.kind is ActionKind.CREATE:
        return
    if change.before.get("permissions_boundary") and not change.after.get("permissions_boundary"):
        yield Flag(
            what="Its permissions boundary is taken away; its policies alone decide now.",
            paths=(("permissions_boundary",),),
            severity=Severity.HIGH,
        )


@rule(
    id="I05",
    name="trust-widened",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds=CHANGES,
    types={*POLICY_TYPES, *ROLE_GRANT_TYPES},
    classes={ResourceClass.IDENTITY},
)
def trust_widened(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Strangers are let in: everyone, another account, any workload of an identity provider.

    What it flags
        New principals `*`, `allUsers`, `allAuthenticatedUsers` or `system:unauthenticated`
        without a condition that keeps the world out, accounts that are not ours, and trust in an
        OIDC provider that does not say which repository or service account may come, or that
        takes pull requests.

    Why it matters
        It exposes the role or the data without any change in the network.

    When it is fine
        The principal is a service of the same cloud, belongs to the same account, or a condition
        (organisation, source account, network) fences it. A website bucket is meant to be read.

    What to do instead
        Name the principals. For a vendor, ask for an external id; for a pipeline, test the
        subject down to repository and branch.

    References
        https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html.
    """
    for policy in policy_changes(change, context):
        if policy.kind is not PolicyKind.IDENTITY and change.type not in ENDPOINT_POLICIES:
            yield from _strangers(change, context, policy)
    if grants_roles(change.type):
        yield from _public_roles(change, context)
    yield from strangers_trusted(change, context)


_STRANGER_SEVERITY: Final = {
    Stranger.EVERYONE: (Severity.CRITICAL, Confidence.HIGH),
    Stranger.FEDERATED: (Severity.HIGH, Confidence.HIGH),
    Stranger.ACCOUNT_WIDE: (Severity.HIGH, Confidence.MEDIUM),
    Stranger.ACCOUNT: (Severity.MEDIUM, Confidence.MEDIUM),
}


def _strangers(change: ResourceChange, context: Context, policy: PolicyChange) -> Iterator[Outcome]:
    added = grants_added(policy.before, policy.after)
    is_change = change.kind is not ActionKind.CREATE
    lets_in = [(_trust(grant, context, policy, is_change), grant) for grant in added]
    gravest = max((trust.stranger for trust, _ in lets_in), default=Stranger.NOBODY_NEW)
    if gravest is Stranger.NOBODY_NEW:
        if policy.is_unknown and policy.after is None:
            yield Undecided(why="The new principals are not known.", paths=(policy.path,))
        return
    grants = [grant for trust, grant in lets_in if trust.stranger is gravest]
    who = next(trust.who for trust, _ in lets_in if trust.stranger is gravest)
    severity, confidence = _STRANGER_SEVERITY[gravest]
    if gravest is Stranger.EVERYONE and _is_meant_to_be_public(change, context, grants):
        severity, confidence = Severity.MEDIUM, Confidence.MEDIUM
        if is_new_bucket(change, context):
            severity = Severity.LOW
    if gravest is Stranger.ACCOUNT and not is_change:
        confidence = Confidence.LOW
    words = "may take on the role" if policy.kind is PolicyKind.TRUST else "gets access"
    actions = some_of(list(dict.fromkeys(grant.action.text for grant in grants)))
    yield Flag(
        what=f"It lets in {who}, who {words} ({actions}).",
        paths=(policy.path,),
        severity=severity,
        confidence=confidence,
    )


def _trust(grant: Grant, context: Context, policy: PolicyChange, is_change: bool) -> Trust:
    foreign = not grant.principal.negated and grant.principal.patterns[0] != "*"
    own = own_accounts(context) if foreign else frozenset[str]()
    return trust_of(grant, policy.kind, own, is_change=is_change)


_OPEN_BY_NATURE: Final = frozenset({"aws_api_gateway_rest_api", "aws_api_gateway_rest_api_policy"})


def _is_meant_to_be_public(
    change: ResourceChange, context: Context, grants: Iterable[Grant]
) -> bool:
    """A website's files, a domain inside a network, an API that was open before."""
    if change.type in _OPEN_BY_NATURE or change.after.get("vpc_options"):
        return True
    if change.type != "aws_s3_bucket_policy":
        return False
    reads = all(grant.action.text.lower() == "s3:getobject" for grant in grants)
    return reads and is_website(change, context)


def _public_roles(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    before = role_grants(change.type, change.before)
    added = [grant for grant in role_grants(change.type, change.after) if grant.is_public]
    added = [grant for grant in added if not any(is_as_good(old, grant) for old in before)]
    if added and not _was_granted(added, context):
        yield Flag(
            what=f"It gives {some_of(sorted(grant.text for grant in added))}.",
            paths=tuple((n,) for n in ("member", "members", "policy_data") if n in change.changed),
            severity=_public_severity(added),
        )


def _public_severity(added: list[RoleGrant]) -> Severity:
    """A service that everybody may call is often meant so; data that everybody may read is not."""
    calls = all(grant.role.endswith("nvoker") for grant in added)
    return Severity.HIGH if calls else Severity.CRITICAL
