"""Ways in that administrators alone use: nobody is cut off who asks the service."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from iacrisk.catalog.facts import ADMIN_ACCESS_TYPES
from iacrisk.patterns import regex
from iacrisk.plan import ResourceChange

_NAMED: Final = regex(r"(^|[-_.])(bastion|jump-?(box|host|server)?)\d*($|[-_.])", re.IGNORECASE)
_MACHINES: Final = frozenset(
    {
        "aws_instance",
        "azurerm_linux_virtual_machine",
        "azurerm_network_interface",
        "azurerm_windows_virtual_machine",
        "digitalocean_droplet",
        "google_compute_instance",
        "hcloud_server",
    }
)


def is_admin_only(change: ResourceChange) -> bool:
    """Whether the object is a bastion, by its type or by what a machine is called."""
    if change.type in ADMIN_ACCESS_TYPES:
        return True
    return change.type in _MACHINES and any(map(_NAMED.search, _names(change)))


def _names(change: ResourceChange) -> Iterable[str]:
    yield change.name
    tags = change.before.get("tags")
    for value in (change.before.get("name"), tags.get("Name") if isinstance(tags, dict) else None):
        if isinstance(value, str):
            yield value
