"""E01, E02, E03: zones and records; a name finds nobody, or somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog import facts
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.followed import moves_to_new
from iacrisk.rules.readers.networks.dns import (
    Record,
    domain_wide_terms,
    is_domain_wide,
    is_validation,
    leads_somewhere,
    record_after,
    record_before,
    records_after,
    records_before,
    served_after,
    shares_of,
)
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import (
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Severity,
    Undecided,
    rule,
)


@rule(
    id="E01",
    name="zone-destroyed",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds=DESTROYS,
    types=facts.ZONE_TYPES,
)
def zone_destroyed(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """A DNS zone is deleted or replaced.

    What it flags
        The delete or replacement of a hosted zone, public or private.

    Why it matters
        Every record in it goes, those made elsewhere too. A new zone gets other name servers,
        and the delegation that points to the old ones lies outside the plan and is cached for
        days.

    When it is fine
        The domain was moved away and nobody asks these name servers any more.

    What to do instead
        Move the delegation first and wait until queries to the old zone have stopped.

    References
        Incidents R008, R018, R049, R077, R078, R079, R093.
    """
    what = "Every name in the zone stops resolving"
    replaced = change.kind is ActionKind.REPLACE
    yield Flag(
        what=f"{what}; the new zone has other name servers." if replaced else f"{what}.",
        paths=change.replace_paths,
    )


@rule(
    id="E02",
    name="record-gap",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={*DESTROYS, ActionKind.UPDATE},
    types=facts.RECORD_TYPES,
)
def record_gap(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A DNS name stops resolving, for a while or for good, or leads elsewhere.

    What it flags
        A record that is deleted, renamed, or deleted before it is created again, and a record
        whose values are all replaced by others that are known. The name of the domain itself,
        a wildcard, and mail or name server records weigh more. Not flagged: a record that only
        proves ownership, one whose name and type another record of the plan serves, and one
        that follows an address which changes with it.

    Why it matters
        Resolvers remember that a name does not exist, long after it exists again.

    When it is fine
        Nobody uses the name any more.

    What to do instead
        Create the new record first, or change the record in place with a low TTL.

    References
        Incidents R017, R095, R096.
    """
    before = record_before(change)
    if before is None or is_validation(before):
        return
    if change.kind is ActionKind.UPDATE:
        yield from _repointed(change, before, context)
        return
    if before.name_and_type in served_after(context):
        if change.kind is ActionKind.REPLACE and not change.creates_first:
            yield Flag(what=_gap(before), paths=change.replace_paths, severity=_weight(before))
        return
    yield Flag(
        what=f"The name {before.name} ({before.type}) stops resolving.",
        paths=change.replace_paths,
        severity=_weight(before),
    )


@rule(
    id="E03",
    name="domain-wide-record-changed",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    harm=Harm.AVAILABILITY,
    kinds={*DESTROYS, ActionKind.UPDATE},
    types=facts.RECORD_TYPES
    | frozenset(
        {"aws_route53_hosted_zone_dnssec", "cloudflare_zone_dnssec", "aws_route53_key_signing_key"}
    ),
)
def domain_wide_record_changed(change: ResourceChange, context: Context) -> Iterator[Outcome]:  # noqa: ARG001
    """Delegation, signing or mail records of a domain change.

    What it flags
        Values taken out of NS, DS, CAA or MX records, or of SPF, DKIM and DMARC texts, and
        DNSSEC that is switched off or re-keyed.

    Why it matters
        They count for the whole domain and are cached for long: delegation fails, signatures
        do not validate, mail is refused.

    When it is fine
        The new values were in place beside the old ones for longer than the TTL.

    What to do instead
        Add first, wait for one TTL, remove in another apply. Take DS out of the parent before
        signing is switched off.

    References
        Incidents R079, R094.
    """
    before = record_before(change)
    if before is None:
        if change.destroys:
            yield Flag(what="The domain's DNSSEC signing ends.", severity=Severity.CRITICAL)
        return
    if not is_domain_wide(before) or change.destroys:
        return
    after = record_after(change)
    if after is None:
        yield Undecided(why="The new values are not known yet.")
    elif gone := domain_wide_terms(before) - domain_wide_terms(after):
        what = f"The domain's {before.type} record no longer says {some_of(sorted(gone))}."
        yield Flag(what=what, paths=_values(change))


def _weight(record: Record) -> Severity:
    return Severity.CRITICAL if is_domain_wide(record) or record.is_broad else Severity.MEDIUM


def _gap(record: Record) -> str:
    return f"The name {record.name} ({record.type}) is deleted before it is created again."


def _repointed(change: ResourceChange, before: Record, context: Context) -> Iterator[Outcome]:
    after = record_after(change)
    if after is None:
        yield from _hidden(change, before, context)
        return
    if before.name_and_type != after.name_and_type and before.name != after.name:
        yield Flag(what=f"The name {before.name} stops resolving.", severity=_weight(before))
    elif before.weights or after.weights:
        yield from _shifted(change, before, after, context)
    elif not leads_somewhere(before):
        return
    elif before.values and after.values and not before.values & after.values:
        yield Flag(
            what=f"The name {before.name} leads to other targets than before.",
            paths=_values(change),
            severity=Severity.HIGH if before.is_broad else None,
        )
    elif "proxied" not in change.changed and before.values and not after.values:
        what = f"The name {before.name} leads nowhere any more."
        yield Flag(what=what, paths=_values(change), severity=_weight(before))


def _hidden(change: ResourceChange, before: Record, context: Context) -> Iterator[Outcome]:
    """New targets that are not known yet: fine where they follow what is led to today."""
    if not leads_somewhere(before) or before.weights:
        return
    paths = _values(change)
    new = moves_to_new(change, (str(path[0]) for path in paths), context)
    if new:
        what = f"The name {before.name} leads to something that this plan only makes."
        yield Flag(what=what, paths=paths, severity=Severity.HIGH if before.is_broad else None)
    elif new is None and paths:
        yield Undecided(why=f"Where {before.name} leads to is not known yet.", paths=paths)


def _shifted(
    change: ResourceChange, before: Record, after: Record, context: Context
) -> Iterator[Outcome]:
    """Weights that move half of the answers or more, and other targets of a heavy set."""
    was, becomes = shares_of(_sets_before(before, context)), shares_of(_sets_after(after, context))
    lost = sum(max(0.0, was[name] - becomes.get(name, 0)) for name in before.weights if name in was)
    paths = (("weighted_routing_policy",), ("routing_policy",))
    if lost >= _AT_ONCE and becomes:
        yield Flag(
            what=f"{round(100 * lost)} % of the answers for {before.name} change at once.",
            paths=tuple(path for path in paths if path[0] in change.changed),
        )
    heavy = sum(was.get(name, 0) for name in before.weights) >= _AT_ONCE
    if heavy and before.values and after.values and not before.values & after.values:
        what = f"The name {before.name} leads to other targets than before."
        yield Flag(what=what, paths=_values(change))


_AT_ONCE: Final = 0.5
"""From this share on it is no canary."""


def _sets_before(record: Record, context: Context) -> list[Record]:
    return [item for item in records_before(context) if item.name_and_type == record.name_and_type]


def _sets_after(record: Record, context: Context) -> list[Record]:
    return [item for item in records_after(context) if item.name_and_type == record.name_and_type]


def _values(change: ResourceChange) -> tuple[tuple[str, ...], ...]:
    names = ("records", "record", "rrdatas", "alias", "value", "content", "target_resource_id")
    return tuple((name,) for name in names if name in change.changed)
