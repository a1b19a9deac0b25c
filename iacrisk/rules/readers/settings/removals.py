"""Flags for guards, watches and ways in that go, by the catalog's table of them."""

from __future__ import annotations

from typing import Final

from iacrisk.catalog import attachment
from iacrisk.catalog.removals import Removal, removal_of
from iacrisk.plan import ActionKind, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.indexes import once
from iacrisk.rules.readers.settings.left_alone import why_left_alone
from iacrisk.rules.rule import Confidence, Flag, Severity

_PARENTS = ("repository", "repository_id", "project", "zone_id", "app_id", "policy_id", "backend")


def flag_of_removal(rule: str, change: ResourceChange, context: Context) -> Flag | None:
    """What the catalog says of the removal of `change`, unless nobody can miss it."""
    removal = removal_of(rule, change.type)
    if removal is None or not change.destroys or why_left_alone(change):
        return None
    if change.kind is ActionKind.REPLACE and not removal.replaced:
        return None
    if _was_off(change) or _is_taken_over(removal, change, context):
        return None
    if subject_goes(change, context):
        return None
    return Flag(
        what=removal.says,
        paths=change.replace_paths,
        severity=Severity[removal.severity.upper()],
        confidence=Confidence(removal.confidence),
    )


_OFF: Final = {
    "actions_enabled": (False,),
    "alarm_actions": ([],),
    "blocking": (False,),
    "enabled": (False,),
    "enforce": (False,),
    "state": ("disabled", "enabledForReportingButNotEnforced"),
}
"""Arguments by which a guard says that it holds nothing."""


def _was_off(change: ResourceChange) -> bool:
    return any(change.before.get(name) in values for name, values in _OFF.items())


def subject_goes(change: ResourceChange, context: Context) -> bool:
    """Whether what the object belongs to is deleted in the same plan."""
    arguments = attachment(change.type) or frozenset(_PARENTS)
    uses = context.graph.dependencies(change.label)
    owners = [use.node.change for use in uses if use.argument.partition(".")[0] in arguments]
    return any(owner is not None and owner.kind is ActionKind.DELETE for owner in owners)


def _is_taken_over(removal: Removal, change: ResourceChange, context: Context) -> bool:
    """Whether another object of the type, kept or new, agrees in what tells it apart."""
    if not removal.same:
        return False
    index = once(
        context.plan, ("removals", change.type), lambda: _index(removal, change.type, context)
    )
    wanted = _key(removal, change.before)
    return wanted is not None and any(other is not change for other in index.get(wanted, ()))


def _index(removal: Removal, type_name: str, context: Context) -> dict[str, list[ResourceChange]]:
    index: dict[str, list[ResourceChange]] = {}
    for one in context.changes_of(type_name):
        key = None if one.kind is ActionKind.DELETE else _key(removal, one.after)
        if key is not None:
            index.setdefault(key, []).append(one)
    return index


def _key(removal: Removal, values: dict[str, object]) -> str | None:
    found = [values.get(name) for name in removal.same]
    return repr(found) if any(value not in (None, "") for value in found) else None
