"""I14: a right that somebody may live on is taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from iacrisk.catalog import ResourceClass
from iacrisk.catalog.permissions import (
    DISABLING,
    IDENTITY_ANNOTATIONS,
    KEY_POLICIES,
    POLICY_ATTACHMENTS,
    ROLE_HOLDERS,
    Power,
)
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, parse_path
from iacrisk.plan.policy_document import Effect, Grant, grants_removed, name_grants, parse_policy
from iacrisk.rules.context import Context
from iacrisk.rules.identity.access_loss import Loss, Weight, is_broad, policy_losses
from iacrisk.rules.identity.lock_outs import key_management
from iacrisk.rules.identity.principals import holders_of, users_of
from iacrisk.rules.identity.rights_given import role_paths
from iacrisk.rules.identity.workload_trust import is_tightened
from iacrisk.rules.readers.access.effective_access import Side, access_of
from iacrisk.rules.readers.access.policy_changes import POLICY_TYPES, policy_changes
from iacrisk.rules.readers.access.role_grant import RoleGrant
from iacrisk.rules.readers.access.role_grants import ROLE_GRANT_TYPES, grants_roles
from iacrisk.rules.readers.access.role_losses import role_losses
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

_NOT_LOST_HERE: Final = regex(
    r"^(google_\w+_iam_(binding|policy)|aws_eks_access_\w+|aws_iam_policy_attachment|azurerm_key_vault"
    r"|aws_iam_group_membership|vault_identity_(group|entity)_policies"
    r"|kubernetes_config_map\w*|github_\w+|gitlab_\w+|okta_\w+|azuread_directory_role_assignment"
    r"|aws_identitystore_group_membership|aws_ssoadmin_account_assignment)$"
)
"""What other rules judge: lists, cluster access, membership of people."""


_SERVICE_ACCOUNTS: Final = frozenset(
    {
        "kubernetes_annotations",
        "kubernetes_default_service_account",
        "kubernetes_default_service_account_v1",
        "kubernetes_service_account",
        "kubernetes_service_account_v1",
    }
)


@rule(
    id="I14",
    name="permission-narrowed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.ACCESS,
    kinds=CHANGES | {ActionKind.DELETE},
    types={
        *DISABLING,
        *POLICY_ATTACHMENTS,
        *POLICY_TYPES,
        *ROLE_GRANT_TYPES,
        *ROLE_HOLDERS,
        *_SERVICE_ACCOUNTS,
        "aws_iam_user",
        "aws_organizations_policy",
    },
    classes={ResourceClass.IDENTITY},
)
def permission_narrowed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A right that somebody may live on is taken away.

    What it flags
        A policy, statement, attachment, permission or role grant that goes or gets narrower,
        where no other policy of the same principal or resource gives the same in the end; a
        principal that is disabled, a function or profile that gets a lesser role, a Kubernetes
        service account that loses its cloud identity, a new deny in an organisation's policy.

    Why it matters
        Nothing fails during the apply. The next call is refused, often days later and in another
        team's system: the function that may not delete its messages, the topic that may not
        write to the queue.

    When it is fine
        The right moved to another policy in the same plan, its holder or what it concerns is
        deleted too, nothing uses the principal, or a wildcard was narrowed to what is used.

    What to do instead
        Look in the access logs (CloudTrail, IAM last accessed) whether the right is used.

    References
        Incident R150.
    """
    if change.kind is ActionKind.CREATE and change.type not in POLICY_TYPES:
        return
    if change.type in KEY_POLICIES and _is_lock_out(change, context):
        return
    for loss in policy_losses(change, context):
        if change.type != "aws_iam_policy_attachment":
            yield from _judged(loss, change, context)
    if grants_roles(change.type) and not _NOT_LOST_HERE.match(change.type):
        yield from _roles_taken(change, context)
    if change.kind is ActionKind.UPDATE:
        yield from _disabled(change)
        yield from _lesser_role(change, context)
        yield from _identity_unlinked(change)
        yield from _bounded(change, context)
    if change.type == "aws_organizations_policy":
        yield from _denied_to_accounts(change)


