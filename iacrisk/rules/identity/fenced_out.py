"""I18: a deny with exemptions that forgets somebody."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.catalog.permissions import RESOURCE_POLICIES
from iacrisk.plan import ResourceChange
from iacrisk.plan.policy_document import Effect, Grant, action_covers, every_grant, grants_added
from iacrisk.rules.context import Context
from iacrisk.rules.identity.access_loss import is_broad
from iacrisk.rules.readers.access.effective_access import access_of, target_of
from iacrisk.rules.readers.access.policy_changes import policy_changes
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import CHANGES, Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_NAMES_A_PRINCIPAL = ("principalarn", "userid")


@rule(
    id="I18",
    name="user-fenced-out",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds=CHANGES,
    types=RESOURCE_POLICIES,
)
def user_fenced_out(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A resource denies everyone but a list, and a role that uses it is not on the list.

    What it flags
        A new deny with an exemption by `aws:PrincipalArn`, `aws:userId` or `NotPrincipal`, where a
        role of the same plan has a policy that allows it the denied action and no exemption.

    Why it matters
        A deny wins over every allow. The role keeps its policy and is refused: often the role that
        starts tasks or rotates secrets, and not the one that people think of.

    When it is fine
        The role's right is left over and not used.

    What to do instead
        Exempt every role that uses the resource: the access log of the service names them.

    References
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    for policy in policy_changes(change, context):
        if policy.is_unknown or policy.after is None:
            yield Undecided(why="The new policy is not known.", paths=(policy.path,))
            continue
        denies = [
            grant
            for grant in grants_added(policy.after, policy.before)
            if grant.effect is Effect.DENY and not is_broad(grant) and _exempts(grant)
        ]
        hit = sorted({label for deny in denies for label in _fenced_out(deny, change, context)})
        if hit:
            yield Flag(
                what=f"It denies {denies[0].action.text} to {some_of(hit)}, who may do it today.",
                paths=(policy.path,),
                hurts=tuple(hit),
            )


def _exempts(deny: Grant) -> bool:
    """Whether the deny leaves out those whom it names."""
    return deny.principal.negated or any(
        name in clause.key and "not" in clause.operator
        for clause in deny.condition
        for name in _NAMES_A_PRINCIPAL
    )


def _fenced_out(deny: Grant, change: ResourceChange, context: Context) -> Iterator[str]:
    """Roles of the plan that may do today what is denied, and that the deny does not exempt."""
    access = access_of(context)
    target = target_of(change.type, change.after)
    exempt = " ".join(_named(deny))
    for principal, role in access.roles.items():
        name = principal.partition("/")[2]
        if "*" in exempt or f"/{name}" in exempt or principal not in access.managed:
            continue
        if any(_uses(grant, deny, target) for grant in every_grant(access.after(principal))):
            yield role.label


def _named(deny: Grant) -> Iterator[str]:
    if deny.principal.negated:
        yield from deny.principal.patterns
    for clause in deny.condition:
        yield from clause.values


def _uses(grant: Grant, deny: Grant, target: str) -> bool:
    """Whether the grant allows the denied action on the target by name."""
    return (
        grant.effect is Effect.ALLOW
        and action_covers(grant.action, deny.action)
        and any(target and pattern.startswith(target) for pattern in grant.resource.patterns)
    )
