"""E: entry points, DNS and certificates; who knocks finds nobody, or somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from iacrisk.catalog import facts
from iacrisk.catalog.entrances import (
    CERTIFICATE_TYPES,
    ENTRANCE_TYPES,
    MAIN_SWITCHES,
    NAMES_SERVED,
    PART_TYPES,
)
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, parse_path
from iacrisk.rules.context import Context
from iacrisk.rules.readers.dns import (
    Record,
    is_domain_wide,
    is_validation,
    record_after,
    record_before,
    served_after,
)
from iacrisk.rules.rule import (
    DESTROYS,
    Confidence,
    Flag,
    Harm,
    Outcome,
    Rule,
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
        yield from _repointed(change, before)
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
    elif before.values - after.values:
        gone = ", ".join(sorted(before.values - after.values)[:3])
        yield Flag(
            what=f"The domain's {before.type} record no longer says {gone}.", paths=_values(change)
        )


@rule(
    id="E04",
    name="certificate-narrowed",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={*DESTROYS, ActionKind.UPDATE},
    types=CERTIFICATE_TYPES,
)
def certificate_narrowed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A certificate in use is destroyed first, or covers fewer names.

    What it flags
        The delete, or delete-first replacement, of a certificate that listeners or
        distributions use, and names that the new certificate no longer covers.

    Why it matters
        A certificate in use cannot be deleted, so the apply gets stuck halfway; a missing name
        is an error page in every browser.

    When it is fine
        Nothing uses the certificate, or another one covers the names.

    What to do instead
        Create the new certificate first (`create_before_destroy`), attach it, then delete the
        old one.

    References
        Incidents R010, R011, R017, R091, R169, R170.
    """
    users = [use.node for use in context.consumers(change) if use.node.is_resource]
    staying = [node for node in users if node.change is None or not node.change.destroys]
    if change.destroys and not change.creates_first and staying:
        yield Flag(what="It is destroyed while it is still attached.", paths=change.replace_paths)
    if change.kind is ActionKind.DELETE:
        return
    lost = _names(change.was) - _names(change.becomes)
    unknown = any(change.becomes(name) is UNKNOWN for name in NAMES_SERVED)
    if lost and not unknown:
        yield Flag(
            what=f"The certificate no longer covers {', '.join(sorted(lost)[:3])}.",
            paths=tuple((name,) for name in NAMES_SERVED if name in change.changed),
        )


@rule(
    id="E05",
    name="entry-point-gone",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={*DESTROYS, ActionKind.UPDATE},
    types={*ENTRANCE_TYPES, *PART_TYPES, *MAIN_SWITCHES},
)
def entry_point_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A load balancer, listener, CDN distribution or API that clients call goes or moves.

    What it flags
        The delete or replacement of what clients connect to, of a listener, route or stage of
        something that stays, and in place: an entry point switched off, its listener moved to
        another port or protocol, names taken off a distribution, a public service made
        internal.

    Why it matters
        The host name or address changes for every client, or nobody answers behind it. DNS,
        allow-lists and partners outside the plan still know the old one.

    When it is fine
        No client is left. A part that is created before the old one goes, with what uses it
        updated in the same plan, is not flagged.

    What to do instead
        Build the new entry point beside the old one, move DNS with a low TTL, and remove the
        old one when its traffic has stopped.

    References
        Incidents R120, R171, R212, R216, R232.
    """
    if change.kind is ActionKind.UPDATE:
        yield from _moved_in_place(change)
    elif change.type in PART_TYPES:
        yield from _part_gone(change, context)
    elif change.type in ENTRANCE_TYPES:
        again = "; the new one has another address" if change.kind is ActionKind.REPLACE else ""
        yield Flag(what=f"What clients connect to is destroyed{again}.", paths=change.replace_paths)


def _weight(record: Record) -> Severity:
    return Severity.CRITICAL if is_domain_wide(record) or record.is_broad else Severity.MEDIUM


def _gap(record: Record) -> str:
    return f"The name {record.name} ({record.type}) is deleted before it is created again."


def _repointed(change: ResourceChange, before: Record) -> Iterator[Outcome]:
    after = record_after(change)
    if after is None:
        return
    if before.name_and_type != after.name_and_type and before.name != after.name:
        yield Flag(what=f"The name {before.name} stops resolving.", severity=_weight(before))
    elif before.values and after.values and not before.values & after.values:
        yield Flag(
            what=f"The name {before.name} leads to other targets than before.",
            paths=_values(change),
            severity=Severity.HIGH if before.is_broad else None,
            confidence=Confidence.MEDIUM,
        )


def _values(change: ResourceChange) -> tuple[tuple[str, ...], ...]:
    names = ("records", "record", "rrdatas", "alias", "value", "content", "target_resource_id")
    return tuple((name,) for name in names if name in change.changed)


def _names(side: Callable[[str], Any]) -> frozenset[str]:
    found: set[str] = set()
    for name in NAMES_SERVED:
        value = side(name)
        found.update(
            item
            for item in (value if isinstance(value, list) else [value])
            if isinstance(item, str)
        )
    return frozenset(found - {""})


def _part_gone(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    if change.creates_first:
        return
    owners = [
        use.node.change
        for use in context.graph.dependencies(change.label)
        if use.argument.partition(".")[0] in PART_TYPES[change.type]
    ]
    if owners and all(owner is not None and owner.kind is ActionKind.DELETE for owner in owners):
        return
    what = "What it serves is not answered any more."
    if change.kind is ActionKind.REPLACE:
        what = "What it serves is not answered until it is created again."
    yield Flag(what=what, paths=change.replace_paths, severity=Severity.HIGH)


def _moved_in_place(change: ResourceChange) -> Iterator[Outcome]:
    for path, (safe, says) in MAIN_SWITCHES.get(change.type, {}).items():
        steps = parse_path(path)
        if steps[0] not in change.changed:
            continue
        before, after = change.was(path), change.planned(steps)
        if before is None or before == after:
            continue
        if after is UNKNOWN:
            yield Undecided(why="The new value is not known yet.", paths=(steps,))
        elif (safe is None and _shrinks(before, after)) or (
            safe is not None and before in safe and after not in safe
        ):
            yield Flag(what=says, paths=(steps,), severity=Severity.HIGH)


def _shrinks(before: Any, after: Any) -> bool:
    """Whether something that was there before is not there any more."""
    if isinstance(before, list):
        return any(item not in (after if isinstance(after, list) else ()) for item in before)
    return bool(before != after)


RULES: Final[tuple[Rule, ...]] = (
    zone_destroyed,
    record_gap,
    domain_wide_record_changed,
    certificate_narrowed,
    entry_point_gone,
)
