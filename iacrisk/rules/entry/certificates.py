"""E04: certificates that go too early, or no longer cover a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from iacrisk.catalog.entrances import CERTIFICATE_TYPES, NAMES_SERVED
from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.rule import DESTROYS, Confidence, Flag, Harm, Outcome, Severity, rule


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
