"""D62: something is backed up by a policy that keeps its copies for a shorter time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacrisk.plan import UNKNOWN, ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.followed import named_by
from iacrisk.rules.readers.settings.backup_spans import FOR_EVER, longest_kept
from iacrisk.rules.rule import Confidence, Flag, Harm, Outcome, Severity, Undecided, rule

_BY_ID: Final = {
    "aws_backup_selection": ("plan_id", ("aws_backup_plan",)),
    "azurerm_backup_protected_file_share": (
        "backup_policy_id",
        ("azurerm_backup_policy_file_share",),
    ),
    "azurerm_backup_protected_vm": ("backup_policy_id", ("azurerm_backup_policy_vm",)),
    "google_backup_dr_backup_plan_association": ("backup_plan", ("google_backup_dr_backup_plan",)),
    **{
        f"azurerm_data_protection_backup_instance_{kind}": (
            "backup_policy_id",
            (f"azurerm_data_protection_backup_policy_{kind}",),
        )
        for kind in (
            "blob_storage",
            "disk",
            "kubernetes_cluster",
            "mysql_flexible_server",
            "postgresql",
            "postgresql_flexible_server",
        )
    },
}
_SOURCES: Final = (
    "disk_id",
    "kubernetes_cluster_id",
    "resource",
    "resources",
    "server_id",
    "source_file_share_name",
    "source_vm_id",
    "storage_account_id",
)


@rule(
    id="D62",
    name="policy-keeps-less",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    harm=Harm.RECOVERY,
    kinds={ActionKind.UPDATE, ActionKind.REPLACE},
    types=frozenset(_BY_ID),
    since="0.2",
)
def policy_keeps_less(change: ResourceChange, context: Context) -> Iterator[Outcome]:
    """What is backed up moves to a policy that keeps its copies less than half as long.

    What it flags
        A protected machine, share, disk or database, a selection or an association, that is led
        to another policy or plan of the same kind, where the longest that the new one keeps a
        copy is at most half of what the old one did.

    Why it matters
        Nothing fails and backups go on. Azure deletes the copies that exist by the new policy;
        elsewhere those from before a year simply stop to be made.

    When it is fine
        The long copies are kept by something outside the plan, and nobody is obliged to keep more.

    What to do instead
        Give the new policy the long tiers of the old one first: weekly, monthly, yearly.

    References
        https://learn.microsoft.com/azure/backup/backup-azure-vm-backup-faq
    """
    argument, types = _BY_ID[change.type]
    if argument not in change.changed:
        return
    old = _policy_today(change.before.get(argument), types, context)
    new = _policy_then(change, argument, types, context)
    kept_before = longest_kept(old.type, old.before) if old is not None else None
    if kept_before is None:
        return
    kept = longest_kept(new.type, new.after) if new is not None else None
    if kept is None:
        if change.after.get(argument) is UNKNOWN:
            yield Undecided(why="How long copies are kept is not known.", paths=((argument,),))
        return
    if kept * 2 <= kept_before:
        span = "for ever" if kept_before == FOR_EVER else f"for {kept_before}"
        yield Flag(
            what=f"Its copies are kept for {kept} days at most; until now they were {span}.",
            paths=((argument,),),
            hurts=tuple(one.label for one, _ in named_by(change, _SOURCES, context)),
        )


def _policy_today(value: object, types: tuple[str, ...], context: Context) -> ResourceChange | None:
    return next((one for one in context.changes_of(*types) if _is(one.before, value)), None)


def _policy_then(
    change: ResourceChange, argument: str, types: tuple[str, ...], context: Context
) -> ResourceChange | None:
    """The policy that it will name, which may be new in the same plan."""
    value = change.after.get(argument)
    if value is not UNKNOWN:
        return next((one for one in context.changes_of(*types) if _is(one.after, value)), None)
    named = [one for one, _ in named_by(change, (argument,), context) if one.type in types]
    return named[0] if len(named) == 1 else None


def _is(policy: Mapping[str, Any], value: object) -> bool:
    return isinstance(value, str) and str(policy.get("id")).lower() == value.lower()
