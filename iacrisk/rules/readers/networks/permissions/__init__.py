"""Permissions as each provider writes them: inline blocks, standalone rules, access lists."""

from __future__ import annotations

from typing import Final

from iacrisk.rules.readers.networks.ip_permissions import WORLD_V4, WORLD_V6, Permission
from iacrisk.rules.readers.networks.permissions import amazon, azure, google, others
from iacrisk.rules.readers.networks.permissions.entries import LAST, Reader
from iacrisk.rules.readers.shapes import Values

READERS: Final[dict[str, Reader]] = {
    **amazon.READERS,
    **azure.READERS,
    **google.READERS,
    **others.READERS,
}


def read_permissions(type_name: str, values: Values) -> tuple[Permission, ...]:
    """The entries that an object of the type holds; none for a type that is no filter."""
    reader = READERS.get(type_name)
    return tuple(dict.fromkeys(reader(values))) if reader is not None and values else ()


def filter_types() -> frozenset[str]:
    """The types that hold permissions."""
    return frozenset(READERS)


def implicit_permissions(type_name: str) -> tuple[Permission, ...]:
    """What the platform admits behind everything that is written down."""
    if type_name.startswith("azurerm_network_security"):
        return tuple(azure.default_entries())
    if type_name == "google_compute_firewall":
        egress = (WORLD_V4, WORLD_V6)
        return tuple(Permission(ingress=False, peer=peer, order=LAST) for peer in egress)
    return ()
