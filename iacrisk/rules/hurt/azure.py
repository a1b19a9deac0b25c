"""Ties of Azure by ids: who logs and watches in a workspace, runs as a principal, is emptied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from iacrisk.catalog.retention import EXPIRATIONS
from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.lifetimes import days_to_live
from iacrisk.rules.readers.programs.running import programs, programs_naming
from iacrisk.rules.readers.shapes import texts
from iacrisk.rules.readers.siblings import stays

_WORKSPACE: Final = "azurerm_log_analytics_workspace"
_LOGGING: Final = regex(
    r"^azurerm_(log_analytics_data_export_rule|monitor_\w*(diagnostic_setting|rule)\w*|sentinel_\w+)$"
)
_GRANT: Final = "azurerm_role_assignment"
_IDENTITY: Final = "azurerm_user_assigned_identity"
_LIFETIMES: Final = "azurerm_storage_management_policy"
_PLACES: Final = ("azurerm_storage_container", "azurerm_storage_data_lake_gen2_filesystem")
_MOST: Final = 25


def logging_there(change: ResourceChange, context: Context) -> Iterator[str]:
    """What sends its logs to a workspace, and the rules that look for attacks in them."""
    identity = str(change.before.get("id") or "").lower()
    if change.type != _WORKSPACE or not identity:
        return
    found = [
        one.label
        for one in context.plan.changes
        if _LOGGING.match(one.type)
        and stays(one)
        and f'"{identity}"' in bytes(one.raw.change.before).decode("utf-8", "replace").lower()
    ]
    yield from found if len(found) <= _MOST else ()


def running_as_principal(change: ResourceChange, context: Context) -> Iterator[str]:
    """What runs as the principal that loses a role: by its own identity, or one assigned to it."""
    principal = change.before.get("principal_id")
    if change.type != _GRANT or not isinstance(principal, str) or not principal:
        return
    found = {one.label: None for one in programs_naming(principal, context) if stays(one)}
    for identity in context.changes_of(_IDENTITY):
        where = identity.before.get("id")
        if identity.before.get("principal_id") == principal and isinstance(where, str) and where:
            mark = f'"{where}"'.lower()
            found |= {
                one.label: None
                for one in programs(context)
                if stays(one)
                and mark in bytes(one.raw.change.before).decode("utf-8", "replace").lower()
            }
    yield from found if len(found) <= _MOST else ()


def containers_emptied(change: ResourceChange, context: Context) -> Iterator[str]:
    """The containers in which a rule of their account comes to delete, or to delete earlier."""
    if change.type != _LIFETIMES:
        return
    rules, block = EXPIRATIONS[change.type]
    before, after = (days_to_live(side.get(rules), block) for side in (change.before, change.after))
    new = [
        scope for scope, days in after.items() if days < before.get(scope, before.get("", days + 1))
    ]
    account = str(change.before.get("storage_account_id")).lower()
    for one in context.changes_of(*_PLACES):
        own = texts(one.before.get("storage_account_id"), one.before.get("storage_account_name"))
        name = str(one.before.get("name"))
        here = any(text.lower() in {account, account.rpartition("/")[2]} for text in own)
        if stays(one) and here and any(_reaches(scope, name) for scope in new):
            yield one.label


def _reaches(scope: str, container: str) -> bool:
    """Whether a prefix leads into the container; without a slash it is the start of its name."""
    first, slash, _ = scope.partition("/")
    return container == first if slash else container.startswith(first)
