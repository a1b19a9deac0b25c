"""X05: the policy that holds whole accounts denies less."""

from __future__ import annotations

from collections.abc import Iterator

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.policy_document import Effect, grants_added, name_grants, parse_policy
from iacrisk.rules.context import Context
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule


@rule(
    id="X05",
    name="organisation-policy-weakened",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.UPDATE},
    types={"aws_organizations_policy"},
)
def organisation_policy_weakened(
    change: ResourceChange,
    context: Context,  # noqa: ARG001 - the documents say it all
) -> Iterator[Outcome]:
    """A policy of the organisation no longer denies what it denied.

    What it flags
        A service or resource control policy from whose document a deny goes, or whose deny gets
        an exception more. The documents are compared by meaning. A deny that stays in part is of
        medium severity. Locks and policies that are deleted are told by D05 and X10.

    Why it matters
        It is the guard of the guards: what it held back in every account below it, such as
        switching off the audit trail, anybody with administrator rights can do from now on.

    When it is fine
        Another policy on the same accounts denies the same; an exception was asked for and is
        as narrow as the need.

    What to do instead
        Name the one role and the one account in a condition, rather than take the deny away.

    References
        https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    """
    if "content" not in change.changed:
        return
    after = change.after.get("content")
    if after is UNKNOWN:
        yield Undecided(why="What it denies from now on is not known.", paths=(("content",),))
        return
    old, new = parse_policy(change.before.get("content")), parse_policy(after)
    if old is None or new is None:
        return
    lifted = [grant for grant in grants_added(old, new) if grant.effect is Effect.DENY]
    if not lifted:
        return
    denied = {matcher for item in new.statements if item.effect is Effect.DENY
              for matcher in item.actions}  # fmt: skip
    stays = all(grant.action in denied for grant in lifted)
    yield Flag(
        what=f"It no longer holds in all cases: {name_grants(lifted)}.",
        paths=(("content",),),
        severity=Severity.MEDIUM if stays else None,
        confidence=Confidence.MEDIUM if stays else None,
    )
