"""I42: more of an owner's tokens are taken, and those who come may act as a strong account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.plan.values import mapping
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.claims_admitted import Demands, admits, claim_of, newly_admitted
from iacrisk.rules.readers.access.federated_claims import names_an_owner
from iacrisk.rules.readers.access.pool_members import Bound, bound_to, concerned, strong_rights
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, rule

_CONDITION: Final = "attribute_condition"
_WHOLE_IDENTITY: Final = "google.subject"
"""What names one workload to the last detail: who has it now had it before."""


@rule(
    id="I42",
    name="federation-widened-to-strong-account",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.UPDATE},
    types={"google_iam_workload_identity_pool_provider"},
    since="0.2",
)
def federation_widened(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A login takes more of its owner's tokens, and whoever comes may act as a strong account.

    What it flags
        A provider of a workload identity pool whose `attribute_condition` lets in other
        repositories, branches or subjects than before, while a grant of the plan to the whole
        pool, or to an attribute that the new ones can have, leads to rights that administer a
        service, a project or more: by a service account, or directly.

    Why it matters
        The condition was the only fence before the account. From now on whoever may push a
        branch or open a pull request in one of the repositories runs code as an administrator.

    When it is fine
        Nobody but administrators can write to what comes in. Not flagged: grants that name a
        repository or subject which the new ones are not; accounts with few rights; a name that
        gives way to its number; what also lets strangers in, which I40 tells.

    What to do instead
        Bind strong accounts to single repositories and branches first, each by an attribute that
        holds both, then open the login.

    References
        https://cloud.google.com/iam/docs/workload-identity-federation#conditions
    """
    after = change.after.get(_CONDITION)
    if _CONDITION not in change.changed or after is UNKNOWN:
        return
    mapped = mapping(change.after.get("attribute_mapping"))
    if not names_an_owner(after, mapped) or not names_an_owner(
        change.before.get(_CONDITION), mapping(change.before.get("attribute_mapping"))
    ):
        return
    new = newly_admitted(change.before.get(_CONDITION), after, mapped)
    reached = [
        one
        for one in bound_to(change, context)
        if any(_reaches(demands, one, mapped) for demands in new)
    ]
    rights = {one.change.label: strong_rights(one, context) for one in reached}
    strong = [one for one in reached if rights[one.change.label]]
    if strong:
        hurt = [*concerned(strong, context)]
        hurt += [right.label for one in strong for right in rights[one.change.label]]
        yield Flag(
            what="Tokens are taken that were refused, and they lead to an account with strong "
            "rights.",
            paths=((_CONDITION,),),
            hurts=tuple(dict.fromkeys(hurt)),
        )


def _reaches(demands: Demands, bound: Bound, mapped: Mapping[str, Any]) -> bool:
    """Whether those who come newly can be among those that are bound."""
    if not bound.attribute:
        return True
    if bound.attribute == _WHOLE_IDENTITY:
        return False
    return admits(demands, claim_of(bound.attribute, mapped), bound.value)
