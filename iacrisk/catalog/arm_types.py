"""Types of Azure's resource manager, and the type of `azurerm` that is the same thing."""

from iacrisk.catalog.table import row


def azurerm_type(arm: str) -> str:
    """The type of `azurerm` for a resource manager type in any letter case; "" if unknown."""
    return row("arm_types", arm.lower()) or ""
