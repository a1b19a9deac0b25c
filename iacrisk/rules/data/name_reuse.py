"""D25: a replacement under a name that the service does not give out again at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog.name_reuse import NAMES_BLOCKED, BlockedName
from iacrisk.plan import UNKNOWN, ActionKind, Path, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.settings.provider_settings import provider_setting
from iacrisk.rules.readers.siblings import goes_first
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_PURGED: Final = "purge_soft_delete_on_destroy"


@rule(
    id="D25",
    name="name-blocked",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.AVAILABILITY,
    kinds={ActionKind.REPLACE},
    types=NAMES_BLOCKED,
)
def name_blocked(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """An object is deleted and created again under a name that stays blocked for a while.

    What it flags
        A delete-first replacement that keeps the name, of a type whose names are not given out
        again at once: a Cloud SQL instance (about a week), a workload identity pool or provider
        (30 days), a secret with a recovery window, and on Azure what stays soft-deleted because
        it is protected from being purged or the provider is told not to purge.

    Why it matters
        The first half of the replacement works and the second fails. Nothing is left, and no
        second apply helps until the name is free.

    When it is fine
        Never, with the same name.

    What to do instead
        Give the new object another name, or restore the deleted one.

    References
        Incident R058. https://cloud.google.com/sql/docs/mysql/delete-instance
    """
    blocked = NAMES_BLOCKED[change.type]
    if not goes_first(change) or not _stays_blocked(blocked, change, context):
        return
    before, after = change.was(blocked.name), change.becomes(blocked.name)
    if after is UNKNOWN:
        why = "Whether it gets another name is not known yet."
        yield Undecided(why=why, paths=((blocked.name,),))
    elif before and before == after:
        yield Flag(what=f"The name is kept, and it is blocked for {blocked.how_long}.")


def _stays_blocked(blocked: BlockedName, change: ResourceChange, context: Context) -> bool:
    if blocked.unless and change.before.get(blocked.unless) == 0:
        return False
    if not blocked.feature:
        return True
    if change.before.get("purge_protection_enabled") is True:
        return True
    path: Path = ("features", blocked.feature, _PURGED)
    return provider_setting(context.plan, "azurerm", *path) is False
