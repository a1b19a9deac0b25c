"""E04: certificates that go too early, or no longer cover a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from iacrisk.catalog.entrances import CERTIFICATE_ARGUMENTS, CERTIFICATE_TYPES, NAMES_SERVED
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange, parse_path
from iacrisk.rules.context import Context
from iacrisk.rules.readers.entries.entry_users import records_named, rules_for
from iacrisk.rules.readers.entries.unserved_names import is_unserved
from iacrisk.rules.readers.followed import named_by
from iacrisk.rules.readers.networks.dns import covers_host
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.wording import some_of
from iacrisk.rules.rule import DESTROYS, Confidence, Flag, Harm, Outcome, Severity, Undecided, rule


@rule(
    id="E04",
    name="certificate-narrowed",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={*DESTROYS, ActionKind.UPDATE},
    types={*CERTIFICATE_TYPES, *CERTIFICATE_ARGUMENTS},
)
def certificate_narrowed(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """A certificate in use is destroyed first, or covers fewer names.

    What it flags
        The delete, or delete-first replacement, of a certificate that listeners or
        distributions use; names that the new certificate no longer covers; and a listener,
        distribution or proxy that gets a certificate without names that the old one covers.

    Why it matters
        A certificate in use cannot be deleted, so the apply gets stuck halfway; a missing name
        is an error page in every browser.

    When it is fine
        Nothing uses the certificate, or another one covers the names. Not flagged: a name of a
        domain whose zone and other records are in the plan, for which there is no record, rule or
        program.

    What to do instead
        Create the new certificate first (`create_before_destroy`), attach it, then delete the
        old one.

    References
        Incidents R010, R011, R017, R091, R169, R170.
    """
    if change.type in CERTIFICATE_ARGUMENTS:
        if change.kind is ActionKind.UPDATE:
            yield from _exchanged(change, context)
        return
    users = [use.node for use in context.consumers(change) if use.node.is_resource]
    staying = [node for node in users if node.change is None or not node.change.destroys]
    if change.destroys and not change.creates_first and staying:
        yield Flag(what="It is destroyed while it is still attached.", paths=change.replace_paths)
    if change.kind is ActionKind.DELETE:
        return
    after = _names(change.becomes)
    lost = _lost(_names(change.was), after, context)
    if any(change.becomes(name) is UNKNOWN for name in NAMES_SERVED):
        if lost:
            yield Undecided(why="Which names the certificate covers is not known yet.")
    elif lost:
        yield Flag(
            what=f"The certificate no longer covers {some_of(lost)}.",
            hurts=_named(lost, after, context),
            paths=tuple(
                parse_path(name) for name in NAMES_SERVED if parse_path(name)[0] in change.changed
            ),
        )


def _lost(before: frozenset[str], after: frozenset[str], context: Context) -> list[str]:
    """The names that are not covered any more, without those by which nobody can come."""
    gone = sorted(name for name in before if not covers_host(after, name))
    return [name for name in gone if not is_unserved(name, after, context)]


def _exchanged(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    for argument in CERTIFICATE_ARGUMENTS[change.type]:
        path = parse_path(argument)
        before, after = change.was(argument), change.planned(path)
        if not before or before == after or _is_only_more(before, after):
            continue
        old, new = _presented(before, context), _planned(change, argument, context)
        if not after:
            yield Flag(what="It presents no certificate any more.", paths=(path,))
        elif _is_only_less(before, after):
            what = "It presents a certificate less."
            if old is None or new is None:
                yield Flag(what=what, paths=(path,), confidence=Confidence.MEDIUM)
            elif lost := _lost(old, new, context):
                what = f"{what[:-1]}: none covers {some_of(lost)}."
                yield Flag(what=what, paths=(path,), hurts=_named(lost, new, context))
        elif old is None or new is None:
            why = "Whether the new certificate covers the same names is not in the plan."
            yield Undecided(why=why, paths=(path,))
        elif lost := _lost(old, new, context):
            what = f"The new certificate does not cover {some_of(lost)}."
            yield Flag(what=what, paths=(path,), hurts=_named(lost, new, context))


def _named(lost: list[str], kept: frozenset[str], context: Context) -> tuple[str, ...]:
    """The rules and records that lead clients here by a name that no certificate covers."""
    records = [
        label
        for label in records_named(lost, context)
        if (record := context.change_at(label)) is None or not covers_host(kept, _host(record))
    ]
    return (*rules_for(lost, kept, context), *records)


def _host(record: ResourceChange) -> str:
    found = next(filter(None, map(record.before.get, ("fqdn", "hostname", "name"))), "")
    return str(found).rstrip(".").lower()


def _is_only_more(before: Any, after: Any) -> bool:
    lists = isinstance(before, list) and isinstance(after, list)
    return lists and all(item in after for item in before)


def _is_only_less(before: Any, after: Any) -> bool:
    return isinstance(after, list) and all(item in texts(before) for item in after)


def _presented(value: Any, context: Context) -> frozenset[str] | None:
    """The names that certificates of today cover; None where one is not in the plan."""
    names: frozenset[str] = frozenset()
    for name in texts(value):
        found = _certificate(name, context)
        if found is None:
            return None
        names |= _names(found.was)
    return names or None


def _certificate(name: str, context: Context) -> ResourceChange | None:
    return next(
        (
            change
            for change in context.changes_of(*sorted(CERTIFICATE_TYPES))
            if name in {change.was("arn"), change.was("id"), change.was("self_link")}
        ),
        None,
    )


def _planned(change: ResourceChange, argument: str, context: Context) -> frozenset[str] | None:
    """The names that the planned certificates cover; None where one is not in the plan."""
    value = change.becomes(argument)
    items = value if isinstance(value, list) else [value]
    kept = [item for item in items if item is not UNKNOWN]
    known = _presented(kept, context)
    if UNKNOWN not in items or (kept and known is None):
        return known
    root = argument.partition(".")[0]
    made = [other for other, _ in named_by(change, [root], context)]
    certificates = [item for one in made for item in _validated(one, context)]
    if not certificates:
        return None
    return (known or frozenset()).union(*(_names(item.becomes) for item in certificates))


_VALIDATIONS: Final = {"aws_acm_certificate_validation": "certificate_arn"}
"""Types that stand for a certificate: the argument that names it."""


def _validated(change: ResourceChange, context: Context) -> list[ResourceChange]:
    if change.type not in _VALIDATIONS:
        return [change] if change.type in CERTIFICATE_TYPES else []
    named = named_by(change, [_VALIDATIONS[change.type]], context)
    return [other for other, _ in named if other.type in CERTIFICATE_TYPES]


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
