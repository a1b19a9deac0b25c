"""I11, I13: what people log in with across the organisation, and people who are taken out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.rule import (
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    plan_rule,
    rule,
)

_ROLES_OF_PEOPLE: Final = frozenset(
    {
        "aws_ssoadmin_account_assignment",
        "aws_ssoadmin_customer_managed_policy_attachment",
        "aws_ssoadmin_managed_policy_attachment",
        "aws_ssoadmin_permission_set",
        "aws_ssoadmin_permission_set_inline_policy",
    }
)
_WHOLE: Final = "aws_ssoadmin_permission_set"

_PERSON: Final[dict[str, tuple[str, ...]]] = {
    "aws_identitystore_group_membership": ("member_id",),
    "azuread_group_member": ("member_object_id",),
    "azuread_user": ("user_principal_name",),
    "datadog_user": ("email",),
    "github_membership": ("username",),
    "github_repository_collaborator": ("username",),
    "github_team_membership": ("username",),
    "gitlab_group_membership": ("user_id",),
    "gitlab_project_membership": ("user_id", "user"),
    "google_cloud_identity_group_membership": ("preferred_member_key.0.id", "member_key.0.id"),
    "pagerduty_user": ("email",),
}
"""Types that let one person in, and the arguments that name the person."""

_LEADERS: Final = frozenset({"admin", "owner"})
_ADMITS_TO_ALL: Final = "github_membership"
_MANY: Final = 3


@rule(
    id="I11",
    name="role-of-people-lost",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds=DESTROYS,
    types=_ROLES_OF_PEOPLE,
)
def role_of_people_lost(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A role that people sign in with across the organisation goes or is made anew.

    What it flags
        The delete or replacement of a permission set of IAM Identity Center, and of what it
        allows. An assignment to one group or person is of medium severity when it is replaced
        and a remark when it is deleted. Providers of identity and directories are told by I06,
        I16 and D01, accounts and organisational units by D10.

    Why it matters
        Every account in which it is assigned loses it at once. A replacement has another ARN:
        assignments made elsewhere, and trust policies that name its role, do not follow.

    When it is fine
        Nobody is assigned to it, which the provider's own list of assignments tells.

    What to do instead
        Create the new permission set beside the old one, assign people, then delete the old one.

    References
        Incident R115. https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
    """
    gone = change.kind is ActionKind.DELETE
    if change.type == _WHOLE:
        words = "is deleted" if gone else "is made anew, under another ARN"
        yield Flag(what=f"It {words}; whoever signs in with it is refused.")
    elif change.before.get("permission_set_arn") in _sets_gone(context):
        return
    elif change.type == "aws_ssoadmin_account_assignment":
        yield Flag(
            what="Those who are assigned by it lose the account.",
            paths=change.replace_paths,
            severity=Severity.MEDIUM,
            confidence=Confidence.LOW if gone else Confidence.MEDIUM,
        )
    elif gone:
        yield Flag(
            what="Whoever signs in with the permission set may do less.",
            severity=Severity.HIGH,
            confidence=Confidence.MEDIUM,
        )


def _sets_gone(context: Context) -> list[str]:
    """The ARNs of permission sets that the rule tells of already."""
    arns = [item.before.get("arn") for item in context.changes_of(_WHOLE) if item.destroys]
    return [arn for arn in arns if isinstance(arn, str)]


@plan_rule(
    id="I13",
    name="people-removed",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    harm=Harm.ACCESS,
)
def people_removed(context: Context) -> Iterator[Outcome]:
    """Several people lose their place at once, or the last one in charge does.

    What it flags
        The removal of three or more different people from organisations, groups, teams or
        directories in one plan, and of the last owner of a GitHub organisation that the plan
        shows. Who keeps or gets a membership of the same type is not counted, nor where a
        delete only lowers the role (`downgrade_on_destroy`).

    Why it matters
        One person who leaves is routine. Several at once are mostly a renamed key, a lost list
        or the wrong file, and an invitation brings back neither tokens nor private forks.

    When it is fine
        A team really is dissolved.

    What to do instead
        Compare the names with those who left. Where keys of a `for_each` changed, write `moved`
        blocks.

    References
        Incident R185.
    """
    people: dict[str, ResourceChange] = {}
    unnamed = 0
    for type_name in _PERSON:
        members = context.changes_of(type_name)
        if any(change.kind is ActionKind.DELETE for change in members):
            people |= _gone_of_type(members)
            unnamed += sum(_person(type_name, change.after) == "" for change in _kept(members))
            yield from _last_in_charge(members)
    if len(people) < _MANY:
        return
    first = min(people.values(), key=lambda change: change.label).label
    if len(people) - unnamed < _MANY:
        yield Undecided(address=first, why="Whether those who go are let in again is not known.")
    else:
        yield Flag(address=first, what=f"{len(people)} people are removed in this plan.")


def _kept(members: tuple[ResourceChange, ...]) -> list[ResourceChange]:
    return [change for change in members if change.kind is not ActionKind.DELETE]


def _gone_of_type(members: tuple[ResourceChange, ...]) -> dict[str, ResourceChange]:
    """Those who are let in no more, by name; not those who only get a lesser role."""
    kept = {_person(change.type, change.after) for change in _kept(members)}
    gone = {
        _person(change.type, change.before): change
        for change in members
        if change.kind is ActionKind.DELETE
        and change.before.get("downgrade_on_destroy") is not True
    }
    return {name: change for name, change in gone.items() if name and name not in kept}


def _person(type_name: str, values: dict[str, Any]) -> str:
    for path in _PERSON[type_name]:
        found: Any = values
        for step in path.split("."):
            items = found[0] if isinstance(found, list) and found else found
            found = items if step == "0" else items.get(step) if isinstance(items, dict) else None
        if isinstance(found, str | int):
            return str(found).lower()
    return ""


def _last_in_charge(members: tuple[ResourceChange, ...]) -> Iterator[Outcome]:
    if members[0].type != _ADMITS_TO_ALL:
        return
    gone = [item for item in members if item.kind is ActionKind.DELETE and _leads(item.before)]
    staying = _kept(members)
    if gone and not any(_leads(item.after) for item in staying):
        if any(not isinstance(item.after.get("role"), str | None) for item in staying):
            yield Undecided(address=gone[0].label, why="Whether an owner is left is not known.")
        else:
            yield Flag(address=gone[0].label, what="No owner of the organisation is left here.")


def _leads(values: dict[str, Any]) -> bool:
    role = values.get("role")
    return isinstance(role, str) and role in _LEADERS
