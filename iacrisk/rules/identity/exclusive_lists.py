"""I01 to I03: lists and attachments that own the whole truth about a role, group or policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from iacrisk.catalog import ResourceClass, attachment
from iacrisk.patterns import regex
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.identity.access_loss import policy_losses
from iacrisk.rules.readers.access.effective_access import (
    access_of,
)
from iacrisk.rules.readers.access.role_grants import grants_roles, role_grants
from iacrisk.rules.readers.access.role_losses import role_losses
from iacrisk.rules.readers.wording import some_of, texts
from iacrisk.rules.rule import (
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)

_MEMBERSHIPS: Final = frozenset(
    {
        "aws_iam_group_membership",
        "github_repository_collaborators",
        "github_team_members",
        "gitlab_group_ldap_link",
        "signalfx_team",
        "vault_identity_entity_policies",
        "vault_identity_group_member_entity_ids",
        "vault_identity_group_member_group_ids",
        "vault_identity_group_policies",
    }
)
_MEMBER_LISTS: Final = ("members", "users", "member_entity_ids", "member_group_ids", "policies")
_GOOGLE_LISTS: Final = regex(r"^google_\w+_iam_(binding|policy)$")


@rule(
    id="I01",
    name="authoritative-membership",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.ACCESS,
    kinds={ActionKind.CREATE, ActionKind.UPDATE, ActionKind.REPLACE},
    types=_MEMBERSHIPS,
    classes={ResourceClass.IDENTITY},
)
def authoritative_membership(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A list that owns all members of a role or group leaves somebody out.

    What it flags
        `google_*_iam_binding`, `google_*_iam_policy`, `aws_iam_group_membership` and their like:
        an update that drops members, and a create on something that exists already, where the
        members of today are not in the plan.

    Why it matters
        Whoever is not in the list loses the right at once, also those whom Terraform never saw.
        The plan of a create shows none of them.

    When it is fine
        The project, bucket or group is new in the same plan, the role was made in it, the members
        that leave are deleted with it or keep the right through another grant.

    What to do instead
        Grant with `*_iam_member` or another resource that adds to what is there.

    References
        Incidents R020, R021, R023, R024, R025, R186.
    """
    if change.type not in _MEMBERSHIPS and not _GOOGLE_LISTS.match(change.type):
        return
    if change.kind is ActionKind.CREATE:
        yield from _claimed(change, context)
        return
    names = {"members", "policy_data", *_MEMBER_LISTS} & change.changed
    if any(change.after.get(name) is UNKNOWN for name in names):
        yield Undecided(why="The new members are not known.", paths=tuple((n,) for n in names))
        return
    gone = _members_lost(change, context)
    if gone:
        yield Flag(
            what=f"It takes {some_of(gone)} away; the list replaces all members.",
            paths=tuple((name,) for name in sorted(names)),
            severity=_membership_severity(change),
            confidence=Confidence.HIGH,
        )


def _members_lost(change: ResourceChange, context: Context) -> list[str]:
    if grants_roles(change.type):
        return [grant.text for grant in role_losses(change, context)]
    before, after = change.before, change.after
    return [
        str(member)
        for name in _MEMBER_LISTS
        for member in texts(before.get(name))
        if member not in texts(after.get(name)) and member not in access_of(context).gone
    ]


