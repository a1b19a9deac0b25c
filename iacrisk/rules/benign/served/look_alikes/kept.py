"""Look-alikes in which what is needed is kept: names, reviews, hours, records, content."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.benign.served.access import issued_names
from iacrisk.rules.benign.served.entries import own_records
from iacrisk.rules.benign.served.guards import branches_held, hours_covered
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.kafka_acls import (
    ACLS,
    acl_of,
    allowed_by,
    has_other_rights,
)
from iacrisk.rules.readers.access.vault_issuing import ROLE
from iacrisk.rules.readers.siblings import stays
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


@suppressor(
    id="BL-neverallowed",
    name="client-never-allowed",
    suppresses={"I51"},
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types=ACLS,
    since="0.2",
)
def client_never_allowed(change: ResourceChange, context: Context) -> str | None:
    """A client of Kafka is denied what no rule lets it do.

    Harmless when
        The plan shows what the client may do, and none of it meets the denial: another operation,
        other names, another kind of object.

    Traps
        A rule for a prefix that meets the denied one; all operations; a denial of being shown what
        it reads or writes; what everybody may do; roles beside the rules; a client of whom the
        plan shows no rule.

    References
        https://kafka.apache.org/documentation/#security_authz
    """
    deny = acl_of(change.after)
    if deny is None or not deny.denies or has_other_rights(deny.principal, context):
        return None
    own = [
        acl
        for one in context.changes_of(*sorted(ACLS))
        if one is not change and stays(one)
        if (acl := acl_of(one.after)) is None or acl.principal == deny.principal
    ]
    shown = any(acl is not None and not acl.denies for acl in own)
    if None in own or not shown or any(allowed_by(deny, context)):
        return None
    return "the plan shows what the client may do, and nothing of it is denied"


@suppressor(
    id="BL-ownrecords",
    name="only-own-records-removed",
    suppresses={"C09"},
    kinds=_UPDATE,
    types={"helm_release"},
    since="0.2",
)
def only_own_records_removed(change: ResourceChange, context: Context) -> str | None:
    """External-dns may delete records from now on, and only those that it notes as its own.

    Harmless when
        Nothing but its policy changes, its registry keeps notes today, under an owner's name that
        no other release of the plan has, and no record of the plan is such a note.

    Traps
        A registry without notes, or one that is changed along; no name of the owner, or one that
        another release shares; further arguments; sources or domains that change along.

    References
        https://kubernetes-sigs.github.io/external-dns/latest/docs/registry/registry/
    """
    return own_records.why_only_own(change, context)


SUPPRESSORS: Final[tuple[Suppressor, ...]] = (
    all_names_still_issued,
    branch_still_protected,
    somebody_on_call_at_all_hours,
    client_never_allowed,
    only_own_records_removed,
)
