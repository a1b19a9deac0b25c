"""I40, I41: an identity provider's tokens are taken from strangers, or lose what grants go by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, lookup
from iacrisk.plan.values import mapping
from iacrisk.rules.context import Context
from iacrisk.rules.readers.access.federated_claims import (
    is_owners_claim,
    is_public_issuer,
    names_an_owner,
)
from iacrisk.rules.readers.access.pool_members import Bound, bound_to, concerned
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_PROVIDER: Final = "google_iam_workload_identity_pool_provider"
_CONDITION: Final = "attribute_condition"
_MAPPING: Final = "attribute_mapping"


@rule(
    id="I40",
    name="federation-open-to-strangers",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.EXPOSURE,
    kinds={ActionKind.CREATE, ActionKind.UPDATE},
    types={_PROVIDER},
    since="0.2",
)
def federation_open_to_strangers(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """Tokens of a public issuer are taken no matter whose they are.

    What it flags
        A provider of a workload identity pool whose `attribute_condition` no longer names an
        owner, organisation, project, repository or subject in each of its alternatives; a new one
        to an issuer that serves everybody, without such a condition; a mapping by which an
        attribute with grants comes to hold what anybody can choose. Only where the plan binds
        the whole pool, an attribute that anybody can have, or nobody that it shows.

    Why it matters
        Whoever has an account at the issuer gets a token of the cloud, with all that is bound to
        the pool. A branch, an event or an audience is no name: strangers have a `main` as well.

    When it is fine
        Another claim that is as narrow takes its place, in the condition or in every grant. Not
        flagged: a condition that names an owner in another way, an issuer of one's own.

    What to do instead
        Keep the owner's immutable id in the condition, and bind single repositories or subjects.

    References
        https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines#conditions
    """
    told = [name for name in (_CONDITION, _MAPPING) if name in change.changed]
    if change.kind is ActionKind.UPDATE and not told:
        return
    paths = tuple((name,) for name in told)
    if any(change.after.get(name) is UNKNOWN for name in told):
        yield Undecided(why="Whose tokens are taken is not known yet.", paths=paths)
        return
    bound = bound_to(change, context)
    open_now = [one for one in bound if _is_open(one, change.after)]
    if change.kind is ActionKind.UPDATE:
        if not _owner_named(change.before) and not _remapped(change, open_now):
            return
        if _owner_named(change.after) or (bound and not open_now):
            return
    elif _owner_named(change.after) or not open_now or not _is_public(change.after):
        return
    yield Flag(
        what="Its tokens are taken whoever they were issued to: no condition names an owner.",
        paths=paths,
        severity=None if open_now else Severity.HIGH,
        hurts=tuple(concerned(open_now, context)),
    )


@rule(
    id="I41",
    name="bound-attribute-unmapped",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.ACCESS,
    kinds={ActionKind.UPDATE},
    types={_PROVIDER},
    since="0.2",
)
def bound_attribute_unmapped(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An attribute that grants go by is no longer mapped, or holds something else.

    What it flags
        An `attribute_mapping` that loses or changes an attribute by which a grant of the plan
        names members of the pool.

    Why it matters
        The provider and the grants look untouched. Pipelines and workloads get a token in which
        the attribute is missing, and are refused wherever it decides.

    When it is fine
        The grants go in the same plan, or name the new value.

    What to do instead
        Map the new attribute beside the old one, move the grants, then drop the old one.

    References
        https://cloud.google.com/iam/docs/workload-identity-federation#mapping
    """
    if _MAPPING not in change.changed or change.after.get(_MAPPING) is UNKNOWN:
        return
    before, after = mapping(change.before.get(_MAPPING)), mapping(change.after.get(_MAPPING))
    bound = [
        one
        for one in bound_to(change, context)
        if one.attribute in before and before[one.attribute] != after.get(one.attribute)
    ]
    lost = [one for one in bound if one.change.kind is not ActionKind.CREATE]
    if lost:
        named = some_of(sorted({one.attribute for one in lost}))
        yield Flag(
            what=f"Grants go by {named}, which no longer holds what it held.",
            paths=((_MAPPING,),),
            hurts=tuple(concerned(lost, context)),
        )


def _owner_named(values: Mapping[str, Any]) -> bool:
    return names_an_owner(values.get(_CONDITION), mapping(values.get(_MAPPING)))


def _is_open(bound: Bound, values: Mapping[str, Any]) -> bool:
    """Whether strangers can be among those that are bound."""
    mapped = mapping(values.get(_MAPPING))
    return not bound.attribute or not is_owners_claim(mapped.get(bound.attribute))


def _remapped(change: ResourceChange, open_now: list[Bound]) -> bool:
    """Whether an attribute with grants was filled by the issuer and no longer is."""
    return any(one.attribute and not _is_open(one, change.before) for one in open_now)


def _is_public(values: Mapping[str, Any]) -> bool:
    return is_public_issuer(lookup(values, ("oidc", 0, "issuer_uri")))