def _claimed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A create that takes over a list whose members of today the plan does not show."""
    left_out = _left_out(change, context)
    if not left_out and (on_new_object(change, context) or _has_new_role(change, context)):
        return
    is_policy = change.type.endswith("_iam_policy")
    role = "the whole policy" if is_policy else str(change.after.get("role") or "the list")
    seen = [str(other.before.get("member")) for other in left_out]
    yield Flag(
        what=(
            f"It takes over {role}, and leaves out {some_of(seen)}, who has it by another resource."
            if seen
            else f"It takes over {role}: whoever else holds it today loses it, unseen by the plan."
        ),
        paths=(("policy_data",) if is_policy else ("role",),),
        severity=_membership_severity(change),
        confidence=Confidence.HIGH if seen else None,
        hurts=tuple(other.label for other in left_out),
    )


def _left_out(change: ResourceChange, context: Context) -> list[ResourceChange]:
    """Single grants of the plan on the same object that the new list does not repeat."""
    if not _GOOGLE_LISTS.match(change.type):
        return []
    after = role_grants(change.type, change.after)
    scopes = {grant.scope for grant in after}
    role = change.after.get("role")
    single = re.sub("_(binding|policy)$", "_member", change.type)
    found = []
    for other in context.changes_of(single):
        for grant in () if other.destroys else role_grants(other.type, other.before):
            here = grant.scope in scopes and (role is None or role == grant.role)
            if here and grant not in after:
                found.append(other)
    return found


_GRAVE_ROLE: Final = regex(r"^roles/(owner|editor)$|dmin$|\.admin$|[sS]erviceAgent$")


def _membership_severity(change: ResourceChange) -> Severity:
    role = str(change.after.get("role") or change.before.get("role"))
    wide = change.type.startswith(("google_project", "google_folder", "google_organization"))
    if wide and (change.type.endswith("_iam_policy") or _GRAVE_ROLE.search(role)):
        return Severity.CRITICAL
    return Severity.HIGH


def on_new_object(change: ResourceChange, context: Context) -> bool:
    """Whether what the list belongs to exists only after this plan."""
    scopes = {*attachment(change.type), *_SCOPE_NAMES} - {"member", "members"}
    for use in context.graph.dependencies(change.label):
        argument = use.argument.partition(".")[0]
        made = use.node.change is not None and use.node.change.kind is ActionKind.CREATE
        if made and argument in scopes:
            return True
    return False


_SCOPE_NAMES: Final = (
    "bucket", "folder", "group", "group_id", "name", "org_id", "project", "repository",
    "service_account_id", "team_id",
)  # fmt: skip


def _has_new_role(change: ResourceChange, context: Context) -> bool:
    return any(
        use.argument == "role"
        and use.node.change is not None
        and use.node.change.kind is ActionKind.CREATE
        for use in context.graph.dependencies(change.label)
    )


_EXCLUSIVE: Final = frozenset(
    {
        "aws_iam_group_policies_exclusive",
        "aws_iam_group_policy_attachments_exclusive",
        "aws_iam_role_policies_exclusive",
        "aws_iam_role_policy_attachments_exclusive",
        "aws_iam_user_policies_exclusive",
        "aws_iam_user_policy_attachments_exclusive",
    }
)
_EXCLUSIVE_LISTS: Final = ("policy_arns", "policy_names", "roles", "users", "groups")


@rule(
    id="I02",
    name="exclusive-attachment",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.ACCESS,
    kinds={ActionKind.CREATE, ActionKind.UPDATE, ActionKind.REPLACE},
    types=_EXCLUSIVE | {"aws_iam_policy_attachment", "aws_iam_role"},
)
def exclusive_attachment(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An attachment that claims a policy or a principal for itself detaches everything else.

    What it flags
        `aws_iam_policy_attachment` of a policy that others may use, the `*_exclusive` resources
        on principals that exist, and `managed_policy_arns` of a role that loses entries.

    Why it matters
        `aws_iam_policy_attachment` detaches the policy from every role, user and group of the
        account that it does not name, in this state and outside.

    When it is fine
        The policy, or the principal, is made in the same plan: nobody else can have it.

    What to do instead
        Use `aws_iam_role_policy_attachment` and its like for users and groups.

    References
        Incidents R026, R028, R184.
    """
    if change.type == "aws_iam_policy_attachment":
        yield from _claimed_policy(change, context)
    elif change.type == "aws_iam_role":
        yield from _dropped_arns(change, context)
    elif change.kind is ActionKind.CREATE:
        if not on_new_object(change, context) and not _on_new_principal(change, context):
            yield Flag(
                what="It takes over all policies of a principal that exists; the others go.",
                paths=tuple((name,) for name in _EXCLUSIVE_LISTS if change.after.get(name)),
            )
    else:
        yield from _dropped_items(change)


_ATTACHMENTS: Final = (
    "aws_iam_group_policy_attachment",
    "aws_iam_role_policy_attachment",
    "aws_iam_user_policy_attachment",
)
_HOLDERS: Final = ("role", "user", "group")


