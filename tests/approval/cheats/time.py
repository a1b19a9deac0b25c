"""Another time."""

from __future__ import annotations

from tests.approval.cheats.making import DAY, PREDICATE, Cheats, approved, forged, now, stamp
from tests.approval.world import NOW

OTHER_TIME: Cheats = {
    "expired": (approved(now(now=NOW + DAY * 2)), "It expired at 2026-03-02 12:00 UTC."),
    "expired this second": (approved(now(now=NOW + DAY)), "It expired at 2026-03-02 12:00 UTC."),
    "signed for later": (
        approved(now(now=NOW - DAY)),
        "It begins to hold at 2026-03-01 12:00 UTC.",
    ),
    "made to hold for a year": (
        forged(f"{PREDICATE}expires", stamp(NOW + 365 * DAY)),
        "It was made to hold for longer than 24h.",
    ),
    "ends before it begins": (forged(f"{PREDICATE}expires", stamp(NOW - DAY)), "It expired at"),
    "a time without a zone": (
        forged(f"{PREDICATE}expires", "2026-03-02T12:00:00"),
        "The statement is none that this release writes",
    ),
    "a time spelled otherwise": (
        forged(f"{PREDICATE}expires", "2026-03-02T13:00:00+01:00"),
        "The statement is not spelled as iacrisk spells it.",
    ),
}