def _judged(loss: Loss, change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if loss.is_unknown:
        yield Undecided(why="What the policies allow afterwards is not known.", paths=(loss.path,))
        return
    users = holders_of(change, context)
    if not users and _is_out_of_sight(change, context):
        loss = msgspec.structs.replace(loss, is_power=False)
    severity, confidence = _loss_severity(loss, bool(users))
    if severity is None:
        return
    yield Flag(
        what=loss.what,
        paths=(loss.path,),
        severity=severity,
        confidence=confidence,
    )


def _is_out_of_sight(change: ResourceChange, context: Context) -> bool:
    """Whether the principals stand in another root module, where the plan sees no users."""
    principals = set(access_of(context).principals_of(change))
    return bool(principals) and not principals & access_of(context).managed


def _loss_severity(loss: Loss, is_used: bool) -> tuple[Severity | None, Confidence]:
    match loss.weight:
        case Weight.SPARE:
            return (Severity.LOW, Confidence.MEDIUM) if is_used else (None, Confidence.LOW)
        case Weight.TIGHTENED:
            return (Severity.MEDIUM, Confidence.MEDIUM) if is_used else (None, Confidence.LOW)
        case Weight.CUT | Weight.PROVEN if is_used:
            return Severity.HIGH, Confidence.MEDIUM
        case Weight.CUT | Weight.PROVEN:
            if loss.is_power:
                return Severity.LOW, Confidence.LOW
            return Severity.MEDIUM, Confidence.HIGH


def _roles_taken(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if change.kind is ActionKind.CREATE or is_tightened(change):
        return
    lost = role_losses(change, context)
    if not lost:
        return
    severity, confidence = Severity.HIGH, Confidence.MEDIUM
    if all(map(_is_person, lost)):
        severity, confidence = Severity.MEDIUM, Confidence.LOW
    elif not users_of(change, context):
        is_power = all(grant.power >= Power.STRONG for grant in lost)
        severity = Severity.LOW if is_power else Severity.MEDIUM
        confidence = Confidence.MEDIUM if is_power else Confidence.HIGH
    yield Flag(
        what=f"It takes away {some_of([grant.text for grant in lost])}.",
        paths=role_paths(change),
        severity=severity,
        confidence=confidence,
    )


def _is_person(grant: RoleGrant) -> bool:
    many = grant.principal.startswith(("domain:", "group:"))
    return grant.principal.startswith(("user:", "User ")) or (
        "@" in grant.principal and not many and ".gserviceaccount.com" not in grant.principal
    )


def _is_lock_out(change: ResourceChange, context: Context) -> bool:
    """Whether the rule on lock-outs says the graver thing about the same key."""
    changes = policy_changes(change, context)
    return any(True for policy in changes for _ in key_management(policy))


# Rights lost without a policy that says so


def _disabled(change: ResourceChange) -> Iterator[Outcome]:
    if change.type == "aws_iam_openid_connect_provider":
        lost = [
            item
            for item in texts(change.before.get("client_id_list"))
            if item not in texts(change.after.get("client_id_list"))
        ]
        if lost and change.after.get("client_id_list") is not UNKNOWN:
            yield Flag(
                what=f"Tokens for {some_of(lost)} are refused: everybody who logs in so is out.",
                paths=(("client_id_list",),),
                confidence=Confidence.HIGH,
            )
    name, works = DISABLING.get(change.type, ("", None))
    if name not in change.changed or change.before.get(name) not in (works, None):
        return
    after = change.after.get(name)
    if after is UNKNOWN:
        yield Undecided(why="Whether it stays enabled is not known.", paths=((name,),))
    elif after not in (works, None):
        yield Flag(
            what="It is disabled: whatever acts as it or logs in through it is refused.",
            paths=((name,),),
            confidence=Confidence.HIGH,
        )


def _lesser_role(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    name = ROLE_HOLDERS.get(change.type, "")
    if name not in change.changed:
        return
    access = access_of(context)
    old, new = (_role_key(tree.get(name)) for tree in (change.before, change.after))
    if not new or not old or not access.knows(new) or not access.knows(old):
        return
    lost = [
        grant
        for grant in grants_removed(access.before(old), access.after(new))
        if grant.effect is Effect.ALLOW
    ]
    if lost:
        yield Flag(
            what=f"It acts as another role, which does not allow {name_grants(lost)}.",
            paths=((name,),),
        )


def _role_key(value: object) -> str:
    return f"role/{value.rpartition('/')[2]}" if isinstance(value, str) and value else ""


def _identity_unlinked(change: ResourceChange) -> Iterator[Outcome]:
    if change.type not in _SERVICE_ACCOUNTS:
        return
    path = "annotations" if change.type == "kubernetes_annotations" else "metadata.0.annotations"
    before, after = change.was(path), change.becomes(path)
    if not isinstance(before, dict) or after is UNKNOWN:
        return
    notes = after if isinstance(after, dict) else {}
    for name in IDENTITY_ANNOTATIONS:
        link = notes.get(name)
        if not before.get(name) or link is UNKNOWN or before[name] == link:
            continue
        yield Flag(
            what=f"{name} goes or changes: pods that use it lose or change their identity.",
            paths=(parse_path(path),),
            severity=Severity.MEDIUM if link else Severity.HIGH,
            confidence=Confidence.MEDIUM if link else Confidence.HIGH,
        )


def _bounded(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A boundary takes what lies outside it, whatever the principal's own policies allow."""
    name = "permissions_boundary"
    if change.type not in {"aws_iam_role", "aws_iam_user"} or name not in change.changed:
        return
    boundary = change.after.get(name)
    if not boundary:
        return
    if boundary is UNKNOWN:
        yield Undecided(why="The permissions boundary is not known.", paths=((name,),))
        return
    if not access_of(context).shows_policy(boundary):
        if users_of(change, context):
            yield Flag(
                what="A permissions boundary now limits what its policies allow.",
                paths=((name,),),
                severity=Severity.MEDIUM,
            )
        return
    lost = _outside(boundary, Side.AFTER, change, context)
    if old := change.before.get(name):
        lost -= _outside(old, Side.BEFORE, change, context)
    if lost:
        yield Flag(
            what=f"Its permissions boundary does not allow {grants_text(sorted(lost, key=str))}.",
            paths=((name,),),
        )


def _outside(boundary: str, side: Side, change: ResourceChange, context: Context) -> set[Grant]:
    """What the principal's policies allow and the boundary does not."""
    access = access_of(context)
    principal = f"{change.type.removeprefix('aws_iam_')}/{change.before.get('name')}"
    held = access.after(principal) if side is Side.AFTER else access.before(principal)
    lost = grants_removed(held, access.policy_named(boundary, side))
    return {grant for grant in lost if grant.effect is Effect.ALLOW}


def _denied_to_accounts(change: ResourceChange) -> Iterator[Outcome]:
    """A service control policy that is already attached denies more."""
    if change.kind is not ActionKind.UPDATE or "content" not in change.changed:
        return
    before, after = (parse_policy(tree.get("content")) for tree in (change.before, change.after))
    if before is None or after is None:
        return
    lost = grants_removed(before, after)
    denied = [grant for grant in lost if grant.effect is Effect.DENY]
    if lost:
        is_wide = any(is_broad(grant) for grant in denied) or len(denied) < len(lost)
        yield Flag(
            what=f"All accounts below it lose {grants_text(lost)}.",
            paths=(("content",),),
            severity=Severity.HIGH if is_wide else Severity.MEDIUM,
        )