def _claimed_policy(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if change.kind is ActionKind.UPDATE and "policy_arn" not in change.changed:
        yield from _dropped_items(change)
        return
    arn = str(change.after.get("policy_arn") or "")
    if ":iam::aws:policy/" in arn:
        yield Flag(
            what="It claims an AWS-managed policy: every other principal of the account loses it.",
            paths=(("policy_arn",),),
            severity=Severity.CRITICAL,
            confidence=Confidence.HIGH,
            hurts=tuple(_others_attached(change, arn, context)),
        )
        return
    document = policy_in_plan(change, context)
    if document is None or _may_be_attached(document):
        yield Flag(
            what="It claims a policy: every other principal that has it loses it.",
            paths=(("policy_arn",),),
            hurts=tuple(_others_attached(change, arn, context)),
        )


def _others_attached(change: ResourceChange, arn: str, context: Context) -> Iterator[str]:
    """Attachments of the policy that stay in the plan, and whom they give it to."""
    kept = {name for kind in _HOLDERS for name in texts(change.after.get(f"{kind}s"))}
    for other in context.changes_of(*_ATTACHMENTS):
        holder = next((str(other.before[n]) for n in _HOLDERS if other.before.get(n)), "")
        if not arn or other.before.get("policy_arn") != arn or other.destroys or holder in kept:
            continue
        yield other.label
        uses = context.graph.dependencies(other.label)
        yield from (use.node.label for use in uses if use.argument.partition(".")[0] in _HOLDERS)


def _may_be_attached(document: ResourceChange) -> bool:
    return document.kind is not ActionKind.CREATE and document.before.get("attachment_count") != 0


def policy_in_plan(change: ResourceChange, context: Context) -> ResourceChange | None:
    for use in context.graph.dependencies(change.label):
        if use.node.type == "aws_iam_policy" and use.argument == "policy_arn":
            return use.node.change
    return None


def _dropped_items(change: ResourceChange) -> Iterator[Outcome]:
    for name in _EXCLUSIVE_LISTS:
        if name not in change.changed:
            continue
        after = change.after.get(name)
        if after is UNKNOWN:
            yield Undecided(why="What stays attached is not known.", paths=((name,),))
            continue
        dropped = [item for item in texts(change.before.get(name)) if item not in texts(after)]
        if dropped:
            yield Flag(
                what=f"It detaches {some_of(dropped)}.",
                paths=((name,),),
                confidence=Confidence.HIGH,
            )


def _dropped_arns(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if change.kind is not ActionKind.UPDATE or "managed_policy_arns" not in change.changed:
        return
    after = change.after.get("managed_policy_arns")
    if after is UNKNOWN:
        return
    attached = {
        str(item.after.get("policy_arn"))
        for item in context.changes_of("aws_iam_role_policy_attachment")
        if item.after.get("role") == change.before.get("name")
    }
    kept = {*texts(after), *attached}
    dropped = [arn for arn in texts(change.before.get("managed_policy_arns")) if arn not in kept]
    if dropped:
        yield Flag(
            what=f"It detaches {some_of([arn.rpartition('/')[2] for arn in dropped])}.",
            paths=(("managed_policy_arns",),),
            confidence=Confidence.HIGH,
        )


def _on_new_principal(change: ResourceChange, context: Context) -> bool:
    return any(
        use.node.type in {"aws_iam_role", "aws_iam_user", "aws_iam_group"}
        and use.node.change is not None
        and use.node.change.kind is ActionKind.CREATE
        for use in context.graph.dependencies(change.label)
    )


@rule(
    id="I03",
    name="authoritative-grant-destroyed",
    severity=Severity.CRITICAL,
    confidence=Confidence.MEDIUM,
    harm=Harm.ACCESS,
    kinds={ActionKind.DELETE, ActionKind.REPLACE},
    types=_MEMBERSHIPS | {"aws_iam_policy_attachment", "aws_iam_policy"},
    classes={ResourceClass.IDENTITY},
)
def authoritative_grant_destroyed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A grant that owns all members, or a policy with users outside the plan, is destroyed.

    What it flags
        The delete of `google_*_iam_binding`, `google_*_iam_policy`, `aws_iam_policy_attachment`
        and their like, and the delete or replacement of an `aws_iam_policy` that is attached to
        more principals than the plan knows.

    Why it matters
        All members go, those included that were never in the configuration. A policy with
        unknown users cannot be deleted: the apply detaches ours and then stops half way.

    When it is fine
        What the list belongs to is deleted too, or each member gets the right by another grant
        in the same plan.

    What to do instead
        Add `*_iam_member` grants first and apply, then let go of the list with
        `removed { lifecycle { destroy = false } }`.

    References
        Incidents R022, R027, R223.
    """
    if change.type == "aws_iam_policy":
        yield from _attached_elsewhere(change, context)
        return
    is_list = change.type in _MEMBERSHIPS or _GOOGLE_LISTS.match(change.type)
    if not is_list and change.type != "aws_iam_policy_attachment":
        return
    if change.kind is ActionKind.REPLACE and change.type != "aws_iam_policy_attachment":
        return
    if _all_kept(change, context):
        return
    yield Flag(
        what=(
            "It is replaced: everybody loses the right until it is granted again."
            if change.kind is ActionKind.REPLACE
            else "It goes, and all members lose the right, also those outside this plan."
        ),
        severity=_membership_severity(change) if is_list else None,
    )


def _all_kept(change: ResourceChange, context: Context) -> bool:
    access = access_of(context)
    if any(str(change.before.get(name)) in access.gone for name in _owners(change)):
        return True
    if change.type == "aws_iam_policy_attachment":
        losses = list(policy_losses(change, context))
        arn = str(change.before.get("policy_arn"))
        return not losses and change.kind is ActionKind.DELETE and ":aws:policy/" not in arn
    if change.type in _MEMBERSHIPS:
        return not _members_lost(change, context)
    grants = role_grants(change.type, change.before)
    return bool(grants) and not role_losses(change, context) and _same_family(change, context)


def _owners(change: ResourceChange) -> tuple[str, ...]:
    return (*attachment(change.type), *_SCOPE_NAMES) if "_iam_" in change.type else ()


def _same_family(change: ResourceChange, context: Context) -> bool:
    """Whether the right comes back as a list again; single grants bring back only the known."""
    return bool(
        context.changes_of(change.type, re.sub("_(binding|policy)$", "_member", change.type))
    )


def _attached_elsewhere(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    attached = change.before.get("attachment_count")
    known = len(set(access_of(context).principals_of(change)))
    if isinstance(attached, int) and attached > known:
        yield Flag(
            what=(
                f"It is attached to {attached} principals and the plan knows {known}: it cannot be "
                "deleted, and the apply stops after it took it from those."
            ),
            paths=(("attachment_count",),),
            severity=Severity.HIGH,
        )
