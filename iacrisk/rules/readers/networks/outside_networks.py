"""Apps of Azure that are in no network of their own, and so reach nothing by a private endpoint."""

from __future__ import annotations

from typing import Final

from iacrisk.plan import UNKNOWN, ResourceChange
from iacrisk.rules.context import Context
from iacrisk.rules.readers.programs.running import programs_using
from iacrisk.rules.readers.siblings import stays

_APPS: Final = frozenset(
    {
        "azurerm_linux_function_app",
        "azurerm_linux_web_app",
        "azurerm_windows_function_app",
        "azurerm_windows_web_app",
    }
)
_SUBNET: Final = "virtual_network_subnet_id"
_JOIN: Final = "azurerm_app_service_virtual_network_swift_connection"


def users_outside(change: ResourceChange, context: Context) -> tuple[str, ...]:
    """The apps of the plan that use the object and are in no subnet, before or after."""
    return tuple(
        one.label
        for one in programs_using(change, context)
        if one.type in _APPS and stays(one) and _is_outside(one, context)
    )


def _is_outside(app: ResourceChange, context: Context) -> bool:
    after = app.after.get(_SUBNET)
    if after is UNKNOWN or after or app.before.get("enabled") is False:
        return False
    joined = {one.after.get("app_service_id") for one in context.changes_of(_JOIN)}
    return app.before.get("id") not in joined
