"""Look-alikes in which what is needed is kept: names, reviews, hours, records, content."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served import branches_held, hours_covered, issued_names
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.vault_issuing import ROLE
from iacrisk.rules.rule import Suppressor, suppressor

_UPDATE: Final = frozenset({ActionKind.UPDATE})


@suppressor(
    id="BL-namesissued",
    name="all-names-still-issued",
    suppresses={"I15"},
    kinds=_UPDATE,
    types={ROLE},
    since="0.2",
)
def all_names_still_issued(change: ResourceChange, context: Context) -> str | None:
    """A role of Vault issues for fewer names, and all that have a certificate of it stay allowed.

    Harmless when
        Nothing but what decides on names changes, the plan holds certificates of the role, and
        the new values allow every name of each.

    Traps
        A policy, an issuer or an agent that asks the role for names the plan does not tell; ACME
        and other ways by which clients ask themselves; a name below a domain that goes, wherever
        it stands in the plan; domains from a template.

    References
        https://developer.hashicorp.com/vault/api-docs/secret/pki#create-update-role
    """
    return issued_names.why_names_issued(change, context)


@suppressor(
    id="BL-branchheld",
    name="branch-still-protected",
    suppresses={"X10"},
    kinds={ActionKind.DELETE},
    types=branches_held.HELD,
    since="0.2",
)
def branch_still_protected(change: ResourceChange, context: Context) -> str | None:
    """A branch's protection goes, and rulesets or another protection demand as much.

    Harmless when
        What stays or comes fits the same branches of the same repository, is enforced, lets
        nobody pass who could not pass what goes, and demands at least as many reviews, the same
        checks, and all else that was demanded: no deletion and no forced push, a linear history,
        signatures, settled conversations. On GitLab every other protection that fits has to,
        for the mildest counts.

    Traps
        A ruleset that only evaluates; one that somebody may pass by; fewer reviews or checks;
        other branches or another repository; lists of those who alone may push; an environment
        that deploys from protected branches alone, as which a branch with a ruleset does not
        count.

    References
        https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets
        https://docs.gitlab.com/user/project/repository/branches/protected/
    """
    return branches_held.why_branch_held(change, context)


@suppressor(
    id="BL-hourscovered",
    name="somebody-on-call-at-all-hours",
    suppresses={"X09"},
    kinds=_UPDATE,
    types=hours_covered.POLICIES,
    since="0.2",
)
def somebody_on_call_at_all_hours(change: ResourceChange, context: Context) -> str | None:
    """An escalation calls others, and somebody is on call in all hours in which somebody was.

    Harmless when
        It has as many steps as before, none waits longer, and whom each step calls is in the
        plan: people, or schedules whose layers or rotations cover all hours that the step
        covered, the whole week where the plan does not tell which these were.

    Traps
        A schedule for working hours; one without people, with an end, or outside the plan;
        targets that are asked in turn, of which one is not there at all hours; a person who goes
        in the same plan; a step less.

    References
        https://support.pagerduty.com/main/docs/escalation-policies
        https://registry.terraform.io/providers/opsgenie/opsgenie/latest/docs/resources/escalation
    """
    return hours_covered.why_hours_covered(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    all_names_still_issued,
    branch_still_protected,
    somebody_on_call_at_all_hours,
)
